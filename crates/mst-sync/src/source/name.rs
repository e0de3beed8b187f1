//! Tables by name, such as `orders.csv`, `shop.sqlite#orders` or `postgres://user@host/shop#public.orders`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use mst_types::{escape_path, escape_text};

use super::settings::has_password;
use super::tables::{selects, tables};
use super::{CsvFormat, Location, Select, Settings, SourceError, delimiter};
use crate::similar::{is_similar, nearest_first};

/// The first bytes of an SQLite file.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// The maximum number of names in a message.
const MAX_NAMES: usize = 12;
/// The number of bytes in which a JSON file shows whether it has one object a line.
const JSON_START: u64 = 1 << 16;

/// Why a name that looks like a table's names none. No message contains a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// A database is named, and none of its tables.
    #[error("{} is a database: name one of its tables after #{}", escape_text(database), list(names))]
    NoTable {
        /// The name of the database.
        database: String,
        /// The names of its tables, each of which can be given instead.
        names: Vec<String>,
    },
    /// A database is named, and it has no table.
    #[error("{} is a database without tables", escape_text(database))]
    EmptyDatabase {
        /// The name of the database.
        database: String,
    },
    /// A database is named, and none of its tables, which cannot be listed.
    #[error(
        "{} is a database: name one of its tables after #, as in {}#TABLE (its tables cannot be listed: {source})",
        escape_text(database),
        escape_text(database)
    )]
    Unlisted {
        /// The name of the database.
        database: String,
        /// Why its tables are not known.
        source: SourceError,
    },
    /// The database has no such table.
    #[error("{} has no table {}{}", escape_text(database), escape_text(table), list(names))]
    UnknownTable {
        /// The name of the database.
        database: String,
        /// The table.
        table: String,
        /// The names of the tables that exist, the nearest first; each can be given instead.
        names: Vec<String>,
    },
    /// The URL of a database contains a password.
    #[error("passwords are not allowed in the name of a table: leave it out of the URL, and put it into {instead}")]
    Password {
        /// Where the password is read from.
        instead: &'static str,
    },
    /// The file does not exist.
    #[error("{} does not exist{}", escape_path(path), list(names))]
    NoFile {
        /// The file.
        path: PathBuf,
        /// Files in its folder with a similar name, the nearest first.
        names: Vec<String>,
    },
    /// The format is not read, or not in this form.
    #[error("{} is {what}: {instead}", escape_text(name))]
    Unsupported {
        /// The name as given.
        name: String,
        /// The format.
        what: &'static str,
        /// What works instead.
        instead: String,
    },
    /// Several characters could separate the values of a CSV file.
    #[error(
        "{}: {} could separate its values: choose one in a mapping ([source] delimiter = {:?}), or convert the file \
         to commas",
        escape_path(path),
        characters(found),
        found.first().copied().unwrap_or(',').to_string()
    )]
    Delimiter {
        /// The file.
        path: PathBuf,
        /// The characters.
        found: Vec<char>,
    },
    /// The file or the database cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// The names as the end of a message.
fn list(names: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./@:,+=%#?&".contains(c);
    let quoted = |name: &String| match name.chars().all(plain) {
        true => escape_text(name).into_owned(),
        // As a shell takes it.
        false => format!("'{}'", escape_text(&name.replace('\'', "'\\''"))),
    };
    let mut text: String = names.iter().take(MAX_NAMES).map(quoted).collect::<Vec<_>>().join(", ");
    if let Some(more) = names.len().checked_sub(MAX_NAMES).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    if text.is_empty() { text } else { format!(": {text}") }
}

fn characters(found: &[char]) -> String {
    let quoted = |c: &char| if *c == '\t' { "a tab".to_owned() } else { format!("'{c}'") };
    found.iter().map(quoted).collect::<Vec<_>>().join(" and ")
}

impl Settings {
    /// The table of this name; `None` if it names something else, such as a tree or a mapping. Files are recognised by
    /// their first bytes and their endings; the delimiter of a CSV file is read from its first lines. A server is asked
    /// only if its URL names no table.
    ///
    /// | name | table |
    /// |---|---|
    /// | `orders.csv`, `.tsv`, `.ndjson`, `.jsonl`, also with `.gz` or `.zst` after it; `.parquet` | the file |
    /// | `shop.sqlite#orders` | a table or view of an SQLite file, whatever its ending |
    /// | `postgres://user@host/shop#public.orders`, `mysql://user@host/shop#orders` | a table or view of a database |
    ///
    /// Everything after the first `#` of a URL is the table. A part of its name that contains a point is written in the
    /// quotes of its database. The name of an existing file is taken whole, even if it contains a `#`.
    ///
    /// # Errors
    /// [`NameError`]: the name can only be that of a table, but it does not name one. The message says what does.
    pub fn from_name(name: &str) -> Result<Option<Self>, NameError> {
        if name == "-" {
            return Ok(None);
        }
        if let Some((scheme, _)) = name.split_once("://")
            && !scheme.is_empty()
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-:".contains(c))
        {
            return from_url(name, &scheme.to_ascii_lowercase()).map(Some);
        }
        if Path::new(name).exists() {
            return from_file(name);
        }
        // The path and the table may both contain a #, so the existing file decides.
        let split = |at: usize| Some((name.get(..at)?, name.get(at + 1..)?));
        let mut splits: Vec<_> = name.match_indices('#').filter_map(|(at, _)| split(at)).collect();
        splits.reverse();
        if let Some((path, table)) = splits.iter().find(|(path, _)| is_sqlite(Path::new(path))) {
            return from_sqlite(path, Some(table)).map(Some);
        }
        // A tree names its commits after the # too, so only other endings than those of tables may be trees.
        let (path, table) = splits.first().map_or((name, None), |(path, table)| (*path, Some(*table)));
        match (kind_of_ending(path), table) {
            (None, _) => Ok(None),
            // A tree may be called `.db`, and what follows may be its commit.
            (Some(Ending::Sqlite), Some(_)) if Path::new(path).exists() => match path.ends_with(".db") {
                true => Ok(None),
                false => Err(no_sqlite(path)),
            },
            (Some(Ending::Text(_) | Ending::Parquet), Some(_)) if Path::new(path).exists() => {
                let instead = format!("leave out what follows the #: {path}");
                Err(NameError::Unsupported { name: name.to_owned(), what: "a file with a single table", instead })
            }
            // A file of another format that does not exist could be anything.
            (Some(Ending::Other(..)), _) => Ok(None),
            (Some(_), _) => Err(NameError::NoFile { path: path.into(), names: similar_files(path) }),
        }
    }

    /// The name by which [`Settings::from_name`] finds this table; `None` if it has none, such as a query.
    pub fn to_name(&self) -> Option<String> {
        let text = |path: &Path| path.to_str().map(str::to_owned);
        match self {
            Self::Csv { path, .. } | Self::Ndjson { path, .. } => text(path.as_ref()?),
            Self::Parquet { path } => text(path),
            Self::Sqlite { path, select: Select::Table(table) } => Some(format!("{}#{table}", path.to_str()?)),
            Self::Postgres { location: Location::Url(url), select: Select::Table(table) }
            | Self::Mysql { location: Location::Url(url), select: Select::Table(table) } => {
                Some(format!("{url}#{table}"))
            }
            _ => None,
        }
    }

    /// The same database with another table; other kinds have none.
    pub(super) fn with_select(&self, select: Select) -> Option<Self> {
        Some(match self {
            Self::Sqlite { path, .. } => Self::Sqlite { path: path.clone(), select },
            Self::Postgres { location, .. } => Self::Postgres { location: location.clone(), select },
            Self::Mysql { location, .. } => Self::Mysql { location: location.clone(), select },
            _ => return None,
        })
    }
}

/// The table of a URL with this scheme.
fn from_url(name: &str, scheme: &str) -> Result<Settings, NameError> {
    let unsupported = |what, instead: &str| {
        Err(NameError::Unsupported { name: scheme_only(name), what, instead: instead.to_owned() })
    };
    let (is_postgres, instead) = match scheme {
        "postgres" | "postgresql" => (true, "PGPASSWORD or ~/.pgpass"),
        "mysql" | "mariadb" => (false, "MYSQL_PWD or [client] in ~/.my.cnf"),
        "sqlite" | "sqlite3" | "file" => {
            return unsupported(
                "a URL of a file",
                "write its path, and the table of an SQLite file: shop.sqlite#orders",
            );
        }
        "jdbc:postgresql" | "jdbc:mysql" | "jdbc:mariadb" => {
            return unsupported("a URL of JDBC", "write postgres://USER@HOST/DATABASE#TABLE or mysql://…");
        }
        _ => {
            let instead = "tables are read from postgres://USER@HOST/DATABASE#TABLE, mysql://USER@HOST/DATABASE#TABLE \
                           and local files";
            return unsupported("a URL that is not read", instead);
        }
    };
    // A URL writes a # only before its fragment, so the table may contain more of them.
    let (url, table) = name.split_once('#').map_or((name, None), |(url, table)| (url, Some(table)));
    // A password may contain a #, which ends the URL before its @.
    if has_password(url) || has_password(name) {
        return Err(NameError::Password { instead });
    }
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let select = Select::Table(table.unwrap_or_default().to_owned());
    let settings = if is_postgres {
        // Only the case of the scheme may differ.
        Settings::Postgres { location: Location::Url(format!("{scheme}://{rest}")), select }
    } else {
        Settings::Mysql { location: Location::Url(format!("mysql://{rest}")), select }
    };
    match table {
        Some(table) if !table.is_empty() => Ok(settings),
        _ => Err(no_table(&settings, url)),
    }
}

/// The scheme of a URL, so that no message shows a password.
fn scheme_only(url: &str) -> String {
    url.split_once("://").map_or_else(String::new, |(scheme, _)| format!("{scheme}://…"))
}

/// The error for a database without a table, which lists all of them.
fn no_table(settings: &Settings, database: &str) -> NameError {
    let name = database.to_owned();
    match tables(settings) {
        Ok(tables) if tables.is_empty() => NameError::EmptyDatabase { database: name },
        Ok(tables) => {
            let names = tables.into_iter().map(|table| format!("{database}#{table}")).collect();
            NameError::NoTable { database: name, names }
        }
        Err(source) => NameError::Unlisted { database: name, source },
    }
}

fn is_sqlite(path: &Path) -> bool {
    first_bytes(path).is_ok_and(|first| first.starts_with(SQLITE) || first.is_empty() && is_named_sqlite(path))
}

/// Whether the ending is usual for SQLite files. An empty file of such a name is a database without tables.
fn is_named_sqlite(path: &Path) -> bool {
    matches!(kind_of_ending(&path.to_string_lossy()), Some(Ending::Sqlite))
}

fn no_sqlite(path: &str) -> NameError {
    let instead = "its first bytes are not those of an SQLite database".to_owned();
    NameError::Unsupported { name: path.to_owned(), what: "no SQLite file", instead }
}

/// The first bytes of a file; none of something that is no file, such as a folder or a pipe.
fn first_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut first = Vec::new();
    if path.metadata()?.is_file() {
        File::open(path)?.take(SQLITE.len() as u64).read_to_end(&mut first)?;
    }
    Ok(first)
}

fn from_sqlite(path: &str, table: Option<&str>) -> Result<Settings, NameError> {
    let select = Select::Table(table.unwrap_or_default().to_owned());
    let settings = Settings::Sqlite { path: path.into(), select };
    let Some(table) = table.filter(|table| !table.is_empty()) else { return Err(no_table(&settings, path)) };
    let have = tables(&settings)?;
    if have.iter().any(|known| selects(&settings, table, known)) {
        return Ok(settings);
    }
    let names = nearest_first(table, have).into_iter().map(|known| format!("{path}#{known}")).collect();
    Err(NameError::UnknownTable { database: path.to_owned(), table: table.to_owned(), names })
}

/// The meaning of a file's ending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ending {
    Text(TextKind),
    Parquet,
    Sqlite,
    /// A format that is not read: its name, and what works instead.
    Other(&'static str, &'static str),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum TextKind {
    Csv,
    Tsv,
    Ndjson,
    /// JSON, which is read only if it has one object a line.
    Json,
}

/// The endings of compressed files, and the programs that make the plain file.
const COMPRESSED: [(&str, &str); 2] = [(".gz", "gzip -dk"), (".zst", "zstd -dk")];

/// The name without the ending of a compressed file, and the program that makes the plain file.
fn plain_name(lower: &str) -> (&str, Option<&'static str>) {
    let found = COMPRESSED.iter().find_map(|(ending, program)| Some((lower.strip_suffix(ending)?, *program)));
    found.map_or((lower, None), |(inner, program)| (inner, Some(program)))
}

fn kind_of_ending(name: &str) -> Option<Ending> {
    let lower = name.to_ascii_lowercase();
    let (inner, _) = plain_name(&lower);
    let (_, ending) = inner.rsplit_once('.')?;
    Some(match ending {
        "csv" => Ending::Text(TextKind::Csv),
        "tsv" | "tab" => Ending::Text(TextKind::Tsv),
        "ndjson" | "jsonl" => Ending::Text(TextKind::Ndjson),
        "json" => Ending::Text(TextKind::Json),
        "parquet" => Ending::Parquet,
        "sqlite" | "sqlite3" | "db" | "db3" => Ending::Sqlite,
        "xlsx" | "xls" | "xlsm" | "ods" => Ending::Other("a spreadsheet", "save it as CSV (UTF-8)"),
        "xml" => Ending::Other("XML", "convert it to CSV or to NDJSON, one JSON object a line"),
        "yaml" | "yml" => Ending::Other("YAML", "convert it to NDJSON, one JSON object a line"),
        "sql" | "dump" => Ending::Other("a dump of a database", "load it into a database and name its table"),
        "avro" | "orc" | "arrow" | "feather" => Ending::Other("a file of columns", "convert it to Parquet or CSV"),
        "duckdb" | "mdb" | "accdb" | "dbf" => Ending::Other("a database that is not read", "export the table as CSV"),
        "zip" | "7z" | "bz2" | "xz" | "tar" | "tgz" => {
            Ending::Other("an archive", "extract it; only gzip and zstd are read, as orders.csv.gz")
        }
        _ => return None,
    })
}

/// The table of an existing file; `None` if it can be something else.
fn from_file(name: &str) -> Result<Option<Settings>, NameError> {
    let path = Path::new(name);
    let first = first_bytes(path).map_err(|source| SourceError::Io { path: path.to_owned(), source })?;
    let lower = name.to_ascii_lowercase();
    let (_, program) = plain_name(&lower);
    let unsupported = |what, instead: String| Err(NameError::Unsupported { name: name.to_owned(), what, instead });
    if !path.is_file() {
        return match kind_of_ending(name) {
            None | Some(Ending::Other(..)) => Ok(None),
            Some(_) if path.is_dir() => unsupported("a folder", "name one of the files in it".to_owned()),
            Some(_) => unsupported("no regular file", "a table is read more than once; write it to a file".to_owned()),
        };
    }
    // The first bytes say more than an ending.
    if is_sqlite(path) {
        return from_sqlite(name, None).map(Some);
    }
    if first.starts_with(b"PAR1") {
        return Ok(Some(Settings::Parquet { path: path.to_owned() }));
    }
    let is_compressed = first.starts_with(&[0x1f, 0x8b]) || first.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    if is_compressed && let Some(Ending::Parquet | Ending::Sqlite) = kind_of_ending(name) {
        let instead = match program {
            Some(program) => format!("only CSV and NDJSON are read compressed; uncompress it: {program} {name}"),
            None => "only CSV and NDJSON are read compressed; uncompress it".to_owned(),
        };
        return unsupported("a compressed file", instead);
    }
    match kind_of_ending(name) {
        Some(Ending::Text(kind)) => text_file(name, kind).map(Some),
        // A tree may be called `.db`, and a file of which nothing is known as well.
        Some(Ending::Sqlite) if lower.ends_with(".db") => Ok(None),
        Some(Ending::Sqlite) => Err(no_sqlite(name)),
        Some(Ending::Parquet) => unsupported("no Parquet file", "its first bytes are not PAR1".to_owned()),
        Some(Ending::Other(what, instead)) => unsupported(what, instead.to_owned()),
        _ if is_compressed => {
            let instead = "its name must say of what: rename it, such as to orders.csv.gz or orders.ndjson.zst";
            unsupported("a compressed file", instead.to_owned())
        }
        _ => Ok(None),
    }
}

fn text_file(name: &str, kind: TextKind) -> Result<Settings, NameError> {
    let path = PathBuf::from(name);
    let csv = |delimiter| Settings::Csv {
        path: Some(path.clone()),
        format: CsvFormat { delimiter, ..CsvFormat::default() },
        encoding: None,
    };
    Ok(match kind {
        TextKind::Csv => csv(delimiter::of_file(&path)?),
        TextKind::Tsv => csv(b'\t'),
        TextKind::Ndjson => Settings::Ndjson { path: Some(path), encoding: None },
        TextKind::Json if has_object_a_line(&path)? => Settings::Ndjson { path: Some(path), encoding: None },
        TextKind::Json => {
            let instead = format!(
                "a table is read from NDJSON, one object a line; an array becomes it by: jq -c '.[]' {name} > \
                 {}.ndjson",
                name.strip_suffix(".json").unwrap_or(name)
            );
            return Err(NameError::Unsupported { name: name.to_owned(), what: "a JSON document", instead });
        }
    })
}

/// Whether the first line is a whole JSON object, and the next one begins another.
fn has_object_a_line(path: &Path) -> Result<bool, SourceError> {
    let text = delimiter::start_of_text(path, JSON_START)?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_object = |line: &str| line.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok();
    Ok(lines.next().is_some_and(is_object) && lines.next().is_some_and(|line| line.starts_with('{')))
}

/// Files in the folder of a file that does not exist, if their names are similar.
fn similar_files(path: &str) -> Vec<String> {
    let path = Path::new(path);
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { return Vec::new() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(files) = std::fs::read_dir(folder.unwrap_or(Path::new("."))) else { return Vec::new() };
    let files = files.flatten().filter_map(|file| file.file_name().into_string().ok());
    let files: Vec<String> = files.take(10_000).filter(|file| is_similar(&name, file)).collect();
    let named = |file: String| folder.map_or(file.clone(), |folder| folder.join(&file).display().to_string());
    nearest_first(&name, files).into_iter().take(3).map(named).collect()
}
