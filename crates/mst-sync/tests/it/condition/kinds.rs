//! Every comparison with every kind of cell.

use std::cmp::Ordering;

use super::decide;
use mst_sync::source::{Cell, Clock, Rest};

fn text(text: &'static str) -> Cell<'static> {
    Cell::Text(text.into())
}

fn number(text: &'static str, shift: i32) -> Cell<'static> {
    Cell::Number { text: text.into(), shift }
}

const SECOND: i128 = 1_000_000_000;
/// 2026-01-01T00:00:00Z, and its day.
const NEW_YEAR: i128 = 1_767_225_600 * SECOND;
const DAY: i32 = 20_454;

fn finer(clock: Clock, nanos: i128) -> Cell<'static> {
    Cell::Finer { clock, nanos, rest: Rest::Half }
}

/// Literals, with cells that are less, equal and greater.
fn ordered() -> Vec<(&'static str, [Vec<Cell<'static>>; 3])> {
    let instants = |at: i128| vec![Cell::Instant(at - 1), finer(Clock::Instant, at - 1)];
    vec![
        (
            "10.5",
            [
                vec![
                    Cell::Int(10),
                    number("10.49", 0),
                    number("1049", -2),
                    Cell::Float32(0.1),
                    text("10"),
                    text("-1e9"),
                ],
                vec![number("10.50", 0), number("105", -1), Cell::Float64(10.5), Cell::Float32(10.5), text("+010.5")],
                vec![Cell::Int(11), number("1e40", 0), Cell::Float64(1e300), text("10.500000000000000000000000001")],
            ],
        ),
        ("0.1", [vec![Cell::Float64(0.0)], vec![Cell::Float64(0.1), Cell::Float32(0.1)], vec![text(".2")]]),
        ("'m'", [vec![text("M"), text(""), text("lzz")], vec![text("m")], vec![text("ma"), text("ä")]]),
        ("'10'", [vec![text("1")], vec![text("10")], vec![text("9"), text("10.0")]]),
        (
            "true",
            [
                vec![Cell::Bool(false), Cell::Int(0), text("No"), text("f"), text("0")],
                vec![Cell::Bool(true), Cell::Int(1), text("TRUE"), text("on")],
                vec![],
            ],
        ),
        (
            "date '2026-01-01'",
            [
                vec![Cell::Date(DAY - 1), Cell::Local(NEW_YEAR - 1), text("2025-12-31"), text("2025-12-31 23:59")],
                vec![Cell::Date(DAY), Cell::Local(NEW_YEAR), text("2026-01-01"), text("2026-01-01T00:00")],
                vec![Cell::Date(DAY + 1), finer(Clock::Local, NEW_YEAR), text("+010000-01-01")],
            ],
        ),
        (
            "'2026-01-01'",
            [vec![Cell::Date(DAY - 1)], vec![Cell::Date(DAY), Cell::Local(NEW_YEAR)], vec![Cell::Date(DAY + 1)]],
        ),
        (
            "timestamp '2026-01-01T01:00:00+01:00'",
            [
                instants(NEW_YEAR),
                vec![Cell::Instant(NEW_YEAR), text("2026-01-01T00:00:00Z")],
                vec![finer(Clock::Instant, NEW_YEAR)],
            ],
        ),
        (
            "timestamp '2026-01-01 01:00' at 'Europe/Berlin'",
            [instants(NEW_YEAR), vec![text("2025-12-31 19:00:00-05")], vec![Cell::Instant(NEW_YEAR + 1)]],
        ),
        ("'2026-01-01T00:00:00Z'", [instants(NEW_YEAR), vec![Cell::Instant(NEW_YEAR)], vec![Cell::Instant(i128::MAX)]]),
        (
            "now - 1d",
            [
                instants(NEW_YEAR),
                vec![Cell::Instant(NEW_YEAR), text("2026-01-01T00:00Z")],
                vec![text("2026-01-01T00:00:01Z")],
            ],
        ),
        (
            "'10:00'",
            [vec![Cell::Time(0)], vec![Cell::Time(36_000 * SECOND)], vec![finer(Clock::Time, 36_000 * SECOND)]],
        ),
        ("'PT1H'", [vec![Cell::Duration(-1)], vec![Cell::Duration(3600 * SECOND)], vec![Cell::Duration(i128::MAX)]]),
    ]
}

#[test]
fn every_comparison_of_every_kind() {
    for (literal, cells) in ordered() {
        for (order, cells) in [Ordering::Less, Ordering::Equal, Ordering::Greater].into_iter().zip(&cells) {
            for cell in cells {
                for (sign, flipped, expected) in [
                    ("=", "=", order.is_eq()),
                    ("<>", "!=", order.is_ne()),
                    ("!=", "<>", order.is_ne()),
                    ("<", ">", order.is_lt()),
                    ("<=", ">=", order.is_le()),
                    (">", "<", order.is_gt()),
                    (">=", "<=", order.is_ge()),
                ] {
                    for test in [format!("v {sign} {literal}"), format!("{literal} {flipped} v")] {
                        assert_eq!(decide(&test, cell), Ok(expected), "{test} of {cell}");
                        assert_eq!(decide(&format!("not ({test})"), cell), Ok(!expected), "not {test} of {cell}");
                        for null in [test.clone(), format!("not ({test})")] {
                            assert_eq!(decide(&null, &Cell::Null), Ok(false), "{null} of null");
                        }
                    }
                }
                let is_equal = order.is_eq();
                for (test, expected) in [
                    (format!("v in ({literal})"), is_equal),
                    (format!("v not in ({literal})"), !is_equal),
                    (format!("v in ({literal}, v)"), true),
                    ("v is null".to_owned(), false),
                    ("v is not null".to_owned(), true),
                    (format!("v is null or v = {literal}"), is_equal),
                    (format!("v is not null and v = {literal}"), is_equal),
                ] {
                    assert_eq!(decide(&test, cell), Ok(expected), "{test} of {cell}");
                }
            }
        }
    }
    for (test, expected) in [
        ("v is null", true),
        ("v is not null", false),
        ("v in (1)", false),
        ("v not in (1)", false),
        ("v like '%'", false),
        ("v not like '%'", false),
        ("v = 1 or v is null", true),
        ("not (v = 1 and v is not null)", true),
        ("v as unix-s < now", false),
        ("v at 'UTC' < now", false),
    ] {
        assert_eq!(decide(test, &Cell::Null), Ok(expected), "{test}");
    }
}

/// Which pairs can be compared at all. All others are errors, and none is just false.
#[test]
fn what_cannot_be_compared_is_an_error() {
    let literals =
        ["5", "'x'", "true", "date '2026-01-01'", "timestamp '2026-01-01'", "timestamp '2026-01-01T00:00Z'", "now"];
    for (cell, comparable) in [
        (Cell::Bool(true), "..+...."),
        (Cell::Int(1), "+.+...."),
        (Cell::Int(5), "+......"),
        (number("1", 0), "+......"),
        (number("NaN", 0), "......."),
        (Cell::Float64(1.0), "+......"),
        (Cell::Float32(f32::NAN), "......."),
        (Cell::Float64(f64::INFINITY), "......."),
        (text("x"), ".+....."),
        (text(""), ".+....."),
        (text("5"), "++....."),
        (text(" 5"), ".+....."),
        (text("1"), "+++...."),
        (text("2026-01-01"), ".+.++.."),
        (text("2026-01-01T00:00"), ".+.++.."),
        (text("2026-01-01T00:00Z"), ".+...++"),
        (Cell::TextOrJson("x".into()), ".+....."),
        (Cell::Bytes(vec![5].into()), "......."),
        (Cell::Date(DAY), "...++.."),
        (Cell::Local(NEW_YEAR), "...++.."),
        (finer(Clock::Local, NEW_YEAR), "...++.."),
        (Cell::Instant(NEW_YEAR), ".....++"),
        (Cell::Time(5), "......."),
        (Cell::Duration(5), "......."),
        (Cell::Json("5".into()), "......."),
    ] {
        for (literal, comparable) in literals.into_iter().zip(comparable.chars()) {
            for test in [format!("v = {literal}"), format!("{literal} < v"), format!("v not in ({literal})")] {
                let found = decide(&test, &cell);
                assert_eq!(found.is_ok(), comparable == '+', "{test} of {cell}: {found:?}");
                if let Err(error) = found {
                    assert_eq!(error.values[0].0, "v");
                    assert!(!error.values[0].1.is_empty() && error.reason.len() > 10, "{error}");
                }
            }
        }
    }
}

#[test]
fn a_value_that_cannot_be_compared_is_named_with_advice_that_works() {
    for (test, cell, words, works) in [
        (
            "v < now - 10m",
            Cell::Local(0),
            "write its zone, as in at 'Europe/Berlin'",
            "v at 'Europe/Berlin' < now - 10m",
        ),
        ("v < now", text("2026-01-01"), "at 'Europe/Berlin'", "v at 'Europe/Berlin' < now"),
        ("v < now", Cell::Int(5), "as unix-s", "v as unix-s < now"),
        ("v < now", text("5"), "is none", "v as unix-ms < now"),
        (
            "v < '2026-01-01'",
            Cell::Instant(0),
            "timestamp '2026-03-29' at",
            "v < timestamp '2026-01-01' at 'Europe/Berlin'",
        ),
        ("v = '5'", Cell::Int(5), "without quotes, or the column as text", "v as text = '5'"),
        ("v like '5%'", Cell::Int(5), "write as text after the column", "v as text like '5%'"),
        ("v = 'open'", text("open  "), "write as trimmed", "v as trimmed = 'open'"),
        ("v like '%en'", text("open  "), "write as trimmed", "v as trimmed like '%en'"),
        ("v = '{}'", Cell::Json("{}".into()), "as text compares it", "v as text = '{}'"),
        ("v = 'true'", Cell::Bool(true), "without quotes", "v = true"),
        ("v > '2026-01-01'", text("2026-01-01 00:00"), "write as timestamp", "v as timestamp >= '2026-01-01'"),
        (
            "v at 'Europe/Berlin' < now",
            text("2025-10-26 02:30"),
            "write earlier or later after the zone",
            "v at 'Europe/Berlin' later < now",
        ),
    ] {
        let error = decide(test, &cell).expect_err(test);
        assert!(error.to_string().contains(words), "{words:?}: {error}");
        assert_eq!(decide(works, &cell), Ok(true), "{works} of {cell}");
    }
    let error = decide("v = 5", &text("\u{1b}[31m")).unwrap_err().to_string();
    assert_eq!(error, "where v = 5: column v is \"\\u{1b}[31m\": this text is no number");
}

#[test]
fn an_empty_value_without_quotes_is_refused_where_both_readings_matter() {
    for (test, expected) in [
        ("v = 'x'", Some(false)),
        ("v > 5", Some(false)),
        ("v < now", Some(false)),
        ("v is null", None),
        ("v is not null", None),
        ("v = ''", None),
        ("v <> 'x'", None),
        ("not v = 'x'", None),
        ("v is null or v = ''", Some(true)),
        ("v like '%'", None),
    ] {
        let found = decide(test, &Cell::Empty);
        assert_eq!(found.as_ref().ok().copied(), expected, "{test}: {found:?}");
        if let Err(error) = found {
            assert!(error.to_string().contains("empty = \"text\" or \"null\" in [source]"), "{error}");
        }
    }
}

/// The two columns are text, but as numbers or times they would compare differently.
#[test]
fn two_columns_of_text_are_not_compared_blindly() {
    for (test, a, b, expected) in [
        ("a < b", "9", "10", None),
        ("a = b", "5.0", "5", None),
        ("a as number < b", "9", "10", Some(true)),
        ("a as text < b", "9", "10", Some(false)),
        ("a < b", "10", "11", Some(true)),
        ("a = b", "5", "5", Some(true)),
        ("a = b", "x5", "x6", Some(false)),
        ("a = b", "2026-01-01T00:00Z", "2026-01-01T01:00+01:00", None),
        ("a as timestamp = b", "2026-01-01T00:00Z", "2026-01-01T01:00+01:00", Some(true)),
        ("a <> b", "2026-01-01", "2026-01-01T01:00+01:00", None),
        ("a < b", "2026-01-01", "2026-01-02", Some(true)),
        ("a = b", "a ", "a", None),
        ("a as trimmed = b", "a ", "a", Some(true)),
    ] {
        let cells = [text(a), text(b)];
        let found = super::parse(test).decide(&cells, mst_sync::condition::Now::at(super::NOW));
        assert_eq!(found.as_ref().ok().copied(), expected, "{test} of {a} and {b}: {found:?}");
    }
}

#[test]
fn tests_are_decided_from_left_to_right() {
    let broken = text("n/a");
    for (test, expected) in [
        ("v = 'x' and v > 5", Some(false)),
        ("v > 5 and v = 'x'", None),
        ("v = 'n/a' or v > 5", Some(true)),
        ("v > 5 or v = 'n/a'", None),
        ("v in ('n/a', 5)", Some(true)),
    ] {
        assert_eq!(decide(test, &broken).ok(), expected, "{test}");
    }
}
