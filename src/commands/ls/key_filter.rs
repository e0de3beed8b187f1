//! The filter of the keys that `ls` lists.

use std::cmp::Ordering;

use anyhow::Context;
use file_mst::Tree;
use file_mst::inspect::node::Codec;
use file_mst::inspect::walk::Walk;
use file_mst::open::Opened;
use mst_types::KeyPrefix;

use super::LsArgs;
use crate::commands::support::keys::parse_key;

/// The keys from `from` on, before `to`, and with a prefix; each bound is optional.
pub(super) struct KeyFilter {
    codec: Codec,
    from: Option<Vec<u8>>,
    to: Option<Vec<u8>>,
    prefix: Option<KeyPrefix>,
}

impl KeyFilter {
    pub(super) fn new(args: &LsArgs, opened: &Opened) -> anyhow::Result<Self> {
        let ty = || opened.typing.key.as_ref().context("the type of the keys is unknown: give --key");
        let key = |text: &Option<String>| -> anyhow::Result<Option<Vec<u8>>> {
            text.as_ref().map(|text| parse_key(ty()?, text)).transpose()
        };
        let prefix = match &args.prefix {
            Some(text) => {
                let ty = ty()?;
                let prefix = KeyPrefix::parse(ty, text);
                Some(prefix.with_context(|| format!("{text:?} is not the beginning of a key of type {ty}"))?)
            }
            None => None,
        };
        let codec = opened.tree.store().codec().clone();
        Ok(Self { codec, from: key(&args.from)?, to: key(&args.to)?, prefix })
    }

    /// A walk from where the first listed key may be to the end of the last one.
    pub(super) fn walk<'a>(&'a self, tree: &'a Tree) -> Walk<'a> {
        let walk = match (&self.from, &self.prefix) {
            (None, None) => tree.walk(),
            (Some(from), None) => tree.walk().from_key(from.clone()),
            _ => tree.walk().from_first(|key| self.is_before(key)),
        };
        if self.to.is_none() && self.prefix.is_none() { walk } else { walk.up_to(|key| self.is_after(key)) }
    }

    /// A walk backwards, from where the last listed key may be to the beginning of the first one.
    pub(super) fn walk_backward<'a>(&'a self, tree: &'a Tree) -> Walk<'a> {
        let walk = match (&self.to, &self.prefix) {
            (None, None) => tree.walk().backward(),
            _ => tree.walk().backward_from(|key| !self.is_after(key)),
        };
        if self.from.is_none() && self.prefix.is_none() { walk } else { walk.up_to(|key| self.is_before(key)) }
    }

    /// Whether the key is before all listed keys.
    fn is_before(&self, key: &[u8]) -> bool {
        let is_below = |from: &Vec<u8>| self.codec.compare(key, from) == Some(Ordering::Less);
        self.from.as_ref().is_some_and(is_below) || self.compares_to_prefix(key, Ordering::Less)
    }

    /// Whether the key is after all listed keys.
    fn is_after(&self, key: &[u8]) -> bool {
        let is_below = |to: &Vec<u8>| self.codec.compare(key, to) == Some(Ordering::Less);
        self.to.as_ref().is_some_and(|to| !is_below(to)) || self.compares_to_prefix(key, Ordering::Greater)
    }

    /// Whether the key compares to the keys with the prefix as `ordering` says. A key that cannot be read never does,
    /// so it is listed rather than left out.
    fn compares_to_prefix(&self, key: &[u8], ordering: Ordering) -> bool {
        self.prefix.as_ref().is_some_and(|prefix| prefix.compare_key(key).is_ok_and(|found| found == ordering))
    }
}
