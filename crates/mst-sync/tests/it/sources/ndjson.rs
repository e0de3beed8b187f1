//! NDJSON: a line is one object with one interpretation, or its row is broken.

use std::ops::ControlFlow;

use mst_sync::source::{Settings, TextEncoding, Wanted, open};

use super::Bench;

/// The rows of a file as `line:cells`, broken rows as `line!message`, and the error that ended the reading.
fn read(bytes: &[u8], encoding: Option<&str>) -> (Vec<String>, Option<String>) {
    let bench = Bench::new("version = 1\nname = \"c\"\n[[key]]\nname = \"id\"\ntype = \"text\"\n");
    let path = Some(bench.write("t.ndjson", bytes));
    let encoding = encoding.map(|name| TextEncoding::named(name).unwrap());
    let wanted = Wanted { columns: Some(vec!["a".to_owned(), "b".to_owned()]), ..Wanted::default() };
    let mut rows = Vec::new();
    let end = open(&Settings::Ndjson { path, encoding }, &wanted).and_then(|mut source| {
        source.each(&mut |row| {
            rows.push(match row {
                Ok(row) => format!("{}:{}|{}", row.number, row.cells[0], row.cells[1]),
                Err(row) => format!("{}!{}", row.row, row.message),
            });
            ControlFlow::Continue(())
        })
    });
    (rows, end.err().map(|error| error.to_string()))
}

#[test]
fn lines_are_objects_with_one_interpretation() {
    for (line, expected) in [
        (r#"{"a":1,"b":"x"}"#, r#"2:1|"x""#),
        (r#" { "b" : null , "c" : [ 1 ] } "#, "2:null|null"),
        (r#"{"a":123456789012345678901234567890123456789012}"#, "2:123456789012345678901234567890123456789012|null"),
        (r#"{"a":18446744073709551615,"b":1e999}"#, "2:18446744073709551615|1e999"),
        (r#"{"a":9007199254740993.0,"b":-0}"#, "2:9007199254740993.0|0"),
        (r#"{"a":"\ud83d\ude00"}"#, "2:\"\u{1f600}\"|null"),
        (r#"{"a":"\ud83d"}"#, "2!"),
        (r#"{"a":"x\ude00"}"#, "2!"),
        (r#"{"a":1,"a":1}"#, "2!duplicate member \"a\""),
        (r#"{"a":1,"\u0061":2}"#, "2!duplicate member \"a\""),
        (r#"{"c":1,"c":2}"#, "2:null|null"),
        (r#"{"a":01}"#, "2!"),
        (r#"{"a":+1}"#, "2!"),
        (r#"{"a":NaN}"#, "2!"),
        (r#"{"a":'x'}"#, "2!"),
        (r#"{"a":1,}"#, "2!trailing comma at column 8"),
        (r#"{"a":1}{"a":2}"#, "2!trailing characters"),
        (r#"{"a":1} // x"#, "2!"),
        (r#"{"a":1"#, "2!EOF"),
        ("[1]", "2!invalid type"),
        ("null", "2!"),
        ("5", "2!"),
        ("{\"a\":\"x\ty\"}", "2!control character"),
        ("\u{feff}{\"a\":1}", "2!"),
        ("\u{a0}{\"a\":1}", "2!"),
    ] {
        let (rows, end) = read(format!("{{\"a\":0}}\n{line}\n\r\n \t\n{{\"a\":9}}").as_bytes(), None);
        assert_eq!(end, None, "{line}");
        assert_eq!((rows.len(), rows[0].as_str(), rows[2].as_str()), (3, "1:0|null", "5:9|null"), "{line}: {rows:?}");
        let fits = if expected.contains('!') { rows[1].starts_with(expected) } else { rows[1] == expected };
        assert!(fits, "{line}: {} is not {expected}", rows[1]);
    }
}

#[test]
fn an_encoding_is_detected_or_named() {
    assert_eq!(read("\u{feff}{\"a\":1}\n".as_bytes(), None).0, ["1:1|null"]);
    let bytes: Vec<u8> = "\u{feff}{\"a\":\"\u{eb}\"}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&bytes, None).0, ["1:\"\u{eb}\"|null"]);
    assert_eq!(read(&bytes[2..], Some("utf-16le")).0, ["1:\"\u{eb}\"|null"]);
    let latin = b"{\"a\":1}\n{\"a\":\"\xeb\"}\n{\"a\":\"\xeb\"}\n";
    assert_eq!(read(latin, Some("windows-1252")).0.len(), 3);
    let (rows, end) = read(latin, None);
    assert_eq!(rows.len(), 1);
    let end = end.unwrap();
    assert!(end.contains("line 2: the file is not UTF-8") && end.contains("encoding ="), "{end}");
}
