//! `mst-tui`: opens, debugs and compares Merkle Search Tree files.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod commands;
mod config;
mod model;
mod reports;
mod runtime;
mod screens;
mod tables;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::main()
}
