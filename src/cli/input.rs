//! Where commands read lines from: a file, or standard input for `-`.

use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::Path;

use anyhow::Context;
use file_mst::schema::escape_text;

/// Lines to read, and what to call their source in messages.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) lines: std::io::Lines<Box<dyn BufRead>>,
}

impl Input {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let (name, reader): (_, Box<dyn BufRead>) = if path == Path::new("-") {
            ("standard input".to_owned(), Box::new(stdin().lock()))
        } else {
            let name = escape_text(&path.to_string_lossy()).into_owned();
            let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
            (name, Box::new(BufReader::new(file)))
        };
        Ok(Self { name, lines: reader.lines() })
    }
}
