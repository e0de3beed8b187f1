//! A contract between two tables without a key: rows are compared as how many there are of each.
//!
//! Without a key no two rows belong together, so nothing can be learnt from values that stand side by side. Columns are
//! paired by their names, and a pair has the narrowest type that holds the values of both sides exactly.

use std::sync::Arc;

use super::decide::{folded, unique_names};
use super::evaluate::{JoinedSample, broken};
use super::key_field::field_name;
use super::model::{Draft, DraftedField, Evidence, KeyError, KeyEvidence, Mark, MarkKind, Pair, Steps, Undecided};
use super::one_type::{Found, column_type};
use super::options::DraftOptions;
use super::room::finer;
use super::sampler::SampledRow;
use super::table::Table;
use crate::cell::Cell;
use crate::contract::{Field, FieldType, Floats, Rules};
use crate::source::EmptyValue;

/// Drafts a contract under which the rows of both tables are counted.
pub(super) fn multiset(left: &Table, right: &Table, options: &DraftOptions) -> Result<Draft, KeyError> {
    let tables = [left, right];
    let rows = tables.map(Table::all_rows);
    let columns = tables.map(|table| table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>());
    let mut draft = Draft {
        tables: [left.name.clone(), right.name.clone()],
        sample: JoinedSample::new(&Vec::new(), columns.clone(), &[]),
        key: Vec::new(),
        key_evidence: KeyEvidence { joined: 0, of: 0, bits: 0.0, reason: "rows are counted, and have no key" },
        pairs: Vec::new(),
        undecided: Vec::new(),
        left_only: Vec::new(),
        right_only: Vec::new(),
        left_out: Vec::new(),
        excluded: Default::default(),
        csv_empty: tables.map(|table| table.empty_is_open.then_some(EmptyValue::Null)),
        columns,
    };
    for (l, r) in named_alike(left, right) {
        if !options.allows_pair(left.column_name(l), right.column_name(r)) {
            continue;
        }
        let sides = [Side::of(left, &rows[0], l), Side::of(right, &rows[1], r)];
        let (pair, unread) = pair(&sides);
        match unread {
            0 => draft.pairs.push(pair),
            unread => {
                let reason = format!("no type holds the values of both sides: {unread} sampled ones cannot be read");
                draft.undecided.push(Undecided { proposal: pair, reasons: vec![reason] });
            }
        }
    }
    if draft.pairs.is_empty() && draft.undecided.is_empty() {
        return Err(KeyError::NothingInCommon { tables: draft.tables, columns: draft.columns });
    }
    let undecided = draft.undecided.iter().map(|undecided| &undecided.proposal);
    let fields: Vec<&DraftedField> = draft.pairs.iter().chain(undecided).map(|pair| &pair.field).collect();
    let rest = |table: &Table, name: fn(&DraftedField) -> &String| {
        let is_paired = |column: &&String| fields.iter().any(|field| name(field) == *column);
        let names = table.columns.iter().map(|column| &column.name).filter(|column| !is_paired(column)).cloned();
        names.partition::<Vec<_>, _>(|column| options.excludes(column))
    };
    let (excluded_left, left_only) = rest(left, |field| &field.left);
    let (excluded_right, right_only) = rest(right, |field| &field.right);
    (draft.left_only, draft.right_only) = (left_only, right_only);
    draft.excluded = [excluded_left, excluded_right];
    unique_names(&mut draft);
    Ok(draft)
}

/// The pairs of columns of one name, or of names that differ only in case and `_`. A name that then fits several columns
/// pairs none of them.
fn named_alike(left: &Table, right: &Table) -> Vec<(usize, usize)> {
    let is_only = |table: &Table, name: &str| {
        table.columns.iter().filter(|column| folded(&column.name) == folded(name)).count() == 1
    };
    let partner = |name: &str| {
        let folded_once = || {
            let is_clear = is_only(left, name) && is_only(right, name);
            let index = right.columns.iter().position(|column| folded(&column.name) == folded(name));
            index.filter(|_| is_clear)
        };
        right.column_index(name).or_else(folded_once)
    };
    let names = left.columns.iter().map(|column| column.name.as_str()).enumerate();
    names.filter_map(|(l, name)| Some((l, partner(name)?))).collect()
}

/// One column of a pair.
struct Side<'t> {
    name: &'t str,
    cells: Vec<&'t Cell<'static>>,
    has_only_texts: bool,
    /// Whether a sampled row has a value.
    has_values: bool,
    found: Found,
}

impl<'t> Side<'t> {
    fn of(table: &'t Table, rows: &'t [Arc<SampledRow>], column: usize) -> Self {
        let cells: Vec<&Cell<'static>> = rows.iter().filter_map(|row| row.cells.get(column)).collect();
        let has_values = cells.iter().any(|cell| !matches!(cell, Cell::Null | Cell::Empty));
        let found = column_type(table.columns.get(column), &cells, table.empty_is_open, false);
        let name = table.column_name(column);
        Self { name, cells, has_only_texts: table.empty_is_open, has_values, found }
    }

    /// Whether nothing at all is known of the values.
    fn is_unknown(&self) -> bool {
        !self.has_values && self.found.ty == FieldType::Text
    }

    /// The steps that make text of the column.
    fn as_text(&self) -> Steps {
        let is_text = self.has_only_texts || self.found.ty == FieldType::Text;
        if is_text { self.found.steps.clone() } else { Steps { cast: Some("text"), ..Steps::default() } }
    }

    /// Whether every value is a number in plain digits, which may differ in zeros at their end.
    fn has_plain_numbers(&self) -> bool {
        let is_plain = |cell: &&Cell<'_>| match cell {
            Cell::Null | Cell::Empty => true,
            Cell::Text(text) => is_plain_number(text),
            _ => false,
        };
        self.found.ty == FieldType::Text && self.has_values && self.cells.iter().all(is_plain)
    }
}

/// Whether a text is a number without needless zeros before it, such as `-12.50`.
fn is_plain_number(text: &str) -> bool {
    const MAX_LENGTH: usize = 30;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_zero = !digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    are_digits(whole)
        && rest.is_none_or(are_digits)
        && (whole == "0" || !whole.starts_with('0'))
        && !(is_zero && digits != text)
        && text.len() <= MAX_LENGTH
}

/// The digits after the point in the longest of these texts.
fn text_digits(cells: &[&Cell<'static>]) -> u32 {
    let digits = |cell: &&Cell<'_>| match cell {
        Cell::Text(text) => text.split_once('.').map_or(0, |(_, digits)| digits.len()),
        _ => 0,
    };
    let most = cells.iter().map(digits).max().unwrap_or(0);
    u32::try_from(most).unwrap_or(u32::MAX)
}

/// A pair, and the number of sampled values that it cannot read.
fn pair(sides: &[Side<'_>; 2]) -> (Pair, usize) {
    let [left, right] = sides;
    let Common { ty, steps: [left_steps, right_steps], note, marks } = common(left, right);
    let has_floats = ty.has_floats() && sides.iter().any(|side| side.found.rules.floats == Floats::Shortest);
    let floats = if has_floats { Floats::Shortest } else { Floats::Refuse };
    let rules = Rules { nullable: true, floats, ..Rules::default() };
    let name = field_name(left.name, &left_steps, right.name, &right_steps);
    let field = DraftedField {
        left: left.name.to_owned(),
        right: right.name.to_owned(),
        field: Field { name, ty, rules },
        left_steps,
        right_steps,
        marks,
        turned_off: Vec::new(),
        drafted: None,
    };
    // Whether a text in a JSON field is a string or a JSON text depends on the source, which is not known here.
    let unread = match field.field.ty {
        FieldType::Json => 0,
        _ => [(0, left), (1, right)]
            .into_iter()
            .map(|(index, side)| broken(&field, index, side.cells.iter().copied()).unwrap_or(side.cells.len().max(1)))
            .sum(),
    };
    let evidence = Evidence {
        agreeing: 0,
        of: 0,
        by_chance: 0.0,
        runner_up: None,
        notes: vec![note],
        proposed: Vec::new(),
        broken: 0,
        examples: Vec::new(),
    };
    (Pair { field, evidence }, unread)
}

/// A type that both sides have in common, and how they make it.
struct Common {
    ty: FieldType,
    steps: [Steps; 2],
    note: String,
    marks: Vec<Mark>,
}

fn common(left: &Side<'_>, right: &Side<'_>) -> Common {
    let own = |ty: FieldType, note: String| Common {
        ty,
        steps: [left.found.steps.clone(), right.found.steps.clone()],
        note,
        marks: Vec::new(),
    };
    let reasons = || match left.found.reason == right.found.reason {
        true => format!("both sides: {}", left.found.reason),
        false => format!("left: {}; right: {}", left.found.reason, right.found.reason),
    };
    // A side without a value leaves the type to the other one.
    match (left.is_unknown(), right.is_unknown()) {
        (true, false) if right.found.ty != FieldType::Text => {
            let steps = [Steps::default(), right.found.steps.clone()];
            return Common { steps, ..own(right.found.ty.clone(), reasons()) };
        }
        (false, true) if left.found.ty != FieldType::Text => {
            let steps = [left.found.steps.clone(), Steps::default()];
            return Common { steps, ..own(left.found.ty.clone(), reasons()) };
        }
        _ => {}
    }
    let scale = |ty: &FieldType| match ty {
        FieldType::Int { .. } => Some(0),
        FieldType::Decimal { scale } => Some(*scale),
        _ => None,
    };
    let as_numbers = |texts: &Side<'_>, numbers: &FieldType| {
        let scale = scale(numbers).filter(|_| texts.has_plain_numbers())?;
        let ty = FieldType::Decimal { scale: scale.max(text_digits(&texts.cells)).min(38) };
        let effect = "texts are read as numbers, as those of the other side are: 1.5 and 1.50 are one number";
        let mark = Mark::new(MarkKind::Spelling, effect, 0);
        Some(Common { steps: Default::default(), marks: vec![mark], ..own(ty, reasons()) })
    };
    match (&left.found.ty, &right.found.ty) {
        (one, other) if one == other => own(one.clone(), reasons()),
        (FieldType::Timestamp(one), FieldType::Timestamp(other)) => {
            own(FieldType::Timestamp(finer(*one, *other)), reasons())
        }
        (FieldType::Time(one), FieldType::Time(other)) => own(FieldType::Time(finer(*one, *other)), reasons()),
        (FieldType::Duration(one), FieldType::Duration(other)) => {
            own(FieldType::Duration(finer(*one, *other)), reasons())
        }
        (one, other) => {
            if let (Some(one), Some(other)) = (scale(one), scale(other)) {
                return own(FieldType::Decimal { scale: one.max(other) }, reasons());
            }
            if let Some(common) = as_numbers(left, other).or_else(|| as_numbers(right, one)) {
                return common;
            }
            let note = format!("compared as text: {}", reasons());
            Common { steps: [left.as_text(), right.as_text()], ..own(FieldType::Text, note) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sampler::Sampler;
    use super::super::table::Column;
    use super::*;
    use crate::contract::Unit;

    /// A column `c` of a CSV file, or of a source with types.
    fn table(is_csv: bool, declared: &str, cells: &[Cell<'static>]) -> Table {
        let mut sampler = Sampler::new(1, &[0]);
        cells.iter().for_each(|cell| sampler.push(std::slice::from_ref(cell)));
        let declared = Some(declared.to_owned()).filter(|declared| !declared.is_empty());
        Table {
            name: "t".to_owned(),
            columns: vec![Column { declared, ..Column::named("c") }],
            unique: Vec::new(),
            empty_is_open: is_csv,
            sample: sampler.finish(),
        }
    }

    fn csv(texts: &[&'static str]) -> Table {
        let cell = |text: &&'static str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).into()) };
        table(true, "", &texts.iter().map(cell).collect::<Vec<_>>())
    }

    #[test]
    fn a_pair_has_a_type_that_both_sides_hold() {
        let (whole, text) = (FieldType::Int { signed: true, bits: 64 }, FieldType::Text);
        let decimal = |scale| FieldType::Decimal { scale };
        let typed = |declared: &str, cells: &[Cell<'static>]| table(false, declared, cells);
        let number = |text: &'static str| Cell::Number { text: text.into(), shift: 0 };
        let instant = |nanos| typed("", &[Cell::Instant(nanos)]);
        let words = || typed("text", &[Cell::Text("x".into())]);
        // Both tables, the type, whether each side is cast to text, and whether something is to be confirmed.
        let cases = [
            (csv(&["1", "2"]), csv(&["7"]), whole.clone(), [false; 2], false),
            (csv(&["1.0"]), csv(&["1.00"]), decimal(2), [false; 2], false),
            (csv(&["1"]), csv(&["1.00"]), decimal(2), [false; 2], false),
            (csv(&["1", ""]), csv(&["", ""]), whole.clone(), [false; 2], false),
            (csv(&[""]), csv(&[""]), text.clone(), [true; 2], false),
            (csv(&[]), typed("", &[Cell::Int(1)]), whole.clone(), [false; 2], false),
            (typed("numeric(9,3)", &[number("1.5")]), csv(&["1.5"]), decimal(3), [false; 2], false),
            (csv(&["1.5", "1.25"]), typed("real", &[Cell::Float64(1.5)]), decimal(2), [false; 2], true),
            (csv(&["1.5", "1.2578"]), typed("", &[Cell::Int(1)]), decimal(4), [false; 2], true),
            (csv(&["1.5", "1.25"]), csv(&["1", "1.255"]), text.clone(), [false; 2], false),
            (csv(&["1.5", "1.25"]), csv(&["1.5"]), decimal(2), [false; 2], true),
            // Leading zeros and signs are no plain numbers.
            (csv(&["007"]), typed("", &[Cell::Int(7)]), text.clone(), [false, true], false),
            (csv(&["+7", "8"]), typed("", &[Cell::Int(7)]), text.clone(), [false, true], false),
            (csv(&["-0", "8"]), typed("", &[Cell::Int(7)]), text.clone(), [false, true], false),
            (csv(&["7"]), words(), text.clone(), [false; 2], false),
            (typed("", &[Cell::Int(7)]), words(), text.clone(), [true, false], false),
            (typed("", &[Cell::Bool(true)]), typed("", &[Cell::Int(1)]), text.clone(), [true; 2], false),
            (typed("", &[Cell::Bool(true)]), csv(&["false"]), FieldType::Bool, [false; 2], false),
            (typed("", &[Cell::Date(7)]), csv(&["2024-02-29"]), FieldType::Date, [false; 2], false),
            (typed("", &[Cell::Date(7)]), words(), text.clone(), [true, false], false),
            (instant(1_000), instant(7), FieldType::Timestamp(Unit::Nano), [false; 2], false),
            (instant(1_000), csv(&["2024-02-29T00:00:00Z"]), FieldType::Timestamp(Unit::Micro), [false; 2], false),
            (instant(1_000), typed("", &[Cell::Time(7)]), text.clone(), [true; 2], false),
        ];
        for (left, right, ty, casts, needs_confirmation) in cases {
            for (one, other, casts) in [(&left, &right, casts), (&right, &left, [casts[1], casts[0]])] {
                let draft = multiset(one, other, &DraftOptions::default()).unwrap();
                let [pair] = draft.pairs.as_slice() else { panic!("{:?}", draft.undecided) };
                let drafted = &pair.field;
                let steps = [&drafted.left_steps, &drafted.right_steps].map(|steps| steps.cast == Some("text"));
                let found = (&drafted.field.ty, steps, !draft.is_confirmed());
                let cells = [one, other].map(|table| table.all_rows());
                assert_eq!(found, (&ty, casts, needs_confirmation), "{cells:?}");
                assert!(drafted.field.rules.nullable && draft.is_multiset());
            }
        }
    }

    #[test]
    fn values_without_a_text_form_are_not_compared_with_text() {
        let words = table(false, "text", &[Cell::Text("x".into()), Cell::Text("y".into())]);
        for cell in [Cell::Float64(1.5), Cell::Bytes([1, 2][..].into())] {
            let draft = multiset(&table(false, "", &[cell]), &words, &DraftOptions::default()).unwrap();
            assert_eq!((draft.pairs.len(), draft.undecided.len()), (0, 1));
            assert_eq!(draft.not_compared(), [["c"], ["c"]]);
        }
    }

    #[test]
    fn names_pair_columns_if_they_fit_one() {
        let named = |names: &[&str]| Table {
            columns: names.iter().map(|name| Column::named(*name)).collect(),
            ..table(true, "", &[])
        };
        for (left, right, pairs) in [
            (&["a", "b"][..], &["b", "a"][..], &[(0, 1), (1, 0)][..]),
            (&["order_id", "X"], &["OrderId", "x"], &[(0, 0), (1, 1)]),
            // The same name comes before one that is like it.
            (&["a_b", "ab"], &["ab", "a_b"], &[(0, 1), (1, 0)]),
            (&["a_b", "ab"], &["AB"], &[]),
            (&["AB"], &["a_b", "ab"], &[]),
            (&["a"], &["b"], &[]),
        ] {
            assert_eq!(named_alike(&named(left), &named(right)), pairs, "{left:?} {right:?}");
        }
    }
}
