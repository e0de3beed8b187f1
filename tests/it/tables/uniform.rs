//! Differences that all rows of a column have are never called the same in silence.

use super::compare;
use crate::program::Scratch;

/// A table of 60 rows.
fn table(header: &str, row: impl Fn(u64) -> String) -> String {
    format!("{header}\n{}", (1..=60).map(|id| format!("{id},{}\n", row(id * 7919 % 10_007))).collect::<String>())
}

#[test]
fn a_difference_of_all_rows_needs_a_rule_that_is_named() {
    type Row = fn(u64) -> String;
    let cases: [(&str, &str, Row, Row); 6] = [
        ("id,v", "id,v", |v| format!("EUR {v}"), |v| format!("USD {v}")),
        ("id,v", "id,v", |v| v.to_string(), |v| format!("-{v}")),
        ("id,v", "id,v", |v| format!("{v}.00"), |v| format!("{v}.99")),
        ("id,v", "id,v", |v| v.to_string(), |v| format!("{v}0")),
        ("id,v", "id,v", |v| format!("{v}@a.com"), |v| format!("{v}@b.org")),
        ("id,net,gross", "id,net,gross", |v| format!("{v},{}", v + v % 3), |v| format!("{},{v}", v + v % 3)),
    ];
    for (number, (left_head, right_head, left, right)) in cases.into_iter().enumerate() {
        let scratch = Scratch::new();
        let left = scratch.file("a.csv", table(left_head, left).as_bytes());
        let right = scratch.file("b.csv", table(right_head, right).as_bytes());
        let found = compare(&left, &right, &["--key", "id"]);
        let is_told = found.summary.get("unconfirmed").is_some();
        assert!(found.code == 1 || found.code == 2 || is_told, "case {number}: {}", found.summary);
    }
}

#[test]
fn a_column_of_both_sides_that_is_not_compared_leaves_the_verdict_open() {
    let scratch = Scratch::new();
    let state = |v: u64| ["a", "b", "c"][(v % 3) as usize];
    let left = scratch.file("a.csv", table("id,amount,state", |v| format!("{v},{}", state(v))).as_bytes());
    let right = table("id,amount,state", |v| format!("{},{}", if v % 10 < 6 { v + 10 } else { v }, state(v)));
    let right = scratch.file("b.csv", right.as_bytes());
    let found = compare(&left, &right, &["--key", "id"]);
    assert_ne!(found.code, 0, "most amounts differ: {}", found.summary);
    let found = compare(&left, &right, &["--key", "id", "--except", "amount"]);
    assert_eq!(found.code, 0, "{}", found.summary);
}
