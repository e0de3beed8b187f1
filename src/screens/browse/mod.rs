//! The screen of one tree: its state, what keys do to it, and how it is drawn.

pub(crate) mod draw;
pub(crate) mod layout;
pub(crate) mod retype;
pub(crate) mod route;
pub(crate) mod screen;
pub(crate) mod search;
pub(crate) mod state;
