//! Whole screens, without a terminal.
