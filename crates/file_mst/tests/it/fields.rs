//! The bytes of a node by field: every byte is shown, exactly once, whatever its value.

use std::sync::Arc;

use file_mst::MerkleSearchTree;
use file_mst::Tree;
use file_mst::inspect::node::{Codec, FieldKind, Frame, HashInput, Node, NodeFields};
use file_mst::inspect::segments::{SegmentKind, Segments, is_reachable, segments_of_page};
use file_mst::inspect::walk::Step;
use mst_test_support::trees::{open_bytes, upstream_trees};
use mst_test_support::upstream;

/// Nodes of all kinds: of every upstream file, and of a file in this project's format.
fn trees() -> Vec<Tree> {
    let upstream = upstream_trees().into_iter().filter(|tree| tree.newest);
    let mut trees: Vec<_> =
        upstream.map(|tree| open_bytes(upstream::bytes(&tree.file), &tree.options()).unwrap().tree).collect();
    let mut ours: MerkleSearchTree<String, String> = MerkleSearchTree::new_temporary().unwrap();
    for id in 0..400_u32 {
        ours.insert(format!("{:x}", id * id), "v".repeat(id as usize % 7)).unwrap();
    }
    trees.push(ours.snapshot().unwrap().tree().clone());
    trees
}

fn nodes(tree: &Tree) -> Vec<Arc<Node>> {
    let nodes = tree.walk().filter_map(|step| match step {
        Step::Node { node, .. } => Some(node),
        _ => None,
    });
    nodes.collect()
}

#[track_caller]
fn assert_covers(frame: &Frame, codec: &Codec) -> NodeFields {
    let shown = NodeFields::of(frame.clone(), codec);
    let mut at = 0;
    for field in &shown.fields {
        assert_eq!(field.span.start, at, "{:?}", shown.fields);
        at = field.span.end;
    }
    assert_eq!(at, frame.bytes().len());
    shown
}

#[test]
fn fields_are_the_content_of_the_node() {
    for tree in trees() {
        let codec = tree.store().codec();
        for node in nodes(&tree) {
            let frame = Frame::in_memory(node.offset(), node.bytes().to_vec());
            let shown = assert_covers(&frame, codec);
            let bytes = |kind| {
                let field = shown.fields.iter().find(|field| field.kind == kind);
                field.map(|field| &node.bytes()[field.span.clone()])
            };
            for index in 0..node.key_count() {
                let record = node.record(index).unwrap();
                assert_eq!(bytes(FieldKind::Key(index)), Some(record.key));
                assert_eq!(bytes(FieldKind::Value(index)), Some(record.value));
            }
            for (index, link) in node.children().iter().enumerate().filter(|(_, link)| !link.is_empty()) {
                assert_eq!(bytes(FieldKind::LinkHash(index)), Some(link.hash.as_bytes().as_slice()));
                let offset = shown.fields.iter().find(|field| field.kind == FieldKind::LinkOffset(index)).unwrap();
                assert_eq!(offset.number, Some(link.offset));
            }
            assert!(!shown.fields.iter().any(|field| matches!(field.kind, FieldKind::Rest | FieldKind::Items)));
            let hash_inputs = node.hash_inputs();
            let message: Vec<u8> = hash_inputs.iter().flat_map(|piece| piece.bytes.clone()).collect();
            let last = hash_inputs.last().map(|HashInput { running, .. }| *running);
            assert_eq!(last, Some(blake3::hash(&message).into()).filter(|_| !node.is_empty()));
            assert_eq!(last.unwrap_or_default(), node.hash().unwrap());
        }
    }
}

#[test]
fn no_byte_is_left_out_or_shown_twice_in_damaged_nodes() {
    for tree in trees() {
        let mut codecs = vec![tree.store().codec().clone()];
        codecs.push(Codec { items: None, ..codecs[0].clone() });
        for node in nodes(&tree).iter().filter(|node| !node.is_empty()).take(6) {
            let step = node.bytes().len() / 50 + 1;
            for at in (0..node.bytes().len()).step_by(step) {
                for value in [0, 0x7f, 0xff, node.bytes()[at] ^ 1] {
                    let mut bytes = node.bytes().to_vec();
                    bytes[at] = value;
                    let cut = Frame::in_memory(node.offset(), bytes[..at].to_vec());
                    let damaged = Frame::in_memory(node.offset(), bytes);
                    for codec in &codecs {
                        let shown = assert_covers(&damaged, codec);
                        let ends_in_rest = shown.fields.last().is_some_and(|field| field.kind == FieldKind::Rest);
                        assert!(shown.node.is_err() || !ends_in_rest);
                        assert_covers(&cut, codec);
                    }
                }
            }
        }
    }
}

#[test]
fn the_pieces_of_a_file_cover_all_of_it() {
    for tree in trees() {
        let store = tree.store();
        let storage = &**store.storage();
        let len = storage.len().unwrap();
        let (mut at, mut reachable) = (0, 0);
        for found in Segments::from_page(storage, store.codec(), 0).unwrap() {
            assert_eq!(found.span.start, at);
            at = found.span.end;
            match &found.kind {
                SegmentKind::Unknown => panic!("{found:?} in a sound file"),
                SegmentKind::Node(node) => reachable += usize::from(is_reachable(&tree, node) == Some(true)),
                _ => {}
            }
        }
        assert_eq!(at, len);
        let with_keys = nodes(&tree).iter().filter(|node| node.key_count() > 0).count();
        assert_eq!(reachable, with_keys);
        for page in 0..len.div_ceil(4096) {
            let pieces = segments_of_page(storage, store.codec(), page).unwrap();
            assert!(pieces.first().unwrap().span.start <= page * 4096);
            assert!(pieces.last().unwrap().span.end >= ((page + 1) * 4096).min(len));
        }
    }
}
