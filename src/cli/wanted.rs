//! Which keys `ls` lists.

use std::cmp::Ordering;

use anyhow::Context;
use file_mst::node::Codec;
use file_mst::open::Opened;
use file_mst::schema::{ItemType, KeyPrefix};
use file_mst::tree::Tree;
use file_mst::walk::Walk;

use super::args::LsArgs;
use crate::model::key::read_key;

/// The keys from one on, up to another, and with a beginning, as far as each is asked for.
pub(super) struct Wanted {
    codec: Codec,
    from: Option<Vec<u8>>,
    to: Option<Vec<u8>>,
    prefix: Option<KeyPrefix>,
}

impl Wanted {
    pub(super) fn new(args: &LsArgs, opened: &Opened) -> anyhow::Result<Self> {
        let ty = || opened.typing.key.as_ref().context("the type of the keys is unknown: give --key");
        let key = |text: &Option<String>| -> anyhow::Result<Option<Vec<u8>>> {
            let stored = |text: &String, ty: &ItemType| read_key(ty, text).map_err(anyhow::Error::msg);
            text.as_ref().map(|text| stored(text, ty()?)).transpose()
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

    /// A walk that begins where the first of them may stand, and ends behind the last.
    pub(super) fn walk<'a>(&'a self, tree: &'a Tree) -> Walk<'a> {
        let walk = match (&self.from, &self.prefix) {
            (None, None) => tree.walk(),
            (Some(from), None) => tree.walk().from_key(from.clone()),
            _ => tree.walk().from_first(|key| self.is_before(key)),
        };
        if self.to.is_none() && self.prefix.is_none() { walk } else { walk.up_to(|key| self.is_behind(key)) }
    }

    fn is_before(&self, key: &[u8]) -> bool {
        let is_below = |from: &Vec<u8>| self.codec.compare(key, from) == Some(Ordering::Less);
        self.from.as_ref().is_some_and(is_below) || self.has_place(key, Ordering::Less)
    }

    /// Whether a key stands behind all of them.
    fn is_behind(&self, key: &[u8]) -> bool {
        let is_below = |to: &Vec<u8>| self.codec.compare(key, to) == Some(Ordering::Less);
        self.to.as_ref().is_some_and(|to| !is_below(to)) || self.has_place(key, Ordering::Greater)
    }

    /// Whether a key has this place beside those with the beginning that is asked for. A key that cannot be read has none: it is
    /// shown rather than left out.
    fn has_place(&self, key: &[u8], place: Ordering) -> bool {
        self.prefix.as_ref().is_some_and(|prefix| prefix.place(key).is_ok_and(|found| found == place))
    }
}
