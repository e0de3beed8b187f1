//! The items of a diff as lines of text, in parts that can be coloured.

use file_mst::NodeRecord;
use file_mst::diff::{FieldChange, Item, Side};
use mst_types::Value;

use crate::model::diff::entry::Kind;
use crate::model::diff::pair::{Pair, why_not_compared};
use crate::model::item::ValueFormat;

/// What a part of a text stands for, which decides its colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tint {
    Plain,
    /// The sign and the key of a line of this kind.
    Head(Kind),
    /// A value of the left or of the right side.
    Of(Side),
    /// Secondary text.
    Dim,
}

/// A text in parts.
pub(crate) type Parts = Vec<(Tint, String)>;

fn plain(text: &str) -> (Tint, String) {
    (Tint::Plain, text.to_owned())
}

/// `path: old → new`
pub(crate) fn change(change: &FieldChange) -> Parts {
    let side = |value: &Option<Value>| value.as_ref().map_or_else(|| "(none)".to_owned(), ToString::to_string);
    let path = if change.path.is_empty() { String::new() } else { format!("{}: ", change.path) };
    let (left, right) = (side(&change.left), side(&change.right));
    vec![
        (Tint::Plain, path),
        (Tint::Of(Side::Left), left),
        (Tint::Dim, " → ".to_owned()),
        (Tint::Of(Side::Right), right),
    ]
}

/// An item as one line, or as a line and the differing fields after it; nothing if it is equal.
pub(crate) fn item(pair: &Pair, found: &Item, format: ValueFormat) -> Parts {
    match found {
        Item::OnlyLeft(left) => only(pair, left, Side::Left, format),
        Item::OnlyRight(right) => only(pair, right, Side::Right, format),
        Item::Changed(left, right) => both(pair, Kind::Changed, (left, right), format),
        Item::WithinTolerance(left, right) => both(pair, Kind::WithinTolerance, (left, right), format),
        Item::Damage(damage) => {
            vec![
                (Tint::Head(Kind::Damage), "!".to_owned()),
                plain(&format!(" {}: {}\n", damage.side.name(), pair.describe(damage))),
            ]
        }
        Item::NotCompared(found) => vec![
            (Tint::Head(Kind::NotCompared), format!("? {}", pair.withheld_key(found))),
            plain(&format!("  {}\n", why_not_compared(found))),
        ],
        Item::Equal(_) => Vec::new(),
    }
}

fn only(pair: &Pair, record: &NodeRecord, side: Side, format: ValueFormat) -> Parts {
    let (kind, sign) = match side {
        Side::Left => (Kind::OnlyLeft, '-'),
        Side::Right => (Kind::OnlyRight, '+'),
    };
    let head = format!("{sign} {}", pair.key(record, side));
    vec![(Tint::Head(kind), head), plain(&format!("  {}\n", pair.shown(record.bytes().value, side, format)))]
}

fn both(pair: &Pair, kind: Kind, (left, right): (&NodeRecord, &NodeRecord), format: ValueFormat) -> Parts {
    let sign = if kind == Kind::Changed { '~' } else { '≈' };
    let mut parts = vec![(Tint::Head(kind), format!("{sign} {}", pair.key(left, Side::Left)))];
    let (left, right) = (left.bytes().value, right.bytes().value);
    let whole = |left: String, right: String| {
        [
            plain("  "),
            (Tint::Of(Side::Left), left),
            (Tint::Dim, " → ".to_owned()),
            (Tint::Of(Side::Right), right),
            plain("\n"),
        ]
    };
    if format != ValueFormat::Auto {
        parts.extend(whole(pair.shown(left, Side::Left, format), pair.shown(right, Side::Right, format)));
        return parts;
    }
    match pair.fields(left, right).as_deref() {
        None => parts.extend(whole(hex::encode(left), hex::encode(right))),
        Some([one]) if one.path.is_empty() => {
            parts.push(plain("  "));
            parts.extend(change(one));
            parts.push(plain("\n"));
        }
        Some(changes) => {
            for found in changes {
                parts.push(plain("\n    "));
                parts.extend(change(found));
            }
            parts.push(plain("\n"));
        }
    }
    parts
}
