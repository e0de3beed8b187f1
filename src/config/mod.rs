//! The user's settings: `config.toml`, its place, and what is in it.

mod default_file;
mod first_run;
mod keys;
mod problem;
mod settings;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::{env, io};

use crate::model::columns::ColumnChoice;
use crate::runtime::input::key_choice::KeyChoice;
use crate::runtime::looks::{AsciiChoice, ThemeChoice};

pub(crate) use default_file::default_file;
pub(crate) use first_run::is_first_run;
pub(crate) use problem::Problem;

/// The memory for cached nodes where nothing else is said, in megabytes.
pub(crate) const DEFAULT_CACHE_MB: u64 = 64;

/// The largest file of settings, in bytes.
const MAX_SIZE: u64 = 1 << 20;

/// The settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Config {
    pub(crate) theme: ThemeChoice,
    pub(crate) ascii: AsciiChoice,
    pub(crate) mouse: bool,
    pub(crate) cache_mb: u64,
    pub(crate) columns: ColumnChoice,
    pub(crate) keys: KeyChoice,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::Auto,
            ascii: AsciiChoice::Auto,
            mouse: true,
            cache_mb: DEFAULT_CACHE_MB,
            columns: ColumnChoice::default(),
            keys: KeyChoice::default(),
        }
    }
}

impl Config {
    /// The settings of a text, or everything that is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        settings::parse(text)
    }

    /// Makes the keys and the choice of columns those of the process.
    pub(crate) fn take_effect(self) {
        self.keys.take_effect();
        self.columns.take_effect();
    }
}

/// The file of settings.
#[derive(Clone, Debug)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    /// Whether the user named it, so that it must be there.
    pub(crate) is_named: bool,
}

impl ConfigFile {
    /// The file that the command line or MST_TUI_CONFIG names, or the one in the platform's place; none if the system
    /// names no place.
    pub(crate) fn find(named: Option<&Path>) -> Option<Self> {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        match named.map(Path::to_owned).or_else(|| variable("MST_TUI_CONFIG")) {
            Some(path) => Some(Self { path, is_named: true }),
            None => place(&variable, cfg!(windows)).map(|path| Self { path, is_named: false }),
        }
    }

    /// The settings in the file; the default ones if it is not there and need not be.
    pub(crate) fn load(&self) -> Result<Config, Vec<Problem>> {
        match read(&self.path) {
            Ok(text) => Config::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_named => Ok(Config::default()),
            Err(error) => Err(vec![Problem::of_file(format!("cannot read it: {error}"))]),
        }
    }

    pub(crate) fn exists(&self) -> bool {
        self.path.exists()
    }
}

/// The file in the platform's place. A path that is not absolute is ignored, as the XDG specification asks.
fn place(directory: &dyn Fn(&str) -> Option<PathBuf>, windows: bool) -> Option<PathBuf> {
    let absolute = |name| directory(name).filter(|path| path.is_absolute());
    let base = absolute("XDG_CONFIG_HOME").or_else(|| match windows {
        true => absolute("APPDATA"),
        false => absolute("HOME").map(|home| home.join(".config")),
    })?;
    Some(base.join("mst-tui").join("config.toml"))
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_SIZE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_SIZE {
        return Err(io::Error::other("a file of settings has at most 1 MiB"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_in_the_platforms_place() {
        let place = |variables: &[(&str, &str)], windows| {
            let find =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, path)| PathBuf::from(path));
            place(&find, windows).map(|path| path.display().to_string())
        };
        let home = ("HOME", "/home/u");
        assert_eq!(place(&[home], false).as_deref(), Some("/home/u/.config/mst-tui/config.toml"));
        assert_eq!(place(&[home, ("XDG_CONFIG_HOME", "/x")], false).as_deref(), Some("/x/mst-tui/config.toml"));
        assert_eq!(
            place(&[home, ("XDG_CONFIG_HOME", "x")], false).as_deref(),
            Some("/home/u/.config/mst-tui/config.toml")
        );
        assert_eq!(place(&[home, ("APPDATA", "/app")], true).as_deref(), Some("/app/mst-tui/config.toml"));
        assert_eq!(place(&[], false), None);
    }

    #[test]
    fn the_default_file_says_the_defaults() {
        let text = default_file();
        assert_eq!(Config::parse(&text), Ok(Config::default()));
        // Its lines begin with # and no blank where they are settings.
        let is_setting =
            |line: &str| line.strip_prefix('#').is_some_and(|rest| !rest.is_empty() && !rest.starts_with(' '));
        let bare = |line: &str| if is_setting(line) { line[1..].to_owned() } else { line.to_owned() };
        let all: Vec<_> = text.lines().map(bare).collect();
        let config = Config::parse(&all.join("\n")).expect("no problem");
        assert_eq!(Config { keys: KeyChoice::default(), ..config.clone() }, Config::default());
        assert!(keys::rows().all(|row| config.keys.get(row.name).is_some_and(|keys| keys == row.default_keys())));
    }

    /// Each text with what is said of it.
    #[test]
    fn problems_are_named_with_their_place() {
        for (text, expected) in [
            (
                "theme = \"solarized\"",
                "1:9: no theme is called \"solarized\"; there are auto, dark, light, mono, high-contrast, colour-blind",
            ),
            ("# colours\n\ntheme = 3", "3:9: theme is a text in quotes, such as \"auto\""),
            ("tehme = \"dark\"", "1:1: there is no setting \"tehme\"; did you mean \"theme\"?"),
            ("ascii = \"yes\"", "1:9: ascii is \"auto\", \"always\" or \"never\""),
            ("mouse = \"off\"", "1:9: mouse is true or false"),
            ("cache-mb = 0", "1:12: cache-mb is a number from 1 to 1048576"),
            ("cache-mb = 1.5", "1:12: cache-mb is a number from 1 to 1048576"),
            ("theme = ", "1:9: string values must be quoted, expected literal string"),
            ("[colums]\nhide = []", "1:2: there is no setting \"colums\"; did you mean \"columns\"?"),
            ("[columns]\nhid = []", "2:1: there is no setting \"columns.hid\"; did you mean \"columns.hide\"?"),
            ("[columns]\nhide = [\"a\", 1]", "2:14: columns.hide is a list of names in quotes, such as [\"note\"]"),
            ("[columns.width]\na = \"wide\"", "2:5: the width of a column is a number from 3 to 400"),
            ("columns = 1", "1:11: columns is a table: write [columns]"),
            (
                "[keys]\nhepl = \"?\"",
                "2:1: no action is called \"hepl\"; did you mean \"help\"? mst-tui config --default lists all",
            ),
            ("[keys]\nhelp = []", "2:8: help needs a key: \"F2\", or several: [\"F2\", \"g h\"]"),
            ("[keys]\nhelp = \"ctrl-x\"", "2:8: \"ctrl-x\" is no key; write \"Ctrl-x\""),
            ("[keys]\nhelp = \"gz\"", "2:8: \"gz\" is no key; write \"g z\" for one key after the other"),
            (
                "[keys]\nhelp = \"3 a\"",
                "2:8: a digit is a count for the key after it, so \"3 a\" cannot begin with one",
            ),
            ("[keys]\nhelp = \"j\"", "2:8: help has the key j, but so has down; give one of them another key"),
            (
                "[keys]\nhelp = \"g\"",
                "2:8: help has the key g, but first begins with it (gg); give one of them another key",
            ),
            ("[keys]\nhelp = \"j x\"", "2:8: help begins with the key of down (j); give one of them another key"),
        ] {
            let problems = Config::parse(text).expect_err(text);
            let found: Vec<_> = problems.iter().map(ToString::to_string).collect();
            assert!(found.contains(&expected.to_owned()), "{text:?}: {found:#?}");
        }
        // All are named, in their order.
        let problems = Config::parse("mouse = 1\ntheme = 1\n[keys]\nhelp = \"nonsense\"").expect_err("three");
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [1, 2, 4]);
    }

    #[test]
    fn settings_override_the_defaults_one_by_one() {
        let text = "theme = \"colour-blind\"\nmouse = false\n[columns]\nhide = [\"note\"]\n[columns.width]\ncustomer = 20\n\
                    # They swap.\n[keys]\ndown = \"k\"\nup = [\"j\", \"Up\"]\n";
        let config = Config::parse(text).expect("no problem");
        assert_eq!((config.theme, config.mouse, config.cache_mb), (ThemeChoice::ColourBlind, false, DEFAULT_CACHE_MB));
        assert!(config.columns.hidden.contains("note"));
        assert_eq!(config.columns.widths.get("customer"), Some(&20));
        assert_eq!(config.keys.get("up"), Some(&["j", "Up"][..]));
        assert_eq!(config.keys.get("help"), None);
    }
}
