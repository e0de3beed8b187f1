//! The layer that shows which fields differ, and how often; and where, by the beginning of the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::{DiffScreen, draw};
use crate::model::diff::entry::Kind;
use crate::model::diff::list::Progress;
use crate::model::diff::prefixes::Group;
use crate::model::diff::summary::{MOST, Summary};
use crate::model::text::{count, thousands};
use crate::runtime::input::action::{Action, Common, Motion};
use crate::runtime::jobs::{Reply, Task};
use crate::runtime::layers::{After, Layer, steer};
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::{Role, Theme};

/// The name of the layer.
pub(super) const FIELDS: &str = "fields";
/// The columns of the longest bar.
const BAR: u64 = 24;

type Words = Vec<Span<'static>>;

/// The summary of the differences that were found when the layer was opened.
#[derive(Debug)]
pub(super) struct FieldsLayer {
    task: Task,
    /// None as long as it is being counted.
    summary: Option<Summary>,
    cursor: ListCursor,
}

/// The summary, or the reason why there is none.
type FieldsReply = Result<Summary, String>;

impl FieldsLayer {
    pub(super) fn start(screen: &DiffScreen) -> Self {
        let entries: Vec<_> = screen.differences().map(|(_, entry)| entry).collect();
        let (pair, format) = (screen.pair.clone(), screen.shared.key_format);
        let task = screen.shared.runner.run(FieldsReply::Err, move |feed| {
            if let Some(summary) = Summary::of(&entries, &pair, format, feed.cancelled()) {
                let _ = feed.send(FieldsReply::Ok(summary));
            }
        });
        Self { task, summary: None, cursor: ListCursor::default() }
    }
}

impl Layer<DiffScreen> for FieldsLayer {
    fn name(&self) -> &'static str {
        FIELDS
    }

    /// How many lines it takes: two titles, and at least one line below each.
    fn len(&self) -> usize {
        self.summary.as_ref().map_or(1, |summary| summary.fields.fields.len().max(1) + summary.groups.len().max(1) + 3)
    }

    fn cursor(&mut self) -> &mut ListCursor {
        &mut self.cursor
    }

    fn selects(&self) -> bool {
        true
    }

    /// Enter filters to the field, or to the beginning of keys, under the cursor.
    fn update(&mut self, screen: &mut DiffScreen, action: Action) -> After {
        let Action::Common(Common::Open) = action else { return steer(self, action) };
        let filter = screen.list.filter().clone();
        match self.summary.as_ref().and_then(|summary| subject(summary, self.cursor.selected)) {
            Some(Subject::Field(name)) => screen.set_filter(filter.with_field(name)),
            Some(Subject::Keys(prefix)) => screen.set_filter(filter.with_prefix(prefix)),
            None => return After::Stay,
        }
        After::Close
    }

    fn hints(&self) -> Vec<Action> {
        let enter = Action::Common(Common::Open);
        vec![Action::Common(Common::Cancel), enter, Action::Move(Motion::Down), Action::Move(Motion::Up)]
    }

    fn ticket(&self) -> Option<u64> {
        Some(self.task.ticket())
    }

    fn reply(&mut self, screen: &mut DiffScreen, reply: Reply) -> After {
        match reply.take::<FieldsReply>() {
            Some(Ok(summary)) => {
                self.summary = Some(summary);
                // The first field, below its title.
                self.cursor.select(1, Layer::<DiffScreen>::len(self));
            }
            Some(Err(why)) => {
                screen.shared.say(why);
                return After::Close;
            }
            None => {}
        }
        After::Stay
    }

    fn draw(&self, screen: &DiffScreen, buf: &mut Buffer) {
        let mut title = "What drifts".to_owned();
        if let Some(summary) = &self.summary {
            title += &format!(" · {}", count(summary.differences, "difference"));
        }
        if !screen.list.filter().is_empty() {
            title += &format!(" · {}", screen.list.filter());
        }
        if screen.list.cut || screen.list.progress != Progress::Done || screen.list.wants_judging().is_some() {
            title += " · of those found and listed so far";
        } else if screen.list.counts.damaged > 0 {
            title += " · of what could be read";
        }
        let len = Layer::len(self);
        paint::overlay(screen, &title, &self.cursor, len, buf);
        let inside = overlay_inside(screen.overlay(), screen.framed());
        let theme = screen.shared.theme;
        let lines = match &self.summary {
            Some(summary) => lines(summary, theme),
            None => vec![vec![Span::styled(" being counted …", theme.style(Role::Dim))]],
        };
        for (row, at) in self.cursor.window(len).enumerate() {
            let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
            if let Some(words) = lines.get(at) {
                paint::two_ends(area, words.clone(), Vec::new(), buf);
            }
            if at == self.cursor.selected {
                paint::cursor_line(theme, area, true, buf);
            }
        }
    }
}

/// What a line of the summary is about.
enum Subject<'a> {
    /// A field; an empty name is the whole value.
    Field(&'a str),
    /// The keys that begin so.
    Keys(&'a str),
}

/// The subject of a line; none for titles and the like. The order is that of [`lines`].
fn subject(summary: &Summary, line: usize) -> Option<Subject<'_>> {
    let fields = &summary.fields.fields;
    if let Some((name, _)) = line.checked_sub(1).and_then(|at| fields.get(at)) {
        return Some(Subject::Field(name));
    }
    let group = summary.groups.get(line.checked_sub(fields.len().max(1) + 3)?)?;
    // A key that was too long to be shown is cut.
    Some(Subject::Keys(group.prefix.trim_end_matches('…'))).filter(|_| !group.prefix.is_empty())
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
            words.push(Span::styled(format!(" {} {}", kind.glyph(), thousands(number)), theme.style(draw::role(kind))));
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
