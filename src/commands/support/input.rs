//! The input of commands: a file, or standard input for `-`.

use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::Path;

use anyhow::Context;
use mst_types::escape_path;

/// A reader, and the name of what it reads for messages.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) reader: Box<dyn BufRead>,
}

impl Input {
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self { name: "standard input".to_owned(), reader: Box::new(stdin().lock()) });
        }
        let name = escape_path(path);
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        Ok(Self { name, reader: Box::new(BufReader::new(file)) })
    }
}
