//! Names that users give where a tree, a mapping or a table can stand.

use std::path::Path;

use anyhow::{anyhow, bail};
use file_mst::open::TypingSource;
use mst_sync::mapping::Mapping;
use mst_sync::source::{NameError, Settings, TreeSettings};
use mst_types::ItemType;

use super::open_tree::OpenTree;
use super::stdin_table;
use super::target::Target;
use super::tree_args::OpenArgs;
use crate::model::text::quoted;
use crate::tables::{Side, TreeSide};

/// The meaning of a name on the command line.
#[derive(Clone, Debug)]
pub(crate) enum Named {
    /// A tree, or a file that is taken for one until it is opened.
    Tree(Target),
    Mapping(Box<Mapping>),
    Table(Box<Settings>),
}

impl Named {
    /// Finds out what a name stands for.
    ///
    /// # Errors
    /// It names a table that cannot be read, or a mapping that is wrong.
    pub(crate) fn parse(name: &Target) -> anyhow::Result<Self> {
        let text = match stdin_table::file_of(&name.text())? {
            Some(file) => file.to_string_lossy().into_owned(),
            None => name.text(),
        };
        if let Some(settings) = Settings::from_name(&text).map_err(with_names)? {
            return Ok(Self::Table(Box::new(settings)));
        }
        if Path::new(&text).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
            return Ok(Self::Mapping(Box::new(Mapping::read(Path::new(&text))?)));
        }
        Ok(Self::Tree(name.clone()))
    }

    /// The side of a table or a mapping.
    ///
    /// # Errors
    /// It is a tree, or taken for one.
    pub(crate) fn table_side(self) -> anyhow::Result<Side> {
        if let Self::Tree(target) = &self {
            bail!(
                "{} is neither a table nor a mapping; to write a tree anew: mst-tui convert or mst-tui compact",
                target.name()
            );
        }
        self.side(&OpenArgs::plain())
    }

    /// The side of a comparison. A tree is opened with these options.
    pub(crate) fn side(self, options: &OpenArgs) -> anyhow::Result<Side> {
        Ok(match self {
            Self::Mapping(mapping) => Side::Mapping(mapping),
            Self::Table(settings) => Side::Table(settings),
            Self::Tree(target) => {
                let OpenTree { file, opened, .. } = target.open(options)?.announced();
                let root = opened.tree.root_link();
                let is_named = target.commit.is_none();
                // Types that were given or guessed hold for the rows too.
                let is_given = opened.typing.source != TypingSource::File;
                let given = |ty: &Option<ItemType>| ty.as_ref().filter(|_| is_given).map(|item| item.ty.clone());
                let settings = Settings::Tree(TreeSettings {
                    path: target.file_path().to_owned(),
                    commit: target.commit,
                    offset: is_named.then_some(root.offset),
                    hash: is_named.then_some(root.hash),
                    key: given(&opened.typing.key),
                    value: given(&opened.typing.value),
                });
                Side::Tree(Box::new(TreeSide { opened, file, path: target.path(), settings }))
            }
        })
    }
}

/// The error of a name, with a command for each name that can be given instead.
fn with_names(error: NameError) -> anyhow::Error {
    let names = match &error {
        NameError::NoTable { names, .. } | NameError::UnknownTable { names, .. } | NameError::NoFile { names, .. } => {
            names.clone()
        }
        _ => Vec::new(),
    };
    let commands: String = names.iter().take(8).map(|name| format!("\n  try: mst-tui {}", quoted(name))).collect();
    anyhow!("{error}{commands}")
}

/// The commands for a table or a mapping that was named where only a tree can stand; none if it is neither.
pub(crate) fn instead_of_tree(name: &Target) -> Option<String> {
    let (what, build) = match Named::parse(name) {
        Ok(Named::Table(_)) => ("a table", "build"),
        Ok(Named::Mapping(_)) => ("a mapping", "build"),
        Ok(Named::Tree(_)) | Err(_) => return None,
    };
    let text = name.text();
    let tree = quoted(&format!("{}.mst", stem(&text)));
    let name = quoted(&text);
    Some(format!(
        "{name} is {what}, not a tree\n  look at its rows as a tree:  mst-tui {name}\n  write its tree to a file:    mst-tui {build} {name} -o {tree}"
    ))
}

/// The refusal of two sides of which at least one is a table or a mapping; none if both can be trees.
pub(crate) fn instead_of_trees(left: &Target, right: &Target) -> Option<String> {
    let name = [left, right].into_iter().find(|name| !matches!(Named::parse(name), Ok(Named::Tree(_)) | Err(_)))?;
    let [left, right] = [left, right].map(|name| quoted(&name.text()));
    let name = quoted(&name.text());
    Some(format!("diff compares trees, and {name} is none\n  try: mst-tui compare {left} {right}"))
}

/// The name of a table without folders, kind and database.
fn stem(name: &str) -> String {
    let table = name.rsplit(['#', '/']).next().unwrap_or(name);
    table
        .split('.')
        .next_back()
        .filter(|_| name.contains('#'))
        .unwrap_or_else(|| table.split('.').next().unwrap_or(table))
        .to_owned()
}
