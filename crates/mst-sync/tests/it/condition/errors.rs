//! Errors in the text of a condition have a position, and say what was expected.

use super::parse;
use mst_sync::condition::{Condition, RowCondition};

#[test]
fn every_error_has_its_position() {
    let deep = format!("{}a = 1{}", "(".repeat(100), ")".repeat(100));
    let nots = format!("{} a = 1", "not ".repeat(100_000));
    for (text, character, words) in [
        ("", 1, "expected a column or a value; the condition ends here"),
        ("   ", 1, "the condition ends here"),
        ("a", 2, "expected =, <>, <, <=, >, >=, is, in, like or not; the condition ends here"),
        ("a == 1", 4, "expected a column or a value; found ="),
        ("a = ", 4, "the condition ends here"),
        ("ä = ö = 1", 7, "expected and, or, or the end; found ="),
        ("a = 1 b", 7, "expected and, or, or the end; found b"),
        ("a = 1 and", 10, "expected a column or a value"),
        ("(a = 1", 7, "expected and, or, or ); the condition ends here"),
        ("a = 1)", 6, "expected and, or, or the end; found )"),
        ("a = 'x", 5, "not closed with a '"),
        ("\"a = 1", 1, "not closed with a \""),
        ("`a = 1", 1, "not closed with a `"),
        ("a = 1; drop table t", 6, "';' has no meaning"),
        ("a % 2 = 1", 3, "'%' has no meaning"),
        ("a = .", 5, "a number has digits"),
        ("a = 1e999999999999999999", 5, "exponent"),
        ("a = -b", 6, "expected a number; found b"),
        ("a is 1", 6, "expected null or not null; found 1"),
        ("a is not 1", 10, "expected null; found 1"),
        ("a not = 1", 7, "expected in or like; found ="),
        ("a in 1", 6, "expected (; found 1"),
        ("a in ()", 7, "expected a column or a value; found )"),
        ("a in (1 2)", 9, "expected a comma or ); found 2"),
        ("a in (1, null)", 10, "write is null"),
        ("a like b", 8, "expected a pattern in quotes"),
        ("a like 'x\\y'", 8, "a backslash in a pattern stands before"),
        ("a = null", 5, "never true: write is null"),
        ("a between 1 and 2", 3, "expected =, <>"),
        ("between = 1", 1, "keyword (a column of this name is written \"between\")"),
        ("lower(a) = 'x'", 1, "no functions, so lower(…)"),
        ("a < now() - 10m", 8, "without parentheses"),
        ("a < now - 10", 13, "expected a unit: s, m (or min), h, d or w; the condition ends here"),
        ("a < now - 10 y", 14, "expected a unit"),
        ("a < now - 1.5h", 11, "an age is a whole number"),
        ("a < now - x", 11, "expected an age such as 10m; found x"),
        ("a < date '2026-02-30'", 10, "expected a day that exists"),
        ("a < date '2026-01-01T00:00'", 10, "expected a day that exists"),
        ("a < timestamp 'soon'", 15, "expected a time that exists"),
        ("a < timestamp '2026-03-29T02:30' at 'Europe/Berlin'", 34, "skipped this time"),
        ("a at 'Mars' < now", 6, "unknown time zone \"Mars\""),
        ("a at Berlin < now", 6, "expected a zone in quotes"),
        ("a at 'UTC' earlier later < now", 6, "not both"),
        ("a as money = 1", 6, "expected text, trimmed, number"),
        ("a as unix < now", 6, "expected text, trimmed, number"),
        ("a as unix-h < now", 6, "expected text, trimmed, number"),
        ("a as number at 'UTC' < now", 13, "a zone has a meaning for times only"),
        ("a as unix-s at 'UTC' < now", 13, "needs no zone"),
        ("1 = 1", 1, "this has no column"),
        ("a = 1 or now < now", 10, "this has no column"),
        (&deep, 66, "nested more than 64 deep"),
        (&nots, 265, "nested more than 64 deep"),
    ] {
        let error = Condition::parse(text).expect_err(text);
        let begin: String = text.chars().take(80).collect();
        assert_eq!(error.character, character, "{error}: {begin}");
        assert_eq!(text[..error.offset].chars().count() + 1, character, "{begin}");
        assert!(error.message.contains(words), "{words:?}: {error}: {begin}");
    }
}

#[test]
fn names_are_bare_or_in_quotes() {
    for (text, columns) in [
        ("date = date '2026-01-01' and timestamp < '2026-01-01' and at = 1", &["date", "timestamp", "at"][..]),
        ("AND_ = 1 or \"and\" = 1 or `or` = 2 or \"and\" is null", &["AND_", "and", "or"]),
        ("\"a\"\"b\" = 1 and `c``d` = \"e f\"", &["a\"b", "c`d", "e f"]),
        ("größe2 > 1 AND Größe2 < 1", &["größe2", "Größe2"]),
        ("at at 'UTC' < now + 1W - 2 Min", &["at"]),
        ("unix as unix-ms > now", &["unix"]),
    ] {
        assert_eq!(parse(text).columns(), columns, "{text}");
    }
    assert!(parse("a < NOW").uses_now());
    assert!(!parse("\"now\" < 'now'").uses_now());
}

#[test]
fn a_condition_that_is_not_in_the_language_is_sql_for_a_database_only() {
    for (text, expected) in [
        ("a = 1", Some("a = 1")),
        ("lower(a) = 'x'", Some("sql: lower(a) = 'x'")),
        (" sql:  a = 1 ", Some("sql: a = 1")),
        ("SQL:a = 1 -- x", Some("sql: a = 1 -- x")),
        ("sql: ", None),
        (" ", None),
    ] {
        let database = RowCondition::parse(text, true).ok();
        assert_eq!(database.as_ref().map(ToString::to_string).as_deref(), expected, "{text}");
        // What is shown reads back as the same condition.
        if let Some(condition) = &database {
            assert_eq!(RowCondition::parse(&condition.to_string(), true).as_ref(), Ok(condition));
        }
        let file = RowCondition::parse(text, false).ok();
        assert_eq!(file.is_some(), text == "a = 1", "{text}");
    }
}

#[test]
fn the_conditions_on_the_page_are_valid() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/MAPPING.md");
    let page = std::fs::read_to_string(page).unwrap();
    let conditions: Vec<_> = page.split("where = \"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(!conditions.is_empty());
    for condition in conditions {
        assert!(!parse(condition).columns().is_empty(), "{condition}");
    }
}
