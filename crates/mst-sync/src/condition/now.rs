//! The moment that `now` stands for.

use std::time::{SystemTime, UNIX_EPOCH};

/// The moment that `now` stands for in conditions. Both sides of a comparison get the same one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Now(i128);

impl Now {
    /// This many nanoseconds since 1970-01-01T00:00:00Z.
    pub fn at(nanos: i128) -> Self {
        Self(nanos)
    }

    /// The nanoseconds since 1970-01-01T00:00:00Z.
    pub fn nanos(self) -> i128 {
        self.0
    }
}

impl Default for Now {
    /// The moment at which this is called.
    fn default() -> Self {
        let nanos = |time: std::time::Duration| i128::try_from(time.as_nanos()).unwrap_or(i128::MAX);
        Self(match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => nanos(since),
            Err(before) => -nanos(before.duration()),
        })
    }
}
