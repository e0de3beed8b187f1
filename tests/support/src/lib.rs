//! What the tests share: an independent writer of the published file layouts, and a harness that runs the
//! program in a pseudo-terminal.
