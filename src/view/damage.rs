//! Damage in words: what is wrong, where, and which keys are lost by it.

use file_mst::node::NodeError;
use file_mst::open::{Typing, TypingSource};
use file_mst::schema::Type;
use file_mst::tree::NodeKey;
use file_mst::walk::Damage;

use super::item;
use super::text::{count, cut, offset};

/// What is said of a sound node that the guess does not fit.
const MISFIT: &str = "the guessed types do not fit it; stat looks for types that do, --key and --value name them";

/// What else may be the reason where the types are a guess of several fields: that it does not fit a node which is sound.
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

/// The same of so many of them, where they are only counted.
pub(crate) fn misfits(nodes: u64) -> String {
    format!("{} that the guessed types do not fit; --key and --value name others", count(nodes, "sound node"))
}

/// One line that says what is wrong with a subtree, the way to it, and between which keys records are missing.
pub(crate) fn describe(damage: &Damage, typing: &Typing) -> String {
    let key = |key: &Option<NodeKey>, edge: &str| match key {
        Some(key) => cut(&item::plain(key.stored(), typing.key.as_ref()), 60),
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
