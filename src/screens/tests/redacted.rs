//! Values that are not to be seen are seen on no screen, whatever is pressed.

use super::*;
use crate::model::item::ValueFormat;
use crate::reports::REPORTS;
use crate::runtime::input::keymap::{Binding, ScreenKind};
use crate::screens::keys_of;

const SECRETS: [&str; 2] = ["sesame-open-4711", "swordfish-0815!"];

/// A tree of 40 records whose values hold a secret.
fn secret(secret: usize) -> Opened {
    let value = |number: u64| {
        let secret = SECRETS[secret].as_bytes();
        [&[secret.len() as u8], secret, &u64_value(number)].concat()
    };
    let records: Vec<_> = (0..40)
        .map(|number| Record::new(string_key(Layout::V0_2, &format!("key-{number:05}")), value(number)))
        .collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    opened.with_types("String".parse().unwrap(), "{text: String, number: u64}".parse().unwrap()).unwrap()
}

/// Whether six bytes of a secret in a row stand on a screen, as text or as hex digits, however these are spaced.
fn tells(screen: &Offscreen) -> bool {
    let packed: String = screen.text().to_lowercase().split_whitespace().collect();
    let parts = SECRETS.iter().flat_map(|secret| secret.as_bytes().windows(6));
    let mut forms = parts.flat_map(|part| [String::from_utf8_lossy(part).into_owned(), hex::encode(part)]);
    forms.any(|form| packed.contains(&form))
}

/// Each key that does something on a screen, but those that leave the program or write files.
fn keys(on: ScreenKind) -> Vec<Vec<String>> {
    let here = keys_of(on).bindings();
    let keys = here.flat_map(Binding::keys).filter(|keys| !["Ctrl-z", "p", "X"].contains(*keys));
    keys.map(|keys| keys.split(' ').map(str::to_owned).collect()).collect()
}

fn walk(open: impl Fn() -> Offscreen, on: ScreenKind, starts: &[&str]) {
    let mut told_plainly = 0;
    for start in starts {
        for keys in keys(on) {
            for format in [ValueFormat::Auto, ValueFormat::Redacted] {
                let mut screen = open();
                screen.format_values(format);
                press(&mut screen, start);
                let before = tells(&screen);
                screen.press(keys.clone());
                let told = before || tells(&screen);
                if format == ValueFormat::Redacted {
                    assert!(!told, "{start} {keys:?}: {}", screen.text());
                } else {
                    told_plainly += usize::from(told);
                }
            }
        }
    }
    assert!(told_plainly > starts.len(), "without the format values are seen");
}

#[test]
fn on_the_screen_of_a_tree() {
    let opened = secret(0);
    let starts = ["", "jjj", "jjj<Enter>", "jjj<Tab>", "jjjb", "jjjb<Tab>", "jjjbG", "jjjw", "jjjwG"];
    walk(|| browse("secret.mst", &opened, Theme::Mono, 140, 60), ScreenKind::Tree, &starts);
    for view in REPORTS.iter().filter(|view| view.name != "prove") {
        let mut screen = browse("secret.mst", &opened, Theme::Mono, 140, 60);
        press(&mut screen, &format!("jjjXXXX:{}<Enter>G", view.name));
        assert!(!tells(&screen), "{}: {}", view.name, screen.text());
    }
}

#[test]
fn on_the_screen_of_two_trees() {
    let (left, right) = (secret(0), secret(1));
    for width in [160, 80] {
        let both = || pair(["a.mst", "b.mst"], left.clone(), right.clone());
        let open = || two_trees(both(), Theme::Mono, width, 40);
        walk(open, ScreenKind::Diff, &["", "]", "]<Enter>", "s", "]w", "Tjj"]);
    }
}

#[test]
fn on_a_screen_that_comes_out_of_another() {
    let (_dir, opened) = own_file();
    let mut screen = browse("stock.mst", &opened, Theme::Mono, 140, 40);
    press(&mut screen, "XXXXohd");
    assert!(drift_app(&mut screen).shared.value_format == crate::model::item::ItemFormat::Redacted);
    assert!(!screen.text().contains("99"), "{}", screen.text());
    press(&mut screen, "q");
    press(&mut screen, "<Esc>:open config.mst<Enter>");
    assert!(!screen.text().contains("value-0") && screen.text().contains("service.00.host"), "{}", screen.text());
}

#[test]
fn an_export_and_a_copy_are_redacted_too() {
    let dir = tempfile::tempdir().unwrap();
    let mut screen = two_trees(pair(["a.mst", "b.mst"], secret(0), secret(1)), Theme::Mono, 160, 30);
    let text_of = |screen: &mut Offscreen, name: &str| {
        let path = dir.path().join(name);
        press(screen, &format!(":export {}<Enter>", path.display()));
        let said = drift_app(screen).shared.input.message.clone().unwrap_or_default();
        (said, std::fs::read_to_string(path).unwrap())
    };
    let names = ["plain.json", "plain.csv"];
    for name in names {
        let (_, text) = text_of(&mut screen, name);
        assert!(text.contains(SECRETS[0]) && text.contains(SECRETS[1]), "{text}");
    }
    press(&mut screen, "XXXX");
    for name in ["redacted.json", "redacted.csv"] {
        let (said, text) = text_of(&mut screen, name);
        assert!(said.contains("its values are redacted, so that patch refuses it"), "{said}");
        for secret in SECRETS {
            assert!(!text.contains(secret) && !text.contains(&hex::encode(secret)), "{text}");
        }
        assert!(text.contains("(18 bytes, ") && text.contains("text"), "which field differs is told: {text}");
    }
    press(&mut screen, "]yv");
    let copied = screen.stack.copied().unwrap();
    assert!(copied.starts_with("(17 bytes, "), "the value of the right one: {copied}");
}
