//! The line above the keys: what Enter does, and what is not compared.

use ratatui::buffer::Buffer;
use ratatui::text::{Line, Span};

use crate::model::diff::basis::Basis;
use crate::model::text::{count, cut};
use crate::runtime::input::action::{Common, TablesAction};
use crate::runtime::input::keymap::key_of;
use crate::runtime::theme::Role;
use crate::screens::tables::{Phase, TablesScreen};

pub(super) fn draw(screen: &TablesScreen, buf: &mut Buffer) {
    let area = screen.areas.footer;
    if area.is_empty() {
        return;
    }
    let words = match (&screen.phase, &screen.page) {
        (Phase::Page, Some(page)) => {
            let basis = Basis::of_draft(&page.draft);
            let mut words =
                format!("{} compares {}", key_of(TablesAction::Compare), count(page.draft.pairs.len() as u64, "pair"));
            let sentences = basis.sentences();
            let whole = [&[words.clone()], sentences.as_slice()].concat().join(" · ");
            if whole.chars().count() < usize::from(area.width) {
                whole
            } else {
                words += &basis.brief().map_or_else(String::new, |brief| format!(" · {brief}"));
                words
            }
        }
        (Phase::Working(_), _) => format!("{} stops", key_of(Common::Cancel)),
        _ => String::new(),
    };
    let words = cut(&format!(" {words}"), usize::from(area.width));
    buf.set_line(area.x, area.y, &Line::from(Span::styled(words, screen.shared.theme.style(Role::Plain))), area.width);
}
