//! The check, the shape, and going through time.

use file_mst::history::open_likely;
use insta::assert_debug_snapshot;

use super::*;

#[test]
fn faults_are_listed_and_enter_goes_there() {
    let (mut writer, root) = written(600);
    let leaf = {
        let opened = open_bytes(writer.bytes().to_vec(), root.offset, None);
        opened.tree.root().unwrap().unwrap().children().iter().rfind(|link| !link.is_empty()).copied().unwrap()
    };
    writer.flip_bit(leaf.offset + 12, 2);
    let opened = open_bytes(writer.into_bytes(), root.offset, None);
    for (name, theme, width, height) in [
        ("verify_fault", Theme::Dark, 120, 12),
        ("verify_mono", Theme::Mono, 80, 10),
        ("verify_small", Theme::Light, 20, 5),
    ] {
        let mut screen = browse("faulty.mst", &opened, theme, width, height);
        press(&mut screen, "ov");
        assert_debug_snapshot!(name, screen.buffer());
    }
    let mut screen = browse("faulty.mst", &opened, Theme::Dark, 120, 30);
    press(&mut screen, "ov<Enter>");
    let text = screen.text();
    assert!(
        !text.contains("Verify") && text.contains(&format!("Node {}", crate::model::text::offset(leaf.offset))),
        "{text}"
    );
}

#[test]
fn the_shape_is_drawn_and_its_columns_lead_into_the_tree() {
    let opened = open_upstream(ORDERS);
    for (name, theme, width, height) in
        [("shape", Theme::Dark, 120, 36), ("shape_mono", Theme::Mono, 80, 24), ("shape_small", Theme::Light, 20, 5)]
    {
        let mut screen = browse("orders-a.mst", &opened, theme, width, height);
        press(&mut screen, "osllllllllll");
        assert_debug_snapshot!(name, screen.buffer());
    }
    let mut screen = browse("orders-a.mst", &opened, Theme::Dark, 120, 36);
    press(&mut screen, "osllllllllll");
    let columns = file_mst::inspect::shape::shape(&opened, |_| std::ops::ControlFlow::Continue(())).map.scaled(72);
    let key = columns[10].first_key.clone().unwrap();
    press(&mut screen, "<Enter>");
    let record = app(&mut screen).selected_record().expect("a record under the cursor");
    assert_eq!(record.bytes().stored_key, key);
}

#[test]
fn roots_found_by_scanning_are_a_history() {
    let bytes = upstream::bytes("head-history.mst");
    let opened = open(Arc::new(bytes), &OpenOptions::default()).unwrap();
    for (name, theme, width, height) in [
        ("scanned", Theme::Dark, 120, 12),
        ("scanned_mono", Theme::Mono, 80, 10),
        ("scanned_small", Theme::Light, 20, 5),
    ] {
        let mut screen = browse("head-history.mst", &opened, theme, width, height);
        press(&mut screen, "oh");
        assert_debug_snapshot!(name, screen.buffer());
    }
    // The oldest one opens.
    let mut screen = browse("head-history.mst", &opened, Theme::Dark, 120, 30);
    press(&mut screen, "ohG<Enter>");
    assert_eq!(app(&mut screen).header.root_offset, 9908);
    // Two of them are compared.
    let mut screen = browse("head-history.mst", &opened, Theme::Dark, 120, 30);
    press(&mut screen, "ohd");
    assert!(screen.text().contains("head-history@43835"), "{}", screen.text());
}

#[test]
fn time_passes_while_the_cursor_stays_on_its_key() {
    let (_dir, opened) = own_file();
    let mut screen = browse("stock.mst", &opened, Theme::Dark, 120, 30);
    press(&mut screen, ":key item-010<Enter>");
    let at = |screen: &mut Offscreen| {
        let record = app(screen).selected_record().expect("a record under the cursor");
        (String::from_utf8(record.bytes().key.to_vec()).unwrap(), record.bytes().value.to_vec())
    };
    assert_eq!(at(&mut screen), ("item-010".to_owned(), vec![99]));
    let newest = app(&mut screen).header.root_hash;
    press(&mut screen, "<");
    assert_ne!(app(&mut screen).header.root_hash, newest);
    assert_eq!(at(&mut screen), ("item-010".to_owned(), vec![100]));
    press(&mut screen, "<");
    assert!(screen.text().contains("opening stock"), "{}", screen.text());
    assert_eq!(at(&mut screen), ("item-010".to_owned(), vec![100]));
    press(&mut screen, "<");
    assert!(screen.text().contains("no older version"), "{}", screen.text());
    press(&mut screen, ">>");
    assert_eq!(app(&mut screen).header.root_hash, newest);
    assert_eq!(at(&mut screen), ("item-010".to_owned(), vec![99]));
    press(&mut screen, ">");
    assert!(screen.text().contains("no newer version"), "{}", screen.text());
    for (keys, value) in [("2<", 100), ("2>", 99), ("9<", 100), ("9>", 99)] {
        press(&mut screen, keys);
        let is_newest = app(&mut screen).header.root_hash == newest;
        assert_eq!((at(&mut screen).1, is_newest), (vec![value], keys.ends_with('>')), "{keys}");
    }
}

#[test]
fn a_lost_root_is_asked_for() {
    let opened = open_likely(Arc::new(upstream::bytes("orders-a.mst")), &OpenOptions::default()).unwrap();
    let mut screen = browse("orders-a.mst", &opened, Theme::Dark, 120, 12);
    assert_debug_snapshot!("lost_root", screen.buffer());
    press(&mut screen, "<Enter>");
    assert_eq!(app(&mut screen).header.root_offset, ORDERS.1);
    assert!(!screen.text().contains("History"), "{}", screen.text());
}
