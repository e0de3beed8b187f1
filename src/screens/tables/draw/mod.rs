//! The screen of two tables, one file a part. Drawing reads the state and nothing else.

mod footer;
mod header;
mod list;
mod message;
mod reading;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::page::Page;
use super::{Phase, TablesScreen};
use crate::runtime::input::action::{Action, Common, TablesAction};
use crate::runtime::input::prompt_line;
use crate::runtime::status::hints_of;
use crate::runtime::{paint, status};

/// Draws the whole screen.
pub(super) fn draw(screen: &TablesScreen, buf: &mut Buffer) {
    header::draw(screen, buf);
    match (&screen.phase, &screen.page) {
        (Phase::Working(stage), _) => reading::draw(screen, *stage, buf),
        (Phase::Page, Some(page)) => draw_page(screen, page, buf),
        _ => message::draw(screen, buf),
    }
    footer::draw(screen, buf);
    if let Some(layer) = screen.layers.top() {
        layer.draw(screen, buf);
    }
    let hints = hints_of(&screen.layers.top().map_or_else(|| hints(screen), |layer| layer.hints()));
    status::line(screen, &screen.shared.input, &hints, screen.areas.status, buf);
    prompt_line::draw(screen, screen.areas.status, &screen.shared.input, buf);
}

fn draw_page(screen: &TablesScreen, page: &Page, buf: &mut Buffer) {
    let areas = &screen.areas;
    if areas.details.is_some() || !page.is_in_details {
        list::draw(screen, page, buf);
    }
    if areas.details.is_some() || page.is_in_details {
        draw_details(screen, page, buf);
    }
}

fn draw_details(screen: &TablesScreen, page: &Page, buf: &mut Buffer) {
    let (area, inside) = (screen.areas.details_area(), screen.areas.details_inside());
    Clear.render(area, buf);
    paint::frame(screen, area, "Details", page.is_in_details, buf);
    paint::scrollbar(screen, area, &page.details_cursor, page.details.len(), buf);
    let window = page.details_cursor.window(page.details.len());
    for (row, (at, line)) in page.details.iter().enumerate().take(window.end).skip(window.start).enumerate() {
        let line_area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        let words = Line::from(Span::styled(line.text.as_str(), screen.shared.theme.style(line.role)));
        buf.set_line(line_area.x, line_area.y, &words, line_area.width);
        if page.is_in_details && at == page.details_cursor.selected {
            paint::cursor_line(screen.shared.theme, line_area, true, buf);
        }
    }
}

/// The keys that mean something now, the most important first.
fn hints(screen: &TablesScreen) -> Vec<Action> {
    let (tables, common) = (Action::Tables, Action::Common);
    let (help, quit) = (common(Common::Help), common(Common::Quit));
    match screen.phase {
        // The line above says what Esc does.
        Phase::Working(_) => vec![help, quit],
        Phase::Failed(..) | Phase::Stopped(_) => vec![tables(TablesAction::Again), help, quit],
        Phase::Built => vec![tables(TablesAction::Compare), help, quit],
        Phase::Page => vec![
            tables(TablesAction::Compare),
            help,
            quit,
            tables(TablesAction::Toggle),
            tables(TablesAction::Details),
            tables(TablesAction::Confirm),
            tables(TablesAction::ConfirmAll),
            Action::Search,
            tables(TablesAction::Write),
        ],
    }
}
