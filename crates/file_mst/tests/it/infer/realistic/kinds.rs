//! Forty-six realistic kinds of values, written as postcard writes the type that is given beside each.

use super::part::{Fill, Part, fields, variant};

/// A kind of values: its name and type, and how one is made.
pub(crate) struct Kind {
    pub(crate) what: &'static str,
    pub(crate) fill: fn(&mut Fill) -> Part,
}

const fn kind(what: &'static str, fill: fn(&mut Fill) -> Part) -> Kind {
    Kind { what, fill }
}

/// All of them.
pub(crate) const KINDS: [Kind; 46] = [
    kind("user ([u8; 16], String, String, u8, bool, u64)", |f| {
        fields([f.array(16), f.name(), f.email(), f.byte(90), f.flag(), f.time(1000)])
    }),
    kind("order (u64, u64, f64, String, enum of 5, u64)", |f| {
        fields([
            f.number(1 << 30),
            f.number(50_000),
            f.float(900.0, 2),
            f.one_of(&["EUR", "USD", "CHF"]),
            f.choice(5),
            f.time(1),
        ])
    }),
    kind("event (u64, String, Vec<u8>)", |f| {
        fields([f.time(1_000_000), f.one_of(&["login", "logout", "purchase", "page-view"]), f.bytes(60)])
    }),
    kind("sensor reading (u64, f32, f32, u8)", |f| {
        fields([f.time(1000), f.half_float(45.0, 1), f.half_float(100.0, 1), f.byte(101)])
    }),
    kind("session ([u8; 32], u64, u64, [u8; 4], String)", |f| {
        fields([
            f.array(32),
            f.number(1 << 20),
            f.time(1),
            f.array(4),
            f.one_of(&["Firefox/128", "Chrome/126", "curl/8.5"]),
        ])
    }),
    kind("settings Map<String, String>", |f| {
        f.list(0, 6, |f| fields([f.one_of(&["theme", "lang", "tz", "size"]), f.sentence(2)]))
    }),
    kind("contact (String, (String, String, String, String), Option<String>)", |f| {
        let address =
            fields([f.sentence(3), f.one_of(&["Köln", "Oslo", "Lima"]), f.code(5), f.one_of(&["DE", "NO", "PE"])]);
        fields([f.name(), address, f.option(3, |f| f.code(10))])
    }),
    kind("payment enum (Card{String, enum of 3}, Iban(String), Cash)", |f| match f.below(3) {
        0 => variant(0, vec![f.code(4), f.choice(3)]),
        1 => variant(1, vec![f.code(22)]),
        _ => variant(2, vec![]),
    }),
    kind("bill (i64, String, enum (Open, Paid{u64}, Refunded(u32, String)), Option<String>)", |f| {
        let state = match f.below(3) {
            0 => variant(0, vec![]),
            1 => variant(1, vec![f.time(1000)]),
            _ => variant(2, vec![f.number(10_000), f.sentence(4)]),
        };
        fields([f.signed(1 << 20), f.name(), state, f.option(3, |f| f.sentence(5))])
    }),
    kind("place (String, Option<(f64, f64, u64)>, u64)", |f| {
        fields([f.name(), f.option(3, |f| fields([f.float(90.0, 5), f.float(180.0, 5), f.number(4000)])), f.time(1)])
    }),
    kind("basket (u64, Vec<(String, u32, f64)>)", |f| {
        fields([f.number(1 << 30), f.list(0, 5, |f| fields([f.code(8), f.number(20), f.float(200.0, 2)]))])
    }),
    kind("account, a row of 12", |f| {
        fields([
            f.signed(1 << 40),
            f.name(),
            f.email(),
            f.option(2, |f| f.code(9)),
            f.number(100),
            f.float(10_000.0, 2),
            f.flag(),
            f.time(1000),
            f.time(1000),
            f.number(1 << 16),
            f.one_of(&["de", "en", "pt-BR"]),
            f.option(2, |f| f.number(1 << 30)),
        ])
    }),
    kind("times (u64, u64, Option<u64>)", |f| fields([f.time(1000), f.time(1000), f.option(2, |f| f.time(1000))])),
    kind("file (String, u64, [u8; 32], u32, u64)", |f| {
        fields([f.path(), f.any_size(34), f.array(32), f.number(512), f.time(1_000_000_000)])
    }),
    kind("chunks Vec<[u8; 32]>", |f| f.list(0, 6, |f| f.array(32))),
    kind("embedding (u64, Vec<f32>)", |f| fields([f.number(1 << 20), f.list(4, 8, |f| f.half_weight())])),
    kind("series Vec<f64>", |f| f.list(0, 8, |f| f.float(500.0, 3))),
    kind("position (f64, f64)", |f| fields([f.float(90.0, 6), f.float(180.0, 6)])),
    kind("count u64", |f| f.any_size(40)),
    kind("note String", |f| f.sentence(12)),
    kind("document, a recursive enum (Null, Bool, Number, Text, List, Object)", |f| document(f, 3)),
    kind("presence ()", |_| fields([])),
    kind("switches (bool × 8)", |f| fields((0..8).map(|_| f.flag()).collect::<Vec<_>>())),
    kind("balance (u128, u64, [u8; 32])", |f| fields([f.wide(100), f.number(5000), f.array(32)])),
    kind("grade (char, String, u8)", |f| fields([f.one_of(&["A", "B", "é", "€"]), f.name(), f.byte(30)])),
    kind("patch (Option<Option<u64>>, String)", |f| {
        fields([f.option(3, |f| f.option(3, |f| f.any_size(30))), f.sentence(3)])
    }),
    kind("switching (String, enum (A, B(u64)), enum (X(String), Y), u64)", |f| {
        let one = if f.below(2) == 0 { variant(0, vec![]) } else { variant(1, vec![f.any_size(30)]) };
        let other = if f.below(2) == 0 { variant(0, vec![f.sentence(3)]) } else { variant(1, vec![]) };
        fields([f.name(), one, other, f.time(1)])
    }),
    kind("index Map<String, Map<String, u64>>", |f| {
        f.list(0, 4, |f| fields([f.code(5), f.list(0, 4, |f| fields([f.code(3), f.any_size(20)]))]))
    }),
    kind("labels (Map<String, String>, u32)", |f| {
        fields([f.list(0, 4, |f| fields([f.one_of(&["de", "en", "fr"]), f.sentence(3)])), f.number(300)])
    }),
    kind("audit (u64, String, enum of 6, Option<String>, Option<String>)", |f| {
        fields([f.time(1000), f.email(), f.choice(6), f.option(2, |f| f.sentence(3)), f.option(2, |f| f.sentence(3))])
    }),
    kind("product (String, String, u64, Vec<String>, i32)", |f| {
        fields([f.code(8), f.sentence(4), f.number(100_000), f.list(0, 4, |f| f.sentence(1)), f.signed(500)])
    }),
    kind("trade (u64, f64, f64, bool)", |f| {
        fields([f.time(1_000_000_000), f.float(60_000.0, 2), f.float(5.0, 8), f.flag()])
    }),
    kind("output ([u8; 32], u32, u64, Vec<u8>)", |f| fields([f.array(32), f.number(4), f.any_size(40), f.bytes(35)])),
    kind("feature (String, bool, f32, Vec<String>)", |f| {
        fields([f.sentence(2), f.flag(), f.half_float(1.0, 2), f.list(0, 4, |f| f.code(6))])
    }),
    kind("message (u64, u64, String, Option<u64>, Vec<(String, Vec<u8>)>)", |f| {
        let attached = |f: &mut Fill| f.list(0, 2, |f| fields([f.path(), f.bytes(40)]));
        fields([f.number(1 << 20), f.number(1 << 20), f.sentence(9), f.option(3, |f| f.number(1 << 30)), attached(f)])
    }),
    kind("invoice (String, Vec<(String, u32, i64, f32)>, i64, Option<u64>)", |f| {
        let line = |f: &mut Fill| fields([f.sentence(3), f.number(20), f.signed(100_000), f.half_float(25.0, 1)]);
        fields([f.code(8), f.list(1, 4, line), f.signed(1_000_000), f.option(3, |f| f.time(1))])
    }),
    kind("figure enum (Point(f64, f64), Line(Vec<(f64, f64)>), Circle{f64, f64, f64})", |f| {
        let point = |f: &mut Fill| fields([f.float(100.0, 3), f.float(100.0, 3)]);
        match f.below(3) {
            0 => variant(0, vec![point(f)]),
            1 => variant(1, vec![f.list(2, 5, point)]),
            _ => variant(2, vec![point(f), f.float(10.0, 2)]),
        }
    }),
    kind("task (String, enum of 4, enum (Todo, Doing{u64, String}, Done{u64}), Option<u64>)", |f| {
        let state = match f.below(3) {
            0 => variant(0, vec![]),
            1 => variant(1, vec![f.time(1), f.name()]),
            _ => variant(2, vec![f.time(1)]),
        };
        fields([f.sentence(5), f.choice(4), state, f.option(2, |f| f.time(1))])
    }),
    kind("level i64", |f| f.signed(1 << 30)),
    kind("ratio (u32, u32)", |f| fields([f.number(1000), f.number(1 << 20)])),
    kind("vertex (String, Vec<u64>, Option<f64>)", |f| {
        fields([f.sentence(2), f.list(0, 6, |f| f.number(100_000)), f.option(2, |f| f.weight())])
    }),
    kind("device ([u8; 6], enum (V4([u8; 4]), V6([u8; 16])), u64, String)", |f| {
        let address = if f.below(3) > 0 { variant(0, vec![f.array(4)]) } else { variant(1, vec![f.array(16)]) };
        fields([f.array(6), address, f.time(1), f.name()])
    }),
    kind("comment, a recursive struct (String, String, Vec<comment>)", |f| comment(f, 2)),
    kind("version (u16, u16, u16, Option<String>)", |f| {
        fields([f.number(5), f.number(40), f.number(300), f.option(2, |f| f.one_of(&["rc.1", "beta", "alpha.2"]))])
    }),
    kind("histogram (String, Vec<(f64, u64)>, f64, u64)", |f| {
        let bucket = |f: &mut Fill| fields([f.float(10.0, 2), f.any_size(16)]);
        fields([f.sentence(2), f.list(1, 6, bucket), f.float(9000.0, 3), f.any_size(20)])
    }),
    kind("job (u64, enum (Pending, Running{String, u64, f32}, Failed{String, u32}, Done(Vec<u8>)), u32)", |f| {
        let state = match f.below(4) {
            0 => variant(0, vec![]),
            1 => variant(1, vec![f.code(6), f.time(1), f.half_float(1.0, 2)]),
            2 => variant(2, vec![f.sentence(5), f.number(5)]),
            _ => variant(3, vec![f.bytes(30)]),
        };
        fields([f.number(1 << 30), state, f.number(10)])
    }),
];

/// `enum Document {Null, Bool(bool), Number(f64), Text(String), List(Vec<Document>), Object(Map<String, Document>)}`,
/// nested up to this depth.
fn document(f: &mut Fill, depth: u32) -> Part {
    match f.below(if depth == 0 { 4 } else { 6 }) {
        0 => variant(0, vec![]),
        1 => variant(1, vec![f.flag()]),
        2 => variant(2, vec![f.float(1000.0, 2)]),
        3 => variant(3, vec![f.sentence(3)]),
        4 => variant(4, vec![f.list(0, 3, |f| document(f, depth - 1))]),
        _ => variant(5, vec![f.list(0, 3, |f| fields([f.code(4), document(f, depth - 1)]))]),
    }
}

/// `struct Comment {author: String, text: String, answers: Vec<Comment>}`, nested up to this depth.
fn comment(f: &mut Fill, depth: u32) -> Part {
    let answers = if depth == 0 { 0 } else { 2 };
    fields([f.name(), f.sentence(8), f.list(0, answers, |f| comment(f, depth - 1))])
}
