//! Keys change the state: tables of keys and where they lead.

use super::*;
use crate::model::outline::Row;
use crate::screens::browse::Pane;

/// The line under the cursor in a few words: `L1` a node of level 1, `#3` the fourth record of its node, `gap`.
fn place(screen: &mut Offscreen) -> String {
    let app = app(screen);
    let pane = if app.focus == Pane::Inspector { "records " } else { "" };
    let row = match app.selected_row() {
        Some(Row::Node(id)) => {
            let entry = app.outline.entry(id);
            let fold = if entry.unfolded { "-" } else { "+" };
            entry.node().map_or_else(|| "unread".to_owned(), |node| format!("{fold}L{}", node.level()))
        }
        Some(Row::Record(_, index)) => format!("#{index}"),
        Some(Row::Gap(..)) => "gap".to_owned(),
        None => "nothing".to_owned(),
    };
    let layer = app.layers.top().map_or_else(String::new, |layer| format!(" {}", layer.name()));
    format!("{pane}{row}{layer}")
}

/// `config.mst` is a root of level 1 with one key between two leaves; it opens with the first leaf unfolded.
#[test]
fn keys_lead_where_they_should() {
    let opened = open_upstream(CONFIG);
    for (keys, expected) in [
        ("", "-L1"),
        ("j", "-L0"),
        ("jj", "#0"),
        ("jjk", "-L0"),
        ("kkk", "-L1"),
        ("G", "+L0"),
        ("Ggg", "-L1"),
        ("Gl", "-L0"),
        ("Glj", "#0"),
        ("Glh", "+L0"),
        ("Gh", "-L1"),
        ("Ghh", "+L1"),
        ("G<Space>", "-L0"),
        ("G<Space><Space>", "+L0"),
        ("jh", "+L0"),
        ("jhl", "-L0"),
        ("jhj", "#0"),
        ("jll", "records #0"),
        ("h", "+L1"),
        ("hG", "+L1"),
        ("hl", "-L1"),
        ("jjjjh", "-L0"),
        ("jjgp", "-L0"),
        ("jjgpgp", "-L1"),
        ("Ggr", "-L1"),
        ("<Ctrl-d>", "#6"),
        ("<Ctrl-f><Ctrl-b>", "-L1"),
        ("<Tab>", "records -L1"),
        ("j<Tab>jj", "records -L0"),
        ("<Tab><Tab>", "-L1"),
        ("<Tab>h", "-L1"),
        ("jj<Enter>", "#0 value"),
        ("jj<Enter><Esc>", "#0"),
        ("jj<Enter>q", "#0"),
        ("j<Enter>", "+L0"),
        ("<Tab><Enter>", "records -L1 value"),
        ("?", "-L1 help"),
        ("??", "-L1"),
        ("?<Esc>", "-L1"),
        // The help lies on what was open, and leads back there.
        ("jj<Enter>?", "#0 help"),
        ("jj<Enter>??", "#0 value"),
        ("oh?", "-L1 help"),
        ("oh?q", "-L1 history"),
        ("oh?ov", "-L1 verify"),
        ("g<Esc>j", "-L0"),
        ("gxj", "-L0"),
    ] {
        let mut screen = browse("config.mst", &opened, Theme::Dark, 100, 24);
        press(&mut screen, keys);
        assert_eq!(place(&mut screen), expected, "after {keys:?}\n{}", screen.text());
        assert!(!screen.stack.is_over(), "after {keys:?}");
    }
}

#[test]
fn quitting() {
    let opened = open_upstream(CONFIG);
    for (keys, quits) in [("q", true), ("?q", false), ("?qq", true), ("?<Ctrl-c>", true), ("<Esc><Esc>", false)] {
        let mut screen = browse("config.mst", &opened, Theme::Dark, 80, 24);
        press(&mut screen, keys);
        assert_eq!(screen.stack.is_over(), quits, "after {keys:?}");
    }
}

#[test]
fn folding_keeps_what_was_unfolded_below() {
    let opened = open_upstream(ORDERS);
    let mut screen = browse("orders-a.mst", &opened, Theme::Dark, 120, 36);
    let before = screen.text();
    press(&mut screen, "h");
    assert_eq!(app(&mut screen).outline.rows().len(), 1);
    press(&mut screen, "l");
    assert_eq!(screen.text(), before);
}

#[test]
fn keys_show_as_numbers_or_hex_at_will() {
    let opened = open_upstream(ORDERS);
    let mut screen = browse("orders-a.mst", &opened, Theme::Dark, 120, 36);
    assert!(screen.text().contains(" 10,003 "), "{}", screen.text());
    press(&mut screen, "xxx");
    assert!(screen.text().contains(" 0000000000002713 "), "{}", screen.text());
    press(&mut screen, "x");
    assert!(screen.text().contains(" 10,003 "), "{}", screen.text());
}

#[test]
fn counting_says_what_it_found_and_what_it_could_not_read() {
    let (mut writer, root) = written(300);
    let opened = open_bytes(writer.bytes().to_vec(), root.offset, None);
    let mut screen = browse("new.mst", &opened, Theme::Dark, 120, 36);
    assert!(!screen.text().contains(" 300 records "), "nobody asked so far");
    press(&mut screen, "C");
    assert!(screen.text().contains(" 300 records "), "{}", screen.text());

    // A bit of a key in the first leaf.
    let mut leaf = opened.tree.root().unwrap().unwrap();
    while let Some(link) = leaf.children().first().copied().filter(|link| !link.is_empty()) {
        leaf = opened.tree.store().node(&link).unwrap();
    }
    writer.flip_bit(leaf.offset() + 8, 0);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = browse("new.mst", &opened, Theme::Dark, 120, 36);
    press(&mut screen, "C");
    let missing = leaf.key_count();
    assert!(
        screen.text().contains(&format!("{} records readable, 1 subtree damaged", 300 - missing)),
        "{}",
        screen.text()
    );
}

#[test]
fn history_lists_commits_and_opens_them() {
    let (_dir, opened) = own_file();
    let mut screen = browse("stock.mst", &opened, Theme::Dark, 120, 20);
    assert!(screen.text().contains(" 59 records "), "{}", screen.text());
    press(&mut screen, "oh");
    assert!(screen.text().contains("History · 3 commits"), "{}", screen.text());
    press(&mut screen, "<Esc>ohjj<Enter>");
    assert!(screen.text().contains(" 40 records "), "the tree of the first commit: {}", screen.text());
    assert_eq!(place(&mut screen), "-L0");
    // The list starts on what is shown.
    press(&mut screen, "ohkk<Enter>");
    assert!(screen.text().contains(" 59 records "), "{}", screen.text());

    let opened = open_upstream(CONFIG);
    let mut screen = browse("config.mst", &opened, Theme::Dark, 120, 20);
    press(&mut screen, "oh");
    assert!(screen.text().contains("1 root found by scanning"), "{}", screen.text());
    press(&mut screen, "<Enter>");
    assert_eq!(place(&mut screen), "-L1");
}

#[test]
fn unknown_keys_are_answered() {
    let opened = open_upstream(CONFIG);
    let mut screen = browse("config.mst", &opened, Theme::Dark, 80, 24);
    press(&mut screen, "g");
    assert!(screen.text().contains("to the root"), "what can follow g is shown: {}", screen.text());
    press(&mut screen, "x");
    assert!(screen.text().contains("g x means nothing here; ? shows the keys"), "{}", screen.text());
}
