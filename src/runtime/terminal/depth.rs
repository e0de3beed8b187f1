//! How many colours the terminal shows, and the nearest of them.

use ratatui::style::Color;

/// How many colours the terminal shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Depth {
    /// None at all.
    None,
    /// The sixteen that every colour terminal has, in tones of its own.
    Ansi16,
    /// The fixed table of 256.
    Ansi256,
    True,
}

/// The values of environment variables by their names. An empty value counts as none.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Terminals that show all colours, by their entry in terminfo, and do not always say so in COLORTERM.
const TRUE_COLOUR_TERMS: &[&str] =
    &["alacritty", "foot", "xterm-ghostty", "ghostty", "wezterm", "xterm-kitty", "contour"];

/// Terminals without any colour.
const COLOURLESS_TERMS: &[&str] = &["dumb", "unknown", "vt52", "vt100", "vt102", "vt220", "xterm-mono", "hurd"];

impl Depth {
    /// How many colours the environment says that the terminal shows.
    pub(crate) fn detect(environment: Environment<'_>) -> Self {
        let term = environment("TERM").unwrap_or_default().to_ascii_lowercase();
        let by_name = Self::of_term(&term);
        // A terminal of its own inside another: it passes on fewer colours than the outer one shows.
        if term.starts_with("screen") && environment("STY").is_some() {
            return by_name.min(Self::Ansi256);
        }
        let colour_term = environment("COLORTERM").unwrap_or_default().to_ascii_lowercase();
        let is_true = matches!(colour_term.as_str(), "truecolor" | "24bit")
            || environment("WT_SESSION").is_some()
            || environment("TERM_PROGRAM").is_some_and(|name| ["iTerm.app", "vscode", "WezTerm"].contains(&&*name));
        let is_forced = environment("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        match by_name {
            Self::None if is_forced => Self::Ansi16,
            Self::None => Self::None,
            _ if is_true && term != "linux" => Self::True,
            by_name if !colour_term.is_empty() => by_name.max(Self::Ansi16),
            by_name => by_name,
        }
    }

    fn of_term(term: &str) -> Self {
        let is_one_of = |names: &[&str]| names.contains(&term);
        if is_one_of(COLOURLESS_TERMS) || term.ends_with("-m") {
            Self::None
        } else if is_one_of(TRUE_COLOUR_TERMS) || term.ends_with("-direct") || term.contains("truecolor") {
            Self::True
        } else if term.contains("256") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }

    /// The colour that the terminal shows for `color`: itself, or the nearest that there is.
    pub(crate) fn nearest(self, color: Color) -> Color {
        let wanted = match (self, color) {
            (Self::True, _) | (_, Color::Reset) => return color,
            (Self::None, _) => return Color::Reset,
            (Self::Ansi256, Color::Rgb(r, g, b)) => [r, g, b],
            (Self::Ansi16, Color::Rgb(r, g, b)) => [r, g, b],
            (Self::Ansi16, Color::Indexed(index @ 16..)) => indexed(index),
            // One of the sixteen.
            (Self::Ansi256 | Self::Ansi16, _) => return color,
        };
        if self == Self::Ansi256 {
            // The first sixteen look different in every terminal.
            let nearest = (16..=255).min_by_key(|index| distance(indexed(*index), wanted));
            return nearest.map_or(Color::Reset, Color::Indexed);
        }
        // A deep blue is nearer to grey than to blue, but blue is what it says.
        let hue = hue(wanted);
        let turned = |tone: [u8; 3]| match (hue, self::hue(tone)) {
            (Some(wanted), Some(hue)) => (wanted - hue).abs().min(360 - (wanted - hue).abs()),
            (None, None) => 0,
            _ => 360,
        };
        let nearest = SIXTEEN.iter().min_by_key(|(_, tone)| (turned(*tone), distance(*tone, wanted)));
        nearest.map_or(Color::Reset, |(color, _)| *color)
    }
}

/// The sixteen colours as xterm shows them.
const SIXTEEN: [(Color, [u8; 3]); 16] = [
    (Color::Black, [0, 0, 0]),
    (Color::Red, [205, 0, 0]),
    (Color::Green, [0, 205, 0]),
    (Color::Yellow, [205, 205, 0]),
    (Color::Blue, [0, 0, 238]),
    (Color::Magenta, [205, 0, 205]),
    (Color::Cyan, [0, 205, 205]),
    (Color::Gray, [229, 229, 229]),
    (Color::DarkGray, [127, 127, 127]),
    (Color::LightRed, [255, 0, 0]),
    (Color::LightGreen, [0, 255, 0]),
    (Color::LightYellow, [255, 255, 0]),
    (Color::LightBlue, [92, 92, 255]),
    (Color::LightMagenta, [255, 0, 255]),
    (Color::LightCyan, [0, 255, 255]),
    (Color::White, [255, 255, 255]),
];

/// A colour of the fixed table from 16 on: a cube of 6 steps, then 24 greys.
fn indexed(index: u8) -> [u8; 3] {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match index {
        0..16 => SIXTEEN[usize::from(index)].1,
        16..232 => {
            let at = usize::from(index - 16);
            [STEPS[at / 36], STEPS[at / 6 % 6], STEPS[at % 6]]
        }
        232.. => [8 + 10 * (index - 232); 3],
    }
}

/// The hue of a colour in degrees, to the nearest of the six that sixteen colours have; none for greys.
fn hue([r, g, b]: [u8; 3]) -> Option<i32> {
    let [r, g, b] = [r, g, b].map(i32::from);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let spread = most - least;
    if spread * 4 < most || spread == 0 {
        return None;
    }
    let degrees = match most {
        _ if most == r => 60 * (g - b) / spread,
        _ if most == g => 120 + 60 * (b - r) / spread,
        _ => 240 + 60 * (r - g) / spread,
    };
    Some((degrees.rem_euclid(360) + 30) / 60 % 6 * 60)
}

/// How different two colours look: the weighted distance known as "redmean".
fn distance(a: [u8; 3], b: [u8; 3]) -> i64 {
    let [r, g, b_] = [0, 1, 2].map(|at| i64::from(a[at]) - i64::from(b[at]));
    let red = (i64::from(a[0]) + i64::from(b[0])) / 2;
    (512 + red) * r * r + 1024 * g * g + (767 - red) * b_ * b_
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(variables: &[(&str, &str)]) -> Depth {
        Depth::detect(&|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_tells_how_many_colours_there_are() {
        for (variables, expected) in [
            (&[("TERM", "xterm-256color")][..], Depth::Ansi256),
            (&[("TERM", "xterm")], Depth::Ansi16),
            (&[("TERM", "linux")], Depth::Ansi16),
            (&[("TERM", "linux"), ("COLORTERM", "truecolor")], Depth::Ansi16),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Depth::True),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "24bit")], Depth::True),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "yes")], Depth::Ansi256),
            (&[("TERM", "xterm-kitty")], Depth::True),
            (&[("TERM", "xterm-direct")], Depth::True),
            (&[("TERM", "screen.xterm-256color"), ("STY", "1.x"), ("COLORTERM", "truecolor")], Depth::Ansi256),
            (&[("TERM", "screen"), ("STY", "1.x"), ("COLORTERM", "truecolor")], Depth::Ansi16),
            (&[("TERM", "tmux-256color"), ("TMUX", "x"), ("COLORTERM", "truecolor")], Depth::True),
            (&[("TERM", "vt220")], Depth::None),
            (&[("TERM", "vt220"), ("CLICOLOR_FORCE", "1")], Depth::Ansi16),
            (&[("TERM", "vt220"), ("CLICOLOR_FORCE", "0")], Depth::None),
            (&[], Depth::Ansi16),
        ] {
            assert_eq!(detect(variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn colours_fall_back_to_the_nearest() {
        let orange = Color::Rgb(0xe6, 0x9f, 0x00);
        assert_eq!(Depth::True.nearest(orange), orange);
        assert_eq!(Depth::Ansi256.nearest(orange), Color::Indexed(178));
        assert_eq!(Depth::Ansi16.nearest(orange), Color::Yellow);
        assert_eq!(Depth::Ansi16.nearest(Color::Indexed(196)), Color::LightRed);
        assert_eq!(Depth::Ansi256.nearest(Color::LightRed), Color::LightRed);
        assert_eq!(Depth::None.nearest(Color::LightRed), Color::Reset);
        assert_eq!(Depth::Ansi256.nearest(Color::Rgb(0, 0, 0)), Color::Indexed(16));
    }
}
