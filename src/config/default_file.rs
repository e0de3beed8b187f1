//! The default file of settings, made from the tables that they are read with.

use std::fmt::Write;

use super::Config;
use super::keys::rows;
use super::settings::SETTINGS;
use crate::runtime::input::keymap::Group;

const HEAD: &str = "\
# Settings of mst-tui. Each line that begins with # and no blank is a default: remove the # to change it.
# `mst-tui config --check` says what is wrong with this file, `mst-tui config --path` where it belongs.
";

const COLUMNS: &str = "
# Columns in tables of records, by the names of their fields.
[columns]
# The columns that are hidden at first, such as [\"note\", \"internal_id\"].
#hide = []

# The widths of columns, such as
# customer = 20
[columns.width]
";

const KEYS: &str = "
# Keys, by the names of what they do. A name here has the keys that are given here and no others; all other names keep
# theirs. \"g k\" is one key after the other, [\"j\", \"Down\"] one or the other.
[keys]
";

/// The text of a file that says all defaults.
pub(crate) fn default_file() -> String {
    let mut file = HEAD.to_owned();
    let defaults = Config::default();
    for setting in SETTINGS {
        let help = setting.help.replace('\n', "\n# ");
        let _ = write!(file, "\n# {help}\n#{} = {}\n", setting.name, (setting.value)(&defaults));
    }
    file += COLUMNS;
    file += KEYS;
    for group in Group::ALL {
        let mut rows = rows().filter(|row| row.group == group).peekable();
        if rows.peek().is_some() {
            let _ = write!(file, "\n# {}\n", group.title());
        }
        for row in rows {
            let keys: Vec<_> = row.default_keys().iter().map(|keys| format!("{keys:?}")).collect();
            let keys = if let [only] = &*keys { only.clone() } else { format!("[{}]", keys.join(", ")) };
            let _ = writeln!(file, "#{:<38} # {}", format!("{} = {keys}", row.name), row.help());
        }
    }
    file
}
