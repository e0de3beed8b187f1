//! The texts of a draft.
