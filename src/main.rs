//! `mst-tui`: opens and debugs Merkle Search Tree files.
#![forbid(unsafe_code)]

mod cli;
mod tui;
mod view;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
