//! Files of many types, for tests of type inference: random ones, and the common shapes of `docs/TYPES.md`.

mod file;
mod key;
mod kind;
mod random;

pub use file::{ShapeCase, ShapedFile, shape_cases};
pub use key::KeyKind;
pub use kind::{Kind, Range};
pub use random::Random;
