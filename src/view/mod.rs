//! What the screens and the commands show, as values: no terminal, no output.

pub(crate) mod aspect;
pub(crate) mod bytes;
pub(crate) mod damage;
pub(crate) mod drift;
pub(crate) mod explain;
pub(crate) mod header;
pub(crate) mod history;
pub(crate) mod item;
pub(crate) mod key;
pub(crate) mod node;
pub(crate) mod numeral;
pub(crate) mod outline;
pub(crate) mod shape;
pub(crate) mod text;
pub(crate) mod typed;
pub(crate) mod value;
pub(crate) mod verify;
