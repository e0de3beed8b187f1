//! Keys between two others.

use crate::node::Codec;

/// A key, as the file stores it and as keys are ordered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// As the damaged file stores it.
    pub stored: Vec<u8>,
    /// As a new file stores it: bytes whose order is that of the keys.
    pub common: Vec<u8>,
}

impl Key {
    pub(super) fn of(stored: &[u8], codec: &Codec) -> Self {
        Self { common: codec.common_key(stored).into_owned(), stored: stored.to_vec() }
    }
}

/// All keys that are strictly between two others; none where there is no limit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Interval {
    /// The last key before.
    pub after: Option<Key>,
    /// The first key behind.
    pub before: Option<Key>,
}

impl Interval {
    /// The part of this that lies in another.
    pub(super) fn within(mut self, other: &Self) -> Self {
        self.start_behind(other.after.as_ref());
        if let Some(before) = &other.before
            && self.before.as_ref().is_none_or(|own| own.common > before.common)
        {
            self.before = Some(before.clone());
        }
        self
    }

    /// Leaves out what is not behind `key`.
    pub(super) fn start_behind(&mut self, key: Option<&Key>) {
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

    /// Whether a key lies before it.
    pub(super) fn is_behind(&self, key: &[u8]) -> bool {
        self.after.as_ref().is_some_and(|after| key <= after.common.as_slice())
    }

    /// Whether a key lies behind it.
    pub(super) fn is_before(&self, key: &[u8]) -> bool {
        self.before.as_ref().is_some_and(|before| key >= before.common.as_slice())
    }
}
