//! The diff of two trees: exact to the last node read, correct for any pair.

mod exhaustive;
mod found;
mod prefetch;
mod published;
mod random;
