//! Phantom differences: values that look different in two systems and are equal, and values that must be refused rather
//! than guessed.

use super::Bench;

/// A contract with the key `id` and one field.
pub(crate) fn contract(field: &str) -> String {
    format!("version = 1\nname = \"one\"\n[[key]]\nname = \"id\"\ntype = \"u32\"\n[[field]]\nname = \"x\"\n{field}\n")
}

/// A mapping of a CSV file of one row.
pub(crate) fn csv(bench: &Bench, value: &str, more: &str) -> String {
    // Each has a file of its own: several may wait to be read.
    let name = format!("{}.csv", super::unique("one"));
    bench.write(&name, format!("id,x\n7,\"{}\"\n", value.replace('"', "\"\"")));
    format!(
        "[source]\nkind = \"csv\"\npath = \"{name}\"\n[field.id]\ncolumn = \"id\"\n[field.x]\ncolumn = \"x\"\n{more}"
    )
}

/// A mapping of a table in SQLite whose one row has this expression's value.
pub(crate) fn sqlite(bench: &Bench, value: &str, more: &str) -> String {
    drop(rusqlite::Connection::open(bench.path("one.sqlite")).unwrap().execute_batch("PRAGMA user_version = 1"));
    format!(
        "[source]\nkind = \"sqlite\"\npath = \"one.sqlite\"\nquery = \"SELECT 7 AS id, {value} AS x\"\n[field.id]\ncolumn = \"id\"\n\
         [field.x]\ncolumn = \"x\"\n{more}"
    )
}

/// A mapping of a query of PostgreSQL; none without a server.
pub(crate) fn postgres(value: &str, more: &str) -> Option<String> {
    #[cfg(feature = "postgres")]
    return Some(format!(
        "{}[field.id]\ncolumn = \"id\"\n[field.x]\ncolumn = \"x\"\n{more}",
        super::postgres::Table::empty()?.query(&format!("SELECT 7 AS id, {value} AS x"))
    ));
    #[cfg(not(feature = "postgres"))]
    {
        let _ = (value, more);
        None
    }
}

/// A mapping of a table of MySQL with one row; the table must live as long.
#[cfg(feature = "mysql")]
pub(crate) fn mysql(ty: &str, value: &str, more: &str) -> Option<(super::mysql::Table, String)> {
    use mysql::prelude::Queryable;
    let mut table = super::mysql::Table::empty()?;
    let name = table.name.clone();
    table.connection.query_drop(format!("CREATE TABLE {name} (id INT, x {ty}) CHARACTER SET utf8mb4")).unwrap();
    table.connection.query_drop(format!("INSERT INTO {name} VALUES (7, {value})")).unwrap();
    let mapping = format!("{}[field.id]\ncolumn = \"id\"\n[field.x]\ncolumn = \"x\"\n{more}", table.source());
    Some((table, mapping))
}

/// All these expressions have one root.
#[track_caller]
pub(crate) fn same(bench: &Bench, mappings: &[Option<String>]) {
    let mut roots = mappings.iter().flatten().map(|mapping| bench.root(mapping));
    let first = roots.next().unwrap();
    for root in roots {
        assert_eq!(root, first);
    }
}

#[test]
fn a_zero_has_no_sign_and_no_digits() {
    let bench = Bench::new(&contract("type = \"decimal(2)\""));
    let csv_root = |value: &str| bench.root(&csv(&bench, value, ""));
    for spelling in ["-0.00", "0.00", "-0", "0e9", "+.0"] {
        assert_eq!(csv_root(spelling), csv_root("0"), "{spelling}");
    }
    same(
        &bench,
        &[Some(sqlite(&bench, "0", "")), postgres("'-0.00'::numeric", ""), postgres("0.000::numeric(9, 3)", "")],
    );
    #[cfg(feature = "mysql")]
    if let Some((_table, mapping)) = mysql("DECIMAL(9, 4)", "-0.00", "") {
        assert_eq!(bench.root(&mapping), csv_root("0"));
    }
}

#[test]
fn floats_are_refused_or_read_as_the_shortest_decimal() {
    let strict = Bench::new(&contract("type = \"decimal(2)\""));
    strict.refused(
        &sqlite(&strict, "0.1", ""),
        &["one.sqlite", "row 1", "key 7", "column x", "0.1", "floats", "shortest"],
    );
    if let Some(mapping) = postgres("0.1::real", "") {
        strict.refused(&mapping, &["floating-point"]);
    }
    let bench = Bench::new(&contract("type = \"decimal(2)\"\nfloats = \"shortest\""));
    let expected = bench.root(&csv(&bench, "0.1", ""));
    // Each source prints them in its own way: 0.1 of four bytes is 0.10000000149 in eight.
    same(
        &bench,
        &[
            Some(csv(&bench, "0.1", "")),
            Some(sqlite(&bench, "0.1", "")),
            postgres("0.1::real", ""),
            postgres("0.1::float8", ""),
        ],
    );
    #[cfg(feature = "mysql")]
    for ty in ["FLOAT", "DOUBLE"] {
        if let Some((_table, mapping)) = mysql(ty, "0.1", "") {
            assert_eq!(bench.root(&mapping), expected, "{ty}");
        }
    }
    assert_ne!(bench.root(&csv(&bench, "0.11", "")), expected);
    for nan in ["'NaN'::float8", "'Infinity'::float8", "'NaN'::numeric"] {
        if let Some(mapping) = postgres(nan, "") {
            bench.refused(&mapping, &["not a decimal number"]);
        }
    }
    bench.refused(&csv(&bench, "NaN", ""), &["NaN", "not a decimal number"]);
}

#[test]
fn digits_beyond_the_contract_are_refused_unless_rounding_is_asked_for() {
    let strict = Bench::new(&contract("type = \"decimal(2)\""));
    strict.refused(&csv(&strict, "1.005", ""), &["row 2", "2 digits after the point", "rounding"]);
    let even = Bench::new(&contract("type = \"decimal(2)\"\nrounding = \"half-even\""));
    assert_eq!(even.root(&csv(&even, "1.005", "")), even.root(&csv(&even, "1.00", "")));
    assert_eq!(
        even.root(&csv(&even, "1.0050000000000000000000000000000000000000001", "")),
        even.root(&csv(&even, "1.01", ""))
    );
}

#[test]
fn a_date_is_no_moment_until_the_mapping_says_which() {
    let bench = Bench::new(&contract("type = \"timestamp(ms)\""));
    bench.refused(&csv(&bench, "2026-03-29", ""), &["expected timestamp, found a date", "cast = \"timestamp\""]);
    bench.refused(&csv(&bench, "2026-03-29 00:00:00", ""), &["time without zone", "zone"]);
    let at_midnight = csv(&bench, "2026-03-29T00:00:00Z", "");
    let expected = bench.root(&at_midnight);
    let from_day = "cast = \"timestamp\"\ntime = { zone = \"UTC\" }\n";
    let from_zone = "time = { zone = \"UTC\" }\n";
    if let Some(mapping) = postgres("DATE '2026-03-29'", "") {
        bench.refused(&mapping, &["expected timestamp, found a date"]);
        assert_eq!(bench.root(&postgres("DATE '2026-03-29'", from_day).unwrap()), expected);
        assert_eq!(bench.root(&postgres("TIMESTAMP '2026-03-29 00:00:00'", from_zone).unwrap()), expected);
        assert_eq!(bench.root(&postgres("TIMESTAMPTZ '2026-03-29 02:00:00+02'", "").unwrap()), expected);
    }
    #[cfg(feature = "mysql")]
    for (ty, more) in [("DATE", from_day), ("DATETIME", from_zone), ("DATETIME(6)", from_zone)] {
        if let Some((_table, mapping)) = mysql(ty, "'2026-03-29 00:00:00'", more) {
            assert_eq!(bench.root(&mapping), expected, "{ty}");
        }
    }
    #[cfg(feature = "mysql")]
    if let Some((_table, mapping)) = mysql("TIMESTAMP", "'2026-03-29 05:45:00'", "") {
        assert_eq!(bench.root(&mapping), expected, "of a session 5:45 ahead");
    }
    let days = Bench::new(&contract("type = \"date\""));
    days.refused(&csv(&days, "2026-03-29T00:00:00Z", ""), &["expected date, found a moment", "cast = \"date\""]);
    let in_berlin = "cast = \"date\"\ntime = { zone = \"Europe/Berlin\" }\n";
    let expected = days.root(&csv(&days, "2026-03-30", ""));
    assert_eq!(days.root(&csv(&days, "2026-03-29T22:30:00Z", in_berlin)), expected);
}

#[test]
fn clocks_that_are_put_forward_and_back() {
    let bench = Bench::new(&contract("type = \"timestamp(s)\""));
    let berlin = |fold: &str| format!("time = {{ zone = \"Europe/Berlin\"{fold} }}\n");
    bench.refused(&csv(&bench, "2026-03-29 02:30:00", &berlin("")), &["no clock", "Europe/Berlin"]);
    bench.refused(&csv(&bench, "2026-03-29 02:30:00", &berlin(", fold = \"later\"")), &["no clock"]);
    bench.refused(&csv(&bench, "2026-10-25 02:30:00", &berlin("")), &["twice", "fold"]);
    for (fold, utc) in [("earlier", "2026-10-25T00:30:00Z"), ("later", "2026-10-25T01:30:00Z")] {
        let local = csv(&bench, "2026-10-25 02:30:00", &berlin(&format!(", fold = \"{fold}\"")));
        let local = bench.root(&local);
        assert_eq!(local, bench.root(&csv(&bench, utc, "")), "{fold}");
    }
}

#[test]
fn fractions_of_a_second() {
    let strict = Bench::new(&contract("type = \"timestamp(s)\""));
    strict.refused(&csv(&strict, "2026-03-29T00:00:00.5Z", ""), &["whole s", "rounding"]);
    let down = Bench::new(&contract("type = \"timestamp(s)\"\nrounding = \"down\""));
    let expected = down.root(&csv(&down, "2026-03-29T00:00:00Z", ""));
    same(
        &down,
        &[
            Some(csv(&down, "2026-03-29T00:00:00.999999999Z", "")),
            postgres("TIMESTAMPTZ '2026-03-29 00:00:00.999999Z'", ""),
            Some(csv(&down, "2026-03-29T00:00:00.000Z", "")),
        ],
    );
    #[cfg(feature = "mysql")]
    if let Some((_table, mapping)) = mysql("DATETIME(3)", "'2026-03-29 00:00:00.9'", "time = { zone = \"UTC\" }\n") {
        assert_eq!(down.root(&mapping), expected);
    }
    assert_eq!(down.root(&csv(&down, "2026-03-29T02:00:00.1+02:00", "")), expected);
}

#[test]
fn dates_and_times_that_never_were() {
    let days = Bench::new(&contract("type = \"date\""));
    for value in ["0000-00-00", "2023-02-29", "2026-00-10", "infinity"] {
        days.refused(&csv(&days, value, ""), &[value, "a day that exists"]);
    }
    if let Some(mapping) = postgres("'infinity'::date", "") {
        days.refused(&mapping, &["infinity"]);
    }
    #[cfg(feature = "mysql")]
    for value in ["0000-00-00", "2023-02-30"] {
        if let Some((_table, mapping)) = mysql("DATE", &format!("'{value}'"), "") {
            days.refused(&mapping, &[value, "key 7"]);
        }
    }
    // A user who knows what a zero date means can say so.
    let nullable = Bench::new(&contract("type = \"date\"\nnull = \"allow\""));
    let expected = nullable.root(&csv(&nullable, "", "null = [\"\"]\n"));
    #[cfg(feature = "mysql")]
    if let Some((_table, mapping)) = mysql("DATE", "'0000-00-00'", "null = [\"0000-00-00\"]\n") {
        assert_eq!(nullable.root(&mapping), expected);
    }
    assert_eq!(nullable.root(&csv(&nullable, "0000-00-00", "null = [\"0000-00-00\"]\n")), expected);
    let times = Bench::new(&contract("type = \"timestamp(us)\""));
    for value in ["2026-01-01T24:00:00Z", "2016-12-31T23:59:60Z", "0000-00-00 00:00:00"] {
        times.refused(&csv(&times, value, ""), &["a time that exists"]);
    }
    #[cfg(feature = "mysql")]
    if let Some((_table, mapping)) = mysql("DATETIME", "'0000-00-00 00:00:00'", "time = { zone = \"UTC\" }\n") {
        times.refused(&mapping, &["0000-00-00", "a time that exists"]);
    }
}

#[test]
fn empty_text_and_no_value_are_two_things() {
    let bench = Bench::new(&contract("type = \"text\"\nnull = \"allow\""));
    let empty = bench.root(&csv(&bench, "", ""));
    let null = bench.root(&csv(&bench, "", "null = [\"\"]\n"));
    assert_ne!(empty, null);
    assert_eq!(bench.root(&sqlite(&bench, "NULL", "")), null);
    assert_eq!(bench.root(&sqlite(&bench, "''", "")), empty);
    // A system that has no empty text: both are no value.
    let folded = Bench::new(&contract("type = \"text\"\nnull = \"allow\"\nempty = \"null\"\ntrim = true"));
    assert_eq!(folded.root(&csv(&folded, " ", "")), folded.root(&sqlite(&folded, "NULL", "")));
    let strict = Bench::new(&contract("type = \"text\""));
    strict.refused(&sqlite(&strict, "NULL", ""), &["null is refused"]);
    let default = Bench::new(&contract("type = \"text\"\ndefault = \"none\""));
    assert_eq!(default.root(&sqlite(&default, "NULL", "")), default.root(&csv(&default, "none", "")));
}

#[test]
fn padding_case_and_normal_forms() {
    let rules = "type = \"text\"\ntrim = true\ncase = \"lower\"\nnfc = true";
    let contract = contract(rules).replacen("name = \"one\"", "name = \"one\"\nunicode = \"15.0\"", 1);
    let bench = Bench::new(&contract);
    let expected = bench.root(&csv(&bench, "étage", ""));
    for spelling in ["E\u{301}TAGE", "  Étage\u{a0}", "e\u{301}tage"] {
        assert_eq!(bench.root(&csv(&bench, spelling, "")), expected, "{spelling}");
    }
    if let Some(mapping) = postgres("'ÉTAGE'::char(20)", "") {
        assert_eq!(bench.root(&mapping), expected);
    }
    #[cfg(feature = "mysql")]
    if let Some((_table, mapping)) = mysql("CHAR(20)", "'ÉTAGE'", "") {
        assert_eq!(bench.root(&mapping), expected);
    }
    assert_ne!(bench.root(&csv(&bench, "etage", "")), expected);
    bench.refused(&csv(&bench, "\u{378}", ""), &["U+0378", "Unicode"]);
}

#[test]
fn numbers_that_are_text_and_the_other_way_round() {
    let text = Bench::new(&contract("type = \"text\""));
    assert_eq!(text.root(&sqlite(&text, "42", "")), text.root(&csv(&text, "42", "")));
    if let Some(mapping) = postgres("1.50::numeric", "") {
        text.refused(&mapping, &["expected text, found a number", "cast"]);
    }
    let number = Bench::new(&contract("type = \"u8\""));
    assert_eq!(number.root(&csv(&number, "42.0", "")), number.root(&sqlite(&number, "42", "")));
    number.refused(&csv(&number, "256", ""), &["range of u8"]);
    number.refused(&csv(&number, "-1", ""), &["range of u8"]);
    number.refused(&csv(&number, " 1", ""), &["not a decimal number"]);
    let flag = Bench::new(&contract("type = \"bool\""));
    let yes = flag.root(&sqlite(&flag, "1", ""));
    for spelling in ["t", "TRUE", "Yes", "1", "on"] {
        assert_eq!(flag.root(&csv(&flag, spelling, "")), yes, "{spelling}");
    }
    flag.refused(&csv(&flag, "2", ""), &["truth value"]);
}

#[test]
fn text_keys_have_the_same_order_under_every_collation() {
    let contract = "version = 1\nname = \"keys\"\n[[key]]\nname = \"k\"\ntype = \"text\"\n";
    let bench = Bench::new(contract);
    let keys = ["a", "A", "ä", "Z", "z", "é", "e\u{301}", "_", "10", "9", "ß", "ss", "a b", "a-b"];
    let field = "[field.k]\ncolumn = \"k\"\n";
    bench.write("keys.csv", format!("k\n{}\n", keys.join("\n")));
    let expected = bench.root(&format!("[source]\nkind = \"csv\"\npath = \"keys.csv\"\n{field}"));
    let values: Vec<_> = keys.iter().map(|key| format!("('{key}')")).collect();
    #[cfg(feature = "postgres")]
    if let Some(table) = super::postgres::Table::empty() {
        let query = format!("SELECT * FROM (VALUES {}) AS v(k) ORDER BY lower(k)", values.join(", "));
        assert_eq!(bench.root(&format!("{}{field}", table.query(&query))), expected);
    }
    #[cfg(feature = "mysql")]
    if let Some(mut table) = super::mysql::Table::empty() {
        use mysql::prelude::Queryable;
        let create = format!("CREATE TABLE {} (k VARCHAR(10)) COLLATE utf8mb4_general_ci", table.name);
        table.connection.query_drop(create).unwrap();
        table.connection.query_drop(format!("INSERT INTO {} VALUES {}", table.name, values.join(", "))).unwrap();
        assert_eq!(bench.root(&format!("{}{field}", table.source())), expected);
    }
    let _ = values;
}
