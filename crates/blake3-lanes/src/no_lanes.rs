//! No lanes: this processor family has none that are used here.

use crate::{BLOCK, Chain};

/// A part of a message, which nothing here runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job;

impl Job {
    pub(crate) fn chunk(_: &[u8], _: u64, _: bool) -> Self {
        Self
    }

    pub(crate) fn parent(_: &[u8; BLOCK], _: bool) -> Self {
        Self
    }
}

/// No value of this type exists.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lanes {}

impl Lanes {
    pub(crate) fn detect() -> Option<Self> {
        None
    }

    pub(crate) fn narrow() -> Option<Self> {
        None
    }

    pub(crate) fn worth(self) -> usize {
        match self {}
    }

    pub(crate) fn run(self, _: impl Iterator<Item = Job>, _: &mut [Chain]) {
        match self {}
    }
}
