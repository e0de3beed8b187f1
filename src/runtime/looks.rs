//! The looks of the program: the theme that was chosen, and what the terminal and the environment say.

use clap::ValueEnum;

use crate::runtime::terminal::charset::Charset;
use crate::runtime::terminal::depth::{Depth, Environment};
use crate::runtime::theme::Theme;

/// The background of the terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Background {
    Dark,
    Light,
}

/// A theme by the name that users give it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum ThemeChoice {
    /// dark or light, as the terminal's background is; mono if NO_COLOR is set
    Auto,
    /// For a dark background
    Dark,
    /// For a light background
    Light,
    /// No colours
    Mono,
    /// Full colours on black, or deep ones on white
    HighContrast,
    /// Blue and orange instead of red and green
    #[value(alias = "color-blind")]
    ColourBlind,
}

impl ThemeChoice {
    /// A theme by its name; an error names those that there are.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        Self::from_str(name, false).map_err(|_| {
            let names: Vec<_> = Self::names().collect();
            format!("no theme is called {name:?}; there are {}", names.join(", "))
        })
    }

    /// The names of all themes.
    pub(crate) fn names() -> impl Iterator<Item = String> {
        Self::value_variants().iter().map(|choice| choice.name())
    }

    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether the background of the terminal decides something.
    pub(crate) fn depends_on_background(self) -> bool {
        matches!(self, Self::Auto | Self::HighContrast | Self::ColourBlind)
    }
}

/// When to draw in ASCII only.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum AsciiChoice {
    /// If the locale is C or POSIX or has another encoding than UTF-8, or if TERM=linux
    Auto,
    Always,
    Never,
}

impl AsciiChoice {
    /// The characters to draw with; none where the environment decides.
    pub(crate) fn charset(self) -> Option<Charset> {
        match self {
            Self::Auto => None,
            Self::Always => Some(Charset::Ascii),
            Self::Never => Some(Charset::Unicode),
        }
    }

    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// The looks of the program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looks {
    pub(crate) choice: ThemeChoice,
    /// Whether the environment asks for no colours. A theme that is named overrides it.
    pub(crate) no_color: bool,
    /// The background, as the terminal answered, or else as the environment says.
    pub(crate) background: Option<Background>,
    pub(crate) depth: Depth,
    pub(crate) charset: Charset,
}

impl Looks {
    /// The looks for a choice in an environment.
    pub(crate) fn detect(choice: ThemeChoice, charset: Option<Charset>, environment: Environment<'_>) -> Self {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        // COLORFGBG is TEXT;BACKGROUND or TEXT;OTHER;BACKGROUND, each one of 16 colours: 7 and from 9 on are light.
        let background = set("COLORFGBG").and_then(|colors| colors.rsplit(';').next()?.parse::<u8>().ok());
        Self {
            choice,
            no_color: set("NO_COLOR").is_some(),
            background: background.map(|color| match color {
                7 | 9..=15 => Background::Light,
                _ => Background::Dark,
            }),
            depth: Depth::detect(environment),
            charset: charset.unwrap_or_else(|| Charset::detect(environment)),
        }
    }

    pub(crate) fn theme(&self) -> Theme {
        let is_light = self.background == Some(Background::Light);
        match self.choice {
            ThemeChoice::Mono => Theme::Mono,
            _ if self.depth == Depth::None => Theme::Mono,
            ThemeChoice::Auto if self.no_color => Theme::Mono,
            ThemeChoice::Auto if is_light => Theme::Light,
            ThemeChoice::Auto | ThemeChoice::Dark => Theme::Dark,
            ThemeChoice::Light => Theme::Light,
            ThemeChoice::HighContrast if is_light => Theme::HighContrastLight,
            ThemeChoice::HighContrast => Theme::HighContrast,
            ThemeChoice::ColourBlind if is_light => Theme::ColourBlindLight,
            ThemeChoice::ColourBlind => Theme::ColourBlind,
        }
    }

    /// Whether the terminal's answer about its background would change something.
    pub(crate) fn depends_on_background(&self) -> bool {
        self.depth != Depth::None
            && self.choice.depends_on_background()
            && !(self.choice == ThemeChoice::Auto && self.no_color)
    }
}

/// A theme by itself, as pictures and tests have it: with all colours and characters.
impl From<Theme> for Looks {
    fn from(theme: Theme) -> Self {
        let choice = match theme {
            Theme::Dark => ThemeChoice::Dark,
            Theme::Light => ThemeChoice::Light,
            Theme::Mono => ThemeChoice::Mono,
            Theme::HighContrast | Theme::HighContrastLight => ThemeChoice::HighContrast,
            Theme::ColourBlind | Theme::ColourBlindLight => ThemeChoice::ColourBlind,
        };
        let background = Some(if theme.is_light() { Background::Light } else { Background::Dark });
        Self { choice, no_color: false, background, depth: Depth::True, charset: Charset::Unicode }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_theme_follows_the_choice_and_the_environment() {
        use ThemeChoice::{Auto, ColourBlind, Dark, HighContrast, Light};
        let xterm = ("TERM", "xterm-256color");
        for (choice, variables, expected) in [
            (Auto, &[xterm][..], Theme::Dark),
            (Auto, &[xterm, ("NO_COLOR", "1")], Theme::Mono),
            (Auto, &[xterm, ("NO_COLOR", "")], Theme::Dark),
            (Auto, &[xterm, ("COLORFGBG", "0;15")], Theme::Light),
            (Auto, &[xterm, ("COLORFGBG", "0;default;7")], Theme::Light),
            (Auto, &[xterm, ("COLORFGBG", "15;0")], Theme::Dark),
            (Auto, &[xterm, ("COLORFGBG", "15;8")], Theme::Dark),
            (Auto, &[xterm, ("COLORFGBG", "0;default")], Theme::Dark),
            // What is named overrides NO_COLOR, but not a terminal without colours.
            (Light, &[xterm, ("NO_COLOR", "1")], Theme::Light),
            (Dark, &[("TERM", "vt220")], Theme::Mono),
            (Dark, &[xterm, ("COLORFGBG", "0;15")], Theme::Dark),
            (HighContrast, &[xterm], Theme::HighContrast),
            (HighContrast, &[xterm, ("COLORFGBG", "0;15")], Theme::HighContrastLight),
            (ColourBlind, &[xterm, ("COLORFGBG", "0;15")], Theme::ColourBlindLight),
        ] {
            let looks = Looks::detect(choice, None, &|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(looks.theme(), expected, "{choice:?} {variables:?}");
        }
    }

    #[test]
    fn an_unknown_theme_is_answered_with_those_that_there_are() {
        assert_eq!(ThemeChoice::named("color-blind"), Ok(ThemeChoice::ColourBlind));
        assert_eq!(
            ThemeChoice::named("solarized").unwrap_err(),
            "no theme is called \"solarized\"; there are auto, dark, light, mono, high-contrast, colour-blind"
        );
    }
}
