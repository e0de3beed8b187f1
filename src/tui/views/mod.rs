//! What is drawn, one file a part of the screen. Drawing reads the state and nothing else.

pub(crate) mod drift;
mod header;
pub(crate) mod help;
pub(crate) mod history;
mod node;
mod outline;
pub(crate) mod paint;
mod records;
mod status;
mod value;

use ratatui::buffer::Buffer;

use super::app::{App, Overlay};

/// Draws the whole screen.
pub(crate) fn draw(app: &App, buf: &mut Buffer) {
    header::draw(app, buf);
    outline::draw(app, buf);
    node::draw(app, buf);
    records::draw(app, buf);
    status::draw(app, buf);
    match &app.overlay {
        Some(Overlay::Help(cursor)) => help::draw(app, cursor, buf),
        Some(Overlay::Value(view)) => value::draw(app, view, buf),
        Some(Overlay::History(view)) => history::draw(app, view, buf),
        None => {}
    }
}
