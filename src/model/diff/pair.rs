//! Two trees, and what a diff finds in them in words and as JSON.

use std::sync::Arc;

use file_mst::NodeRecord;
use file_mst::diff::{
    Comparison, Damage, Diff, FieldChange, Item, NotCompared, Side, ToleranceError, common_key, fields,
};
use file_mst::inspect::walk;
use file_mst::open::{Opened, TypeMismatch, Typing};
use mst_sync::mapping::Mapping;
use mst_types::{ItemType, Value};

use crate::model::damage::{describe, misfit};
use crate::model::diff::basis::Basis;
use crate::model::diff::entry::{Entry, Kind, Withheld};
use crate::model::diff::hidden::hide_keys;
use crate::model::diff::json::{DamageJson, FieldJson, ItemJson, NotComparedJson, RecordJson};
use crate::model::item::{self, ItemFormat, JsonParts, ValueFormat};

/// The two trees.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) left: Opened,
    pub(crate) right: Opened,
    /// How they can be compared.
    pub(crate) comparison: Comparison,
    /// The names of their files, without folders.
    pub(crate) files: [String; 2],
    /// The trees as they can be named on a command line.
    pub(crate) named: [String; 2],
    /// What the comparison rests on, if it is one of two tables.
    pub(crate) basis: Basis,
    /// A remark on how the trees were opened.
    pub(crate) note: Option<String>,
    /// The mappings that the trees were built with, if they are known: the rows of a record can be fetched again.
    pub(crate) mappings: Option<Arc<[Mapping; 2]>>,
}

/// The bytes of a record's key and value, as its tree stores them.
pub(crate) type Stored<'a> = (&'a [u8], &'a [u8]);

fn stored(record: &NodeRecord) -> Stored<'_> {
    (record.bytes().stored_key, record.bytes().value)
}

fn decoded(ty: Option<&ItemType>, stored: &[u8]) -> Option<Value> {
    ty?.decode(stored).ok()
}

/// Damage that a diff came by, as a walk would have.
fn walked(damage: &Damage) -> walk::Damage {
    let Damage { error, path, after, before, .. } = damage.clone();
    let [after, before] = [after, before].map(|record| record.map(|record| record.key()));
    walk::Damage { error, path, after, before }
}

/// Tells damage from sound nodes that guessed types do not fit.
#[derive(Debug)]
pub(crate) struct PairMisfits {
    left: TypeMismatch,
    right: TypeMismatch,
}

impl PairMisfits {
    /// Whether what could not be read is sound.
    pub(crate) fn is_misfit(&mut self, damage: &Damage) -> bool {
        let misfits = match damage.side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        };
        misfits.is_misfit(&walked(damage))
    }
}

/// Why a key was not compared, in words.
pub(crate) fn why_not_compared(found: &NotCompared) -> String {
    let sides = [(Side::Left, found.left_out_left), (Side::Right, found.left_out_right)];
    let words = sides.into_iter().filter_map(|(side, why)| Some(format!("{}: {}", side.name(), why?.words())));
    format!("not compared: {}", words.collect::<Vec<_>>().join("; "))
}

/// The sides that left a key out, and why, as JSON calls them.
pub(crate) fn sides_of(found: &NotCompared) -> (Vec<&'static str>, Vec<&'static str>) {
    let sides = [(Side::Left, found.left_out_left), (Side::Right, found.left_out_right)];
    sides.into_iter().filter_map(|(side, why)| Some((side.name(), why?.name()))).unzip()
}

impl Pair {
    /// Two trees that are to be compared, the names of their files, and how they can be named on a command line.
    pub(crate) fn new(left: Opened, right: Opened, files: [String; 2], named: [String; 2]) -> Self {
        let comparison = Comparison::of(&left, &right);
        Self { left, right, comparison, files, named, basis: Basis::default(), note: None, mappings: None }
    }

    /// The same trees, compared by their bytes whatever these mean.
    pub(crate) fn by_bytes(self) -> Self {
        let comparison = Comparison::by_bytes(&self.left, &self.right);
        Self { comparison, ..self }
    }

    /// The same pair with a remark on how the trees were opened.
    pub(crate) fn with_note(mut self, note: Option<String>) -> Self {
        self.comparison.notes.extend(note.clone());
        Self { note, ..self }
    }

    /// Newer trees of the same files, compared in the same way.
    ///
    /// # Errors
    /// A tolerance that was given does not fit them.
    pub(crate) fn newer(&self, left: Opened, right: Opened) -> Result<Self, ToleranceError> {
        let comparison = self.comparison.again(&left, &right)?;
        let named = [(&left, Side::Left), (&right, Side::Right)].map(|(opened, side)| {
            let root = opened.tree.root_link();
            format!("{}@{}:{}", self.path(side), root.offset, root.hash)
        });
        let (basis, mappings) = (self.basis.clone(), self.mappings.clone());
        let newer = Self { left, right, comparison, files: self.files.clone(), named, basis, note: None, mappings };
        Ok(newer.with_note(self.note.clone()))
    }

    /// The diff of the two trees; none where nothing can be compared.
    pub(crate) fn diff(&self) -> Option<Diff> {
        self.comparison.diff(&self.left, &self.right)
    }

    pub(crate) fn opened(&self, side: Side) -> &Opened {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    pub(crate) fn typing(&self, side: Side) -> &Typing {
        &self.opened(side).typing
    }

    pub(crate) fn file(&self, side: Side) -> &str {
        let [left, right] = &self.files;
        match side {
            Side::Left => left,
            Side::Right => right,
        }
    }

    /// The path of a side's file, as the user named it.
    pub(crate) fn path(&self, side: Side) -> &str {
        let [left, right] = &self.named;
        let (opened, named) = match side {
            Side::Left => (&self.left, left),
            Side::Right => (&self.right, right),
        };
        let root = opened.tree.root_link();
        named.strip_suffix(&format!("@{}:{}", root.offset, root.hash)).unwrap_or(named)
    }

    /// A key that the tree `of` stores so, as that of `side` stores it; none where that cannot be told.
    pub(crate) fn stored_on(&self, side: Side, stored: &[u8], of: Side) -> Option<Vec<u8>> {
        if side == of {
            return Some(stored.to_vec());
        }
        let common = |side, stored: &[u8]| common_key(&self.opened(side).tree, stored).into_owned();
        let wanted = common(of, stored);
        // Mostly both store it alike.
        let is_it = |key: &Vec<u8>| common(side, key) == wanted;
        let as_text = || self.typing(side).key.as_ref()?.parse_key(&self.key_texts(stored, of).0).ok();
        Some(stored.to_vec()).filter(is_it).or_else(|| as_text().filter(is_it))
    }

    /// The key of a difference in at most `width` columns: that of the left, if it has one.
    pub(crate) fn shown_key(&self, entry: &Entry, format: ItemFormat, width: usize) -> Option<String> {
        let key = |stored, side| item::key_line(stored, self.typing(side).key.as_ref(), format, width);
        if let Entry::NotCompared(found) = entry {
            return Some(key(found.key().0, found.key().1));
        }
        match entry.sides() {
            (Some((stored, _)), _) => Some(key(stored, Side::Left)),
            (None, Some((stored, _))) => Some(key(stored, Side::Right)),
            (None, None) => None,
        }
    }

    pub(super) fn key(&self, record: &NodeRecord, side: Side) -> String {
        item::key(record.bytes().stored_key, self.typing(side).key.as_ref())
    }

    /// A stored value, decoded; none where its type is unknown or does not fit.
    pub(crate) fn value(&self, stored: &[u8], side: Side) -> Option<Value> {
        decoded(self.typing(side).value.as_ref(), stored)
    }

    /// The parts in which two stored values differ; none where they cannot be decoded, or show alike under two guesses
    /// at their type.
    pub(crate) fn fields(&self, left: &[u8], right: &[u8]) -> Option<Vec<FieldChange>> {
        let changes = match self.comparison.changes(left, right) {
            Some(changes) => changes,
            None => fields(&self.value(left, Side::Left)?, &self.value(right, Side::Right)?),
        };
        Some(changes).filter(|changes| !changes.is_empty())
    }

    /// The paths of these parts without their content.
    pub(crate) fn paths(&self, left: &[u8], right: &[u8]) -> Option<Vec<String>> {
        let changes = match self.comparison.changes(left, right) {
            // A map is one part there, so that no path names a key.
            Some(changes) => changes,
            None => {
                let (mut left, mut right) = (self.value(left, Side::Left)?, self.value(right, Side::Right)?);
                hide_keys(&mut left);
                hide_keys(&mut right);
                fields(&left, &right)
            }
        };
        let paths: Vec<_> = changes.into_iter().map(|change| change.path).collect();
        Some(paths).filter(|paths| !paths.is_empty())
    }

    /// Whether the roots are one, so that nothing can differ.
    pub(crate) fn roots_equal(&self, prunes: bool) -> bool {
        let (left, right) = (&self.left.tree, &self.right.tree);
        left.is_empty() && right.is_empty() || prunes && left.root_link().hash == right.root_link().hash
    }

    /// The side whose tree stores the key of what was not compared in this form: that of a record, else one that lists
    /// it.
    fn side_of(&self, found: &NotCompared) -> Side {
        let on_left = found.left.is_some() || found.right.is_none() && found.left_out_left.is_some();
        // Under two types of keys the form is that of the left.
        if on_left || self.comparison.has_keys_by_value() { Side::Left } else { Side::Right }
    }

    /// The key of what was not compared, as a tree stores it.
    pub(crate) fn withheld(&self, found: &NotCompared) -> (Vec<u8>, Side) {
        match (&found.left, &found.right) {
            (Some(left), _) => (left.bytes().stored_key.to_vec(), Side::Left),
            (None, Some(right)) => (right.bytes().stored_key.to_vec(), Side::Right),
            // Only files of our own list keys, and they store them in the common form.
            (None, None) => (found.key.clone(), self.side_of(found)),
        }
    }

    pub(super) fn withheld_key(&self, found: &NotCompared) -> String {
        let (stored, side) = self.withheld(found);
        item::key(&stored, self.typing(side).key.as_ref())
    }

    /// A key that was not compared, as it is kept, as a JSON object.
    pub(crate) fn withheld_json(
        &self,
        found: &Withheld,
        (left, right): (Option<Stored>, Option<Stored>),
        format: ValueFormat,
    ) -> NotComparedJson {
        let (stored, side) = found.key();
        let parts = |record: Option<Stored>, side| match record {
            Some((_, value)) => JsonParts::new(value, self.typing(side).value.as_ref(), format),
            None => JsonParts::default(),
        };
        let records = (parts(left, Side::Left), parts(right, Side::Right));
        NotComparedJson::new(self.key_json(stored, side), found.sides.clone(), records)
    }

    fn not_compared_json(&self, found: &NotCompared, format: ValueFormat) -> NotComparedJson {
        let (stored, side) = self.withheld(found);
        let key = decoded(self.typing(side).key.as_ref(), &stored);
        let parts = |record: &Option<NodeRecord>, side| match record {
            Some(record) => JsonParts::new(record.bytes().value, self.typing(side).value.as_ref(), format),
            None => JsonParts::default(),
        };
        let records = (parts(&found.left, Side::Left), parts(&found.right, Side::Right));
        NotComparedJson::new((key, hex::encode(&found.key)), sides_of(found), records)
    }

    /// A value whole, in the format that is asked for.
    pub(super) fn shown(&self, value: &[u8], side: Side, format: ValueFormat) -> String {
        item::formatted(value, self.typing(side).value.as_ref(), format)
    }

    /// Damage in words.
    pub(crate) fn describe(&self, damage: &Damage) -> String {
        describe(&walked(damage), self.typing(damage.side))
    }

    /// Tells damage in either tree from sound nodes that guessed types do not fit.
    pub(crate) fn misfits(&self) -> PairMisfits {
        PairMisfits { left: TypeMismatch::new(&self.left), right: TypeMismatch::new(&self.right) }
    }

    /// An item as a JSON object; none for what is equal.
    pub(crate) fn json(&self, found: &Item, format: ValueFormat) -> Option<ItemJson> {
        let record = |kind, left, right| Some(ItemJson::Record(self.difference_json(kind, (left, right), format)));
        match found {
            Item::OnlyLeft(left) => record(Kind::OnlyLeft, Some(stored(left)), None),
            Item::OnlyRight(right) => record(Kind::OnlyRight, None, Some(stored(right))),
            Item::Changed(left, right) => record(Kind::Changed, Some(stored(left)), Some(stored(right))),
            Item::WithinTolerance(left, right) => {
                record(Kind::WithinTolerance, Some(stored(left)), Some(stored(right)))
            }
            Item::Damage(damage) => Some(ItemJson::Damage(self.damage_json(damage, false))),
            Item::NotCompared(found) => Some(ItemJson::NotCompared(self.not_compared_json(found, format))),
            Item::Equal(_) => None,
        }
    }

    /// A difference as a JSON object: the record of either side that has it.
    pub(crate) fn difference_json(
        &self,
        kind: Kind,
        (left, right): (Option<Stored>, Option<Stored>),
        format: ValueFormat,
    ) -> RecordJson {
        let is_redacted = format == ValueFormat::Redacted;
        let both = if kind == Kind::WithinTolerance { "within_tolerance" } else { "changed" };
        let (kind, fields) = match (left, right) {
            (Some(left), Some(right)) if is_redacted => {
                let paths = self.paths(left.1, right.1).unwrap_or_default();
                (both, paths.into_iter().map(FieldJson::redacted).collect())
            }
            (Some(left), Some(right)) => {
                let changes = self.fields(left.1, right.1).unwrap_or_default();
                (both, changes.into_iter().map(FieldJson::new).collect())
            }
            (Some(_), None) => ("only_left", Vec::new()),
            (None, _) => ("only_right", Vec::new()),
        };
        let (key, key_hex) = match (left, right) {
            (Some((key, _)), _) => self.key_json(key, Side::Left),
            (None, Some((key, _))) => self.key_json(key, Side::Right),
            (None, None) => (None, String::new()),
        };
        let parts = |record: Option<Stored>, side: Side| match record {
            Some((_, value)) => JsonParts::new(value, self.typing(side).value.as_ref(), format),
            None => JsonParts::default(),
        };
        let (left, right) = (parts(left, Side::Left), parts(right, Side::Right));
        RecordJson {
            kind,
            key,
            key_hex,
            left: left.value,
            right: right.value,
            left_hex: left.hex,
            right_hex: right.hex,
            fields,
            redacted: is_redacted.then_some([left.redacted, right.redacted]),
        }
    }

    /// A key as text, and in hex in the form that is common to all dialects.
    pub(crate) fn key_texts(&self, stored: &[u8], side: Side) -> (String, String) {
        let text = item::key(stored, self.typing(side).key.as_ref());
        (text, hex::encode(common_key(&self.opened(side).tree, stored)))
    }

    fn key_json(&self, stored: &[u8], side: Side) -> (Option<Value>, String) {
        let tree = &self.opened(side).tree;
        (decoded(self.typing(side).key.as_ref(), stored), hex::encode(common_key(tree, stored)))
    }

    /// A part that could not be compared, as a JSON object, `sound` if only the guessed types do not fit it.
    pub(crate) fn damage_json(&self, damage: &Damage, sound: bool) -> DamageJson {
        let key = |record: &NodeRecord| self.key_json(record.bytes().stored_key, damage.side);
        let bound = |record: &Option<NodeRecord>| record.as_ref().map(key).unzip();
        let ((after, after_hex), (before, before_hex)) = (bound(&damage.after), bound(&damage.before));
        DamageJson {
            kind: if sound { "misfit" } else { "damage" },
            side: damage.side.name(),
            error: if sound { misfit(damage.error.offset()) } else { damage.error.to_string() },
            offset: damage.error.offset(),
            path: damage.path.clone(),
            after: after.flatten(),
            after_hex,
            before: before.flatten(),
            before_hex,
        }
    }

    /// How many nodes the tree of a side has, where its commit says so.
    pub(crate) fn nodes(&self, side: Side) -> Option<u64> {
        let opened = self.opened(side);
        let root = opened.tree.root_link().hash;
        let commit = opened.file.as_ref()?.last().filter(|commit| commit.root.hash == root)?;
        Some(commit.totals.nodes)
    }
}
