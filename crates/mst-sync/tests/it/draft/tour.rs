//! The draft finds the contract of the tour and exactly its drift, with nothing written by hand.

use std::path::{Path, PathBuf};

use mst_sync::draft::{MarkKind, draft};
use mst_sync::source::{Select, Settings, Wanted, open};

use super::{Data, mappings, records};

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/tour").join(file)
}

fn read_sqlite(file: &str, table: &str, primary: &str) -> Data {
    read(&Settings::Sqlite { path: path(file), select: Select::Table(table.to_owned()) }, table, &[primary])
}

#[cfg(feature = "csv")]
fn read_csv(file: &str) -> Data {
    let format = mst_sync::source::CsvFormat::default();
    read(&Settings::Csv { path: Some(path(file)), format, encoding: None }, file, &[])
}

fn read(settings: &Settings, table: &str, primary: &[&str]) -> Data {
    let mut source = open(settings, &Wanted::default()).unwrap();
    let mut data = Data {
        name: table.to_owned(),
        columns: source.columns().to_vec(),
        primary: primary.iter().map(|column| (*column).to_owned()).collect(),
        empty_is_open: matches!(settings, Settings::Csv { .. }),
        rows: Vec::new(),
    };
    let mut visit = |row: Result<mst_sync::source::Row<'_>, _>| {
        data.rows.push(row.unwrap().cells.iter().map(|cell| cell.borrowed().into_owned()).collect());
        std::ops::ControlFlow::Continue(())
    };
    source.each(&mut visit).unwrap();
    data
}

#[test]
fn the_contract_and_the_drift_of_the_tour_are_found() {
    let invoices = read_sqlite("billing.sqlite", "db_invoices", "invoice_no");
    check(&read_sqlite("orders.sqlite", "db_orders", "id"), &invoices);
}

/// All values of CSV files are texts, and nothing is declared.
#[cfg(feature = "csv")]
#[test]
fn the_contract_and_the_drift_of_the_csv_files_of_the_tour_are_found() {
    let (orders, invoices) = (read_csv("orders.csv"), read_csv("billing.csv"));
    check(&orders, &invoices);
    check(&read_sqlite("orders.sqlite", "db_orders", "id"), &invoices);
}

fn check(orders: &Data, invoices: &Data) {
    let draft = draft(&orders.table(), &invoices.table()).unwrap();
    assert_eq!(draft.key.iter().map(|f| (&*f.left, &*f.right)).collect::<Vec<_>>(), [("id", "order_ref")]);
    assert_eq!(draft.key[0].left_steps.before.as_deref(), Some("ord-"));
    assert_eq!(draft.undecided, []);
    let pairs: Vec<_> = draft
        .pairs
        .iter()
        .map(|pair| (&*pair.field.left, &*pair.field.right, pair.field.field.ty.to_string(), pair.evidence.agreeing))
        .collect();
    assert_eq!(
        pairs,
        [
            ("amount_cents", "total", "decimal(2)".to_owned(), 394),
            ("currency", "currency", "text".to_owned(), 396),
            ("status", "payment_state", "text".to_owned(), 391),
            ("created", "ordered_at", "timestamp(s)".to_owned(), 396),
        ]
    );
    assert_eq!(draft.left_only, ["customer_name", "channel", "warehouse"]);
    assert_eq!(draft.right_only, ["invoice_no", "tax_country"]);
    let time = &draft.pairs[3].field;
    assert_eq!((time.left_steps.format, time.right_steps.zone.as_deref()), (Some("unix-s"), Some("Europe/Berlin")));
    let marks: Vec<_> = draft.unconfirmed().map(|(field, mark)| (field, mark.kind)).collect();
    assert_eq!(marks, [("currency", MarkKind::Case), ("payment_state", MarkKind::Map)]);
    let folder = tempfile::tempdir().unwrap();
    let [left, right] = mappings(&draft, folder.path());
    let (left, right) = (records(&left, orders), records(&right, invoices));
    let number = |key: &[u8]| String::from_utf8_lossy(key).trim_start_matches("ord-").parse::<u32>().unwrap() - 10_000;
    let only = |one: &super::Records, other: &super::Records| {
        one.keys().filter(|key| !other.contains_key(*key)).map(|key| number(key)).collect::<Vec<_>>()
    };
    assert_eq!(only(&left, &right), [57, 58, 311]);
    assert_eq!(only(&right, &left), [901, 902]);
    let changed: Vec<_> = left
        .iter()
        .filter_map(|(key, fields)| {
            let other = right.get(key)?;
            let names: Vec<_> = fields
                .iter()
                .filter(|(name, bytes)| other[*name] != **bytes || bytes.is_none())
                .map(|(name, _)| &**name)
                .collect();
            (!names.is_empty()).then(|| (number(key), names))
        })
        .collect();
    let expected = [
        (23, vec!["payment_state"]),
        (77, vec!["total"]),
        (140, vec!["payment_state"]),
        (141, vec!["payment_state"]),
        (142, vec!["payment_state"]),
        (190, vec!["currency"]),
        (264, vec!["total"]),
        (305, vec!["created"]),
        (350, vec!["payment_state", "total"]),
        (388, vec!["payment_state"]),
    ];
    assert_eq!(changed, expected);
}
