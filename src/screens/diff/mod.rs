//! Two trees side by side: the diff runs beside the screen, which shows what was found so far.

pub(crate) mod compare;
pub(crate) mod draw;
pub(crate) mod layout;
pub(crate) mod over;
pub(crate) mod screen;
pub(crate) mod state;
