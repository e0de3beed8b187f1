//! Why a key is where it is, in words.

use file_mst::NodeKey;
use file_mst::inspect::explain::{End, Explanation, Step};
use file_mst::inspect::tree::NodePosition;
use file_mst::open::Typing;

use crate::model::item::{self, ItemFormat, plain};
use crate::model::text::{count, cut, offset};

/// The widest key in a line, in columns.
const KEY: usize = 40;
/// The widest value, in columns.
pub(crate) const WIDEST_VALUE: usize = 200;

/// A line: what it is about, and what is said.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Whether something is wrong.
    pub(crate) bad: bool,
    /// The node that the line is about.
    pub(crate) offset: Option<u64>,
}

impl Line {
    fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), bad: false, offset: None }
    }
}

/// How keys are shown: as the command line takes them, or as a format says.
#[derive(Clone, Copy)]
struct Keys<'a> {
    typing: &'a Typing,
    format: Option<ItemFormat>,
}

impl Keys<'_> {
    fn show(&self, stored: &[u8], width: usize) -> String {
        let ty = self.typing.key.as_ref();
        match self.format {
            Some(format) => item::line(stored, ty, format, width),
            None => cut(&plain(stored, ty), width),
        }
    }

    /// The keys between which something lies.
    fn between(&self, after: Option<&NodeKey>, before: Option<&NodeKey>) -> String {
        let key = |key: &NodeKey| self.show(key.stored(), KEY);
        match (after, before) {
            (None, None) => "all keys".to_owned(),
            (Some(after), None) => format!("after {}", key(after)),
            (None, Some(before)) => format!("before {}", key(before)),
            (Some(after), Some(before)) => format!("between {} and {}", key(after), key(before)),
        }
    }
}

/// Which way the search went at a step.
fn turn(step: &Step, shown: Keys<'_>) -> String {
    let keys = step.node.key_count();
    match step.place {
        NodePosition::Record(index) => format!("here: key {} of {keys}", index + 1),
        NodePosition::Child(index) => {
            let at = |index| NodeKey::new(step.node.clone(), index);
            let (after, before) = (index.checked_sub(1).and_then(at), at(index));
            let child = format!("child {} of {}", index + 1, keys + 1);
            match (&after, &before) {
                (None, None) => format!("{child}, its only one"),
                _ => format!("{child}, {}", shown.between(after.as_ref(), before.as_ref())),
            }
        }
    }
}

/// Why the key is of its level.
pub(crate) fn level(explanation: &Explanation) -> String {
    let zeros = usize::from(explanation.level);
    let digits = explanation.hash.to_string();
    let first = digits.get(zeros..zeros + 1).unwrap_or("nothing");
    match zeros {
        0 => format!("0: its hash begins with {first}, not with a zero"),
        1 => format!("1: its hash begins with one zero, then {first}"),
        _ => format!("{zeros}: its hash begins with {zeros} zeros, then {first}"),
    }
}

/// All that is known, as lines; keys as a format says, or as the command line takes them, and a value as `value` says
/// it.
pub(crate) fn lines(
    explanation: &Explanation,
    typing: &Typing,
    format: Option<ItemFormat>,
    value: impl Fn(&[u8]) -> String,
) -> Vec<Line> {
    let shown = Keys { typing, format };
    let bytes = hex::encode(&explanation.key);
    let length = count(explanation.key.len() as u64, "byte");
    let mut lines = vec![
        Line::new("key", shown.show(&explanation.stored_key, 200)),
        Line::new("bytes", format!("{} ({length}, as the hash sees it)", cut(&bytes, 64))),
        Line::new("hash", format!("{} (blake3 of these bytes)", explanation.hash)),
        Line::new("level", level(explanation)),
    ];
    for step in &explanation.steps {
        let node = &step.node;
        let text = format!(
            "{} {}  {}  {}  ▸ {}",
            step.link.hash.short(),
            offset(node.offset()),
            count(node.key_count() as u64, "key"),
            shown.between(step.after.as_ref(), step.before.as_ref()),
            turn(step, shown),
        );
        lines.push(Line { offset: Some(node.offset()), ..Line::new(format!("level {}", node.level()), text) });
    }
    match &explanation.end {
        End::Found(key) => {
            let found = match key.record() {
                Some(record) => cut(&value(record.bytes().value), WIDEST_VALUE),
                None => item::undelimited(key.node()),
            };
            lines.push(Line::new("found", found));
            if key.node().level() != explanation.level {
                let text = format!("the key is of level {}, its node of another", explanation.level);
                lines.push(Line { bad: true, ..Line::new("misplaced", text) });
            }
        }
        End::Absent { after, before } => {
            let where_to = match (after, before) {
                (None, None) => "the tree is empty".to_owned(),
                _ => format!("nothing stands {}", shown.between(after.as_ref(), before.as_ref())),
            };
            lines.push(Line { bad: true, ..Line::new("absent", where_to) });
        }
        End::Damaged { link, error } => {
            let text = format!("{error}: whether the key is there is not known");
            lines.push(Line { bad: true, offset: Some(link.offset), ..Line::new("damaged", text) });
        }
    }
    lines
}
