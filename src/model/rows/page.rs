//! The page on the rows of one difference: how they compare now, their fields, their columns, and the steps between.

use mst_sync::contract::Values;
use mst_sync::ingest::Fetched;
use mst_sync::mapping::{Explained, Mapping};
use mst_sync::source::Settings;
use mst_types::escape_text;

use crate::model::diff::detail::{BETWEEN, Line, Manner, Row, Tone, broken, side_by_side, values};
use crate::model::diff::entry::Kind;
use crate::model::diff::marks::MarkedText;
use crate::model::item::ItemFormat;
use crate::model::rows::compared::{RowsNow, RowsOutcome, SideNow, SourceState, Unclear, record_type};
use crate::model::rows::steps::step_lines;
use crate::model::text::thousands;

/// What is known of the rows of a difference.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RowsState<'a> {
    /// Nothing, and nothing is being fetched.
    NotFetched,
    /// They are being fetched; this many rows were read on each side so far.
    Fetching([u64; 2]),
    /// They could not be fetched, for this reason.
    Failed(&'a str),
    Fetched(&'a RowsNow),
}

/// The width and the number of columns of a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageWidth {
    pub(crate) columns: usize,
    /// Whether both sides stand side by side.
    pub(crate) two: bool,
}

/// The names of the keys that the page names.
#[derive(Clone, Debug)]
pub(crate) struct PageKeys {
    /// Fetches the rows again.
    pub(crate) fetch: String,
    /// Stops fetching them.
    pub(crate) stop: String,
    /// Shows values that are redacted.
    pub(crate) values: String,
}

/// Whether the trees of these mappings store only fingerprints, so that the rows alone show fields.
pub(crate) fn has_fingerprints(mappings: &[Mapping; 2]) -> bool {
    mappings.iter().any(|mapping| matches!(mapping.contract.values, Values::Fingerprint(_)))
}

/// The progress of fetching in words.
pub(crate) fn fetching([left, right]: [u64; 2]) -> String {
    match left + right {
        0 => "fetching the rows …".to_owned(),
        _ => format!("fetching the rows … {} read on the left, {} on the right", thousands(left), thousands(right)),
    }
}

/// The lines above a difference as the trees have it: how its rows compare now.
pub(crate) fn head(
    state: RowsState<'_>,
    mappings: &[Mapping; 2],
    format: ItemFormat,
    width: PageWidth,
    keys: &PageKeys,
) -> Vec<Line> {
    let PageKeys { fetch, stop, values } = keys;
    let mut said = match state {
        RowsState::NotFetched => vec![(Tone::Doubtful, format!("the rows were not fetched; {fetch} fetches them"))],
        RowsState::Fetching(read) => vec![(Tone::Doubtful, format!("{}; {stop} stops", fetching(read)))],
        RowsState::Failed(why) => {
            vec![(Tone::Bad, format!("✗ {why}")), (Tone::Doubtful, format!("{fetch} tries again"))]
        }
        RowsState::Fetched(now) => compared(now, mappings, format),
    };
    if format == ItemFormat::Redacted && matches!(state, RowsState::Fetched(_)) {
        let hidden = format!("the rows are not shown while values are redacted; {values} shows values");
        said.push((Tone::Doubtful, hidden));
    }
    let mut lines: Vec<_> = said.into_iter().flat_map(|(tone, text)| statement(tone, text, width)).collect();
    lines.push(Line::Whole(None, Vec::new()));
    lines
}

/// How the rows compare now, and what has changed since the trees were built.
fn compared(now: &RowsNow, mappings: &[Mapping; 2], format: ItemFormat) -> Vec<(Tone, String)> {
    let is_redacted = format == ItemFormat::Redacted;
    let words = if is_redacted { Unclear::redacted } else { Unclear::words };
    let mut said = vec![match now.outcome {
        RowsOutcome::Agree if now.is_gone() => (Tone::Good, "= agrees now: no side has a row".to_owned()),
        RowsOutcome::Agree => (Tone::Good, "= agrees now: the rows of both sides have the same fields".to_owned()),
        RowsOutcome::OnlyLeft => (Tone::Doubtful, "− only the left has a row now".to_owned()),
        RowsOutcome::OnlyRight => (Tone::Doubtful, "+ only the right has a row now".to_owned()),
        RowsOutcome::Changed | RowsOutcome::WithinTolerance => {
            let paths: Vec<_> = now.changes().into_iter().map(|change| change.path).collect();
            // A path may name keys of a map, which are values.
            let names = if is_redacted { String::new() } else { format!(": {}", paths.join(", ")) };
            match now.outcome {
                RowsOutcome::WithinTolerance => {
                    (Tone::Doubtful, format!("≈ the rows differ within tolerance now{names}"))
                }
                _ => (Tone::Doubtful, format!("~ the rows differ now{names}")),
            }
        }
        RowsOutcome::NotCompared => {
            let why: Vec<_> = now.reasons(words).iter().map(|(side, why)| format!("{}: {why}", side.name())).collect();
            let mut text = format!("? cannot be compared now: {}", why.join("; "));
            for mapping in mappings {
                // The folders of a file would take up most of the line.
                text = text.replace(&*escape_text(&mapping.source.name()), &escape_text(&short_name(&mapping.source)));
            }
            (Tone::Bad, text)
        }
    }];
    for (side, name) in now.sides.iter().zip(["left", "right"]) {
        said.extend(change_since(side).map(|words| (Tone::Doubtful, format!("{name}: {words}"))));
    }
    said
}

/// What has become of a row since the tree was built, if that is certain.
pub(crate) fn change_since(side: &SideNow) -> Option<&'static str> {
    match &side.state {
        _ if !side.is_stale => None,
        SourceState::Gone => Some("its row is gone, changed since the tree was built"),
        SourceState::Unclear(Unclear::NotSeen(_)) => None,
        SourceState::Fields | SourceState::Unclear(_) => Some("its row has changed since the tree was built"),
    }
}

/// Whether the fields of the rows say more than the values in the trees.
fn shows_fields(now: &RowsNow, mappings: &[Mapping; 2]) -> bool {
    let has_fields = now.sides.iter().any(|side| side.fields().is_some());
    has_fields && (has_fingerprints(mappings) || now.sides.iter().any(|side| side.is_stale))
}

/// The fields of the rows of both sides, under a heading; nothing if the trees show the same.
pub(crate) fn fields(now: &RowsNow, mappings: &[Mapping; 2], manner: Manner, width: PageWidth) -> Vec<Line> {
    if manner.0 == ItemFormat::Redacted || !shows_fields(now, mappings) {
        return Vec::new();
    }
    let [left_type, right_type] = mappings.each_ref().map(record_type);
    let [left, right] = now.sides.each_ref().map(SideNow::fields);
    let mut lines = statement(Tone::Title, "Fields of the rows now".to_owned(), width);
    let changes = now.changes().into_iter().filter(|change| !change.path.is_empty());
    let changes: Vec<_> = changes.flat_map(|change| marked_line(Kind::Changed, change.to_string(), width)).collect();
    if !changes.is_empty() {
        lines.extend(changes);
        lines.push(Line::Whole(None, Vec::new()));
    }
    let (left, right) = (left.map(|bytes| (bytes, Some(&left_type))), right.map(|bytes| (bytes, Some(&right_type))));
    lines.extend(values(left, right, manner, width.columns, width.two).lines);
    lines.push(Line::Whole(None, Vec::new()));
    lines.extend(statement(Tone::Title, "In the trees".to_owned(), width));
    lines
}

/// The lines below a difference: the columns of both rows, and the steps from columns to fields.
pub(crate) fn foot(now: &RowsNow, mappings: &[Mapping; 2], format: ItemFormat, width: PageWidth) -> Vec<Line> {
    if format == ItemFormat::Redacted {
        return Vec::new();
    }
    let [left, right] = mappings;
    let [left_now, right_now] = &now.sides;
    let rows = [(left, left_now), (right, right_now)].map(|(mapping, side)| (mapping, side.row.as_ref()));
    if rows.iter().all(|(_, row)| row.is_none()) {
        return Vec::new();
    }
    let mut lines = vec![Line::Whole(None, Vec::new())];
    let titles = rows.map(|(mapping, row)| row_name(mapping, row));
    let [left_columns, right_columns] = rows.map(|(_, row)| row.map(columns).unwrap_or_default());
    lines.extend(titled(titles, (left_columns, right_columns), width));
    let [left_steps, right_steps] = rows.map(|(mapping, row)| row.map(|row| steps(row, mapping)).unwrap_or_default());
    lines.push(Line::Whole(None, Vec::new()));
    lines.extend(statement(Tone::Title, "Steps from columns to fields".to_owned(), width));
    let differing: Vec<_> = now.changes().into_iter().map(|change| change.path).collect();
    // The fields that differ come first.
    let differs = |field: &Explained| differing.iter().any(|path| begins_with(path, &field.field));
    for wanted in [true, false] {
        let longest = left_steps.len().max(right_steps.len());
        for index in 0..longest {
            let of = |steps: &[Explained]| steps.get(index).cloned();
            let (left, right) = (of(&left_steps), of(&right_steps));
            if left.as_ref().or(right.as_ref()).is_some_and(|field| differs(field) == wanted) {
                let texts = |field: Option<Explained>| field.as_ref().map(step_lines).unwrap_or_default();
                lines.extend(beside(texts(left), texts(right), width));
            }
        }
    }
    lines
}

/// `row 142 of left.sqlite, table orders`
fn row_name(mapping: &Mapping, row: Option<&Fetched>) -> String {
    let row = match row.map(|row| row.row) {
        None => "no row".to_owned(),
        Some(None) => "row".to_owned(),
        Some(Some(number)) => format!("row {}", thousands(number)),
    };
    format!("{row} of {}", escape_text(&short_name(&mapping.source)))
}

/// Where the rows of both sides stand, if they were fetched.
pub(crate) fn row_names(now: &RowsNow, mappings: &[Mapping; 2]) -> [(Kind, String); 2] {
    let ([left, right], [left_now, right_now]) = (mappings, &now.sides);
    [
        (Kind::OnlyLeft, row_name(left, left_now.row.as_ref())),
        (Kind::OnlyRight, row_name(right, right_now.row.as_ref())),
    ]
}

/// The name of a source, without the folders of its file.
fn short_name(source: &Settings) -> String {
    let path = match source {
        Settings::Csv { path, .. } | Settings::Ndjson { path, .. } => path.as_deref(),
        Settings::Sqlite { path, .. } | Settings::Parquet { path } => Some(path.as_path()),
        _ => None,
    };
    let name = source.name();
    match path.and_then(|path| path.file_name().map(|file| (path, file))) {
        Some((path, file)) => name.replacen(&path.display().to_string(), &file.display().to_string(), 1),
        None => name,
    }
}

/// Whether a path of a difference is that of a field, or of a part of it.
fn begins_with(path: &str, field: &str) -> bool {
    let field = escape_text(field);
    path.strip_prefix(&*field).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// The columns of a row with their values, one a line, the values below each other.
fn columns(row: &Fetched) -> Vec<String> {
    let names: Vec<_> = row.columns().map(|(column, cell)| (escape_text(column).into_owned(), cell)).collect();
    if names.is_empty() {
        return vec![row.line()];
    }
    let widest = names.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default().min(MAX_NAME);
    names.iter().map(|(name, cell)| format!("{name:widest$}  {cell}")).collect()
}

/// The widest name of a column to which the values of the others are aligned, in characters.
const MAX_NAME: usize = 24;

fn steps(row: &Fetched, mapping: &Mapping) -> Vec<Explained> {
    // A row that was fetched has the columns of its mapping.
    row.explain(mapping).unwrap_or_default()
}

/// Both sides under their titles.
fn titled(titles: [String; 2], (left, right): (Vec<String>, Vec<String>), width: PageWidth) -> Vec<Line> {
    let [left_title, right_title] = titles;
    if width.two {
        let mut lines = beside(vec![format!("− {left_title}")], vec![format!("+ {right_title}")], width);
        lines.extend(beside(left, right, width));
        return lines;
    }
    let mut lines = Vec::new();
    for (kind, title, columns) in [(Kind::OnlyLeft, left_title, left), (Kind::OnlyRight, right_title, right)] {
        lines.extend(statement(Tone::Title, format!("{} {title}", kind.glyph()), width));
        lines.extend(columns.into_iter().flat_map(|line| marked_line(kind, line, width)));
    }
    lines
}

/// Lines of both sides: beside each other, or first all of the left and then all of the right.
fn beside(left: Vec<String>, right: Vec<String>, width: PageWidth) -> Vec<Line> {
    let pieces = |line: String| vec![(line, false)];
    if width.two {
        let half = width.columns.saturating_sub(BETWEEN) / 2;
        let (mut left, mut right) = (left.into_iter(), right.into_iter());
        let rows = std::iter::from_fn(|| match (left.next(), right.next()) {
            (None, None) => None,
            (left, right) => Some(Row { left: left.map(pieces), right: right.map(pieces) }),
        });
        return rows.flat_map(|row| side_by_side(row, half)).collect();
    }
    let left = left.into_iter().flat_map(|line| marked_line(Kind::OnlyLeft, line, width));
    left.chain(right.into_iter().flat_map(|line| marked_line(Kind::OnlyRight, line, width))).collect()
}

/// A line of one kind, broken to the width.
fn marked_line(kind: Kind, text: String, width: PageWidth) -> Vec<Line> {
    broken(vec![(text, false)], width.columns).into_iter().map(|pieces| Line::Whole(Some(kind), pieces)).collect()
}

/// A statement, broken to the width.
fn statement(tone: Tone, text: String, width: PageWidth) -> Vec<Line> {
    let text_of = |pieces: Vec<MarkedText>| pieces.into_iter().map(|(text, _)| text).collect();
    broken(vec![(text, false)], width.columns).into_iter().map(|pieces| Line::Said(tone, text_of(pieces))).collect()
}
