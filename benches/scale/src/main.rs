//! Builds trees of growing size, and measures what each operation costs on them beside the floors of the same machine.

mod args;
mod chart;
mod floor;
mod outcome;
mod peers;
mod plan;
mod records;
mod report;
mod screen;
mod step;
mod system;
mod tree;

use std::process::ExitCode;

use anyhow::Result;

use crate::args::{Command, HELP};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mst-scale: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    match Command::parse(std::env::args().skip(1))? {
        Command::Help => print!("{HELP}"),
        Command::Step(job) => println!("{}", serde_json::to_string(&job.run()?)?),
        Command::Plan(plan) => {
            let measured = plan.run()?;
            let (text, chart) = (report::report(&measured), chart::chart(&measured));
            print!("{text}");
            if let Some(out) = &plan.out {
                std::fs::write(out, text)?;
                std::fs::write(out.with_extension("svg"), chart)?;
            }
        }
    }
    Ok(())
}
