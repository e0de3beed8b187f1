//! Counts, marks, placed lines and pasted text.

use ratatui::layout::Position;

use super::*;
use crate::model::outline::Row;
use crate::runtime::event::Event;
use crate::runtime::input::mouse::{Mouse, MouseKind};

/// The key under the cursor, or the line of the outline.
fn here(screen: &mut Offscreen) -> String {
    let app = app(screen);
    match (app.selected_key(), app.selected_row()) {
        (Some(key), _) => String::from_utf8_lossy(&key.stored()[1..]).into_owned(),
        (None, Some(Row::Node(id))) => format!("@{}", app.outline.entry(id).link.offset),
        (None, _) => format!("line {}", app.cursor.selected),
    }
}

#[test]
fn numbers_before_keys_repeat_them_or_name_a_record() {
    let (writer, root) = written(2000);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    for (keys, expected, said) in [
        ("3G", "key-00002", ""),
        ("2000G", "key-01999", ""),
        ("3gg", "key-00002", ""),
        ("2001G", "", "there are only 2,000 records"),
        ("777G5j5k", "key-00776", ""),
        ("12345678901234567890123j", "", ""),
        ("99999k", "", ""),
        ("777Gma3G'a", "key-00776", ""),
        ("777Gma3G'aH", "key-00002", ""),
        ("777G''", "", ""),
        ("777G3G2H", "", ""),
        ("'a", "", "no place is marked as a"),
        ("ggmz777G'z", "", ""),
        ("5<Esc>j", "", ""),
        ("m<Tab>", "", "m Tab means nothing here"),
    ] {
        let mut screen = browse("new.mst", &opened, Theme::Dark, 100, 24);
        press(&mut screen, keys);
        if !expected.is_empty() {
            assert_eq!(here(&mut screen), expected, "after {keys}\n{}", screen.text());
        }
        assert!(screen.text().contains(said), "after {keys}\n{}", screen.text());
    }
    let mut screen = browse("new.mst", &opened, Theme::Dark, 100, 24);
    press(&mut screen, "12");
    assert!(screen.text().ends_with(" 12  a motion is to follow\n"), "{}", screen.text());
    press(&mut screen, "g");
    assert!(screen.text().contains(" 12 g "), "{}", screen.text());
    // The target of a jump stands in the middle, and can be moved from there.
    press(&mut screen, "<Esc>777G");
    let row = |screen: &mut Offscreen| app(screen).cursor.selected - app(screen).cursor.top;
    let middle = row(&mut screen);
    assert!((5..15).contains(&middle), "{}", screen.text());
    press(&mut screen, "zt");
    assert_eq!(row(&mut screen), 0);
    press(&mut screen, "zz");
    assert_eq!(row(&mut screen), middle);
}

#[test]
fn numbers_before_keys_in_a_drift() {
    for (keys, expected) in [
        ("T3]", Some(3)),
        ("T5G", Some(5)),
        ("5G", Some(5)),
        ("T3]2[", Some(1)),
        ("T5Gma1G'a", Some(5)),
        ("T9G", None),
        ("T99]", Some(8)),
    ] {
        let pair = pair(["a", "b"], open_upstream(ORDERS), open_upstream(ORDERS_B));
        let mut screen = two_trees(pair, Theme::Dark, 120, 24);
        press(&mut screen, keys);
        let drift = drift_app(&mut screen);
        assert_eq!(drift.list.ordinal(drift.cursor.selected), expected, "after {keys}\n{}", screen.text());
    }
    let pair = pair(["a", "b"], open_upstream(ORDERS), open_upstream(ORDERS_B));
    let mut screen = two_trees(pair, Theme::Dark, 120, 24);
    press(&mut screen, "9G");
    assert!(screen.text().contains("there is no difference 9: 8 differences are listed"), "{}", screen.text());
}

#[test]
fn numbers_before_the_keys_of_a_search() {
    let (writer, root) = written(2000);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = browse("new.mst", &opened, Theme::Dark, 100, 24);
    for (keys, expected) in [
        ("/key-007<Enter>", "key-00700"),
        ("3n", "key-00703"),
        ("2N", "key-00701"),
        ("99n", "key-00700"),
        ("199N", "key-00701"),
    ] {
        press(&mut screen, keys);
        assert_eq!(here(&mut screen), expected, "after {keys}\n{}", screen.text());
    }
    assert!(screen.text().contains("hit 2 of 100, found from the end on"), "{}", screen.text());
    // In the help too.
    press(&mut screen, "?/copy the<Enter>3n");
    assert!(screen.text().contains("Help: line 4 of "), "{}", screen.text());
}

#[test]
fn a_theme_is_completed() {
    let mut screen = browse("config.mst", &open_upstream(CONFIG), Theme::Dark, 80, 24);
    press(&mut screen, ":theme ");
    assert!(
        screen.text().contains("\n high-contrast") && screen.text().contains("\n colour-blind"),
        "{}",
        screen.text()
    );
    press(&mut screen, "li<Tab>");
    assert!(screen.text().ends_with(":theme light\n"), "{}", screen.text());
    press(&mut screen, "<Enter>");
    assert!(screen.text().contains("the theme is light"), "{}", screen.text());
}

#[test]
fn pasted_text_comes_into_the_line_and_submits_nothing() {
    let opened = open_upstream(CONFIG);
    let mut screen = browse("config.mst", &opened, Theme::Dark, 80, 24);
    screen.stack.take(Event::Paste("q\nq".to_owned()));
    assert!(screen.text().contains("taken in only where a line is typed"), "{}", screen.text());
    press(&mut screen, ":key ");
    screen.stack.take(Event::Paste("service.03.port\nq\n".to_owned()));
    assert!(screen.text().ends_with(":key service.03.port q\n"), "{}", screen.text());
    press(&mut screen, "<Backspace><Ctrl-w><Ctrl-a><Alt-f>");
    press(&mut screen, "<Enter>");
    assert!(!screen.stack.is_over());
}

#[test]
fn the_proof_asks_for_a_name_first() {
    let opened = open_upstream(CONFIG);
    let mut screen = browse("config.mst", &opened, Theme::Dark, 80, 24);
    press(&mut screen, "p");
    assert!(screen.text().contains("no record is under the cursor"), "{}", screen.text());
    press(&mut screen, "jjp");
    assert!(screen.text().ends_with(":prove service.00.host.proof\n"), "{}", screen.text());
}

#[test]
fn the_only_root_that_is_found_opens_at_once() {
    let (writer, _) = written(40);
    let opened = file_mst::history::open_likely(Arc::new(writer.into_bytes()), &OpenOptions::default()).unwrap();
    let screen = browse("one.mst", &opened, Theme::Dark, 100, 12);
    let text = screen.text();
    assert!(!text.contains("History") && text.contains("key-00000"), "{text}");
    assert!(text.contains("only this one was found"), "{text}");
}

#[test]
fn the_palette_finds_and_runs_commands_and_actions() {
    let opened = open_upstream(CONFIG);
    for (keys, said) in [
        (":", "show another tree: PATH"),
        (":half-page-down<Enter>", "line 9 of 39"),
        (":go-root<Enter>", "line 1 of 39"),
        // Letters of a name: what Enter runs is marked.
        (":hpd<Enter>", "line 9 of 39"),
        (":gokey<Enter>", ":key"),
        (":hist<Enter>", "History"),
        (":nonsense", "no command fits"),
        (":nonsense<Enter>", "there is no command \"nonsense\" here"),
        (":h<Enter>", "\"h\" may be hash, help, history"),
        (":copy-o<Enter>", "offset copied: 4096"),
        // All of it can be reached by pages, and back.
        (
            ":<PageDown><PageDown><PageDown><PageDown><PageDown><PageDown><PageDown><PageDown><PageDown><PageDown>",
            "suspend the program",
        ),
        (":<Tab><BackTab>", ":suspend"),
        // An action that takes a letter waits for it.
        (":mark<Enter>q", "marked as q"),
        // A command that needs more words waits for them.
        (":offs<Enter>", "offset needs N"),
        (":ffset<Enter>", ":offset"),
        (":key service.03", "service.03.port"),
        (":key service.03.p<Tab><Enter>", "service.03.port"),
        ("gkservice.07<Tab><Tab><Enter>", "service.07"),
    ] {
        let mut screen = browse("config.mst", &opened, Theme::Dark, 100, 24);
        press(&mut screen, keys);
        assert!(screen.text().contains(said), "after {keys}\n{}", screen.text());
    }
}

#[test]
fn palette_and_menus_at_all_sizes() {
    let opened = open_upstream(CONFIG);
    for (name, width, height, keys) in [
        ("palette", 100, 24, ":"),
        ("palette_fuzzy", 80, 24, ":col"),
        ("palette_narrow", 40, 10, ":g"),
        ("palette_keys", 80, 12, ":key service.0"),
        ("menu_wide", 160, 50, "o"),
        ("menu_standard", 80, 24, "y"),
        ("menu_narrow", 40, 12, "g"),
        ("menu_small", 20, 5, "z"),
    ] {
        let mut screen = browse("config.mst", &opened, Theme::Dark, width, height);
        press(&mut screen, keys);
        insta::assert_debug_snapshot!(name, screen.buffer());
    }
    let pair = || pair(["a", "b"], open_upstream(ORDERS), open_upstream(ORDERS_B));
    for keys in [":", "o", "y", "g", "z", "m", "'", ":key 1", ":export ", ":open /"] {
        for (width, height) in [(1, 1), (2, 9), (20, 5), (40, 10), (80, 24), (160, 50)] {
            press(&mut two_trees(pair(), Theme::Dark, width, height), keys);
            press(&mut browse("config.mst", &opened, Theme::Dark, width, height), keys);
        }
    }
}

/// What the mouse did in a cell, counted from 0.
fn mouse(screen: &mut Offscreen, kind: MouseKind, x: u16, y: u16) {
    screen.stack.take(Event::Mouse(Mouse { kind, at: Position::new(x, y) }));
    screen.press(Vec::new());
}

/// The place of a text on the screen.
fn place_of(screen: &Offscreen, text: &str) -> (u16, u16) {
    let shown = screen.text();
    let (y, line) = shown.lines().enumerate().find(|(_, line)| line.contains(text)).expect(text);
    let x = line[..line.find(text).expect(text)].chars().count();
    (x as u16, y as u16)
}

#[test]
fn the_mouse_selects_scrolls_and_opens() {
    let opened = open_upstream(CONFIG);
    let mut screen = browse("config.mst", &opened, Theme::Dark, 120, 24);
    let (x, y) = place_of(&screen, "service.02.host");
    mouse(&mut screen, MouseKind::Press, x, y);
    assert_eq!(here(&mut screen), "service.02.host");
    mouse(&mut screen, MouseKind::DoubleClick, x, y);
    assert!(app(&mut screen).layers.is_top("value"), "{}", screen.text());
    mouse(&mut screen, MouseKind::Wheel(3), x, y);
    press(&mut screen, "q");
    mouse(&mut screen, MouseKind::Wheel(3), x, y);
    assert_eq!(here(&mut screen), "service.02.tier");
    // Places without a line do nothing.
    for (x, y) in [(0, 0), (119, 23), (200, 200)] {
        mouse(&mut screen, MouseKind::Press, x, y);
        assert_eq!(here(&mut screen), "service.02.tier");
    }
    // A column of the level map goes to its keys.
    press(&mut screen, "ggos");
    let (x, y) = place_of(&screen, "L0");
    mouse(&mut screen, MouseKind::Press, x + 5, y);
    assert!(!app(&mut screen).layers.is_open(), "{}", screen.text());
}

#[test]
fn the_mouse_in_a_drift() {
    let pair = pair(["a", "b"], open_upstream(ORDERS), open_upstream(ORDERS_B));
    let mut screen = two_trees(pair, Theme::Dark, 120, 30);
    let (_, y) = place_of(&screen, " where ");
    let last = screen.text().lines().nth(y.into()).unwrap().chars().take(80).collect::<String>();
    let end = last.trim_end().chars().count() as u16 - 1;
    mouse(&mut screen, MouseKind::Press, end, y);
    let drift = drift_app(&mut screen);
    let number = drift.list.ordinal(drift.cursor.selected);
    assert!(number > Some(1), "{number:?}\n{}", screen.text());
    mouse(&mut screen, MouseKind::DoubleClick, end, y);
    assert!(screen.text().contains("..="), "listed are only these: {}", screen.text());
}

#[test]
fn the_mouse_drags_the_divider() {
    let opened = open_upstream(CONFIG);
    let mut screen = browse("config.mst", &opened, Theme::Dark, 140, 24);
    let left = app(&mut screen).areas.inspector.x;
    mouse(&mut screen, MouseKind::Press, left, 10);
    mouse(&mut screen, MouseKind::Drag, left - 12, 12);
    mouse(&mut screen, MouseKind::Release, left - 12, 12);
    assert_eq!(app(&mut screen).areas.inspector.x, left - 12);
    // A drag that did not begin on the divider moves nothing.
    mouse(&mut screen, MouseKind::Drag, left + 8, 12);
    assert_eq!(app(&mut screen).areas.inspector.x, left - 12);
}
