//! Proofs: every accepted proof is true, whatever the bytes; every true answer can be proved; and a second check,
//! written from the documentation alone, agrees.

use std::collections::BTreeMap;
use std::ops::Bound;

use file_mst::MerkleSearchTree;
use file_mst::NodeHash;
use file_mst::Tree;
use file_mst::proof::{Answer, KeyOrder, Neighbour, Proved, Question, Refusal, note_of, prove, verify};
use mst_test_support::proof::check;
use mst_test_support::published::{Layout, PublishedWriter, Record, string_key, u64_value};
use mst_test_support::trees::{open_bytes, scramble, upstream_trees};
use mst_test_support::upstream;
use proptest::prelude::*;

type Records = BTreeMap<Vec<u8>, Vec<u8>>;

/// A tree, and its records.
struct Known {
    _tree: MerkleSearchTree<String, String>,
    tree: Tree,
    records: Records,
}

impl Known {
    /// Keys of even numbers below `count`, so that each has an absent neighbour.
    fn new(count: u64, seed: u64) -> Self {
        let mut tree = MerkleSearchTree::new_temporary().unwrap();
        let mut records = Records::new();
        for id in (0..count).map(|id| 2 * id) {
            let value = format!("v{}", scramble(seed + id) % 1000);
            let bytes = [vec![value.len() as u8], value.clone().into_bytes()].concat();
            records.insert(key(id), bytes);
            tree.insert(String::from_utf8(key(id)).unwrap(), value).unwrap();
        }
        let now = tree.snapshot().unwrap().tree().clone();
        Self { _tree: tree, tree: now, records }
    }

    fn root(&self) -> NodeHash {
        self.tree.root_link().hash
    }

    fn prove(&self, question: &Question) -> Vec<u8> {
        prove(&self.tree, &KeyOrder::Bytes, question, b"{key: String, value: String}").unwrap()
    }

    /// The answer of the records to a question: those that it asks for, and the keys around them.
    #[track_caller]
    fn assert_true(&self, answer: &Answer<'_>) {
        let owned = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
        let range = match &answer.question {
            Question::Key(key) => (Bound::Included(key.clone()), Bound::Included(key.clone())),
            Question::Range(start, end) => (start.clone(), end.clone()),
        };
        let expected: Vec<_> = self.records.range(range.clone()).map(owned).collect();
        let proved: Vec<_> = match &answer.proved {
            Proved::Record { key, value } => vec![(key.to_vec(), value.to_vec())],
            Proved::Absent { key } => {
                assert_eq!(answer.question, Question::key(*key));
                Vec::new()
            }
            Proved::Range { records } => records.iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect(),
        };
        assert_eq!(proved, expected);
        // The neighbour of a bound that is a key itself is not shown.
        let shown = |bound: Bound<Vec<u8>>| match bound {
            Bound::Included(key) if self.records.contains_key(&key) => None,
            Bound::Included(key) => Some(Some(Bound::Excluded(key))),
            Bound::Excluded(key) => Some(Some(Bound::Included(key))),
            Bound::Unbounded => Some(None),
        };
        let name = |key: Option<(&Vec<u8>, _)>| match key {
            Some((key, _)) => Around::Key(key.clone()),
            None => Around::End,
        };
        let before = shown(range.0).map_or(Around::NotShown, |end| {
            name(end.and_then(|end| self.records.range((Bound::Unbounded, end)).next_back()))
        });
        let behind = shown(range.1).map_or(Around::NotShown, |start| {
            name(start.and_then(|start| self.records.range((start, Bound::Unbounded)).next()))
        });
        assert_eq!((answer.before.into(), answer.behind.into()), (before, behind));
    }
}

#[derive(PartialEq, Debug)]
enum Around {
    Key(Vec<u8>),
    End,
    NotShown,
}

impl From<Neighbour<'_>> for Around {
    fn from(neighbour: Neighbour<'_>) -> Self {
        match neighbour {
            Neighbour::Key(key) => Self::Key(key.to_vec()),
            Neighbour::End => Self::End,
            Neighbour::NotShown => Self::NotShown,
        }
    }
}

fn key(id: u64) -> Vec<u8> {
    format!("k{id:04}").into_bytes()
}

/// Both checks, which must agree.
#[track_caller]
fn both<'a>(root: &NodeHash, proof: &'a [u8]) -> Result<Answer<'a>, Refusal> {
    let answer = verify(root, &KeyOrder::Bytes, proof);
    let second = check(*root.as_bytes(), proof);
    assert_eq!(answer.is_ok(), second.is_some(), "the checks disagree: {answer:?}");
    if let (Ok(answer), Some(second)) = (&answer, second) {
        let records = match &answer.proved {
            Proved::Record { key, value } => vec![(*key, *value)],
            Proved::Absent { .. } => Vec::new(),
            Proved::Range { records } => records.clone(),
        };
        let borrowed: Vec<_> = second.records.iter().map(|(key, value)| (key.as_slice(), value.as_slice())).collect();
        assert_eq!(borrowed, records);
        for (neighbour, second) in [(answer.before, second.around.0), (answer.behind, second.around.1)] {
            match neighbour {
                Neighbour::Key(key) => assert_eq!(second.as_deref(), Some(key)),
                Neighbour::End => assert_eq!(second, None),
                Neighbour::NotShown => {}
            }
        }
    }
    answer
}

/// Makes the check at the end right, as a liar would.
fn sealed(mut proof: Vec<u8>) -> Vec<u8> {
    let end = proof.len().saturating_sub(8);
    let check = blake3::hash(&proof[..end]);
    proof.truncate(end);
    proof.extend_from_slice(&check.as_bytes()[..8]);
    proof
}

fn questions(count: u64) -> Vec<Question> {
    let ends = [0, 1, count / 2, count / 2 + 1, count, (2 * count).saturating_sub(1), 2 * count];
    let mut questions: Vec<_> = (0..2 * count + 2).map(|id| Question::Key(key(id))).collect();
    for from in ends {
        for to in ends.into_iter().filter(|to| from < *to) {
            questions.push(Question::Range(Bound::Included(key(from)), Bound::Excluded(key(to))));
            questions.push(Question::Range(Bound::Excluded(key(from)), Bound::Included(key(to))));
            questions.push(Question::Range(Bound::Excluded(key(from)), Bound::Excluded(key(to))));
        }
        questions.push(Question::Range(Bound::Included(key(from)), Bound::Included(key(from))));
        questions.push(Question::Range(Bound::Unbounded, Bound::Included(key(from))));
        questions.push(Question::Range(Bound::Excluded(key(from)), Bound::Unbounded));
    }
    questions.push(Question::Range(Bound::Unbounded, Bound::Unbounded));
    questions.push(Question::key(""));
    questions
}

#[test]
fn every_question_has_a_proof_that_holds() {
    for count in [0, 1, 2, 17, 300] {
        let known = Known::new(count, 1);
        for question in questions(count) {
            let before = known.tree.store().read_counts().nodes;
            let proof = known.prove(&question);
            let answer = both(&known.root(), &proof).unwrap();
            assert_eq!(answer.question, question);
            known.assert_true(&answer);
            assert!(known.tree.store().read_counts().nodes - before <= answer.nodes);
            if let Question::Key(_) = question {
                assert!(answer.nodes <= 4, "more than a path: {}", answer.nodes);
                assert!(proof.len() < 4096, "{} bytes", proof.len());
            }
        }
    }
}

#[test]
fn no_changed_byte_makes_a_lie() {
    let known = Known::new(120, 2);
    let other = Known::new(120, 3);
    let questions = [
        Question::Key(key(100)),
        Question::Key(key(101)),
        Question::Range(Bound::Included(key(30)), Bound::Excluded(key(90))),
    ];
    let (mut accepted, mut refused) = (0, 0);
    for question in &questions {
        let proof = known.prove(question);
        assert!(matches!(both(&other.root(), &proof), Err(Refusal::Root { .. })));
        for at in 0..proof.len() {
            for mask in [0xff, 1, 1 << (at % 8), 0x03] {
                let mut changed = proof.clone();
                changed[at] ^= mask;
                assert!(both(&known.root(), &changed).is_err(), "byte {at}");
                // A liar makes the check right. Only another note, or another question with a true answer, then passes.
                let changed = sealed(changed);
                match both(&known.root(), &changed) {
                    Ok(answer) => {
                        known.assert_true(&answer);
                        accepted += 1;
                    }
                    Err(_) => refused += 1,
                }
            }
            assert!(both(&known.root(), &proof[..at]).is_err(), "cut at {at}");
            assert!(both(&known.root(), &sealed(proof[..at].to_vec())).is_err(), "cut at {at} and sealed");
            let mut doubled = proof.clone();
            doubled.insert(at, proof[at]);
            if let Ok(answer) = both(&known.root(), &sealed(doubled)) {
                known.assert_true(&answer);
            }
        }
        let longer = [proof.as_slice(), &[0]].concat();
        assert!(both(&known.root(), &longer).is_err() && both(&known.root(), &sealed(longer)).is_err());
    }
    assert!(accepted > 0 && refused > 10 * accepted, "{accepted} accepted, {refused} refused");
}

/// A whole range, presented as the answer to another one.
#[test]
fn a_proof_answers_its_own_question_only() {
    let known = Known::new(60, 4);
    let proof = known.prove(&Question::Range(Bound::Unbounded, Bound::Unbounded));
    let note = b"{key: String, value: String}".len();
    let question_at = 10 + 1 + note;
    assert_eq!(&proof[question_at..question_at + 3], &[2, 0, 0]);
    for other in [&b"\x01\x05k0010"[..], b"\x02\x01\x05k0010\x00", b"\x02\x00\x02\x05k0011"] {
        let forged = sealed([&proof[..question_at], other, &proof[question_at + 3..]].concat());
        assert!(matches!(both(&known.root(), &forged), Err(Refusal::Superfluous { .. })));
    }
    // And the other way round: a path is not the whole.
    let path = known.prove(&Question::Key(key(10)));
    assert_eq!(path[question_at], 1);
    let forged = sealed([&path[..question_at], &[2, 0, 0], &path[question_at + 7..]].concat());
    assert!(matches!(both(&known.root(), &forged), Err(Refusal::LeftOut { .. })));
    // An empty tree in place of a full one.
    let empty = sealed([&proof[..question_at], &[2, 0, 0, 0], &[0; 8]].concat());
    assert!(matches!(both(&known.root(), &empty), Err(Refusal::Root { .. })));
    assert!(both(&NodeHash::EMPTY, &empty).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Pieces of true proofs of two trees, combined in any way.
    #[test]
    fn spliced_proofs_tell_no_lies(
        ids in (0..160_u64, 0..160_u64, any::<bool>()),
        cuts in (0.0..1.0_f64, 0.0..1.0_f64, 0.0..1.0_f64),
    ) {
        let (one, other) = (Known::new(70, 5), Known::new(80, 5));
        let question = |id: u64| match ids.2 {
            true => Question::Key(key(id)),
            false => Question::Range(Bound::Included(key(id)), Bound::Excluded(key(id + 20))),
        };
        let (a, b) = (one.prove(&question(ids.0)), other.prove(&question(ids.1)));
        let at = |bytes: &[u8], part: f64| 40 + ((bytes.len() - 48) as f64 * part) as usize;
        let (from, to) = (at(&b, cuts.1.min(cuts.2)), at(&b, cuts.1.max(cuts.2)));
        let cut = at(&a, cuts.0);
        for spliced in [
            [&a[..cut], &b[from..to], &a[cut..]].concat(),
            [&a[..cut], &b[from..]].concat(),
            [&b[..from], &b[to..]].concat(),
        ] {
            let spliced = sealed(spliced);
            for known in [&one, &other] {
                if let Ok(answer) = both(&known.root(), &spliced) {
                    known.assert_true(&answer);
                }
            }
        }
    }

    #[test]
    fn garbage_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let root = NodeHash::from([7; 32]);
        prop_assert!(both(&root, &bytes).is_err());
        let framed = sealed([b"\x89MSP\r\n\x1a\n\x01\x00\x00", bytes.as_slice(), &[0; 8]].concat());
        prop_assert!(both(&root, &framed).is_err());
    }
}

#[test]
fn published_trees_are_proved_in_the_order_of_their_keys() {
    let mut keyless = 0;
    for tree in upstream_trees() {
        let opened = open_bytes(upstream::bytes(&tree.file), &tree.options()).unwrap();
        keyless += opened.tree.stats(|_| std::ops::ControlFlow::Continue(())).keyless_nodes;
        let order = KeyOrder::of(&opened).unwrap();
        let note = note_of(&opened);
        let records: Vec<_> = mst_test_support::trees::sound_records(&opened.tree);
        for record in records.iter().step_by(records.len() / 20 + 1) {
            let question = Question::key(record.key_hashed.clone());
            let proof = prove(&opened.tree, &order, &question, &note).unwrap();
            let answer = verify(&tree.hash, &order, &proof).unwrap();
            assert_eq!(answer.proved, Proved::Record { key: &record.key_hashed, value: &record.value });
            // A checker that does not know the order gets an error.
            if order == KeyOrder::Bytes {
                assert!(check(*tree.hash.as_bytes(), &proof).is_some());
            } else {
                assert!(matches!(verify(&tree.hash, &KeyOrder::Bytes, &proof), Err(Refusal::Order { .. })));
            }
        }
        let all = prove(&opened.tree, &order, &Question::Range(Bound::Unbounded, Bound::Unbounded), &note).unwrap();
        let Proved::Range { records: proved } = verify(&tree.hash, &order, &all).unwrap().proved else { panic!() };
        assert!(proved.iter().map(|(key, _)| *key).eq(records.iter().map(|record| record.key_hashed.as_slice())));
    }
    assert!(keyless > 0, "no upstream tree has keyless nodes");
}

#[test]
fn a_tree_that_breaks_the_rules_is_not_proved() {
    let records: Vec<Record> =
        (0..40).map(|id| Record::new(string_key(Layout::V0_2, &format!("{id:03}")), u64_value(id))).collect();
    let refs: Vec<&Record> = records.iter().collect();
    let mut file = PublishedWriter::new(Layout::V0_2);
    // Keys of any level in one leaf.
    let root = file.write_leaf(&refs);
    let opened = open_bytes(
        file.into_bytes(),
        &mst_test_support::trees::typed("String", "u64", mst_test_support::trees::at(root)),
    )
    .unwrap();
    let refused = prove(&opened.tree, &KeyOrder::Bytes, &Question::key("007"), b"").unwrap_err();
    assert!(refused.to_string().contains("breaks a rule"), "{refused}");
}

/// A proof that is put together by hand, and its root hash.
struct Forged {
    body: Vec<u8>,
    hash: [u8; 32],
}

impl Forged {
    const ABSENT: fn() -> Self = || Self { body: vec![0], hash: [0; 32] };

    fn closed(hash: [u8; 32]) -> Self {
        Self { body: [&[1][..], &hash].concat(), hash }
    }

    /// An open node: its children are before, between and after its records.
    fn node(level: u8, keys: &[&[u8]], children: Vec<Self>) -> Self {
        assert_eq!(children.len(), keys.len() + 1);
        let mut body = vec![2, level, keys.len() as u8];
        let mut message = u32::from(level).to_le_bytes().to_vec();
        message.extend((keys.len() as u64).to_le_bytes());
        for key in keys {
            body.extend([&[key.len() as u8][..], key, &[1, 7]].concat());
        }
        for (index, child) in children.iter().enumerate() {
            body.extend(&child.body);
            message.extend(child.hash);
            if let Some(key) = keys.get(index) {
                message.extend([&(key.len() as u64).to_le_bytes()[..], key, &1_u64.to_le_bytes(), &[7]].concat());
            }
        }
        Self { body, hash: blake3::hash(&message).into() }
    }

    /// The result of the check as the answer to a question, whose bytes these are.
    fn check(&self, question: &[u8]) -> Result<Proved<'static>, Refusal> {
        let start = b"\x89MSP\r\n\x1a\n\x01\x00\x00";
        let proof = sealed([&start[..], question, &self.body, &[0; 8]].concat()).leak();
        verify(&self.hash.into(), &KeyOrder::Bytes, proof).map(|answer| answer.proved)
    }
}

/// A key of a level that begins with a text.
fn key_of(level: u8, behind: &str) -> Vec<u8> {
    let keys = (0..).map(|number: u64| format!("{behind}{number}").into_bytes());
    keys.into_iter().find(|key| file_mst::inspect::level::level_of(key) == level).unwrap()
}

const ALL: &[u8] = &[2, 0, 0];

/// Rule: nothing is below a node of level 0, open or closed.
#[test]
fn nothing_below_level_0_is_believed() {
    let key = key_of(0, "m");
    let question = |asked: &[u8]| [&[1, asked.len() as u8][..], asked].concat();
    let with = |level: u8, key: &[u8], child: Forged| Forged::node(level, &[key], vec![child, Forged::ABSENT()]);
    // The question goes to the other side, so the closed child need not be opened.
    let forged = with(0, &key, Forged::closed([9; 32])).check(&question(b"z"));
    assert!(matches!(forged, Err(Refusal::Malformed { .. })), "{forged:?}");
    let higher = key_of(1, "m");
    let sound = with(1, &higher, Forged::closed([9; 32])).check(&question(b"z"));
    assert!(matches!(sound, Ok(Proved::Absent { .. })), "{sound:?}");
}

/// Rule: all keys of a node are below the key after the link to it.
#[test]
fn a_key_above_the_upper_limit_is_not_believed() {
    let (low, high, above) = (key_of(0, "a"), key_of(1, "m"), key_of(0, "z"));
    let with = |child: &[u8]| {
        let leaf = Forged::node(0, &[child], vec![Forged::ABSENT(), Forged::ABSENT()]);
        Forged::node(1, &[&high], vec![leaf, Forged::ABSENT()]).check(ALL)
    };
    assert!(matches!(with(&above), Err(Refusal::KeyOrder { .. })), "{:?}", with(&above));
    assert!(with(&high).is_err());
    assert!(matches!(with(&low), Ok(Proved::Range { records }) if records.len() == 2));
}

/// Rule: a question asks for a range that can contain keys.
#[test]
fn a_range_that_ends_before_it_starts_is_no_question() {
    let range = |start: &[u8], end: &[u8]| [&[2, 1, start.len() as u8][..], start, &[1, end.len() as u8], end].concat();
    let key = key_of(0, "m");
    let leaf = || Forged::node(0, &[&key], vec![Forged::ABSENT(), Forged::ABSENT()]);
    assert_eq!(leaf().check(&range(b"x", b"b")), Err(Refusal::EmptyRange));
    assert_eq!(Forged::ABSENT().check(&range(b"x", b"b")), Err(Refusal::EmptyRange));
    assert!(matches!(leaf().check(&range(b"b", b"x")), Ok(Proved::Range { records }) if records.len() == 1));
}

/// Rule: a child's level is below its parent's, not the same.
#[test]
fn a_child_of_the_level_of_its_parent_is_not_believed() {
    for level in [0, 1] {
        let (low, high) = (key_of(level, "a"), key_of(level, "m"));
        let child = Forged::node(level, &[&low], vec![Forged::ABSENT(), Forged::ABSENT()]);
        let forged = Forged::node(level, &[&high], vec![child, Forged::ABSENT()]).check(ALL);
        assert!(matches!(forged, Err(Refusal::Level { .. })), "{forged:?}");
    }
}
