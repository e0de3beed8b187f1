//! The settings of a mapping's source.

use std::path::{Path, PathBuf};

use mst_types::TypeParseError;
use serde::Deserialize;
use toml::Spanned;

use super::format::{CsvFormat, EmptyValue, Escape, Header, LineEnd};
use super::{SourceError, TextEncoding, TreeSettings};
use crate::condition::RowCondition;
use crate::source_span::{SettingsError, Text};

/// The source of rows.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Settings {
    /// A CSV file, optionally compressed with gzip or zstd.
    Csv {
        /// The file; standard input if `None`.
        path: Option<PathBuf>,
        /// Its dialect.
        format: CsvFormat,
        /// Its encoding; if `None`, UTF-8 or the encoding of its byte order mark.
        encoding: Option<TextEncoding>,
    },
    /// A file with one JSON object per line, optionally compressed with gzip or zstd.
    Ndjson {
        /// The file; standard input if `None`.
        path: Option<PathBuf>,
        /// Its encoding; if `None`, UTF-8 or the encoding of its byte order mark.
        encoding: Option<TextEncoding>,
    },
    /// A table of an SQLite file.
    Sqlite {
        /// The file.
        path: PathBuf,
        /// The rows.
        select: Select,
    },
    /// A table of a PostgreSQL database.
    Postgres {
        /// The database.
        location: Location,
        /// The rows.
        select: Select,
    },
    /// A table of a MySQL or MariaDB database.
    Mysql {
        /// The database.
        location: Location,
        /// The rows.
        select: Select,
    },
    /// A Parquet file.
    Parquet {
        /// The file.
        path: PathBuf,
    },
    /// The records of a tree.
    Tree(TreeSettings),
    /// The rows of another mapping, as its contract has them.
    Mapping {
        /// The file of the mapping.
        path: PathBuf,
    },
}

impl Settings {
    /// The name of the source in messages that do not come from it.
    pub fn name(&self) -> String {
        let file = |path: Option<&Path>| match path {
            Some(path) => path.display().to_string(),
            None => "standard input".to_owned(),
        };
        match self {
            Self::Csv { path, .. } | Self::Ndjson { path, .. } => file(path.as_deref()),
            Self::Parquet { path } | Self::Mapping { path } => file(Some(path)),
            Self::Tree(tree) => tree.name(),
            Self::Sqlite { path, select } => format!("{}, {}", path.display(), select.name()),
            Self::Postgres { select, .. } => format!("postgres, {}", select.name()),
            Self::Mysql { select, .. } => format!("mysql, {}", select.name()),
        }
    }

    /// Whether it is a database, which can filter rows and takes conditions in SQL.
    pub fn is_database(&self) -> bool {
        matches!(self, Self::Sqlite { .. } | Self::Postgres { .. } | Self::Mysql { .. })
    }

    /// Whether it is standard input, which can be read only once.
    pub(crate) fn is_standard_input(&self) -> bool {
        matches!(self, Self::Csv { path: None, .. } | Self::Ndjson { path: None, .. })
    }

    /// Whether text in a JSON field is a JSON string. In a source without a JSON type it is a JSON text.
    pub(crate) fn text_is_string(&self) -> bool {
        match self {
            Self::Csv { .. } | Self::Sqlite { .. } => false,
            Self::Ndjson { .. } | Self::Parquet { .. } | Self::Postgres { .. } | Self::Mysql { .. } => true,
            // Their types tell JSON from text.
            Self::Tree(_) | Self::Mapping { .. } => true,
        }
    }

    /// Whether the columns must be named, because no row is known to have all of them.
    pub(crate) fn needs_columns(&self) -> bool {
        matches!(self, Self::Ndjson { .. })
    }
}

/// The rows to read from a database.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Select {
    /// A whole table, whose name may begin with a schema: `public.orders`.
    Table(String),
    /// The result of a query.
    Query(String),
}

impl Select {
    /// The name of the selection in messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Table(table) => format!("table {table}"),
            Self::Query(_) => "query".to_owned(),
        }
    }
}

/// The database to read.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Location {
    /// This URL, without a password.
    Url(String),
    /// The URL in this environment variable.
    Variable(String),
}

impl Location {
    /// The URL.
    ///
    /// # Errors
    /// The environment variable is not set.
    pub fn url(&self) -> Result<String, SourceError> {
        match self {
            Self::Url(url) => Ok(url.clone()),
            Self::Variable(variable) => {
                std::env::var(variable).map_err(|_| SourceError::NoVariable { variable: variable.clone() })
            }
        }
    }
}

/// The table `[source]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RawSource {
    kind: Spanned<String>,
    path: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
    url_env: Option<Spanned<String>>,
    table: Option<Spanned<String>>,
    query: Option<Spanned<String>>,
    delimiter: Option<Spanned<String>>,
    quote: Option<Spanned<String>>,
    escape: Option<Spanned<String>>,
    comment: Option<Spanned<String>>,
    line_end: Option<Spanned<LineEnd>>,
    skip_lines: Option<Spanned<u64>>,
    header: Option<Spanned<RawHeader>>,
    empty: Option<Spanned<EmptyValue>>,
    encoding: Option<Spanned<String>>,
    commit: Option<Spanned<u64>>,
    offset: Option<Spanned<u64>>,
    hash: Option<Spanned<String>>,
    key_type: Option<Spanned<String>>,
    value_type: Option<Spanned<String>>,
    /// Texts that mean null, in every column.
    pub(crate) null: Option<Vec<String>>,
    /// The condition on rows.
    #[serde(rename = "where")]
    condition: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawHeader {
    FirstLine(bool),
    Names(Vec<String>),
}

impl RawSource {
    /// The condition on rows. A position in it becomes one in the text if the condition is written without escapes.
    pub(crate) fn rows(&self, text: &Text<'_>, is_database: bool) -> Result<Option<RowCondition>, SettingsError> {
        let Some(setting) = &self.condition else { return Ok(None) };
        let condition = setting.get_ref();
        RowCondition::parse(condition, is_database).map(Some).map_err(|error| {
            let span = setting.span();
            let written = text.text.get(span.clone()).unwrap_or_default();
            match written.find(condition.as_str()) {
                Some(start) => {
                    let at = span.start + start + error.offset;
                    text.error(at..at, format!("where: {}", error.message))
                }
                None => text.error(span, format!("where, {error}")),
            }
        })
    }

    /// Checks and converts the settings; relative paths are relative to `folder`.
    pub(crate) fn settings(&self, text: &Text<'_>, folder: &Path) -> Result<Settings, SettingsError> {
        let kind = self.kind.get_ref().as_str();
        let (file, database) = match kind {
            "csv" | "ndjson" | "parquet" | "tree" | "mapping" => (true, false),
            "sqlite" => (true, true),
            "postgres" | "mysql" => (false, true),
            _ => {
                let message = format!(
                    "unknown kind of source {kind:?}; the kinds are csv, ndjson, parquet, sqlite, postgres, mysql, tree, \
                     mapping"
                );
                return Err(text.error(self.kind.span(), message));
            }
        };
        let remote = database && !file;
        for (setting, what, allowed) in [
            (&self.path, "path", file),
            (&self.url, "url", remote),
            (&self.url_env, "url-env", remote),
            (&self.table, "table", database),
            (&self.query, "query", database),
            (&self.encoding, "encoding", kind == "csv" || kind == "ndjson"),
            (&self.delimiter, "delimiter", kind == "csv"),
            (&self.quote, "quote", kind == "csv"),
            (&self.escape, "escape", kind == "csv"),
            (&self.comment, "comment", kind == "csv"),
            (&self.hash, "hash", kind == "tree"),
            (&self.key_type, "key-type", kind == "tree"),
            (&self.value_type, "value-type", kind == "tree"),
        ] {
            if let Some(setting) = setting.as_ref().filter(|_| !allowed) {
                return Err(text.error(setting.span(), format!("{what} has no effect on a source of the kind {kind}")));
            }
        }
        for (span, what) in [
            (self.line_end.as_ref().map(Spanned::span), "line-end"),
            (self.skip_lines.as_ref().map(Spanned::span), "skip-lines"),
            (self.header.as_ref().map(Spanned::span), "header"),
            (self.empty.as_ref().map(Spanned::span), "empty"),
        ] {
            if let Some(span) = span.filter(|_| kind != "csv") {
                return Err(text.error(span, format!("{what} has no effect on a source of the kind {kind}")));
            }
        }
        for (setting, what) in [(&self.commit, "commit"), (&self.offset, "offset")] {
            if let Some(setting) = setting.as_ref().filter(|_| kind != "tree") {
                return Err(text.error(setting.span(), format!("{what} has no effect on a source of the kind {kind}")));
            }
        }
        let missing = |what: &str| text.error(self.kind.span(), format!("a source of the kind {kind} needs {what}"));
        let path = || -> Result<Option<PathBuf>, SettingsError> {
            let path = self.path.as_ref().ok_or_else(|| missing("a path"))?.get_ref();
            Ok((path != "-").then(|| folder.join(path)))
        };
        let real_path =
            || path()?.ok_or_else(|| missing("a path to a file; standard input does not allow random access"));
        Ok(match kind {
            "csv" => Settings::Csv { path: path()?, format: self.csv_format(text)?, encoding: self.encoding(text)? },
            "ndjson" => Settings::Ndjson { path: path()?, encoding: self.encoding(text)? },
            "parquet" => Settings::Parquet { path: real_path()? },
            "tree" => Settings::Tree(self.tree(text, real_path()?)?),
            "mapping" => Settings::Mapping { path: real_path()? },
            "sqlite" => Settings::Sqlite { path: real_path()?, select: self.select(text)? },
            "postgres" => Settings::Postgres { location: self.location(text)?, select: self.select(text)? },
            _ => Settings::Mysql { location: self.location(text)?, select: self.select(text)? },
        })
    }

    fn csv_format(&self, text: &Text<'_>) -> Result<CsvFormat, SettingsError> {
        let character = |setting: &Spanned<String>, what: &str| match setting.get_ref().as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) => Ok(*byte),
            _ => Err(text.error(setting.span(), format!("a {what} is one ASCII character"))),
        };
        let usual = CsvFormat::default();
        let delimiter =
            self.delimiter.as_ref().map_or(Ok(usual.delimiter), |setting| character(setting, "delimiter"))?;
        let quote = match &self.quote {
            None => usual.quote,
            Some(setting) if setting.get_ref().is_empty() => None,
            Some(setting) => Some(character(setting, "quote")?),
        };
        let comment = self.comment.as_ref().map(|setting| character(setting, "comment sign")).transpose()?;
        let escape = match &self.escape {
            None => usual.escape,
            Some(setting) => match setting.get_ref().as_str() {
                "doubled" => Escape::Doubled,
                "backslash" | "\\" => Escape::Backslash,
                _ => {
                    let message = "escape is \"doubled\" (a quote inside quotes is written twice) or \"backslash\"";
                    return Err(text.error(setting.span(), message));
                }
            },
        };
        let backslash = (escape == Escape::Backslash).then_some(b'\\');
        let signs: Vec<u8> = [Some(delimiter), quote, comment, backslash].into_iter().flatten().collect();
        if signs.iter().enumerate().any(|(index, sign)| signs.iter().skip(index + 1).any(|other| other == sign)) {
            let message = "delimiter, quote, comment sign and escape must be different characters";
            return Err(text.error(self.kind.span(), message));
        }
        let header = match self.header.as_ref().map(Spanned::get_ref) {
            None | Some(RawHeader::FirstLine(true)) => Header::FirstLine,
            Some(RawHeader::FirstLine(false)) => Header::Numbers,
            Some(RawHeader::Names(names)) => Header::Names(names.clone()),
        };
        Ok(CsvFormat {
            delimiter,
            quote,
            escape,
            comment,
            line_end: self.line_end.as_ref().map_or(usual.line_end, |setting| *setting.get_ref()),
            skip_lines: self.skip_lines.as_ref().map_or(0, |setting| *setting.get_ref()),
            header,
            empty: self.empty.as_ref().map_or(usual.empty, |setting| *setting.get_ref()),
        })
    }

    fn encoding(&self, text: &Text<'_>) -> Result<Option<TextEncoding>, SettingsError> {
        let Some(setting) = &self.encoding else { return Ok(None) };
        TextEncoding::named(setting.get_ref()).map(Some).ok_or_else(|| {
            let message = format!(
                "unknown encoding {:?}; the encodings are utf-8, utf-16le, windows-1252, shift_jis and the others of the WHATWG \
                 Encoding Standard",
                setting.get_ref()
            );
            text.error(setting.span(), message)
        })
    }

    fn tree(&self, text: &Text<'_>, path: PathBuf) -> Result<TreeSettings, SettingsError> {
        let hash = self.hash.as_ref().map(|hash| {
            hash.get_ref().parse().map_err(|error| text.error(hash.span(), format!("not the hash of a root: {error}")))
        });
        let commit = self.commit.as_ref().map(|commit| *commit.get_ref());
        let offset = self.offset.as_ref().map(|offset| *offset.get_ref());
        if let (Some(setting), true) = (&self.commit, offset.is_some() || hash.is_some()) {
            return Err(text.error(setting.span(), "either a commit, or the offset and hash of a root"));
        }
        let ty = |setting: &Option<Spanned<String>>| {
            let wrong = |span, error: TypeParseError| text.error(span, format!("not a type: {error}"));
            let parse = |ty: &Spanned<String>| ty.get_ref().parse().map_err(|error| wrong(ty.span(), error));
            setting.as_ref().map(parse).transpose()
        };
        let (key, value) = (ty(&self.key_type)?, ty(&self.value_type)?);
        Ok(TreeSettings { path, commit, offset, hash: hash.transpose()?, key, value })
    }

    fn select(&self, text: &Text<'_>) -> Result<Select, SettingsError> {
        match (&self.table, &self.query) {
            (Some(table), None) => Ok(Select::Table(table.get_ref().clone())),
            (None, Some(query)) => Ok(Select::Query(query.get_ref().trim().trim_end_matches(';').to_owned())),
            (Some(_), Some(query)) => Err(text.error(query.span(), "either a table or a query, not both")),
            (None, None) => Err(text.error(self.kind.span(), "a database needs a table or a query")),
        }
    }

    fn location(&self, text: &Text<'_>) -> Result<Location, SettingsError> {
        match (&self.url, &self.url_env) {
            (None, Some(variable)) => Ok(Location::Variable(variable.get_ref().clone())),
            (Some(url), None) if has_password(url.get_ref()) => Err(text.error(
                url.span(),
                "passwords are not allowed here: use the environment (PGPASSWORD, MYSQL_PWD), ~/.pgpass or ~/.my.cnf, \
                 or name a variable with the whole URL: url-env",
            )),
            (Some(url), None) => Ok(Location::Url(url.get_ref().clone())),
            (Some(_), Some(variable)) => Err(text.error(variable.span(), "either url or url-env, not both")),
            (None, None) => Err(text.error(self.kind.span(), "a database needs url or url-env")),
        }
    }
}

/// Whether a URL contains `user:password@`, or a parameter of that name.
pub(super) fn has_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || url.to_ascii_lowercase().contains("password=")
}

#[cfg(test)]
mod tests {
    use super::has_password;

    #[test]
    fn passwords_in_urls_are_detected() {
        for (url, expected) in [
            ("postgres://ada:secret@db/orders", true),
            ("postgres://db/orders?password=x", true),
            ("host=db user=ada Password=x", true),
            ("postgres://ada@db:5432/orders", false),
            ("mysql://db:3306/a:b@c", false),
        ] {
            assert_eq!(has_password(url), expected, "{url}");
        }
    }
}
