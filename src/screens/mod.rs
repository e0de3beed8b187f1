//! The screens of the program: one tree, and two trees side by side.

pub(crate) mod browse;
pub(crate) mod diff;

#[cfg(test)]
mod tests;
