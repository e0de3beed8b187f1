//! Drafts with a key and with columns that were named.

use mst_sync::draft::{DraftOptions, KeyError, draft_with, parse_key};
use mst_sync::source::Cell;

use super::Data;
use super::rendered::{data, differing, id, mixed, text};

fn tables() -> [Data; 2] {
    let amount = |row: usize| Cell::Int(i128::from(mixed(row) % 5000));
    let net = |row: usize| Cell::Int(i128::from(mixed(row + 700) % 5000));
    let note = |row: usize| text(format!("note {}", mixed(row + 9000)));
    let left = data("orders", 300, &[("id", &id), ("amount", &amount), ("net", &net), ("note", &note)]);
    let mut right = data(
        "invoices",
        300,
        &[
            ("id", &|row| Cell::Int(301 - row as i128)),
            ("order_ref", &|row| text(format!("ord-{}", row + 1))),
            ("total", &amount),
            ("net", &net),
            ("note", &note),
        ],
    );
    right.rows.reverse();
    [left, right]
}

fn options(key: &str, columns: &[&str], except: &[&str]) -> DraftOptions {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    DraftOptions {
        key: Some(parse_key(key)).filter(|key| !key.is_empty()),
        columns: Some(names(columns)).filter(|columns| !columns.is_empty()),
        except: names(except),
        multiset: false,
    }
}

/// The key, the pairs, and the columns of both sides that are excluded.
#[test]
fn columns_are_chosen_by_their_names_on_either_side() {
    let [left, right] = tables();
    let key = [("id", "order_ref")];
    let all = [("amount", "total"), ("net", "net"), ("note", "note")];
    for (options, pairs, excluded, only) in [
        (options("", &[], &[]), &all[..], [vec![], vec![]], "id"),
        // The partner of `id` is found, although there is a column of that name.
        (options("id", &[], &[]), &all, [vec![], vec![]], "id"),
        (options("id=order_ref", &[], &[]), &all, [vec![], vec![]], "id"),
        (options("id", &["amount"], &[]), &all[..1], [vec!["net", "note"], vec!["id", "net", "note"]], ""),
        (options("id", &["total", "net"], &[]), &all[..2], [vec!["note"], vec!["id", "note"]], ""),
        (options("id", &[], &["net"]), &[all[0], all[2]], [vec!["net"], vec!["net"]], "id"),
        (
            options("", &["net", "note"], &["note"]),
            &all[1..2],
            [vec!["amount", "note"], vec!["id", "total", "note"]],
            "",
        ),
        (options("", &[], &["total"]), &all[1..], [vec![], vec!["total"]], "id"),
    ] {
        let draft = draft_with(&left.table(), &right.table(), &options).unwrap();
        let found: Vec<_> = draft.key.iter().map(|field| (&*field.left, &*field.right)).collect();
        assert_eq!(found, key, "{options:?}");
        let found: Vec<_> = draft.pairs.iter().map(|pair| (&*pair.field.left, &*pair.field.right)).collect();
        assert_eq!(found, pairs, "{options:?}");
        assert_eq!(draft.excluded, excluded, "{options:?}");
        assert_eq!(draft.right_only.first().map_or("", String::as_str), only, "{options:?}");
        let [not_left, not_right] = draft.not_compared();
        assert!(excluded[0].iter().all(|name| not_left.iter().any(|column| column == name)), "{not_left:?}");
        assert_eq!(not_right.len() + pairs.len() + 1, 5);
        assert_eq!(differing(&draft, &left, &right), 0, "{options:?}");
    }
}

#[test]
fn names_that_are_no_columns_are_refused_with_the_nearest_ones() {
    let [left, right] = tables();
    for (options, message) in [
        (options("", &["amuont"], &[]), "no column amuont in orders or invoices; there are amount, "),
        (options("", &[], &["order"]), "no column order in orders or invoices; there are order_ref,"),
        (options("idd", &[], &[]), "no column idd in orders; there are id,"),
        (options("id=ref", &[], &[]), "no column ref in invoices; there are order_ref,"),
        (options("x\u{1b}", &[], &[]), "no column x\\u{1b} in orders;"),
    ] {
        let error = draft_with(&left.table(), &right.table(), &options).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}

/// A key of two columns, of which the right table has other names.
#[test]
fn partners_of_a_key_of_several_columns_are_found() {
    let order = |row: usize| Cell::Int(row as i128 / 3 + 1);
    let line = |row: usize| Cell::Int(row as i128 % 3 + 1);
    let amount = |row: usize| Cell::Int(i128::from(mixed(row) % 5000));
    let left = data("left", 900, &[("order", &order), ("line", &line), ("amount", &amount)]);
    let right = data("right", 900, &[("n", &line), ("ref", &order), ("price", &amount)]);
    for key in ["order,line", "order=ref,line", "order,line=n", "order=ref,line=n"] {
        let draft = draft_with(&left.table(), &right.table(), &options(key, &[], &[])).unwrap();
        let found: Vec<_> = draft.key.iter().map(|field| (&*field.left, &*field.right)).collect();
        assert_eq!(found, [("order", "ref"), ("line", "n")], "{key}");
        assert_eq!((draft.pairs.len(), differing(&draft, &left, &right)), (1, 0), "{key}");
    }
    // The line alone is no key.
    let error = draft_with(&left.table(), &right.table(), &options("line", &[], &[])).unwrap_err();
    assert!(matches!(error, KeyError::None { .. }), "{error:?}");
}

/// Two columns that join alike are a question.
#[test]
fn two_partners_of_a_key_are_a_question() {
    let [left, mut right] = tables();
    let at = right.columns.iter().position(|name| name == "order_ref").unwrap();
    right.columns.push("copy".to_owned());
    for row in &mut right.rows {
        let copy = row[at].clone();
        row.push(copy);
    }
    let error = draft_with(&left.table(), &right.table(), &options("id", &[], &[])).unwrap_err();
    assert_eq!(error.to_string(), "several columns could be the key: id = order_ref; id = copy");
}
