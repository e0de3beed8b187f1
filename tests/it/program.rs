//! The real program without a terminal.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use mst_test_support::upstream;
use serde_json::Value as Json;
use tempfile::TempDir;

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mst-tui"));
    command.stdin(Stdio::null());
    command
}

pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

fn ran(output: std::process::Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

pub(crate) fn finish(command: &mut Command) -> Ran {
    ran(command.output().unwrap())
}

pub(crate) fn run(args: &[&str]) -> Ran {
    finish(program().args(args))
}

/// Runs with this text on standard input.
pub(crate) fn run_with(args: &[&str], input: &str) -> Ran {
    let mut command = program();
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that needs no more input closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    ran(child.wait_with_output().unwrap())
}

/// Runs a command that must succeed and print nothing on standard error.
#[track_caller]
pub(crate) fn good(args: &[&str]) -> String {
    let Ran { code, out, err } = run(args);
    assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    out
}

/// Runs a command that must be refused: exit code 2, nothing on standard output, and a message with all these words.
#[track_caller]
pub(crate) fn refused(args: &[&str], words: &[&str]) {
    let Ran { code, out, err } = run(args);
    assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
    for word in words {
        assert!(err.contains(word), "{args:?}: no {word:?} in {err}");
    }
    assert!(err.len() < 1000 && err.is_ascii() | !err.contains('\u{1b}'), "{err}");
}

pub(crate) fn json_lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn path(file: &str) -> String {
    upstream::path(file).to_str().unwrap().to_owned()
}

/// A temporary folder for one test.
pub(crate) struct Scratch(pub(crate) TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The path of a file, which may not exist.
    pub(crate) fn path(&self, name: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}
