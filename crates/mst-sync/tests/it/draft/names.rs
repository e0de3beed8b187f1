//! Names decide between partners that fit alike, and nothing else.

use mst_sync::draft::{KeyError, KeyFault, draft, draft_with_key};
use mst_sync::source::Cell;

use super::Data;
use super::rendered::{data, differing, id, mixed, text};

/// Every column, and a copy of it under another name.
fn doubled() -> Data {
    let amount = |row: usize| Cell::Int(i128::from(mixed(row) % 5000));
    let state = |row: usize| text(["open", "paid", "sent"][mixed(row + 5) as usize % 3].to_owned());
    let mail = |row: usize| text(format!("u{row}@example.org"));
    let columns: [(&str, &dyn Fn(usize) -> Cell<'static>); 7] = [
        ("id", &id),
        ("mail", &mail),
        ("mail_copy", &mail),
        ("amount", &amount),
        ("amount_copy", &amount),
        ("state", &state),
        ("state_copy", &state),
    ];
    data("orders", 300, &columns)
}

#[test]
fn a_table_against_itself_is_paired_by_its_names() {
    let table = doubled();
    let draft = draft(&table.table(), &table.table()).unwrap();
    assert_eq!((draft.key.len(), &*draft.key[0].left, &*draft.key[0].right), (1, "id", "id"));
    let crossed: Vec<_> = draft.pairs.iter().filter(|pair| pair.field.left != pair.field.right).collect();
    assert!(crossed.is_empty(), "{crossed:?}");
    assert_eq!((draft.pairs.len(), draft.undecided.len()), (6, 0), "{:?}", draft.undecided);
    assert_eq!(differing(&draft, &table, &table), 0);
}

/// Left `amount` is right `amount_copy` in every row; right `amount` is something else. Values win over names.
#[test]
fn a_partner_that_fits_clearly_better_wins_over_the_name() {
    let (left, mut right) = (doubled(), doubled());
    let at = |data: &Data, name: &str| data.columns.iter().position(|column| column == name).unwrap();
    let (l, r) = (at(&right, "amount"), at(&right, "state"));
    for (number, row) in right.rows.iter_mut().enumerate() {
        // Agrees in nine rows of ten.
        if number % 10 == 3 {
            row[l] = Cell::Int(900_000 + number as i128);
        }
        row[r] = text("nothing".to_owned());
    }
    let draft = draft(&left.table(), &right.table()).unwrap();
    let amounts = draft.pairs.iter().filter(|pair| pair.field.left.starts_with("amount"));
    let decided: Vec<_> = amounts.map(|pair| (&*pair.field.left, &*pair.field.right)).collect();
    assert!(!decided.contains(&("amount", "amount_copy")) || !decided.contains(&("amount_copy", "amount_copy")));
    assert!(draft.pairs.iter().all(|pair| pair.field.right != "state"), "{:?}", draft.pairs);
}

#[test]
fn what_keeps_columns_from_being_the_key_is_said() {
    let table = |name: &str, ids: &[Option<i128>]| {
        let ids = ids.to_vec();
        let key = move |row: usize| ids[row].map_or(Cell::Null, Cell::Int);
        let amount = |row: usize| Cell::Int(i128::from(mixed(row) % 9));
        data(name, 40, &[("id", &key), ("amount", &amount)])
    };
    let ids = |edit: fn(usize) -> Option<i128>| (0..40).map(edit).collect::<Vec<_>>();
    let sound = table("left", &ids(|row| Some(row as i128)));
    let cases = [
        (ids(|row| Some(row.max(1) as i128)), "id of right has 1 in 2 rows"),
        (ids(|row| (row % 20 > 0).then_some(row as i128)), "id of right has no value that can be a key in 2 rows"),
        (ids(|row| Some(row as i128 + 7_000_000)), "id of left and id of right have no value in common"),
    ];
    for (ids, expected) in cases {
        let other = table("right", &ids);
        let named = [("id".to_owned(), "id".to_owned())];
        for found in [draft(&sound.table(), &other.table()), draft_with_key(&sound.table(), &other.table(), &named)] {
            let Err(KeyError::None { faults, .. }) = found else { panic!("{found:?}") };
            let faults: Vec<String> = faults.iter().map(KeyFault::to_string).collect();
            assert!(faults.iter().any(|fault| fault == expected), "{faults:?}, not {expected:?}");
        }
    }
}

#[test]
fn a_table_without_rows_is_named() {
    let (full, empty) = (doubled(), data("billing", 0, &[("id", &id)]));
    for (left, right, sides) in [(&full, &empty, [false, true]), (&empty, &full, [true, false])] {
        let error = draft(&left.table(), &right.table()).unwrap_err();
        assert!(matches!(error, KeyError::NoRows { sides: found, .. } if found == sides), "{error:?}");
        assert_eq!(error.to_string(), "billing has no rows, so nothing tells which columns belong together");
    }
}
