//! The real program without a terminal: what it prints, how it exits, and that it leaves every file as it was.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::{Ran, Scratch, finish, good, json_lines, path, program, refused, run};
use mst_test_support::published::{Key, Layout, Link, PublishedWriter, Record, string_key, string_value, u64_value};
use mst_test_support::trees::{upstream_tree, upstream_trees};
use mst_test_support::upstream;
use serde_json::{Value as Json, json};

#[test]
fn stat_counts_every_upstream_tree() {
    for tree in upstream_trees() {
        let stat: Json = serde_json::from_str(&good(&["stat", "--json", &tree.target()])).unwrap();
        let dialect = if tree.layout == Layout::V0_2 { "file-mst 0.2" } else { "file-mst git" };
        assert_eq!(stat["dialect"], dialect);
        assert_eq!(stat["offset"], tree.offset);
        assert_eq!(stat["hash"], tree.hash.to_string());
        assert_eq!(stat["bytes_file"], upstream::bytes(&tree.file).len());
        if let Some(records) = tree.records {
            assert_eq!(stat["records"], records);
        }
        let number = |name: &str| stat[name].as_u64().unwrap_or_else(|| panic!("{name} in {stat}"));
        assert_eq!(stat["canonical"], number("keyless_nodes") == 0);
        assert!(number("bytes_reachable") <= number("bytes_file"));
        let levels = stat["levels"].as_array().unwrap();
        let sum = |name: &str| levels.iter().map(|level| level[name].as_u64().unwrap()).sum::<u64>();
        assert_eq!(sum("keys"), number("records"));
        assert_eq!(sum("nodes") + number("empty_nodes"), number("nodes"));
        assert_eq!(levels.iter().map(|level| level["level"].as_u64().unwrap()).max(), Some(number("height") - 1));
    }
    // Without --json the same, to be read.
    let text = good(&["stat", &upstream_tree("config.mst").target()]);
    assert!(text.contains("file-mst 0.2") && text.contains("canonical  yes"), "{text}");
}

#[test]
fn ls_lists_every_record() {
    for tree in upstream_trees() {
        let lines = json_lines(&good(&["ls", "--json", &tree.target()]));
        if let Some(records) = tree.records {
            assert_eq!(lines.len() as u64, records);
        }
        for line in &lines {
            let names: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(names, ["key", "key_hex", "value", "value_hex"]);
            assert!(hex::decode(line["key_hex"].as_str().unwrap()).is_ok());
            assert!(hex::decode(line["value_hex"].as_str().unwrap()).is_ok());
            assert!(!line["key"].is_null());
        }
    }

    let config = json_lines(&good(&["ls", "--json", &upstream_tree("config.mst").target()]));
    assert_eq!(
        config[0],
        json!({
            "key": "service.00.host", "key_hex": hex::encode("service.00.host"),
            "value": "value-0", "value_hex": hex::encode(string_value("value-0")),
        })
    );
    let sorted = json_lines(&good(&["ls", "--json", &upstream_tree("same-set-sorted.mst").target()]));
    let shuffled = json_lines(&good(&["ls", "--json", &upstream_tree("same-set-shuffled.mst").target()]));
    assert_eq!(sorted, shuffled);
    assert_eq!((&sorted[0]["key"], &sorted[0]["value"]), (&json!("key-007939"), &json!(7939)));
    let history = upstream_tree("head-history.mst");
    let types = ["--key", "String", "--value", "Option<i64>"];
    let values = json_lines(&good(&[&["ls", "--json", &history.target()], &types[..]].concat()));
    assert!(values.iter().all(|line| line["value"].is_i64() == line["value_hex"].as_str().unwrap().starts_with("01")));

    // Without --json a line a record.
    assert_eq!(good(&["ls", &history.target()]).lines().count(), values.len());
}

#[test]
fn ls_starts_and_stops_where_it_is_told() {
    let target = upstream_tree("config.mst").target();
    let keys = |args: &[&str]| -> Vec<String> {
        let lines = json_lines(&good(&[&["ls", "--json", &target], args].concat()));
        lines.iter().map(|line| line["key"].as_str().unwrap().to_owned()).collect()
    };
    let all = keys(&[]);
    assert_eq!(keys(&["--limit", "3"]), all[..3]);
    assert_eq!(keys(&["--limit", "0"]), [""; 0]);
    assert_eq!(keys(&["--limit", "1000"]), all);
    assert_eq!(keys(&["--from", "service.05.host"]), all[20..]);
    assert_eq!(keys(&["--from", "service.05.hostess", "--limit", "2"]), all[21..23]);
    assert_eq!(keys(&["--from", "zzz"]), [""; 0]);

    let numbers = json_lines(&good(&["ls", "--json", "--from", "1000000000", &path("head-u64.mst")]));
    let first = numbers[0]["key"].as_u64().unwrap();
    assert!((1_000_000_000..1_010_000_000).contains(&first), "keys are ordered as numbers: {first}");
    refused(&["ls", &path("head-u64.mst"), "--from", "abc"], &["abc", "u64"]);
}

#[test]
fn get_tells_found_from_absent_from_impossible() {
    let target = upstream_tree("config.mst").target();
    assert_eq!(good(&["get", &target, "service.00.port"]), "value-1\n");
    let found: Json = serde_json::from_str(&good(&["get", &target, "service.00.port", "--json"])).unwrap();
    assert_eq!((&found["key"], &found["value"]), (&json!("service.00.port"), &json!("value-1")));

    let absent = run(&["get", &target, "service.00.cost"]);
    assert_eq!((absent.code, absent.out.as_str()), (1, ""));
    assert!(absent.err.contains("service.00.cost"), "{}", absent.err);

    refused(&["get", &path("head-u64.mst"), "twelve"], &["twelve", "not a key", "u64"]);
    // Bytes as hex, as the manifest writes them.
    let orders = upstream_tree("orders-a.mst").target();
    let hex = good(&["get", &orders, "00000000000027f7", "--json"]);
    assert_eq!(serde_json::from_str::<Json>(&hex).unwrap()["key_hex"], "00000000000027f7");
    assert_eq!(run(&["get", &orders, "0000000000003586"]).code, 1);
}

#[test]
fn a_tree_is_named_in_four_ways() {
    let tree = upstream_tree("orders-a.mst");
    let file = path("orders-a.mst");
    let (offset, hash) = (tree.offset.to_string(), tree.hash.to_string());
    let whole = good(&["ls", &format!("{file}@{offset}:{hash}")]);
    assert_eq!(whole.lines().count(), 4997);
    assert_eq!(good(&["ls", &format!("{file}@{offset}")]), whole);
    assert_eq!(good(&["ls", &file, "--offset", &offset, "--hash", &hash]), whole);
    assert_eq!(good(&["ls", &file, "--hash", &hash]), whole);
    assert_eq!(good(&["ls", &path("head-u64.mst")]), good(&["ls", &upstream_tree("head-u64.mst").target()]));
}

#[test]
fn without_a_terminal_the_opening_view_is_printed_once() {
    for tree in upstream_trees() {
        let text = good(&[&tree.target()]);
        assert!(text.contains(&tree.file) && !text.contains('\u{1b}'), "{text}");
        assert!(text.contains(&tree.hash.to_string()[..8]), "{text}");
        if let Some(records) = tree.records.filter(|records| *records < 1000) {
            assert!(text.contains(&format!("{records} records")), "{text}");
        }
        assert_eq!(good(&[&tree.target()]), text, "the same each time");
    }
}

#[test]
fn a_pipe_closed_early_ends_quietly() {
    let target = upstream_tree("orders-a.mst").target();
    for args in [&["ls", &target][..], &["ls", "--json", &target]] {
        let mut child = program().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        // The rest, about half a megabyte, does not fit into the pipe.
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty());
        let mut complaint = String::new();
        child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        assert_eq!((child.wait().unwrap().code(), complaint.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn what_is_no_tree_is_refused_with_a_way_out() {
    let scratch = Scratch::new();
    let missing = scratch.0.path().join("missing.mst");
    let missing = missing.to_str().unwrap();
    refused(&["stat", missing], &["missing.mst", "No such file"]);
    refused(&[missing], &["missing.mst", "No such file"]);
    assert!(!Path::new(missing).exists(), "opening creates nothing");
    refused(&["ls", scratch.0.path().to_str().unwrap()], &["directory"]);
    refused(&["ls", &scratch.file("empty.mst", b"")], &["empty"]);
    refused(&[&scratch.file("empty2.mst", b"")], &["empty"]);
    refused(&["stat", &scratch.file("notes.txt", "what to buy: märz\n".repeat(700).as_bytes())], &["not a", "text"]);
    let mut sqlite = b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20".to_vec();
    sqlite.resize(100, 1);
    sqlite.extend([0x0d, 0, 0, 0, 0, 0x10]);
    sqlite.resize(8192, 0);
    refused(&["stat", &scratch.file("app.db", &sqlite)], &["not a"]);
    refused(&["stat", &scratch.file("app.db", &sqlite), "--offset", "0"], &["length"]);
    refused(&["stat"], &["TREE"]);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixListener;

    let scratch = Scratch::new();
    let secret = scratch.file("secret.mst", &upstream::bytes("config.mst"));
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser reads it all the same.
    if fs::File::open(&secret).is_err() {
        refused(&["stat", &secret], &["secret.mst", "denied"]);
    }
    let pipe = scratch.0.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    refused(&["stat", pipe.to_str().unwrap()], &["pipe", "seek"]);
    let socket = scratch.0.path().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    refused(&["stat", socket.to_str().unwrap()], &["socket", "seek"]);
}

#[test]
fn a_wrong_root_is_refused_and_the_right_one_named() {
    let config = upstream_tree("config.mst");
    let file = path("config.mst");
    let hash = config.hash.to_string();
    for command in ["stat", "ls"] {
        // No offset for a file that does not say where its root is.
        refused(&[command, &file], &["try: mst-tui", "config.mst@4096", &hash]);
        refused(
            &[command, &path("orders-a.mst")],
            &["orders-a.mst@689494", &upstream_tree("orders-a.mst").hash.to_string()],
        );
        refused(&[command, &file, "--hash", &"ab".repeat(32)], &["@4096", &hash]);

        refused(&[command, &file, "--offset", "4229"], &["4229", "ends"]);
        refused(&[command, &format!("{file}@18446744073709551615")], &["18446744073709551615", "ends at byte 4229"]);
        // Inside the root, and inside a leaf.
        refused(&[command, &file, "--offset", "4100"], &["inside the node @4096"]);
        let leaf = 1440;
        refused(&[command, &format!("{file}@{}", leaf + 7)], &[&format!("inside the node @{leaf}")]);

        refused(&[command, &format!("{file}@4096:{}", "ab".repeat(32))], &["another hash", "expected abab", &hash]);
        refused(&[command, &file, "--offset", "4096", "--hash", "12"], &["64 hex digits"]);
        refused(&[command, &format!("{file}@4096:12")], &["64 hex digits"]);
        refused(&[command, &file, "--offset", "4096", "--hash", &"g".repeat(64)], &["64 hex digits", "'g'"]);
        refused(&[command, &file, "--offset", "-1"], &["-1"]);
    }
    refused(&[&file], &["@4096", &hash]);
    let (rest, last) = hash.split_at(63);
    let other = if last == "0" { "1" } else { "0" };
    refused(&[&format!("{file}@4096:{rest}{other}")], &["another hash", &hash]);
}

#[test]
fn wrong_types_are_refused_with_node_and_byte() {
    let target = upstream_tree("config.mst").target();
    for command in ["stat", "ls"] {
        refused(&[command, &target, "--key", "String", "--value", "u64"], &["do not fit", "@4096", "byte 41"]);
        refused(
            &[command, &target, "--key", "(String, String)", "--value", "String"],
            &["do not fit", "@4096", "byte 41"],
        );
        refused(&[command, &target, "--key", "Vec<", "--value", "String"], &["--key", "column 5"]);
    }
    // The boundaries fit, the rule does not: a struct of one string has the bytes of a string but no content to hash.
    refused(&["ls", &target, "--key", "{name: String}", "--value", "String"], &["do not fit", "@4096", "hash"]);
}

/// Keys and values that nothing which is tried can prove.
fn riddles() -> (Link, Vec<u8>) {
    let bytes = |id: u64| blake3::hash(&id.to_le_bytes()).as_bytes()[..7 + id as usize % 23].to_vec();
    let key = |id: u64| Key { stored: bytes(id), hashed: bytes(id) };
    let mut records: Vec<Record> = (0..50).map(|id| Record::new(key(id), bytes(id + 50))).collect();
    records.sort_by(|left, right| left.key_hashed.cmp(&right.key_hashed));
    let mut file = PublishedWriter::new(Layout::V0_2);
    (file.append_tree(&records), file.into_bytes())
}

#[test]
fn unknown_types_are_browsed_but_not_listed() {
    let scratch = Scratch::new();
    let (root, bytes) = riddles();
    let target = format!("{}@{}:{}", scratch.file("riddles.mst", &bytes), root.offset, hex::encode(root.hash));
    assert!(good(&[&target]).contains("types unknown"));
    refused(&["ls", &target], &["types are unknown", "--key", "--value"]);
    refused(&["get", &target, "riddle 01"], &["unknown", "--key", "--value"]);
}

#[test]
fn types_of_structs_are_found_and_can_be_named() {
    let scratch = Scratch::new();
    let value =
        |id: u64| [u64_value(id * 91), string_value(&"ä".repeat(id as usize % 7)), vec![(id % 2) as u8]].concat();
    let records: Vec<Record> =
        (0..50).map(|id| Record::new(string_key(Layout::V0_2, &format!("order {id:02}")), value(id))).collect();
    let mut file = PublishedWriter::new(Layout::V0_2);
    let root = file.append_tree(&records);
    let target = format!("{}@{}:{}", scratch.file("orders.mst", file.bytes()), root.offset, hex::encode(root.hash));
    let listed = json_lines(&good(&["ls", "--json", &target]));
    assert_eq!(listed[3]["value"], json!([273, "äää", true]));
    let types = ["--key", "String", "--value", "{count: u64, name: String, flag: bool}"];
    let listed = json_lines(&good(&[&["ls", "--json", &target], &types[..]].concat()));
    assert_eq!(listed.len(), 50);
    assert_eq!(listed[3]["value"], json!({"count": 273, "name": "äää", "flag": true}));
    // A wrong type of the keys alone is refused by name.
    refused(&["ls", &target, "--key", "u64"], &["do not fit", "u64", "--key"]);
}

#[test]
fn damage_in_the_root_is_refused() {
    let scratch = Scratch::new();
    let mut file = PublishedWriter::new(Layout::V0_2);
    let leaf = file.write_leaf(&[&Record::new(string_key(Layout::V0_2, "k"), u64_value(1))]);
    file.claim_length(leaf, u32::MAX);
    let target = format!("{}@{}", scratch.file("huge.mst", file.bytes()), leaf.offset);
    for command in ["stat", "ls"] {
        refused(&[command, &target], &["4294967295 bytes", "length prefix"]);
    }
}

#[test]
fn damage_below_the_root_is_reported_around_sound_records() {
    let scratch = Scratch::new();
    let tree = upstream_tree("config.mst");
    let mut bytes = upstream::bytes("config.mst");
    let value = bytes.windows(8).position(|window| window == b"value-39").unwrap();
    bytes[value] ^= 1;
    let target = format!("{}@{}:{}", scratch.file("damaged.mst", &bytes), tree.offset, tree.hash);

    let listed = run(&["ls", &target]);
    assert_eq!(listed.code, 1);
    assert!(listed.out.lines().count() >= 30 && !listed.out.contains("alue-39"), "{}", listed.out);
    assert!(listed.err.contains("fails its check") && listed.err.contains("missing"), "{}", listed.err);
    let stat = run(&["stat", "--json", &target]);
    let json: Json = serde_json::from_str(&stat.out).unwrap();
    assert_eq!((stat.code, &json["canonical"], json["damage"].as_array().unwrap().len()), (1, &Json::Null, 1));
    assert_eq!(json["damage"][0]["path"], json!([4096]));
    // Someone who asks for a key in the hole is not told that it is absent.
    assert_eq!(run(&["get", &target, "service.09.tier"]).code, 2);
    assert_eq!(good(&["get", &target, "service.00.port"]), "value-1\n");
    assert_eq!(run(&[&target]).code, 0);
}

#[test]
fn rings_end_and_nothing_is_said_to_be_known() {
    let scratch = Scratch::new();
    for around in [0, 1] {
        // A node that is its own child; a node whose child has it for a child.
        let mut file = PublishedWriter::new(Layout::V0_2);
        let ring = file.write_looped(|file, top| {
            let mut below = Link { offset: top, hash: [7; 32] };
            for level in 1..=around + 1 {
                below = file.write_pass_through(level, below);
            }
            below
        });
        let target = format!("{}@{}", scratch.file("ring.mst", file.bytes()), ring.offset);
        for args in [&["stat", &target][..], &["ls", &target], &[&target]] {
            let Ran { code, out, err } = run(args);
            assert_eq!(code, 2, "{around}: {out}{err}");
            assert!(format!("{out}{err}").contains("leads back to"), "{out}{err}");
        }
        assert!(run(&[&target]).out.contains("ring.mst"), "the view is printed all the same");
    }
}

/// What a folder holds: names, bytes, and when each was last changed.
fn state(folder: &Path) -> Vec<(PathBuf, Vec<u8>, std::time::SystemTime)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let changed = fs::metadata(&path).unwrap().modified().unwrap();
            (path.clone(), fs::read(path).unwrap(), changed)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn no_command_changes_a_file() {
    let scratch = Scratch::new();
    let file = scratch.file("config.mst", &upstream::bytes("config.mst"));
    let git = scratch.file("head-history.mst", &upstream::bytes("head-history.mst"));
    let target = format!("{file}@4096");
    let before = state(scratch.0.path());
    let commands: [(&[&str], i32); 9] = [
        (&[&target], 0),
        (&[&git], 0),
        (&["stat", &target], 0),
        (&["stat", &git, "--json"], 0),
        (&["ls", &target], 0),
        (&["ls", &git, "--limit", "1"], 0),
        (&["get", &target, "nobody"], 1),
        (&["stat", &file], 2),
        (&["ls", &target, "--key", "u64", "--value", "u64"], 2),
    ];
    for (args, code) in commands {
        let ran = finish(program().args(args).current_dir(scratch.0.path()));
        assert_eq!(ran.code, code, "{args:?}: {}", ran.err);
        assert!(state(scratch.0.path()) == before, "{args:?} changed something");
    }
}
