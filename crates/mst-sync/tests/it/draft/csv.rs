//! Empty values of CSV files: null without quotes, empty text with them, and no difference hidden without a mark.
#![cfg(feature = "csv")]

use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::Path;

use mst_sync::draft::{MarkKind, draft};
use mst_sync::source::{Cell, CsvFormat, EmptyValue, Settings, Wanted, open};

use super::generator::Random;
use super::{Data, mappings, records};

/// The meaning of a value.
#[derive(Clone, PartialEq, Debug)]
enum Meaning {
    Nothing,
    Empty,
    Word(String),
}

/// How a side writes what is no word.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Writing {
    /// Null and empty text, each as what it is.
    Exact,
    /// Empty text for both.
    EmptyText,
    /// A word for null.
    Dash,
}

const FIELDS: usize = 4;

fn cell(meaning: &Meaning, writing: Writing) -> Cell<'static> {
    match (meaning, writing) {
        (Meaning::Word(word), _) => Cell::Text(word.clone().into()),
        (Meaning::Nothing, Writing::Exact) => Cell::Null,
        (Meaning::Nothing, Writing::Dash) => Cell::Text("-".into()),
        (Meaning::Nothing | Meaning::Empty, _) => Cell::Text("".into()),
    }
}

/// A CSV file of these rows: null is an empty value without quotes.
fn write_csv(path: &Path, columns: &[String], rows: &[Vec<Cell<'static>>]) {
    let mut out = columns.join(",");
    for row in rows {
        let value = |cell: &Cell<'_>| match cell {
            Cell::Text(text) if text.is_empty() => "\"\"".to_owned(),
            Cell::Text(text) => text.to_string(),
            _ => String::new(),
        };
        let _ = write!(out, "\n{}", row.iter().map(value).collect::<Vec<_>>().join(","));
    }
    out.push('\n');
    std::fs::write(path, out).unwrap();
}

fn read_csv(path: &Path, empty: EmptyValue) -> Data {
    let format = CsvFormat { empty, ..CsvFormat::default() };
    let settings = Settings::Csv { path: Some(path.to_owned()), format, encoding: None };
    let mut source = open(&settings, &Wanted::default()).unwrap();
    let mut data = Data {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        columns: source.columns().to_vec(),
        empty_is_open: empty == EmptyValue::Unsaid,
        ..Data::default()
    };
    let mut visit = |row: Result<mst_sync::source::Row<'_>, _>| {
        data.rows.push(row.unwrap().cells.iter().map(|cell| cell.borrowed().into_owned()).collect());
        ControlFlow::Continue(())
    };
    source.each(&mut visit).unwrap();
    data
}

/// What was seen over all random tables, so that the test shows that it tried something.
#[derive(Default, Debug)]
struct Seen {
    hidden_under_marks: usize,
    differences: usize,
    pairs: usize,
    marked: usize,
}

fn check(seed: u64, seen: &mut Seen) {
    let random = &mut Random::new(seed);
    let entities = 160;
    let folder = tempfile::tempdir().unwrap();
    let mut meanings: [Vec<Vec<Meaning>>; 2] = Default::default();
    let mut writings: Vec<[Writing; 2]> = Vec::new();
    for _ in 0..FIELDS {
        let (without, empty) = (*random.pick(&[0_u64, 30, 200, 500]), *random.pick(&[0_u64, 30, 200]));
        let (drift, only_blank) = (*random.pick(&[0_u64, 20, 60]), random.chance(500));
        let one = |random: &mut Random| match random.below(1000) {
            chance if chance < without => Meaning::Nothing,
            chance if chance < without + empty => Meaning::Empty,
            _ => Meaning::Word(format!("w{}", random.below(400))),
        };
        let left: Vec<Meaning> = (0..entities).map(|_| one(random)).collect();
        let right = left.iter().map(|meaning| match meaning {
            // What drifts is what this test is about: null becomes empty text and the other way round.
            Meaning::Nothing if random.chance(drift) => Meaning::Empty,
            Meaning::Empty if random.chance(drift) => Meaning::Nothing,
            Meaning::Word(_) if !only_blank && random.chance(drift) => Meaning::Nothing,
            meaning => meaning.clone(),
        });
        meanings[1].push(right.collect());
        meanings[0].push(left);
        let all = [Writing::Exact, Writing::Exact, Writing::EmptyText, Writing::Dash];
        writings.push([*random.pick(&all), *random.pick(&all)]);
    }
    let columns: Vec<String> = std::iter::once("id".to_owned()).chain((0..FIELDS).map(|f| format!("f{f}"))).collect();
    let sides: Vec<(Data, Data)> = [0, 1]
        .into_iter()
        .map(|side| {
            let row = |entity: usize| {
                let id = Cell::Text(format!("k{}", entity + 1).into());
                let cells = (0..FIELDS).map(|field| cell(&meanings[side][field][entity], writings[field][side]));
                std::iter::once(id).chain(cells).collect::<Vec<_>>()
            };
            let rows: Vec<_> = (0..entities).map(row).collect();
            let name = ["left", "right"][side];
            // Two files, or a file beside a database, which has a null of its own.
            if side == 0 || seed.is_multiple_of(2) {
                let path = folder.path().join(format!("{name}.csv"));
                write_csv(&path, &columns, &rows);
                (read_csv(&path, EmptyValue::Unsaid), read_csv(&path, EmptyValue::Null))
            } else {
                let data = Data { name: name.to_owned(), columns: columns.clone(), rows, ..Data::default() };
                (data.clone(), data)
            }
        })
        .collect();
    let Ok(draft) = draft(&sides[0].0.table(), &sides[1].0.table()) else { return };
    let right_empty = seed.is_multiple_of(2).then_some(EmptyValue::Null);
    assert_eq!(draft.csv_empty, [Some(EmptyValue::Null), right_empty]);
    let [left, right] = mappings(&draft, folder.path());
    let (left, right) = (records(&left, &sides[0].1), records(&right, &sides[1].1));
    for pair in &draft.pairs {
        seen.pairs += 1;
        let field = columns.iter().position(|column| *column == pair.field.left).unwrap() - 1;
        let is_marked = pair.field.marks.iter().any(|mark| mark.kind == MarkKind::NullText && !mark.is_confirmed);
        seen.marked += usize::from(is_marked);
        #[allow(clippy::needless_range_loop)] // Both sides have the entity at this place.
        for entity in 0..entities {
            let key = format!("k{}", entity + 1).into_bytes();
            let name = &pair.field.field.name;
            // A side that writes one text for two meanings has only one of them.
            let written = [0, 1].map(|side| {
                let meaning = &meanings[side][field][entity];
                match (meaning, writings[field][side]) {
                    (Meaning::Nothing, Writing::EmptyText) => Meaning::Empty,
                    (meaning, _) => meaning.clone(),
                }
            });
            let is_equal = left[&key][name] == right[&key][name];
            assert!(left[&key][name].is_some() && right[&key][name].is_some(), "seed {seed}: {pair:?}");
            match (written[0] == written[1], is_equal) {
                (false, true) if is_marked => seen.hidden_under_marks += 1,
                (false, true) => panic!("seed {seed}: {written:?} is hidden: {pair:?}"),
                (_, false) => seen.differences += 1,
                (true, true) => {}
            }
        }
    }
}

#[test]
fn null_and_empty_text_are_never_made_one_without_a_mark() {
    let mut seen = Seen::default();
    for seed in 0..60 {
        check(seed, &mut seen);
    }
    assert!(seen.pairs >= 120 && seen.marked >= 10, "{seen:?}");
    assert!(seen.hidden_under_marks >= 100 && seen.differences >= 100, "{seen:?}");
}
