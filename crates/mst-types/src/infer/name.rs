//! Naming fields whose ends are known: the most plausible types, judged by their content.

use super::form::{Cursor, FieldShape, Row, text_gain};
use crate::{Shape, Type, Variant};

/// At least this many numbers, of which all are 0 or 1 and both occur, are taken for bools; real numbers would vary
/// more.
const ENOUGH_BOOLS: usize = 12;

/// At least this many numbers that are all even are taken for signed numbers without a negative one.
const ENOUGH_EVEN: usize = 12;

/// At least this many bytes without the highest bit are taken for numbers.
const ENOUGH_SMALL: usize = 8;

/// Preferences where several names are possible.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Taste {
    /// Varints are signed numbers.
    pub signed: bool,
    /// Lengths belong to byte strings, not to text.
    pub bytes: bool,
    /// Numbers that are only ever 0 or 1 are still numbers, not bools.
    pub numbers: bool,
}

/// The type of `items`, each of which is one value of this row.
pub fn name_row(row: &[FieldShape], items: &[&[u8]], taste: Taste) -> Type {
    let columns = columns(row, items);
    let mut types: Vec<Type> =
        row.iter().zip(&columns).flat_map(|(shape, column)| name_field(shape, column, taste)).collect();
    match types.len() {
        0 => Type::Unit,
        1 => types.remove(0),
        _ => Type::Tuple(types),
    }
}

/// The bytes of each field in all items.
pub(super) fn columns<'a>(row: &[FieldShape], items: &[&'a [u8]]) -> Vec<Vec<&'a [u8]>> {
    let mut columns = vec![Vec::with_capacity(items.len()); row.len()];
    for item in items {
        let mut cursor = Cursor::new(item, 0, true);
        for (shape, column) in row.iter().zip(&mut columns) {
            let start = cursor.at;
            if cursor.take(shape).is_none() {
                break;
            }
            column.extend(item.get(start..cursor.at));
        }
    }
    columns
}

/// The types of one field; several if a run of bytes falls into parts.
fn name_field(shape: &FieldShape, column: &[&[u8]], taste: Taste) -> Vec<Type> {
    vec![match shape {
        FieldShape::Fixed(width) => return name_run(*width, column),
        FieldShape::Float(4) => Type::F32,
        FieldShape::Float(_) => Type::F64,
        FieldShape::Varint => name_varint(column, taste),
        FieldShape::Sized => {
            if taste.bytes || !column.iter().all(|item| is_text(item)) {
                bytes()
            } else {
                Type::String
            }
        }
        FieldShape::Option(row) => {
            let present: Vec<_> = column.iter().filter_map(|item| item.strip_prefix(&[1])).collect();
            Type::Option(Box::new(name_row(row, &present, taste)))
        }
        FieldShape::List(row) => Type::Vec(Box::new(name_row(row, &list_items(row, column), taste))),
        FieldShape::Tagged(variants) => name_enum(variants, column, taste),
        // A whole row contains none.
        FieldShape::Itself => Type::Unit,
    }]
}

fn bytes() -> Type {
    Type::Vec(Box::new(Type::U8))
}

fn name_varint(column: &[&[u8]], taste: Taste) -> Type {
    let numbers: Vec<u128> = column.iter().filter_map(|item| Cursor::new(item, 0, true).varint()).collect();
    let largest = numbers.iter().copied().max().unwrap_or_default();
    let is_bool = numbers.len() >= ENOUGH_BOOLS && largest == 1 && numbers.contains(&0);
    if is_bool && !taste.numbers {
        return Type::Bool;
    }
    match (largest > u128::from(u64::MAX), taste.signed || looks_signed(&numbers)) {
        (true, true) => Type::I128,
        (true, false) => Type::U128,
        (false, true) => Type::I64,
        (false, false) => Type::U64,
    }
}

/// Whether the numbers are more plausible as zigzag numbers: all are even, as signed ones without a negative are, but
/// not all are multiples of 4 or of 10; or they are times only when halved.
fn looks_signed(numbers: &[u128]) -> bool {
    let all = |fits: &dyn Fn(u128) -> bool| numbers.iter().all(|number| fits(*number));
    let (even, round, fourth) = (all(&|n| n % 2 == 0), all(&|n| n % 10 == 0), all(&|n| n % 4 == 0));
    let meaningful = numbers.len() >= ENOUGH_EVEN && numbers.iter().any(|number| *number != 0);
    let times = !numbers.is_empty() && all(&|n| n % 2 == 0 && is_time(n / 2)) && !all(&is_time);
    meaningful && even && !round && !fourth || times
}

/// Whether a number is a time from 2000 to 2040, in seconds, milliseconds, microseconds or nanoseconds.
pub(super) fn is_time(number: u128) -> bool {
    [1, 1_000, 1_000_000, 1_000_000_000_u128]
        .iter()
        .any(|unit| (946_684_800 * unit..2_208_988_800 * unit).contains(&number))
}

/// Names a run of bytes: as a whole if its width is common, otherwise with the surplus bytes before or after a common
/// width named separately.
fn name_run(width: usize, column: &[&[u8]]) -> Vec<Type> {
    const COMMON: [usize; 7] = [64, 32, 20, 16, 8, 6, 4];
    let array = |width: usize| match width {
        1 => Type::U8,
        _ => Type::Array(Box::new(Type::U8), width),
    };
    // Bytes without the highest bit are more likely small numbers than bytes.
    let small = column.len() >= ENOUGH_SMALL && column.iter().all(|item| item.first().is_some_and(|byte| *byte < 0x80));
    if width == 1 && small {
        return vec![Type::U64];
    }
    if width <= 3 {
        return vec![Type::U8; width];
    }
    if COMMON.contains(&width) {
        return vec![array(width)];
    }
    // A flag or a small number beside an array takes few different values.
    let narrow = |at: usize| {
        let mut seen: Vec<u8> = column.iter().filter_map(|item| item.get(at).copied()).collect();
        seen.sort_unstable();
        seen.dedup();
        column.len() >= 8 && seen.len() * 2 < column.len()
    };
    for common in COMMON {
        if common < width && width - common <= 3 {
            let single = vec![Type::U8; width - common];
            let is_last = narrow(width - 1) && !narrow(0);
            return if is_last {
                [vec![array(common)], single].concat()
            } else {
                [single, vec![array(common)]].concat()
            };
        }
    }
    const PAIRS: [usize; 5] = [32, 16, 8, 4, 20];
    for one in PAIRS {
        for other in PAIRS {
            if one + other == width {
                return vec![array(one), array(other)];
            }
        }
    }
    vec![array(width)]
}

pub(super) fn list_items<'a>(row: &[FieldShape], column: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let mut items = Vec::new();
    for list in column {
        let mut cursor = Cursor::new(list, 0, true);
        let count = cursor.varint().unwrap_or_default();
        for _ in 0..count {
            let start = cursor.at;
            if cursor.row(row).is_none() {
                break;
            }
            items.extend(list.get(start..cursor.at));
        }
    }
    items
}

fn name_enum(variants: &[Option<Row>], column: &[&[u8]], taste: Taste) -> Type {
    let variants = variants.iter().zip(0_u8..).map(|(row, tag)| {
        let held: Vec<_> = column.iter().filter_map(|item| item.strip_prefix(&[tag])).collect();
        let shape = match row.as_deref() {
            None | Some([]) => Shape::Unit,
            Some(row) => match name_row(row, &held, taste) {
                Type::Tuple(types) => Shape::Tuple(types),
                ty => Shape::Tuple(vec![ty]),
            },
        };
        Variant::new(format!("V{tag}"), shape)
    });
    Type::Enum(variants.collect())
}

/// Whether a length-prefixed item reads as text.
fn is_text(item: &[u8]) -> bool {
    let content = postcard::take_from_bytes::<u64>(item).map_or(item, |(_, content)| content);
    content.is_empty() || text_gain(content) > 0.0
}
