//! The results, as a page of tables.

mod aims;
mod format;
mod results;
mod tables;

use crate::report::format::{date, number};
use crate::system;

pub(crate) use results::Results;

/// Notes that a reader of the figures needs.
const HOW_TO_READ: &str = include_str!("how-to-read.md");

impl Results {
    /// The page.
    pub(crate) fn report(&self, count: u32, runs: usize) -> String {
        let machine = system::machine();
        let load = |load: Option<&str>| load.unwrap_or("unknown").to_owned();
        let (before, after) = (load(self.load_before.as_deref()), load(system::load().as_deref()));
        let (date, count_text) = (date(), number(u64::from(count)));
        format!(
            "# file_mst beside its peers\n\n\
             {count_text} records of 8-byte keys and 32-byte values; {machine}; {date}.\n\
             Load average of the machine {before} before the run and {after} at its end; the run alone makes 1 to 2.\n\n\
             ```text\n\
             cd benches/peers && cargo run --release -- --count {count} --runs {runs} --out ../RESULTS.md\n\
             ```\n\n\
             This page is written by that command.\n\n\
             {}\n{HOW_TO_READ}\n{}",
            self.aims(),
            self.tables(),
        )
    }
}
