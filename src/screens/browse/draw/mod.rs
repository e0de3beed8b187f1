//! Draws the screen of one tree, one file a part. Drawing reads the state and nothing else.

mod header;
mod heads;
mod inspector;
mod node;
mod outline;
mod records;
mod status;
mod table;

use file_mst::NodeKey;
use ratatui::buffer::Buffer;
use ratatui::style::Style;
use ratatui::text::Span;

use super::TreeScreen;
use crate::model::item::{self, ItemFormat};
use crate::model::search::highlight::ShownAs;
use crate::model::text::cut;
use crate::runtime::input::prompt_line;
use crate::runtime::paint;

/// Draws the whole screen.
pub(super) fn draw(screen: &TreeScreen, buf: &mut Buffer) {
    header::draw(screen, buf);
    match &screen.table {
        Some(table) => table::draw(screen, table, buf),
        None => {
            outline::draw(screen, buf);
            heads::draw(screen, buf);
        }
    }
    inspector::draw(screen, buf);
    if let Some(layer) = screen.layers.top() {
        layer.draw(screen, buf);
    }
    status::draw(screen, buf);
    prompt_line::draw(screen, screen.areas.status, &screen.shared.input, buf);
}

/// The key of a record in at most `width` columns.
pub(super) fn key(screen: &TreeScreen, key: &NodeKey, width: usize) -> String {
    item::key_line(key.stored(), screen.typing.key.as_ref(), screen.shared.key_format, width)
}

/// The value of a key in at most `width` columns.
pub(super) fn value(screen: &TreeScreen, key: &NodeKey, width: usize) -> String {
    match key.record() {
        Some(record) => {
            item::line(record.bytes().value, screen.typing.value.as_ref(), screen.shared.value_format, width)
        }
        None => cut(&item::undelimited(key.node()), width),
    }
}

/// A shown key or value, with what the last search looks for marked.
pub(super) fn marked(screen: &TreeScreen, text: &str, style: Style, shown: ShownAs) -> Vec<Span<'static>> {
    let is_hidden = shown == ShownAs::Value && screen.shared.value_format == ItemFormat::Redacted;
    let query = screen.marked_query().filter(|_| !is_hidden);
    paint::marked(text, &query.map_or_else(Vec::new, |query| query.places(text, shown)), style, screen.shared.theme)
}
