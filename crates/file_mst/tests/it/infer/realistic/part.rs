//! Values in postcard, written without the library, that record where their fields end.

use mst_test_support::published::{bytes_value, i64_value, u64_value};
use mst_test_support::shapes::Random;

/// A value, or a part of one.
pub(crate) enum Part {
    /// A field without parts.
    Leaf(Vec<u8>),
    /// The fields of a struct or a tuple, which add no bytes of their own.
    Fields(Vec<Part>),
    /// A tag or a count, and its content: an option, a list, a variant.
    Held(Vec<u8>, Vec<Part>),
}

/// The bytes of a value, and where its fields end.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    /// With structs and tuples split into their parts.
    pub(crate) ends: Vec<usize>,
    /// With options, lists and enums split too.
    pub(crate) deep_ends: Vec<usize>,
}

impl Part {
    pub(crate) fn write(&self) -> Written {
        let mut written = Written::default();
        self.append(&mut written, true);
        written.ends.dedup();
        written.deep_ends.dedup();
        written
    }

    fn append(&self, out: &mut Written, is_outside: bool) {
        match self {
            Self::Leaf(bytes) => {
                out.bytes.extend(bytes);
                out.deep_ends.push(out.bytes.len());
            }
            Self::Fields(parts) => return parts.iter().for_each(|part| part.append(out, is_outside)),
            Self::Held(head, parts) => {
                out.bytes.extend(head);
                if parts.is_empty() {
                    out.deep_ends.push(out.bytes.len());
                }
                parts.iter().for_each(|part| part.append(out, false));
            }
        }
        if is_outside {
            out.ends.push(out.bytes.len());
        }
    }
}

const FIRST: [&str; 16] = [
    "Ada", "Björn", "Chen", "Dana", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jürgen", "Kofi", "Lena", "Mateo",
    "Nadia", "Olu", "Priya",
];
const LAST: [&str; 12] = [
    "Lovelace", "Müller", "Okafor", "Silva", "Tanaka", "Nguyen", "Kowalski", "Haddad", "Rossi", "Smith", "Ivanova",
    "Dubois",
];
const WORDS: [&str; 24] = [
    "the",
    "order",
    "was",
    "shipped",
    "late",
    "customer",
    "asked",
    "for",
    "refund",
    "of",
    "damaged",
    "parcel",
    "and",
    "called",
    "twice",
    "about",
    "invoice",
    "from",
    "last",
    "month",
    "warehouse",
    "Köln",
    "ok",
    "urgent",
];

/// Parts of random content, each filled as such fields are filled in practice.
pub(crate) struct Fill(pub(crate) Random);

impl Fill {
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.0.below(count)
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u64) as usize]
    }

    fn raw(&mut self, count: u64) -> Vec<u8> {
        (0..count).map(|_| self.0.next() as u8).collect()
    }

    /// A number below `count`, as a varint.
    pub(crate) fn number(&mut self, count: u64) -> Part {
        Part::Leaf(u64_value(self.below(count)))
    }

    /// A number of any size up to that many bits.
    pub(crate) fn any_size(&mut self, bits: u64) -> Part {
        Part::Leaf(u64_value(self.0.next() >> (63 - self.below(bits))))
    }

    pub(crate) fn signed(&mut self, most: i64) -> Part {
        Part::Leaf(i64_value(self.below(2 * most as u64) as i64 - most))
    }

    /// A number of up to 128 bits.
    pub(crate) fn wide(&mut self, bits: u32) -> Part {
        let mut number = ((u128::from(self.0.next()) << 64) | u128::from(self.0.next())) >> (128 - bits);
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        Part::Leaf(bytes)
    }

    /// A time of the last years, in units of `1 / unit` seconds.
    pub(crate) fn time(&mut self, unit: u64) -> Part {
        let time = 1_650_000_000 * unit + self.below(110_000_000 * unit);
        Part::Leaf(u64_value(time))
    }

    pub(crate) fn flag(&mut self) -> Part {
        Part::Leaf(vec![self.below(2) as u8])
    }

    pub(crate) fn byte(&mut self, count: u64) -> Part {
        Part::Leaf(vec![self.below(count) as u8])
    }

    /// A double with that many decimal places.
    pub(crate) fn float(&mut self, most: f64, places: i32) -> Part {
        Part::Leaf(self.any_float(most, places).to_le_bytes().to_vec())
    }

    pub(crate) fn half_float(&mut self, most: f64, places: i32) -> Part {
        Part::Leaf((self.any_float(most, places) as f32).to_le_bytes().to_vec())
    }

    fn any_float(&mut self, most: f64, places: i32) -> f64 {
        let scale = 10_f64.powi(places);
        (self.0.next() as f64 / u64::MAX as f64 * most * scale).round() / scale
    }

    /// A float of 4 bytes between -1 and 1.
    pub(crate) fn weight(&mut self) -> Part {
        Part::Leaf((self.0.next() as f64 / u64::MAX as f64 * 2.0 - 1.0).to_le_bytes().to_vec())
    }

    /// The same of 4 bytes.
    pub(crate) fn half_weight(&mut self) -> Part {
        Part::Leaf(((self.0.next() as f64 / u64::MAX as f64 * 2.0 - 1.0) as f32).to_le_bytes().to_vec())
    }

    pub(crate) fn array(&mut self, width: u64) -> Part {
        Part::Leaf(self.raw(width))
    }

    /// Up to that many bytes with a length.
    pub(crate) fn bytes(&mut self, most: u64) -> Part {
        let length = self.below(most + 1);
        Part::Leaf(bytes_value(&self.raw(length)))
    }

    pub(crate) fn text(&mut self, text: &str) -> Part {
        Part::Leaf(bytes_value(text.as_bytes()))
    }

    pub(crate) fn name(&mut self) -> Part {
        let name = format!("{} {}", self.pick(&FIRST), self.pick(&LAST));
        self.text(&name)
    }

    pub(crate) fn email(&mut self) -> Part {
        let (user, number) = (self.pick(&FIRST).to_lowercase(), self.below(1000));
        let host = self.pick(&["example.com", "mail.example.org", "corp.example"]);
        self.text(&format!("{user}{number}@{host}"))
    }

    pub(crate) fn one_of(&mut self, all: &[&str]) -> Part {
        let one = self.pick(all);
        self.text(one)
    }

    /// A sentence of up to that many words.
    pub(crate) fn sentence(&mut self, most: u64) -> Part {
        let count = self.below(most + 1);
        let words: Vec<_> = (0..count).map(|_| self.pick(&WORDS)).collect();
        self.text(&words.join(" "))
    }

    /// A code of this many letters and digits.
    pub(crate) fn code(&mut self, length: u64) -> Part {
        let digits = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let code: String = (0..length).map(|_| char::from(digits[self.below(32) as usize])).collect();
        self.text(&code)
    }

    pub(crate) fn path(&mut self) -> Part {
        let path = format!("/srv/{}/{}/{}.dat", self.pick(&WORDS), self.pick(&WORDS), self.below(10_000));
        self.text(&path)
    }

    pub(crate) fn none() -> Part {
        Part::Held(vec![0], Vec::new())
    }

    /// None one time in `rarity`.
    pub(crate) fn option(&mut self, rarity: u64, fill: impl FnOnce(&mut Self) -> Part) -> Part {
        if self.below(rarity) == 0 { Self::none() } else { Part::Held(vec![1], vec![fill(self)]) }
    }

    /// From `least` up to `most` items.
    pub(crate) fn list(&mut self, least: u64, most: u64, mut fill: impl FnMut(&mut Self) -> Part) -> Part {
        let count = least + self.below(most + 1 - least);
        let items = (0..count).map(|_| fill(self)).collect();
        Part::Held(u64_value(count), items)
    }

    /// A variant without content, one of that many.
    pub(crate) fn choice(&mut self, variants: u64) -> Part {
        self.byte(variants)
    }
}

pub(crate) fn variant(tag: u8, parts: Vec<Part>) -> Part {
    Part::Held(vec![tag], parts)
}

pub(crate) fn fields(parts: impl Into<Vec<Part>>) -> Part {
    Part::Fields(parts.into())
}
