//! Records that were not read are never called equal, compared or absent.

use super::*;
use crate::runtime::offscreen::text_of;

/// A tree with one leaf in the middle that cannot be read, and where that is.
fn damaged() -> (Vec<u8>, u64, u64) {
    let (writer, root) = written(600);
    let opened = open_bytes(writer.bytes().to_vec(), root.offset, None);
    let mut node = opened.tree.root().unwrap().unwrap();
    while node.level() > 0 {
        let children: Vec<_> = node.children().iter().filter(|link| !link.is_empty()).collect();
        node = opened.tree.store().node(children[children.len() / 2]).unwrap();
    }
    let at = node.offset();
    // Within its keys and values: the hash that a node carries is not what it is known by.
    let byte = usize::try_from(at).unwrap() + 4 + node.bytes().len() / 2;
    let mut bytes = writer.into_bytes();
    bytes[byte] ^= 1;
    (bytes, root.offset, at)
}

#[test]
fn a_search_says_what_it_could_not_look_at() {
    let (bytes, root, at) = damaged();
    let place = crate::model::text::offset(at);
    let opened = open_bytes(bytes, root, None);
    for keys in ["/nowhere<Enter>", "/nowhere<Enter>N"] {
        let mut screen = browse("damaged.mst", &opened, Theme::Mono, 160, 30);
        press(&mut screen, keys);
        let text = screen.text();
        let said = format!("\"nowhere\" was not found in what could be read; 1 node ({place}) could not be read");
        assert!(text.contains(&said), "{said}\n{text}");
    }
    // Round the end once, past what could not be read.
    let mut screen = browse("damaged.mst", &opened, Theme::Mono, 200, 30);
    press(&mut screen, ":key key-00100<Enter>/ey-00001<Enter>");
    let text = screen.text();
    let said = "hit 1 of at least 1, found from the start on for \"ey-00001\"; 1 node (";
    assert!(text.contains(said), "{text}");
    // By number and by hash.
    for (keys, said) in [
        (":nth 600<Enter>", "in what could be read; 1 node ("),
        (":hash 0123456789abcdef<Enter>", "that could be read has a hash that begins with 0123456789abcdef; 1 node ("),
    ] {
        let mut screen = browse("damaged.mst", &opened, Theme::Mono, 200, 30);
        press(&mut screen, keys);
        assert!(screen.text().contains(said), "{keys}: {}", screen.text());
    }
    // A sound tree has nothing to say of that.
    let (writer, root) = written(600);
    let sound = open_bytes(writer.into_bytes(), root.offset, None);
    let mut screen = browse("sound.mst", &sound, Theme::Mono, 160, 30);
    press(&mut screen, "/nowhere<Enter>");
    assert!(screen.text().contains("no record has \"nowhere\""), "{}", screen.text());
}

#[test]
fn a_comparison_says_what_it_did_not_look_at() {
    let (bytes, root, _) = damaged();
    let left = open_bytes(bytes, root, None);
    let (writer, root) = written(600);
    let right = open_bytes(writer.into_bytes(), root.offset, None);
    // One root hash: nothing below was read, damage included, and that is said.
    let both = || pair(["damaged.mst", "sound.mst"], left.clone(), right.clone());
    let text = two_trees(both(), Theme::Mono, 160, 20).text();
    assert!(text.contains("SAME, the roots are equal, nothing below was read"), "{text}");
    assert!(text.contains("roots compared") && !text.contains("all compared"), "{text}");
    assert!(text.contains("that follows from the root hashes, nothing below was read"), "{text}");

    let (writer, root) = written(599);
    let right = open_bytes(writer.into_bytes(), root.offset, None);
    // The damage lies where the trees are equal by their hashes, so every difference was read.
    let drifted = two_trees(pair(["damaged.mst", "other.mst"], left.clone(), right), Theme::Mono, 160, 20).text();
    assert!(drifted.contains("DRIFTED"), "{drifted}");

    let (bytes, root, _) = damaged();
    let (mut writer, _) = written(600);
    let mut records: Vec<_> = (0..600_u64)
        .map(|number| Record::new(string_key(Layout::V0_2, &format!("key-{number:05}")), u64_value(number)))
        .collect();
    let damaged_at = open_bytes(bytes.clone(), root, None);
    // Another value for every tenth key: the damaged leaf must be read, and cannot be.
    for number in (0..600).step_by(10) {
        records[number] = Record::new(string_key(Layout::V0_2, &format!("key-{number:05}")), u64_value(7));
    }
    let other = writer.append_tree(&records);
    let right = open_bytes(writer.into_bytes(), other.offset, None);
    let screen = two_trees(pair(["damaged.mst", "other.mst"], damaged_at, right), Theme::Mono, 160, 20);
    let text = text_of(&screen.buffer());
    assert!(text.contains("not all compared") && text.contains("of what could be read"), "{text}");
}
