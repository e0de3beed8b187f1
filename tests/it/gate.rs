//! One gate to the outside: whatever files, tables and arguments hold, no byte that the program prints controls the
//! terminal or is hidden by it.
#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use crate::program::{Ran, Scratch, finish, json_lines, program, run};
use mst_types::{is_hidden, json_text};

/// A text with one of each: sequences for the terminal, C1, DEL, bidirectional and zero-width characters, a tag, a
/// selector, separators, and a line end that would begin a new line.
const HOSTILE: &str =
    "a\u{1b}[31mR\u{1b}]0;owned\u{7}\u{9b}2J\u{7f}\u{202e}\u{200b}\u{e0041}\u{fe0f}\u{2028}\t\r\nforged line";

/// The same as a file name; a file name has no slash.
const NAME: &str = HOSTILE;

#[track_caller]
fn clean(ran: &Ran, what: &str) {
    for (stream, text) in [("stdout", &ran.out), ("stderr", &ran.err)] {
        let wrong = text.chars().find(|c| *c != '\n' && is_hidden(*c));
        assert!(wrong.is_none(), "{what}: {wrong:?} on {stream}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("forged")), "{what}: a forged line on {stream}: {text:?}");
    }
}

/// Runs a command and checks that the output is clean; JSON output must also be valid JSON.
#[track_caller]
fn looked(args: &[&str]) -> Ran {
    let ran = run(args);
    clean(&ran, &format!("{args:?}"));
    if args.contains(&"--json") {
        json_lines(&ran.out);
    }
    ran
}

/// A tree in a file with a hostile name, with hostile types, keys, values and labels, and a second one that differs.
fn trees(scratch: &Scratch) -> [String; 2] {
    let ty = format!("{{{}: String}}", type_name(HOSTILE));
    [("left", 1), ("right", 2)].map(|(side, seed)| {
        let tree = scratch.path(&format!("{side}{NAME}.mst"));
        for round in 0..2 {
            let line = |key: String, value: String| {
                let value = serde_json::json!({ HOSTILE: value });
                format!("{}\n", serde_json::json!({ "key": key, "value": value }))
            };
            let lines: String = (0..40)
                .map(|number| line(format!("{HOSTILE}{number}"), format!("{HOSTILE}{}", number / 20 * seed + round)))
                .collect();
            let lines = scratch.file("lines", lines.as_bytes());
            let ran = looked(&["put", &tree, "--from", &lines, "--value", &ty, "--label", HOSTILE]);
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
        tree
    })
}

/// The name of a field as it is written in the text of a type.
fn type_name(name: &str) -> String {
    let escaped = |c: char| match c {
        ' '..='~' => c.to_string(),
        c => format!("\\u{{{:x}}}", u32::from(c)),
    };
    format!("\"{}\"", name.chars().map(escaped).collect::<String>())
}

#[test]
fn no_command_lets_a_tree_control_the_terminal() {
    let scratch = Scratch::new();
    let [left, right] = trees(&scratch);
    let key = format!("{HOSTILE}7");
    let (new, proof) = (scratch.path(&format!("new{NAME}")), scratch.path(&format!("proof{NAME}")));
    let root = json_lines(&looked(&["stat", &left, "--json"]).out)[0]["hash"].as_str().unwrap().to_owned();
    for args in [
        &["stat", &left][..],
        &["shape", &left],
        &["shape", &left, "--json"],
        &["ls", &left],
        &["ls", &left, "--json"],
        &["ls", &left, "--format-value", "json"],
        &["ls", &left, "--format-value", "text"],
        &["ls", &left, "--from", &key],
        &["get", &left, &key],
        &["get", &left, &key, "--json"],
        &["verify", &left],
        &["verify", &left, "--json"],
        &["log", &left],
        &["log", &left, "--json"],
        &["log", &left, "--key", &key],
        &["log", &left, "--key", &key, "--json"],
        &["diff", &left, &right],
        &["diff", &left, &right, "--json"],
        &["diff", &left, &right, "--stat"],
        &["diff", &left, &right, "--format-value", "json"],
        &["explain", &left, &key],
        &["explain", &left, &key, "--json"],
        &["hex", &left],
        &["hex", &left, "--all"],
        &["hex", &left, "--json"],
        &["hex", &left, "--page", "1"],
        &["schema", &left],
        &["schema", &left, "--json"],
        &["infer", &left],
        &["infer", &left, "--json"],
        &["prove", &left, &key, "-o", &proof],
        &["check-proof", &root, &proof],
        &["check-proof", &root, &proof, "--json"],
        &["convert", &left, &new],
        &["convert", &left, &new, "--json"],
        &["compact", &left, &format!("{new}c")],
        &["salvage", &left, "-o", &format!("{new}s")],
        &["salvage", &left, "--list", "--json"],
        &[&left],
        &["screenshot", &left],
        &["screenshot", &left, "--keys", "jjj<Enter>"],
        &["screenshot", &left, &right],
        &["screenshot", &left, "--keys", "oh"],
        &["screenshot", &left, "--keys", "/zzz<Enter>"],
        &["rm", &left, &key, "--label", HOSTILE],
        &["put", &left, "--from", &left],
        &["patch", &left, &right],
        &["stat", &format!("{left}@7")],
        &["stat", &format!("{left}{HOSTILE}")],
        &["ls", scratch.0.path().to_str().unwrap()],
    ] {
        looked(args);
    }
    // The JSON gives the true content.
    let listed = json_lines(&looked(&["ls", &right, "--json", "--limit", "1"]).out);
    assert_eq!(listed[0]["key"].as_str().unwrap(), format!("{HOSTILE}0"));
    assert!(listed[0]["value"][HOSTILE].is_string());
    // Damage is reported with names too.
    let mut bytes = fs::read(&left).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 2000].fill(0x1b);
    fs::write(&left, bytes).unwrap();
    for args in [&["stat", &left][..], &["ls", &left], &["verify", &left], &["diff", &left, &right], &[&left]] {
        looked(args);
    }
}

#[test]
fn no_argument_controls_the_terminal() {
    let scratch = Scratch::new();
    let tree = scratch.path("tree.mst");
    looked(&["put", &tree, "a", "b"]);
    for args in [
        &[HOSTILE][..],
        &["--", HOSTILE],
        &["stat", HOSTILE],
        &["stat", &tree, HOSTILE],
        &[&format!("--{HOSTILE}")],
        &["stat", &tree, "--key", HOSTILE],
        &["stat", &tree, "--schema", HOSTILE],
        &["stat", &tree, "--hash", HOSTILE],
        &["stat", &tree, "--cache-mb", HOSTILE],
        &["get", &tree, HOSTILE],
        &["get", &tree, "a", "--format-value", HOSTILE],
        &["ls", &tree, "--value", "u8", "--from", HOSTILE],
        &["diff", &tree, &tree, "--range", HOSTILE],
        &["diff", &tree, &tree, "--only", HOSTILE],
        &["hex", &tree, "--node", HOSTILE],
        &["compact", &tree, &scratch.path("new"), "--keep", HOSTILE],
        &["check-proof", HOSTILE, &tree],
        &["screenshot", &tree, "--keys", &format!("<{HOSTILE}>")],
        &["screenshot", &tree, "--keys", &format!(":{HOSTILE}<Enter>")],
        &["screenshot", &tree, "--keys", &format!("/{HOSTILE}<Enter>")],
        &["screenshot", &tree, "--size", HOSTILE],
        &["schema", &tree, "--set", HOSTILE],
        &["put", &tree, "--from", HOSTILE],
        &["patch", &tree, HOSTILE],
    ] {
        looked(args);
    }
    // The name by which the program is called is an argument, too.
    let mut renamed = Command::new(env!("CARGO_BIN_EXE_mst-tui"));
    std::os::unix::process::CommandExt::arg0(&mut renamed, HOSTILE);
    clean(&finish(renamed.arg("--help")), "--help");
    let mut renamed = Command::new(env!("CARGO_BIN_EXE_mst-tui"));
    std::os::unix::process::CommandExt::arg0(&mut renamed, HOSTILE);
    clean(&finish(renamed.args(["stat", "--nonsense"])), "a wrong option");
}

#[cfg(all(feature = "csv", feature = "ndjson", feature = "sqlite"))]
mod tables {
    use super::*;

    /// A text of TOML: a string with every character escaped that needs it.
    fn toml(text: &str) -> String {
        let escaped: String = text
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\U{:08X}", u32::from(c)) })
            .collect();
        format!("\"{escaped}\"")
    }

    /// Runs all commands that read tables, whatever the result.
    fn everything(scratch: &Scratch, mapping: &str) {
        let (contract, out) = (scratch.path("contract.toml"), scratch.path(&format!("out{NAME}")));
        for args in [
            &["build", mapping][..],
            &["build", mapping, "--json"],
            &["build", mapping, "-o", &out, "--on-error", "skip"],
            &["build", mapping, "-o", &out, "--on-error", "list"],
            &["build", mapping, "-o", &out, "--on-error", "skip", "--json"],
            &["compare", mapping, mapping],
            &["compare", mapping, mapping, "--json", "--on-error", "skip"],
            &["compare", mapping, mapping, "--rows", "--on-error", "skip"],
            &["contract", "check", &contract, mapping],
            &["contract", "check", &contract, mapping, "--json"],
            &["contract", "explain", mapping],
            &["contract", "explain", mapping, "--json"],
            &["contract", "explain", mapping, "--row", HOSTILE],
        ] {
            looked(args);
        }
    }

    fn contract(scratch: &Scratch, key: &str, field: &str) {
        let (name, key, field) = (toml(HOSTILE), toml(key), toml(field));
        let text = format!(
            "version = 1\nname = {name}\n[[key]]\nname = {key}\ntype = \"i64\"\n[[field]]\nname = {field}\n\
            type = \"enum\"\nvalues = [\"one\", {name}]\n"
        );
        scratch.file("contract.toml", text.as_bytes());
    }

    fn mapping(
        scratch: &Scratch,
        source: &str,
        (key, key_column): (&str, &str),
        (field, column): (&str, &str),
    ) -> String {
        let text = format!(
            "version = 1\ncontract = \"contract.toml\"\n[source]\n{source}\n[field.{}]\ncolumn = {}\n[field.{}]\ncolumn = {}\n",
            toml(key),
            toml(key_column),
            toml(field),
            toml(column)
        );
        scratch.file("mapping.toml", text.as_bytes())
    }

    #[test]
    fn no_table_controls_the_terminal() {
        let scratch = Scratch::new();
        let quoted = format!("\"{HOSTILE}\"");
        let table = format!("table{NAME}");
        let name = toml(&table);
        // Hostile names of columns that exist and that do not, and hostile values and keys.
        let texts = [
            format!("{quoted},v\n1,one\n"),
            format!("{quoted},v\n1,{quoted}\n{quoted},one\n1,one\n"),
            format!("id,{quoted}\nx,{quoted}\n"),
            format!("id,v\n{quoted},{quoted}\n\"open,{HOSTILE}"),
        ];
        for hostile_contract in [false, true] {
            let (key, field) = if hostile_contract { (HOSTILE, "v\u{1b}[0m") } else { ("id", "v") };
            contract(&scratch, key, field);
            for text in &texts {
                scratch.file(&table, text.as_bytes());
                for columns in [("id", "v"), (HOSTILE, "v"), ("id", HOSTILE)] {
                    let source = format!("kind = \"csv\"\npath = {name}");
                    let mapping = mapping(&scratch, &source, (key, columns.0), (field, columns.1));
                    everything(&scratch, &mapping);
                }
            }
            let member = json_text(HOSTILE).unwrap();
            for text in [
                format!("{{\"id\": 1, {member}: 2}}\n{{\"id\": {member}, \"v\": {member}}}\n"),
                format!("{{{member}: 1, \"v\": {{{member}: 1}}}}\n{{{member}: 1, {member}: 2}}\n"),
                format!("{{\"id\": 1, \"v\": {HOSTILE}}}\n"),
            ] {
                scratch.file(&table, text.as_bytes());
                let source = format!("kind = \"ndjson\"\npath = {name}");
                let mapping = mapping(&scratch, &source, (key, "id"), (field, "v"));
                everything(&scratch, &mapping);
            }
        }
    }

    #[test]
    fn no_database_file_controls_the_terminal() {
        let scratch = Scratch::new();
        let path = scratch.path(&format!("db{NAME}"));
        let db = rusqlite::Connection::open(&path).unwrap();
        let quoted = format!("\"{HOSTILE}\"");
        db.execute_batch(&format!(
            "create table {quoted} (id int, {quoted} text); insert into {quoted} values (1, 'x')"
        ))
        .unwrap();
        db.execute(&format!("insert into {quoted} values (2, ?1)"), [HOSTILE]).unwrap();
        drop(db);
        contract(&scratch, "id", "v");
        let file = toml(&path);
        for select in [
            format!("table = {}", toml(HOSTILE)),
            format!("table = {}", toml(&format!("none{HOSTILE}"))),
            format!("query = {}", toml(&format!("select 1 as id, {quoted} as v from {quoted}"))),
            format!("query = {}", toml(&format!("select nonsense \"{HOSTILE}\" from"))),
        ] {
            for column in ["v", HOSTILE] {
                let source = format!("kind = \"sqlite\"\npath = {file}\n{select}");
                let mapping = mapping(&scratch, &source, ("id", "id"), ("v", column));
                everything(&scratch, &mapping);
            }
        }
    }

    #[test]
    fn no_file_of_settings_controls_the_terminal() {
        let scratch = Scratch::new();
        let name = toml(HOSTILE);
        contract(&scratch, "id", "v");
        for text in [
            format!("{HOSTILE} = 1"),
            format!("{name} = 1"),
            format!("version = {name}"),
            format!("version = 1\ncontract = {name}"),
            format!("version = 1\ncontract = \"contract.toml\"\n[source]\nkind = {name}"),
            format!(
                "version = 1\ncontract = \"contract.toml\"\n[source]\nkind = \"csv\"\npath = {name}\n[field.{name}]\ncolumn = {name}"
            ),
            format!(
                "version = 1\ncontract = \"contract.toml\"\n[source]\nkind = \"csv\"\npath = {name}\n[field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"v\"\nzone = {name}"
            ),
        ] {
            let mapping = scratch.file("mapping.toml", text.as_bytes());
            everything(&scratch, &mapping);
        }
        let mapping = mapping(&scratch, "kind = \"csv\"\npath = \"t.csv\"", ("id", "id"), ("v", "v"));
        for text in [
            format!("version = 1\nname = \"c\"\n[[key]]\nname = \"id\"\ntype = {name}"),
            format!(
                "version = 1\nname = \"c\"\n[[key]]\nname = {name}\ntype = \"i64\"\n[[key]]\nname = {name}\ntype = \"i64\""
            ),
            format!("version = 1\nname = {name}\n{name} = 1"),
        ] {
            scratch.file("contract.toml", text.as_bytes());
            everything(&scratch, &mapping);
        }
    }
}

/// A closed pipe ends a list without an error; a command that did not reach its verdict must report that.
#[test]
fn a_closed_pipe_is_no_verdict() {
    let scratch = Scratch::new();
    let (left, right) = (scratch.path("left.mst"), scratch.path("right.mst"));
    let lines: String =
        (0..20_000).map(|number| format!("{{\"key\": \"key-{number}\", \"value\": \"v\"}}\n")).collect();
    let lines = scratch.file("lines", lines.as_bytes());
    looked(&["put", &left, "--from", &lines]);
    looked(&["put", &right, "a", "b"]);
    let after_a_line = |args: &[&str]| {
        let mut child = program().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut [0; 8]).unwrap();
        drop(out);
        let ended = child.wait_with_output().unwrap();
        (ended.status.code().unwrap(), String::from_utf8(ended.stderr).unwrap())
    };
    assert_eq!(after_a_line(&["ls", &left]), (0, String::new()));
    assert_eq!(after_a_line(&["ls", &left, "--json"]), (0, String::new()));
    assert_eq!(after_a_line(&["diff", &left, &right]), (2, String::new()));
    assert_eq!(after_a_line(&["diff", &left, &right, "--json"]), (2, String::new()));
}

/// Output that cannot be written is reported, and never a success.
#[test]
fn a_full_device_is_reported() {
    let scratch = Scratch::new();
    let tree = scratch.path("tree.mst");
    looked(&["put", &tree, "a", "b"]);
    for args in [
        &["ls", &tree][..],
        &["stat", &tree, "--json"],
        &["diff", &tree, &tree],
        &["verify", &tree],
        &["prove", &tree, "a"],
        &["screenshot", &tree],
        &[&tree],
        &["--help"],
        &["--version"],
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ended = program().args(args).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{args:?}: {err}");
        assert!(err.contains("cannot write to standard output: No space left"), "{args:?}: {err}");
    }
}
