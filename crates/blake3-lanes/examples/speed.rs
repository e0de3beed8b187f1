//! The time of a message in batches of several sizes, beside the `blake3` crate.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use blake3_lanes::Batch;

fn main() {
    for length in [8, 200, 700, 1450, 3100] {
        let messages: Vec<Vec<u8>> = (0..64_u8).map(|byte| vec![byte; length]).collect();
        let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        for count in [1, 4, 8, 16, 64] {
            let slices = slices.get(..count).unwrap_or_default();
            let best = |batch: &mut Batch| {
                let mut hashes = Vec::new();
                let rounds = 1 + 2_000_000 / (count * (length + 64));
                let one = || {
                    let start = Instant::now();
                    for _ in 0..rounds {
                        batch.hash_each(black_box(slices), &mut hashes);
                    }
                    start.elapsed().as_nanos() as f64 / (rounds * count) as f64
                };
                std::iter::repeat_with(one).take(9).fold(f64::INFINITY, f64::min)
            };
            let [wide, narrow, single] =
                [Batch::default(), Batch::narrow(), Batch::one_by_one()].map(|mut batch| best(&mut batch));
            println!(
                "{length:5} bytes, {count:2} at once: {wide:6.0} ns a message, with AVX2 {narrow:6.0}, one by one {single:6.0}"
            );
        }
    }
}
