//! Drafting beside the reading of large tables.

use std::time::{Duration, Instant};

use mst_sync::draft::{Column, Sampler, Table, draft, key_candidates};
use mst_sync::source::Cell;

/// The drafting of two tables takes this long beside the reading, at most.
const MAX_DURATION: Duration = Duration::from_secs(3);

fn table(name: &str, rows: i128, spent: &mut Duration) -> Table {
    let columns: Vec<String> =
        ["id", "ref", "amount", "at", "state", "note", "count", "flag"].map(str::to_owned).to_vec();
    let mut sampler = Sampler::new(columns.len(), &key_candidates(&columns, &["id".to_owned()]));
    for row in 0..rows {
        let mixed = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24 & 0xffff_ffff;
        let (reference, note) = (format!("ord-{row}"), format!("note {}", mixed % 1_000));
        let cells = [
            Cell::Int(row),
            Cell::Text(reference.into()),
            Cell::Int(mixed % 100_000),
            Cell::Int(1_700_000_000 + mixed % 30_000_000),
            Cell::Text(["open", "paid", "void"][mixed as usize % 3].into()),
            Cell::Text(note.into()),
            Cell::Int(mixed % 7),
            Cell::Bool(mixed % 2 == 0),
        ];
        let start = Instant::now();
        sampler.push(&cells);
        *spent += start.elapsed();
    }
    Table {
        name: name.to_owned(),
        columns: columns.iter().map(Column::named).collect(),
        unique: Vec::new(),
        empty_is_open: false,
        sample: sampler.finish(),
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "the times are the result")]
#[ignore = "reads two million rows, and is in time only with optimization"]
fn a_million_rows_a_side_are_drafted_in_time() {
    let mut spent = Duration::ZERO;
    let (left, right) = (table("left", 1_000_000, &mut spent), table("right", 999_000, &mut spent));
    let sampled = spent;
    let start = Instant::now();
    let draft = mst_sync::draft::draft_with_key(&left, &right, &[("id".to_owned(), "id".to_owned())]);
    assert_eq!(draft.unwrap().pairs.len(), 7);
    let given = start.elapsed();
    let start = Instant::now();
    let found = draft_is_ambiguous(&left, &right);
    spent += start.elapsed();
    eprintln!("sampling {sampled:?}, drafting with a key {given:?}, finding the key {:?} {found}", start.elapsed());
    assert!(spent < MAX_DURATION, "{spent:?}");
}

/// `id` and `ref` fit alike.
fn draft_is_ambiguous(left: &Table, right: &Table) -> bool {
    draft(left, right).is_err()
}
