//! The same workloads over `file_mst` and its peers, in one run.

mod args;
mod case;
mod job;
mod outcome;
mod peers;
mod plan;
mod report;
mod system;
mod workload;

use std::process::ExitCode;

use anyhow::Result;

use crate::args::{Command, HELP};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mst-peers: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    match Command::parse(std::env::args().skip(1))? {
        Command::Help => print!("{HELP}"),
        Command::Job(job) => println!("{}", serde_json::to_string(&job.run()?)?),
        Command::Plan(plan) => {
            let report = plan.run()?.report(plan.count, plan.runs);
            print!("{report}");
            if let Some(out) = plan.out {
                std::fs::write(out, report)?;
            }
        }
    }
    Ok(())
}
