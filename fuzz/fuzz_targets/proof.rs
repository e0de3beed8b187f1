//! Any bytes are refused as a proof, or they answer exactly the question that they state.
//!
//! A proof ends in a check, and is checked against a root that the checker knows. Neither can be met by chance, so both
//! are repaired here: the check always, and the root to the one of the bytes.
#![no_main]

use file_mst::NodeHash;
use file_mst::proof::{KeyOrder, Proved, Question, Refusal, verify};
use mst_types::Type;
use libfuzzer_sys::fuzz_target;

/// The length of the check at the end of a proof.
const CHECK: usize = 8;

fuzz_target!(|data: &[u8]| {
    let Some((&order, proof)) = data.split_first() else { return };
    let order = match order % 3 {
        0 => KeyOrder::Bytes,
        1 => KeyOrder::Typed(Type::U64),
        _ => KeyOrder::Typed(Type::String),
    };
    let root = NodeHash::from([7; 32]);
    assert!(verify(&root, &order, proof).is_err(), "nobody knows what hashes to this");

    let mut proof = proof.to_vec();
    if proof.len() >= CHECK {
        let content = proof.len() - CHECK;
        let check = blake3::hash(&proof[..content]);
        proof[content..].copy_from_slice(&check.as_bytes()[..CHECK]);
    }
    let Err(Refusal::Root { found, .. }) = verify(&root, &order, &proof) else { return };
    let answer = verify(&found, &order, &proof).expect("the root is the one that the bytes lead to");
    match (&answer.question, &answer.proved) {
        (Question::Key(asked), Proved::Record { key, .. } | Proved::Absent { key }) => assert_eq!(asked, key),
        (Question::Range(..), Proved::Range { records }) => {
            assert!(records.len() as u64 <= answer.nodes.saturating_mul(1 << 20));
        }
        (asked, proved) => panic!("asked {asked:?}, proved {proved:?}"),
    }
    assert!(verify(&root, &order, &proof).is_err());
    let mut longer = proof.clone();
    longer.push(0);
    assert!(verify(&found, &order, &longer).is_err());
});
