//! Files of random structs, and of common shapes.

use super::{KeyKind, Kind, Random, Range};
use crate::published::{Key, Layout, Link, PublishedWriter, Record};

/// Records of one type, to be written in a layout.
pub struct ShapedFile {
    /// A description in words.
    pub what: String,
    /// The layout in which it is written.
    pub layout: Layout,
    /// The records, and where in each value its fields end.
    pub records: Vec<(Record, Vec<usize>)>,
}

impl ShapedFile {
    /// That many records of random keys and values.
    fn new(what: String, (layout, key): (Layout, KeyKind), fields: &[Kind], count: u64, random: &mut Random) -> Self {
        let keys = key.keys(layout, count, random);
        Self { what, layout, records: records(keys, fields, random) }
    }

    /// A random struct under random keys, in 50 to 3,200 records, small files as often as large ones.
    pub fn random(seed: u64) -> Self {
        Self::sized(seed, None)
    }

    /// The same with that many records.
    pub fn sized(seed: u64, count: Option<u64>) -> Self {
        let mut random = Random::new(seed);
        let (layout, key) = KeyKind::ALL[random.below(8) as usize];
        let fields = any_struct(&mut random);
        let usual = 50 << random.below(7);
        let count = count.unwrap_or(usual);
        let what = format!("{seed}: {count} {layout:?} {key:?} → {fields:?}");
        Self::new(what, (layout, key), &fields, count, &mut random)
    }

    /// The bytes of the file, and its root.
    pub fn write(&self) -> (Vec<u8>, Link) {
        let records: Vec<Record> = self.records.iter().map(|(record, _)| record.clone()).collect();
        let mut file = PublishedWriter::new(self.layout);
        let root = file.append_tree(&records);
        (file.into_bytes(), root)
    }
}

/// A random struct of up to six fields.
fn any_struct(random: &mut Random) -> Vec<Kind> {
    (0..1 + random.below(6)).map(|_| Kind::any(random)).collect()
}

/// Records of such a struct, and where in each value its fields end.
fn records(keys: Vec<Key>, fields: &[Kind], random: &mut Random) -> Vec<(Record, Vec<usize>)> {
    keys.into_iter()
        .map(|key| {
            let (mut value, mut ends) = (Vec::new(), Vec::new());
            fields.iter().for_each(|field| field.write(random, &mut value, &mut ends));
            ends.dedup();
            (Record::new(key, value), ends)
        })
        .collect()
}

/// A shape of values, what is found for it, and how a value is written.
pub struct ShapeCase {
    /// The name of the shape.
    pub name: &'static str,
    /// The type that should be found for its values.
    pub found: &'static str,
    fields: Vec<Kind>,
    seed: u64,
}

/// The shapes of the table in `docs/TYPES.md`.
pub fn shape_cases() -> Vec<ShapeCase> {
    let case = |name, found, fields: Vec<Kind>| ShapeCase { name, found, fields, seed: 0 };
    let some = |kind: Kind| Box::new(kind);
    let time = Kind::Unsigned(Range::Time(1000));
    let mut cases = vec![
        case("text", "String", vec![Kind::Words(4)]),
        case("bytes", "Vec<u8>", vec![Kind::Bytes(64)]),
        case("array", "[u8; 32]", vec![Kind::Array(32)]),
        case("unsigned integer", "u64", vec![Kind::Unsigned(Range::Bits(64))]),
        case("bool", "bool", vec![Kind::Bool]),
        case("unit", "()", vec![Kind::Unit]),
        case("option of a number", "Option<u64>", vec![Kind::Option(3, some(Kind::Unsigned(Range::Bits(32))))]),
        case("option of text", "Option<String>", vec![Kind::Option(3, some(Kind::Words(4)))]),
        case("tuple", "(u64, String)", vec![Kind::Tuple(vec![Kind::Unsigned(Range::Bits(32)), Kind::Words(3)])]),
        case(
            "struct",
            "(u64, String, f64, bool, [u8; 32])",
            vec![time.clone(), Kind::Words(4), Kind::Float, Kind::Bool, Kind::Array(32)],
        ),
        case("vector of numbers", "Vec<u64>", vec![Kind::List(6, some(Kind::Unsigned(Range::Bits(32))))]),
        case("vector of texts", "Vec<String>", vec![Kind::List(6, some(Kind::Words(2)))]),
        case(
            "vector of structs",
            "Vec<(String, u64)>",
            vec![Kind::List(4, some(Kind::Tuple(vec![Kind::Words(2), Kind::Unsigned(Range::Bits(32))])))],
        ),
        case(
            "enum",
            "enum {V0, V1(u64), V2(String)}",
            vec![Kind::Enum(vec![None, Some(time.clone()), Some(Kind::Words(3))])],
        ),
        case(
            "struct with an enum",
            "(String, enum {V0, V1(u64), V2(String)}, u64)",
            vec![Kind::Code(5), Kind::Enum(vec![None, Some(time.clone()), Some(Kind::Words(3))]), time],
        ),
    ];
    (1000..).zip(&mut cases).for_each(|(seed, case)| case.seed = seed);
    cases
}

impl ShapeCase {
    /// The files of a shape: that many records in either layout.
    pub fn files(&self, counts: &[u64]) -> Vec<(u64, ShapedFile)> {
        let layouts = [(Layout::V0_2, KeyKind::Text), (Layout::Git, KeyKind::Numbers)];
        let file = |key: (Layout, KeyKind), count: u64| {
            let what = format!("{}, {:?}", self.name, key.0);
            (count, ShapedFile::new(what, key, &self.fields, count, &mut Random::new(self.seed)))
        };
        layouts.iter().flat_map(|key| counts.iter().map(|count| file(*key, *count))).collect()
    }
}
