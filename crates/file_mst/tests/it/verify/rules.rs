//! Rules that no other test covers: each has a file that breaks only this rule.

use file_mst::inspect::level::level_of;
use file_mst::open::{OpenOptions, open};
use file_mst::verify::{Rule, Severity, VerifyOptions};
use mst_test_support::own::{OwnFile, OwnNode, canon};
use std::sync::Arc;

use super::{check, finds, numbers, opened};

const PAGE: usize = 4096;

/// A key of this level that begins like this.
fn key_of(level: u8, start: &str) -> Vec<u8> {
    let mut keys = (0_u64..).map(|number| format!("{start}{number}").into_bytes());
    keys.find(|key| level_of(key) == level).unwrap()
}

fn leaf(start: &str, value: Vec<u8>) -> OwnNode {
    OwnNode { records: vec![(key_of(0, start), value)], children: vec![None, None], ..OwnNode::default() }
}

/// I4: a node that a commit's tree reaches is before the commit's frame.
#[test]
fn a_node_after_its_commit_is_reported() {
    let child = leaf("a", vec![1]);
    let mut link = OwnFile::new().write_node(&mut child.clone(), &[None, None]);
    // The root takes the first page of nodes, the commit the second.
    link.offset = 3 * PAGE as u64;
    let mut file = OwnFile::new();
    let mut root = OwnNode { level: 1, records: vec![(key_of(1, "m"), vec![2])], ..OwnNode::default() };
    let root = file.write_node(&mut root, &[Some(link), None]);
    let bytes = u64::from(root.length) + u64::from(link.length);
    file.commit_root(PAGE as u64, Some(root), (2, bytes), "early");
    assert_eq!(file.bytes().len() as u64, link.offset);
    file.write_node(&mut child.clone(), &[None, None]);
    let (findings, _) = check(&opened(file.bytes()), VerifyOptions::default());
    let weighing: Vec<_> = findings.iter().filter(|finding| finding.severity > Severity::Note).collect();
    assert_eq!(weighing.len(), 1, "{findings:#?}");
    assert_eq!((weighing[0].invariant, weighing[0].offset), ("I4", link.offset));
}

/// I7: a link gives the level of its child, which may be any below that of the parent.
#[test]
fn a_link_with_another_level_than_its_child_is_reported() {
    for said in [0, 1, 2] {
        let mut child = leaf("a", vec![1]);
        child.said.level = Some(said);
        let mut root = OwnNode {
            level: 3,
            records: vec![(key_of(3, "m"), vec![2])],
            children: vec![Some(child), None],
            ..OwnNode::default()
        };
        let mut file = OwnFile::new();
        file.commit(Some(&mut root), "only");
        let expected = [("I7", root.offset)];
        finds(&opened(file.bytes()), if said == 0 { &[] } else { &expected });
    }
}

/// I13: a node that is longer than a page begins at a page boundary.
#[test]
fn a_long_node_that_begins_within_a_page_is_reported() {
    for across in [false, true] {
        let mut root = leaf("m", vec![3; 2 * PAGE]);
        root.across = across;
        let mut file = OwnFile::new();
        file.commit(Some(&mut root), "only");
        let expected = [("I13", root.offset)];
        finds(&opened(file.bytes()), if across { &expected } else { &[] });
    }
}

/// I11: two links of one tree never lead to one node.
#[test]
fn a_second_link_to_a_node_is_reported() {
    let mut file = OwnFile::new();
    let child = file.write_node(&mut leaf("a", vec![1]), &[None, None]);
    let mut root = OwnNode { level: 1, records: vec![(key_of(1, "m"), vec![2])], ..OwnNode::default() };
    let root = file.write_node(&mut root, &[Some(child), Some(child)]);
    file.commit_root(PAGE as u64, Some(root), (2, 1), "twice");
    let (findings, progress) = check(&opened(file.bytes()), VerifyOptions::default());
    assert_eq!(numbers(&findings), [("I11", root.offset)].into(), "{findings:#?}");
    assert_eq!((findings[0].rule, progress.nodes), (Rule::Once, 2));
}

/// I1, I2, I18: all bytes that are not part of the header, a node or a commit are zeros. Each byte of padding is
/// flipped.
#[test]
fn no_padding_changes_undetected() {
    let mut file = OwnFile::new();
    file.commit(canon(&mst_test_support::trees::records(300)).as_mut(), "first");
    let mut long = leaf("m", vec![3; PAGE + 700]);
    file.commit(Some(&mut long), "a long node");
    file.commit(canon(&mst_test_support::trees::records(500)).as_mut(), "last");
    let sound = file.into_bytes();
    assert_eq!(check(&opened(&sound), VerifyOptions::default()).0, []);
    let (mut flipped, mut pages) = (0, 0);
    for page in (0..sound.len()).step_by(PAGE) {
        let used = sound[page..page + PAGE].iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        pages += usize::from(used < PAGE);
        // The last byte of a frame may be a zero.
        let padding = (page + used + 40..page + PAGE).chain((page + used + 8..page + used + 40).step_by(8));
        for at in padding.filter(|at| *at < page + PAGE) {
            // All bytes in the middle of a page are alike.
            if (at - page) % 7 > 0 && at % PAGE > used + 60 && at % PAGE < PAGE - 10 {
                continue;
            }
            let mut bytes = sound.clone();
            bytes[at] ^= 1 << (at % 8);
            let Ok(opened) = open(Arc::new(bytes), &OpenOptions::default()) else { continue };
            let options = VerifyOptions { threads: 1, ..VerifyOptions::default() };
            let (findings, _) = check(&opened, options);
            assert_eq!(findings.len(), 1, "byte {at}: {findings:#?}");
            assert!(findings[0].severity == Severity::Warning, "byte {at}: {findings:#?}");
            flipped += 1;
        }
    }
    assert!(flipped > 500 && pages >= 6, "{flipped} bytes of {pages} pages");
}

/// I19: records are of the types that their commit names. A schema that is wrong for all is one finding.
#[test]
fn a_schema_that_does_not_fit_is_reported_once() {
    use file_mst::{Options, TreeWriter};
    let folder = tempfile::tempdir().unwrap();
    for (name, schema, fits) in [
        ("right", &b"{key: String, value: u64}"[..], true),
        ("key", b"{key: u32, value: u64}", false),
        ("value", b"{key: String, value: String}", false),
        ("text", b"no types at all", false),
        ("bytes", &[0xff, 0xfe], false),
    ] {
        let path = folder.path().join(name);
        let options = Options { schema: Some(schema.to_vec()), ..Options::default() };
        let mut writer = TreeWriter::open(&path, options).unwrap();
        for id in 0..300_u64 {
            writer.put(format!("record {id:05}").as_bytes(), &[id as u8 & 0x7f]).unwrap();
        }
        let commit = writer.commit("only", None).unwrap();
        drop(writer);
        let opened = opened(&std::fs::read(&path).unwrap());
        let (findings, progress) = check(&opened, VerifyOptions::default());
        assert_eq!(progress.records, 300, "{name}: the tree can be read");
        assert_eq!(findings.len(), usize::from(!fits), "{name}: {findings:#?}");
        assert_eq!(opened.typing.unfit.is_none(), fits, "{name}");
        for finding in &findings {
            assert_eq!((finding.invariant, finding.severity), ("I19", Severity::Warning), "{name}");
            let is_of_commit = name == "text" || name == "bytes";
            assert_eq!(finding.offset == commit.offset, is_of_commit, "{name}: {findings:#?}");
        }
    }
}
