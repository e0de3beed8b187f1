//! Colours and marks: one table of roles, and the colours of each theme. Whatever a colour says, a glyph or a modifier
//! says too.

mod colors;
#[cfg(test)]
mod tests;

use ratatui::style::{Color, Modifier, Style};

use colors::{COLOUR_BLIND, COLOUR_BLIND_LIGHT, Colors, DARK, HIGH_CONTRAST, HIGH_CONTRAST_LIGHT, LIGHT, rgb};

/// Which colours are used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Theme {
    /// For a dark background, in the terminal's own sixteen colours.
    Dark,
    /// For a light background, in the terminal's own sixteen colours.
    Light,
    /// No colours, only bold, dim and reversed.
    Mono,
    /// Full colours on black, nothing dim.
    HighContrast,
    /// Deep colours on white, nothing dim.
    HighContrastLight,
    /// Colours that people who see two kinds of light only tell apart too, for a dark background.
    ColourBlind,
    /// The same for a light background.
    ColourBlindLight,
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
        // The one table of roles: what a role looks like without any colour, and which colour it has beside that.
        type Ink = fn(&Colors) -> Color;
        let (modifier, ink): (Modifier, Option<Ink>) = match role {
            Role::Plain => (Modifier::empty(), None),
            Role::Dim => (Modifier::DIM, None),
            Role::Strong => (Modifier::BOLD, None),
            Role::Border => (Modifier::DIM, Some(|colors| colors.quiet)),
            Role::FocusedBorder => (Modifier::empty(), Some(|colors| colors.accent)),
            Role::Title => (Modifier::BOLD, Some(|colors| colors.accent)),
            Role::Cursor => (Modifier::REVERSED, None),
            Role::IdleCursor => (Modifier::UNDERLINED, None),
            Role::Good => (Modifier::empty(), Some(|colors| colors.good)),
            Role::Bad => (Modifier::BOLD, Some(|colors| colors.bad)),
            Role::Doubtful => (Modifier::empty(), Some(|colors| colors.doubtful)),
            Role::Hint => (Modifier::BOLD, Some(|colors| colors.accent)),
            Role::Hash => (Modifier::empty(), Some(|colors| colors.hash)),
            Role::Offset => (Modifier::empty(), Some(|colors| colors.offset)),
            Role::OnlyLeft => (Modifier::empty(), Some(|colors| colors.left)),
            Role::OnlyRight => (Modifier::empty(), Some(|colors| colors.right)),
            Role::Changed => (Modifier::empty(), Some(|colors| colors.changed)),
            Role::Mark => (Modifier::BOLD.union(Modifier::UNDERLINED), Some(|colors| colors.changed)),
            Role::Level(_) => (Modifier::empty(), None),
        };
        let mut style = Style::new();
        // Dim text is what a high contrast is asked for against.
        style.add_modifier = if self.is_high_contrast() { modifier - Modifier::DIM } else { modifier };
        style.fg = self.colors().and_then(|colors| match role {
            Role::Level(level) => Some(colors.levels[usize::from(level) % colors.levels.len()]),
            _ => ink.map(|ink| ink(colors)),
        });
        style
    }

    /// The colours of text and background where the theme does not leave them to the terminal.
    pub(crate) fn ground(self) -> Option<(Color, Color)> {
        match self {
            Self::HighContrast => Some((rgb(0xffffff), rgb(0x000000))),
            Self::HighContrastLight => Some((rgb(0x000000), rgb(0xffffff))),
            _ => None,
        }
    }

    /// Whether it is for a light background.
    pub(crate) fn is_light(self) -> bool {
        matches!(self, Self::Light | Self::HighContrastLight | Self::ColourBlindLight)
    }

    fn is_high_contrast(self) -> bool {
        matches!(self, Self::HighContrast | Self::HighContrastLight)
    }

    fn colors(self) -> Option<&'static Colors> {
        match self {
            Self::Dark => Some(&DARK),
            Self::Light => Some(&LIGHT),
            Self::Mono => None,
            Self::HighContrast => Some(&HIGH_CONTRAST),
            Self::HighContrastLight => Some(&HIGH_CONTRAST_LIGHT),
            Self::ColourBlind => Some(&COLOUR_BLIND),
            Self::ColourBlindLight => Some(&COLOUR_BLIND_LIGHT),
        }
    }
}
