//! Open intervals of keys.

use crate::node::Codec;

/// A key in two forms: as the damaged file stores it, and in the form whose bytes are in key order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredKey {
    /// The bytes in the damaged file.
    pub stored: Vec<u8>,
    /// The bytes in a new file, whose order is that of the keys.
    pub common: Vec<u8>,
}

impl StoredKey {
    pub(super) fn of(stored: &[u8], codec: &Codec) -> Self {
        Self { common: codec.common_key(stored).into_owned(), stored: stored.to_vec() }
    }
}

/// All keys strictly between two others; `None` if there is no limit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Interval {
    /// The last key before the interval.
    pub after: Option<StoredKey>,
    /// The first key after the interval.
    pub before: Option<StoredKey>,
}

impl Interval {
    /// The intersection with another interval.
    pub(super) fn within(mut self, other: &Self) -> Self {
        self.start_after(other.after.as_ref());
        if let Some(before) = &other.before
            && self.before.as_ref().is_none_or(|own| own.common > before.common)
        {
            self.before = Some(before.clone());
        }
        self
    }

    /// Restricts the interval to keys after `key`.
    pub(super) fn start_after(&mut self, key: Option<&StoredKey>) {
        if let Some(key) = key
            && self.after.as_ref().is_none_or(|own| own.common < key.common)
        {
            self.after = Some(key.clone());
        }
    }

    /// Whether no key can lie in it.
    pub(super) fn is_void(&self) -> bool {
        self.after.as_ref().zip(self.before.as_ref()).is_some_and(|(after, before)| after.common >= before.common)
    }

    /// Whether the interval lies after a key.
    pub(super) fn is_after(&self, key: &[u8]) -> bool {
        self.after.as_ref().is_some_and(|after| key <= after.common.as_slice())
    }

    /// Whether the interval lies before a key.
    pub(super) fn is_before(&self, key: &[u8]) -> bool {
        self.before.as_ref().is_some_and(|before| key >= before.common.as_slice())
    }
}
