//! Commands, searches, jumps and copies: what is typed and where it leads.

use super::*;
use crate::model::item::plain;
use crate::model::outline::Row;

/// The line under the cursor: the key of a record, or the offset of a node.
fn here(screen: &mut Offscreen) -> String {
    let app = app(screen);
    match app.selected_row() {
        Some(Row::Node(id)) => format!("@{}", app.outline.entry(id).link.offset),
        Some(Row::Record(..)) => {
            let record = app.selected_record().expect("a record");
            plain(record.bytes().stored_key, app.typing.key.as_ref())
        }
        _ => "nothing".to_owned(),
    }
}

fn message(screen: &mut Offscreen) -> String {
    app(screen).shared.input.message.clone().unwrap_or_default()
}

#[test]
fn jumps_lead_to_their_places() {
    let (writer, root) = written(2000);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    let mut nodes = Vec::new();
    for step in opened.tree.walk() {
        if let file_mst::inspect::walk::Step::Node { node, .. } = step {
            nodes.push(node);
        }
    }
    let node = nodes.iter().rfind(|node| node.level() == 1 && node.key_count() > 0).expect("a node");
    let (at, hash) = (node.offset(), node.hash().expect("a hash"));
    for (keys, expected, said) in [
        (":key key-00777<Enter>".to_owned(), "key-00777".to_owned(), ""),
        ("gkkey-01999<Enter>".to_owned(), "key-01999".to_owned(), ""),
        (":nth 1<Enter>".to_owned(), "key-00000".to_owned(), ""),
        (":nth 1,500<Enter>".to_owned(), "key-01499".to_owned(), ""),
        ("gn2001<Enter>".to_owned(), format!("@{}", root.offset), "there are only 2,000 records"),
        (format!(":offset {at}<Enter>"), format!("@{at}"), ""),
        (format!("go@{at}<Enter>"), format!("@{at}"), ""),
        (format!("gh{}<Enter>", &hash.to_string()[..10]), format!("@{at}"), ""),
        (":hash 0000000000000<Enter>".to_owned(), format!("@{}", root.offset), "has a hash that begins with"),
        (":offset 3<Enter>".to_owned(), format!("@{}", root.offset), "no node begins at @3"),
        (":key<Enter>".to_owned(), format!("@{}", root.offset), "key needs KEY"),
        ("/777<Enter>".to_owned(), "key-00777".to_owned(), "hit 1 of 2 for \"777\""),
        ("/777<Enter>n".to_owned(), "key-01777".to_owned(), "hit 2 of 2 for \"777\""),
        ("/777<Enter>nn".to_owned(), "key-00777".to_owned(), "hit 1 of 2, found from the start on"),
        ("/777<Enter>N".to_owned(), "key-01777".to_owned(), "hit 2 of 2, found from the end on"),
        ("/777<Enter>nN".to_owned(), "key-00777".to_owned(), "hit 1 of 2 for \"777\""),
        ("/key-017<Enter>".to_owned(), "key-01700".to_owned(), "hit 1 of 100 for \"key-017\""),
        ("/KEY-01777<Enter>".to_owned(), format!("@{}", root.offset), "no record has \"KEY-01777\""),
        ("//^key-[0-9]*99$/<Enter>n".to_owned(), "key-00199".to_owned(), "hit 2 of 20"),
        ("/value:1777<Enter>".to_owned(), "key-01777".to_owned(), "hit 1 of 1 for \"value:1777\""),
        ("//(/<Enter>".to_owned(), format!("@{}", root.offset), "\"(\" is no pattern: unclosed group"),
        ("/nonsense<Enter>".to_owned(), format!("@{}", root.offset), "no record has \"nonsense\""),
        ("n".to_owned(), "key-00000".to_owned(), ""),
        (":key key-00777<Enter>H".to_owned(), format!("@{}", root.offset), ""),
        (":key key-00777<Enter>gnxH<Esc>HL".to_owned(), "key-00777".to_owned(), ""),
        (":nth 9<Enter>:nth 99<Enter>H".to_owned(), "key-00008".to_owned(), ""),
        ("H".to_owned(), format!("@{}", root.offset), "there was no jump before"),
        ("L".to_owned(), format!("@{}", root.offset), "there is no jump to go forward to"),
    ] {
        let mut screen = browse("new.mst", &opened, Theme::Dark, 100, 24);
        press(&mut screen, &keys);
        assert_eq!(here(&mut screen), expected, "after {keys}\n{}", screen.text());
        let told = message(&mut screen);
        assert!(told.contains(said) && (said.is_empty() == told.is_empty()), "after {keys}: {told:?}");
    }
}

/// In our own files the links count, so that the n-th record costs one path.
#[test]
fn the_nth_record_costs_a_path_where_links_count() {
    let (_dir, opened) = own_file();
    let mut screen = browse("stock.mst", &opened, Theme::Dark, 100, 24);
    let before = opened.tree.store().read_counts().nodes;
    press(&mut screen, ":nth 50<Enter>");
    assert_eq!(here(&mut screen), "item-050", "item-007 was removed");
    let most = u64::from(opened.tree.height().unwrap());
    assert!(opened.tree.store().read_counts().nodes - before <= most + 1);
}

#[test]
fn a_key_that_is_not_there_leads_to_where_it_would_stand() {
    let opened = open_upstream(CONFIG);
    let mut screen = browse("config.mst", &opened, Theme::Dark, 100, 24);
    press(&mut screen, ":key service.03.hosu<Enter>");
    assert_eq!(
        (here(&mut screen).as_str(), message(&mut screen).as_str()),
        ("service.03.port", "no such key; here it would stand")
    );
}

#[test]
fn the_line_shows_what_can_be_meant() {
    let opened = open_upstream(CONFIG);
    let mut screen = browse("config.mst", &opened, Theme::Dark, 80, 24);
    press(&mut screen, ":");
    assert!(screen.text().contains("compare the tree that is shown with another"), "{}", screen.text());
    press(&mut screen, "of<Tab>");
    assert!(screen.text().ends_with(":offset\n"), "{}", screen.text());
    press(&mut screen, "<Esc>");
    assert!(!screen.text().contains(":offset"), "{}", screen.text());
    press(&mut screen, ":nonsense<Enter>");
    assert!(screen.text().contains("there is no command \"nonsense\" here"), "{}", screen.text());
}

#[test]
fn two_trees_lie_over_one_and_q_leads_back() {
    let opened = open_upstream(ORDERS);
    let mut screen = browse("orders-a.mst", &opened, Theme::Dark, 120, 30);
    let before = screen.text();
    press(&mut screen, ":diff orders-b.mst<Enter>");
    assert!(screen.text().contains("DRIFTED   − 2 only left   + 3 only right   ~ 3 changed"), "{}", screen.text());
    press(&mut screen, ":open config.mst<Enter>");
    assert!(screen.text().contains("service.00.host"), "{}", screen.text());
    press(&mut screen, "q");
    assert!(screen.text().contains("DRIFTED"), "{}", screen.text());
    // Typed lines are remembered on every screen.
    press(&mut screen, "q:<Up><Up><Enter>");
    assert!(screen.text().contains("DRIFTED"), "{}", screen.text());
    press(&mut screen, "q");
    let without_message = |text: &str| text.lines().take(28).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(without_message(&screen.text()), without_message(&before));
    press(&mut screen, ":diff nothing.mst<Enter>");
    assert!(screen.text().contains("cannot open nothing.mst"), "{}", screen.text());
    press(&mut screen, ":quit<Enter>");
    assert!(screen.stack.is_over());
}

#[test]
fn any_two_commits_can_be_compared() {
    for (keys, verdict, files) in [
        ("ohd", "− 1 only left   + 0 only right   ~ 1 changed", ["stock#2", "stock#3"]),
        ("ohjd", "− 0 only left   + 20 only right   ~ 0 changed", ["stock#1", "stock#2"]),
        ("oh<Space>jjd", "− 1 only left   + 20 only right   ~ 1 changed", ["stock#1", "stock#3"]),
        ("ohjj<Space>kkd", "− 1 only left   + 20 only right   ~ 1 changed", ["stock#1", "stock#3"]),
    ] {
        let (_dir, opened) = own_file();
        let mut screen = browse("stock.mst", &opened, Theme::Dark, 120, 20);
        press(&mut screen, keys);
        let text = screen.text();
        assert!(text.contains(verdict) && files.iter().all(|file| text.contains(file)), "after {keys}\n{text}");
        press(&mut screen, "q");
        assert!(app(&mut screen).layers.is_top("history"), "back in the history");
    }
    let (_dir, opened) = own_file();
    let mut screen = browse("stock.mst", &opened, Theme::Dark, 120, 20);
    press(&mut screen, "ohGd");
    assert!(screen.text().contains("there is no commit before this one"), "{}", screen.text());
}

#[test]
fn what_is_under_the_cursor_can_be_copied() {
    let opened = open_upstream(CONFIG);
    let (_, offset, hash) = CONFIG;
    let tree = format!("config.mst@{offset}:{hash}");
    for (keys, expected) in [
        ("jjyk", Some("service.00.host".to_owned())),
        ("jjyv", Some("value-0".to_owned())),
        ("yh", Some(hash.to_owned())),
        ("yo", Some(offset.to_string())),
        ("jyp", Some("4096/1440".to_owned())),
        ("yc", Some(format!("mst-tui {tree}"))),
        ("jjyc", Some(format!("mst-tui get {tree} service.00.host"))),
        ("yk", None),
    ] {
        let mut screen = browse("config.mst", &opened, Theme::Dark, 100, 24);
        press(&mut screen, keys);
        assert_eq!(screen.stack.copied(), expected.as_deref(), "after {keys}");
        let said = message(&mut screen);
        assert_eq!(said.contains(" copied: "), expected.is_some(), "after {keys}: {said}");
    }
}
