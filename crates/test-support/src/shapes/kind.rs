//! Random types, and values of them in postcard, written without the library: only the bytes and where the fields end.

use super::Random;
use crate::published::{bytes_value, i64_value, u64_value};

/// The range of a number.
#[derive(Clone, Copy, Debug)]
pub enum Range {
    /// Up to this maximum.
    Below(u64),
    /// Any size up to this number of bits, small numbers as often as large ones.
    Bits(u64),
    /// Seconds, or milliseconds, around 2024.
    Time(u64),
}

impl Range {
    fn pick(self, random: &mut Random) -> u64 {
        match self {
            Self::Below(count) => random.below(count),
            Self::Bits(bits) => random.next() >> (64 - 1 - random.below(bits)),
            Self::Time(unit) => 1_700_000_000 * unit + random.below(40_000_000 * unit),
        }
    }
}

/// The content of a field.
#[derive(Clone, Debug)]
pub enum Kind {
    /// True and false equally often.
    Bool,
    /// Any byte.
    Byte,
    /// A number.
    Unsigned(Range),
    /// A number, every other one negative.
    Signed(Range),
    /// A float of 8 bytes.
    Float,
    /// A float of 4 bytes.
    HalfFloat,
    /// One character.
    Char,
    /// Words, up to this number.
    Words(u64),
    /// A code of this many letters.
    Code(u64),
    /// Up to this many bytes.
    Bytes(u64),
    /// Exactly this many bytes.
    Array(u64),
    /// An option that is none one time in this number.
    Option(u64, Box<Kind>),
    /// A list of up to this many items.
    List(u64, Box<Kind>),
    /// Fields, one after the other.
    Tuple(Vec<Kind>),
    /// Variants that hold nothing or something.
    Enum(Vec<Option<Kind>>),
    /// Nothing.
    Unit,
}

pub(super) const WORDS: [&str; 16] = [
    "alpha", "river", "Stone", "order", "paid", "märz", "north", "x", "invoice", "Quito", "EUR 12", "cable", "gate-7",
    "ok", "pending", "wall",
];

impl Kind {
    /// A random kind.
    pub fn any(random: &mut Random) -> Self {
        match random.below(20) {
            0 => Self::Option(2 + random.below(4), Box::new(Self::simple(random))),
            1 => Self::Option(2, Box::new(Self::Tuple(vec![Self::simple(random), Self::simple(random)]))),
            2 | 3 => Self::List(1 + random.below(6), Box::new(Self::simple(random))),
            4 => {
                Self::List(1 + random.below(4), Box::new(Self::Tuple(vec![Self::simple(random), Self::simple(random)])))
            }
            5 => Self::Tuple(vec![Self::simple(random), Self::simple(random)]),
            6 => Self::Enum(vec![None; 2 + random.below(5) as usize]),
            7 => {
                let held = |random: &mut Random| (random.below(3) > 0).then(|| Self::simple(random));
                Self::Enum((0..2 + random.below(3)).map(|_| held(random)).collect())
            }
            8 => Self::Unit,
            _ => Self::simple(random),
        }
    }

    fn simple(random: &mut Random) -> Self {
        match random.below(14) {
            0 => Self::Bool,
            1 => Self::Byte,
            2 | 3 => Self::Unsigned(Range::Bits([16, 32, 64][random.below(3) as usize])),
            4 => Self::Unsigned(Range::Below([5, 100, 1000, 100_000][random.below(4) as usize])),
            5 => Self::Unsigned(Range::Time([1, 1000][random.below(2) as usize])),
            6 => Self::Signed(Range::Bits([15, 31, 63][random.below(3) as usize])),
            7 => Self::Float,
            8 => {
                if random.below(2) == 0 {
                    Self::HalfFloat
                } else {
                    Self::Char
                }
            }
            9 | 10 => Self::Words(1 + random.below(4)),
            11 => Self::Code(2 + random.below(6)),
            12 => Self::Bytes([8, 24, 64][random.below(3) as usize]),
            _ => Self::Array([4, 8, 16, 20, 32][random.below(5) as usize]),
        }
    }

    /// Appends a value, and to `ends` the ends of the fields that remain after tuples are split into their parts.
    pub fn write(&self, random: &mut Random, out: &mut Vec<u8>, ends: &mut Vec<usize>) {
        match self {
            Self::Tuple(kinds) => return kinds.iter().for_each(|kind| kind.write(random, out, ends)),
            Self::Unit => return,
            Self::Bool => out.push(random.below(2) as u8),
            Self::Byte => out.push(random.next() as u8),
            Self::Unsigned(range) => out.extend(u64_value(range.pick(random))),
            Self::Signed(range) => {
                let number = range.pick(random) as i64;
                out.extend(i64_value(if random.below(2) == 0 { number } else { -number }));
            }
            Self::Float => out.extend((random.below(10_000_000) as f64 / 128.0 * 0.3).to_le_bytes()),
            Self::HalfFloat => out.extend((random.below(100_000) as f32 * 0.3).to_le_bytes()),
            Self::Char => out.extend(text(["a", "Z", "é", "€", "7"][random.below(5) as usize])),
            Self::Words(most) => {
                let count = random.below(*most + 1);
                let words: Vec<_> = (0..count).map(|_| WORDS[random.below(16) as usize]).collect();
                out.extend(text(&words.join(" ")));
            }
            Self::Code(length) => {
                let code: String = (0..*length).map(|_| char::from(b'A' + random.below(26) as u8)).collect();
                out.extend(text(&code));
            }
            Self::Bytes(most) => {
                let length = random.below(*most + 1);
                out.extend(bytes_value(&random.bytes(length)));
            }
            Self::Array(width) => out.extend(random.bytes(*width)),
            Self::Option(rarity, kind) => {
                let is_none = random.below(*rarity) == 0;
                out.push(u8::from(!is_none));
                if !is_none {
                    kind.write(random, out, &mut Vec::new());
                }
            }
            Self::List(most, kind) => {
                let count = random.below(*most + 1);
                out.extend(u64_value(count));
                (0..count).for_each(|_| kind.write(random, out, &mut Vec::new()));
            }
            Self::Enum(variants) => {
                let number = random.below(variants.len() as u64);
                out.push(number as u8);
                if let Some(kind) = &variants[number as usize] {
                    kind.write(random, out, &mut Vec::new());
                }
            }
        }
        ends.push(out.len());
    }
}

pub(super) fn text(text: &str) -> Vec<u8> {
    bytes_value(text.as_bytes())
}
