//! Batches against the `blake3` crate.

use blake3_lanes::Batch;
use proptest::prelude::*;

fn pattern(length: usize, seed: usize) -> Vec<u8> {
    (0..length).map(|index| (index.wrapping_mul(31) + index / 251 + seed.wrapping_mul(97)) as u8).collect()
}

fn check(batch: &mut Batch, messages: &[Vec<u8>]) {
    let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let mut hashes = vec![[1; 32]; 3];
    batch.hash_each(&slices, &mut hashes);
    let expected: Vec<[u8; 32]> = slices.iter().map(|message| *blake3::hash(message).as_bytes()).collect();
    assert_eq!(hashes, expected, "lengths {:?}", messages.iter().map(Vec::len).collect::<Vec<_>>());
}

#[test]
fn every_length_to_20000() {
    let whole = pattern(20_000, 0);
    let mut batch = Batch::default();
    for lengths in (0..=20_000).collect::<Vec<usize>>().chunks(61) {
        let messages: Vec<Vec<u8>> = lengths.iter().map(|length| whole[..*length].to_vec()).collect();
        check(&mut batch, &messages);
        check(&mut Batch::narrow(), &messages);
    }
}

#[test]
fn every_number_of_messages() {
    for count in 0..70 {
        for length in [0, 1, 8, 63, 64, 65, 1023, 1024, 1025, 1450, 3100] {
            let messages: Vec<Vec<u8>> = (0..count).map(|seed| pattern(length, seed)).collect();
            check(&mut Batch::default(), &messages);
            check(&mut Batch::narrow(), &messages);
            check(&mut Batch::one_by_one(), &messages);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn random_batches(lengths in prop::collection::vec((0..20_000_usize, 0..4_u8), 0..90), seed in 0..1000_usize) {
        let messages: Vec<Vec<u8>> =
            lengths.iter().map(|(length, shift)| pattern(length >> (3 * shift), seed + length)).collect();
        let mut batch = Batch::default();
        check(&mut batch, &messages);
        check(&mut batch, &messages[..messages.len() / 2]);
        check(&mut Batch::narrow(), &messages);
    }
}
