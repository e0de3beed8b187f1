//! A key that a side left out is reported as not compared: never as missing on the other side, never as the same.
#![cfg(feature = "csv")]
#![allow(dead_code)]

use std::path::PathBuf;

use crate::program::{Ran, run};
use serde_json::Value as Json;

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        bench.write(
            "c.toml",
            "version=1\nname=\"c\"\n[[key]]\nname=\"id\"\ntype=\"i64\"\n[[field]]\nname=\"amount\"\ntype=\"decimal(2)\"\n",
        );
        for side in ["l", "r"] {
            let mapping = format!(
                "version=1\ncontract=\"c.toml\"\n[source]\nkind=\"csv\"\npath=\"{side}.csv\"\n[field.id]\ncolumn=\"id\"\n[field.amount]\ncolumn=\"amount\"\n"
            );
            bench.write(&format!("{side}.toml"), &mapping);
        }
        bench
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(PathBuf::from(self.path(name)), text).unwrap();
    }

    fn rows(&self, side: &str, rows: &str) {
        self.write(&format!("{side}.csv"), &format!("id,amount\n{rows}"));
    }

    /// Compares the sources; if `kept`, with trees that are kept.
    fn compare(&self, kept: bool, more: &[&str]) -> Ran {
        let [left, right, l, r] = ["l.toml", "r.toml", "l.mst", "r.mst"].map(|name| self.path(name));
        let mut args = vec!["compare", &left, &right, "--on-error", "skip"];
        if kept {
            args.extend(["--left-tree", &l, "--right-tree", &r]);
        }
        args.extend(more);
        run(&args)
    }

    fn diff(&self, more: &[&str]) -> Ran {
        let [l, r] = ["l.mst", "r.mst"].map(|name| self.path(name));
        let mut args = vec!["diff", &l, &r];
        args.extend(more);
        run(&args)
    }
}

/// The lines of JSON, the summary last.
fn lines(ran: &Ran) -> Vec<Json> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn kinds(ran: &Ran) -> Vec<String> {
    let lines = lines(ran);
    lines
        .iter()
        .map(|line| line["kind"].as_str().unwrap().to_owned())
        .filter(|kind| kind != "violation" && kind != "duplicate" && kind != "other" && kind != "unreadable")
        .collect()
}

#[test]
fn every_state_of_a_row_against_a_sound_one() {
    // The rows of the left for key 2, and the expected report: the kind, the reason, the exit code; the same with a tree
    // that is kept from when the row was sound.
    let cases = [
        ("2,5\n", None, None, 0),
        ("2,n/a\n", Some("not_compared"), Some(["breaks_contract", "breaks_contract"]), 2),
        ("2,5\n2,5\n", Some("not_compared"), Some(["duplicate", "duplicate"]), 2),
        ("2,5\n2,n/a\n", Some("not_compared"), Some(["duplicate", "duplicate"]), 2),
        ("", Some("only_right"), None, 1),
        ("x,5\n", Some("not_compared"), Some(["not_listed", "not_seen"]), 2),
        ("2,5,7\n", Some("not_compared"), Some(["not_listed", "not_seen"]), 2),
    ];
    for (left, kind, reasons, code) in cases {
        for kept in [false, true] {
            // Whatever the other side has, a key that was not compared is not reported as changed either.
            for right in ["2,5\n", "2,6\n"] {
                let bench = Bench::new();
                let case = format!("left {left:?}, right {right:?}, kept {kept}");
                bench.rows("l", "1,1\n2,5\n3,3\n");
                bench.rows("r", &format!("1,1\n{right}3,3\n"));
                if kept {
                    bench.compare(true, &[]);
                }
                bench.rows("l", &format!("1,1\n{left}3,3\n"));
                let expected = match (kind, right) {
                    (None, "2,6\n") => (vec!["changed", "summary"], 1),
                    (None, _) => (vec!["summary"], code),
                    (Some(kind), _) => (vec![kind, "summary"], code),
                };
                let told = bench.compare(kept, &["--json"]);
                assert_eq!(
                    (kinds(&told), told.code),
                    (expected.0.iter().map(|it| (*it).to_owned()).collect(), expected.1),
                    "{case}: {}",
                    told.out
                );
                let all = lines(&told);
                let summary = all.last().unwrap();
                let not_compared = u64::from(kind == Some("not_compared"));
                assert_eq!(summary["not_compared"], not_compared, "{case}");
                assert_eq!(summary["only_left"], 0, "{case}");
                assert_eq!(summary["equal"], 2 + u64::from(kind.is_none() && right == "2,5\n"), "{case}");
                if let Some(reasons) = reasons {
                    let item = &all[all.len() - 2];
                    assert_eq!(item["sides"], serde_json::json!(["left"]), "{case}");
                    assert_eq!(item["reasons"], serde_json::json!([reasons[usize::from(kept)]]), "{case}");
                    assert_eq!(item["key"], 2, "{case}");
                    assert_eq!(summary["verdict"], "could_not_tell", "{case}");
                }
                let text = bench.compare(kept, &[]);
                assert_eq!(text.code, expected.1, "{case}");
                assert_eq!(text.out.contains("? 2  not compared: left:"), not_compared == 1, "{case}: {}", text.out);
                if kept {
                    // The commits carry this for later comparisons of the trees.
                    let diff = bench.diff(&["--json"]);
                    assert_eq!(lines(&diff).last().unwrap()["not_compared"], not_compared, "{case}");
                    assert_eq!((kinds(&diff), diff.code), (kinds(&told), told.code), "{case}");
                    // A row that is sound again is compared again.
                    bench.rows("l", &format!("1,1\n{right}3,3\n"));
                    assert_eq!(bench.compare(true, &[]).code, 0, "{case}");
                }
            }
        }
    }
}

#[test]
fn certain_drift_is_drift_and_what_was_not_compared_is_counted() {
    let bench = Bench::new();
    bench.rows("l", "1,1\n2,n/a\n3,4\n");
    bench.rows("r", "1,1\n2,5\n2,5\n3,3\n");
    let told = bench.compare(true, &[]);
    assert_eq!(told.code, 1, "{}", told.out);
    for words in [
        "? 2  not compared: left: its row breaks the contract; right: several rows have this key",
        "~ 3",
        "1 not compared: left 1, right 1",
    ] {
        assert!(told.out.contains(words), "{words}: {}", told.out);
    }
    // A range reports only keys in it.
    let told = bench.diff(&["--range", "3..", "--json"]);
    assert_eq!((kinds(&told), told.code), (vec!["changed".to_owned(), "summary".to_owned()], 1), "{}", told.out);
    let told = bench.diff(&["--range", "..3"]);
    assert_eq!(told.code, 2, "{}", told.out);
    let told = bench.diff(&["--only", "not-compared"]);
    assert!(told.out.contains("? 2") && !told.out.contains("~ 3"), "{}", told.out);
}

#[test]
fn rows_that_were_fetched_again_are_reported_in_their_current_state() {
    let bench = Bench::new();
    bench.rows("l", "1,1\n2,2\n3,3\n4,4\n5,n/a\n6,6\n");
    bench.rows("r", "1,1\n2,9\n4,9\n5,5\n6,9\n");
    assert_eq!(bench.compare(true, &[]).code, 1);
    let [left, right] = ["l.toml", "r.toml"].map(|name| bench.path(name));
    let anew = ["--left-mapping", &left, "--right-mapping", &right];
    // 2 agrees, 3 is new, 4 is gone on both sides, 5 is sound now, 6 differs in another way.
    bench.rows("l", "1,1\n2,2\n3,3\n5,5\n6,6\n");
    bench.rows("r", "1,1\n2,2\n3,3\n5,5\n6,7\n");
    let told = bench.diff(&anew);
    assert_eq!(told.code, 1, "{}", told.out);
    for words in [
        "= 2  agrees now",
        "= 3  agrees now",
        "= 4  agrees now: no side has it",
        "= 5  agrees now",
        "~ 6",
        "amount: 6.00 → 7.00",
    ] {
        assert!(told.out.contains(words), "{words}: {}", told.out);
    }
    assert!(told.out.contains("0 only left, 0 only right, 1 changed"), "{}", told.out);
    // Everything agrees.
    bench.rows("r", "1,1\n2,2\n3,3\n5,5\n6,6\n");
    let told = bench.diff(&[&anew[..], &["--json"]].concat());
    assert_eq!(told.code, 0, "{}", told.out);
    let all = lines(&told);
    assert!(all[..5].iter().all(|line| line["kind"] == "agrees_now"), "{}", told.out);
    assert_eq!(
        (&all[5]["verdict"], &all[5]["agree_now"], &all[5]["changed"]),
        (&Json::from("agrees_now"), &Json::from(5), &Json::from(0))
    );
    // A row that cannot be compared now, and one whose key cannot be read while another is missing.
    for broken in ["1,1\n2,n/a\n3,3\n5,5\n6,6\n", "1,1\n2,2\n2,2\n3,3\n5,5\n6,6\n", "1,1\nx,2\n3,3\n5,5\n6,6\n"] {
        bench.rows("r", broken);
        let told = bench.diff(&anew);
        assert_eq!(told.code, 2, "{broken}: {}", told.out);
        assert!(told.out.contains("? 2  not compared: right:"), "{broken}: {}", told.out);
    }
    // A row that is gone now is reported in its current state.
    bench.rows("r", "1,1\n3,3\n5,5\n6,6\n");
    let told = bench.diff(&anew);
    assert_eq!(told.code, 1, "{}", told.out);
    assert!(told.out.contains("- 2") && told.out.contains("1 only left, 0 only right, 0 changed"), "{}", told.out);
}

#[test]
fn a_list_continues_after_lines_that_cannot_be_parsed() {
    let bench = Bench::new();
    bench.rows("l", "1,1\n2,3,4\n3,x\n");
    let told = run(&["build", &bench.path("l.toml"), "--check", "--on-error", "list"]);
    assert_eq!(told.code, 1, "{}", told.err);
    assert!(told.err.contains("line 3") && told.err.contains("row 4"), "{}", told.err);
}

#[test]
fn keys_that_are_put_by_hand_are_compared_and_left_out_keys_stay_so() {
    let bench = Bench::new();
    bench.rows("l", "1,1\n2,n/a\n3,n/a\n");
    bench.rows("r", "1,1\n2,2\n3,3\n");
    assert_eq!(bench.compare(true, &[]).code, 2);
    let put = run(&["put", &bench.path("l.mst"), "2", "{amount: 2.00}"]);
    assert_eq!(put.code, 0, "{}", put.err);
    let told = bench.diff(&[]);
    assert_eq!(told.code, 2, "{}", told.out);
    assert!(told.out.contains("? 3") && !told.out.contains("? 2"), "{}", told.out);
}

#[test]
fn a_key_is_read_back_as_it_is_printed_by_every_command() {
    let bench = Bench::new();
    bench.write(
        "k.toml",
        "version=1\nname=\"k\"\n[[key]]\nname=\"a\"\ntype=\"i64\"\n[[key]]\nname=\"b\"\ntype=\"text\"\n[[key]]\nname=\"on\"\ntype=\"date\"\n[[field]]\nname=\"v\"\ntype=\"text\"\n",
    );
    bench.write(
        "m.toml",
        "version=1\ncontract=\"k.toml\"\n[source]\nkind=\"csv\"\npath=\"k.csv\"\n[field.a]\ncolumn=\"a\"\n[field.b]\ncolumn=\"b\"\n[field.on]\ncolumn=\"on\"\n[field.v]\ncolumn=\"v\"\n",
    );
    bench.write("k.csv", "a,b,on,v\n1,\"x..\"\"y\",2026-11-27,first\n");
    let [mapping, tree] = ["m.toml", "k.mst"].map(|name| bench.path(name));
    assert_eq!(run(&["build", &mapping, "-o", &tree]).code, 0);
    let listed = run(&["ls", &tree]).out;
    let key = listed.split("  ").next().unwrap();
    let range = format!("{key}..={key}");
    let proof = bench.path("proof");
    for args in [
        vec!["get", &tree, key],
        vec!["explain", &tree, key],
        vec!["ls", &tree, "--from", key],
        vec!["contract", "explain", &mapping, "--row", key],
        vec!["diff", &tree, &tree, "--range", &range],
        vec!["prove", &tree, key, "-o", &proof],
        vec!["put", &tree, key, "{v: \"second\"}"],
        vec!["log", &tree, "--key", key],
        vec!["rm", &tree, key],
    ] {
        let ran = run(&args);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
    }
    let refused = run(&["get", &tree, "(1, 2)"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("which is written like {a: 1, b: \"text\", on: 2026-11-21}"), "{}", refused.err);
}

/// The left-out keys of a commit go with its records into a copy in another file, and stay with that commit when a
/// later one has the same root.
#[test]
fn left_out_keys_stay_with_their_commit() {
    let bench = Bench::new();
    let [l, r, l_toml, r_toml, copy] = ["l.mst", "r.mst", "l.toml", "r.toml", "copy.mst"].map(|name| bench.path(name));
    bench.rows("l", "1,10.00\n2,n/a\n");
    bench.rows("r", "1,10.00\n2,5\n");
    assert_eq!(run(&["build", &l_toml, "-o", &l, "--on-error", "skip"]).code, 1);
    assert_eq!(run(&["build", &r_toml, "-o", &r]).code, 0);
    assert_eq!(run(&["convert", &l, &copy]).code, 0);
    for left in [&l, &copy] {
        let ran = run(&["diff", left, &r, "--json"]);
        assert_eq!((ran.code, kinds(&ran)), (2, vec!["not_compared".to_owned(), "summary".to_owned()]), "{}", ran.out);
    }
    // The row is gone from both sides: the second commit has the root of the first, and leaves out nothing.
    for side in ["l", "r"] {
        bench.rows(side, "1,10.00\n");
    }
    assert_eq!(run(&["build", &l_toml, "-o", &l]).code, 0);
    assert_eq!(run(&["build", &r_toml, "-o", &r]).code, 0);
    assert_eq!(run(&["diff", &l, &r]).code, 0);
    let older = run(&["diff", &format!("{l}#1"), &r, "--json"]);
    assert_eq!(older.code, 2, "{}", older.out);
    assert_eq!(kinds(&older), ["not_compared", "summary"]);
}
