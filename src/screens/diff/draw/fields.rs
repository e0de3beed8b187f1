//! Which fields drift, and how often; and where, by the beginning of the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::model::diff::entry::Kind;
use crate::model::diff::list::{Filter, Progress};
use crate::model::diff::prefixes::Group;
use crate::model::diff::summary::{MOST, Summary};
use crate::model::text::{count, thousands};
use crate::runtime::layout::overlay_inside;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::{Role, Theme};
use crate::screens::diff::over::FieldsView;
use crate::screens::diff::state::DriftApp;

/// The columns of the longest bar.
const BAR: u64 = 24;

type Words = Vec<Span<'static>>;

pub(crate) fn draw(app: &DriftApp, view: &FieldsView, buf: &mut Buffer) {
    let mut title = "What drifts".to_owned();
    if let Some(summary) = &view.summary {
        title += &format!(" · {}", count(summary.differences, "difference"));
    }
    if let Filter::Only(kind) = app.found.filter() {
        title += &format!(" · {} {} only", kind.glyph(), kind.name());
    }
    if app.found.cut || app.found.progress != Progress::Done {
        title += " · of those found and listed so far";
    } else if app.found.counts.damaged > 0 {
        title += " · of what could be read";
    }
    let len = view.len();
    paint::overlay(app, &title, &view.cursor, len, buf);
    let inside = overlay_inside(app.overlay(), app.framed());
    let lines = match &view.summary {
        Some(summary) => lines(summary, app.theme),
        None => vec![vec![Span::styled(" being counted …", app.theme.style(Role::Dim))]],
    };
    for (row, at) in view.cursor.window(len).enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        if let Some(words) = lines.get(at) {
            paint::two_ends(area, words.clone(), Vec::new(), buf);
        }
    }
}

/// A title, the fields, an empty line, a title, the groups of keys.
fn lines(summary: &Summary, theme: Theme) -> Vec<Words> {
    let title = |text: String| vec![Span::styled(format!(" {text}"), theme.style(Role::Title))];
    let none = |text: &'static str| vec![Span::styled(format!("  {text}"), theme.style(Role::Dim))];
    let fields = &summary.fields;
    let first = if fields.records == MOST as u64 { "the first " } else { "" };
    let mut lines = vec![title(format!("By field · {first}{}", count(fields.records, "changed record")))];
    if fields.fields.is_empty() {
        lines.push(none("no record has two values"));
    }
    lines.extend(fields.fields.iter().map(|(name, records)| {
        let name = if name.is_empty() { "(the whole value)" } else { name };
        let mut words = bar(*records, fields.records, theme);
        words.push(Span::raw(name.to_owned()));
        words
    }));
    lines.push(Vec::new());
    lines.push(title("By the beginning of the key".to_owned()));
    if summary.groups.is_empty() {
        lines.push(none("no record of these differs"));
    }
    lines.extend(summary.groups.iter().map(|group| by_key(group, summary.differences, theme)));
    lines
}

fn by_key(group: &Group, of: u64, theme: Theme) -> Words {
    let mut words = bar(group.differences(), of, theme);
    words.push(Span::raw(format!("{}{}  ", group.prefix, if group.is_key { "" } else { "…" })));
    for (kind, number) in
        [(Kind::OnlyLeft, group.only_left), (Kind::OnlyRight, group.only_right), (Kind::Changed, group.changed)]
    {
        if number > 0 {
            words
                .push(Span::styled(format!(" {} {}", kind.glyph(), thousands(number)), theme.style(super::role(kind))));
        }
    }
    words
}

/// `         3  ██████··········`
fn bar(part: u64, of: u64, theme: Theme) -> Words {
    let cells = (part * BAR).div_ceil(of.max(1)).min(BAR) as usize;
    let bar = format!("  {}{}  ", "█".repeat(cells), "·".repeat(BAR as usize - cells));
    vec![
        Span::styled(format!("{:>10}", thousands(part)), theme.style(Role::Strong)),
        Span::styled(bar, theme.style(Role::Changed)),
    ]
}
