//! Adjusting a draft: what is left out, turned off, confirmed and taken is what the rendered texts then compare.

use mst_sync::draft::{Draft, MarkKind, draft};
use mst_sync::source::Cell;

use super::rendered::{data, differing, id, mixed, text};
use super::{Data, mappings, records};

/// Two tables whose pairs need a rule of nearly every kind.
fn tables() -> [Data; 2] {
    let name = |row: usize| format!("Name{} Of{}", mixed(row) % 977, mixed(row) % 13);
    let class = |row: usize| if row % 100 == 7 { 3 } else { mixed(row) as usize % 3 };
    let at = |row: usize| 1_750_000_000_000 + i128::from(mixed(row) % 10_000_000) * 1000 + (row % 900) as i128 + 1;
    let local = |row: usize| {
        let moment = jiff::Timestamp::from_second(1_761_393_600 + row as i64 * 480).unwrap().in_tz("Europe/Berlin");
        text(moment.unwrap().strftime("%d.%m.%Y %H:%M:%S").to_string())
    };
    let left = data(
        "left",
        400,
        &[
            ("id", &id),
            ("upper", &|row| text(name(row))),
            ("padded", &|row| text(name(row + 7000))),
            ("seen", &|row| if row % 5 == 0 { Cell::Null } else { text(name(row + 1000)) }),
            ("state", &|row| text(["new", "paid", "void", "lost"][class(row)])),
            ("at", &|row| Cell::Int(at(row))),
            ("number", &|row| text(format!("{:06}", mixed(row + 3000) % 90_000))),
            ("changed", &|row| Cell::Int(1_761_393_600 + row as i128 * 480)),
            ("unpaired", &|row| text(format!("u{}", mixed(row + 90_000)))),
        ],
    );
    let right = data(
        "right",
        400,
        &[
            ("id", &id),
            ("a", &|row| text(name(row).to_uppercase())),
            ("b", &|row| text(format!("{:<18}", name(row + 7000)))),
            ("c", &|row| text(if row % 5 == 0 { "N/A".to_owned() } else { name(row + 1000) })),
            ("t", &|row| text(["1", "2", "3", "9"][class(row)])),
            ("d", &|row| Cell::Int(at(row) / 1000)),
            ("n", &|row| text((mixed(row + 3000) % 90_000).to_string())),
            ("l", &local),
            ("alone", &|row| text(format!("v{}", mixed(row + 80_000)))),
        ],
    );
    [left, right]
}

fn drafted() -> (Draft, Data, Data) {
    let [left, right] = tables();
    (draft(&left.table(), &right.table()).unwrap(), left, right)
}

/// The rows in which the field of this pair is valid on both sides and the same.
fn agreeing(draft: &Draft, left: &Data, right: &Data, field: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let [l, r] = mappings(draft, folder.path());
    let (l, r) = (records(&l, left), records(&r, right));
    l.iter().filter(|(key, fields)| fields[field].is_some() && r[*key][field] == fields[field]).count()
}

/// Every rule that can be turned off makes its rows differ, is told, and comes back as it was.
#[test]
fn rules_are_turned_off_and_on() {
    let (original, left, right) = drafted();
    assert_eq!(original.pairs.len(), 7, "{:?}", original.undecided);
    let marks: Vec<(String, MarkKind)> =
        original.unconfirmed().map(|(field, mark)| (field.to_owned(), mark.kind)).collect();
    let mut turned = Vec::new();
    for (field, kind) in marks {
        let mut draft = original.clone();
        let before = draft.pairs.iter().find(|pair| pair.field.field.name == field).unwrap().clone();
        let mark = before.field.marks.iter().find(|mark| mark.kind == kind).unwrap();
        assert_eq!(before.evidence.agreeing, agreeing(&draft, &left, &right, &field), "{field}");
        if !draft.turn_off(&field, kind) {
            assert_eq!(draft, original, "{field} without {kind:?} was refused and changed");
            continue;
        }
        let after = draft.pairs.iter().find(|pair| pair.field.field.name == field).unwrap();
        assert_eq!(after.evidence.agreeing, before.evidence.agreeing - mark.rows, "{field} {kind:?}");
        assert_eq!(after.evidence.agreeing, agreeing(&draft, &left, &right, &field), "{field} {kind:?}");
        assert!(mark.rows > 0 && !mark.examples.is_empty() && mark.examples.len() <= 3, "{mark:?}");
        assert!(after.evidence.notes.iter().any(|note| note.starts_with("turned off: ")), "{after:?}");
        assert!(!draft.unconfirmed().any(|(name, mark)| name == field && mark.kind == kind));
        assert!(!draft.turn_off(&field, kind), "it is off already");
        turned.push((field.clone(), kind));
        assert!(draft.turn_on(&field, kind));
        assert!(!draft.turn_on(&field, kind), "it is on already");
        assert_eq!(draft, original, "{field} {kind:?}");
    }
    let expected = [
        ("a", MarkKind::Case),
        ("padded", MarkKind::Trim),
        ("seen", MarkKind::NullText),
        ("t", MarkKind::Map),
        ("at", MarkKind::Rounding),
        ("number", MarkKind::LeadingZeros),
    ];
    let kinds: Vec<MarkKind> = turned.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(kinds, expected.map(|(_, kind)| kind), "{turned:?}");
}

/// Without a choice for times that clocks showed twice, rows break the contract: it cannot be turned off.
#[test]
fn a_rule_that_is_needed_stays() {
    let (mut draft, ..) = drafted();
    let (field, kinds): (String, Vec<MarkKind>) = draft
        .pairs
        .iter()
        .find(|pair| pair.field.left == "changed")
        .map(|pair| (pair.field.field.name.clone(), pair.field.marks.iter().map(|mark| mark.kind).collect()))
        .unwrap();
    assert!(kinds.contains(&MarkKind::Fold), "{kinds:?}");
    for kind in kinds {
        assert!(!draft.turn_off(&field, kind), "{kind:?}");
    }
    assert!(!draft.turn_off("no such field", MarkKind::Case));
    assert!(!draft.turn_off("id", MarkKind::Case));
}

#[test]
fn pairs_are_left_out_and_put_back_where_they_were() {
    let (original, left, right) = drafted();
    let fields: Vec<String> = original.pairs.iter().map(|pair| pair.field.field.name.clone()).collect();
    for (index, field) in fields.iter().enumerate() {
        let mut draft = original.clone();
        assert!(draft.leave_out(field) && !draft.leave_out(field));
        assert_eq!((draft.pairs.len(), draft.left_out.len()), (fields.len() - 1, 1));
        let pair = &draft.left_out[0].field;
        let [not_left, not_right] = draft.not_compared();
        assert!(not_left.contains(&pair.left) && not_right.contains(&pair.right));
        let contract = draft.render("", "").contract;
        assert!(contract.contains(&format!("# Not compared by choice: {} = {}.\n", pair.left, pair.right)));
        let folder = tempfile::tempdir().unwrap();
        let [l, _] = mappings(&draft, folder.path());
        assert!(records(&l, &left).values().all(|fields| !fields.contains_key(field)));
        assert!(draft.put_back(field) && !draft.put_back(field));
        assert_eq!(draft, original, "{index}");
    }
    assert_eq!(original.not_compared(), [vec!["unpaired".to_owned()], vec!["alone".to_owned()]]);
    let mut draft = original.clone();
    assert!(!draft.leave_out("id") && !draft.put_back("id"), "the key is always compared");
    assert_eq!(differing(&draft, &left, &right), differing(&original, &left, &right));
    assert!(!draft.put_back("no such field"));
}

#[test]
fn rules_are_confirmed_one_by_one_or_all_at_once() {
    let (original, ..) = drafted();
    let rules: Vec<(String, MarkKind)> =
        original.unconfirmed().map(|(field, mark)| (field.to_owned(), mark.kind)).collect();
    let mut one_by_one = original.clone();
    for (number, (field, kind)) in rules.iter().enumerate() {
        assert_eq!(one_by_one.unconfirmed().count(), rules.len() - number);
        assert!(one_by_one.confirm(field, *kind));
    }
    assert!(one_by_one.is_confirmed() && !original.is_confirmed());
    assert!(!one_by_one.confirm("t", MarkKind::Day));
    let mut all = original.clone();
    all.confirm_all();
    assert_eq!(all, one_by_one);
    assert!(all.pairs.iter().any(|pair| !pair.field.marks.is_empty()), "confirmed rules stay visible");
    assert!(all.render("", "").contract.contains("# Confirmed: a map of values"));
    // What was confirmed stays so when it is turned off and on again.
    let field = rules.iter().find(|(_, kind)| *kind == MarkKind::Map).map(|(field, _)| field.clone()).unwrap();
    assert!(all.turn_off(&field, MarkKind::Map) && all.turn_on(&field, MarkKind::Map));
    assert_eq!(all, one_by_one);
}

#[test]
fn a_proposed_entry_of_a_map_is_taken() {
    let (mut draft, left, right) = drafted();
    let pair = draft.pairs.iter().find(|pair| pair.field.left == "state").unwrap();
    let (field, before) = (pair.field.field.name.clone(), pair.evidence.agreeing);
    assert_eq!(before, 396);
    assert!(!draft.take_entry(&field, "new") && !draft.take_entry("a", "lost"));
    // A map that is turned off takes no entries, and has them when it is turned on again.
    assert!(draft.turn_off(&field, MarkKind::Map) && !draft.take_entry(&field, "lost"));
    assert!(draft.turn_on(&field, MarkKind::Map) && draft.take_entry(&field, "lost"));
    assert!(!draft.take_entry(&field, "lost"), "it is taken already");
    let pair = draft.pairs.iter().find(|pair| pair.field.left == "state").unwrap();
    assert_eq!((pair.evidence.agreeing, pair.evidence.proposed.len()), (400, 0));
    assert!(pair.field.marks.iter().any(|mark| mark.text.contains("lost = 9")), "{:?}", pair.field.marks);
    assert_eq!(agreeing(&draft, &left, &right, &field), 400);
}

#[test]
fn an_undecided_pair_is_put_back() {
    let amount = |row: usize| Cell::Int(i128::from(mixed(row) % 150));
    let other = |row: usize| Cell::Int(i128::from(mixed(row + 5000) % 150));
    let left = data("left", 200, &[("id", &id), ("net", &amount), ("x", &other)]);
    let right = data("right", 200, &[("id", &id), ("gross", &amount), ("total", &amount), ("x", &other)]);
    let mut draft = draft(&left.table(), &right.table()).unwrap();
    let field = draft.undecided[0].proposal.field.field.name.clone();
    assert!(draft.not_compared()[0].contains(&"net".to_owned()));
    assert!(draft.put_back(&field));
    assert_eq!((draft.pairs.len(), draft.undecided.len()), (2, 0));
    assert!(draft.not_compared()[0].is_empty());
    let note = draft.pairs.iter().flat_map(|pair| &pair.evidence.notes).find(|note| note.contains("by choice"));
    assert!(note.is_some(), "{:?}", draft.pairs);
    assert_eq!(differing(&draft, &left, &right), 0);
}

/// The rows that are shown are rows that differ, with the values of the sources.
#[test]
fn differing_rows_are_shown_with_their_keys() {
    let amount = |row: usize| i128::from(mixed(row) % 5000);
    let left = data("left", 300, &[("id", &id), ("amount", &|row| Cell::Int(amount(row)))]);
    let right = |row: usize| if row % 50 == 7 { Cell::Null } else { text(amount(row).to_string()) };
    let right = data("right", 300, &[("ref", &|row| text(format!("ord-{}", row + 1))), ("sum", &right)]);
    let draft = draft(&left.table(), &right.table()).unwrap();
    let evidence = &draft.pairs[0].evidence;
    let shown: Vec<_> = evidence.examples.iter().map(|row| (&*row.key, row.left.clone(), row.right.clone())).collect();
    let value = |row: usize| Some(amount(row).to_string());
    assert_eq!(shown, [("ord-8", value(7), None), ("ord-58", value(57), None), ("ord-108", value(107), None)]);
    assert_eq!((evidence.agreeing, evidence.broken), (294, 0));
}
