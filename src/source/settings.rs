//! What a mapping says of its source.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::SourceError;
use crate::contract::{SettingsError, Text};

/// Where rows come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Settings {
    /// A file of comma-separated values, maybe compressed with gzip or zstd.
    Csv {
        /// The file; standard input without one.
        path: Option<PathBuf>,
        /// What stands between two values.
        delimiter: u8,
        /// The names of the columns, where the first line does not have them.
        header: Option<Vec<String>>,
    },
    /// A file of one JSON object a line, maybe compressed with gzip or zstd.
    Ndjson {
        /// The file; standard input without one.
        path: Option<PathBuf>,
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
}

impl Settings {
    /// What the source is called in messages that do not come from it.
    pub fn name(&self) -> String {
        let file = |path: Option<&Path>| match path {
            Some(path) => path.display().to_string(),
            None => "standard input".to_owned(),
        };
        match self {
            Self::Csv { path, .. } | Self::Ndjson { path } => file(path.as_deref()),
            Self::Parquet { path } => file(Some(path)),
            Self::Sqlite { path, select } => format!("{}, {}", path.display(), select.name()),
            Self::Postgres { select, .. } => format!("postgres, {}", select.name()),
            Self::Mysql { select, .. } => format!("mysql, {}", select.name()),
        }
    }

    /// Whether it is a database, which can be asked for some rows only.
    pub(crate) fn is_database(&self) -> bool {
        matches!(self, Self::Sqlite { .. } | Self::Postgres { .. } | Self::Mysql { .. })
    }

    /// Whether the columns must be named, since no row has them all.
    pub(crate) fn needs_columns(&self) -> bool {
        matches!(self, Self::Ndjson { .. })
    }
}

/// Which rows of a database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Select {
    /// All of a table, whose name may have a schema in front: `public.orders`.
    Table(String),
    /// What a query gives.
    Query(String),
}

impl Select {
    /// What it is called in messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Table(table) => format!("table {table}"),
            Self::Query(_) => "query".to_owned(),
        }
    }
}

/// Which database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Location {
    /// This URL, which has no password in it.
    Url(String),
    /// The URL in this environment variable.
    Variable(String),
}

impl Location {
    /// The URL.
    ///
    /// # Errors
    /// If the environment variable is not set.
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
    header: Option<Spanned<Vec<String>>>,
    /// Texts that stand for no value, in every column.
    pub(crate) null: Option<Vec<String>>,
}

impl RawSource {
    /// The settings; relative paths are taken from `folder`.
    pub(crate) fn settings(&self, text: &Text<'_>, folder: &Path) -> Result<Settings, SettingsError> {
        let kind = self.kind.get_ref().as_str();
        let (file, database) = match kind {
            "csv" | "ndjson" | "parquet" => (true, false),
            "sqlite" => (true, true),
            "postgres" | "mysql" => (false, true),
            _ => {
                let message =
                    format!("no kind of source {kind:?}: there are csv, ndjson, parquet, sqlite, postgres, mysql");
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
            (&self.delimiter, "delimiter", kind == "csv"),
        ] {
            if let Some(setting) = setting.as_ref().filter(|_| !allowed) {
                return Err(text.error(setting.span(), format!("{what} says nothing for a source of the kind {kind}")));
            }
        }
        if let Some(header) = self.header.as_ref().filter(|_| kind != "csv") {
            return Err(text.error(header.span(), format!("header says nothing for a source of the kind {kind}")));
        }
        let missing = |what: &str| text.error(self.kind.span(), format!("a source of the kind {kind} has {what}"));
        let path = || -> Result<Option<PathBuf>, SettingsError> {
            let path = self.path.as_ref().ok_or_else(|| missing("a path"))?.get_ref();
            Ok((path != "-").then(|| folder.join(path)))
        };
        let real_path =
            || path()?.ok_or_else(|| missing("a path of a file; standard input cannot be read in any order"));
        Ok(match kind {
            "csv" => Settings::Csv {
                path: path()?,
                delimiter: self.delimiter(text)?,
                header: self.header.as_ref().map(|header| header.get_ref().clone()),
            },
            "ndjson" => Settings::Ndjson { path: path()? },
            "parquet" => Settings::Parquet { path: real_path()? },
            "sqlite" => Settings::Sqlite { path: real_path()?, select: self.select(text)? },
            "postgres" => Settings::Postgres { location: self.location(text)?, select: self.select(text)? },
            _ => Settings::Mysql { location: self.location(text)?, select: self.select(text)? },
        })
    }

    fn delimiter(&self, text: &Text<'_>) -> Result<u8, SettingsError> {
        match &self.delimiter {
            None => Ok(b','),
            Some(setting) => match setting.get_ref().as_bytes() {
                [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
                _ => Err(text.error(setting.span(), "a delimiter is one ASCII character")),
            },
        }
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
                "no password belongs here: leave it to the environment (PGPASSWORD, MYSQL_PWD), ~/.pgpass or ~/.my.cnf, \
                 or name a variable with the whole URL: url-env",
            )),
            (Some(url), None) => Ok(Location::Url(url.get_ref().clone())),
            (Some(_), Some(variable)) => Err(text.error(variable.span(), "either url or url-env, not both")),
            (None, None) => Err(text.error(self.kind.span(), "a database needs url or url-env")),
        }
    }
}

/// Whether `user:password@` stands in a URL, or a parameter of that name.
fn has_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || url.to_ascii_lowercase().contains("password=")
}

#[cfg(test)]
mod tests {
    use super::has_password;

    #[test]
    fn passwords_are_seen() {
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
