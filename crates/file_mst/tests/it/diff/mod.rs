//! The diff of two trees: exact to the last node read, correct for any pair.

mod ahead;
mod exhaustive;
mod found;
mod published;
mod random;
