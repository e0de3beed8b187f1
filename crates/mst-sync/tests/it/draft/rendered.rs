//! The texts of a draft are a contract and mappings, whatever is in names and values.

use mst_sync::draft::{Draft, MarkKind, draft, draft_with_key};
use mst_sync::source::Cell;

use super::{Data, mappings, records};

pub(super) fn text(text: impl Into<String>) -> Cell<'static> {
    Cell::Text(text.into().into())
}

/// A table of so many rows, each column made from the number of the row.
pub(super) fn data(name: &str, rows: usize, columns: &[(&str, &dyn Fn(usize) -> Cell<'static>)]) -> Data {
    Data {
        name: name.to_owned(),
        columns: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
        rows: (0..rows).map(|row| columns.iter().map(|(_, make)| make(row)).collect()).collect(),
        ..Data::default()
    }
}

/// A number that looks random.
pub(super) fn mixed(row: usize) -> u64 {
    let z = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 40
}

pub(super) fn id(row: usize) -> Cell<'static> {
    Cell::Int(row as i128 + 1)
}

pub(super) fn kinds(draft: &Draft) -> Vec<MarkKind> {
    let pairs = draft.pairs.iter().map(|pair| &pair.field);
    draft.key.iter().chain(pairs).flat_map(|field| field.marks.iter().map(|mark| mark.kind)).collect()
}

/// The records of both sides that differ, in the contract of the draft.
pub(super) fn differing(draft: &Draft, left: &Data, right: &Data) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let [l, r] = mappings(draft, folder.path());
    let (l, r) = (records(&l, left), records(&r, right));
    assert!(l.keys().eq(r.keys()), "the keys are the same");
    l.iter().filter(|(key, fields)| r[*key] != **fields || fields.values().any(Option::is_none)).count()
}

#[test]
fn names_and_values_of_any_kind_are_written() {
    let odd = "a \"b\"\\c\n.[d] = #é\u{7f}";
    let state = |row: usize| ["x\"1\n", "y\\2", "z#3"][mixed(row) as usize % 3];
    let word = |row: usize| ["new\t", "'paid'", "{off}"][mixed(row) as usize % 3];
    let amount = |row: usize| Cell::Int(i128::from(mixed(row) % 900));
    let left = data("le\nft", 300, &[("id", &id), (odd, &move |row| text(state(row))), ("n", &amount)]);
    let right = data("right", 300, &[("id", &id), ("s.t", &move |row| text(word(row))), ("n", &amount)]);
    let draft = draft(&left.table(), &right.table()).unwrap();
    assert_eq!(draft.pairs.len(), 2);
    assert_eq!(kinds(&draft), [MarkKind::Map]);
    assert_eq!(differing(&draft, &left, &right), 0);
    let rendered = draft.render("[source]", "[source]");
    assert!(rendered.contract.contains("# Confirm: a map of values"), "{}", rendered.contract);
    assert!(rendered.contract.contains("The key joins 300 of 300 sampled rows"), "{}", rendered.contract);
}

#[test]
fn rules_that_overlook_something_are_marked_and_small_gains_are_not_taken() {
    let name = |row: usize| format!("Name{} Of{}", mixed(row) % 977, mixed(row) % 13);
    let at = |row: usize| 1_750_000_000_000 + i128::from(mixed(row)) * 1000 + (row % 900) as i128 + 1;
    let left = data(
        "left",
        400,
        &[
            ("id", &id),
            ("upper", &|row| text(name(row))),
            ("padded", &|row| text(name(row + 7000))),
            ("noisy", &|row| text(name(row + 9000))),
            ("at", &|row| Cell::Int(at(row))),
            ("seen", &|row| if row % 5 == 0 { Cell::Null } else { text(name(row + 1000)) }),
        ],
    );
    let right = data(
        "right",
        400,
        &[
            ("id", &id),
            ("a", &|row| text(name(row).to_uppercase())),
            ("b", &|row| text(format!("{:<18}", name(row + 7000)))),
            ("c", &|row| text(if row % 20 == 0 { name(row + 9000).to_lowercase() } else { name(row + 9000) })),
            ("d", &|row| Cell::Int(at(row) / 1000)),
            ("e", &|row| text(if row % 5 == 0 { "N/A".to_owned() } else { name(row + 1000) })),
        ],
    );
    let draft = draft(&left.table(), &right.table()).unwrap();
    let marks: Vec<_> = draft.pairs.iter().map(|pair| (&*pair.field.right, pair.field.marks.len())).collect();
    assert_eq!(marks, [("a", 1), ("b", 1), ("c", 0), ("d", 1), ("e", 1)]);
    assert_eq!(kinds(&draft), [MarkKind::Case, MarkKind::Trim, MarkKind::Rounding, MarkKind::NullText]);
    let noisy = &draft.pairs[2];
    assert_eq!((noisy.evidence.agreeing, noisy.evidence.notes.len()), (380, 1), "{noisy:?}");
    assert_eq!(differing(&draft, &left, &right), 20, "the rows that differ in case only");
}

#[test]
fn rare_entries_of_a_map_are_proposed_and_their_rows_differ() {
    let class = |row: usize| if row % 100 == 7 { 3 } else { mixed(row) as usize % 3 };
    let left = data("left", 400, &[("id", &id), ("s", &|row| text(["new", "paid", "void", "lost"][class(row)]))]);
    let right = data("right", 400, &[("id", &id), ("t", &|row| text(["1", "2", "3", "9"][class(row)]))]);
    let draft = draft(&left.table(), &right.table()).unwrap();
    let entries = &draft.pairs[0].evidence.proposed;
    let entries: Vec<_> = entries.iter().map(|entry| (&*entry.left, &*entry.right, entry.rows)).collect();
    assert_eq!(entries, [("lost", "9", 4)]);
    assert_eq!(differing(&draft, &left, &right), 4);
    let contract = draft.render("", "").contract;
    assert!(contract.contains("# Not decided, not in the map: lost = 9, seen in 4 rows.\n"), "{contract}");
}

#[test]
fn texts_that_look_like_numbers_stay_texts_if_two_of_them_are_one_number() {
    let version = |row: usize| format!("1.{}", mixed(row) % 31);
    let price = |row: usize| format!("{}.{:02}", mixed(row + 7) % 90, mixed(row) % 100);
    let columns: [(&str, &dyn Fn(usize) -> Cell<'static>); 3] =
        [("id", &id), ("version", &|row| text(version(row))), ("price", &|row| text(price(row)))];
    let left = data("left", 400, &columns);
    let mut right = left.clone();
    let (one, ten) = (text("1.1"), text("1.10"));
    let row = left.rows.iter().position(|row| row[1] == one).unwrap();
    right.rows[row][1] = ten;
    let draft = draft(&left.table(), &right.table()).unwrap();
    let types: Vec<_> = draft.pairs.iter().map(|pair| pair.field.field.ty.to_string()).collect();
    assert_eq!(types, ["text", "decimal(2)"]);
    assert!(draft.is_confirmed());
    assert_eq!(differing(&draft, &left, &right), 1);
}

#[test]
fn an_hour_that_clocks_showed_twice_is_marked() {
    // From noon of 2025-10-25 in UTC, every eight minutes.
    let at = |row: usize| 1_761_393_600 + row as i64 * 480;
    let local = |row: usize| {
        let moment = jiff::Timestamp::from_second(at(row)).unwrap().in_tz("Europe/Berlin").unwrap();
        text(moment.strftime("%d.%m.%Y %H:%M:%S").to_string())
    };
    let left = data("left", 300, &[("id", &id), ("at", &|row| Cell::Int(at(row).into()))]);
    let right = data("right", 300, &[("id", &id), ("local", &local)]);
    let draft = draft(&left.table(), &right.table()).unwrap();
    assert!(kinds(&draft).contains(&MarkKind::Fold), "{:?}", kinds(&draft));
    let field = &draft.pairs[0].field;
    assert_eq!((field.right_steps.zone.as_deref(), field.right_steps.fold), (Some("Europe/Berlin"), Some("earlier")));
    // The later of both hours reads as the earlier one: these rows differ, and no row is broken.
    assert_eq!(differing(&draft, &left, &right), 7);
}

#[test]
fn days_against_times_are_marked() {
    let at = |row: usize| format!("2026-0{}-1{} 0{}:15:0{}", row % 9 + 1, row / 9 % 9, row % 7, mixed(row) % 10);
    let left = data("left", 200, &[("id", &id), ("at", &|row| text(at(row)))]);
    let right = data("right", 200, &[("id", &id), ("day", &|row| text(&at(row)[..10]))]);
    let draft = draft(&left.table(), &right.table()).unwrap();
    assert_eq!(kinds(&draft), [MarkKind::Day]);
    assert_eq!(differing(&draft, &left, &right), 0);
}

#[test]
fn constants_are_paired_by_name_where_names_are_right() {
    let number = |salt: usize| move |row: usize| Cell::Int(i128::from(mixed(row + salt) % 300));
    let (a, b, c) = (number(1), number(5000), number(9000));
    let constant = |_: usize| text("EUR");
    let left = data("left", 200, &[("id", &id), ("a", &a), ("b", &b), ("c", &c), ("currency", &constant)]);
    let right = data("right", 200, &[("id", &id), ("A", &a), ("b_", &b), ("c", &c), ("Currency", &constant)]);
    let draft = draft(&left.table(), &right.table()).unwrap();
    assert_eq!((draft.pairs.len(), kinds(&draft)), (4, vec![MarkKind::Name]));
    assert_eq!(differing(&draft, &left, &right), 0);
}

#[test]
fn two_columns_that_fit_alike_are_not_decided() {
    let amount = |row: usize| Cell::Int(i128::from(mixed(row) % 150));
    let other = |row: usize| Cell::Int(i128::from(mixed(row + 5000) % 150));
    let left = data("left", 200, &[("id", &id), ("net", &amount), ("x", &other)]);
    let right = data("right", 200, &[("id", &id), ("gross", &amount), ("total", &amount), ("x", &other)]);
    let draft = draft(&left.table(), &right.table()).unwrap();
    assert_eq!(draft.pairs.iter().map(|pair| &*pair.field.left).collect::<Vec<_>>(), ["x"]);
    assert_eq!(draft.undecided.len(), 1);
    assert!(draft.undecided[0].reasons[0].contains("agree in 200 rows"), "{:?}", draft.undecided);
}

#[test]
fn a_key_of_two_columns_is_found() {
    let order = |row: usize| Cell::Int(row as i128 / 3 + 1);
    let line = |row: usize| Cell::Int(row as i128 % 3 + 1);
    let amount = |row: usize| Cell::Int(i128::from(mixed(row) % 5000));
    // In the larger table the lines have far more rows than a sample keeps.
    for rows in [900, 30_000] {
        let left = data("left", rows, &[("order", &order), ("line", &line), ("amount", &amount)]);
        let mut right = data("right", rows, &[("n", &line), ("ref", &order), ("price", &amount)]);
        right.rows.reverse();
        let draft = draft(&left.table(), &right.table()).unwrap();
        let key: Vec<_> = draft.key.iter().map(|field| (&*field.left, &*field.right)).collect();
        assert_eq!(key, [("order", "ref"), ("line", "n")]);
        assert_eq!(differing(&draft, &left, &right), 0);
    }
}

#[test]
fn a_large_table_is_drafted_from_a_sample() {
    let amount = |row: usize| Cell::Int(i128::from(mixed(row) % 5000));
    let left = data("left", 20_000, &[("id", &id), ("amount", &amount)]);
    let reference = |row: usize| text(format!("PO:{:08}", 20_000 - row));
    let right = data("right", 20_000, &[("ref", &reference), ("price", &|row| amount(19_999 - row))]);
    let draft = draft(&left.table(), &right.table()).unwrap();
    assert!((1000..=2000).contains(&draft.key_evidence.joined), "{:?}", draft.key_evidence);
    assert_eq!(kinds(&draft), [MarkKind::LeadingZeros]);
    assert_eq!(differing(&draft, &left, &right), 0);
}

#[test]
fn a_key_can_be_given() {
    let constant = |_: usize| text("x");
    let left = data("left", 50, &[("id", &id), ("c", &constant)]);
    let error = draft(&left.table(), &left.table()).unwrap_err();
    assert_eq!(error.to_string(), "no columns of both tables identify the same records");
    let key = [("id".to_owned(), "id".to_owned())];
    let draft = draft_with_key(&left.table(), &left.table(), &key).unwrap();
    assert_eq!((draft.pairs.len(), &draft.left_only), (0, &vec!["c".to_owned()]));
    let error = draft_with_key(&left.table(), &left.table(), &[("id".to_owned(), "no".to_owned())]).unwrap_err();
    assert_eq!(error.to_string(), "no column no in left; there are id, c");
}

/// In a few rows nothing is proven by values: columns of one name are compared, and that they are is marked.
#[test]
fn small_tables_are_compared_by_the_names_of_their_columns() {
    let number = |row: usize| Cell::Int(row as i128 * 7);
    let word = |row: usize| text(["a", "b", "c", "d", "e"][row % 5]);
    let other = |row: usize| text(["a", "x", "y", "z", "e"][row % 5]);
    let left = data("left", 5, &[("id", &id), ("n", &number), ("Word", &word), ("alone", &word)]);
    let right = data("right", 5, &[("id", &id), ("word", &other), ("N", &number)]);
    let key = [("id".to_owned(), "id".to_owned())];
    let found = draft_with_key(&left.table(), &right.table(), &key).unwrap();
    let pairs: Vec<_> = found.pairs.iter().map(|pair| (&*pair.field.left, &*pair.field.right)).collect();
    assert_eq!(pairs, [("n", "N"), ("Word", "word")]);
    assert_eq!(kinds(&found), [MarkKind::Name, MarkKind::Name]);
    assert_eq!(differing(&found, &left, &right), 3);
    assert_eq!((&found.left_only, found.right_only.len()), (&vec!["alone".to_owned()], 0));
    // Where most names differ, they say nothing.
    let right = data("right", 5, &[("id", &id), ("word", &other), ("x", &number), ("y", &word), ("z", &other)]);
    let found = draft_with_key(&left.table(), &right.table(), &key).unwrap();
    assert_eq!(found.pairs.len(), 0, "{:?}", found.pairs);
}
