//! Comma-separated values: a row that could be read in two ways is refused with its line, or settled by a setting.

use mst_sync::mapping::Mapping;
use mst_sync::source::{BrokenRow, Cell, SourceError, Wanted, open};

use super::Bench;

const CONTRACT: &str = "version = 1\nname = \"c\"\n[[key]]\nname = \"id\"\ntype = \"text\"\n";

/// The rows of a file with their lines, broken rows with their messages, and the error that ended the reading.
fn read(bytes: &[u8], settings: &str) -> (Vec<String>, Option<String>) {
    let bench = Bench::new(CONTRACT);
    bench.write("t.csv", bytes);
    let text = format!(
        "version = 1\ncontract = \"contract.toml\"\n[source]\nkind = \"csv\"\npath = \"t.csv\"\n{settings}\n[field.id]\ncolumn = \"id\"\n"
    );
    let mapping = Mapping::parse(&text, &bench.path("mapping.toml")).unwrap_or_else(|error| panic!("{error}"));
    let mut rows = Vec::new();
    let mut all = || -> Result<(), SourceError> {
        let mut source = open(&mapping.source, &Wanted::default())?;
        rows.push(source.columns().join("|"));
        source.each(&mut |row| {
            rows.push(match row {
                Ok(row) => format!("{}:{}", row.number, row.cells.iter().map(shown).collect::<Vec<_>>().join("|")),
                Err(BrokenRow { row, message, .. }) => format!("{row}!{message}"),
            });
            std::ops::ControlFlow::Continue(())
        })
    };
    let end = all().err().map(|error| error.to_string().rsplit_once("t.csv").unwrap().1.to_owned());
    (rows, end)
}

fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.to_string(),
        other => format!("<{}>", other.kind()),
    }
}

/// Checks every row; a broken one by the words with which its message begins.
#[track_caller]
fn gives(bytes: impl AsRef<[u8]>, settings: &str, expected: &[&str]) {
    let (rows, end) = read(bytes.as_ref(), settings);
    assert_eq!(end, None, "{rows:?}");
    let fits = |(row, expected): (&String, &&str)| {
        if expected.contains('!') { row.contains(*expected) } else { row == expected }
    };
    assert!(rows.len() == expected.len() && rows.iter().zip(expected).all(fits), "{rows:#?} is not {expected:#?}");
}

/// Checks that nothing can be read from a line on.
#[track_caller]
fn stops(bytes: impl AsRef<[u8]>, settings: &str, words: &[&str]) {
    let (rows, end) = read(bytes.as_ref(), settings);
    let end = end.unwrap_or_else(|| panic!("{rows:?}"));
    for word in words {
        assert!(end.contains(word), "no {word:?} in: {end}");
    }
}

#[test]
fn records_have_one_interpretation() {
    gives("id,v\n1,a\n2,\"b,\"\"c\"\"\nd\"\n3,\"\"\n", "", &["id|v", "2:1|a", "3:2|b,\"c\"\nd", "5:3|"]);
    // The end of the last line may be missing; both kinds of line ends are accepted.
    gives("id,v\r\n1,a\r\n2,b\n3,c", "", &["id|v", "2:1|a", "3:2|b", "4:3|c"]);
    // Blanks are part of values and of names.
    gives("id, v\n 1 ,a\n", "", &["id| v", "2: 1 |a"]);
    // An extra delimiter is an extra value; in all lines it is an empty column.
    gives("id,v\n1,a,\n2,b\n", "", &["id|v", "2!expected 2 values, found 3", "3:2|b"]);
    gives("id,v,\n1,a,\n", "empty = \"text\"", &["id|v|", "2:1|a|"]);
    gives("id,v\n1\n   \n2,b\n", "", &["id|v", "2!expected 2 values, found 1", "3!expected 2", "4:2|b"]);
}

#[test]
fn quotes_that_could_be_read_in_two_ways_break_their_row() {
    for (line, words) in [
        ("1,a\"b", "2!value 2: a quote in a value"),
        ("1, \"a\"", "2!value 2: a quote in a value"),
        ("1,\"a\" ", "2!value 2: characters after the closing quote"),
        ("1,\"a\"b\"", "2!value 2: characters after the closing quote"),
        ("\"1\"x,a", "2!value 1: characters after the closing quote"),
        ("1,\"C:\\\"", "2!value 2: a backslash before the closing quote"),
        ("1,a\rb", "2!value 2: a carriage return without a line feed"),
        ("1,a\0", "2!a NUL byte"),
    ] {
        gives(format!("id,v\n{line}\n2,b\n"), "", &["id|v", words, "3:2|b"]);
    }
    // Lines that an open quote included are read again: each may be a row.
    gives(
        "id,v\n1,\"a\n2,b\n3,\"c\"\n4,d\n",
        "",
        &["id|v", "2!value 2: characters after the closing quote", "3:2|b", "4:3|c", "5:4|d"],
    );
}

#[test]
fn an_open_quote_at_the_end_names_its_line() {
    stops("id,v\n1,a\n2,b\n3,\"c\n4,d\n5,e\n", "", &["line 4: this quote is never closed"]);
    stops("id,v\n1,\"a\nb\"\n3,\"x\ny\n", "", &["line 4: "]);
    stops("id,v\n\"1\n2\",\"b\n3", "", &["line 3: "]);
    stops("id,\"v\n1,a\n", "", &["line 1: "]);
    stops("id,v\n1,\"a\\\"\n", "escape = \"backslash\"", &["line 2: "]);
}

#[test]
fn another_escape_is_set_explicitly() {
    let both = "id,v\n1,\"C:\\\"\n";
    gives(both, "escape = \"doubled\"", &["id|v", "2:1|C:\\"]);
    let backslash = "escape = \"backslash\"";
    gives("id,v\n1,\"a\\\"b\\\\\"\n2,\\N\n", backslash, &["id|v", "2:1|a\"b\\", "3:2|\\N"]);
    gives(
        "id,v\n1,\"a\\n\"\n2,\"a\"\"b\"\n3,a\\b\n4,\\Nx\n5,\"\\\n",
        backslash,
        &[
            "id|v",
            "2!value 2: a backslash",
            "3!value 2: characters",
            "4!value 2: a back",
            "5!value 2: a back",
            "6!value 2: a back",
        ],
    );
    gives("id;v\n1;'a;''b'\n2;\"x\n", "delimiter = \";\"\nquote = \"'\"", &["id|v", "2:1|a;'b", "3:2|\"x"]);
    gives("id\tv\n1\ta\"b\n", "delimiter = \"\\t\"\nquote = \"\"", &["id|v", "2:1|a\"b"]);
}

#[test]
fn an_empty_value_is_what_the_mapping_says() {
    let text = "id,v\n1,\n2,\"\"\n";
    gives(text, "", &["id|v", "2:1|<an empty value without quotes>", "3:2|"]);
    gives(text, "empty = \"text\"", &["id|v", "2:1|", "3:2|"]);
    gives(text, "empty = \"null\"", &["id|v", "2:1|<null>", "3:2|"]);
    // A single column: an empty line could be a row.
    gives("id\n1\n\n\"\"\n", "", &["id", "2:1", "3!an empty line", "4:"]);
    gives("id\n1\n\n2\n", "empty = \"null\"", &["id", "2:1", "3:<null>", "4:2"]);
    gives("id,v\n\n1,a\n\n", "", &["id|v", "3:1|a"]);
}

/// An empty value is refused in every field that would have to guess, and nowhere else.
#[test]
fn a_field_takes_no_empty_value_that_could_be_null() {
    let try_with = |ty: &str, rules: &str, source: &str, field: &str| {
        let contract = format!("{CONTRACT}[[field]]\nname = \"v\"\ntype = \"{ty}\"\nnull = \"allow\"\n{rules}");
        let bench = Bench::new(&contract);
        bench.write("t.csv", "id,v\n1,\n");
        bench.try_root(&format!(
            "[source]\nkind = \"csv\"\npath = \"t.csv\"\n{source}\n[field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"v\"\n{field}\n"
        ))
    };
    for ty in ["text", "i64", "decimal(2)", "bytes", "date", "json", "bool"] {
        let error = try_with(ty, "", "", "").expect_err(ty).to_string();
        assert!(error.contains("row 2") && error.contains("empty = \"text\" or \"null\""), "{ty}: {error}");
        // The advice works, and so do the other ways to say it.
        let null = try_with(ty, "", "empty = \"null\"", "").unwrap();
        assert_eq!(try_with(ty, "", "null = [\"\"]", "").unwrap(), null, "{ty}");
        assert_eq!(try_with(ty, "", "", "null = [\"\"]").unwrap(), null, "{ty}");
    }
    assert_ne!(
        try_with("text", "", "empty = \"text\"", "").unwrap(),
        try_with("text", "", "empty = \"null\"", "").unwrap()
    );
    assert!(try_with("text", "empty = \"null\"\n", "", "").is_ok());
    assert!(try_with("text", "empty = \"refuse\"\n", "", "").is_err());
    assert!(try_with("text", "", "", "map = { \"\" = \"none\" }").is_ok());
}

#[test]
fn a_column_name_that_occurs_twice_cannot_be_used() {
    let bench = Bench::new(CONTRACT);
    bench.write("t.csv", "id,v,v\n1,a,b\n");
    let mapping =
        |column: &str| format!("[source]\nkind = \"csv\"\npath = \"t.csv\"\n[field.id]\ncolumn = \"{column}\"\n");
    assert!(bench.try_root(&mapping("id")).is_ok());
    bench.refused(&mapping("v"), &["several columns \"v\""]);
    bench.refused(&mapping("w"), &["no column \"w\"", "it has id, v, v"]);
    bench.write("t.csv", "# made by X\nid,v\n1,a\n");
    bench.refused(&mapping("id"), &["comment = \"#\"", "skip-lines = 1"]);
    for setting in ["comment = \"#\"", "skip-lines = 1"] {
        assert!(bench.try_root(&mapping("id").replace("[field", &format!("{setting}\n[field"))).is_ok(), "{setting}");
    }
    bench.write("t.csv", "\u{1b}[31mid, v\n1,a\n");
    bench.refused(&mapping("id"), &["it has \\u{1b}[31mid, \" v\""]);
}

#[test]
fn lines_before_the_table_and_comments_are_skipped() {
    gives("# made by \"X\nid,v\n1,a\n", "comment = \"#\"", &["id|v", "3:1|a"]);
    gives("id,v\n#1,a\n2,\"x\n#y\"\n", "comment = \"#\"", &["id|v", "3:2|x\n#y"]);
    gives("Report\n\nid,v\n1,a\n", "skip-lines = 2", &["id|v", "4:1|a"]);
    gives("Z\u{fc}rich \"\nid,v\n1,a\n", "skip-lines = 1", &["id|v", "3:1|a"]);
    gives("1,a\n2,b\n", "header = [\"id\", \"v\"]", &["id|v", "1:1|a", "2:2|b"]);
    gives("1,a\n2,b,c\n", "header = false", &["1|2", "1:1|a", "2!expected 2"]);
    gives("id,v\r1,a\r2,\"b\rc\"\r", "line-end = \"cr\"", &["id|v", "2:1|a", "3:2|b\rc"]);
    stops("id,v\r1,a\r", "", &["line 1", "carriage return", "line-end = \"cr\""]);
    gives("id,v\r1,a\n", "line-end = \"cr\"", &["id|v", "2!value 2: a line feed outside quotes"]);
    stops("id,v\n1,a\n", "header = [\"id\"]\nencoding = \"utf-16le\"", &["character"]);
}

#[test]
fn an_encoding_is_named_or_detected() {
    let rows = &["id|v", "2:1|Zo\u{eb} \u{20ac}"];
    let utf_16 = |little: bool| -> Vec<u8> {
        let units = "\u{feff}id,v\n1,Zo\u{eb} \u{20ac}\n".encode_utf16();
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    gives(b"id,v\n1,Zo\xeb \x80\n", "encoding = \"windows-1252\"", rows);
    for little in [true, false] {
        gives(utf_16(little), "", rows);
        gives(utf_16(little), "encoding = \"utf-16\"", rows);
        let order = if little { "utf-16le" } else { "utf-16be" };
        gives(&utf_16(little)[2..], &format!("encoding = \"{order}\""), rows);
    }
    gives("\u{feff}id,v\n1,Zo\u{eb} \u{20ac}\n", "", rows);
    gives("\u{feff}id,v\n1,Zo\u{eb} \u{20ac}\n", "encoding = \"utf-8\"", rows);
    gives(b"id,v\n1,\x83\x65\n", "encoding = \"shift_jis\"", &["id|v", "2:1|\u{30c6}"]);

    // One message, with the line.
    stops(b"id,v\n1,\"a\nZo\xeb\"\n2,\xeb\n", "", &["line 3: the file is not UTF-8", "encoding = \"windows-1252\""]);
    stops(b"id,v\n1,Zo\xeb\n", "encoding = \"utf-8\"", &["line 2"]);
    stops(b"id,v\n1,\x80\n", "encoding = \"iso-8859-1\"", &["line 2", "0x80"]);
    stops(b"id,v\n1,\x81\n", "encoding = \"windows-1252\"", &["line 2", "0x81"]);
    stops(b"id,v\n1,\xe9\n", "encoding = \"ascii\"", &["line 2", "0xe9"]);
    stops(b"id,v\n1,\x83\n", "encoding = \"shift_jis\"", &["line 2"]);
    stops("\u{feff}id,v\n", "encoding = \"windows-1252\"", &["byte order mark of UTF-8"]);
    stops(&utf_16(true)[2..], "encoding = \"utf-16\"", &["utf-16le"]);
    stops([&[0xff, 0xfe, 0, 0][..], b"i\0\0\0"].concat(), "", &["UTF-32"]);
    stops(&utf_16(true)[2..], "", &["line 1", "NUL"]);
    // Half a pair of UTF-16.
    let half: Vec<u8> = [0xfeff_u16, 0x69, 0x64, 0xa, 0xd800, 0xa].iter().flat_map(|unit| unit.to_le_bytes()).collect();
    stops(half, "", &["line 2"]);
}

/// Every byte of a text file is read or an error is reported, wherever chunks end: the decoder has a state.
#[test]
fn long_files_of_other_encodings_are_read_whole() {
    let mut expected = vec!["id|v".to_owned()];
    let mut text = "id,v\n".to_owned();
    for row in 0..60_000 {
        text += &format!("{row},\u{30c6}\u{eb}{row}\n");
        expected.push(format!("{}:{row}|\u{30c6}\u{eb}{row}", row + 2));
    }
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (rows, end) = read(&bytes, "encoding = \"utf-16le\"");
    assert!(rows == expected && end.is_none());
    let (_, end) = read(&bytes[..bytes.len() - 1], "encoding = \"utf-16le\"");
    assert!(end.unwrap().contains("line 60001"));
}

#[test]
fn compressed_files_are_whole_or_refused() {
    use std::io::Write;
    let gz = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let zst = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    for packed in [&gz as &dyn Fn(&str) -> Vec<u8>, &zst] {
        let (first, second) = (packed("id,v\n1,a\n"), packed("2,b\n"));
        let both = [first.clone(), second].concat();
        gives(&both, "", &["id|v", "2:1|a", "3:2|b"]);
        // Its first bytes show the format.
        for cut in (4..both.len()).filter(|cut| *cut != first.len()) {
            let (rows, end) = read(&both[..cut], "");
            assert!(end.is_some(), "cut at {cut}: {rows:?}");
        }
        assert!(read(&[both.clone(), b"x".to_vec()].concat(), "").1.is_some(), "something after it");
    }
}

#[test]
fn settings_without_effect_or_with_a_contradiction_are_refused() {
    let bench = Bench::new(CONTRACT);
    for (settings, words) in [
        ("kind = \"csv\"\npath = \"t\"\ndelimiter = \";\"\ncomment = \";\"", "different characters"),
        ("kind = \"csv\"\npath = \"t\"\nescape = \"backslash\"\nquote = \"\\\\\"", "different characters"),
        ("kind = \"csv\"\npath = \"t\"\nescape = \"x\"", "doubled"),
        ("kind = \"csv\"\npath = \"t\"\nquote = \"\u{ab}\"", "one ASCII character"),
        ("kind = \"csv\"\npath = \"t\"\nencoding = \"latin-99\"", "unknown encoding"),
        ("kind = \"ndjson\"\npath = \"t\"\nquote = \"'\"", "quote has no effect"),
        ("kind = \"ndjson\"\npath = \"t\"\nempty = \"null\"", "empty has no effect"),
        ("kind = \"ndjson\"\npath = \"t\"\nskip-lines = 1", "skip-lines has no effect"),
        ("kind = \"parquet\"\npath = \"t\"\nencoding = \"utf-8\"", "encoding has no effect"),
    ] {
        let text =
            format!("version = 1\ncontract = \"contract.toml\"\n[source]\n{settings}\n[field.id]\ncolumn = \"id\"\n");
        let error = Mapping::parse(&text, &bench.path("m.toml")).expect_err(settings).to_string();
        assert!(error.contains(words), "no {words:?} in {error}");
    }
}
