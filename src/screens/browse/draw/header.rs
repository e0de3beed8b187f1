//! The header: which tree this is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::model::text::{count, cut, offset, thousands};
use crate::runtime::theme::Role;
use crate::screens::browse::{Count, TreeScreen};

/// A column before the first part, and two for the mark that there are more.
const EDGES: usize = 3;

/// The space between the parts of a line.
const GAP: &str = "   ";

/// The columns that the types have at least.
const LEAST_TYPES: usize = 24;

pub(crate) fn draw(screen: &TreeScreen, buf: &mut Buffer) {
    let area = screen.areas.header;
    let style = |role| screen.shared.theme.style(role);
    let header = &screen.header;
    let standing = if header.doubtful { Role::Doubtful } else { Role::Good };
    let mut parts = vec![vec![Span::styled(header.file.clone(), style(Role::Title))]];
    // Before all else: what is shown is true, but there was more.
    parts.extend(header.damage.iter().map(|damage| vec![Span::styled(damage.clone(), style(Role::Bad))]));
    parts.extend(screen.live_parts());
    parts.extend(counted(screen).map(|counted| vec![counted]));
    let standing = vec![Span::styled(header.standing.clone(), style(standing))];
    // How far the types are proved says more than the end of a long type.
    let taken = EDGES + parts.iter().chain([&standing]).map(|part| width(part) + GAP.len()).sum::<usize>();
    let room = usize::from(area.width).saturating_sub(taken).max(LEAST_TYPES);
    parts.push(vec![Span::raw(cut(&header.types, room))]);
    parts.push(standing);
    parts.push(vec![Span::raw(header.dialect.clone())]);
    parts.push(match header.height {
        Some(height) => vec![Span::raw(format!("height {height}"))],
        None => vec![Span::styled("root unreadable", style(Role::Bad))],
    });
    // On a low screen there is one line, and the root comes right after the file in it.
    if area.height == 1 {
        parts.insert(1, root(screen, &header.root_hash.short()));
    } else {
        let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let role = if header.root_doubtful { Role::Doubtful } else { Role::Dim };
        let note = vec![Span::styled(header.root_note, style(role))];
        line(below, &[root(screen, &header.root_hash.to_string()), note], buf);
    }
    line(area, &parts, buf);
}

fn width(part: &[Span<'_>]) -> usize {
    part.iter().map(Span::width).sum()
}

fn root(screen: &TreeScreen, hash: &str) -> Vec<Span<'static>> {
    let style = |role| screen.shared.theme.style(role);
    vec![
        Span::raw("root "),
        Span::styled(hash.to_owned(), style(Role::Hash)),
        Span::raw(" "),
        Span::styled(offset(screen.header.root_offset), style(Role::Offset)),
    ]
}

fn counted(screen: &TreeScreen) -> Option<Span<'static>> {
    let style = |role| screen.shared.theme.style(role);
    Some(match screen.count {
        Count::NotAsked => Span::raw(count(screen.header.records?, "record")),
        Count::Running { records, nodes } => {
            let text = format!("{}… records counted in {}", thousands(records), count(nodes, "node"));
            Span::styled(text, style(Role::Doubtful))
        }
        Count::Done { records, damaged: 0 } => Span::raw(count(records, "record")),
        Count::Done { records, damaged } => {
            let text = format!("{} readable, {} damaged", count(records, "record"), count(damaged, "subtree"));
            Span::styled(text, style(Role::Bad))
        }
    })
}

/// Sets the parts in a line with space between them, as far as it reaches.
fn line(area: Rect, parts: &[Vec<Span<'static>>], buf: &mut Buffer) {
    if area.height > 0 {
        let mut spans = vec![Span::raw(" ")];
        for part in parts {
            if spans.len() > 1 {
                spans.push(Span::raw(GAP));
            }
            spans.extend(part.iter().cloned());
        }
        let line = Line::from(spans);
        buf.set_line(area.x, area.y, &line, area.width);
        if line.width() > usize::from(area.width) && area.width > 0 {
            buf.set_string(area.right() - 1, area.y, "…", Style::reset());
        }
    }
}
