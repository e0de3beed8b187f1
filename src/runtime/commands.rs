//! The commands that can be typed after `:`: one table from which parsing, completion and help are made.

use crate::model::jump::Jump;
use crate::model::retype::Retype;
use crate::runtime::action::{Action, Common, DiffAction, TreeAction};
use crate::runtime::keymap::{Keys, ScreenKind, key_of};
use crate::runtime::looks::ThemeChoice;
use crate::runtime::report::ReportRow;

/// A command to the program: a key, or one that was typed.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Do(Action),
    Go(Target),
    Report(&'static ReportRow, String),
    /// Show another tree.
    Open(String),
    /// Compare the tree that is shown with another.
    Diff(String),
    /// Show the tree under other types.
    Types(Retype),
    /// Look for a text.
    Search(String),
    /// Show only what a filter lets through; everything if it is empty.
    Filter(String),
    /// Write what is shown to a file.
    Export(String),
    /// Find the drift between two things that are named: tables, mappings, trees.
    Compare([String; 2]),
    /// Build a table or mapping into a tree in a file, and show it.
    Build([String; 2]),
    /// Write the draft of two tables into a folder.
    Write(String),
    /// Show everything in another theme.
    Theme(ThemeChoice),
}

/// A place to go to.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Target {
    /// A key as it was typed, in the form that the command line takes.
    Key(String),
    Jump(Jump),
}

/// A row of the table.
pub(crate) struct CommandRow {
    pub(crate) name: &'static str,
    /// The argument after the name; empty for none.
    pub(crate) argument: &'static str,
    pub(crate) help: &'static str,
    /// The screens on which it can be typed.
    on: &'static [ScreenKind],
    make: fn(&str) -> Result<Command, String>,
}

const fn command(
    name: &'static str,
    argument: &'static str,
    help: &'static str,
    on: &'static [ScreenKind],
    make: fn(&str) -> Result<Command, String>,
) -> CommandRow {
    CommandRow { name, argument, help, on, make }
}

const TREE: &[ScreenKind] = &[ScreenKind::Tree];
const DIFF: &[ScreenKind] = &[ScreenKind::Diff];
const TREES: &[ScreenKind] = &[ScreenKind::Tree, ScreenKind::Diff];
const TABLES: &[ScreenKind] = &[ScreenKind::Tables];
const ALL: &[ScreenKind] = &[ScreenKind::Tree, ScreenKind::Diff, ScreenKind::Tables];

/// All commands but the reports, which are in a table of their own.
const COMMANDS: &[CommandRow] = &[
    command("diff", "TREE", "compare the tree that is shown with another", TREE, |tree| {
        Ok(Command::Diff(tree.to_owned()))
    }),
    command("open", "TREE", "show another tree: PATH, PATH#COMMIT, PATH@OFFSET or PATH@OFFSET:HASH", ALL, |tree| {
        Ok(Command::Open(tree.to_owned()))
    }),
    command("compare", "LEFT RIGHT", "find the drift between two tables, mappings or trees", ALL, |names| {
        two_words(names).map(Command::Compare).ok_or_else(|| format!("compare {TWO_NAMES}"))
    }),
    command("build", "TABLE FILE", "build a table or mapping into a tree in FILE, and show it", ALL, |names| {
        two_words(names).map(Command::Build).ok_or_else(|| format!("build {TWO_NAMES}"))
    }),
    command("write", "FOLDER", "write the contract and both mappings of the draft", TABLES, |folder| {
        Ok(Command::Write(folder.to_owned()))
    }),
    command("key", "KEY", "to a key, or where it would stand", TREES, |key| {
        Ok(Command::Go(Target::Key(key.to_owned())))
    }),
    command("offset", "N", "to the node at an offset in the file, in bytes", TREE, |text| {
        Ok(jump(Jump::Offset(number(text.trim_start_matches('@'))?)))
    }),
    command("hash", "H", "to the node whose hash begins so (may read every node)", TREE, |text| {
        let is_hash = text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let hash = || Ok(jump(Jump::Hash(text.to_ascii_lowercase())));
        if is_hash { hash() } else { Err(format!("{text:?} is no hash: hex digits are expected")) }
    }),
    command("nth", "N", "to a record by its number, counted from 1", TREES, |text| {
        let number = number(text)?.checked_sub(1).ok_or("records are counted from 1")?;
        Ok(jump(Jump::Nth(number)))
    }),
    command("search", "TEXT", "to the next record that has a text in its key or value", TREES, |text| {
        Ok(Command::Search(text.to_owned()))
    }),
    command("export", "FILE", "write the differences that are shown to a new file", DIFF, |file| {
        Ok(Command::Export(file.to_owned()))
    }),
    command(
        "filter",
        "WORDS",
        "show only some differences: a kind, field:NAME, prefix:KEY, keys:A..B, a text",
        DIFF,
        |words| Ok(Command::Filter(words.to_owned())),
    ),
    command("rows", "", "fetch the rows of all listed differences, and mark those that agree now", DIFF, |_| {
        Ok(Command::Do(Action::Diff(DiffAction::Rows)))
    }),
    command("types", "KEY -> VALUE", "show the tree under other types, if they prove it", TREE, |text| {
        Retype::parse(text).map(Command::Types)
    }),
    command("count", "", "count the whole tree (reads every node)", TREE, |_| {
        Ok(Command::Do(Action::Tree(TreeAction::Count)))
    }),
    command("theme", "NAME", "other colours: auto, dark, light, mono, high-contrast or colour-blind", ALL, |name| {
        ThemeChoice::named(name).map(Command::Theme)
    }),
    command("help", "", "the keys and commands", ALL, |_| Ok(Command::Do(Action::Common(Common::Help)))),
    command("quit", "", "leave the program", ALL, |_| Ok(Command::Do(Action::Common(Common::Exit)))),
];

fn jump(jump: Jump) -> Command {
    Command::Go(Target::Jump(jump))
}

const TWO_NAMES: &str = "needs two names with a blank between them; put a name that has blanks in quotes";

/// Two words with blanks between them; a word in quotes of either kind may have blanks itself.
fn two_words(text: &str) -> Option<[String; 2]> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match rest.strip_prefix(['\'', '"']) {
            Some(quoted) => quoted.split_once(first)?,
            None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
        };
        if !(after.is_empty() || after.starts_with(' ')) || word.is_empty() {
            return None;
        }
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words.try_into().ok()
}

fn number(text: &str) -> Result<u64, String> {
    text.replace([',', '_'], "").parse().map_err(|_| format!("{text:?} is no number"))
}

/// A command of a screen: its name, its argument and its help.
pub(crate) type CommandEntry = (&'static str, &'static str, String);

/// The commands of a screen.
pub(crate) fn available(keys: Keys) -> impl Iterator<Item = CommandEntry> {
    let commands = COMMANDS.iter().filter(move |command| command.on.contains(&keys.screen));
    let reports = keys.reports.iter().filter(move |report| report.binding.is_on(keys.screen));
    commands
        .map(|command| (command.name, command.argument, command.help.to_owned()))
        .chain(reports.map(|report| (report.name, report.argument, report.binding.help())))
}

/// The commands that match what was typed so far: those whose name begins with its first word, then those whose name
/// has its letters in this order.
pub(crate) fn matches(text: &str, keys: Keys) -> Vec<CommandEntry> {
    let (name, rest) = text.split_once(' ').map_or((text, None), |(name, rest)| (name, Some(rest)));
    if rest.is_some() {
        return available(keys).filter(|(known, ..)| *known == name).collect();
    }
    let begins = |known: &str| known.starts_with(name);
    let holds = |known: &str| {
        let mut letters = known.chars();
        name.chars().all(|letter| letters.any(|other| other == letter))
    };
    let first = available(keys).filter(|(known, ..)| begins(known));
    first.chain(available(keys).filter(|(known, ..)| !begins(known) && holds(known))).collect()
}

/// Parses a typed command.
pub(crate) fn parse(text: &str, keys: Keys) -> Result<Command, String> {
    let text = text.trim();
    let (name, argument) = text.split_once(' ').map_or((text, ""), |(name, rest)| (name, rest.trim()));
    // A name may be cut short where only one begins so.
    let known: Vec<_> = available(keys).map(|(known, ..)| known).filter(|known| known.starts_with(name)).collect();
    let name = match known.as_slice() {
        _ if known.contains(&name) => name,
        [only] => only,
        [] => return Err(format!("there is no command {name:?} here; {} shows them", key_of(Action::Type("")))),
        several => return Err(format!("{name:?} may be {}", several.join(", "))),
    };
    if let Some(report) = keys.reports.iter().find(|report| report.name == name) {
        return Ok(Command::Report(report, argument.to_owned()));
    }
    let command = COMMANDS.iter().find(|command| command.name == name).ok_or("no such command")?;
    match (command.argument.is_empty(), argument.is_empty()) {
        (false, true) => Err(format!("{name} needs {}: {}", command.argument, command.help)),
        (true, false) => Err(format!("{name} takes no argument")),
        _ => (command.make)(argument),
    }
}
