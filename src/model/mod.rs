//! The model of all that screens and commands show, as values: no terminal, no output.

pub(crate) mod bytes;
pub(crate) mod check;
pub(crate) mod columns;
pub(crate) mod damage;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod header;
pub(crate) mod history;
pub(crate) mod item;
pub(crate) mod jump;
pub(crate) mod key;
pub(crate) mod key_words;
pub(crate) mod node;
pub(crate) mod numeral;
pub(crate) mod outline;
pub(crate) mod places;
mod pretty_json;
pub(crate) mod record;
pub(crate) mod representation;
pub(crate) mod retype;
pub(crate) mod rows;
pub(crate) mod search;
pub(crate) mod shape;
pub(crate) mod text;
pub(crate) mod typed;
pub(crate) mod value;
pub(crate) mod verify;
