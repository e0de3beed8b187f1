//! The sides of a comparison.

use file_mst::open::Opened;
use mst_sync::mapping::Mapping;
use mst_sync::source::Settings;

/// One of the two sides.
#[derive(Clone, Debug)]
pub(crate) enum Side {
    /// A tree that is there.
    Tree(Box<TreeSide>),
    /// A table with a mapping to a contract.
    Mapping(Box<Mapping>),
    /// A table for which a mapping has to be drafted.
    Table(Box<Settings>),
}

/// A tree that is compared with a table.
#[derive(Clone, Debug)]
pub(crate) struct TreeSide {
    pub(crate) opened: Opened,
    /// The name of its file, without folders.
    pub(crate) file: String,
    /// The tree as it can be named on a command line.
    pub(crate) path: String,
    /// The settings under which its records are read as rows.
    pub(crate) settings: Settings,
}

impl Side {
    /// The settings under which the side is read as a table.
    pub(super) fn settings(&self) -> Settings {
        match self {
            Self::Tree(tree) => tree.settings.clone(),
            Self::Mapping(mapping) => Settings::Mapping { path: mapping.path.clone() },
            Self::Table(settings) => (**settings).clone(),
        }
    }
}
