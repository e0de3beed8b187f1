//! What is drawn, one file a part of the screen. Drawing reads the state and nothing else.

mod bytes;
pub(crate) mod drift;
mod explain;
mod header;
pub(crate) mod help;
mod history;
mod node;
mod outline;
pub(crate) mod paint;
mod prompt;
mod proof;
mod records;
mod report;
mod shape;
mod status;
mod value;
mod verify;

use ratatui::buffer::Buffer;

use super::app::{App, Overlay};
use super::report::View;

/// The views of one tree that are computed by a job. A view is a file here and a row of this table.
pub(crate) static VIEWS: &[View] = &[history::VIEW, verify::VIEW, shape::VIEW, bytes::VIEW, explain::VIEW, proof::VIEW];

/// The view of a name.
pub(crate) fn view(name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name == name)
}

/// Draws the whole screen.
pub(crate) fn draw(app: &App, buf: &mut Buffer) {
    header::draw(app, buf);
    outline::draw(app, buf);
    node::draw(app, buf);
    records::draw(app, buf);
    match app.over.get() {
        Some(Overlay::Help(cursor)) => help::draw(app, cursor, buf),
        Some(Overlay::Value(view)) => value::draw(app, view, buf),
        Some(Overlay::Report(view)) => report::draw(app, view, buf),
        None => {}
    }
    status::draw(app, buf);
    prompt::draw(app, app.areas.status, &app.input, buf);
}
