//! The bytes of the node under the cursor: its fields, and beside them the bytes, tied to each other by the cursor.

use file_mst::inspect::node::{FieldKind, HashInputKind};
use file_mst::inspect::segments::is_reachable;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::model::bytes::{Class, FieldLine, NodeBytes, Types, hash_input_name, part};
use crate::model::item::{self, ItemFormat, redacted};
use crate::model::jump::Jump;
use crate::model::text::{count, cut, offset};
use crate::runtime::input::action::{Action, Common, Motion, TreeAction};
use crate::runtime::input::keymap;
use crate::runtime::report::{Computed, RenderContext, Report, ReportFeed, ReportOutcome, ReportRow, Request, Words};
use crate::runtime::theme::{Role, Theme};

/// The bytes of a line.
const IN_LINE: usize = 16;
/// The columns in which a line is said whole, and how many lines that takes at most.
const SAID: usize = 60;
const SAID_LINES: usize = 4;
/// The columns of an offset and of a name.
const OFFSET: usize = 12;
const NAME: usize = 18;

pub(crate) const ROW: ReportRow = ReportRow {
    name: "bytes",
    argument: "",
    binding: keymap::report(
        "bytes",
        "bytes",
        &["b", "o b"],
        "the bytes of the node by field; {next-pane} moves by bytes, {enter} follows a link",
    ),
    compute,
};

fn compute(request: &Request, _: &ReportFeed<'_>) -> Computed {
    let store = request.opened.tree.store();
    if request.link.is_empty() {
        return Err("there is no node here".to_owned());
    }
    let at = match request.argument.trim_start_matches('@').replace([',', '_'], "").as_str() {
        "" => request.link.offset,
        text => text.parse().map_err(|_| format!("{text:?} is no offset"))?,
    };
    let typing = &request.opened.typing;
    let types = Types { key: typing.key.clone(), value: typing.value.clone() };
    let bytes = NodeBytes::read(store, at, &types).map_err(|error| error.to_string())?;
    let reachable = bytes.node.as_ref().ok().and_then(|node| is_reachable(&request.opened.tree, node));
    Ok(Box::new(BytesReport { bytes, reachable, by_bytes: None }))
}

#[derive(Debug)]
struct BytesReport {
    bytes: NodeBytes,
    reachable: Option<bool>,
    /// The byte under the cursor, while it moves by bytes.
    by_bytes: Option<usize>,
}

/// The subject of a line.
enum Row<'a> {
    Field(&'a FieldLine),
    Text(String),
    /// A piece of the hashed message, by its index.
    Hashed(usize),
}

impl BytesReport {
    fn row(&self, at: usize) -> Row<'_> {
        let fields = self.bytes.lines.len();
        match (self.bytes.lines.get(at), at.saturating_sub(fields)) {
            (Some(line), _) => Row::Field(line),
            (None, 0) => Row::Text(self.bytes.verdict()),
            (None, 1) => Row::Text("What the hash is taken of, in order, and the hash so far:".to_owned()),
            (None, piece) => Row::Hashed(piece - 2),
        }
    }

    /// The field that a line is about.
    fn field(&self, at: usize) -> Option<&FieldLine> {
        let piece = match self.row(at) {
            Row::Field(line) => return Some(line),
            Row::Text(_) => return None,
            Row::Hashed(piece) => self.bytes.hash_inputs.get(piece)?,
        };
        let kind = match piece.kind {
            HashInputKind::Level => FieldKind::Level,
            HashInputKind::KeyCount => FieldKind::KeyCount,
            HashInputKind::Child(index) => FieldKind::LinkHash(index),
            HashInputKind::Key(index) => FieldKind::Key(index),
            HashInputKind::Value(index) => FieldKind::Value(index),
            // Lengths are hashed as eight bytes, which are nowhere in the node.
            HashInputKind::KeyLength(index) => FieldKind::KeyLength(index),
            HashInputKind::ValueLength(index) => FieldKind::ValueLength(index),
        };
        self.bytes.lines.iter().find(|line| line.field.as_ref().is_some_and(|field| field.kind == kind))
    }

    /// The content of a field, with values as the screen shows them.
    fn text(&self, line: &FieldLine, context: RenderContext<'_>) -> String {
        match context.value_format {
            ItemFormat::Auto => line.text.clone(),
            format => self.bytes.text(line, format == ItemFormat::Redacted, |stored| {
                item::line(stored, context.typing.value.as_ref(), format, usize::from(context.width))
            }),
        }
    }

    /// The whole text of the line at `at`, below the bytes.
    fn said(&self, at: usize, context: RenderContext<'_>) -> Vec<String> {
        let text = match self.row(at) {
            Row::Field(line) => format!("{}: {}", line.name, self.text(line, context)),
            Row::Text(text) => text,
            Row::Hashed(piece) => match self.bytes.hash_inputs.get(piece) {
                Some(piece) => format!("{}: the hash so far is {}", hash_input_name(piece.kind), piece.running),
                None => return Vec::new(),
            },
        };
        let letters: Vec<_> = text.chars().collect();
        letters.chunks(SAID).take(SAID_LINES).map(|line| line.iter().collect()).collect()
    }

    fn move_byte(&mut self, by: isize) -> Option<ReportOutcome> {
        let last = self.bytes.bytes.len().saturating_sub(1);
        let byte = self.by_bytes?.saturating_add_signed(by).min(last);
        self.by_bytes = Some(byte);
        Some(ReportOutcome::Select(self.bytes.line_at(byte)))
    }
}

fn class_style(theme: Theme, class: Class) -> Style {
    theme.style(match class {
        Class::Structure => Role::Hint,
        Class::Key => Role::Good,
        Class::Value => Role::Doubtful,
        Class::Link => Role::Offset,
        Class::Hash => Role::Hash,
        Class::Padding => Role::Dim,
        Class::Wrong => Role::Bad,
    })
}

impl Report for BytesReport {
    fn title(&self) -> String {
        let frame = self.bytes.lines.iter().filter(|line| line.field.is_some());
        let length = count(frame.map(|line| line.span.len() as u64).sum(), "byte");
        let state = match (&self.bytes.node, self.bytes.holds) {
            (Err(_), _) => " · damaged ✗",
            (_, Some(true)) => " · recomputed ✓",
            (_, Some(false)) => " · its hash does not hold ✗",
            (_, None) => "",
        };
        format!("Bytes · node {} · {length}{state} · {}", offset(self.bytes.offset), part(self.reachable))
    }

    fn len(&self) -> usize {
        let hashed = self.bytes.hash_inputs.len();
        self.bytes.lines.len() + if hashed == 0 { 1 } else { hashed + 2 }
    }

    fn line(&self, at: usize, context: RenderContext<'_>) -> Words {
        let style = |role| context.theme.style(role);
        let width = usize::from(context.width);
        match self.row(at) {
            Row::Field(line) => {
                let start = offset(self.bytes.offset + line.span.start as u64);
                let left = vec![
                    Span::styled(format!("{start:>OFFSET$} "), style(Role::Dim)),
                    Span::styled(format!("{:NAME$} ", line.name), class_style(context.theme, line.class)),
                    Span::raw(cut(&self.text(line, context), width.saturating_sub(OFFSET + NAME + 2))),
                ];
                (left, Vec::new())
            }
            Row::Text(text) => {
                let role = match (&self.bytes.node, self.bytes.holds) {
                    (Err(_), _) | (_, Some(false)) => Role::Bad,
                    (_, Some(true)) => Role::Good,
                    (_, None) => Role::Doubtful,
                };
                let role = if at == self.bytes.lines.len() { role } else { Role::Title };
                (vec![Span::styled(cut(&format!(" {text}"), width), style(role))], Vec::new())
            }
            Row::Hashed(piece) => {
                let Some(piece) = self.bytes.hash_inputs.get(piece) else { return Default::default() };
                let bytes = match context.value_format == ItemFormat::Redacted && self.bytes.may_hash_values(piece) {
                    true => redacted(&piece.bytes),
                    false => {
                        let more = if piece.bytes.len() > IN_LINE { "…" } else { "" };
                        hex::encode(piece.bytes.get(..piece.bytes.len().min(IN_LINE)).unwrap_or_default()) + more
                    }
                };
                let left = vec![
                    Span::raw(format!(" {:NAME$} ", hash_input_name(piece.kind))),
                    Span::styled(format!("{} ", piece.running.short()), style(Role::Hash)),
                    Span::styled(bytes, style(Role::Dim)),
                ];
                (left, Vec::new())
            }
        }
    }

    fn beside(&self, at: usize, height: usize, context: RenderContext<'_>) -> Option<Vec<Line<'static>>> {
        let selected = self.field(at).map_or(0..0, |line| line.span.clone());
        let said = self.said(at, context);
        let height = height.saturating_sub(said.len() + 1);
        let first = self.by_bytes.unwrap_or(selected.start) / IN_LINE;
        let rows = self.bytes.bytes.len().div_ceil(IN_LINE);
        // The byte under the cursor stays in the middle, as far as the ends let it.
        let top = first.saturating_sub(height / 2).min(rows.saturating_sub(height));
        let line = |row: usize| {
            let start = row * IN_LINE;
            let mut spans = vec![Span::styled(
                format!("{:>OFFSET$}  ", offset(self.bytes.offset + start as u64)),
                context.theme.style(Role::Dim),
            )];
            let bytes = self.bytes.bytes.iter().enumerate().skip(start).take(IN_LINE);
            for (index, byte) in bytes {
                let line = self.bytes.lines.get(self.bytes.line_at(index));
                let mut style = line.map_or(Style::new(), |line| class_style(context.theme, line.class));
                if selected.contains(&index) {
                    style = context.theme.style(Role::Cursor);
                }
                if self.by_bytes == Some(index) {
                    style = style.patch(context.theme.style(Role::Mark));
                }
                let is_hidden = context.value_format == ItemFormat::Redacted
                    && line.is_some_and(|line| self.bytes.may_hold_values(line));
                let digits = if is_hidden { "··".to_owned() } else { format!("{byte:02x}") };
                let gap = if index % IN_LINE == IN_LINE / 2 - 1 { "  " } else { " " };
                spans.push(Span::styled(digits, style));
                spans.push(Span::raw(gap));
            }
            Line::from(spans)
        };
        let mut lines: Vec<_> = (top..rows.min(top + height)).map(line).collect();
        lines.resize(height + 1, Line::default());
        lines.extend(said.into_iter().map(Line::from));
        Some(lines)
    }

    fn enter(&self, at: usize) -> Option<Jump> {
        let field = self.field(at)?.field.as_ref()?;
        match field.kind {
            FieldKind::LinkOffset(_) => field.number.map(Jump::Offset),
            FieldKind::LinkHash(index) => {
                let node = self.bytes.node.as_ref().ok()?;
                let link = node.children().get(index).filter(|link| !link.is_empty())?;
                Some(Jump::Offset(link.offset))
            }
            _ => None,
        }
    }

    fn act(&mut self, action: Action, at: usize) -> Option<ReportOutcome> {
        let rows = IN_LINE as isize;
        match action {
            Action::Common(Common::NextPane) | Action::Common(Common::PreviousPane) => {
                self.by_bytes = match self.by_bytes {
                    Some(_) => None,
                    None => Some(self.field(at).map_or(0, |line| line.span.start)),
                };
                Some(match self.by_bytes {
                    Some(byte) => ReportOutcome::Select(self.bytes.line_at(byte)),
                    None => ReportOutcome::Redraw,
                })
            }
            Action::Move(Motion::Down) => self.move_byte(rows),
            Action::Move(Motion::Up) => self.move_byte(-rows),
            Action::Tree(TreeAction::In) => self.move_byte(1),
            Action::Tree(TreeAction::Out) => self.move_byte(-1),
            Action::Move(Motion::HalfPageDown) | Action::Move(Motion::PageDown) => self.move_byte(16 * rows),
            Action::Move(Motion::HalfPageUp) | Action::Move(Motion::PageUp) => self.move_byte(-16 * rows),
            Action::Move(Motion::First) => self.move_byte(isize::MIN),
            Action::Move(Motion::Last) => self.move_byte(isize::MAX),
            _ => None,
        }
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Common(Common::NextPane), Action::Common(Common::Open)]
    }
}
