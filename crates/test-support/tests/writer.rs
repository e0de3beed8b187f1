//! Versions, page 0, pages, odd shapes and damage.

use mst_test_support::published::{
    Layout, Link, PAGE, PublishedWriter, Record, ZERO_HASH, bytes_value, canonical_root, option_i64_value, string_key,
    u64_key, u64_value,
};

fn git(count: u64) -> Vec<Record> {
    (0..count).map(|id| Record::new(u64_key(id), option_i64_value(Some(-(id as i64))))).collect()
}

/// The lengths of the nodes along the file and where they are, padding skipped.
fn nodes(file: &[u8], mut at: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    while at < file.len() {
        if file.len() - at < 4 || file[at..at + 4] == [0; 4] || at % PAGE + 4 > PAGE {
            at = at.next_multiple_of(PAGE);
            continue;
        }
        let length = u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        found.push((at, 4 + length));
        at += 4 + length;
    }
    found
}

#[test]
fn page_0_names_the_last_version_and_the_first_stays() {
    let mut file = PublishedWriter::new(Layout::Git);
    let first = file.append_tree(&git(500));
    let after_first = file.bytes().len();
    let second = file.append_tree(&git(501));
    assert_ne!(first, second);
    assert_eq!(file.bytes()[..8], second.offset.to_le_bytes());
    assert_eq!(file.bytes()[8..40], second.hash);
    assert!(file.bytes()[40..PAGE].iter().all(|byte| *byte == 0));
    // Only the changed path was appended.
    assert!(file.bytes().len() - after_first < after_first / 5);
    assert_eq!(file.append_tree(&git(500)), first);
    assert_eq!(file.bytes()[..8], first.offset.to_le_bytes());
}

#[test]
fn an_empty_tree_is_one_empty_node() {
    let mut file = PublishedWriter::new(Layout::V0_2);
    assert_eq!(file.append_tree(&[]), Link { offset: 0, hash: ZERO_HASH });
    assert_eq!(file.bytes(), [[36, 0, 0, 0].as_slice(), &[0; 36]].concat());
}

#[test]
fn only_nodes_larger_than_a_page_cross_pages() {
    let wide = Record::new(string_key(Layout::Git, "wide"), bytes_value(&[7; 10_000]));
    let mut file = PublishedWriter::new(Layout::Git);
    file.append_tree(&git(2_000));
    let wide = file.write_leaf(&[&wide]);
    let after = file.write_empty();
    let found = nodes(file.bytes(), PAGE);
    assert!(found.iter().all(|(at, size)| *size > PAGE || at % PAGE + size <= PAGE));
    // The wide node starts directly after its second gap, and the next one directly after its end.
    let [.., (gap, 40), (wide_at, size), (after_at, 40)] = found[..] else { panic!("{found:?}") };
    assert!(size > PAGE);
    assert_eq!((wide_at, after_at), (gap + 40, wide_at + size));
    assert_eq!((wide.offset, after.offset), (wide_at as u64, after_at as u64));
}

#[test]
fn keyless_nodes_have_hashes_of_their_own() {
    let mut file = PublishedWriter::new(Layout::V0_2);
    let phantom = file.write_phantom_leaf();
    let higher = file.write_pass_through(1, phantom);
    assert_ne!(phantom.hash, ZERO_HASH);
    assert_ne!(higher.hash, phantom.hash);
    assert_eq!(file.find(higher, &phantom.hash), higher.offset + 4 + 4 + 1);
}

#[test]
fn a_ring_closes_wherever_it_starts() {
    for before in [0, 1, 3, 100, 409, 410, 411] {
        let mut file = PublishedWriter::new(Layout::V0_2);
        for _ in 0..before {
            file.write_empty();
        }
        let top = file.write_looped(|file, top| {
            let child = file.write_pass_through(1, Link { offset: top, hash: [9; 32] });
            file.write_pass_through(2, child)
        });
        let child = nodes(file.bytes(), 0)[before].0;
        let link = [u64_value(top.offset), vec![9; 32]].concat();
        file.find(Link { offset: child as u64, hash: [9; 32] }, &link);
        assert_eq!(file.body(top).end, file.bytes().len() as u64);
    }
}

#[test]
fn damage_hits_only_what_it_aims_at() {
    let records = git(4);
    let refs: Vec<&Record> = records.iter().collect();
    let mut file = PublishedWriter::new(Layout::Git);
    let leaf = file.write_leaf(&refs);
    let sound = file.clone().into_bytes();

    let at = file.find(leaf, &records[3].value);
    file.flip_bit(at, 2);
    let changed: Vec<u64> =
        (0..sound.len() as u64).filter(|at| sound[*at as usize] != file.bytes()[*at as usize]).collect();
    assert_eq!(changed, [at]);

    file.claim_hash(leaf, [3; 32]);
    assert_eq!(file.bytes()[sound.len() - 32..], [3; 32]);
    file.claim_length(leaf, u32::MAX);
    assert_eq!(file.bytes()[leaf.offset as usize..][..4], [0xff; 4]);
}

#[test]
fn a_large_tree_has_the_root_of_its_records() {
    let records = git(60_000);
    let mut file = PublishedWriter::new(Layout::Git);
    assert_eq!(file.append_tree(&records).hash, canonical_root(&records));
}
