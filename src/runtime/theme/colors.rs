//! The colours of each theme.

use ratatui::style::Color;

/// The colours of a theme, by what they say.
#[derive(Debug)]
pub(super) struct Colors {
    /// Frames.
    pub(super) quiet: Color,
    /// What has the keys, and the keys themselves.
    pub(super) accent: Color,
    pub(super) good: Color,
    pub(super) bad: Color,
    pub(super) doubtful: Color,
    pub(super) hash: Color,
    pub(super) offset: Color,
    pub(super) left: Color,
    pub(super) right: Color,
    pub(super) changed: Color,
    pub(super) levels: [Color; 6],
}

pub(super) const DARK: Colors = Colors {
    quiet: Color::DarkGray,
    accent: Color::LightCyan,
    good: Color::LightGreen,
    bad: Color::LightRed,
    doubtful: Color::LightYellow,
    hash: Color::LightMagenta,
    offset: Color::LightBlue,
    left: Color::LightBlue,
    right: Color::LightGreen,
    changed: Color::LightYellow,
    levels: [
        Color::LightGreen,
        Color::LightCyan,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightYellow,
        Color::LightRed,
    ],
};

pub(super) const LIGHT: Colors = Colors {
    quiet: Color::DarkGray,
    accent: Color::Cyan,
    good: Color::Green,
    bad: Color::Red,
    doubtful: Color::Magenta,
    hash: Color::Magenta,
    offset: Color::Blue,
    left: Color::Blue,
    right: Color::Green,
    changed: Color::Magenta,
    levels: [Color::Green, Color::Cyan, Color::Blue, Color::Magenta, Color::Yellow, Color::Red],
};

/// At least 7 to 1 against black.
pub(super) const HIGH_CONTRAST: Colors = Colors {
    quiet: rgb(0xffffff),
    accent: rgb(0x00ffff),
    good: rgb(0x00ff00),
    bad: rgb(0xff8080),
    doubtful: rgb(0xffff00),
    hash: rgb(0xff99ff),
    offset: rgb(0x99ccff),
    left: rgb(0x99ccff),
    right: rgb(0x00ff00),
    changed: rgb(0xffff00),
    levels: [rgb(0x00ff00), rgb(0x00ffff), rgb(0x99ccff), rgb(0xff99ff), rgb(0xffff00), rgb(0xff8080)],
};

/// At least 7 to 1 against white.
pub(super) const HIGH_CONTRAST_LIGHT: Colors = Colors {
    quiet: rgb(0x000000),
    accent: rgb(0x004d5c),
    good: rgb(0x005000),
    bad: rgb(0x960000),
    doubtful: rgb(0x7a0066),
    hash: rgb(0x640082),
    offset: rgb(0x0000a0),
    left: rgb(0x0000a0),
    right: rgb(0x005000),
    changed: rgb(0x7a0066),
    levels: [rgb(0x005000), rgb(0x004d5c), rgb(0x0000a0), rgb(0x640082), rgb(0x5c3c00), rgb(0x960000)],
};

/// The palette of Okabe and Ito. Blue stands on the left and orange on the right, never red against green.
pub(super) const COLOUR_BLIND: Colors = Colors {
    quiet: Color::DarkGray,
    accent: rgb(0x56b4e9),
    good: rgb(0x56b4e9),
    bad: rgb(0xd9571c),
    doubtful: rgb(0xf0e442),
    hash: rgb(0xcc79a7),
    offset: rgb(0x9aa6b2),
    left: rgb(0x56b4e9),
    right: rgb(0xe69f00),
    changed: rgb(0xf0e442),
    levels: [rgb(0x00b386), rgb(0x56b4e9), rgb(0xf0e442), rgb(0xe69f00), rgb(0xcc79a7), rgb(0xd9571c)],
};

/// The same hues, darker.
pub(super) const COLOUR_BLIND_LIGHT: Colors = Colors {
    quiet: Color::DarkGray,
    accent: rgb(0x005f99),
    good: rgb(0x005f99),
    bad: rgb(0x7d1400),
    doubtful: rgb(0x7d2a5c),
    hash: rgb(0x7d2a5c),
    offset: rgb(0x4d5966),
    left: rgb(0x005f99),
    right: rgb(0x946800),
    changed: rgb(0x5b1a44),
    levels: [rgb(0x00664b), rgb(0x005f99), rgb(0x7d2a5c), rgb(0x8f6200), rgb(0x4d5966), rgb(0x7d1400)],
};

pub(super) const fn rgb(color: u32) -> Color {
    Color::from_u32(color)
}
