//! `FILE#N` names a commit wherever a tree is named: a table of all commands.

use crate::program::{Ran, Scratch, run};

/// How a command answers to `FILE#1`, which has 240 records, where `FILE` has 360.
enum Answer {
    /// It tells of the first commit: its output has this.
    Reads(&'static str),
    /// It adds to the newest commit, so that another cannot be named.
    Refuses,
    /// It works on all that is in the file, whichever commit is named.
    WholeFile,
    /// It takes no tree.
    NoTree,
}

use Answer::{NoTree, Reads, Refuses, WholeFile};

/// The hash of the first commit's root, as it begins.
const FIRST: &str = "393ceac0";

/// For each command its arguments, `TREE` for `FILE#1`, `BOTH` for `FILE#1 FILE#2`, and `NEW` for a new file.
const COMMANDS: &[(&str, &str, Answer)] = &[
    ("stat", "TREE", Reads(FIRST)),
    ("shape", "TREE", Reads("240")),
    ("ls", "TREE --from INV-2026239", Reads("INV-2026239")),
    ("get", "TREE INV-2026001", Reads("C648")),
    ("build", "TREE -o NEW", Reads("neither a table nor a mapping")),
    ("compare", "BOTH", Reads("+ INV-2026240")),
    ("contract", "", NoTree),
    ("diff", "BOTH", Reads("+ INV-2026240")),
    ("patch", "TREE /dev/null", Refuses),
    ("verify", "TREE", Reads("240 records")),
    ("log", "TREE", Reads("first half")),
    ("put", "TREE key value", Refuses),
    ("rm", "TREE key", Refuses),
    ("convert", "TREE NEW", Reads(FIRST)),
    ("compact", "TREE NEW", Refuses),
    ("prove", "TREE INV-2026001 -o NEW", Reads(FIRST)),
    ("check-proof", "", NoTree),
    ("explain", "TREE INV-2026001", Reads("INV-2026001")),
    ("hex", "TREE", Reads(FIRST)),
    ("salvage", "TREE -o NEW", WholeFile),
    ("schema", "TREE", Reads("amount_cents")),
    ("infer", "TREE", Reads("amount_cents")),
    ("screenshot", "TREE", Reads(FIRST)),
];

/// Commands that take no tree.
const WITHOUT_TREE: &[&str] = &["help", "tour", "completions", "man", "config"];

fn ran(name: &str, args: &str, tree: &str, other: &str, new: &str) -> Ran {
    let both = format!("{tree} {other}");
    let args = args.replace("TREE", tree).replace("BOTH", &both).replace("NEW", new);
    let args: Vec<_> = std::iter::once(name).chain(args.split_whitespace()).collect();
    run(&args)
}

#[test]
fn every_command_knows_the_names_of_commits() {
    let scratch = Scratch::new();
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst")).unwrap();
    // A name that has a # of its own, and one without.
    for (at, name) in ["ledger.mst", "led#1.mst"].into_iter().enumerate() {
        let file = scratch.file(name, &bytes);
        let (tree, other) = (format!("{file}#1"), format!("{file}#2"));
        for (command, args, answer) in COMMANDS {
            let new = scratch.path(&format!("new-{at}-{command}"));
            match answer {
                NoTree => {}
                WholeFile => {
                    assert_eq!(ran(command, args, &tree, &other, &new).code, 0, "{command}");
                    // A commit that is not there was named by mistake.
                    let missing = ran(command, args, &format!("{file}#9"), &other, &format!("{new}-missing"));
                    assert_eq!(missing.code, 2, "{command}: {}", missing.err);
                    assert!(missing.err.contains("no commit 9: there are #1 to #2"), "{command}: {}", missing.err);
                }
                Reads(words) => {
                    let Ran { out, err, .. } = ran(command, args, &tree, &other, &new);
                    assert!(out.contains(words) || err.contains(words), "{command} {args}: {out}{err}");
                    let missing = ran(command, args, &format!("{file}#9"), &other, &new);
                    let said = "no commit 9: there are #1 to #2";
                    let is_table = *command == "build";
                    assert!(is_table || missing.err.contains(said), "{command}: {}", missing.err);
                    assert_eq!(missing.code, 2, "{command}: {}", missing.err);
                }
                Refuses => {
                    let Ran { code, err, .. } = ran(command, args, &tree, &other, &new);
                    assert!(code == 2 && err.contains("to the newest version"), "{command}: {err}");
                    assert!(!std::path::Path::new(&tree).exists(), "{command} made {tree}");
                }
            }
        }
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "nothing was changed");
    }
}

#[test]
fn the_table_has_every_command() {
    let help = run(&["--help"]).out;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<_> =
        listed.filter(|line| !line.starts_with("    ")).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 20, "{help}");
    for name in names {
        let is_known = COMMANDS.iter().any(|(known, ..)| *known == name) || WITHOUT_TREE.contains(&name);
        assert!(is_known, "{name} is missing in the table");
    }
}

#[test]
fn commits_are_named_from_the_newest_too() {
    let scratch = Scratch::new();
    let file =
        scratch.file("ledger.mst", &std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst")).unwrap());
    let records = |name: &str| run(&["ls", &format!("{file}{name}")]).out.lines().count();
    assert_eq!(["", "#2", "#newest", "#1", "#-1"].map(records), [360, 360, 360, 240, 240]);
    let missing = run(&["stat", &format!("{file}#-2")]);
    assert!(missing.code == 2 && missing.err.contains("no commit 0: there are #1 to #2"), "{}", missing.err);
    // A file whose name ends so is that file.
    let own = scratch
        .file("ledger.mst#newest", &std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/config.mst")).unwrap());
    assert!(!run(&["stat", &own]).out.contains("360"));
}

/// The screen takes the same names, and says the same of a commit that is not there.
#[cfg(unix)]
#[test]
fn the_screen_knows_the_names_of_commits() {
    use mst_test_support::terminal::{Exit, Session};

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst");
    let session = Session::builder(env!("CARGO_BIN_EXE_mst-tui")).args([file]).size(24, 140).spawn();
    session.wait_text("INV-2026000");
    let typed = |command: &str, said: &str| {
        session.send(&format!(":{command}\r"));
        session.wait_text(said);
    };
    typed(&format!("open {file}#9"), "no commit 9: there are #1 to #2");
    typed(&format!("diff {file}#7"), "no commit 7: there are #1 to #2");
    typed(&format!("compare {file}#1 {file}#8"), "no commit 8: there are #1 to #2");
    typed(&format!("open {file}#1"), "240 records");
    typed(&format!("diff {file}#2"), "+ 120 only right");
    session.send("q");
    typed(&format!("compare {file}#2 {file}#1"), "− 120 only left");
    session.send("qqq");
    assert_eq!(session.wait_exit(), Exit::Code(0));
}
