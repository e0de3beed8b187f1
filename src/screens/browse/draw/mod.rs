//! What is drawn, one file a part of the screen. Drawing reads the state and nothing else.

pub(crate) mod header;
pub(crate) mod node;
pub(crate) mod outline;
pub(crate) mod records;
pub(crate) mod report;
pub(crate) mod status;
pub(crate) mod value;

use ratatui::buffer::Buffer;

use crate::runtime::{help, prompt_line as prompt};
use crate::screens::browse::state::{App, Overlay};

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
