//! Types of keys and values.
