//! The first page of the help: what a tree is and how two are compared, in sentences and in a picture.

use crate::runtime::input::keymap::ScreenKind;

/// The title of the page.
pub(super) const TITLE: &str = "What am I looking at";

/// The columns that the pictures need.
pub(super) const WIDTH: u16 = 76;

const TREE: &str = "A Merkle Search Tree keeps its records in the order of their keys. The hash of a key \
    decides its level, so the same records always make the same tree.";

const HASHES: &str = "The hash of a node (#) covers its keys, its values and the hashes of the nodes below it. \
    A changed value changes the hashes on its path up to the root, and no others.";

const COMPARED: &str = "Two trees are compared from their roots down. Equal hashes have equal records below them, \
    which are skipped; only nodes that differ are read.";

const TABLES: &str = "Each table becomes a tree: a row is a record, and the columns that are paired here are its key \
    and its fields. Then the two trees are compared.";

const ONE_TREE: &[&str] = &[
    "                                   #a7",
    "level 2                 ┌─────────[ M ]─────────┐",
    "                       #3c                     #91",
    "level 1         ┌─────[ D  H ]─────┐        ┌─[ S ]─┐",
    "               #5e      #08       #d2      #6f     #b4",
    "level 0     [ A B C ] [ E F ] [ J K L ]  [ N P ] [ T V ]",
];

const TWO_TREES: &[&str] = &[
    "          #a7                       #f0              #a7, #f0: they differ",
    "     ┌───[ M ]───┐             ┌───[ M ]───┐",
    "    #3c         #91           #3c         #e8        #3c: equal, skipped",
    " [ D  H ]    ┌─[ S ]─┐     [ D  H ]    ┌─[ S ]─┐     #91, #e8: they differ",
    "    :       #6f     #b4       :       #6f     #22    #6f: equal, skipped",
    "    :     [ N P ] [ T V ]     :     [ N P ] [ T V ]  V has another value",
];

/// The sentences for a screen, in paragraphs.
pub(super) fn sentences(screen: ScreenKind) -> Vec<&'static str> {
    match screen {
        ScreenKind::Tree | ScreenKind::Diff => vec![TREE, HASHES, COMPARED],
        ScreenKind::Tables => vec![TABLES, TREE, COMPARED],
    }
}

/// The picture for a screen.
pub(super) fn picture(screen: ScreenKind) -> &'static [&'static str] {
    match screen {
        ScreenKind::Tree => ONE_TREE,
        ScreenKind::Diff | ScreenKind::Tables => TWO_TREES,
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn pictures_fit_their_width() {
        for line in ONE_TREE.iter().chain(TWO_TREES) {
            assert!(line.width() <= usize::from(WIDTH), "{line}");
        }
    }
}
