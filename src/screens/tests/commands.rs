//! The commands behind `:` with the reports among them.

use crate::model::jump::Jump;
use crate::runtime::input::action::{Action, Common};
use crate::runtime::input::commands::{Command, Target, matches, parse};
use crate::runtime::input::keymap::{Keys, ScreenKind};

const KEYS: Keys = Keys { screen: ScreenKind::Tree, reports: crate::reports::REPORTS };

fn names(text: &str) -> Vec<&'static str> {
    matches(text, KEYS).into_iter().map(|entry| entry.name).collect()
}

#[test]
fn what_begins_so_comes_before_what_has_the_letters() {
    assert_eq!(names("h")[..3], ["hash", "help", "history"]);
    // A name with a word that begins so fits better than one that only has the letters.
    let better = |typed: &str, name: &str| names(typed).iter().position(|other| *other == name).unwrap();
    assert!(better("oo", "go-root") > better("oo", "go-offset"));
    assert_eq!(names("key 7"), ["key"]);
    assert!(names("xyz").is_empty());
}

#[test]
fn commands_are_read() {
    let parse = |text: &str| parse(text, KEYS);
    assert!(matches!(parse("off @4,096"), Ok(Command::Go(Target::Jump(Jump::Offset(4096))))));
    assert!(matches!(parse("nth 1"), Ok(Command::Go(Target::Jump(Jump::Nth(0))))));
    assert!(matches!(parse("key a b "), Ok(Command::Go(Target::Key(key))) if key == "a b"));
    assert!(matches!(parse("q"), Ok(Command::Do(Action::Common(Common::Exit)))));
    for (text, left, right) in [
        ("compare a.csv b.csv", "a.csv", "b.csv"),
        ("compare  'a b.csv'   \"c'd.csv\" ", "a b.csv", "c'd.csv"),
        ("compare postgres://x@h/d#s.t shop.sqlite#o", "postgres://x@h/d#s.t", "shop.sqlite#o"),
    ] {
        let names = [left.to_owned(), right.to_owned()];
        assert!(matches!(parse(text), Ok(Command::Compare(found)) if found == names), "{text}");
        let build = text.replace("compare", "build");
        assert!(matches!(parse(&build), Ok(Command::Build(found)) if found == names), "{build}");
    }
    for (text, why) in [
        ("compare", "compare needs LEFT RIGHT"),
        ("compare a", "compare needs two names with a blank between them"),
        ("build a b c", "build needs two names with a blank between them"),
        ("compare 'a b", "compare needs two names"),
        ("compare 'a'b c", "compare needs two names"),
        ("write x", "there is no command \"write\" here"),
        ("nth 0", "counted from 1"),
        ("nth x", "is no number"),
        ("hash xyz", "is no hash"),
        ("key", "key needs KEY"),
        ("quit now", "takes no argument"),
        ("nonsense", "there is no command \"nonsense\" here"),
        ("h", "\"h\" may be hash, help, history"),
        ("export x", "there is no command \"export\""),
    ] {
        let error = parse(text).err().unwrap_or_default();
        assert!(error.contains(why), "{text}: {error}");
    }
}
