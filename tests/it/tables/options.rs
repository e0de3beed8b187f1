//! The arguments for those who know: keys, columns, conditions.

use super::{compare, drift_of};
use crate::program::{Ran, Scratch, run};

const LEFT: &str = "id,amount,state,note\n1,1.00,open,a\n2,2.00,paid,b\n3,3.00,open,c\n4,4.00,draft,d\n";
const RIGHT: &str = "id,amount,state,note\n1,1.00,open,A\n2,2.50,paid,b\n3,3.00,paid,c\n5,5.00,draft,e\n";

fn files(scratch: &Scratch) -> [String; 2] {
    [scratch.file("a.csv", LEFT.as_bytes()), scratch.file("b.csv", RIGHT.as_bytes())]
}

#[test]
fn two_plain_files_with_a_key_give_their_drift() {
    let scratch = Scratch::new();
    let [left, right] = files(&scratch);
    let all: &[(&str, &[&str])] =
        &[("1", &["note"]), ("2", &["amount"]), ("3", &["state"]), ("4", &["only_left"]), ("5", &["only_right"])];
    for (more, expected) in [
        (&[][..], all),
        (&["--columns", "amount,state"], &all[1..]),
        (&["--except", "note,state"], &[all[1], all[3], all[4]][..]),
        (&["--where", "state <> 'draft'"], &all[..3]),
        (&["--where", "amount < 2.2 or id >= 4"], &[("1", &["note"][..]), ("2", &["only_left"]), all[3], all[4]]),
        (&["--left-where", "id = 1", "--right-where", "id <= 1"], &all[..1]),
    ] {
        let found = compare(&left, &right, &[&["--key", "id"], more].concat());
        assert_eq!((found.code, found.drift), (1, drift_of(expected)), "{more:?} {}", found.err);
    }
    let found = compare(&left, &right, &["--key", "id", "--columns", "amount", "--where", "id in (1, 3)"]);
    assert_eq!((found.code, found.drift.len()), (0, 0), "{}", found.summary);
}

#[test]
fn what_differs_within_its_tolerance_is_no_drift() {
    let scratch = Scratch::new();
    let [left, right] = files(&scratch);
    let args = ["--key", "id", "--columns", "amount", "--where", "id < 4"];
    let found = compare(&left, &right, &args);
    assert_eq!((found.code, found.drift.len()), (1, 1));
    let found = compare(&left, &right, &[&args[..], &["--tolerance", "amount=0.50"]].concat());
    assert_eq!((found.code, found.drift.len()), (0, 0), "{}", found.summary);
    assert_eq!(found.summary["within_tolerance"], 1);
}

#[test]
fn a_wrong_column_is_refused_with_those_that_are_there() {
    let scratch = Scratch::new();
    let [left, right] = files(&scratch);
    for args in [&["--key", "idd"][..], &["--key", "id", "--columns", "amuont"], &["--key", "id", "--except", "nope"]] {
        let Ran { code, out, err } = run(&[&["compare", &left, &right], args].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(err.contains(args[args.len() - 1]) && err.contains("amount"), "{args:?}: {err}");
    }
    let Ran { code, err, .. } = run(&["compare", &left, &right, "--key", "id", "--where", "amount >"]);
    assert_eq!(code, 2);
    assert!(err.contains("condition"), "{err}");
}
