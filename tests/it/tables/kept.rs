//! `--keep`: the next comparison writes only what changed, under the same contract.

use super::compare;
use crate::program::{Scratch, good, run};

fn table(rows: impl Iterator<Item = u32>, state: impl Fn(u32) -> &'static str) -> String {
    let lines: String = rows.map(|id| format!("{id},{}.{:02},{}\n", id % 13, id % 97, state(id))).collect();
    format!("id,amount,state\n{lines}")
}

#[test]
fn a_kept_comparison_commits_what_changed_and_keeps_its_contract() {
    let scratch = Scratch::new();
    let states = |id: u32| if id.is_multiple_of(3) { "OPEN" } else { "PAID" };
    let lower = |id: u32| if id.is_multiple_of(3) { "open" } else { "paid" };
    let left = scratch.file("a.csv", table(0..300, states).as_bytes());
    let right = scratch.file("b.csv", table(0..300, lower).as_bytes());
    let folder = scratch.path("kept");
    let args = ["--key", "id", "--keep", &folder];
    let first = compare(&left, &right, &args);
    assert_eq!((first.code, first.drift.len()), (0, 0), "{} {}", first.err, first.summary);
    assert!(!first.summary["unconfirmed"].as_array().unwrap().is_empty(), "case is ignored: {}", first.summary);
    // The rows change. A draft of the new rows might find another contract, but the kept one holds.
    scratch.file("b.csv", table(0..299, |id| if id == 7 { "lost" } else { lower(id) }).as_bytes());
    let second = compare(&left, &right, &args);
    assert_eq!((second.code, second.drift.len()), (1, 2), "{}", second.err);
    assert_eq!(second.summary["contract_left"], first.summary["contract_left"]);
    assert_eq!(second.summary["unconfirmed"], first.summary["unconfirmed"], "still nobody confirmed it");
    assert_eq!(good(&["log", &format!("{folder}/left.mst")]).lines().count(), 1, "nothing changed on the left");
    assert_eq!(good(&["log", &format!("{folder}/right.mst")]).lines().count(), 2);
    let accepted = compare(&left, &right, &["--keep", &folder, "--accept"]);
    assert_eq!(accepted.code, 1);
    assert!(accepted.summary.get("unconfirmed").is_none());
    assert!(compare(&left, &right, &["--keep", &folder]).summary.get("unconfirmed").is_none(), "it stays confirmed");
    // Another wish than that of the first run would not be fulfilled by the kept contract.
    for more in [&["--columns", "amount"][..], &["--except", "amount"], &["--where", "id < 9"], &["--key", "amount"]] {
        let refused = run(&[&["compare", &left, &right, "--keep", &folder], more].concat());
        assert!(refused.code == 2 && refused.err.contains("was kept with another"), "{more:?}: {}", refused.err);
    }
    // Another pair of tables does not fit.
    let refused = run(&["compare", &right, &left, "--keep", &folder]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("name another folder"), "{}", refused.err);
}
