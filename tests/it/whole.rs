//! A file is whole or not there: a command that is killed at any moment, on a full disk or without permission, leaves
//! the previous state.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{Scratch, finish, good, path, program, refused, run};

/// The names in the folder for outputs.
fn names(folder: &str) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn is_leftover(name: &str) -> bool {
    name.starts_with(".out.") && name.ends_with(".mst-partial")
}

/// Runs a command that makes `out` in `folder` and kills it after various delays up to the time that it takes.
/// Either the whole file is there or only leftovers, which no command accepts as a tree. The next run removes them.
fn killed(command: &[&str], folder: &str, is_whole: impl Fn(&str)) {
    const KILLS: u32 = 24;
    let out = format!("{folder}/out");
    let begun = Instant::now();
    good(command);
    let takes = begun.elapsed();
    is_whole(&out);
    let (mut left, mut made) = (0, 0);
    for part in 0..KILLS {
        if Path::new(&out).exists() {
            fs::remove_file(&out).unwrap();
        }
        let mut child = program().args(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(takes * part / (KILLS - 4));
        child.kill().unwrap();
        child.wait().unwrap();
        for name in names(folder) {
            if name == "out" {
                made += 1;
                is_whole(&out);
            } else {
                assert!(is_leftover(&name), "{command:?} left {name}");
                left += 1;
                let leftover = format!("{folder}/{name}");
                for look in ["stat", "ls", "log"] {
                    let ran = run(&[look, &leftover]);
                    // The whole file may have had this name for a moment before it was renamed.
                    if ran.code != 2 {
                        assert_eq!(ran.code, 0, "{look}: {}", ran.err);
                        is_whole(&leftover);
                    }
                }
            }
        }
    }
    assert!(left > 0, "no kill met the program at work ({takes:?})");
    if Path::new(&out).exists() {
        fs::remove_file(&out).unwrap();
    }
    good(command);
    is_whole(&out);
    assert_eq!(names(folder), ["out"], "the next one clears up");
    let _ = made;
}

/// A tree of that many records, in several commits, and the folder for outputs.
fn tree(scratch: &Scratch, commits: u32, records: u32) -> (String, String) {
    let (tree, folder) = (scratch.path("tree.mst"), scratch.path("new"));
    fs::create_dir(&folder).unwrap();
    for commit in 0..commits {
        let lines: String = (0..records)
            .map(|number| format!("{{\"key\": \"key-{commit}-{number:06}\", \"value\": \"value {number}\"}}\n"))
            .collect();
        let lines = scratch.file("lines.ndjson", lines.as_bytes());
        good(&["put", &tree, "--from", &lines]);
    }
    (tree, folder)
}

/// Checks that a file holds all of these commits and is sound.
fn holds(file: &str, commits: usize, records: u32) {
    assert_eq!(good(&["log", file]).lines().count(), commits, "{file}");
    let stat = good(&["stat", file, "--json"]);
    assert!(stat.contains(&format!("\"records\":{records},")), "{file}: {stat}");
    good(&["verify", file]);
}

#[test]
fn a_killed_compact_leaves_nothing_or_all() {
    let scratch = Scratch::new();
    let (tree, folder) = tree(&scratch, 4, 8000);
    let out = format!("{folder}/out");
    killed(&["compact", &tree, &out], &folder, |file| holds(file, 4, 32_000));
}

#[test]
fn a_killed_salvage_and_convert_leave_nothing_or_all() {
    let scratch = Scratch::new();
    let (tree, folder) = tree(&scratch, 1, 20_000);
    let out = format!("{folder}/out");
    killed(&["salvage", &tree, "-o", &out], &folder, |file| holds(file, 1, 20_000));
    fs::remove_file(&out).unwrap();
    killed(&["convert", &tree, &out], &folder, |file| holds(file, 1, 20_000));
}

#[test]
fn a_killed_put_into_a_new_file_leaves_nothing_or_all() {
    let scratch = Scratch::new();
    let (_, folder) = tree(&scratch, 0, 0);
    let lines: String =
        (0..30_000).map(|number| format!("{{\"key\": \"key-{number:06}\", \"value\": \"v\"}}\n")).collect();
    let lines = scratch.file("lines.ndjson", lines.as_bytes());
    let out = format!("{folder}/out");
    killed(&["put", &out, "--from", &lines], &folder, |file| holds(file, 1, 30_000));
}

#[cfg(feature = "csv")]
mod tables {
    use super::*;

    /// A mapping of that many rows.
    pub(super) fn mapping(scratch: &Scratch, rows: u32) -> String {
        scratch.file(
            "contract.toml",
            b"version = 1\nname = \"c\"\n[[key]]\nname = \"id\"\ntype = \"i64\"\n[[field]]\nname = \"v\"\ntype = \"text\"\n",
        );
        let table: String = (0..rows).map(|row| format!("{row},value {row}\n")).collect();
        scratch.file("table.csv", format!("id,v\n{table}").as_bytes());
        scratch.file(
            "mapping.toml",
            b"version = 1\ncontract = \"contract.toml\"\n[source]\nkind = \"csv\"\npath = \"table.csv\"\n\
            [field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"v\"\n",
        )
    }

    #[test]
    fn a_killed_build_leaves_nothing_or_all() {
        let scratch = Scratch::new();
        let (_, folder) = tree(&scratch, 0, 0);
        let mapping = mapping(&scratch, 30_000);
        let out = format!("{folder}/out");
        killed(&["build", &mapping, "-o", &out], &folder, |file| holds(file, 1, 30_000));
    }

    #[test]
    fn a_build_into_an_empty_file_or_through_a_link_makes_the_file_there() {
        let scratch = Scratch::new();
        let mapping = mapping(&scratch, 10);
        let (empty, link, target) = (scratch.file("empty", b""), scratch.path("link"), scratch.path("target"));
        std::os::unix::fs::symlink("target", &link).unwrap();
        good(&["build", &mapping, "-o", &empty]);
        holds(&empty, 1, 10);
        good(&["build", &mapping, "-o", &link]);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        holds(&target, 1, 10);
        // In a file with commits it makes a commit, in the same file.
        scratch.file("table.csv", b"id,v\n1,other\n");
        good(&["build", &mapping, "-o", &link]);
        holds(&target, 2, 1);
    }

    #[test]
    fn a_build_that_fails_leaves_nothing() {
        let scratch = Scratch::new();
        let (_, folder) = tree(&scratch, 0, 0);
        let mapping = mapping(&scratch, 10);
        scratch.file("table.csv", b"id,v\n1,a\nx,b\n");
        assert_eq!(run(&["build", &mapping, "-o", &format!("{folder}/out")]).code, 1);
        let kept = format!("{folder}/kept");
        assert_eq!(run(&["compare", &mapping, &mapping, "--left-tree", &kept]).code, 1);
        assert_eq!(names(&folder), [""; 0]);
    }
}

/// A disk that has no room for a file of more than 4 KiB.
fn on_a_full_disk(args: &[&str]) -> crate::program::Ran {
    let mut shell = std::process::Command::new("/bin/sh");
    // Without the trap the system would end the program at the limit.
    shell.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_mst-tui")]);
    finish(shell.args(args).stdin(Stdio::null()))
}

#[test]
fn a_full_disk_is_reported_and_leaves_nothing() {
    let scratch = Scratch::new();
    let (tree, folder) = tree(&scratch, 1, 3000);
    let out = format!("{folder}/out");
    for args in [
        &["compact", &tree, &out][..],
        &["convert", &tree, &out],
        &["salvage", &tree, "-o", &out],
        &["prove", &tree, "--range", "..", "-o", &out],
        &["screenshot", &tree, "-o", &out],
    ] {
        let ran = on_a_full_disk(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
        assert!(ran.err.to_lowercase().contains("too large"), "{args:?}: {}", ran.err);
        assert_eq!(names(&folder), [""; 0], "{args:?}");
    }
    // A picture that was to be replaced stays as it was.
    fs::write(&out, "an older picture").unwrap();
    assert_eq!(on_a_full_disk(&["screenshot", &tree, "-o", &out]).code, 2);
    assert_eq!(fs::read(&out).unwrap(), b"an older picture");
    assert_eq!(names(&folder), ["out"]);
}

#[test]
fn a_file_that_cannot_be_created_is_reported() {
    let scratch = Scratch::new();
    let (tree, folder) = tree(&scratch, 1, 10);
    let file = scratch.file("file", b"");
    for out in [format!("{folder}/none/out"), format!("{file}/out"), folder.clone()] {
        for args in [
            &["compact", &tree, &out][..],
            &["convert", &tree, &out],
            &["salvage", &tree, "-o", &out],
            &["prove", &tree, "key-0-000001", "-o", &out],
            &["screenshot", &tree, "-o", &out],
        ] {
            refused(args, &[]);
        }
    }
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn existing_files_are_left_alone_unless_they_are_to_be_replaced() {
    let scratch = Scratch::new();
    let (tree, folder) = tree(&scratch, 1, 10);
    let (out, lost) = (format!("{folder}/out"), format!("{folder}/lost"));
    fs::write(&out, "").unwrap();
    std::os::unix::fs::symlink("nowhere", &lost).unwrap();
    for out in [&out, &lost] {
        for args in [
            &["compact", &tree, out][..],
            &["convert", &tree, out],
            &["salvage", &tree, "-o", out],
            &["prove", &tree, "key-0-000001", "-o", out],
        ] {
            refused(args, &["exists"]);
        }
    }
    assert_eq!(fs::read(&out).unwrap(), b"");
    good(&["screenshot", &tree, "-o", &out]);
    assert!(fs::read(&out).unwrap().starts_with(b"<svg"));
    // A device is written to and stays one.
    good(&["screenshot", &tree, "-o", "/dev/null"]);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    let full = run(&["screenshot", &tree, "-o", "/dev/full"]);
    assert_eq!(full.code, 2);
    assert!(full.err.contains("cannot write /dev/full"), "{}", full.err);
    assert_eq!(names(&folder), ["lost", "out"]);
}

#[test]
fn types_stored_beside_a_file_are_whole() {
    let scratch = Scratch::new();
    let file = scratch.path("config.mst");
    fs::copy(path("config.mst"), &file).unwrap();
    let target = format!("{file}@4096:ab543023267be666fddc71cdd0dc0a2304ea7262fe01e45a8152485fd0ea956b");
    let types = "{key: String, value: String}";
    let beside = scratch.path("config.mst.schema");
    for _ in 0..2 {
        good(&["schema", &target, "--set", types]);
        assert!(fs::read_to_string(&beside).unwrap().contains("String"));
    }
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_mst-tui")]);
    let ran = finish(shell.args(["schema", &target, "--set", types]));
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(fs::read_to_string(&beside).unwrap().contains("String"), "the older one stays");
    assert_eq!(names(scratch.0.path().to_str().unwrap()), ["config.mst", "config.mst.schema"]);
}

#[test]
fn two_commands_that_make_one_file_do_not_meet() {
    let scratch = Scratch::new();
    let (tree, folder) = tree(&scratch, 1, 10);
    let out = format!("{folder}/out");
    // A command that waits for its input holds the lock of the file.
    let mut first =
        program().args(["put", &out, "--from", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while names(&folder).is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(50));
    refused(&["compact", &tree, &out], &["another writer has it open"]);
    std::io::Write::write_all(first.stdin.as_mut().unwrap(), b"{\"key\": \"a\", \"value\": \"b\"}\n").unwrap();
    drop(first.stdin.take());
    assert!(first.wait().unwrap().success());
    holds(&out, 1, 1);
    assert_eq!(names(&folder), ["out"]);
}
