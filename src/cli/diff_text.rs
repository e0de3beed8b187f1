//! What a diff finds, in words and as JSON.

use file_mst::diff::{Counts, Damage, FieldChange, Item, Keyless, Side, SideCounts, common_key, fields};
use file_mst::open::{Opened, Typing};
use file_mst::schema::{ItemType, Value};
use file_mst::tree::NodeRecord;
use file_mst::walk;
use serde::Serialize;

use crate::view::damage::describe;
use crate::view::item;
use crate::view::text::{count, offset, thousands};

/// How many keyless nodes are named.
const NAMED: usize = 8;

/// The two trees.
pub(super) struct Pair {
    pub(super) left: Opened,
    pub(super) right: Opened,
}

/// A record that differs.
#[derive(Serialize)]
pub(super) struct RecordJson {
    kind: &'static str,
    key: Option<Value>,
    /// The key in the form that is common to all dialects.
    key_hex: String,
    left: Option<Value>,
    right: Option<Value>,
    left_hex: Option<String>,
    right_hex: Option<String>,
    fields: Vec<FieldJson>,
}

#[derive(Serialize)]
struct FieldJson {
    path: String,
    left: Option<Value>,
    right: Option<Value>,
}

/// A place that could not be compared.
#[derive(Serialize)]
pub(super) struct DamageJson {
    kind: &'static str,
    side: &'static str,
    error: String,
    offset: u64,
    path: Vec<u64>,
    after: Option<Value>,
    after_hex: Option<String>,
    before: Option<Value>,
    before_hex: Option<String>,
}

/// The last line.
#[derive(Serialize)]
pub(super) struct SummaryJson {
    kind: &'static str,
    verdict: &'static str,
    only_left: u64,
    only_right: u64,
    changed: u64,
    nodes_read_left: u64,
    nodes_read_right: u64,
    skipped: u64,
    /// Null where it is not known.
    equal: Option<u64>,
    damaged: u64,
    keyless_left: Vec<KeylessJson>,
    keyless_right: Vec<KeylessJson>,
    /// Whether it stopped at the limit.
    stopped: bool,
}

#[derive(Serialize)]
struct KeylessJson {
    offset: u64,
    level: u8,
    phantom: bool,
}

fn decoded(ty: Option<&ItemType>, stored: &[u8]) -> Option<Value> {
    ty?.decode(stored).ok()
}

impl Pair {
    fn typing(&self, side: Side) -> &Typing {
        match side {
            Side::Left => &self.left.typing,
            Side::Right => &self.right.typing,
        }
    }

    fn key(&self, record: &NodeRecord, side: Side) -> String {
        item::plain(record.bytes().stored_key, self.typing(side).key.as_ref())
    }

    fn value(&self, record: &NodeRecord, side: Side) -> Option<Value> {
        decoded(self.typing(side).value.as_ref(), record.bytes().value)
    }

    /// The parts that differ; none where the values cannot be decoded.
    fn fields(&self, left: &NodeRecord, right: &NodeRecord) -> Option<Vec<FieldChange>> {
        Some(fields(&self.value(left, Side::Left)?, &self.value(right, Side::Right)?))
    }

    /// An item as one line, or as a line and the differing fields behind it.
    pub(super) fn text(&self, found: &Item) -> String {
        let record = |sign: char, record: &NodeRecord, side: Side| {
            let value = item::plain(record.bytes().value, self.typing(side).value.as_ref());
            format!("{sign} {}  {value}\n", self.key(record, side))
        };
        match found {
            Item::OnlyLeft(left) => record('-', left, Side::Left),
            Item::OnlyRight(right) => record('+', right, Side::Right),
            Item::Changed(left, right) => {
                let key = self.key(left, Side::Left);
                match self.fields(left, right).as_deref() {
                    Some([whole]) if whole.path.is_empty() => format!("~ {key}  {whole}\n"),
                    // Two guesses at a type may show alike what differs in its bytes.
                    None | Some([]) => {
                        let hex = |record: &NodeRecord| hex::encode(record.bytes().value);
                        format!("~ {key}  {} → {}\n", hex(left), hex(right))
                    }
                    Some(changes) => {
                        let lines: String = changes.iter().map(|change| format!("    {change}\n")).collect();
                        format!("~ {key}\n{lines}")
                    }
                }
            }
            Item::Damage(damage) => format!("! {}: {}\n", damage.side.name(), self.describe(damage)),
            Item::Equal(_) => String::new(),
        }
    }

    fn describe(&self, damage: &Damage) -> String {
        let Damage { side, error, path, after, before } = damage.clone();
        describe(&walk::Damage { error, path, after, before }, self.typing(side))
    }

    /// A record that differs as a JSON object; none for anything else.
    pub(super) fn record_json(&self, found: &Item) -> Option<RecordJson> {
        let (kind, left, right) = match found {
            Item::OnlyLeft(left) => ("only_left", Some(left), None),
            Item::OnlyRight(right) => ("only_right", None, Some(right)),
            Item::Changed(left, right) => ("changed", Some(left), Some(right)),
            Item::Damage(_) | Item::Equal(_) => return None,
        };
        let changes = left.zip(right).and_then(|(left, right)| self.fields(left, right)).unwrap_or_default();
        let change = |FieldChange { path, left, right }| FieldJson { path, left, right };
        let (key, key_hex) = match (left, right) {
            (Some(record), _) => self.key_json(record, Side::Left),
            (None, record) => record.map(|record| self.key_json(record, Side::Right)).unwrap_or_default(),
        };
        let hex = |record: &NodeRecord| hex::encode(record.bytes().value);
        Some(RecordJson {
            kind,
            key,
            key_hex,
            left: left.and_then(|record| self.value(record, Side::Left)),
            right: right.and_then(|record| self.value(record, Side::Right)),
            left_hex: left.map(hex),
            right_hex: right.map(hex),
            fields: changes.into_iter().map(change).collect(),
        })
    }

    fn key_json(&self, record: &NodeRecord, side: Side) -> (Option<Value>, String) {
        let tree = match side {
            Side::Left => &self.left.tree,
            Side::Right => &self.right.tree,
        };
        let stored = record.bytes().stored_key;
        (decoded(self.typing(side).key.as_ref(), stored), hex::encode(common_key(tree, stored)))
    }

    /// A damaged place as a JSON object.
    pub(super) fn damage_json(&self, damage: &Damage) -> DamageJson {
        let bound = |record: &Option<NodeRecord>| {
            record
                .as_ref()
                .map(|record| self.key_json(record, damage.side))
                .map_or((None, None), |(k, hex)| (k, Some(hex)))
        };
        let ((after, after_hex), (before, before_hex)) = (bound(&damage.after), bound(&damage.before));
        DamageJson {
            kind: "damage",
            side: damage.side.name(),
            error: damage.error.to_string(),
            offset: damage.error.offset(),
            path: damage.path.clone(),
            after,
            after_hex,
            before,
            before_hex,
        }
    }

    /// How many nodes the tree of a side has, where its commit says so.
    fn nodes(&self, side: Side) -> Option<u64> {
        let opened = match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        };
        let root = opened.tree.root_link().hash;
        let commit = opened.file.as_ref()?.last().filter(|commit| commit.root.hash == root)?;
        Some(commit.totals.nodes)
    }
}

/// What is said when all is compared.
pub(super) struct Summary<'a> {
    pub(super) counts: &'a Counts,
    pub(super) roots_equal: bool,
    /// At the limit: there may be more.
    pub(super) stopped: bool,
    /// Whether both trees hash the same bytes of a key.
    pub(super) same_rule: bool,
    /// Whether only a range of keys was compared: what lies beyond it may make the roots differ.
    pub(super) ranged: bool,
}

impl Summary<'_> {
    fn verdict(&self) -> (&'static str, &'static str) {
        match (self.counts.drifted(), self.counts.damaged) {
            (1.., _) => ("drifted", "drifted"),
            (0, 1..) => ("could_not_tell", "could not tell"),
            (0, 0) if self.stopped => ("could_not_tell", "nothing was compared"),
            (0, 0) if self.roots_equal => ("same", "same"),
            (0, 0) if self.ranged => ("same_records", "same records in this range"),
            (0, 0) if !self.same_rule => ("same_records", "same records, different dialect"),
            (0, 0) => ("same_records", "same records, different shape"),
        }
    }

    pub(super) fn json(&self) -> SummaryJson {
        let Counts { only_left, only_right, changed, skipped, damaged, left, right, .. } = self.counts;
        let keyless = |side: &SideCounts| -> Vec<KeylessJson> {
            let one = |node: &Keyless| KeylessJson { offset: node.offset, level: node.level, phantom: node.phantom };
            side.keyless_nodes.iter().map(one).collect()
        };
        SummaryJson {
            kind: "summary",
            verdict: self.verdict().0,
            only_left: *only_left,
            only_right: *only_right,
            changed: *changed,
            nodes_read_left: left.nodes_read,
            nodes_read_right: right.nodes_read,
            skipped: *skipped,
            equal: self.counts.equal_is_exact.then_some(self.counts.equal),
            damaged: *damaged,
            keyless_left: keyless(left),
            keyless_right: keyless(right),
            stopped: self.stopped,
        }
    }

    /// The verdict, unless it was `said` already, and the summary.
    pub(super) fn text(&self, pair: &Pair, said: bool) -> String {
        let counts = self.counts;
        let verdict = self.verdict().1;
        let mut lines = Vec::new();
        if !said {
            lines.push(verdict.to_owned());
        }
        if counts.drifted() == 0 && counts.damaged == 0 {
            lines.extend(keyless("left", &counts.left));
            lines.extend(keyless("right", &counts.right));
        }
        let equal = match (counts.equal_is_exact, counts.equal) {
            (true, equal) => format!("{} equal", thousands(equal)),
            (false, _) => "the rest equal".to_owned(),
        };
        let more = if self.stopped { " so far (--limit)" } else { "" };
        lines.push(format!(
            "{} only left, {} only right, {} changed, {equal}{more}",
            thousands(counts.only_left),
            thousands(counts.only_right),
            thousands(counts.changed),
        ));
        let read = |side, counts: &SideCounts| match pair.nodes(side) {
            Some(nodes) => format!("{} of {}", thousands(counts.nodes_read), thousands(nodes)),
            None => thousands(counts.nodes_read),
        };
        lines.push(format!(
            "nodes read: left {}, right {}; {} skipped",
            read(Side::Left, &counts.left),
            read(Side::Right, &counts.right),
            count(counts.skipped, "equal subtree"),
        ));
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn keyless(name: &str, side: &SideCounts) -> Option<String> {
    if side.keyless == 0 {
        return None;
    }
    let one = |node: &Keyless| {
        let what = if node.phantom { ", with nothing below it" } else { "" };
        format!("{} (level {}{what})", offset(node.offset), node.level)
    };
    let named: Vec<_> = side.keyless_nodes.iter().take(NAMED).map(one).collect();
    let more = if side.keyless > named.len() as u64 { ", …" } else { "" };
    Some(format!("{} on the {name}: {}{more}", count(side.keyless, "keyless node"), named.join(", ")))
}
