//! One logical table has one root, whatever the source and its spelling; tests of so-called phantom differences.
//!
//! The servers are those that `MST_TEST_POSTGRES_URL` and `MST_TEST_MYSQL_URL` name; without them, the tests that need
//! them print that they were skipped. Tests of connections start servers of their own, if their programs are installed.
#![cfg(all(feature = "csv", feature = "ndjson", feature = "sqlite"))]

mod advice;
mod build;
#[cfg(all(unix, any(feature = "postgres", feature = "mysql")))]
mod certificates;
mod clocks;
mod conditions;
#[cfg(all(unix, any(feature = "postgres", feature = "mysql")))]
mod connections;
mod csv;
mod describe;
mod fetch;
mod json;
mod meanings;
#[cfg(feature = "mysql")]
mod mysql;
mod names;
mod ndjson;
mod not_built;
mod one_root;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod parquet_types;
mod phantoms;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(all(unix, any(feature = "postgres", feature = "mysql")))]
mod private_servers;
mod server_errors;
mod settings;
mod spelled;
mod table;
#[cfg(all(unix, any(feature = "postgres", feature = "mysql")))]
mod tls;
mod tree_source;
mod unchanged;
mod write_settings;

use std::path::{Path, PathBuf};

use file_mst::NodeHash;
use mst_sync::ingest::{BuildError, BuildOptions, Report, build};
use mst_sync::mapping::Mapping;
use tempfile::TempDir;

/// A folder with a contract, in which mappings are written and trees built.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new(contract: &str) -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        bench.write("contract.toml", contract);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A mapping of this text after the lines that all mappings have.
    fn mapping(&self, text: &str) -> Mapping {
        let text = format!("version = 1\ncontract = \"contract.toml\"\n{text}");
        Mapping::parse(&text, &self.path("mapping.toml")).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    fn build(&self, mapping: &Mapping, out: &Path) -> Result<Report, BuildError> {
        build(mapping, out, &BuildOptions::default(), &mut |_| {})
    }

    /// The root of a tree of its own.
    fn try_root(&self, mapping: &str) -> Result<NodeHash, BuildError> {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        let report = self.build(&self.mapping(mapping), &folder.path().join("tree.mst"))?;
        Ok(report.commit.unwrap().root.hash)
    }

    fn root(&self, mapping: &str) -> NodeHash {
        self.try_root(mapping).unwrap_or_else(|error| panic!("{error}\n{mapping}"))
    }

    /// A mapping that cannot be built: the message must have all these words.
    #[track_caller]
    fn refused(&self, mapping: &str, words: &[&str]) {
        let error = self.try_root(mapping).expect_err(mapping).to_string();
        for word in words {
            assert!(error.contains(word), "no {word:?} in: {error}");
        }
    }
}

/// The URL in an environment variable; without it, prints what is skipped.
#[allow(dead_code)] // Not every build has a server.
#[allow(clippy::print_stderr)] // Print which test did not run.
fn server(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    if url.is_none() {
        eprintln!("skipped: {variable} is not set");
    }
    url
}

/// A name that no other test has.
#[allow(dead_code)]
fn unique(what: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("mst_test_{what}_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
