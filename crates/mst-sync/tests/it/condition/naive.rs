//! A property against an evaluator that is written as SQL defines it.

use mst_sync::condition::Now;
use mst_sync::source::Cell;
use proptest::prelude::*;

use super::parse;

#[derive(Clone, Debug)]
enum Node {
    /// A column and a number.
    Number(usize, usize, i64),
    /// Two columns.
    Columns(usize, usize, usize),
    IsNull(usize, bool),
    In(usize, Vec<i64>, bool),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
}

const COLUMNS: [&str; 3] = ["a", "\"b c\"", "`d`"];
const SIGNS: [&str; 7] = ["=", "<>", "!=", "<", "<=", ">", ">="];

fn holds(sign: usize, a: i64, b: i64) -> bool {
    match SIGNS[sign] {
        "=" => a == b,
        "<" => a < b,
        "<=" => a <= b,
        ">" => a > b,
        ">=" => a >= b,
        _ => a != b,
    }
}

type Values = [Option<i64>; 3];

fn naive(node: &Node, row: &Values) -> Option<bool> {
    match node {
        Node::Number(column, sign, number) => row[*column].map(|value| holds(*sign, value, *number)),
        Node::Columns(left, sign, right) => Some(holds(*sign, row[*left]?, row[*right]?)),
        Node::IsNull(column, negated) => Some(row[*column].is_none() != *negated),
        Node::In(column, list, negated) => row[*column].map(|value| list.contains(&value) != *negated),
        Node::And(nodes) => {
            let all: Vec<_> = nodes.iter().map(|node| naive(node, row)).collect();
            if all.contains(&Some(false)) {
                Some(false)
            } else {
                all.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
            }
        }
        Node::Or(nodes) => {
            let all: Vec<_> = nodes.iter().map(|node| naive(node, row)).collect();
            if all.contains(&Some(true)) {
                Some(true)
            } else {
                all.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
            }
        }
        Node::Not(node) => naive(node, row).map(|truth| !truth),
    }
}

/// The condition in text, with parentheses only where they are needed.
fn text(node: &Node, level: usize) -> String {
    let joined = |nodes: &[Node], word: &str, own: usize| {
        let text = nodes.iter().map(|node| text(node, own + 1)).collect::<Vec<_>>().join(word);
        if level > own { format!("({text})") } else { text }
    };
    match node {
        Node::Number(column, sign, number) => format!("{}{}{number}", COLUMNS[*column], SIGNS[*sign]),
        Node::Columns(left, sign, right) => format!("{} {}\n{}", COLUMNS[*left], SIGNS[*sign], COLUMNS[*right]),
        Node::IsNull(column, negated) => format!("{} IS{} Null", COLUMNS[*column], if *negated { " NOT" } else { "" }),
        Node::In(column, list, negated) => {
            let list: Vec<_> = list.iter().map(ToString::to_string).collect();
            format!("{} {}in({})", COLUMNS[*column], if *negated { "not " } else { "" }, list.join(","))
        }
        Node::Or(nodes) => joined(nodes, " or ", 0),
        Node::And(nodes) => joined(nodes, " AND ", 1),
        Node::Not(node) => format!("not {}", text(node, 3)),
    }
}

fn node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        (0..3_usize, 0..7_usize, -3..12_i64).prop_map(|(column, sign, number)| Node::Number(column, sign, number)),
        (0..3_usize, 0..7_usize, 0..3_usize).prop_map(|(left, sign, right)| Node::Columns(left, sign, right)),
        (0..3_usize, any::<bool>()).prop_map(|(column, negated)| Node::IsNull(column, negated)),
        (0..3_usize, proptest::collection::vec(-3..12_i64, 1..4), any::<bool>())
            .prop_map(|(column, list, negated)| Node::In(column, list, negated)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::Or),
            inner.prop_map(|node| Node::Not(Box::new(node))),
        ]
    })
}

/// A number as a source may have it.
fn cell(number: Option<i64>, spelling: usize) -> Cell<'static> {
    match (number, spelling) {
        (None, _) => Cell::Null,
        (Some(number), 0) => Cell::Int(number.into()),
        (Some(number), 1) => Cell::Number { text: format!("{number}00").into(), shift: -2 },
        (Some(number), 2) => Cell::Float64(number as f64),
        (Some(number), _) => Cell::Text(format!("{number}.0").into()),
    }
}

proptest! {
    #[test]
    fn a_condition_takes_the_rows_that_sql_takes(
        node in node(),
        rows in proptest::collection::vec(proptest::array::uniform3(proptest::option::of(-3..12_i64)), 8),
        spelling in 0..4_usize,
    ) {
        let text = text(&node, 0);
        let condition = parse(&text);
        for row in &rows {
            // One column is always a number, since two columns of text need to be told apart.
            let cells: Vec<_> = condition
                .columns()
                .iter()
                .map(|name| {
                    let column = COLUMNS.iter().position(|known| known.trim_matches(['"', '`']) == name).unwrap();
                    cell(row[column], if column == 0 { spelling } else { column - 1 })
                })
                .collect();
            let found = condition.decide(&cells, Now::default());
            prop_assert_eq!(found, Ok(naive(&node, row) == Some(true)), "{} of {:?}", text, cells);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(
        text in "\\PC{0,40}",
        words in "(a|=|<|\\(|\\)|not|in|is|null|like|'x'|now|-|10|m|at|as| ){0,20}",
    ) {
        for text in [text, words] {
            if let Err(error) = mst_sync::condition::Condition::parse(&text) {
                prop_assert!(text.is_char_boundary(error.offset), "{}", error);
            }
        }
    }
}
