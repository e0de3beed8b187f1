//! The compression function of BLAKE3 in sixteen lanes: word `i` of the state is a vector with word `i` of each lane.

use crate::machine::{Machine, Words};
use crate::{BLOCK, LANES};

pub(crate) const IV: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The order in which each round takes the words of the message.
const SCHEDULE: [[usize; 16]; 7] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8],
    [3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1],
    [10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6],
    [12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4],
    [9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7],
    [11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13],
];

/// The inputs of one block in each lane, besides its words.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) counter_low: Words,
    pub(crate) counter_high: Words,
    pub(crate) length: Words,
    pub(crate) flags: Words,
}

/// Mixes two words of the message into a column or a diagonal of the state.
macro_rules! mix {
    ($machine:ident, $a:ident, $b:ident, $c:ident, $d:ident, $x:expr, $y:expr) => {
        $a = $machine.add($machine.add($a, $b), $x);
        $d = $machine.rotate_16($machine.xor($d, $a));
        $c = $machine.add($c, $d);
        $b = $machine.rotate_12($machine.xor($b, $c));
        $a = $machine.add($machine.add($a, $b), $y);
        $d = $machine.rotate_8($machine.xor($d, $a));
        $c = $machine.add($c, $d);
        $b = $machine.rotate_7($machine.xor($b, $c));
    };
}

/// Compresses one block in each lane into the chaining values.
#[inline(always)]
pub(crate) fn compress<M: Machine>(machine: M, chain: &mut [Words; 8], blocks: &[[u8; BLOCK]; LANES], inputs: &Inputs) {
    for part in 0..M::PARTS {
        let block = machine.transposed(blocks, part);
        let load = |words: &Words| machine.load(words, part);
        let [mut v0, mut v1, mut v2, mut v3] = [load(&chain[0]), load(&chain[1]), load(&chain[2]), load(&chain[3])];
        let [mut v4, mut v5, mut v6, mut v7] = [load(&chain[4]), load(&chain[5]), load(&chain[6]), load(&chain[7])];
        let (mut v8, mut v9) = (machine.splat(IV[0]), machine.splat(IV[1]));
        let (mut v10, mut v11) = (machine.splat(IV[2]), machine.splat(IV[3]));
        let (mut v12, mut v13) = (load(&inputs.counter_low), load(&inputs.counter_high));
        let (mut v14, mut v15) = (load(&inputs.length), load(&inputs.flags));
        macro_rules! round {
            ($round:literal) => {
                mix!(machine, v0, v4, v8, v12, block[SCHEDULE[$round][0]], block[SCHEDULE[$round][1]]);
                mix!(machine, v1, v5, v9, v13, block[SCHEDULE[$round][2]], block[SCHEDULE[$round][3]]);
                mix!(machine, v2, v6, v10, v14, block[SCHEDULE[$round][4]], block[SCHEDULE[$round][5]]);
                mix!(machine, v3, v7, v11, v15, block[SCHEDULE[$round][6]], block[SCHEDULE[$round][7]]);
                mix!(machine, v0, v5, v10, v15, block[SCHEDULE[$round][8]], block[SCHEDULE[$round][9]]);
                mix!(machine, v1, v6, v11, v12, block[SCHEDULE[$round][10]], block[SCHEDULE[$round][11]]);
                mix!(machine, v2, v7, v8, v13, block[SCHEDULE[$round][12]], block[SCHEDULE[$round][13]]);
                mix!(machine, v3, v4, v9, v14, block[SCHEDULE[$round][14]], block[SCHEDULE[$round][15]]);
            };
        }
        round!(0);
        round!(1);
        round!(2);
        round!(3);
        round!(4);
        round!(5);
        round!(6);
        let sums = [(v0, v8), (v1, v9), (v2, v10), (v3, v11), (v4, v12), (v5, v13), (v6, v14), (v7, v15)];
        for (words, (left, right)) in chain.iter_mut().zip(sums) {
            machine.store(machine.xor(left, right), words, part);
        }
    }
}
