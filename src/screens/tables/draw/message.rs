//! A text that fills the screen: why there is no comparison, and what to do.

use mst_types::escape_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::model::text::wrap;
use crate::runtime::input::keymap::with_keys;
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::tables::{Phase, Stage, TablesScreen};

impl TablesScreen {
    /// The lines of the text, with their roles.
    pub(crate) fn message_lines(&self) -> Vec<(String, Role)> {
        let (why, next) = match &self.phase {
            Phase::Failed(stage, why) => {
                let next = match (stage, &self.page) {
                    (Stage::Build, Some(_)) => "{again} builds again, {cancel} leads back to the draft, {quit} leaves",
                    (Stage::Build, None) => "{again} builds again, {quit} leaves",
                    (Stage::Draft, _) => "{again} reads both tables again, {quit} leaves",
                };
                (why.as_str(), next)
            }
            Phase::Stopped(Stage::Draft) => (
                "Stopped. Nothing was compared, and nothing was written.",
                "{again} reads both tables again, {quit} leaves",
            ),
            Phase::Stopped(Stage::Build) => (
                "Stopped. Nothing was compared, and what was built so far was given up.",
                "{again} builds again, {quit} leaves",
            ),
            Phase::Built => {
                ("Both trees are built and were compared.", "{again} reads and compares again, {quit} leaves")
            }
            Phase::Working(_) | Phase::Page => return Vec::new(),
        };
        let role = if matches!(self.phase, Phase::Failed(..)) { Role::Bad } else { Role::Plain };
        let width = usize::from(self.areas.inside().width).saturating_sub(2);
        let mut lines = vec![(String::new(), Role::Plain)];
        for paragraph in why.lines() {
            let wrapped = wrap(&escape_text(paragraph), width);
            // The first paragraph is what went wrong; the others say more, such as the candidates.
            let role = if lines.len() == 1 { role } else { Role::Plain };
            lines.extend(wrapped.into_iter().map(|line| (line, role)));
            if paragraph.is_empty() {
                lines.push((String::new(), Role::Plain));
            }
        }
        lines.push((String::new(), Role::Plain));
        lines.extend(wrap(&with_keys(next), width).into_iter().map(|line| (line, Role::Hint)));
        lines
    }
}

pub(super) fn draw(screen: &TablesScreen, buf: &mut Buffer) {
    let title = match screen.phase {
        Phase::Failed(..) => "Failed",
        Phase::Stopped(_) => "Stopped",
        _ => "Compared",
    };
    let lines = screen.message_lines();
    paint::frame(screen, screen.areas.body, title, true, buf);
    paint::scrollbar(screen, screen.areas.body, &screen.text, lines.len(), buf);
    let inside = screen.areas.inside();
    let window = screen.text.window(lines.len());
    for (row, (text, role)) in lines.into_iter().take(window.end).skip(window.start).enumerate() {
        let area = Rect { y: inside.y + row as u16, height: 1, ..inside };
        let line = Line::from(Span::styled(format!(" {text}"), screen.shared.theme.style(role)));
        buf.set_line(area.x, area.y, &line, area.width);
    }
}
