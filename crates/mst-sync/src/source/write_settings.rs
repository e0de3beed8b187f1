//! Settings as the text of a mapping.

use std::path::{Component, Path, PathBuf};

use mst_types::Type;

use super::{CsvFormat, EmptyValue, Escape, Header, LineEnd, Location, Select, Settings, TreeSettings};

impl Settings {
    /// The section `[source]` of a mapping in `folder` that reads as these settings. A path is written relative to the
    /// folder if it is in it or near it, and otherwise in full. A path that is not Unicode cannot be written; what is
    /// written instead names no file.
    pub fn to_toml(&self, folder: &Path) -> String {
        let mut out = Section("[source]\n".to_owned());
        match self {
            Self::Csv { path, format, encoding } => {
                out.text("kind", "csv");
                out.file(path.as_deref(), folder);
                out.optional("encoding", encoding.as_ref().map(|encoding| encoding.label()));
                out.format(format);
            }
            Self::Ndjson { path, encoding } => {
                out.text("kind", "ndjson");
                out.file(path.as_deref(), folder);
                out.optional("encoding", encoding.as_ref().map(|encoding| encoding.label()));
            }
            Self::Parquet { path } => {
                out.text("kind", "parquet");
                out.file(Some(path), folder);
            }
            Self::Sqlite { path, select } => {
                out.text("kind", "sqlite");
                out.file(Some(path), folder);
                out.select(select);
            }
            Self::Tree(TreeSettings { path, commit, offset, hash, key, value }) => {
                out.text("kind", "tree");
                out.file(Some(path), folder);
                out.number("commit", *commit);
                out.number("offset", *offset);
                out.optional("hash", hash.map(|hash| hash.to_string()).as_deref());
                out.optional("key-type", key.as_ref().map(Type::to_string).as_deref());
                out.optional("value-type", value.as_ref().map(Type::to_string).as_deref());
            }
            Self::Mapping { path } => {
                out.text("kind", "mapping");
                out.file(Some(path), folder);
            }
            Self::Postgres { location, select } => {
                out.text("kind", "postgres");
                out.location(location);
                out.select(select);
            }
            Self::Mysql { location, select } => {
                out.text("kind", "mysql");
                out.location(location);
                out.select(select);
            }
        }
        out.0
    }
}

/// The lines of a section.
struct Section(String);

impl Section {
    fn value(&mut self, name: &str, value: impl Into<toml::Value>) {
        self.0.push_str(&format!("{name} = {}\n", value.into()));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.value(name, text);
    }

    fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    fn number(&mut self, name: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.value(name, i64::try_from(number).unwrap_or(i64::MAX));
        }
    }

    fn character(&mut self, name: &str, byte: u8) {
        self.text(name, char::from(byte).encode_utf8(&mut [0; 4]));
    }

    fn file(&mut self, path: Option<&Path>, folder: &Path) {
        match path {
            None => self.text("path", "-"),
            Some(path) => {
                let path = relative(path, folder);
                // The file of this name is not standard input.
                let path = if path == Path::new("-") { Path::new("./-").to_owned() } else { path };
                self.text("path", &path.to_string_lossy());
            }
        }
    }

    fn select(&mut self, select: &Select) {
        match select {
            Select::Table(table) => self.text("table", table),
            Select::Query(query) => self.text("query", query),
        }
    }

    fn location(&mut self, location: &Location) {
        match location {
            Location::Url(url) => self.text("url", url),
            Location::Variable(variable) => self.text("url-env", variable),
        }
    }

    /// Everything in which the format differs from the default.
    fn format(&mut self, format: &CsvFormat) {
        let CsvFormat { delimiter, quote, escape, line_end, comment, skip_lines, header, empty } = format;
        let usual = CsvFormat::default();
        if *delimiter != usual.delimiter {
            self.character("delimiter", *delimiter);
        }
        match quote {
            None => self.text("quote", ""),
            Some(quote) if Some(*quote) != usual.quote => self.character("quote", *quote),
            Some(_) => {}
        }
        match escape {
            Escape::Unsaid => {}
            Escape::Doubled => self.text("escape", "doubled"),
            Escape::Backslash => self.text("escape", "backslash"),
        }
        if let Some(comment) = comment {
            self.character("comment", *comment);
        }
        match line_end {
            LineEnd::Lf => {}
            LineEnd::Cr => self.text("line-end", "cr"),
        }
        if *skip_lines > 0 {
            self.number("skip-lines", Some(*skip_lines));
        }
        match header {
            Header::FirstLine => {}
            Header::Numbers => self.value("header", false),
            Header::Names(names) => self.value("header", names.clone()),
        }
        match empty {
            EmptyValue::Unsaid => {}
            EmptyValue::Text => self.text("empty", "text"),
            EmptyValue::Null => self.text("empty", "null"),
        }
    }
}

/// The path as seen from a folder.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    if let Ok(inner) = path.strip_prefix(folder) {
        return inner.to_owned();
    }
    // Two dots after a link lead to the parent of its target, so the way is found between real folders.
    let real = |path: &Path| {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(parent.canonicalize().ok()?.join(path.file_name()?))
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if let (Some(path), Ok(folder)) = (real(path), folder.canonicalize()) {
        let mut common: Vec<_> = path.components().zip(folder.components()).collect();
        let end = common.iter().position(|(path, folder)| path != folder).unwrap_or(common.len());
        common.truncate(end);
        if common.iter().any(|(part, _)| matches!(part, Component::Normal(_))) {
            let up = folder.components().skip(end).map(|_| Component::ParentDir);
            return up.chain(path.components().skip(end)).collect();
        }
    }
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
