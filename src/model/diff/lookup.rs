//! A key looked up in two trees: what each has of it, and how the two compare. Reads one path in each.

use std::ops::Bound;
use std::sync::Arc;

use file_mst::diff::{Diff, Item, Side, common_key};
use file_mst::inspect::tree::NodePosition;
use file_mst::{NodeError, Tree};
use mst_types::escape_text;

use crate::model::diff::entry::{Entry, Held, Kind};
use crate::model::diff::pair::Pair;
use crate::model::item::{self, ItemFormat};
use crate::model::key::read_shown_key;

/// A key in the forms in which the trees store it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct LookupKey {
    left: Option<Vec<u8>>,
    right: Option<Vec<u8>>,
}

/// How a key compares.
#[derive(Clone, Debug)]
pub(crate) enum Finding {
    /// Both trees have the same record under it, as far as records are compared.
    Equal,
    /// The entry that a comparison makes of it: a difference, a key that is not compared, a damaged place.
    Differs(Box<Entry>),
    /// Nothing in these trees can be compared.
    NotCompared,
    /// Neither has it: the keys around the place where it would be.
    Nowhere { before: Option<String>, after: Option<String> },
    /// What could not be read, so that nothing is known.
    Unread(String),
}

/// A key that was looked up.
#[derive(Clone, Debug)]
pub(crate) struct Lookup {
    /// The key as it is shown.
    pub(crate) key: String,
    /// The key in the form in which keys are compared.
    pub(crate) form: Vec<u8>,
    pub(crate) left: Option<Held>,
    pub(crate) right: Option<Held>,
    pub(crate) finding: Finding,
}

/// The forms of keys under a comparison.
#[derive(Debug)]
pub(crate) struct Forms<'a> {
    pair: &'a Pair,
    diff: Option<Diff>,
}

impl<'a> Forms<'a> {
    pub(crate) fn new(pair: &'a Pair) -> Self {
        Self { pair, diff: pair.diff() }
    }

    /// A key in the form in which keys are compared.
    pub(crate) fn of(&self, stored: &[u8], side: Side) -> Vec<u8> {
        match &self.diff {
            Some(diff) => diff.key_form(side, stored).into_owned(),
            None => common_key(&self.pair.opened(side).tree, stored).into_owned(),
        }
    }
}

impl LookupKey {
    /// A key as a user types it, read under the types of either side.
    pub(crate) fn parse(pair: &Pair, text: &str) -> Result<Self, String> {
        let mut why = "the type of the keys is unknown: give --key when opening".to_owned();
        for side in [Side::Left, Side::Right] {
            match pair.typing(side).key.as_ref().map(|ty| read_shown_key(ty, text)) {
                Some(Ok(stored)) => return Ok(Self::of(pair, &stored, side)),
                Some(Err(error)) => why = error,
                None => {}
            }
        }
        Err(why)
    }

    /// A key as the tree of a side stores it.
    pub(crate) fn of(pair: &Pair, stored: &[u8], side: Side) -> Self {
        let [left, right] = [Side::Left, Side::Right].map(|other| pair.stored_on(other, stored, side));
        Self { left, right }
    }

    /// The key in the form in which keys are compared.
    pub(crate) fn form(&self, forms: &Forms<'_>) -> Vec<u8> {
        let (stored, side) = self.any();
        forms.of(stored, side)
    }

    /// The key as the tree of a side stores it.
    pub(crate) fn on(&self, side: Side) -> Option<&[u8]> {
        match side {
            Side::Left => self.left.as_deref(),
            Side::Right => self.right.as_deref(),
        }
    }

    /// One of its forms, and the side that stores it so.
    fn any(&self) -> (&[u8], Side) {
        match (&self.left, &self.right) {
            (Some(left), _) => (left, Side::Left),
            (None, right) => (right.as_deref().unwrap_or_default(), Side::Right),
        }
    }
}

/// Looks a key up in both trees.
pub(crate) fn look_up(pair: &Pair, key: &LookupKey, format: ItemFormat) -> Lookup {
    let (stored, side) = key.any();
    let form = Forms::new(pair).of(stored, side);
    let name = item::key_line(stored, pair.typing(side).key.as_ref(), format, MAX_KEY);
    let get = |side: Side| match key.on(side) {
        Some(stored) => pair.opened(side).tree.get(stored).map(|found| found.map(|record| Held::of(&record))),
        None => Ok(None),
    };
    let (left, right) = (get(Side::Left), get(Side::Right));
    let unread = [(Side::Left, &left), (Side::Right, &right)].into_iter().find_map(|(side, found)| {
        let error = found.as_ref().err()?;
        Some(format!("{}: {}", side.name(), escape_text(&error.to_string())))
    });
    let (left, right) = (left.ok().flatten(), right.ok().flatten());
    let finding = match (unread, compared(pair, &form)) {
        (_, Some(entry)) if matches!(entry.kind(), Kind::NotCompared) => Finding::Differs(Box::new(entry)),
        (Some(why), _) => Finding::Unread(why),
        (None, _) if left.is_none() && right.is_none() => nowhere(pair, key, format),
        (None, _) if pair.comparison.method() == "nothing" => Finding::NotCompared,
        (None, Some(entry)) => Finding::Differs(Box::new(entry)),
        (None, None) => Finding::Equal,
    };
    Lookup { key: name, form, left, right, finding }
}

/// The widest key in a message, in columns.
const MAX_KEY: usize = 64;

/// What a comparison of this key alone finds, but for what is equal.
fn compared(pair: &Pair, form: &[u8]) -> Option<Entry> {
    let diff = pair.diff()?.range(Bound::Included(form), Bound::Included(form));
    let mut misfits = pair.misfits();
    let mut found = None;
    for item in diff {
        let entry = Entry::of(&item, pair, &mut misfits, None);
        match item {
            Item::Equal(_) => {}
            // A key that was left out is not compared, whatever the trees have of it.
            Item::NotCompared(_) => return Some(entry),
            _ => found = found.or(Some(entry)),
        }
    }
    found
}

fn nowhere(pair: &Pair, key: &LookupKey, format: ItemFormat) -> Finding {
    let forms = Forms::new(pair);
    let mut before: Vec<(Vec<u8>, String)> = Vec::new();
    let mut after = before.clone();
    for side in [Side::Left, Side::Right] {
        let Some(stored) = key.on(side) else { continue };
        let Ok((below, above)) = neighbours(&pair.opened(side).tree, stored) else { continue };
        let shown = |stored: Vec<u8>| {
            let text = item::key_line(&stored, pair.typing(side).key.as_ref(), format, MAX_KEY);
            (forms.of(&stored, side), text)
        };
        before.extend(below.map(shown));
        after.extend(above.map(shown));
    }
    let before = before.into_iter().max().map(|(_, text)| text);
    let after = after.into_iter().min().map(|(_, text)| text);
    Finding::Nowhere { before, after }
}

/// The keys before and after a place, where there are some.
type Neighbours = (Option<Vec<u8>>, Option<Vec<u8>>);

/// The keys before and after one that is not in the tree. Both stand on the path to where it would be: whatever lies
/// nearer would lie in the child that the path goes into.
fn neighbours(tree: &Tree, stored: &[u8]) -> Result<Neighbours, NodeError> {
    let (mut before, mut after) = (None, None);
    let mut path = Vec::new();
    path.extend(tree.root()?);
    while let Some(node) = path.last().map(Arc::clone) {
        let child = match tree.locate(&node, stored)? {
            NodePosition::Record(_) => break,
            NodePosition::Child(child) => child,
        };
        let key = |index: usize| node.stored_key(index).map(<[u8]>::to_vec);
        before = child.checked_sub(1).and_then(key).or(before);
        after = key(child).or(after);
        match tree.child_in_order(&path, child)? {
            Some(child) => path.push(child),
            None => break,
        }
    }
    Ok((before, after))
}

impl Lookup {
    /// The record of a side.
    pub(crate) fn held(&self, side: Side) -> Option<&Held> {
        match side {
            Side::Left => self.left.as_ref(),
            Side::Right => self.right.as_ref(),
        }
    }

    /// What was found, in one sentence.
    pub(crate) fn sentence(&self, pair: &Pair, format: ItemFormat) -> String {
        let value = |side: Side| {
            let (_, value) = self.held(side)?.stored();
            Some(item::line(value, pair.typing(side).value.as_ref(), format, MAX_VALUE))
        };
        let (left, right) = (value(Side::Left), value(Side::Right));
        let both = |same: bool| match (&left, &right) {
            (Some(left), Some(right)) if same && left == right => left.clone(),
            (left, right) => {
                let one = |value: &Option<String>| value.clone().unwrap_or_else(|| "no record".to_owned());
                format!("left {}, right {}", one(left), one(right))
            }
        };
        let key = &self.key;
        match &self.finding {
            Finding::Equal if pair.comparison.is_whole() => format!("{key} is equal on both sides: {}", both(true)),
            Finding::Equal => format!("{key} is equal on both sides in what is compared: {}", both(true)),
            Finding::Differs(entry) => match &**entry {
                Entry::NotCompared(found) => format!("{key} is {}", found.why),
                Entry::Damage(why) | Entry::Misfit(why) => format!("{key} cannot be compared: {why}"),
                entry => match entry.kind() {
                    Kind::OnlyLeft => format!("{key} is only left: {}", left.unwrap_or_default()),
                    Kind::OnlyRight => format!("{key} is only right: {}", right.unwrap_or_default()),
                    Kind::WithinTolerance => format!("{key} differs within tolerance: {}", both(false)),
                    _ => format!("{key} differs: {}", both(false)),
                },
            },
            Finding::NotCompared => format!("{key} is not compared: {}", both(false)),
            Finding::Nowhere { before, after } => match (before, after) {
                (Some(before), Some(after)) => {
                    format!("neither tree has {key}: it would be between {before} and {after}")
                }
                (None, Some(after)) => format!("neither tree has {key}: it would be before the first key, {after}"),
                (Some(before), None) => format!("neither tree has {key}: it would be after the last key, {before}"),
                (None, None) => format!("neither tree has {key}: both are empty"),
            },
            Finding::Unread(why) => format!("nothing is known of {key}: {why}"),
        }
    }
}

/// The widest value in a message, in columns.
const MAX_VALUE: usize = 400;
