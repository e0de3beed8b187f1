//! Null as a value of the key, from the tables to every command that names a key.
#![cfg(feature = "csv")]

use crate::program::{good, json_lines, run};
use crate::two_tables::{TwoTables, listed};

const PARTS: &str = "[[key]]\nname=\"shop\"\ntype=\"text\"\nempty=\"null\"\nnull=\"key\"\n\
    [[key]]\nname=\"no\"\ntype=\"i64\"\nnull=\"key\"\n[[field]]\nname=\"v\"\ntype=\"text\"\n";
const ALONE: &str = "[[key]]\nname=\"shop\"\ntype=\"text\"\nnull=\"key\"\n[[field]]\nname=\"v\"\ntype=\"text\"\n";

#[test]
fn null_comes_first_and_is_a_key_like_others() {
    let both = TwoTables::new(PARTS, &["shop", "no", "v"]);
    both.rows("b,1,x\n,1,x\n,,x\nb,,x\n\"\",2,x\na,-1,x\n", "b,1,x\n,1,y\n,,x\nb,,x\na,-1,x\n,3,x\n");
    let told = both.compare(&["--json"]);
    assert_eq!(told.code, 1, "{}{}", told.out, told.err);
    let lines = json_lines(&told.out);
    let keys: Vec<_> = lines.iter().map(|line| (line["kind"].as_str().unwrap(), line["key"].to_string())).collect();
    assert_eq!(
        keys[..3],
        [
            ("changed", r#"{"no":1,"shop":null}"#.to_owned()),
            ("only_left", r#"{"no":2,"shop":null}"#.to_owned()),
            ("only_right", r#"{"no":3,"shop":null}"#.to_owned()),
        ],
        "{}",
        told.out
    );
    // Listed in the order of the values, and each key is read back as it is printed.
    let tree = both.path("l.mst");
    let listed = good(&["ls", &tree]);
    let keys: Vec<&str> = listed.lines().map(|line| line.split("  ").next().unwrap()).collect();
    assert_eq!(keys.len(), 6, "{listed}");
    for key in &keys {
        good(&["get", &tree, key]);
        good(&["diff", &tree, &tree, "--range", &format!("{key}..={key}")]);
        good(&["contract", "explain", &both.path("l.toml"), "--row", key]);
    }
    assert!(keys[0].contains("shop: null") && keys[5].contains('b'), "{listed}");
    good(&["verify", &tree]);
    // The same key twice is a duplicate, also if it is null.
    both.side("l", ",,x\n,,x\n");
    let told = run(&["build", &both.path("l.toml"), "-o", &both.path("new.mst")]);
    assert!(told.code == 1 && told.err.contains("both have the key {shop: null, no: null}"), "{}", told.err);
}

#[test]
fn a_key_of_one_field_may_be_null() {
    let both = TwoTables::new(ALONE, &["shop", "v"]);
    both.rows(",x\nnull,y\n\"\",z\n", ",x\nnull,y\n");
    let told = both.compare(&["--json"]);
    let (kinds, summary) = listed(&told);
    assert_eq!((kinds, summary["equal"].as_u64()), (vec!["only_left".to_owned()], Some(2)), "{}", told.out);
    let tree = both.path("l.mst");
    let all = good(&["ls", &tree]);
    let keys: Vec<&str> = all.lines().map(|line| line.split("  ").next().unwrap()).collect();
    for (key, value) in keys.iter().zip(["x", "z", "y"]) {
        assert!(good(&["get", &tree, key]).contains(value), "{key}: {all}");
    }
    // Rows are found again by a key that is null.
    let fetching = both.fetching();
    both.rows(",x\nnull,y\n", ",x\nnull,y\n");
    let told = both.diff(&fetching.each_ref().map(String::as_str));
    assert!(told.code == 0 && told.out.contains("agrees now"), "{}", told.out);
    // Without the rule the message leads to it.
    both.contract(&ALONE.replace("null=\"key\"\n", ""));
    let told = run(&["build", &both.path("l.toml"), "-o", &both.path("other.mst")]);
    assert!(told.code == 1 && told.err.contains("null = \"key\" in the contract"), "{}", told.err);
}
