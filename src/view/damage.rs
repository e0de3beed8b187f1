//! Damage in words: what is wrong, where, and which keys are lost by it.

use file_mst::open::Typing;
use file_mst::tree::NodeRecord;
use file_mst::walk::Damage;

use super::item;
use super::text::{cut, offset};

/// One line that says what is wrong with a subtree, the way to it, and between which keys records are missing.
pub(crate) fn describe(damage: &Damage, typing: &Typing) -> String {
    let key = |record: &Option<NodeRecord>, edge: &str| match (record, typing.key()) {
        (Some(record), Some(ty)) => cut(&item::plain(record.bytes().stored_key, ty), 60),
        _ => edge.to_owned(),
    };
    let path: Vec<_> = damage.path.iter().map(|at| offset(*at)).collect();
    let way = if path.is_empty() { "the root".to_owned() } else { format!("below {}", path.join(" ▸ ")) };
    format!(
        "{} ({way}); records between {} and {} are missing",
        damage.error,
        key(&damage.after, "the start"),
        key(&damage.before, "the end"),
    )
}
