//! Runs the cases, each in a child process.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::args::{CHILD, LONG, Plan};
use crate::case::{Case, Files};
use crate::outcome::Outcome;
use crate::peers::PeerName;
use crate::report::Results;
use crate::system;

impl Plan {
    fn wants(&self, case: Case, peer: PeerName) -> bool {
        let peer_asked = self.peers.is_empty() || self.peers.contains(&peer);
        let case_asked = self.cases.is_empty() || self.cases.iter().any(|asked| *asked == case || asked.needs(case));
        peer_asked && case_asked && peer.offers(case)
    }

    /// Runs everything. The peers take turns, so that a temporary slowdown of the machine affects all of them.
    pub(crate) fn run(&self) -> Result<Results> {
        let program = std::env::current_exe()?;
        let beside = program.parent().context("the program stands in no directory")?;
        let work = tempfile::tempdir_in(self.directory.as_deref().unwrap_or(beside))?;
        let mut results = Results::new();
        for case in Case::ALL {
            for run in 0..self.runs {
                for peer in PeerName::ALL.into_iter().filter(|peer| self.wants(case, *peer)) {
                    if run > 0 && results.seconds(case, peer) > LONG {
                        continue;
                    }
                    let outcome = self.one(&program, work.path(), case, peer)?;
                    eprintln!("{:14} {:12} {:9.4} s", case.name(), peer.name(), outcome.seconds);
                    results.add(outcome);
                }
            }
        }
        results.check_roots()?;
        Ok(results)
    }

    fn one(&self, program: &Path, work: &Path, case: Case, peer: PeerName) -> Result<Outcome> {
        let of = |case: Case| work.join(peer.name()).join(case.name());
        let directory = match case.files() {
            Files::Of(other) => of(other),
            Files::New | Files::Kept | Files::CopyOf(_) => of(case),
        };
        match case.files() {
            Files::Of(_) => {}
            Files::New | Files::Kept => system::new_directory(&directory)?,
            Files::CopyOf(other) => {
                system::new_directory(&directory)?;
                system::copy_files(&of(other), &directory)?;
            }
        }
        let output = Command::new(program)
            .args([CHILD, case.name(), peer.name(), &self.count.to_string()])
            .arg(&directory)
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(output.status.success(), "{} of {} failed: {}", case.name(), peer.name(), output.status);
        match case.files() {
            Files::New | Files::CopyOf(_) => fs::remove_dir_all(&directory)?,
            Files::Kept | Files::Of(_) => {}
        }
        serde_json::from_slice(&output.stdout).context("the child said something else")
    }
}
