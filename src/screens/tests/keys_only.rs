//! A tree whose values are of no type that is looked for: its keys are shown, and the values that a hash tells apart.

use super::*;
use crate::screens::browse::Pane;

/// Values end at their first zero, as no postcard value does.
fn odd() -> Opened {
    let value = |number: u64| {
        let mut value = blake3::hash(&number.to_le_bytes()).as_bytes()[..3 + (number % 29) as usize].to_vec();
        value.iter_mut().for_each(|byte| *byte = (*byte).max(1));
        value.push(0);
        value
    };
    let key = |number: u64| string_key(Layout::V0_2, &format!("order-{number:05}"));
    let records: Vec<_> = (0..400).map(|number| Record::new(key(number), value(number))).collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    open_bytes(writer.into_bytes(), root.offset, None)
}

#[test]
fn keys_are_shown_and_found_though_their_values_are_not_told_apart() {
    let mut screen = browse("odd.mst", &odd(), Theme::Dark, 120, 24);
    press(&mut screen, "/order-00101<Enter>");
    let app = app(&mut screen);
    let key = app.selected_key().expect("a key under the cursor");
    assert_eq!(key.stored(), string_key(Layout::V0_2, "order-00101").stored);
    assert!(app.selected_record().is_none() && app.focus == Pane::Outline);
    let text = screen.text();
    assert!(text.contains("String → unknown"), "{text}");
    insta::assert_debug_snapshot!("keys_only", screen.buffer());

    // Actions on a value say why there is none, or do nothing; actions on a key work.
    press(&mut screen, "<Enter>");
    assert!(screen.text().contains("where the value ends"), "{}", screen.text());
    press(&mut screen, "w");
    assert!(screen.text().contains("found"), "{}", screen.text());
}
