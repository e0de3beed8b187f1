//! How a build treats the existing tree, rows that break the contract, and keys that two rows claim.

use proptest::prelude::*;

use file_mst::TreeFile;
use mst_sync::ingest::{BuildError, BuildOptions, Event, OnError, Problem, build, check};

use super::Bench;

const CONTRACT: &str = "version = 1\nname = \"stock\"\n[[key]]\nname = \"id\"\ntype = \"u32\"\n[[field]]\nname = \"amount\"\ntype = \"decimal(2)\"\n";
const MAPPING: &str = "[source]\nkind = \"csv\"\npath = \"stock.csv\"\n[field.id]\ncolumn = \"id\"\n[field.amount]\ncolumn = \"amount\"\n";

fn table(rows: impl IntoIterator<Item = (u32, String)>) -> String {
    rows.into_iter().fold("id,amount\n".to_owned(), |text, (id, amount)| text + &format!("{id},{amount}\n"))
}

#[test]
fn a_build_writes_the_changes_and_has_the_root_of_a_new_one() {
    let bench = Bench::new(CONTRACT);
    let mapping = bench.mapping(MAPPING);
    let out = bench.path("stock.mst");
    let rows = |changed: u32| {
        (0..5000)
            .filter(move |id| id % 97 != changed)
            .map(move |id| (id * 7 % 5003, format!("{}.5", id % (40 + changed))))
    };
    bench.write("stock.csv", table(rows(1)));
    let first = bench.build(&mapping, &out).unwrap();
    assert!(first.committed);
    assert_eq!(first.changes.added, first.commit.as_ref().unwrap().records());
    let again = bench.build(&mapping, &out).unwrap();
    assert!(!again.committed);
    assert_eq!((again.changes, again.commit.unwrap().sequence), (Default::default(), 1));
    let length = std::fs::metadata(&out).unwrap().len();
    let mut one = rows(1).collect::<Vec<_>>();
    one[77].1 = "999.99".to_owned();
    bench.write("stock.csv", table(one));
    let small = bench.build(&mapping, &out).unwrap();
    assert_eq!((small.changes.added, small.changes.changed, small.changes.removed), (0, 1, 0));
    assert!(std::fs::metadata(&out).unwrap().len() - length < 32 << 10, "one record writes one path");
    bench.write("stock.csv", table(rows(2)));
    let second = bench.build(&mapping, &out).unwrap();
    assert!(second.changes.added > 0 && second.changes.changed > 0 && second.changes.removed > 0);
    let fresh = bench.build(&mapping, &bench.path("fresh.mst")).unwrap();
    assert_eq!(second.commit.as_ref().unwrap().root.hash, fresh.commit.unwrap().root.hash);
    let file = TreeFile::open(&out).unwrap();
    assert_eq!(file.commits().count(), 3);
    assert_eq!(file.last().unwrap().contract, Some(mapping.contract.hash()));
}

#[test]
fn an_external_sort_gives_the_same_tree() {
    let bench = Bench::new(CONTRACT);
    let mapping = bench.mapping(MAPPING);
    bench.write("stock.csv", table((0..20_000_u32).map(|id| (id.wrapping_mul(2_654_435_761) >> 4, id.to_string()))));
    let whole = bench.build(&mapping, &bench.path("a.mst")).unwrap();
    let options = BuildOptions { memory: 100_000, ..BuildOptions::default() };
    let sorted = build(&mapping, &bench.path("b.mst"), &options, &mut |_| {}).unwrap();
    assert_eq!(whole.commit.unwrap().root.hash, sorted.commit.unwrap().root.hash);
}

/// Builds, and returns all problems as text.
fn told(bench: &Bench, on_error: OnError) -> (Result<u64, BuildError>, Vec<String>) {
    let mapping = bench.mapping(MAPPING);
    let options = BuildOptions { on_error, ..BuildOptions::default() };
    let mut problems = Vec::new();
    let built = build(&mapping, &bench.path("stock.mst"), &options, &mut |event| {
        if let Event::Problem(problem) = event {
            problems.push(problem.to_string());
        }
    });
    (built.map(|report| report.commit.unwrap().records()), problems)
}

#[test]
fn rows_that_break_the_contract_are_named_and_never_dropped_silently() {
    let bench = Bench::new(CONTRACT);
    bench.write("stock.csv", "id,amount\n1,1.5\n2,many\nx,3\n4,4.123\n5,5\n");
    let (built, problems) = told(&bench, OnError::Stop);
    assert!(matches!(built, Err(BuildError::Problem(Problem::Violation(_)))));
    assert_eq!(problems.len(), 1);
    for word in ["stock.csv", "row 3", "key 2", "column amount", "\"many\"", "not a decimal number"] {
        assert!(problems[0].contains(word), "no {word:?} in {}", problems[0]);
    }
    assert!(!bench.path("stock.mst").exists(), "nothing is left behind");
    let (built, problems) = told(&bench, OnError::List);
    assert!(matches!(built, Err(BuildError::Broken { count: 3 })));
    assert_eq!(problems.len(), 3);
    assert!(!bench.path("stock.mst").exists());
    let (built, problems) = told(&bench, OnError::Skip);
    assert_eq!((built.unwrap(), problems.len()), (2, 3));
}

#[test]
fn two_rows_of_one_key_are_both_named() {
    let bench = Bench::new(CONTRACT);
    bench.write("stock.csv", "id,amount\n7,1\n8,2\n7.0,1\n9,3\n+7,4\n");
    let (built, problems) = told(&bench, OnError::Stop);
    assert!(matches!(built, Err(BuildError::Problem(Problem::Duplicate { first: 2, second: 4, .. }))));
    assert!(problems[0].contains("rows 2 and 4") && problems[0].contains("key 7"), "{}", problems[0]);
    assert!(!bench.path("stock.mst").exists());
    let (built, problems) = told(&bench, OnError::List);
    assert!(matches!(built, Err(BuildError::Broken { count: 3 })));
    assert_eq!(problems.len(), 2);
    // The program cannot know which of them is meant.
    let (built, _) = told(&bench, OnError::Skip);
    assert_eq!(built.unwrap(), 2);
}

#[test]
fn a_check_writes_nothing_and_finds_the_same() {
    let bench = Bench::new(CONTRACT);
    let mapping = bench.mapping(MAPPING);
    bench.write("stock.csv", "id,amount\n1,1\n1,2\n");
    let mut problems = 0;
    let checked = check(&mapping, &BuildOptions::default(), &mut |event| {
        problems += u32::from(matches!(event, Event::Problem(_)))
    });
    assert!(matches!(checked, Err(BuildError::Problem(Problem::Duplicate { .. }))));
    assert_eq!(problems, 1);
    bench.write("stock.csv", "id,amount\n1,1\n2,2\n");
    assert_eq!(check(&mapping, &BuildOptions::default(), &mut |_| {}).unwrap().rows, 2);
}

#[test]
fn a_tree_under_another_contract_is_left_alone() {
    let bench = Bench::new(CONTRACT);
    bench.write("stock.csv", "id,amount\n1,1\n");
    let out = bench.path("stock.mst");
    bench.build(&bench.mapping(MAPPING), &out).unwrap();
    let before = std::fs::read(&out).unwrap();
    bench.write("contract.toml", CONTRACT.replace("decimal(2)", "decimal(3)"));
    let error = bench.build(&bench.mapping(MAPPING), &out).unwrap_err();
    assert!(matches!(error, BuildError::OtherContract { .. }), "{error}");
    assert_eq!(std::fs::read(&out).unwrap(), before);
}

/// A row that cannot be parsed is treated like one with wrong values: it is named with its line, and reading continues.
#[test]
fn rows_that_cannot_be_parsed_are_named_and_left_out() {
    let bench = Bench::new(CONTRACT);
    let csv = "id,amount\n1,10.00\n2,3,4\n3,x\n4,\"5\"6\n5,7\n";
    let ndjson = "{\"id\":1,\"amount\":10}\n{\"id\":2\n{\"id\":3,\"amount\":\"x\"}\n[4]\n{\"id\":5,\"amount\":7}\n";
    for (kind, text, first) in [("csv", csv, 2), ("ndjson", ndjson, 1)] {
        bench.write(&format!("stock.{kind}"), text);
        let mapping = bench.mapping(&MAPPING.replace("csv", kind));
        let run = |on_error, name: &str| {
            let mut told = Vec::new();
            let options = BuildOptions { on_error, ..BuildOptions::default() };
            let built = build(&mapping, &bench.path(name), &options, &mut |event| {
                if let Event::Problem(problem) = event {
                    told.push(problem.to_string());
                }
            });
            (built, told)
        };
        let (built, told) = run(OnError::Skip, &format!("{kind}.mst"));
        let built = built.unwrap();
        assert_eq!((built.rows, built.left_out, built.changes.added), (5, 3, 2), "{kind}");
        for (told, line) in told.iter().zip(first + 1..) {
            assert!(told.contains(&format!("line {line}")) || told.contains(&format!("row {line}")), "{told}");
        }
        assert_eq!(told.len(), 3);
        let (built, all) = run(OnError::List, "none.mst");
        assert!(matches!(built, Err(BuildError::Broken { count: 3 })), "{built:?}");
        assert_eq!(all, told);
        let (built, told) = run(OnError::Stop, "none.mst");
        assert!(matches!(built, Err(BuildError::Problem(Problem::Unreadable(_)))), "{built:?}");
        assert_eq!(told.len(), 1);
    }
}

#[test]
fn sources_that_cannot_be_read_say_why() {
    let bench = Bench::new(CONTRACT);
    bench.refused(MAPPING, &["stock.csv", "No such file"]);
    bench.write("stock.csv", "id,total\n1,1\n");
    bench.refused(MAPPING, &["no column \"amount\"", "id, total"]);
    bench.write("stock.csv", "id,amount\n1,1\n2\n");
    bench.refused(MAPPING, &["line 3", "expected 2", "found 1"]);
    bench.write("stock.csv", b"id,amount\n1,\xff\n");
    bench.refused(MAPPING, &["line 2", "not UTF-8", "encoding"]);
    let lines = MAPPING.replace("csv", "ndjson");
    for (text, words) in [
        ("{\"id\": 1, \"amount\": 1", ["line 1", "EOF"]),
        ("{\"id\": 1, \"amount\": 1}\n[1]", ["line 2", "a JSON object"]),
        ("{\"id\": 1, \"amount\": 1, \"id\": 2}", ["line 1", "duplicate member \"id\""]),
        ("{\"id\": 1, \"amount\": NaN}", ["line 1", "expected value"]),
    ] {
        bench.write("stock.ndjson", text);
        bench.refused(&lines, &words);
    }
    bench.write("stock.sqlite", "this is no database, and that is long enough to be seen as one of something else");
    let sqlite = MAPPING.replace("\"csv\"", "\"sqlite\"").replace("stock.csv\"", "stock.sqlite\"\ntable = \"stock\"");
    bench.refused(&sqlite, &["stock.sqlite", "not a database"]);
}

#[test]
fn a_record_that_no_tree_can_hold_is_named_by_its_row() {
    let contract = CONTRACT.replace("type = \"decimal(2)\"", "type = \"text\"");
    let bench = Bench::new(&contract);
    bench.write("stock.csv", format!("id,amount\n1,a\n2,{}\n", "x".repeat(2 << 20)));
    bench.refused(MAPPING, &["stock.csv", "row 3", "key 2", "field amount", "a value length"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_rows_columns_and_members_makes_no_difference(
        rows in prop::collection::btree_map(any::<u32>(), -1_000_000_i64..1_000_000, 1..40).prop_map(Vec::from_iter).prop_shuffle(),
        columns in Just(["id", "amount", "more"].map(str::to_owned)).prop_map(Vec::from).prop_shuffle(),
        zeros in 0_usize..4,
    ) {
        let bench = Bench::new(CONTRACT);
        let mut sorted = rows.clone();
        sorted.sort_unstable();
        bench.write("stock.csv", table(sorted.iter().map(|(id, amount)| (*id, format!("{amount}e-2")))));
        let expected = bench.root(MAPPING);
        let cell = |column: &str, id: u32, amount: i64| match column {
            "id" => format!("{id}{}", if zeros > 0 { format!(".{}", "0".repeat(zeros)) } else { String::new() }),
            "amount" => format!("{}{}.{:02}{}", if amount < 0 { "-" } else { "" }, amount.abs() / 100, amount.abs() % 100, "0".repeat(zeros)),
            _ => "7".to_owned(),
        };
        let mut csv = format!("{}\n", columns.join(","));
        let mut lines = String::new();
        for (id, amount) in &rows {
            let cells: Vec<_> = columns.iter().map(|column| cell(column, *id, *amount)).collect();
            csv += &format!("{}\n", cells.join(","));
            let members: Vec<_> = columns.iter().zip(&cells).map(|(column, cell)| format!("\"{column}\": {cell}")).collect();
            lines += &format!("{{{}}}\n", members.join(", "));
        }
        bench.write("stock.csv", csv);
        prop_assert_eq!(bench.root(MAPPING), expected);
        bench.write("stock.ndjson", lines);
        prop_assert_eq!(bench.root(&MAPPING.replace("csv", "ndjson")), expected);
    }
}
