//! The commands that can be typed after `:`: one table from which parsing, completion and help are made.

use crate::model::jump::Jump;
use crate::model::retype::Retype;
use crate::runtime::input::action::{Action, Common, DiffAction, TreeAction};
use crate::runtime::input::completion::ArgumentKind;
use crate::runtime::input::fuzzy;
use crate::runtime::input::keymap::{Binding, Keys, ScreenKind, key_of};
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
        "show only some differences or records: prefix:KEY, a text, a field (two trees: field:NAME, one: NAME:TEXT)",
        TREES,
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

/// An entry of the palette: a command, or an action of the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) argument: &'static str,
    /// Its key, as it is shown; empty where there is none.
    pub(crate) key: String,
    pub(crate) help: String,
    is_command: bool,
}

impl Entry {
    /// Whether it cannot be run without more words.
    pub(crate) fn needs_argument(&self) -> bool {
        !self.argument.is_empty() && !self.argument.starts_with('[')
    }
}

/// All commands of a screen, then all its actions that no command of the same name does.
fn palette(keys: Keys) -> impl Iterator<Item = Entry> {
    let commands = available(keys).map(move |(name, argument, help)| {
        let key = key_of_command(name, argument, keys);
        Entry { name, argument, key, help, is_command: true }
    });
    let is_action = move |binding: &&Binding| {
        let opens_itself = binding.action == Action::Type("");
        let is_command = |name: &str| {
            let is_report = matches!(binding.action, Action::Tree(TreeAction::Report(report)) if report == name);
            name == binding.name || is_report
        };
        !binding.is_said_again && !opens_itself && !available(keys).any(|(name, ..)| is_command(name))
    };
    let actions = keys.bindings().filter(is_action).map(|binding| Entry {
        name: binding.name,
        argument: "",
        key: binding.key(),
        help: binding.help(),
        is_command: false,
    });
    commands.chain(actions)
}

/// The key that does what a command does.
fn key_of_command(name: &str, argument: &str, keys: Keys) -> String {
    let done = argument.is_empty().then(|| parse(name, keys).ok()).flatten();
    let is_it = |binding: &&Binding| match (binding.action, &done) {
        (action, Some(Command::Do(done))) => action == *done,
        (Action::Type(line), _) => line.trim_end() == name,
        (Action::Tree(TreeAction::Report(report)), _) => report == name,
        _ => binding.name == name,
    };
    keys.bindings().find(is_it).map(Binding::key).unwrap_or_default()
}

/// The entries that match what was typed so far: first the commands whose name begins with its first word, then the
/// actions, then what has its letters in this order, the best fit first, then what has the word in its help.
pub(crate) fn matches(text: &str, keys: Keys) -> Vec<Entry> {
    let (name, rest) = text.split_once(' ').map_or((text, None), |(name, rest)| (name, Some(rest)));
    if rest.is_some() {
        return palette(keys).filter(|entry| entry.name == name).collect();
    }
    let rank = |entry: &Entry| {
        let fit = fuzzy::score(name, entry.name);
        match (entry.name.starts_with(name), entry.is_command) {
            (true, true) => Some((0, 0)),
            (true, false) => Some((1, 0)),
            _ if fit.is_some() => Some((2, -fit.unwrap_or(0))),
            _ => (name.len() > 2 && entry.help.contains(name)).then_some((3, 0)),
        }
    };
    let mut ranked: Vec<_> = palette(keys).filter_map(|entry| Some((rank(&entry)?, entry))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, entry)| entry).collect()
}

/// The argument of a command: what it is, if it can be completed.
pub(crate) fn argument_kind(name: &str, keys: Keys) -> Option<ArgumentKind> {
    let (_, argument, _) = available(keys).find(|(known, ..)| *known == name)?;
    match argument {
        "KEY" => Some(ArgumentKind::Key),
        "NAME" if name == "theme" => Some(ArgumentKind::Theme),
        argument if ["TREE", "LEFT", "FILE", "FOLDER", "TABLE"].iter().any(|word| argument.starts_with(word)) => {
            Some(ArgumentKind::Path)
        }
        _ => None,
    }
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
        [] if argument.is_empty() && action(name, keys).is_some() => {
            return action(name, keys).map(Command::Do).ok_or_else(String::new);
        }
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

/// The action of a name, which may be cut short where only one begins so.
fn action(name: &str, keys: Keys) -> Option<Action> {
    let own = || keys.bindings().filter(|binding| !binding.is_said_again);
    if let Some(binding) = own().find(|binding| binding.name == name) {
        return Some(binding.action);
    }
    let mut beginning = own().filter(|binding| !name.is_empty() && binding.name.starts_with(name));
    let only = beginning.next()?;
    beginning.next().is_none().then_some(only.action)
}
