//! The figures of a step.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The figures of one step at one size.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) seconds: f64,
    /// The peak memory of the process, in bytes.
    pub(crate) peak_bytes: Option<u64>,
    /// Further figures by name.
    #[serde(default)]
    pub(crate) more: BTreeMap<String, f64>,
}

impl Outcome {
    pub(crate) fn with(mut self, name: &str, figure: f64) -> Self {
        self.more.insert(name.to_owned(), figure);
        self
    }
}

/// All figures, by the number of records and the name of the step.
pub(crate) type Measured = BTreeMap<u64, BTreeMap<String, Outcome>>;
