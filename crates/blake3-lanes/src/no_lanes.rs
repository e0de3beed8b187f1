//! No lanes: this processor family has none that are used here.

use std::marker::PhantomData;

use crate::{BLOCK, Chain};

/// A part of a message, which nothing here runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a>(PhantomData<&'a ()>);

impl<'a> Job<'a> {
    pub(crate) fn chunk(_: &'a [u8], _: u64, _: bool) -> Self {
        Self(PhantomData)
    }

    pub(crate) fn parent(_: &'a [u8; BLOCK], _: bool) -> Self {
        Self(PhantomData)
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

    pub(crate) fn run<'a>(self, _: impl Iterator<Item = Job<'a>>, _: &mut [Chain]) {
        match self {}
    }
}
