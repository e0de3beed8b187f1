//! Two CSV files under one contract, for tests of what a comparison of tables says.

use serde_json::Value as Json;

use crate::program::{Ran, Scratch, json_lines, run};

/// A folder with a contract, two tables `l.csv` and `r.csv`, and a mapping for each.
pub(crate) struct TwoTables {
    pub(crate) folder: Scratch,
    columns: Vec<String>,
}

impl TwoTables {
    /// Writes a contract, and mappings that take each of its fields from the column of that name.
    pub(crate) fn new(contract: &str, columns: &[&str]) -> Self {
        let folder = Scratch::new();
        folder.file("c.toml", format!("version=1\nname=\"c\"\n{contract}").as_bytes());
        let fields: String = columns.iter().map(|name| format!("[field.{name}]\ncolumn=\"{name}\"\n")).collect();
        for side in ["l", "r"] {
            let head = "version=1\ncontract=\"c.toml\"\n[source]\nkind=\"csv\"\nempty=\"null\"\n";
            folder.file(&format!("{side}.toml"), format!("{head}path=\"{side}.csv\"\n{fields}").as_bytes());
        }
        Self { folder, columns: columns.iter().map(|name| (*name).to_owned()).collect() }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path(name)
    }

    /// Replaces the contract.
    pub(crate) fn contract(&self, contract: &str) {
        self.folder.file("c.toml", format!("version=1\nname=\"c\"\n{contract}").as_bytes());
    }

    /// Replaces the rows of both tables.
    pub(crate) fn rows(&self, left: &str, right: &str) {
        for (side, rows) in [("l", left), ("r", right)] {
            self.side(side, rows);
        }
    }

    /// Replaces the rows of one table, `l` or `r`.
    pub(crate) fn side(&self, side: &str, rows: &str) {
        self.folder.file(&format!("{side}.csv"), format!("{}\n{rows}", self.columns.join(",")).as_bytes());
    }

    /// Compares the tables, with trees that are kept as `l.mst` and `r.mst`.
    pub(crate) fn compare(&self, more: &[&str]) -> Ran {
        let [left, right, l, r] = ["l.toml", "r.toml", "l.mst", "r.mst"].map(|name| self.path(name));
        run(&[&["compare", &left, &right, "--left-tree", &l, "--right-tree", &r], more].concat())
    }

    /// Compares the trees that were kept.
    pub(crate) fn diff(&self, more: &[&str]) -> Ran {
        let [l, r] = ["l.mst", "r.mst"].map(|name| self.path(name));
        run(&[&["diff", &l, &r], more].concat())
    }

    /// Both mappings as the arguments that fetch rows again.
    pub(crate) fn fetching(&self) -> [String; 4] {
        ["--left-mapping".to_owned(), self.path("l.toml"), "--right-mapping".to_owned(), self.path("r.toml")]
    }
}

/// The kinds of the records that are listed as JSON, and the summary.
#[track_caller]
pub(crate) fn listed(ran: &Ran) -> (Vec<String>, Json) {
    let mut lines = json_lines(&ran.out);
    let summary = lines.pop().unwrap_or_else(|| panic!("{}", ran.err));
    (lines.iter().map(|line| line["kind"].as_str().unwrap().to_owned()).collect(), summary)
}
