//! A screen as an SVG picture. The same screen gives the same bytes.

use std::fmt::Write;

use mst_types::is_hidden;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::runtime::theme::Theme;

const CELL_WIDTH: f32 = 8.4;
const CELL_HEIGHT: f32 = 18.0;
const BASELINE: f32 = 13.5;
const PADDING: f32 = 12.0;

struct Palette {
    background: &'static str,
    text: &'static str,
    /// The sixteen colours of a terminal.
    colors: [&'static str; 16],
}

const DARK: Palette = Palette {
    background: "#16181d",
    text: "#d7dae0",
    colors: [
        "#16181d", "#d1606b", "#7fae6a", "#c9a35f", "#5b95d6", "#b279c9", "#4fa7b3", "#b9bec9", "#6b7280", "#ff7a85",
        "#98d180", "#f0c674", "#7db7ff", "#d69bf0", "#6fd0de", "#ffffff",
    ],
};

const LIGHT: Palette = Palette {
    background: "#fbfbfa",
    text: "#23262d",
    colors: [
        "#23262d", "#b3202d", "#2c7a1f", "#8a6100", "#1d5fb4", "#8a3aa8", "#0f7280", "#d0d3d9", "#868d98", "#d1303e",
        "#3a9a2a", "#a87700", "#2f78d6", "#a64fc6", "#158a9b", "#fbfbfa",
    ],
};

impl Palette {
    fn color(&self, color: Color, default: &str) -> String {
        let index = match color {
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 8,
            Color::LightRed => 9,
            Color::LightGreen => 10,
            Color::LightYellow => 11,
            Color::LightBlue => 12,
            Color::LightMagenta => 13,
            Color::LightCyan => 14,
            Color::White => 15,
            Color::Rgb(r, g, b) => return format!("#{r:02x}{g:02x}{b:02x}"),
            // Pictures have all colours, so no theme uses others.
            Color::Reset | Color::Indexed(_) => return default.to_owned(),
        };
        self.colors[index].to_owned()
    }
}

/// The picture of a screen.
pub(crate) fn render(buffer: &Buffer, theme: Theme) -> String {
    let palette = if theme.is_light() { &LIGHT } else { &DARK };
    let background = theme
        .ground()
        .map_or_else(|| palette.background.to_owned(), |(_, color)| palette.color(color, palette.background));
    let area = buffer.area;
    let width = f32::from(area.width) * CELL_WIDTH + 2.0 * PADDING;
    let height = f32::from(area.height) * CELL_HEIGHT + 2.0 * PADDING;
    let mut backgrounds = String::new();
    let mut texts = String::new();
    for y in 0..area.height {
        for run in runs(buffer, y) {
            draw_run(&run, y, palette, &background, &mut backgrounds, &mut texts);
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n{backgrounds}{texts}</svg>\n",
        background
    )
}

/// Neighbouring cells that look alike.
struct Run<'a> {
    x: u16,
    cells: u16,
    text: String,
    style: &'a Cell,
}

fn runs(buffer: &Buffer, y: u16) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    for x in 0..buffer.area.width {
        let cell = &buffer[(x, y)];
        let alike = |run: &&mut Run<'_>| {
            let (a, b) = (run.style, cell);
            (a.fg, a.bg, a.modifier) == (b.fg, b.bg, b.modifier)
        };
        match runs.last_mut().filter(alike) {
            Some(run) => {
                run.text.push_str(cell.symbol());
                run.cells += 1;
            }
            None => runs.push(Run { x, cells: 1, text: cell.symbol().to_owned(), style: cell }),
        }
    }
    runs
}

fn draw_run(run: &Run<'_>, y: u16, palette: &Palette, background: &str, backgrounds: &mut String, texts: &mut String) {
    let modifier = run.style.modifier;
    let mut ink = palette.color(run.style.fg, palette.text);
    let mut paper = palette.color(run.style.bg, background);
    if modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut ink, &mut paper);
    }
    let x = PADDING + f32::from(run.x) * CELL_WIDTH;
    let top = PADDING + f32::from(y) * CELL_HEIGHT;
    let width = f32::from(run.cells) * CELL_WIDTH;
    if paper != background {
        let _ = writeln!(
            backgrounds,
            "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{CELL_HEIGHT}\" fill=\"{paper}\"/>"
        );
    }
    let text = run.text.trim_end();
    let lead = text.len() - text.trim_start().len();
    let text = text.trim_start();
    if text.is_empty() {
        return;
    }
    // Each run is set to its exact width, so that columns stay columns under any font.
    let cells = run.cells as usize - lead - (run.text.len() - run.text.trim_end().len());
    let mut attributes = String::new();
    if modifier.contains(Modifier::BOLD) {
        attributes.push_str(" font-weight=\"bold\"");
    }
    if modifier.contains(Modifier::DIM) {
        attributes.push_str(" opacity=\"0.62\"");
    }
    if modifier.contains(Modifier::UNDERLINED) {
        attributes.push_str(" text-decoration=\"underline\"");
    }
    let _ = writeln!(
        texts,
        "<text x=\"{:.1}\" y=\"{:.1}\" textLength=\"{:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{ink}\"{attributes}>{}</text>",
        x + lead as f32 * CELL_WIDTH,
        top + BASELINE,
        cells as f32 * CELL_WIDTH,
        escape(text),
    );
}

fn escape(text: &str) -> String {
    // XML has no form for some characters at all.
    let text = text.replace(is_hidden, "\u{fffd}");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn runs_keep_their_columns_and_are_escaped() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 1));
        buffer.set_string(2, 0, "a<b", Style::new().fg(Color::LightRed).add_modifier(Modifier::REVERSED));
        let svg = render(&buffer, Theme::Dark);
        assert!(svg.contains("<rect x=\"28.8\" y=\"12.0\" width=\"25.2\" height=\"18\" fill=\"#ff7a85\"/>"), "{svg}");
        assert!(svg.contains("textLength=\"25.2\"") && svg.contains(">a&lt;b</text>"), "{svg}");
    }
}
