//! Colours and marks. The colours are the terminal's own sixteen, so that a light background stays readable; whatever a
//! colour says, a glyph or a modifier says too.

use ratatui::style::{Color, Modifier, Style};

/// Which colours are used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Theme {
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// No colours, only bold, dim and reversed.
    Mono,
}

/// The role of a piece of text, which decides its looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Plain,
    /// Secondary text.
    Dim,
    /// The thing that counts in a line.
    Strong,
    /// A frame, and the frame of the pane that has the keys.
    Border,
    FocusedBorder,
    Title,
    /// The line under the cursor, in the pane that has the keys and in one that has not.
    Cursor,
    IdleCursor,
    /// Proved.
    Good,
    /// Wrong.
    Bad,
    /// Guessed, or not finished.
    Doubtful,
    /// A key that can be pressed.
    Hint,
    Hash,
    Offset,
    /// A record that only the left tree has, only the right, both with two values; the part that differs.
    OnlyLeft,
    OnlyRight,
    Changed,
    Mark,
    /// A part of a level of the tree: one colour per level everywhere.
    Level(u8),
}

impl Theme {
    pub(crate) fn style(self, role: Role) -> Style {
        let plain = Style::new();
        match role {
            Role::Plain => plain,
            Role::Dim => plain.add_modifier(Modifier::DIM),
            Role::Strong => plain.add_modifier(Modifier::BOLD),
            Role::Border => self.ink(plain.add_modifier(Modifier::DIM), Color::DarkGray),
            Role::FocusedBorder => self.ink(plain, Color::Cyan),
            Role::Title => self.ink(plain.add_modifier(Modifier::BOLD), Color::Cyan),
            Role::Cursor => plain.add_modifier(Modifier::REVERSED),
            Role::IdleCursor => plain.add_modifier(Modifier::UNDERLINED),
            Role::Good => self.ink(plain, Color::Green),
            Role::Bad => self.ink(plain.add_modifier(Modifier::BOLD), Color::Red),
            Role::Doubtful => self.ink(plain, if self == Self::Light { Color::Magenta } else { Color::Yellow }),
            Role::Hint => self.ink(plain.add_modifier(Modifier::BOLD), Color::Cyan),
            Role::Hash => self.ink(plain, Color::Magenta),
            Role::Offset => self.ink(plain, Color::Blue),
            Role::OnlyLeft => self.ink(plain, Color::Blue),
            Role::OnlyRight => self.ink(plain, Color::Green),
            Role::Changed => self.style(Role::Doubtful),
            Role::Mark => self.style(Role::Doubtful).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            Role::Level(level) => self.ink(plain, self.level_color(level)),
        }
    }

    /// `style` in `color`; the darker half of the palette on a light background, the brighter on a dark one.
    fn ink(self, style: Style, color: Color) -> Style {
        let color = match (self, color) {
            (Self::Mono, _) => return style,
            (Self::Dark, Color::Red) => Color::LightRed,
            (Self::Dark, Color::Green) => Color::LightGreen,
            (Self::Dark, Color::Blue) => Color::LightBlue,
            (Self::Dark, Color::Magenta) => Color::LightMagenta,
            (Self::Dark, Color::Yellow) => Color::LightYellow,
            (Self::Dark, Color::Cyan) => Color::LightCyan,
            (_, color) => color,
        };
        style.fg(color)
    }

    fn level_color(self, level: u8) -> Color {
        const LEVELS: [Color; 6] = [Color::Green, Color::Cyan, Color::Blue, Color::Magenta, Color::Yellow, Color::Red];
        LEVELS[usize::from(level) % LEVELS.len()]
    }
}
