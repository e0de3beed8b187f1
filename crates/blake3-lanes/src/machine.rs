//! The vectors of a processor, through the safe methods of `pulp`.

use std::arch::x86_64::{__m256i, __m512i};

use pulp::cast;
use pulp::x86::{V3, V4};

use crate::{BLOCK, LANES};

/// One word of each lane.
pub(crate) type Words = [u32; LANES];

/// The operations of a processor that the compression function needs. Every method is inlined into a function that is
/// compiled for that processor.
pub(crate) trait Machine: Copy {
    /// One word of as many lanes as a vector has.
    type Vector: Copy;
    /// The number of vectors that hold one word of all lanes.
    const PARTS: usize;

    fn add(self, left: Self::Vector, right: Self::Vector) -> Self::Vector;
    fn xor(self, left: Self::Vector, right: Self::Vector) -> Self::Vector;
    fn rotate_16(self, words: Self::Vector) -> Self::Vector;
    fn rotate_12(self, words: Self::Vector) -> Self::Vector;
    fn rotate_8(self, words: Self::Vector) -> Self::Vector;
    fn rotate_7(self, words: Self::Vector) -> Self::Vector;
    fn splat(self, word: u32) -> Self::Vector;
    fn load(self, words: &Words, part: usize) -> Self::Vector;
    fn store(self, vector: Self::Vector, words: &mut Words, part: usize);
    /// The words of the blocks in the lanes of a part: vector `i` has word `i` of each.
    fn transposed(self, blocks: &[[u8; BLOCK]; LANES], part: usize) -> [Self::Vector; 16];
}

impl Machine for V4 {
    type Vector = __m512i;
    const PARTS: usize = 1;

    #[inline(always)]
    fn add(self, left: __m512i, right: __m512i) -> __m512i {
        self.avx512f._mm512_add_epi32(left, right)
    }

    #[inline(always)]
    fn xor(self, left: __m512i, right: __m512i) -> __m512i {
        self.avx512f._mm512_xor_si512(left, right)
    }

    #[inline(always)]
    fn rotate_16(self, words: __m512i) -> __m512i {
        self.avx512f._mm512_ror_epi32::<16>(words)
    }

    #[inline(always)]
    fn rotate_12(self, words: __m512i) -> __m512i {
        self.avx512f._mm512_ror_epi32::<12>(words)
    }

    #[inline(always)]
    fn rotate_8(self, words: __m512i) -> __m512i {
        self.avx512f._mm512_ror_epi32::<8>(words)
    }

    #[inline(always)]
    fn rotate_7(self, words: __m512i) -> __m512i {
        self.avx512f._mm512_ror_epi32::<7>(words)
    }

    #[inline(always)]
    fn splat(self, word: u32) -> __m512i {
        self.avx512f._mm512_set1_epi32(word as i32)
    }

    #[inline(always)]
    fn load(self, words: &Words, _: usize) -> __m512i {
        cast(*words)
    }

    #[inline(always)]
    fn store(self, vector: __m512i, words: &mut Words, _: usize) {
        *words = cast(vector);
    }

    /// Sixteen rows of sixteen words. First pairs of rows exchange words, then fours of rows exchange pairs of words,
    /// then quarters of the vectors change places.
    #[inline(always)]
    fn transposed(self, blocks: &[[u8; BLOCK]; LANES], _: usize) -> [__m512i; 16] {
        let f = self.avx512f;
        let mut rows: [__m512i; 16] = [self.splat(0); 16];
        for (row, block) in rows.iter_mut().zip(blocks) {
            *row = cast(*block);
        }
        let mut pairs = rows;
        for at in (0..16).step_by(2) {
            pairs[at] = f._mm512_unpacklo_epi32(rows[at], rows[at + 1]);
            pairs[at + 1] = f._mm512_unpackhi_epi32(rows[at], rows[at + 1]);
        }
        // Row 4a + b has, in each quarter q, word 4q + b of the lanes 4a to 4a + 3.
        let mut fours = rows;
        for at in (0..16).step_by(4) {
            fours[at] = f._mm512_unpacklo_epi64(pairs[at], pairs[at + 2]);
            fours[at + 1] = f._mm512_unpackhi_epi64(pairs[at], pairs[at + 2]);
            fours[at + 2] = f._mm512_unpacklo_epi64(pairs[at + 1], pairs[at + 3]);
            fours[at + 3] = f._mm512_unpackhi_epi64(pairs[at + 1], pairs[at + 3]);
        }
        let mut words = rows;
        for b in 0..4 {
            let (r0, r1, r2, r3) = (fours[b], fours[4 + b], fours[8 + b], fours[12 + b]);
            let even_01 = f._mm512_shuffle_i32x4::<0b10_00_10_00>(r0, r1);
            let odd_01 = f._mm512_shuffle_i32x4::<0b11_01_11_01>(r0, r1);
            let even_23 = f._mm512_shuffle_i32x4::<0b10_00_10_00>(r2, r3);
            let odd_23 = f._mm512_shuffle_i32x4::<0b11_01_11_01>(r2, r3);
            words[b] = f._mm512_shuffle_i32x4::<0b10_00_10_00>(even_01, even_23);
            words[4 + b] = f._mm512_shuffle_i32x4::<0b10_00_10_00>(odd_01, odd_23);
            words[8 + b] = f._mm512_shuffle_i32x4::<0b11_01_11_01>(even_01, even_23);
            words[12 + b] = f._mm512_shuffle_i32x4::<0b11_01_11_01>(odd_01, odd_23);
        }
        words
    }
}

/// For each byte of a vector the byte that rotating its word to the right by 16 or 8 bits puts there.
const BY_16: [u8; 32] = by(2);
const BY_8: [u8; 32] = by(1);

const fn by(bytes: usize) -> [u8; 32] {
    let mut shuffle = [0; 32];
    let mut at = 0;
    while at < 32 {
        shuffle[at] = (at % 16 / 4 * 4 + (at % 4 + bytes) % 4) as u8;
        at += 1;
    }
    shuffle
}

impl Machine for V3 {
    type Vector = __m256i;
    const PARTS: usize = 2;

    #[inline(always)]
    fn add(self, left: __m256i, right: __m256i) -> __m256i {
        self.avx2._mm256_add_epi32(left, right)
    }

    #[inline(always)]
    fn xor(self, left: __m256i, right: __m256i) -> __m256i {
        self.avx2._mm256_xor_si256(left, right)
    }

    #[inline(always)]
    fn rotate_16(self, words: __m256i) -> __m256i {
        self.avx2._mm256_shuffle_epi8(words, cast(BY_16))
    }

    #[inline(always)]
    fn rotate_12(self, words: __m256i) -> __m256i {
        let (right, left) = (self.avx2._mm256_srli_epi32::<12>(words), self.avx2._mm256_slli_epi32::<20>(words));
        self.avx2._mm256_or_si256(right, left)
    }

    #[inline(always)]
    fn rotate_8(self, words: __m256i) -> __m256i {
        self.avx2._mm256_shuffle_epi8(words, cast(BY_8))
    }

    #[inline(always)]
    fn rotate_7(self, words: __m256i) -> __m256i {
        let (right, left) = (self.avx2._mm256_srli_epi32::<7>(words), self.avx2._mm256_slli_epi32::<25>(words));
        self.avx2._mm256_or_si256(right, left)
    }

    #[inline(always)]
    fn splat(self, word: u32) -> __m256i {
        cast([word; 8])
    }

    #[inline(always)]
    fn load(self, words: &Words, part: usize) -> __m256i {
        let halves: [[u32; 8]; 2] = cast(*words);
        cast(halves[part % 2])
    }

    #[inline(always)]
    fn store(self, vector: __m256i, words: &mut Words, part: usize) {
        let mut halves: [[u32; 8]; 2] = cast(*words);
        halves[part % 2] = cast(vector);
        *words = cast(halves);
    }

    /// Twice eight rows of eight words.
    #[inline(always)]
    fn transposed(self, blocks: &[[u8; BLOCK]; LANES], part: usize) -> [__m256i; 16] {
        let a = self.avx2;
        let mut words = [self.splat(0); 16];
        for half in 0..2 {
            let mut rows = [self.splat(0); 8];
            for (row, block) in rows.iter_mut().zip(blocks.iter().skip(8 * part)) {
                let halves: [[u8; 32]; 2] = cast(*block);
                *row = cast(halves[half]);
            }
            let mut pairs = rows;
            for at in (0..8).step_by(2) {
                pairs[at] = a._mm256_unpacklo_epi32(rows[at], rows[at + 1]);
                pairs[at + 1] = a._mm256_unpackhi_epi32(rows[at], rows[at + 1]);
            }
            let mut fours = rows;
            for at in (0..8).step_by(4) {
                fours[at] = a._mm256_unpacklo_epi64(pairs[at], pairs[at + 2]);
                fours[at + 1] = a._mm256_unpackhi_epi64(pairs[at], pairs[at + 2]);
                fours[at + 2] = a._mm256_unpacklo_epi64(pairs[at + 1], pairs[at + 3]);
                fours[at + 3] = a._mm256_unpackhi_epi64(pairs[at + 1], pairs[at + 3]);
            }
            for b in 0..4 {
                words[8 * half + b] = a._mm256_permute2x128_si256::<0x20>(fours[b], fours[4 + b]);
                words[8 * half + 4 + b] = a._mm256_permute2x128_si256::<0x31>(fours[b], fours[4 + b]);
            }
        }
        words
    }
}
