//! Why the hashes differ on the way to a record.

use file_mst::node::Node;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::model::diff::why::Step;
use crate::model::text::{count, offset};
use crate::runtime::layout::overlay_inside;
use crate::runtime::paint::{self, Look};
use crate::runtime::theme::Role;
use crate::screens::diff::draw::row;
use crate::screens::diff::over::WhyView;
use crate::screens::diff::state::DriftApp;

/// The columns of a node.
const NODE: usize = 34;
/// The widest key in the title, in columns.
const KEY: usize = 32;

pub(crate) fn draw(app: &DriftApp, view: &WhyView, buf: &mut Buffer) {
    let key = app.in_line(view.line).and_then(|entry| row::key_of(app, &entry, KEY)).unwrap_or_default();
    let len = view.len();
    let to = if key.is_empty() { String::new() } else { format!(" to {key}") };
    paint::overlay(app, &format!("Why the hashes differ · from the roots{to}"), &view.cursor, len, buf);
    let inside = overlay_inside(app.overlay(), app.framed());
    for (line, at) in view.cursor.window(len).enumerate() {
        let area = Rect { y: inside.y + line as u16, height: 1, ..inside };
        let words = match &view.why {
            None => vec![Span::styled(" being read …", app.theme.style(Role::Dim))],
            Some(why) => match (why.steps.get(at), why.errors.get(at.saturating_sub(why.steps.len()))) {
                (Some(step), _) => words(app, step, area.width < 2 * NODE as u16),
                (None, Some(error)) => vec![Span::styled(format!(" ✗ {error}"), app.theme.style(Role::Bad))],
                (None, None) => Vec::new(),
            },
        };
        paint::two_ends(area, words, Vec::new(), buf);
    }
}

/// ` 1  77b0e1d2 @41,220 21 keys   ≠  …   child 3: 9f3c12ab ≠ 0c6d8f33`; on a narrow screen without the nodes.
fn words(app: &DriftApp, step: &Step, narrow: bool) -> Vec<Span<'static>> {
    let style = |role| app.theme.style(role);
    let mut words = vec![Span::styled(format!(" {:>2}  ", step.level), style(Role::Level(step.level)))];
    let hash = |node: &Option<_>| node.as_ref().and_then(|node: &std::sync::Arc<Node>| node.hash());
    let equal = hash(&step.left).is_some() && hash(&step.left) == hash(&step.right);
    if !narrow {
        let node = |node: &Option<std::sync::Arc<Node>>| match node {
            Some(node) => {
                let hash = node.hash().map_or_else(|| "?".to_owned(), |hash| hash.short());
                format!("{hash} {} {}", offset(node.offset()), count(node.key_count() as u64, "key"))
            }
            None => String::new(),
        };
        words.push(Span::styled(format!("{:NODE$}", node(&step.left)), style(Role::Hash)));
        words.push(Span::styled(if equal { "=  " } else { "≠  " }, style(Role::Changed)));
        words.push(Span::styled(format!("{:NODE$}", node(&step.right)), style(Role::Hash)));
    }
    words.push(Span::styled(step.says.clone(), style(if equal { Role::Dim } else { Role::Mark })));
    words
}
