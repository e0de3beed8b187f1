//! All steps at all sizes. What was measured is kept, so that a run that was stopped goes on where it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::args::CHILD;
use crate::outcome::{Measured, Outcome};
use crate::peers::{self, CASES, PEERS};
use crate::step::Step;
use crate::{screen, system};

/// The smallest size.
const FROM: u64 = 100_000;
/// The bytes of a record that a tree needs at most, and what must stay free on the disk beside it.
const RECORD: u64 = 47;
const SPARE: u64 = 1 << 30;

/// The sizes to run, and where.
pub(crate) struct Plan {
    pub(crate) directory: PathBuf,
    pub(crate) to: u64,
    pub(crate) peers_to: u64,
    pub(crate) program: PathBuf,
    pub(crate) peers: PathBuf,
    pub(crate) out: Option<PathBuf>,
    pub(crate) keep: bool,
}

impl Plan {
    /// The sizes: 100,000, ten times as many, and so on; last the one that was asked for.
    fn sizes(&self) -> Vec<u64> {
        let mut sizes: Vec<_> =
            std::iter::successors(Some(FROM), |size| size.checked_mul(10)).take_while(|size| *size < self.to).collect();
        sizes.push(self.to);
        sizes
    }

    pub(crate) fn run(&self) -> Result<Measured> {
        fs::create_dir_all(&self.directory)?;
        let kept = self.directory.join("figures.json");
        let mut measured: Measured = match fs::read(&kept) {
            Ok(text) => serde_json::from_slice(&text).with_context(|| format!("read {}", kept.display()))?,
            Err(_) => Measured::new(),
        };
        ensure!(self.program.exists(), "{} is not there; cargo build --release makes it", self.program.display());
        for size in self.sizes() {
            let directory = self.directory.join(size.to_string());
            self.run_size(size, &directory, &mut |name, outcome| {
                measured.entry(size).or_default().insert(name, outcome);
                // A kill must not cost the figures so far.
                let next = kept.with_extension("next");
                fs::write(&next, serde_json::to_vec_pretty(&measured)?)?;
                Ok(fs::rename(&next, &kept)?)
            })?;
            if !self.keep && directory.exists() {
                fs::remove_dir_all(&directory)?;
            }
        }
        Ok(measured)
    }

    fn known(&self, size: u64) -> Vec<String> {
        let text = fs::read(self.directory.join("figures.json")).unwrap_or_default();
        let measured: Measured = serde_json::from_slice(&text).unwrap_or_default();
        measured.get(&size).map(|steps| steps.keys().cloned().collect()).unwrap_or_default()
    }

    fn run_size(&self, size: u64, directory: &Path, keep: &mut dyn FnMut(String, Outcome) -> Result<()>) -> Result<()> {
        let known = self.known(size);
        let is_missing = |name: &str| !known.iter().any(|known| known == name);
        let tree = size.saturating_mul(RECORD);
        fs::create_dir_all(directory)?;
        for step in Step::ALL {
            let name = step.name();
            if !is_missing(name) {
                continue;
            }
            let has_tree = directory.join("tree.mst").exists();
            let makes_tree = !has_tree && !matches!(step, Step::Hash | Step::Write);
            let files = u64::from(makes_tree) + u64::from(step.doubles());
            let needed = files * tree + SPARE;
            let free = system::free_bytes(directory)?;
            if free < needed {
                ensure!(step.doubles(), "{size} records need {needed} bytes, and {free} are free");
                eprintln!("{size} {name}: left out, it needs {needed} bytes and {free} are free");
                continue;
            }
            // Figures that are known do not bring back the tree that they were measured on.
            if makes_tree && step != Step::Build {
                self.child(Step::Build, size, directory)?;
                if step != Step::Update && !is_missing(Step::Update.name()) {
                    self.child(Step::Update, size, directory)?;
                }
            }
            let outcome = self.child(step, size, directory)?;
            eprintln!("{size} {name}: {:.3} s", outcome.seconds);
            keep(name.to_owned(), outcome)?;
            if step == Step::Build && is_missing("screen") {
                let outcome = screen::first_frame(&self.program, &directory.join("tree.mst"))?;
                eprintln!("{size} screen: {:.1} ms", outcome.seconds * 1000.0);
                keep("screen".to_owned(), outcome)?;
            }
        }
        if size <= self.peers_to && self.peers.exists() {
            self.run_peers(size, directory, &is_missing, keep)?;
        }
        Ok(())
    }

    fn run_peers(
        &self,
        size: u64,
        directory: &Path,
        is_missing: &dyn Fn(&str) -> bool,
        keep: &mut dyn FnMut(String, Outcome) -> Result<()>,
    ) -> Result<()> {
        for (peer, title) in PEERS {
            let own = directory.join(peer);
            if !is_missing(&format!("{title} update")) {
                continue;
            }
            let _ = fs::remove_dir_all(&own);
            fs::create_dir_all(&own)?;
            let built = peers::run(&self.peers, "sorted", peer, size, &own)?;
            eprintln!("{size} {title} build: {:.3} s", built.seconds);
            keep(format!("{title} build"), built)?;
            for (case, step) in CASES {
                let outcome = peers::run(&self.peers, case, peer, size, &own)?;
                eprintln!("{size} {title} {step}: {:.3} s", outcome.seconds);
                keep(format!("{title} {step}"), outcome)?;
            }
            fs::remove_dir_all(&own)?;
        }
        Ok(())
    }

    fn child(&self, step: Step, size: u64, directory: &Path) -> Result<Outcome> {
        let output = Command::new(std::env::current_exe()?)
            .args([CHILD, step.name(), &size.to_string()])
            .arg(directory)
            .output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{} of {size} records: {errors}", step.name());
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}
