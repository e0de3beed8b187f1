//! The selected node: its fields, and the checks it passed or failed.

use file_mst::NodeError;
use file_mst::NodeHash;
use file_mst::inspect::node::{Node, Records, SubtreeSummary};
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::model::node::NodeReport;
use crate::model::text::{count, cut, offset};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::browse::TreeScreen;

/// The columns of the names at the left.
const NAME: usize = 11;

pub(crate) fn draw(screen: &TreeScreen, buf: &mut Buffer) {
    let id = screen.selected_node();
    let entry = screen.outline.entry(id);
    let mut title = format!("Node {}", offset(entry.link.offset));
    if let Some(node) = entry.node() {
        title = format!("{title} · {}", count(node.bytes().len() as u64, "byte"));
    }
    paint::frame(screen, screen.areas.node, &title, false, buf);
    let inside = screen.areas.node_inside().inner(Margin::new(1, 0));
    if inside.is_empty() {
        return;
    }
    match &entry.report {
        None if entry.link.is_empty() => Line::raw("the tree is empty").render(inside, buf),
        None => Line::styled("not read so far …", screen.shared.theme.style(Role::Dim)).render(inside, buf),
        Some(report) => draw_report(screen, report, entry.in_doubt, inside, buf),
    }
}

fn draw_report(screen: &TreeScreen, report: &NodeReport, in_doubt: bool, area: Rect, buf: &mut Buffer) {
    let style = |role| screen.shared.theme.style(role);
    let width = usize::from(area.width);
    let mut lines = Vec::new();
    if let Some(node) = &report.node {
        lines.push(summary(screen, node, report.link.summary));
    }
    lines.push(hash_line(screen, "link says", report.link.hash, None, width));
    if let Some(node) = &report.node {
        let matches = |hash| Some(hash == report.link.hash);
        if !screen.header.own {
            lines.push(hash_line(screen, "stored", node.stored_hash(), matches(node.stored_hash()), width));
        }
        lines.push(match node.hash() {
            Some(hash) => hash_line(screen, "recomputed", hash, matches(hash), width),
            None => Line::from(vec![
                Span::raw(format!("{:NAME$} ", "recomputed")),
                Span::styled(format!("not possible: {}", not_known(node)), style(Role::Doubtful)),
            ]),
        });
    }
    match &report.error {
        None => lines.extend(key_lines(screen, report)),
        Some(_) if report.misfit => {
            let text = format!("{MISFIT} this node, which is sound: t looks for types that do");
            lines.push(Line::styled(text, style(Role::Doubtful)));
        }
        Some(error) => {
            let (_, text) = explain(error);
            lines.push(Line::styled(text, style(Role::Bad)));
        }
    }
    if in_doubt {
        lines.push(Line::styled("below a node that failed its check: nothing vouches for its link", style(Role::Bad)));
    }
    Paragraph::new(Text::from(lines)).wrap(Wrap { trim: false }).render(area, buf);
}

fn summary(screen: &TreeScreen, node: &Node, subtree: Option<SubtreeSummary>) -> Line<'static> {
    let below = subtree.filter(|subtree| subtree.records > node.key_count() as u64);
    let records = below.map(|subtree| format!("   {}", count(subtree.records, "record"))).unwrap_or_default();
    let children = node.children().iter().filter(|link| !link.is_empty()).count();
    Line::from(vec![
        Span::styled(format!("level {}", node.level()), screen.shared.theme.style(Role::Level(node.level()))),
        Span::raw(format!(
            "   {}   {}{records}",
            count(node.key_count() as u64, "key"),
            if children == 1 { "1 child".to_owned() } else { format!("{children} children") },
        )),
    ])
}

fn hash_line(screen: &TreeScreen, name: &str, hash: NodeHash, good: Option<bool>, width: usize) -> Line<'static> {
    let (mark, role) = match good {
        None => ("", Role::Plain),
        Some(true) => (" ✓", Role::Good),
        Some(false) => (" ✗", Role::Bad),
    };
    let room = width.saturating_sub(NAME + 3);
    Line::from(vec![
        Span::raw(format!("{name:NAME$} ")),
        Span::styled(cut(&hash.to_string(), room), screen.shared.theme.style(Role::Hash)),
        Span::styled(mark, screen.shared.theme.style(role)),
    ])
}

fn key_lines(screen: &TreeScreen, report: &NodeReport) -> Vec<Line<'static>> {
    let style = |role| screen.shared.theme.style(role);
    let Some(node) = &report.node else { return Vec::new() };
    if matches!(node.records(), Records::Opaque { .. }) {
        return vec![Line::styled("keys and values cannot be told apart", style(Role::Doubtful))];
    }
    let check = |name: &str, wrong: usize| match wrong {
        0 => vec![Span::raw(format!("{name} ")), Span::styled("✓   ", style(Role::Good))],
        _ => vec![Span::styled(format!("{name} ✗ {}   ", count(wrong as u64, "key")), style(Role::Bad))],
    };
    let mut spans = vec![Span::raw(format!("{:NAME$} ", "keys"))];
    spans.extend(check("level rule", report.keys.misplaced));
    spans.extend(check("order", report.keys.unordered));
    let mut lines = vec![Line::from(spans)];
    if !node.records().are_delimited() {
        lines.push(Line::styled("its values cannot be told apart", style(Role::Doubtful)));
    }
    if node.is_keyless() {
        lines.push(Line::styled("keyless: a canonical tree has no such node", style(Role::Doubtful)));
    }
    lines
}

/// The reason why a node cannot be proved.
fn not_known(node: &Node) -> &'static str {
    match node.records() {
        Records::Keyed { .. } => "the type of the values is unknown",
        _ => "types unknown",
    }
}

/// The message about a sound node that the types do not fit.
pub(crate) const MISFIT: &str = "the guessed types do not fit";

/// An error in a few words, and in full.
pub(crate) fn explain(error: &NodeError) -> (String, String) {
    let short = match error {
        NodeError::Hash { expected, found, .. } => {
            format!("damaged: expected {}, found {}", expected.short(), found.short())
        }
        NodeError::Loop { offset: to, .. } => format!("loops back to {}", offset(*to)),
        NodeError::Level { level, parent_level, .. } => format!("level {level} below level {parent_level}"),
        NodeError::PastEnd { .. } => "past the end of the file".to_owned(),
        NodeError::Length { length, .. } => format!("impossible length of {}", count(*length, "byte")),
        NodeError::Malformed { at, .. } => format!("malformed at byte {}", offset(*at)),
        NodeError::TypesUnknown { .. } => "types unknown".to_owned(),
        _ => "unreadable".to_owned(),
    };
    (short, error.to_string())
}
