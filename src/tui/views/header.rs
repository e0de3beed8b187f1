//! The header: which tree this is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::app::{App, Count};
use crate::tui::theme::Role;
use crate::view::text::{count, offset, thousands};

pub(super) fn draw(app: &App, buf: &mut Buffer) {
    let area = app.areas.header;
    let style = |role| app.theme.style(role);
    let header = &app.header;
    let mut parts = vec![
        vec![Span::styled(header.file.clone(), style(Role::Title))],
        vec![Span::raw(header.dialect.clone())],
        vec![
            Span::raw("root "),
            Span::styled(header.root_hash.short(), style(Role::Hash)),
            Span::raw(" "),
            Span::styled(offset(header.root_offset), style(Role::Offset)),
        ],
    ];
    match app.count {
        Count::NotAsked => {}
        Count::Running { records, nodes } => parts.push(vec![Span::styled(
            format!("{}… records counted in {}", thousands(records), count(nodes, "node")),
            style(Role::Doubtful),
        )]),
        Count::Done { records, damaged: 0 } => parts.push(vec![Span::raw(count(records, "record"))]),
        Count::Done { records, damaged } => parts.push(vec![Span::styled(
            format!("{} readable, {}", count(records, "record"), count(damaged, "damaged subtree")),
            style(Role::Bad),
        )]),
    }
    parts.push(match header.height {
        Some(height) => vec![Span::raw(format!("height {height}"))],
        None => vec![Span::styled("root unreadable", style(Role::Bad))],
    });
    let standing = if header.doubtful { Role::Doubtful } else { Role::Good };
    parts.push(vec![
        Span::raw(header.types.clone()),
        Span::raw(" "),
        Span::styled(format!("({})", header.standing), style(standing)),
    ]);
    lay_out(area, parts, buf);
}

/// Sets the parts with space between them; what does not fit a line goes on in the next.
fn lay_out(area: Rect, parts: Vec<Vec<Span<'_>>>, buf: &mut Buffer) {
    let (mut x, mut y) = (area.x + 1, area.y);
    for part in parts {
        let line = Line::from(part);
        let width = line.width() as u16;
        if x > area.x + 1 && x + width > area.right() && y + 1 < area.bottom() {
            (x, y) = (area.x + 1, y + 1);
        }
        if y < area.bottom() && x < area.right() {
            buf.set_line(x, y, &line, area.right() - x);
        }
        x = x.saturating_add(width + 3);
    }
}
