//! The views that show why and how: bytes, the way to a key, proofs.

use insta::assert_debug_snapshot;

use super::*;

#[test]
fn bytes_and_fields_are_tied() {
    let (_dir, opened) = own_file();
    for (name, theme, width, height, keys) in [
        ("bytes_fields", Theme::Dark, 130, 20, "bjjjjj"),
        ("bytes_by_bytes", Theme::Mono, 130, 20, "b<Tab>jjl"),
        ("bytes_hashed", Theme::Dark, 130, 20, "bGk"),
        ("bytes_narrow", Theme::Light, 80, 12, "bjj"),
        ("bytes_small", Theme::Dark, 20, 5, "bj"),
    ] {
        let mut screen = browse("stock.mst", &opened, theme, width, height);
        press(&mut screen, keys);
        assert_debug_snapshot!(name, screen.buffer());
    }
}

#[test]
fn a_link_in_the_bytes_leads_to_its_node() {
    let opened = open_upstream(ORDERS);
    let mut screen = browse("orders-a.mst", &opened, Theme::Dark, 130, 40);
    press(&mut screen, "b");
    assert!(screen.text().contains("child 1 offset"), "{}", screen.text());
    let line = screen.text().lines().position(|line| line.contains("child 1 offset")).unwrap();
    // The first field stands in the fourth line.
    press(&mut screen, &format!("{}<Enter>", "j".repeat(line - 3)));
    assert!(!screen.text().contains("Bytes"), "{}", screen.text());
    let root = opened.tree.root().unwrap().unwrap();
    let child = crate::model::text::offset(root.children()[1].offset);
    assert!(screen.text().contains(&format!("Node {child}")), "{}", screen.text());
}

#[test]
fn the_way_to_a_key_is_explained() {
    let opened = open_upstream(ORDERS);
    for (name, width, height, keys) in [
        ("explain_record", 120, 16, "jjjjjjw"),
        ("explain_typed", 120, 16, ":explain 0000000000002711<Enter>"),
        ("explain_small", 20, 5, "jjjjjjw"),
        ("explain_nothing", 80, 10, "w"),
    ] {
        let mut screen = browse("orders-a.mst", &opened, Theme::Dark, width, height);
        press(&mut screen, keys);
        assert_debug_snapshot!(name, screen.buffer());
    }
}
