//! Every command and the first screen end in well under a second.

use std::time::{Duration, Instant};

use mst_test_support::published::Layout;

use crate::program::{Ran, Scratch, run};
use mst_test_support::bombs::{self, KINDS};

/// The time limit, for programs of a debug build on a busy machine.
const SOON: Duration = Duration::from_secs(5);

const COMMANDS: &[&[&str]] = &[
    &["stat", "BOMB"],
    &["shape", "BOMB"],
    &["ls", "BOMB"],
    &["get", "BOMB", "99"],
    &["diff", "BOMB", "OTHER"],
    &["diff", "OTHER", "BOMB", "--stat"],
    &["verify", "BOMB"],
    &["verify", "BOMB", "--all-commits"],
    &["log", "BOMB"],
    &["explain", "BOMB", "99"],
    &["hex", "BOMB", "--page", "1"],
    &["prove", "BOMB", "00-0", "--output", "NEW"],
    &["convert", "BOMB", "NEW"],
    &["compact", "BOMB", "NEW"],
    &["salvage", "BOMB", "--list"],
    &["salvage", "BOMB", "--output", "NEW"],
    &["screenshot", "BOMB", "--output", "NEW"],
    &["BOMB"],
    &["BOMB", "OTHER"],
];

#[test]
fn every_command_ends_soon() {
    let scratch = Scratch::new();
    let other = {
        use mst_test_support::own::{OwnFile, canon};
        let records: Vec<_> = (10..50_u8).map(|id| (format!("{id}-0").into_bytes(), vec![7])).collect();
        let mut file = OwnFile::new();
        file.commit(canon(&records).as_mut(), "other");
        scratch.file("other.mst", file.bytes())
    };
    let mut bombs = Vec::new();
    for kind in KINDS {
        bombs.push((scratch.file(&format!("{kind:?}.mst"), &bombs::own(kind).0), true));
        for layout in [Layout::V0_2, Layout::Git] {
            let (bytes, root, _) = bombs::published(kind, layout);
            let path = scratch.file(&format!("{kind:?}-{layout:?}.mst"), &bytes);
            bombs.push((format!("{path}@{}", root.offset), false));
        }
    }
    for (bomb, own) in &bombs {
        for (index, command) in COMMANDS.iter().enumerate() {
            let new = scratch.path(&format!("new-{index}"));
            let args: Vec<&str> = command
                .iter()
                .map(|word| match *word {
                    "BOMB" => bomb.as_str(),
                    "OTHER" => other.as_str(),
                    "NEW" => new.as_str(),
                    word => word,
                })
                .collect();
            let start = Instant::now();
            let Ran { code, out, err } = run(&args);
            let took = start.elapsed();
            assert!(took < SOON, "{args:?} took {took:?}");
            let _ = std::fs::remove_file(&new);
            // Every command that reads the whole tree reports that it is damaged.
            if *own && ["stat", "shape", "ls", "diff", "verify", "get", "convert", "compact"].contains(&command[0]) {
                assert!(code != 0, "{args:?}: {out}{err}");
            }
        }
    }
}
