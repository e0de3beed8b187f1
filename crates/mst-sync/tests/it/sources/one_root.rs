//! One logical table, one root.

use super::table::{CONTRACT, rows};
use super::{Bench, spelled};

#[test]
fn one_table_has_one_root_whatever_the_source() {
    let bench = Bench::new(CONTRACT);
    let expected = bench.root(&spelled::sqlite(&bench));
    for compressed in ["", "gz", "zst"] {
        assert_eq!(bench.root(&spelled::csv(&bench, compressed)), expected, "csv {compressed}");
    }
    assert_eq!(bench.root(&spelled::ndjson(&bench)), expected, "ndjson");
    #[cfg(feature = "parquet")]
    assert_eq!(bench.root(&super::parquet::mapping(&bench)), expected, "parquet");
    #[cfg(feature = "postgres")]
    if let Some(table) = super::postgres::Table::create() {
        assert_eq!(bench.root(&table.mapping()), expected, "postgres");
    }
    #[cfg(feature = "mysql")]
    if let Some(table) = super::mysql::Table::create() {
        assert_eq!(bench.root(&table.mapping()), expected, "mysql");
    }
}

#[test]
fn every_real_difference_changes_the_root() {
    let bench = Bench::new(CONTRACT);
    let mapping = spelled::sqlite(&bench);
    let whole = bench.root(&mapping);
    let database = rusqlite::Connection::open(bench.path("table.sqlite")).unwrap();
    let mut seen = vec![whole];
    for change in [
        "amount = '1.00000001'",
        "note = NULL",
        "note = ''",
        "note = 'Plain'",
        "flag = 0",
        "flag = NULL",
        "payload = x'02'",
        "at = '2026-03-29T01:00:00.000001Z'",
        "day = '2024-10-05'",
        "state = 'paid'",
        "doc = '2'",
        "doc = '[1]'",
        "most = 1",
        "ref = x'00000000000000000000000000000002'",
        "part = 'A'",
        "id = 6",
    ] {
        database
            .execute_batch(&format!("BEGIN; UPDATE \"the table\" SET {change} WHERE id = 1 AND part = 'a'; COMMIT"))
            .unwrap();
        let root = bench.root(&mapping);
        assert!(!seen.contains(&root), "{change}");
        seen.push(root);
        database.execute_batch("DROP TABLE \"the table\"").unwrap();
        drop(spelled::sqlite(&bench));
    }
    assert_eq!(bench.root(&mapping), whole);
    assert!(rows().len() >= 10);
}
