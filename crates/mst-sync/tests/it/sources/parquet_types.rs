//! Parquet: each type of a column, as pyarrow writes it, has one meaning or is refused by its name.

use std::ops::ControlFlow;
use std::path::Path;

use mst_sync::source::{Cell, Settings, Wanted, open};

use super::Bench;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/parquet"))
}

/// The rows of a file, as columns and cells.
fn rows(name: &str, columns: Option<&[&str]>) -> (Vec<String>, Vec<Vec<Cell<'static>>>) {
    let settings = Settings::Parquet { path: folder().join(name) };
    let columns = columns.map(|columns| columns.iter().map(|column| (*column).to_owned()).collect());
    let mut source = open(&settings, &Wanted { columns, ..Wanted::default() }).unwrap();
    let mut rows = Vec::new();
    source
        .each(&mut |row| {
            rows.push(row.unwrap().cells.iter().map(|cell| cell.borrowed().into_owned()).collect());
            ControlFlow::Continue(())
        })
        .unwrap();
    (source.columns().to_vec(), rows)
}

#[test]
fn every_logical_type_has_one_meaning() {
    let wide = format!("{}5 × 10^-1", "1".repeat(70));
    let expected = [
        ("bool", "true", "a truth value"),
        ("i8", "-128", "a whole number"),
        ("i16", "-32768", "a whole number"),
        ("i32", "-2147483648", "a whole number"),
        ("i64", "-9223372036854775808", "a whole number"),
        ("u8", "255", "a whole number"),
        ("u16", "65535", "a whole number"),
        ("u32", "4294967295", "a whole number"),
        ("u64", "18446744073709551615", "a whole number"),
        ("f16", "0.099975586", "a floating-point number"),
        ("f32", "0.1", "a floating-point number"),
        ("f64", "0.1", "a floating-point number"),
        ("decimal9", "-1234567 × 10^-2", "a number"),
        ("decimal18", "123456789012345678 × 10^-5", "a number"),
        ("decimal38", "-99999999999999999999999999999999999999 × 10^-6", "a number"),
        ("decimal76", &wide, "a number"),
        ("text", r#""Zoë\t"""#, "text"),
        ("large", "\"x\"", "text"),
        ("dictionary", "\"x\"", "text"),
        ("bytes", "0x00ff", "bytes"),
        ("fixed", "0x000102", "bytes"),
        ("uuid", "0x00112233445566778899aabbccddeeff", "bytes"),
        ("json", r#"{"a": "5"}"#, "JSON"),
        ("date", "2024-02-29", "a date"),
        ("time_ms", "12:34:56.789", "a time of day"),
        ("time_us", "12:34:56.789012", "a time of day"),
        ("time_ns", "12:34:56.789012345", "a time of day"),
        ("local_ms", "2026-01-02T03:04:05.123", "a time without zone"),
        ("local_us", "2026-01-02T03:04:05.123456", "a time without zone"),
        ("local_ns", "2026-01-02T03:04:05.123456789", "a time without zone"),
        ("utc_ms", "2026-01-02T03:04:05.123Z", "a moment"),
        ("utc_us", "1969-12-31T23:59:59.999999Z", "a moment"),
        ("utc_ns", "2026-01-02T03:04:05.123456789Z", "a moment"),
        ("null", "null", "null"),
        ("last", "\"end\"", "text"),
    ];
    // Lists, structs and maps are skipped if no field needs them.
    let (columns, found) = rows("types.parquet", None);
    assert_eq!(columns, expected.map(|(name, ..)| name));
    for ((name, text, kind), cell) in expected.iter().zip(&found[0]) {
        assert_eq!((cell.to_string().as_str(), cell.kind()), (*text, *kind), "{name}");
    }
    assert!(found[1].iter().take(34).all(|cell| *cell == Cell::Null), "{:?}", found[1]);
    for name in ["list", "struct", "map"] {
        let settings = Settings::Parquet { path: folder().join("types.parquet") };
        let wanted = Wanted { columns: Some(vec![name.to_owned()]), ..Wanted::default() };
        let error = open(&settings, &wanted).err().unwrap().to_string();
        assert!(error.contains(&format!("the column \"{name}\" is a list, a map or a struct")), "{error}");
    }
    // Some columns, in another order.
    let (columns, found) = rows("types.parquet", Some(&["last", "u8"]));
    assert_eq!(columns, ["last", "u8"]);
    assert_eq!(found[0], [Cell::Text("end".into()), Cell::Int(255)]);
}

const CONTRACT: &str = "version = 1\nname = \"c\"\n[[key]]\nname = \"id\"\ntype = \"i64\"\n[[field]]\nname = \"at\"\n\
                        type = \"timestamp(ns)\"\n";

#[test]
fn a_time_of_96_bits_equals_the_same_time_in_64_bits() {
    let bench = Bench::new(CONTRACT);
    let mapping = |name: &str, zone: &str| {
        let path = folder().join(name);
        format!(
            "[source]\nkind = \"parquet\"\npath = \"{}\"\n[field.id]\ncolumn = \"id\"\n[field.at]\ncolumn = \"at\"\n{zone}",
            path.display()
        )
    };
    for zone in ["UTC", "Asia/Kathmandu"] {
        let zone = format!("time = {{ zone = \"{zone}\" }}\n");
        assert_eq!(bench.root(&mapping("int96.parquet", &zone)), bench.root(&mapping("ns.parquet", &zone)));
    }
    // Some writers mean UTC and some local time: the mapping says which.
    bench.refused(&mapping("int96.parquet", ""), &["a time without zone", "zone"]);
}

#[test]
fn a_broken_file_is_reported() {
    let bench = Bench::new(CONTRACT);
    let whole = std::fs::read(folder().join("types.parquet")).unwrap();
    for cut in [0, 4, 100, whole.len() / 2, whole.len() - 1] {
        let path = bench.write("cut.parquet", &whole[..cut]);
        assert!(open(&Settings::Parquet { path }, &Wanted::default()).is_err(), "cut at {cut}");
    }
}

/// Flipped bits are an error or another value, and never a panic.
#[test]
fn a_damaged_file_ends_in_an_error() {
    let bench = Bench::new(CONTRACT);
    let whole = std::fs::read(folder().join("types.parquet")).unwrap();
    let mut failed = 0;
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        let path = bench.write("flipped.parquet", &bytes);
        let read = open(&Settings::Parquet { path }, &Wanted::default()).and_then(|mut source| {
            source.each(&mut |row| {
                if let Ok(row) = row {
                    assert!(row.cells.iter().all(|cell| !cell.to_string().is_empty()));
                }
                ControlFlow::Continue(())
            })
        });
        failed += usize::from(read.is_err());
    }
    assert!(failed > 10, "{failed}");
}

/// A value in a page that has a checksum cannot become another one.
#[test]
fn checksums_of_pages_are_checked() {
    let bench = Bench::new(CONTRACT);
    let whole = std::fs::read(folder().join("crc.parquet")).unwrap();
    let read = |bytes: &[u8]| {
        let path = bench.write("crc.parquet", bytes);
        let mut rows = Vec::new();
        let mut source = open(&Settings::Parquet { path }, &Wanted::default()).unwrap();
        let end = source.each(&mut |row| {
            rows.push(format!("{:?}", row.unwrap().cells));
            ControlFlow::Continue(())
        });
        end.map(|()| rows)
    };
    assert_eq!(read(&whole).unwrap().len(), 3);
    let time = 1_767_323_045_123_456_789_i64.to_le_bytes();
    let at = whole.windows(8).position(|bytes| bytes == time).unwrap();
    for bit in 0..64 {
        let mut bytes = whole.clone();
        bytes[at + bit / 8] ^= 1 << (bit % 8);
        assert!(read(&bytes).is_err(), "bit {bit}");
    }
}
