//! The layer that shows a value in full.

use file_mst::NodeRecord;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{TreeScreen, draw};
use crate::model::representation::{RenderedValue, Representation};
use crate::model::text::{count, cut, thousands};
use crate::model::value::Page;
use crate::runtime::input::action::{Action, Common, Motion, TreeAction};
use crate::runtime::layers::{After, Layer, steer};
use crate::runtime::list::ListCursor;
use crate::runtime::paint;
use crate::runtime::theme::Role;

/// The name of the layer.
pub(super) const VALUE: &str = "value";

/// A value in full.
#[derive(Debug)]
pub(super) struct ValueLayer {
    record: NodeRecord,
    /// The flaws of its bytes, above the page.
    notes: Vec<String>,
    page: Page,
    /// How the page shows the value, and how else it could.
    rendered: Option<RenderedValue>,
    cursor: ListCursor,
}

impl ValueLayer {
    /// A value, still to be laid out.
    pub(super) fn new(record: NodeRecord) -> Self {
        let (page, notes, cursor) = (Page::Text(Vec::new()), Vec::new(), ListCursor::default());
        Self { record, notes, page, rendered: None, cursor }
    }
}

impl Layer<TreeScreen> for ValueLayer {
    fn name(&self) -> &'static str {
        VALUE
    }

    fn len(&self) -> usize {
        self.notes.len() + self.page.len()
    }

    fn cursor(&mut self) -> &mut ListCursor {
        &mut self.cursor
    }

    fn hints(&self) -> Vec<Action> {
        vec![
            Action::Common(Common::Cancel),
            Action::Common(Common::CycleRepresentation),
            Action::Move(Motion::Down),
            Action::Move(Motion::Up),
            Action::Common(Common::CycleValueFormat),
            Action::Common(Common::ToggleWrap),
        ]
    }

    fn update(&mut self, screen: &mut TreeScreen, action: Action) -> After {
        match action {
            Action::Common(Common::CycleRepresentation) => {
                screen.shared.representation = self.rendered.as_ref().and_then(RenderedValue::next);
                After::Stay
            }
            Action::Common(Common::Open) | Action::Tree(TreeAction::Out) => After::Close,
            action => steer(self, action),
        }
    }

    fn lay_out(&mut self, screen: &TreeScreen) {
        let width = usize::from(screen.areas.overlay_inside().width);
        let (format, representation) = (screen.shared.value_format, screen.shared.representation);
        let ty = screen.typing.value.as_ref();
        let mut rendered = RenderedValue::new(self.record.bytes().value, ty, format, representation);
        let page = std::mem::replace(&mut rendered.page, Page::Text(Vec::new()));
        self.page = page.fit(width, screen.wrap);
        self.notes = match Page::Text(std::mem::take(&mut rendered.notes)).fit(width, screen.wrap) {
            Page::Text(lines) => lines,
            Page::Hex(_) => Vec::new(),
        };
        self.rendered = Some(rendered);
    }

    fn draw(&self, screen: &TreeScreen, buf: &mut Buffer) {
        let len = Layer::len(self);
        let window = self.cursor.window(len);
        let representation = self.rendered.as_ref().and_then(|rendered| rendered.representation);
        let title = format!(
            "{} · {} · {}{} · line {}–{} of {}",
            draw::key(screen, &self.record.key(), 32),
            count(self.record.bytes().value.len() as u64, "byte"),
            representation.map_or(screen.shared.value_format.name(), Representation::name),
            if self.notes.is_empty() { "" } else { ", it breaks rules ✗" },
            thousands(window.start as u64 + 1),
            thousands(window.end as u64),
            thousands(len as u64),
        );
        paint::overlay(screen, &title, &self.cursor, len, buf);
        let inside = screen.areas.overlay_inside();
        for (row, at) in window.enumerate() {
            let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
            let (text, role) = match self.notes.get(at) {
                Some(note) => (Some(note.clone()), Role::Bad),
                None => (self.page.line(at - self.notes.len()), Role::Plain),
            };
            if let Some(text) = text {
                let style = screen.shared.theme.style(role);
                buf.set_line(area.x, area.y, &Line::styled(cut(&text, usize::from(area.width)), style), area.width);
            }
        }
    }
}
