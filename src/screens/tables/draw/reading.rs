//! How far both reads are. Each number has a place of its own, so that nothing jumps.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::header::names;
use crate::model::text::{count, cut, thousands, wrap};
use crate::runtime::paint;
use crate::runtime::theme::Role;
use crate::screens::tables::progress::{Meter, left_words};
use crate::screens::tables::{Stage, TablesScreen};

/// The columns of rows, rates and the time that is left.
const ROWS: usize = 18;
const RATE: usize = 19;
const LEFT: usize = 17;
/// The widest bar, and the narrowest that says something.
const BAR: usize = 40;
const MIN_BAR: usize = 8;

pub(super) fn draw(screen: &TablesScreen, stage: Stage, buf: &mut Buffer) {
    let title = match stage {
        Stage::Draft => "Reading",
        Stage::Build => "Building",
    };
    paint::frame(screen, screen.areas.body, title, true, buf);
    let inside = screen.areas.inside();
    // The lines of a side, and whether there is an empty line between the sides.
    let gap = u16::from(inside.height >= 6);
    let width = usize::from(inside.width);
    let names = names(screen, (width.saturating_sub(2)) * 2);
    let mut y = inside.y + gap;
    for ((name, word), meter) in names.iter().zip(["left ", "right"]).zip(&screen.meters) {
        let spans = vec![
            Span::styled(format!(" {word} "), screen.shared.theme.style(Role::Dim)),
            Span::styled(cut(name, width.saturating_sub(8)), screen.shared.theme.style(Role::Strong)),
        ];
        put(inside, y, spans, buf);
        put(inside, y + 1, numbers(screen, meter, width.saturating_sub(1)), buf);
        y += 2 + gap;
    }
    let words = match stage {
        Stage::Draft => {
            "Both tables are read once, to find their key and the columns that belong together. Nothing is written, and \
             nothing is compared before you have seen what was found, unless it leaves no doubt."
        }
        Stage::Build => "Both tables are read, and a tree is built of each. The comparison follows.",
    };
    for line in wrap(words, width.saturating_sub(2)) {
        put(inside, y, vec![Span::styled(format!(" {line}"), screen.shared.theme.style(Role::Dim))], buf);
        y += 1;
    }
}

fn put(inside: Rect, y: u16, spans: Vec<Span<'_>>, buf: &mut Buffer) {
    if y < inside.bottom() {
        buf.set_line(inside.x, y, &Line::from(spans), inside.width);
    }
}

/// ` ━━━━━━━━╌╌╌╌  62 %   310,000 rows   312,000 rows/s   8 s left`; what matters least is left out of a narrow line.
fn numbers(screen: &TablesScreen, meter: &Meter, width: usize) -> Vec<Span<'static>> {
    let style = |role| screen.shared.theme.style(role);
    let progress = &meter.progress;
    let share = if progress.is_done { Some(1.0) } else { progress.share.map(|share| share.clamp(0.0, 1.0)) };
    let room = width.saturating_sub(1 + 6 + ROWS);
    let with_rate = room >= RATE + MIN_BAR;
    let with_left = room >= RATE + LEFT + MIN_BAR;
    let bar = room.saturating_sub(if with_rate { RATE } else { 0 } + if with_left { LEFT } else { 0 }).min(BAR);
    let mut spans = vec![Span::raw(" ")];
    match share {
        Some(share) => {
            let full = ((bar as f64 * share) as usize).min(bar);
            let role = if progress.is_done { Role::Good } else { Role::Hint };
            spans.push(Span::styled("━".repeat(full), style(role)));
            spans.push(Span::styled("╌".repeat(bar - full), style(Role::Dim)));
            spans.push(Span::raw(format!(" {:>3.0} %", (share * 100.0).floor())));
        }
        None => {
            spans.push(Span::styled(format!("{:bar$}", cut("size not known", bar)), style(Role::Dim)));
            spans.push(Span::raw(" ".repeat(6)));
        }
    }
    spans.push(Span::raw(format!("{:>ROWS$}", count(progress.rows, "row"))));
    if with_rate {
        let rate = match (progress.is_done, meter.rows_per_second()) {
            (true, _) => "done".to_owned(),
            (false, rate) => rate.map_or_else(String::new, |rate| format!("{} rows/s", thousands(rate))),
        };
        spans.push(Span::raw(format!("{rate:>RATE$}")));
    }
    if with_left {
        let left = meter.left().map_or_else(String::new, left_words);
        spans.push(Span::raw(format!("{left:>LEFT$}")));
    }
    spans
}
