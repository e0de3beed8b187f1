//! Short contracts and mappings, and conditions on rows, on the command line.
#![cfg(feature = "csv")]

use crate::program::{Ran, Scratch, good, json_lines, refused, run};

const CONTRACT: &[u8] = b"version = 1\nname = \"x\"\nkey = { id = \"u32\" }\nfields = { n = \"i32\", at = \"text\" }\n";

/// A folder with a contract, and two sides with a row more on the left that is younger than ten minutes.
fn sides(scratch: &Scratch, conditions: [&str; 2]) -> [String; 2] {
    scratch.file("c.toml", CONTRACT);
    scratch.file("left.csv", b"id,n,at\n1,1,2026-01-01T00:00:00Z\n2,2,9999-01-01T00:00:00Z\n");
    scratch.file("right.csv", b"id,n,at\n1,1,2026-01-01T00:00:00Z\n");
    let mut sides = ["left", "right"].into_iter().zip(conditions).map(|(side, condition)| {
        let text =
            format!("version = 1\ncontract = \"c.toml\"\n[source]\nkind = \"csv\"\npath = \"{side}.csv\"\n{condition}");
        scratch.file(&format!("{side}.toml"), text.as_bytes())
    });
    [sides.next().unwrap(), sides.next().unwrap()]
}

#[test]
fn check_lists_what_a_mapping_leaves_out() {
    let scratch = Scratch::new();
    let [left, _] = sides(&scratch, ["where = \"n < 5\"\n[field.n]\ncolumn = \"n\"\n", ""]);
    let contract = scratch.path("c.toml");
    let said = good(&["contract", "check", &contract, &left]);
    let lines: Vec<_> = said.lines().skip(3).collect();
    assert_eq!(lines, ["  rows where n < 5", "  id: the column id", "  at: the column at"]);
    let lines = json_lines(&good(&["contract", "check", &contract, &left, "--json"]));
    assert_eq!(lines[1]["filled_in"], serde_json::json!(["id", "at"]));
    assert_eq!(lines[1]["where"], "n < 5");
    assert_eq!((&lines[0]["valid"], &lines[0]["contract"]["name"]), (&true.into(), &"x".into()));
    assert!(lines[0].get("filled_in").is_none());
}

#[test]
fn rows_that_are_too_young_are_not_compared() {
    let scratch = Scratch::new();
    let [left, right] = sides(&scratch, ["", ""]);
    assert_eq!(run(&["compare", &left, &right]).code, 1);
    let [left, right] = sides(&scratch, ["where = \"at < now - 10m\"\n", ""]);
    let Ran { code, out, err } = run(&["compare", &left, &right]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("the left has the rows where at < now - 10m; now was 2"), "{out}");
    assert!(out.contains("the right has all rows"), "{out}");
}

#[test]
fn a_tree_says_which_rows_it_stands_for() {
    let scratch = Scratch::new();
    let [left, _] = sides(&scratch, ["where = \"at < '9'\"\n", ""]);
    let tree = scratch.path("t.mst");
    good(&["build", &left, "-o", &tree]);
    assert!(good(&["log", &tree]).contains("    rows where at < '9'\n"));
    assert_eq!(json_lines(&good(&["log", &tree, "--json"]))[0]["where"], "at < '9'");
    assert!(good(&["stat", &tree]).lines().any(|line| line.starts_with("where ") && line.ends_with("at < '9'")));
    // A row that is there but not taken is not found, and the message says why.
    good(&["contract", "explain", &left, "--row", "1"]);
    refused(&["contract", "explain", &left, "--row", "2"], &["no row with the key", "where at < '9'"]);
}
