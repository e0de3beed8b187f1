//! The layer that shows why the hashes differ on the path to a record.

use std::sync::Arc;

use file_mst::inspect::node::Node;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::DiffScreen;
use super::draw::{put, row};
use crate::model::diff::list::Row;
use crate::model::diff::why::{Step, Why};
use crate::model::text::{count, offset};
use crate::runtime::input::action::{Action, Common, DiffAction};
use crate::runtime::jobs::{Reply, Task};
use crate::runtime::layers::{After, Layer, steer};
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::{Role, Theme};

/// The name of the layer.
pub(super) const WHY: &str = "why";
/// The columns of a node, with its offset and without. On narrower screens a step has no nodes.
const NODE: usize = 34;
const SHORT_NODE: usize = 18;
/// The columns of the rest of a step: its level, a sign, and what differs.
const REST: usize = 40;
/// The widest key in the title, in columns.
const KEY: usize = 32;

/// Why the hashes differ on the path to the record of a line.
#[derive(Debug)]
pub(super) struct WhyLayer {
    /// The line in the list.
    line: usize,
    task: Option<Task>,
    /// None as long as it is being read.
    why: Option<Why>,
    cursor: ListCursor,
}

impl WhyLayer {
    /// Starts to read the path to what is under the cursor. Tells the user if that is no record.
    pub(super) fn start(screen: &mut DiffScreen) -> Option<Self> {
        match screen.selected_row() {
            None => {
                screen.shared.say("nothing stands here");
                return None;
            }
            Some(Row::Difference(_)) if matches!(screen.selected().map(|entry| entry.sides()), Some((None, None))) => {
                screen.shared.say("no record stands here");
                return None;
            }
            Some(_) => {}
        }
        let line = screen.cursor.selected;
        let task = screen.in_line(line).map(|entry| {
            let pair = Arc::clone(&screen.pair);
            let failed = |why| Why { steps: Vec::new(), errors: vec![why] };
            screen.shared.runner.run(failed, move |feed| {
                let _ = feed.send(Why::read(&pair, &entry));
            })
        });
        Some(Self { line, task, why: None, cursor: ListCursor::default() })
    }

    /// Goes on to another difference.
    fn go(&mut self, screen: &mut DiffScreen, run: bool, forward: bool) -> After {
        screen.go(run, forward);
        match Self::start(screen) {
            Some(layer) => {
                *self = layer;
                After::Stay
            }
            None => After::Close,
        }
    }
}

impl Layer<DiffScreen> for WhyLayer {
    fn name(&self) -> &'static str {
        WHY
    }

    fn len(&self) -> usize {
        self.why.as_ref().map_or(1, |why| why.steps.len() + why.errors.len())
    }

    fn cursor(&mut self) -> &mut ListCursor {
        &mut self.cursor
    }

    fn hints(&self) -> Vec<Action> {
        vec![
            Action::Common(Common::Cancel),
            Action::Diff(DiffAction::NextDifference),
            Action::Diff(DiffAction::PreviousDifference),
        ]
    }

    fn update(&mut self, screen: &mut DiffScreen, action: Action) -> After {
        match action {
            Action::Diff(DiffAction::NextDifference) => self.go(screen, false, true),
            Action::Diff(DiffAction::PreviousDifference) => self.go(screen, false, false),
            Action::Diff(DiffAction::NextRun) => self.go(screen, true, true),
            Action::Diff(DiffAction::PreviousRun) => self.go(screen, true, false),
            Action::Common(Common::Open) => After::Close,
            action => steer(self, action),
        }
    }

    fn ticket(&self) -> Option<u64> {
        self.task.as_ref().map(Task::ticket)
    }

    fn reply(&mut self, _: &mut DiffScreen, reply: Reply) -> After {
        self.why = reply.take().or(self.why.take());
        After::Stay
    }

    fn draw(&self, screen: &DiffScreen, buf: &mut Buffer) {
        let theme = screen.shared.theme;
        let key = screen.in_line(self.line).and_then(|entry| row::key_of(screen, &entry, KEY)).unwrap_or_default();
        let len = Layer::len(self);
        let to = if key.is_empty() { String::new() } else { format!(" to {key}") };
        paint::overlay(screen, &format!("Why the hashes differ · from the roots{to}"), &self.cursor, len, buf);
        let inside = overlay_inside(screen.overlay(), screen.framed());
        for (line, at) in self.cursor.window(len).enumerate() {
            let area = Rect { y: inside.y + line as u16, height: 1, ..inside };
            let words = match &self.why {
                None => vec![Span::styled(" being read …", theme.style(Role::Dim))],
                Some(why) => match (why.steps.get(at), why.errors.get(at.saturating_sub(why.steps.len()))) {
                    (Some(step), _) => words(theme, step, usize::from(area.width)),
                    (None, Some(error)) => vec![Span::styled(format!(" ✗ {error}"), theme.style(Role::Bad))],
                    (None, None) => Vec::new(),
                },
            };
            put(area, words, buf);
        }
    }
}

/// ` 1  77b0e1d2 @41,220 21 keys   ≠  …   child 3: 9f3c12ab ≠ 0c6d8f33`; on a narrower screen without the offsets, or the nodes.
fn words(theme: Theme, step: &Step, width: usize) -> Vec<Span<'static>> {
    let style = |role| theme.style(role);
    let mut words = vec![Span::styled(format!(" {:>2}  ", step.level), style(Role::Level(step.level)))];
    let hash = |node: &Option<_>| node.as_ref().and_then(|node: &Arc<Node>| node.hash());
    let equal = hash(&step.left).is_some() && hash(&step.left) == hash(&step.right);
    let nodes = [NODE, SHORT_NODE].into_iter().find(|columns| 2 * columns + REST <= width + 4);
    if let Some(columns) = nodes {
        let node = |node: &Option<Arc<Node>>| match node {
            Some(node) => {
                let hash = node.hash().map_or_else(|| "?".to_owned(), |hash| hash.short());
                let at = if columns == NODE { format!(" {}", offset(node.offset())) } else { String::new() };
                format!("{hash}{at} {}", count(node.key_count() as u64, "key"))
            }
            None => String::new(),
        };
        words.push(Span::styled(format!("{:columns$}", node(&step.left)), style(Role::Hash)));
        words.push(Span::styled(if equal { "=  " } else { "≠  " }, style(Role::Changed)));
        words.push(Span::styled(format!("{:columns$}", node(&step.right)), style(Role::Hash)));
    }
    words.push(Span::styled(step.says.clone(), style(if equal { Role::Dim } else { Role::Mark })));
    words
}
