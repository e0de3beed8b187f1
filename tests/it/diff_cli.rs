//! `diff` and `patch` as users run them: their output, their exit codes, and what they leave unchanged.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use file_mst::MerkleSearchTree;
use mst_test_support::published::{Layout, PublishedWriter, Record, string_key, u64_value};
use mst_test_support::trees::{UpstreamTree, manifest, upstream_tree, upstream_trees};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mst-tui"));
    command.stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Ran {
    let output = program().args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn diff(left: &str, right: &str, more: &[&str]) -> Ran {
    run(&[&["diff", left, right], more].concat())
}

fn target(file: &str) -> String {
    upstream_tree(file).target()
}

fn json_lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_orders_differ_as_the_manifest_says() {
    let (left, right) = (target("orders-a.mst"), target("orders-b.mst"));
    let Ran { code, out, err } = diff(&left, &right, &[]);
    assert_eq!((code, err.as_str()), (1, ""));
    let entry = manifest("manifest.json").into_iter().find(|entry| entry["file"] == "orders-a.mst").unwrap();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "drifted");
    for (sign, kind) in [("- ", "only_left"), ("+ ", "only_right"), ("~ ", "changed")] {
        let keys: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix(sign)?.split(' ').next()).collect();
        assert_eq!(json!(keys), entry["drift"][kind], "{kind}");
        // JSON output shows the same, one kind at a time.
        let only = kind.strip_prefix("only_").unwrap_or(kind);
        let listed = json_lines(&diff(&left, &right, &["--json", "--only", only]).out);
        let (summary, records) = listed.split_last().unwrap();
        let keys: Vec<_> = records.iter().map(|record| record["key_hex"].clone()).collect();
        assert_eq!(json!(keys), entry["drift"][kind]);
        assert!(records.iter().all(|record| record["kind"] == kind));
        let Json::Object(summary) = summary else { panic!("{summary}") };
        assert_eq!(
            ["kind", "verdict", "only_left", "only_right", "changed"].map(|name| summary[name].clone()),
            [json!("summary"), json!("drifted"), json!(2), json!(3), json!(3)]
        );
    }
    assert_eq!(lines[9], "2 only left, 3 only right, 3 changed, the rest equal");
    let stat = diff(&left, &right, &["--stat"]);
    assert_eq!((stat.code, stat.out.lines().count()), (1, 3));
    let limited = diff(&left, &right, &["--limit", "2"]);
    assert!(limited.out.contains("so far (--limit)"), "{}", limited.out);
    // The output has the verdict, two records, and the remark that it stopped.
    assert!(limited.out.contains("not all is certain: the comparison was stopped"), "{}", limited.out);
    assert_eq!((limited.code, limited.out.lines().count()), (1, 6));
    let range = diff(&left, &right, &["--range", "000000000000319f..=0000000000003586"]);
    let range: Vec<_> =
        range.out.lines().filter(|line| line.starts_with(['-', '+', '~'])).map(|line| &line[..18]).collect();
    assert_eq!(range, ["~ 000000000000319f", "+ 0000000000003586"]);
    let quiet = diff(&left, &right, &["--range", "..0000000000002000"]);
    assert_eq!((quiet.code, quiet.out.lines().next()), (0, Some("same records in this range")));
    // Options give the offsets and hashes.
    let (a, b) = (upstream_tree("orders-a.mst"), upstream_tree("orders-b.mst"));
    let path = |target: &str| target.split('@').next().unwrap().to_owned();
    let number = |tree: &UpstreamTree| (tree.offset.to_string(), tree.hash.to_string());
    let ((lo, lh), (ro, rh)) = (number(&a), number(&b));
    let by_options = diff(
        &path(&left),
        &path(&right),
        &["--offset", &lo, "--hash", &lh, "--right-offset", &ro, "--right-hash", &rh],
    );
    assert_eq!((by_options.code, by_options.out), (1, out));
}

#[test]
fn equal_trees_and_equal_records_in_another_shape() {
    let (sorted, shuffled) = (target("same-set-sorted.mst"), target("same-set-shuffled.mst"));
    let shape = diff(&sorted, &shuffled, &[]);
    assert_eq!((shape.code, shape.err.as_str()), (0, ""));
    assert!(shape.out.starts_with("same records, different shape\n1 keyless node on the right: @"), "{}", shape.out);
    let summary = json_lines(&diff(&sorted, &shuffled, &["--json"]).out).pop().unwrap();
    assert_eq!(summary["verdict"], "same_records");
    assert_eq!(summary["keyless_right"].as_array().unwrap().len(), 1);
    let same = diff(&sorted, &sorted, &[]);
    assert_eq!((same.code, same.out.lines().next()), (0, Some("same")));
    assert!(same.out.contains("nodes read: left 0, right 0"), "{}", same.out);
}

#[test]
fn versions_of_one_file_can_be_compared() {
    let versions: Vec<_> = upstream_trees().into_iter().filter(|tree| tree.file == "head-history.mst").collect();
    for older in &versions {
        for newer in &versions {
            let same = older.hash == newer.hash;
            let there = json_lines(&diff(&older.target(), &newer.target(), &["--json"]).out);
            let back = json_lines(&diff(&newer.target(), &older.target(), &["--json"]).out);
            assert_eq!(there.len() == 1, same);
            assert_eq!(there.len(), back.len());
            let (there, back) = (there.last().unwrap(), back.last().unwrap());
            assert_eq!((&there["only_left"], &there["only_right"]), (&back["only_right"], &back["only_left"]));
            assert_eq!(there["changed"], back["changed"]);
        }
    }
}

fn records(numbers: impl Iterator<Item = (u64, u64)>) -> Vec<Record> {
    let name = |number| format!("name-{number:04}");
    numbers.map(|(key, value)| Record::new(string_key(Layout::V0_2, &name(key)), u64_value(value))).collect()
}

#[test]
fn a_damaged_node_is_reported_and_the_rest_compared() {
    let dir = tempfile::tempdir().unwrap();
    let mut file = PublishedWriter::new(Layout::V0_2);
    let left = file.append_tree(&records((0..600).map(|n| (n, 1))));
    let right = file.append_tree(&records((0..600).map(|n| (n, if n % 100 == 50 { 2 } else { 1 }))));
    let leaf = string_key(Layout::V0_2, "name-0250").stored;
    // The new version of the leaf is the last one in the file.
    let at = file.bytes().windows(leaf.len()).rposition(|window| window == leaf).unwrap();
    let path = dir.path().join("damaged.mst");
    let whole = diff_of(&path, &file, left.offset, right.offset, &[]);
    assert_eq!((whole.code, whole.out.matches('~').count()), (1, 6), "{}", whole.err);
    file.flip_bit(at as u64 + 4, 0);
    let damaged = diff_of(&path, &file, left.offset, right.offset, &[]);
    // The found differences are certain, and the output says that there may be more.
    assert_eq!((damaged.code, damaged.out.matches('~').count()), (1, 5), "{}{}", damaged.out, damaged.err);
    assert!(damaged.out.contains("not all is certain: a place cannot be read"), "{}", damaged.out);
    let line = damaged.out.lines().find(|line| line.starts_with("! right: ")).unwrap();
    assert!(line.contains("records between name-02") && line.contains("expected hash"), "{line}");
    let lines = json_lines(&diff_of(&path, &file, left.offset, right.offset, &["--json"]).out);
    let damage: Vec<_> = lines.iter().filter(|line| line["kind"] == "damage").collect();
    assert_eq!(damage.len(), 1);
    assert_eq!(damage[0]["side"], "right");
    assert!(damage[0]["after"].as_str().unwrap() < "name-0250" && damage[0]["before"].as_str().unwrap() > "name-0250");
    assert_eq!(lines.last().unwrap()["damaged"], 1);
    assert_eq!(lines.last().unwrap()["reasons"], json!([{"reason": "unreadable", "places": 1}]));
}

fn diff_of(path: &Path, file: &PublishedWriter, left: u64, right: u64, more: &[&str]) -> Ran {
    fs::write(path, file.bytes()).unwrap();
    let tree = |offset| format!("{}@{offset}", path.display());
    diff(&tree(left), &tree(right), more)
}

#[derive(Serialize, Deserialize, Clone)]
struct Order {
    status: String,
    at: Option<(u8, u8)>,
}

type Orders = MerkleSearchTree<u64, Order>;

fn orders(path: &Path, changed: bool) {
    let mut tree = Orders::open(path).unwrap();
    for id in 0..500 {
        let odd = changed && id % 100 == 7;
        let status = if odd { "open" } else { "paid" }.to_owned();
        tree.insert(id, Order { status, at: Some((1, if odd { 9 } else { 2 })) }).unwrap();
    }
    if changed {
        tree.remove(&3).unwrap();
        tree.insert(900, Order { status: "new".to_owned(), at: None }).unwrap();
    }
    tree.commit("made").unwrap();
}

const TYPES: [&str; 4] = ["--key", "u64", "--value", "{status: String, at: Option<(u8, u8)>}"];

#[test]
fn differing_fields_have_paths_and_a_patch_gives_the_same_root() {
    let dir = tempfile::tempdir().unwrap();
    let (left, right) = (dir.path().join("left.mst"), dir.path().join("right.mst"));
    orders(&left, false);
    orders(&right, true);
    let (left, right) = (left.to_str().unwrap(), right.to_str().unwrap());
    let Ran { code, out, err } = diff(left, right, &TYPES);
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(out.contains("\n~ 107\n    status: \"paid\" → \"open\"\n    at.1: 2 → 9\n"), "{out}");
    assert!(out.contains("1 only left, 1 only right, 5 changed, 494 equal\n"), "{out}");
    assert!(out.lines().last().unwrap().starts_with("nodes read: left ") && out.contains(" of "), "{out}");
    let Ran { out: drift, .. } = diff(left, right, &["--json"]);
    let drift_path = dir.path().join("drift.ndjson");
    fs::write(&drift_path, &drift).unwrap();
    let patch = |tree: &str| run(&["patch", tree, drift_path.to_str().unwrap(), "--label", "as the right"]);

    // A record that differs from the diff is refused with both values, and nothing changes.
    let other = dir.path().join("other.mst");
    fs::copy(left, &other).unwrap();
    let mut tree = Orders::open(&other).unwrap();
    tree.insert(407, Order { status: "lost".to_owned(), at: None }).unwrap();
    tree.flush().unwrap();
    drop(tree);
    let before = fs::read(&other).unwrap();
    let refused = patch(other.to_str().unwrap());
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(refused.err.contains("the diff expects") && refused.err.contains("nothing was changed"), "{}", refused.err);
    for text in ["paid", "lost"] {
        let shown = refused.err.contains(text) || refused.err.contains(&hex::encode(text));
        assert!(shown, "{text}: {}", refused.err);
    }
    assert_eq!(fs::read(&other).unwrap(), before);

    // A diff that was cut off is refused.
    fs::write(&drift_path, drift.lines().take(3).collect::<Vec<_>>().join("\n")).unwrap();
    let cut = patch(left);
    assert_eq!(cut.code, 2);
    assert!(cut.err.contains("cut off"), "{}", cut.err);

    fs::write(&drift_path, &drift).unwrap();
    let done = patch(left);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    assert!(done.out.starts_with("7 records patched, commit 2: root @"), "{}", done.out);
    assert_eq!(diff(left, right, &[]).code, 0);
    let roots = [left, right].map(|path| Orders::read_only(path).unwrap().root_hash());
    assert_eq!(roots[0], roots[1]);
    // The tree is no longer the left side, so the same diff does not fit again.
    assert_eq!(patch(left).code, 1);
}

#[test]
fn a_mistyped_name_creates_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("none.mst");
    let ran = run(&["patch", path.to_str().unwrap(), "-"]);
    assert_eq!(ran.code, 2);
    assert!(!path.exists());
}

#[test]
fn trees_that_cannot_be_compared_are_refused() {
    let orders = target("orders-a.mst");
    for (more, words) in [(vec!["--range", "10"], "a range is"), (vec!["--range", "zz.."], "is not a key of type")] {
        let ran = diff(&orders, &orders, &more);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    assert_eq!(diff(&orders, "/none.mst", &[]).code, 2);
}

#[test]
fn a_reader_that_closes_the_pipe_causes_no_error() {
    let (left, right) = (target("config.mst"), target("orders-b.mst"));
    let mut child =
        program().args(["diff", &left, &right]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "drifted");
    drop(lines);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

/// If two root hashes are equal, nothing else about the trees is known; if nothing was compared, nothing is known at all.
#[test]
fn unread_records_are_not_called_compared() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst");
    let same = run(&["diff", sample, sample]);
    assert_eq!(same.code, 0, "{}", same.err);
    assert!(same.out.starts_with("same\nthe roots are equal, nothing below was read\n"), "{}", same.out);
    let same = run(&["diff", sample, sample, "--json"]);
    let summary: Json = serde_json::from_str(same.out.lines().next_back().unwrap()).unwrap();
    assert_eq!((&summary["verdict"], &summary["compared"]), (&json!("same"), &json!("roots")));
    let limited = run(&["diff", sample, sample, "--limit", "0"]);
    assert_eq!((limited.code, limited.out.lines().next()), (2, Some("could not tell")), "{}", limited.out);
}

#[test]
fn trees_of_other_time_zone_databases_are_named_where_a_zone_was_used() {
    use file_mst::{Options, TreeWriter};
    let folder = tempfile::tempdir().unwrap();
    let tree = |name: &str, notes: &[(&str, &str)], value: &[u8]| {
        let path = folder.path().join(name);
        let notes = notes.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        let schema = Some(b"{key: u8, value: u8}".to_vec());
        let mut writer = TreeWriter::open(&path, Options { notes, schema, ..Options::default() }).unwrap();
        writer.put(&[7], value).unwrap();
        writer.commit("", None).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let old = tree("old.mst", &[("tzdb", "2025b"), ("zones", "Europe/Berlin")], &[1]);
    let new = tree("new.mst", &[("tzdb", "2026e"), ("zones", "Asia/Tokyo\nEurope/Berlin")], &[2]);
    let warning =
        "different time zone databases: left 2025b, right 2026e; times read in Asia/Tokyo, Europe/Berlin may differ";
    let Ran { code, out, .. } = diff(&old, &new, &[]);
    assert_eq!(code, 1);
    assert!(out.contains(warning), "{out}");
    let summary = json_lines(&diff(&old, &new, &["--json"]).out).pop().unwrap();
    assert_eq!(
        summary["time_zones"],
        json!({"left": "2025b", "right": "2026e", "zones": ["Asia/Tokyo", "Europe/Berlin"]})
    );
    // No time zone was used, or the database of a tree is not known.
    for (name, notes) in [("none.mst", &[("tzdb", "2026e")][..]), ("unknown.mst", &[("zones", "Europe/Berlin")])] {
        let other = tree(name, notes, &[2]);
        let plain = tree(&format!("plain-{name}"), &[("tzdb", "2025b")], &[1]);
        let Ran { out, .. } = diff(&plain, &other, &[]);
        assert!(!out.contains("time zone"), "{out}");
        let summary = json_lines(&diff(&plain, &other, &["--json"]).out).pop().unwrap();
        assert!(summary.get("time_zones").is_none());
    }
}
