//! Encodes records for the tree, and checks them against the limits.

use serde::Serialize;

use super::order::OrderCheck;
use super::{MerkleKey, value};
use crate::error::Error;
use crate::write::{Sender, check_key, check_value};

/// Sends records, whose keys must be strictly ascending.
pub(super) fn send_sorted<K: MerkleKey, V: Serialize>(mut sender: Sender, records: impl IntoIterator<Item = (K, V)>) {
    let mut order = OrderCheck::default();
    let (mut key_bytes, mut value_bytes, mut last) = (Vec::new(), Vec::new(), None::<Vec<u8>>);
    for (index, (key, value)) in records.into_iter().enumerate() {
        key_bytes.clear();
        value_bytes.clear();
        let encoded = encode_key(&key, &mut key_bytes).and_then(|()| encode_value(&value, &mut value_bytes));
        let checked = encoded.and_then(|()| {
            if last.as_ref().is_some_and(|last| *last >= key_bytes) {
                return Err(Error::Unsorted { index: index as u64, key: hex::encode(&key_bytes) });
            }
            order.see(key, &key_bytes)
        });
        if let Err(error) = checked {
            return sender.end(Some(error));
        }
        if !sender.push(&key_bytes, Some(&value_bytes), true) {
            return;
        }
        std::mem::swap(last.get_or_insert_default(), &mut key_bytes);
    }
    sender.end(None);
}

pub(super) fn encode_key<Q: MerkleKey + ?Sized>(key: &Q, to: &mut Vec<u8>) -> Result<(), Error> {
    let start = to.len();
    key.encode_into(to);
    check_key(to.len() - start)
}

pub(super) fn encode_value<V: Serialize>(value: &V, to: &mut Vec<u8>) -> Result<(), Error> {
    let start = to.len();
    value::encode(value, to)?;
    check_value(to.len() - start)
}
