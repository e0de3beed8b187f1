//! Two trees side by side: the diff runs beside the screen, which shows what was found so far.

pub(crate) mod app;
pub(in crate::tui) mod compare;
pub(crate) mod layout;
pub(crate) mod over;
pub(crate) mod screen;
