//! Why a tree could not be opened.

use std::io;

use crate::error::Error;
use crate::node::dialect::Dialect;
use crate::node::hash::NodeHash;
use crate::node::{Link, NodeError};
use crate::store::Foreign;
use mst_types::{ItemError, Type};

/// Why a tree could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The system could not read the file.
    #[error("cannot read the file: {0}")]
    Io(#[from] io::Error),
    /// The file is of our own format, but its header or a commit is not what it should be.
    #[error(transparent)]
    File(#[from] Box<Error>),
    /// The types that are given, or that the file names, do not fit a key or value.
    #[error("the types do not fit: a key or value is no {ty}: {error}")]
    WrongItem {
        /// The type.
        ty: Box<Type>,
        /// What broke it.
        error: Box<ItemError>,
    },
    /// A commit was named by its number, but the file is not one of ours.
    #[error("only files of this program's own format number their commits: name a root by its offset instead")]
    NoCommits,
    /// The file has no byte.
    #[error("the file is empty: there is no tree in it")]
    EmptyFile,
    /// No root was given, and the file does not say where it is.
    #[error(
        "the file does not say where its root is: a tree of file-mst 0.2 needs the offset that flush() returned, \
         and better also the hash{}",
        match likely { Some(link) => format!(". Its last node is @{}, hash {}", link.offset, link.hash), None => String::new() }
    )]
    NoRoot {
        /// The likely root: the node that ends where the file ends.
        likely: Option<Link>,
    },
    /// There is no node anywhere near the end of the file, and no pointer to one.
    #[error("{what}: neither page 0 nor the last page leads to a node")]
    NotATree {
        /// What the file is.
        what: Foreign,
    },
    /// Page 0 points to a root, but there is no node.
    #[error("page 0 points to a root @{} with hash {}, but {error}", link.offset, link.hash)]
    Pointer {
        /// The pointer.
        link: Link,
        /// Why there is no node.
        error: Box<NodeError>,
    },
    /// A hash was given without an offset, and no node in the file has it.
    #[error("no node with hash {hash} is in the file{}", match likely { Some(link) => format!("; the last node is @{}, hash {}", link.offset, link.hash), None => String::new() })]
    HashAlone {
        /// The hash.
        hash: NodeHash,
        /// The likely root: the node that ends where the file ends.
        likely: Option<Link>,
    },
    /// There is no node at the offset.
    #[error("{error}{}", match around { Some(start) => format!(". That byte lies inside the node @{start}"), None => String::new() })]
    NoNode {
        /// Why there is none.
        error: NodeError,
        /// The node that has the byte in its inside.
        around: Option<u64>,
    },
    /// The node at the offset is another one than the hash means.
    #[error("the node @{offset} has another hash: expected {expected}, found {found}")]
    OtherHash {
        /// Where the node begins.
        offset: u64,
        /// The hash that was given.
        expected: NodeHash,
        /// The hash of the node.
        found: NodeHash,
    },
    /// The given types do not fit the bytes of a node.
    #[error("the types do not fit: {error}")]
    WrongType {
        /// Which node and byte broke them.
        error: NodeError,
    },
    /// The given type of the keys does not fit most nodes, whatever the values are.
    #[error(
        "the types do not fit: below the node @{offset} most keys are no {key}, or do not rise as such (is --key right?)"
    )]
    WrongKey {
        /// The type.
        key: Box<Type>,
        /// Where the root begins.
        offset: u64,
    },
    /// The given types fit the bytes, but no dialect's hash comes out, or only by chance in some nodes.
    #[error(
        "the types do not fit: read as {key} → {value}, the node @{offset} has the hash {} ({}), but it carries {stored}",
        found.1, found.0
    )]
    UnprovedType {
        /// The type of the keys.
        key: Box<Type>,
        /// The type of the values.
        value: Box<Type>,
        /// Where the node begins.
        offset: u64,
        /// The hash that the node carries.
        stored: NodeHash,
        /// The hash that comes out, and under which dialect's rule.
        found: (Dialect, NodeHash),
    },
}
