//! The table of settings, from which they are read and the default file is made.

use std::ops::Range;

use clap::ValueEnum;
use mst_types::escape_hidden;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::KeyReader;
use super::problem::{Problem, meant};
use super::{Config, DEFAULT_CACHE_MB};
use crate::model::columns::ColumnChoice;
use crate::runtime::looks::{AsciiChoice, ThemeChoice};

/// A setting of one value.
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    /// The value in the settings, as TOML.
    pub(super) value: fn(&Config) -> String,
    /// Takes a value into the settings, or says what to write.
    read: fn(&mut Config, &DeValue<'_>) -> Result<(), String>,
}

/// All settings of one value.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "theme",
        help: "The colours: auto, dark, light, mono, high-contrast or colour-blind.\n\
               auto is dark or light, as the terminal says that its background is; mono if NO_COLOR is set.",
        value: |config| format!("\"{}\"", config.theme.name()),
        read: |config, value| {
            let name = text(value).ok_or("theme is a text in quotes, such as \"auto\"")?;
            config.theme = ThemeChoice::named(name)?;
            Ok(())
        },
    },
    Setting {
        name: "ascii",
        help: "Whether to draw in ASCII only: auto, always or never.\n\
               auto does so if the locale is C or POSIX or has another encoding than UTF-8, or if TERM=linux.",
        value: |config| format!("\"{}\"", config.ascii.name()),
        read: |config, value| {
            let choice = text(value).and_then(|name| AsciiChoice::from_str(name, false).ok());
            config.ascii = choice.ok_or("ascii is \"auto\", \"always\" or \"never\"")?;
            Ok(())
        },
    },
    Setting {
        name: "mouse",
        help: "Whether the mouse works on the screen. Without it, the terminal selects text as everywhere.",
        value: |config| config.mouse.to_string(),
        read: |config, value| match value {
            DeValue::Boolean(mouse) => {
                config.mouse = *mouse;
                Ok(())
            }
            _ => Err("mouse is true or false".to_owned()),
        },
    },
    Setting {
        name: "cache-mb",
        help: "The memory for cached nodes of a tree, in megabytes.",
        value: |config| config.cache_mb.to_string(),
        read: |config, value| {
            let number = number(value).filter(|number| (1..=1 << 20).contains(number));
            config.cache_mb = number.ok_or("cache-mb is a number from 1 to 1048576")?;
            Ok(())
        },
    },
];

const _: () = assert!(DEFAULT_CACHE_MB >= 1);

fn text<'a>(value: &'a DeValue<'_>) -> Option<&'a str> {
    match value {
        DeValue::String(text) => Some(text),
        _ => None,
    }
}

fn number(value: &DeValue<'_>) -> Option<u64> {
    match value {
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    }
}

/// The problems of a text so far.
pub(super) struct Problems<'a> {
    text: &'a str,
    found: Vec<Problem>,
}

impl Problems<'_> {
    pub(super) fn add(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.found.push(Problem::at(self.text, span, message.into()));
    }

    fn unknown<'n>(&mut self, span: Range<usize>, name: &str, names: impl Iterator<Item = &'n str>) {
        let meant = meant(name, names).map(|name| format!("; did you mean {name:?}?"));
        let rest = meant.unwrap_or_else(|| "; mst-tui config --default lists all".to_owned());
        self.add(span, format!("there is no setting {name:?}{rest}"));
    }
}

/// The settings of a text, or all problems in it, by their places.
pub(super) fn parse(text: &str) -> Result<Config, Vec<Problem>> {
    let mut problems = Problems { text, found: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        // The TOML reader puts what it expected on a line of its own, and names in its messages are unescaped.
        let message = escape_hidden(&error.message().replace("\nexpected", ", expected")).replace('\n', " ");
        problems.add(error.span().unwrap_or(0..0), message);
    }
    let mut config = Config::default();
    // What the TOML reader recovered may be anything.
    if problems.found.is_empty() {
        read(document.get_ref(), &mut config, &mut problems);
    }
    problems.found.sort_by_key(|problem| (problem.line, problem.column));
    if problems.found.is_empty() { Ok(config) } else { Err(problems.found) }
}

fn read(document: &DeTable<'_>, config: &mut Config, problems: &mut Problems<'_>) {
    for (name, value) in document {
        match name.get_ref().as_ref() {
            "columns" => with_table("columns", value, problems, |table, problems| {
                config.columns = columns(table, problems);
            }),
            "keys" => with_table("keys", value, problems, |table, problems| {
                config.keys = KeyReader::new(problems).read(table);
            }),
            known => match SETTINGS.iter().find(|setting| setting.name == known) {
                Some(setting) => {
                    if let Err(message) = (setting.read)(config, value.get_ref()) {
                        problems.add(value.span(), message);
                    }
                }
                None => {
                    let names = SETTINGS.iter().map(|setting| setting.name).chain(["columns", "keys"]);
                    problems.unknown(name.span(), known, names);
                }
            },
        }
    }
}

fn with_table<'t>(
    name: &str,
    value: &'t Spanned<DeValue<'t>>,
    problems: &mut Problems<'_>,
    read: impl FnOnce(&'t DeTable<'t>, &mut Problems<'_>),
) {
    match value.get_ref() {
        DeValue::Table(table) => read(table, problems),
        _ => problems.add(value.span(), format!("{name} is a table: write [{name}]")),
    }
}

fn columns(table: &DeTable<'_>, problems: &mut Problems<'_>) -> ColumnChoice {
    let mut choice = ColumnChoice::default();
    for (name, value) in table {
        match (name.get_ref().as_ref(), value.get_ref()) {
            ("hide", DeValue::Array(names)) => {
                for name in names.iter() {
                    match text(name.get_ref()) {
                        Some(name) => _ = choice.hidden.insert(name.to_owned()),
                        None => problems.add(name.span(), HIDE),
                    }
                }
            }
            ("hide", _) => problems.add(value.span(), HIDE),
            ("width", _) => with_table("columns.width", value, problems, |widths, problems| {
                for (name, width) in widths {
                    let width_of = number(width.get_ref()).and_then(|width| usize::try_from(width).ok());
                    match width_of.filter(|width| ColumnChoice::WIDTHS.contains(width)) {
                        Some(width) => _ = choice.widths.insert(name.get_ref().to_string(), width),
                        None => {
                            let (least, most) = (ColumnChoice::WIDTHS.start(), ColumnChoice::WIDTHS.end());
                            problems
                                .add(width.span(), format!("the width of a column is a number from {least} to {most}"));
                        }
                    }
                }
            }),
            (other, _) => {
                let names = ["columns.hide", "columns.width"].into_iter();
                problems.unknown(name.span(), &format!("columns.{other}"), names);
            }
        }
    }
    choice
}

const HIDE: &str = "columns.hide is a list of names in quotes, such as [\"note\"]";
