//! Values: their kinds, text forms and order.

pub(crate) mod compare;
pub(crate) mod kinds;
pub(crate) mod literal;
pub(crate) mod logical;
pub(crate) mod printed;
pub(crate) mod text;
