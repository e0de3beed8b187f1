//! The logical table in text files and in SQLite, each in a spelling of its own.

use std::io::Write;

use super::Bench;
use super::table::{Meant, by_name, nfd, rows};

/// Another order of rows.
fn shuffled() -> Vec<Meant> {
    let mut rows = rows();
    rows.reverse();
    rows.swap(1, 5);
    rows.rotate_left(3);
    rows
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Rows in another order, columns in another order and under other names; German times, truth values in words, bytes in
/// hex.
pub(crate) fn csv(bench: &Bench, compressed: &str) -> String {
    let mut text = String::from("\u{feff}Zeit;Tag;Betrag;Nr;Teil;Notiz;Ja;Bytes;Ref;Stand;Doc;Most\r\n");
    for (index, row) in shuffled().iter().enumerate() {
        let amount = match index % 3 {
            0 => row.amount_text(),
            1 => format!("{}e-8", row.amount),
            _ if row.amount == 0 => "-0.00".to_owned(),
            _ => format!("+0{}000", row.amount_text()).replace("+0-", "-0"),
        };
        let flag = match row.flag {
            None => "NULL",
            Some(true) => ["yes", "T", "1"][index % 3],
            Some(false) => "No",
        };
        let cells = [
            row.at_berlin(),
            row.day_text(),
            amount,
            format!("+{}", row.id).replace("+-", "-"),
            quoted(&format!(" {} ", nfd(row.part))),
            row.note.map_or("NULL".to_owned(), |note| quoted(&nfd(note))),
            flag.to_owned(),
            format!("0x{}", hex::encode_upper(row.payload)),
            format!("{{{}}}", row.uuid_text().to_uppercase()),
            nfd(&row.state.to_uppercase()),
            quoted(row.doc),
            format!("{}.0", row.most),
        ];
        text += &format!("{}\r\n", cells.join(";"));
    }
    let bytes = match compressed {
        "gz" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.finish().unwrap()
        }
        "zst" => zstd::encode_all(text.as_bytes(), 1).unwrap(),
        _ => text.into_bytes(),
    };
    let name = format!("table.csv{compressed}");
    bench.write(&name, bytes);
    let columns = [
        ("id", "Nr"),
        ("part", "Teil"),
        ("amount", "Betrag"),
        ("note", "Notiz"),
        ("flag", "Ja"),
        ("payload", "Bytes"),
        ("day", "Tag"),
        ("ref", "Ref"),
        ("state", "Stand"),
        ("doc", "Doc"),
        ("most", "Most"),
    ];
    let mut mapping = format!(
        "[source]\nkind = \"csv\"\npath = \"{name}\"\ndelimiter = \";\"\nnull = [\"NULL\"]\n[field.at]\ncolumn = \"Zeit\"\n\
         time = {{ format = \"%d.%m.%Y %H:%M:%S%.f\", zone = \"Europe/Berlin\", fold = \"earlier\" }}\n"
    );
    for (field, column) in columns {
        mapping += &format!("[field.{field}]\ncolumn = \"{column}\"\n");
    }
    mapping
}

/// Members in another order in each line, numbers with exponents, times as counts, null members missing.
pub(crate) fn ndjson(bench: &Bench) -> String {
    let mut text = String::new();
    for (index, row) in shuffled().iter().enumerate() {
        let string = |text: &str| serde_json::Value::from(text).to_string();
        let mut members = vec![
            format!("\"id\":{}", row.id),
            format!("\"part\" : {}", string(row.part)),
            format!("\"amount\": {}E-8", row.amount),
            format!("\"who\": {{\"ref\": [{}]}}", string(&row.uuid_text().replace('-', ""))),
            format!("\"payload\": {}", string(&hex::encode(row.payload))),
            format!("\"at\": {}", row.at),
            format!("\"day\": {}", string(&row.day_text())),
            format!("\"state\": {}", string(&nfd(row.state))),
            format!("\"doc\": {}", row.doc.replace(',', " ,\t").replace('é', "\\u00e9")),
            format!("\"most\": \"{}\"", row.most),
            "\"unknown\": {\"a\": 1, \"a\": 2}".to_owned(),
        ];
        if let Some(note) = row.note {
            members.push(format!("\"note\": {}", string(&nfd(note)).replace('/', "\\/")));
        }
        match row.flag {
            Some(flag) => members.push(format!("\"flag\": {flag}")),
            None => members.push("\"flag\": null".to_owned()),
        }
        let shift = index % members.len();
        members.rotate_left(shift);
        text += &format!("{{{}}}\n\n", members.join(","));
    }
    bench.write("table.ndjson", text);
    by_name(
        "[source]\nkind = \"ndjson\"\npath = \"table.ndjson\"\n[field.at]\ncolumn = \"at\"\ntime = { format = \"unix-us\" }\n\
         [field.ref]\ncolumn = \"who\"\npath = \"/ref/0\"\n",
    )
}

/// Numbers of more than 64 bits as text, truth values as 0 and 1, times with an offset.
pub(crate) fn sqlite(bench: &Bench) -> String {
    let path = bench.path("table.sqlite");
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(
            "CREATE TABLE \"the table\" (doc, state, ref, day, at, payload, flag, note, amount, part, id, most)",
        )
        .unwrap();
    for row in shuffled() {
        database
            .execute(
                "INSERT INTO \"the table\" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rusqlite::params![
                    row.doc,
                    row.state,
                    row.uuid.to_be_bytes(),
                    row.day_text(),
                    row.at_text().replace('Z', "+00:00"),
                    row.payload,
                    row.flag,
                    row.note.map(nfd),
                    row.amount_text(),
                    row.part,
                    row.id,
                    row.most.to_string(),
                ],
            )
            .unwrap();
    }
    by_name("[source]\nkind = \"sqlite\"\npath = \"table.sqlite\"\ntable = \"the table\"\n")
}
