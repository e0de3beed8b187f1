//! Opens two trees so that they can be compared.

use anyhow::bail;
use file_mst::inspect::dialect::Dialect;
use file_mst::open::{Opened, Typing, TypingSource};
use mst_types::{ItemType, Type};

use super::DiffArgs;
use crate::commands::support::open_tree::OpenTree;
use crate::commands::support::target::Target;
use crate::commands::support::tree_args::{KeyArg, OpenArgs};
use crate::model::diff::pair::Pair;
use crate::screens::Shown;

/// Opens both trees. Two trees of one published dialect are read with the same types, because types guessed from
/// different records may differ even where the records do not.
pub(crate) fn open_both(args: &DiffArgs) -> anyhow::Result<Pair> {
    let left_options = &args.options;
    let right_options = OpenArgs { offset: args.right_offset, hash: args.right_hash, ..left_options.clone() };
    let OpenTree { file: left_file, opened: mut left, .. } = args.left.open(left_options)?.announced();
    let OpenTree { file: right_file, opened: mut right, .. } = args.right.open(&right_options)?.announced();
    let mut note = None;
    if needs_same_types(&left, &right) {
        note = adopted_types_note(&left, &right);
        if let Some(fitting) = reopen_with_types_of(&left, &args.right, &right_options) {
            right = fitting;
        } else if let Some(fitting) = reopen_with_types_of(&right, &args.left, left_options) {
            left = fitting;
        } else {
            require_comparable(&left, &right)?;
        }
    }
    let names = [full_name(&args.left.path(), &left), full_name(&args.right.path(), &right)];
    let pair = Pair::new(left, right, [left_file, right_file], names);
    let pair = if args.list.bytes { pair.by_bytes() } else { pair };
    Ok(pair.with_note(note))
}

/// Opens another tree to the right of the one that is shown, with the types of that one if it must have them.
pub(crate) fn open_beside(left: &Shown, target: &Target, options: &OpenArgs) -> anyhow::Result<Pair> {
    let OpenTree { file, opened: mut right, .. } = target.open(options)?;
    let mut note = None;
    if needs_same_types(&left.opened, &right) {
        note = adopted_types_note(&left.opened, &right);
        match reopen_with_types_of(&left.opened, target, options) {
            Some(fitting) => right = fitting,
            None => require_comparable(&left.opened, &right)?,
        }
    }
    let names = [full_name(&left.path, &left.opened), full_name(&target.path(), &right)];
    Ok(Pair::new(left.opened.clone(), right, [left.file.clone(), file], names).with_note(note))
}

/// Whether one tree must be read with the types of the other: their hashes do not depend on the types, the types
/// differ, and at least one side has no named types.
fn needs_same_types(left: &Opened, right: &Opened) -> bool {
    have_untyped_hashes(left, right) && types(left) != types(right) && !(is_named(left) && is_named(right))
}

/// Opens the tree with the types of another one; none if they do not fit.
fn reopen_with_types_of(like: &Opened, target: &Target, options: &OpenArgs) -> Option<Opened> {
    target.open(&with_types(options, like)).ok().map(|tree| tree.opened).filter(fits)
}

/// The full name of a tree, with its root.
fn full_name(path: &str, opened: &Opened) -> String {
    let root = opened.tree.root_link();
    format!("{path}@{}:{}", root.offset, root.hash)
}

/// Whether both trees have the same dialect, one whose hashes do not depend on the types.
fn have_untyped_hashes(left: &Opened, right: &Opened) -> bool {
    let dialect = |opened: &Opened| opened.tree.store().codec().dialect;
    dialect(left) == dialect(right) && dialect(left) != Dialect::Mst1
}

/// Whether the types are named by the user, the file, or the schema file beside it.
fn is_named(opened: &Opened) -> bool {
    matches!(opened.typing.source, TypingSource::Given | TypingSource::File)
}

/// Says that one side is read with the types that are named for the other.
fn adopted_types_note(left: &Opened, right: &Opened) -> Option<String> {
    let (side, other) = match (is_named(left), is_named(right)) {
        (true, false) => ("right", "left"),
        (false, true) => ("left", "right"),
        _ => return None,
    };
    Some(format!("types of the {side} are not named: read with those of the {other}, and compared by bytes"))
}

fn types(opened: &Opened) -> (Option<ItemType>, Option<ItemType>) {
    (opened.typing.key.clone(), opened.typing.value.clone())
}

/// The options with the types of an opened tree.
fn with_types(options: &OpenArgs, like: &Opened) -> OpenArgs {
    OpenArgs {
        key: like.typing.key.as_ref().map(|key| KeyArg::of(&key.ty)),
        value: like.typing.value.as_ref().map(|value| value.ty.clone()),
        ..options.clone()
    }
}

/// Whether the types fit all examined nodes.
fn fits(opened: &Opened) -> bool {
    opened.typing.proved == opened.typing.sampled
}

/// Fails if the keys of the trees have no common order.
fn require_comparable(left: &Opened, right: &Opened) -> anyhow::Result<()> {
    if !comparable(&left.typing, &right.typing) {
        let name = |opened: &Opened| opened.typing.key.as_ref().map_or("unknown".to_owned(), ToString::to_string);
        bail!("the keys of LEFT read as {}, those of RIGHT as {}: give --key and --value", name(left), name(right));
    }
    Ok(())
}

/// Whether keys of two types have the same bytes.
fn same_wire(left: &ItemType, right: &ItemType) -> bool {
    left.encoding == right.encoding && left.ty.to_wire() == right.ty.to_wire()
}

/// Whether the keys of two trees of one dialect have a common order. Text and bytes have one, that of their content.
fn comparable(left: &Typing, right: &Typing) -> bool {
    let is_content = |key: &ItemType| match key.ty.wire() {
        Type::String => true,
        Type::Vec(item) => **item == Type::U8,
        _ => false,
    };
    match (&left.key, &right.key) {
        (Some(left), Some(right)) => same_wire(left, right) || is_content(left) && is_content(right),
        // A tree of unknown types reports that when it is read.
        _ => true,
    }
}
