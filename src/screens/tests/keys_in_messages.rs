//! Messages take the names of keys from the table, so that none can name a wrong one.

use std::fs;
use std::path::{Path, PathBuf};

use super::tables::SCREENS;
use crate::runtime::input::keymap::{Binding, shown};
use crate::screens::keys_of;

/// The files that define keys or read them.
const READERS: [&str; 5] = ["keymap.rs", "keys.rs", "line_edit.rs", "prompt.rs", "offscreen.rs"];
/// Keys that no word looks like.
const NAMED: [&str; 5] = ["Esc", "Enter", "Space", "Tab", "BackTab"];
/// Words after the name of a key in a message.
const VERBS: [&str; 26] = [
    "again", "builds", "closes", "compares", "does", "fetches", "follows", "gives", "goes", "goes", "leads", "leaves",
    "lists", "marks", "moves", "opens", "puts", "reads", "says", "shows", "stops", "takes", "tries", "turns", "undoes",
    "writes",
];

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") && !path.ends_with("commands") {
            sources(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") && !READERS.iter().any(|file| path.ends_with(file)) {
            files.push(path);
        }
    }
}

/// The texts in quotes of a line of code; comments have none that count.
fn texts(line: &str) -> impl Iterator<Item = &str> {
    let is_comment = line.trim_start().starts_with("//");
    line.split('"').skip(1).step_by(2).filter(move |_| !is_comment)
}

/// The key that a text names, if it names one.
fn named(text: &str, keys: &[String]) -> Option<String> {
    let words: Vec<_> = text.split([' ', ',', ';', '(', '…', '·']).filter(|word| !word.is_empty()).collect();
    let is_key = |word: &str| keys.iter().any(|key| key == word);
    let named = words.iter().find(|word| NAMED.contains(word));
    let before_verb = words.windows(2).find(|pair| is_key(pair[0]) && VERBS.contains(&pair[1])).map(|pair| &pair[0]);
    let before_colon = words.iter().find(|word| word.strip_suffix(':').is_some_and(&is_key));
    named.or(before_verb).or(before_colon).map(|word| (*word).to_owned())
}

#[test]
fn no_message_spells_a_key_out() {
    let bindings = SCREENS.into_iter().flat_map(|screen| keys_of(screen).bindings());
    let keys: Vec<_> = bindings.flat_map(Binding::keys).map(|keys| shown(keys)).collect();
    assert_eq!(named("stopped; r goes on", &keys).as_deref(), Some("r"));
    assert_eq!(named("Esc stops", &keys).as_deref(), Some("Esc"));
    assert_eq!(named("COULD NOT TELL (t: why)", &keys).as_deref(), Some("t:"));
    assert_eq!(named("stopped; {again} goes on, {} stops", &keys), None);
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut found = Vec::new();
    for file in files {
        let code = fs::read_to_string(&file).unwrap();
        // Unit tests stand at the end.
        let code = code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for (at, line) in code.lines().enumerate() {
            let keys = texts(line).filter_map(|text| named(text, &keys));
            found.extend(keys.map(|key| format!("{}:{}: {key}", file.display(), at + 1)));
        }
    }
    assert!(found.is_empty(), "take these from the table (`key_of`, `with_keys`): {found:#?}");
}
