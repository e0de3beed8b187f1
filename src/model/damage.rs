//! Damage in words: what is wrong, where, and which keys are lost by it.

use std::collections::BTreeSet;

use file_mst::Damage;
use file_mst::NodeError;
use file_mst::NodeKey;
use file_mst::inspect::walk::Step;
use file_mst::open::{Typing, TypingSource};
use mst_types::Type;

use crate::model::item;
use crate::model::text::{count, cut, offset};

/// The parts that a walk could not read: its results hold only for the rest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unread {
    /// Where the nodes begin that could not be read.
    nodes: BTreeSet<u64>,
    /// Where the nodes begin whose values cannot be told apart, or keys and values.
    opaque: BTreeSet<u64>,
}

/// How many places are named.
const NAMED: usize = 3;

impl Unread {
    /// Takes in a step of a walk.
    pub(crate) fn see(&mut self, step: &Step) {
        match step {
            Step::Damage(damage) => self.add(damage),
            Step::Key(key) => _ = self.opaque.insert(key.node().offset()),
            Step::Node { .. } | Step::Absent(_) | Step::Record(_) => {}
        }
    }

    /// Takes in a subtree that could not be read.
    pub(crate) fn add(&mut self, damage: &Damage) {
        _ = match damage.error {
            NodeError::TypesUnknown { offset, .. } => self.opaque.insert(offset),
            _ => self.nodes.insert(damage.error.offset()),
        };
    }

    /// `2 nodes (@4,096, @8,192) could not be read`; none where all was read.
    pub(crate) fn text(&self) -> Option<String> {
        let of = |nodes: &BTreeSet<u64>, what: &str| {
            let named: Vec<_> = nodes.iter().take(NAMED).map(|at| offset(*at)).collect();
            let more = if nodes.len() > NAMED { ", …" } else { "" };
            (!nodes.is_empty())
                .then(|| format!("{} ({}{more}) {what}", count(nodes.len() as u64, "node"), named.join(", ")))
        };
        let parts = [of(&self.nodes, "could not be read"), of(&self.opaque, "hold values of unknown types")];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// The message about a sound node that the guess does not fit.
const MISFIT: &str = "the guessed types do not fit it; stat looks for types that do, --key and --value name them";

/// Another possible reason where the types are a guess of several fields: the guess does not fit a node which is sound.
fn perhaps(error: &NodeError, typing: &Typing) -> &'static str {
    let by_content = matches!(error, NodeError::Hash { .. } | NodeError::Malformed { .. });
    let is_plain =
        |ty: &Type| matches!(ty, Type::String | Type::U64) || matches!(ty, Type::Vec(item) if **item == Type::U8);
    let plain = typing.value.as_ref().is_none_or(|value| is_plain(&value.ty));
    if by_content && !plain && typing.source == TypingSource::Guessed {
        ", or the guessed types do not fit this node: give --key and --value to tell"
    } else {
        ""
    }
}

/// One line that says why the sound node at an offset is left out.
pub(crate) fn misfit(at: u64) -> String {
    format!("the node {} is left out: it is sound, but {MISFIT}", offset(at))
}

/// The same for several of them, where they are only counted.
pub(crate) fn misfits(nodes: u64) -> String {
    format!("{} that the guessed types do not fit; --key and --value name others", count(nodes, "sound node"))
}

/// One line that says what is wrong with a subtree, the way to it, and between which keys records are missing.
pub(crate) fn describe(damage: &Damage, typing: &Typing) -> String {
    let key = |key: &Option<NodeKey>, edge: &str| match key {
        Some(key) => cut(&item::key(key.stored(), typing.key.as_ref()), 60),
        None => edge.to_owned(),
    };
    let path: Vec<_> = damage.path.iter().map(|at| offset(*at)).collect();
    let way = if path.is_empty() { "the root".to_owned() } else { format!("below {}", path.join(" ▸ ")) };
    format!(
        "{}{} ({way}); records between {} and {} are missing",
        damage.error,
        perhaps(&damage.error, typing),
        key(&damage.after, "the start"),
        key(&damage.before, "the end"),
    )
}
