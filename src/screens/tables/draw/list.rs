//! The lines of the draft: what is compared with what, and how many rows agree.

use mst_sync::draft::MarkKind;
use mst_types::escape_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line as TextLine, Span};
use unicode_width::UnicodeWidthStr;

use crate::model::text::{cut, thousands};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::tables::TablesScreen;
use crate::screens::tables::expression::expression;
use crate::screens::tables::page::{Line, Page, Shown, Standing};

/// From these widths of the list on it has room for the names of the fields, their types and whole numbers, in columns.
/// Types are left out too where a cell would be cut for them, unless there is this much room.
const WITH_FIELDS: usize = 110;
const WITH_TYPES: usize = 72;
const ALWAYS_TYPES: usize = 90;
const WITH_NUMBERS: usize = 56;
/// The columns of the sign before each line.
const SIGN: usize = 4;
/// The widest name of a field and the widest type.
const FIELD: usize = 18;
const TYPE: usize = 14;
const BETWEEN: &str = " ↔ ";

/// The cells of a line.
struct Cells {
    sign: (&'static str, Role),
    field: String,
    left: String,
    right: String,
    agreement: String,
    ty: String,
    note: (String, Role),
    is_dim: bool,
}

pub(super) fn draw(screen: &TablesScreen, page: &Page, buf: &mut Buffer) {
    let (area, inside) = (screen.areas.list, screen.areas.list_inside());
    let focused = !page.is_in_details && !screen.layers.is_open();
    paint::frame(screen, area, "Draft", focused, buf);
    paint::scrollbar(screen, area, &page.cursor, page.lines.len(), buf);
    let width = usize::from(inside.width);
    let hides_values = screen.hides_values();
    let cells: Vec<_> = page.lines.iter().map(|line| cells(page, line, width, hides_values)).collect();
    let widths = Widths::of(&cells, width);
    let window = page.cursor.window(cells.len());
    for (row, (at, cells)) in cells.iter().enumerate().take(window.end).skip(window.start).enumerate() {
        let line_area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        let words = match cells {
            Some(cells) => widths.line(screen, cells),
            None => only(screen, page, at, width),
        };
        buf.set_line(line_area.x, line_area.y, &TextLine::from(words), line_area.width);
        if at == page.cursor.selected {
            paint::cursor_line(screen.shared.theme, line_area, focused, buf);
        }
    }
}

/// `–  left only: warehouse, margin`
fn only(screen: &TablesScreen, page: &Page, at: usize, width: usize) -> Vec<Span<'static>> {
    let (side, columns) = match page.lines.get(at) {
        Some(Line::Only(0)) => ("left", &page.draft.left_only),
        _ => ("right", &page.draft.right_only),
    };
    let text = format!(" –  {side} only: {}", escape_text(&columns.join(", ")));
    vec![Span::styled(cut(&text, width), screen.shared.theme.style(Role::Dim))]
}

/// The cells of a line; none for the columns without a partner.
fn cells(page: &Page, line: &Line, width: usize, hides_values: bool) -> Option<Cells> {
    let Line::Field(name) = line else { return None };
    let shown = page.field(name)?;
    let drafted = shown.field;
    let with = |from: usize, text: String| if width >= from { text } else { String::new() };
    Some(Cells {
        sign: sign(&shown),
        field: with(WITH_FIELDS, cut(&escape_text(name), FIELD)),
        left: expression(&drafted.left, &drafted.left_steps, hides_values),
        right: expression(&drafted.right, &drafted.right_steps, hides_values),
        agreement: agreement(page, &shown, width),
        ty: with(WITH_TYPES, cut(&drafted.field.ty.to_string(), TYPE)),
        note: with_note(&shown),
        is_dim: matches!(shown.standing, Standing::LeftOut | Standing::Undecided),
    })
}

fn sign(shown: &Shown<'_>) -> (&'static str, Role) {
    match (shown.standing, shown.needs_confirmation()) {
        (Standing::Key, false) => ("key ", Role::Title),
        (Standing::Key, true) => ("key!", Role::Doubtful),
        (Standing::Compared, false) => (" ✓  ", Role::Good),
        (Standing::Compared, true) => (" !  ", Role::Doubtful),
        (Standing::Undecided, _) => (" ?  ", Role::Doubtful),
        (Standing::LeftOut, _) => (" –  ", Role::Dim),
    }
}

/// `1,989 of 1,997 agree`, or a share where there is little room.
fn agreement(page: &Page, shown: &Shown<'_>, width: usize) -> String {
    if shown.standing == Standing::LeftOut {
        return if width >= WITH_NUMBERS { "left out".to_owned() } else { "out".to_owned() };
    }
    let key = &page.draft.key_evidence;
    let (agreeing, of, word) = match shown.evidence {
        Some(evidence) => (evidence.agreeing, evidence.of, "agree"),
        None => (key.joined, key.of, "meet"),
    };
    if page.draft.is_multiset() {
        return "by name".to_owned();
    }
    if width >= WITH_NUMBERS {
        return format!("{} of {} {word:5}", thousands(agreeing as u64), thousands(of as u64));
    }
    // 100 % is only said of all rows.
    let share = if of == 0 { 0.0 } else { (agreeing as f64 * 100.0 / of as f64).floor() };
    format!("{share:.0} %")
}

/// What the line needs, in a few words.
fn with_note(shown: &Shown<'_>) -> (String, Role) {
    match shown.standing {
        Standing::Undecided => return ("not decided, not compared".to_owned(), Role::Doubtful),
        Standing::LeftOut => return ("left out, not compared".to_owned(), Role::Dim),
        Standing::Key | Standing::Compared => {}
    }
    let mut kinds: Vec<MarkKind> = Vec::new();
    for mark in &shown.field.marks {
        if !kinds.contains(&mark.kind) && (!mark.is_confirmed || !shown.needs_confirmation()) {
            kinds.push(mark.kind);
        }
    }
    let nouns = kinds.iter().map(|kind| kind.noun()).collect::<Vec<_>>().join(", ");
    let off: Vec<_> = shown.field.turned_off.iter().map(|mark| mark.kind.noun()).collect();
    match (kinds.is_empty(), shown.needs_confirmation()) {
        (true, _) if !off.is_empty() => (format!("without the {}", off.join(", ")), Role::Dim),
        (true, _) => (String::new(), Role::Plain),
        (false, true) => (format!("to confirm: {nouns}"), Role::Doubtful),
        (false, false) => (format!("confirmed: {nouns}"), Role::Good),
    }
}

/// The widths of the columns.
struct Widths {
    field: usize,
    left: usize,
    right: usize,
    agreement: usize,
    ty: usize,
    note: usize,
}

impl Widths {
    fn of(cells: &[Option<Cells>], width: usize) -> Self {
        let widest = |of: &dyn Fn(&Cells) -> &str| cells.iter().flatten().map(|it| of(it).width()).max().unwrap_or(0);
        let gap = |width: usize| if width == 0 { 0 } else { width + 2 };
        let field = gap(widest(&|cells| &cells.field));
        let agreement = widest(&|cells| &cells.agreement);
        let ty = gap(widest(&|cells| &cells.ty));
        let (left, right) = (widest(&|cells| &cells.left), widest(&|cells| &cells.right));
        let others = SIGN + field + BETWEEN.width() + 2 + agreement;
        let is_cut = others + ty + left + right > width;
        let ty = if is_cut && width < ALWAYS_TYPES { 0 } else { ty };
        let room = width.saturating_sub(others + ty);
        let half = room / 2;
        let (left, right) = match (left <= half, right <= half) {
            (true, _) => (left, right.min(room - left)),
            (_, true) => (room - right, right),
            (false, false) => (half, room - half),
        };
        // A note needs room for a word or two.
        let note = room.saturating_sub(left + right + 2);
        Self { field, left, right, agreement, ty, note: if note >= 12 { note } else { 0 } }
    }

    fn line(&self, screen: &TablesScreen, cells: &Cells) -> Vec<Span<'static>> {
        let style = |role| screen.shared.theme.style(role);
        let base = if cells.is_dim { style(Role::Dim) } else { Style::new() };
        let padded = |text: &str, width: usize| {
            let text = cut(text, width);
            let blanks = width.saturating_sub(text.width());
            text + &" ".repeat(blanks)
        };
        let (sign, role) = cells.sign;
        let before = self.agreement.saturating_sub(cells.agreement.width());
        let mut spans = vec![
            Span::styled(sign, style(role)),
            Span::styled(padded(&cells.field, self.field), if cells.is_dim { base } else { style(Role::Strong) }),
            Span::styled(padded(&cells.left, self.left), base),
            Span::styled(BETWEEN, style(Role::Dim)),
            Span::styled(padded(&cells.right, self.right), base),
            Span::styled(format!("  {}{}", " ".repeat(before), cells.agreement), base),
        ];
        if self.ty > 0 {
            spans.push(Span::styled(format!("  {}", padded(&cells.ty, self.ty - 2)), style(Role::Dim)));
        }
        if self.note > 0 {
            let (note, role) = &cells.note;
            spans.push(Span::styled(format!("  {}", cut(note, self.note)), style(*role)));
        }
        spans
    }
}
