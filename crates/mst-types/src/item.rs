//! A key or value as a file stores it: a type and an encoding.

use std::fmt;

use crate::key::ordered::{self, OrderedError};
use crate::key::text::{key_example, key_text, read_key};
use crate::value::literal::parse_json;
use crate::{
    DecodeError, DecodeOptions, LiteralError, Remarks, Type, Value, decode, decode_with_remarks, parse_literal,
};

/// How values of a type are encoded.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Encoding {
    /// Postcard: all values, and the keys of the published dialects.
    Postcard,
    /// The order-preserving bytes of [`MerkleKey`](crate::MerkleKey): the keys of files in our own format.
    Ordered,
}

/// The type of a file's keys or values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ItemType {
    /// The type.
    pub ty: Type,
    /// How its values are stored.
    pub encoding: Encoding,
}

/// Why bytes or a text are not a value of a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ItemError {
    /// The bytes do not decode.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The bytes are not a key, or the type has no order-preserving encoding.
    #[error(transparent)]
    Ordered(#[from] OrderedError),
    /// The text is not a value of the type.
    #[error(transparent)]
    Literal(#[from] LiteralError),
}

impl ItemType {
    /// Items encoded in postcard.
    pub fn postcard(ty: Type) -> Self {
        Self { ty, encoding: Encoding::Postcard }
    }

    /// Keys encoded in order-preserving bytes.
    pub fn ordered(ty: Type) -> Self {
        Self { ty, encoding: Encoding::Ordered }
    }

    /// Decodes stored bytes; all of them must belong to the value.
    ///
    /// # Errors
    /// The bytes are not a value of the type.
    pub fn decode(&self, stored: &[u8]) -> Result<Value, ItemError> {
        match self.encoding {
            Encoding::Postcard => Ok(decode(&self.ty, stored, &DecodeOptions::default())?),
            Encoding::Ordered => Ok(ordered::decode(&self.ty, stored)?),
        }
    }

    /// Decodes stored bytes as far as they make sense, and reports what strict decoding would not have accepted.
    /// Order-preserving keys are always decoded strictly.
    ///
    /// # Errors
    /// The bytes make no sense as a value of the type.
    pub fn decode_lenient(&self, stored: &[u8]) -> Result<(Value, Remarks), ItemError> {
        match self.encoding {
            Encoding::Postcard => Ok(decode_with_remarks(&self.ty, stored, &DecodeOptions::lenient())?),
            Encoding::Ordered => Ok((ordered::decode(&self.ty, stored)?, Remarks::default())),
        }
    }

    /// The stored bytes of a value.
    ///
    /// # Errors
    /// [`ItemError::Literal`] if the value is not of the type, [`ItemError::Ordered`] if the type cannot be a key.
    pub fn encode(&self, value: &Value) -> Result<Vec<u8>, ItemError> {
        match self.encoding {
            Encoding::Postcard => Ok(crate::encode(&self.ty, value).map_err(LiteralError::Value)?),
            Encoding::Ordered => Ok(ordered::encode(&self.ty, value)?),
        }
    }

    /// The stored bytes of a value that a person typed: see [`parse_literal`].
    ///
    /// # Errors
    /// [`ItemError::Literal`], [`ItemError::Ordered`].
    pub fn parse(&self, text: &str) -> Result<Vec<u8>, ItemError> {
        self.stored(parse_literal(&self.ty, text)?)
    }

    /// The stored bytes of a key, written either as it is printed ([`ItemType::key_text`]) or as JSON. A text that is
    /// valid as both is read as the printed form.
    ///
    /// - A text stands for itself, with the escapes of [`escape_text`](crate::escape_text); one that begins with a
    ///   quote is in quotes, as in JSON.
    /// - A whole number may have the thousands separators that the screen shows: `12,345`.
    /// - Everything else is read as by [`parse_literal`].
    ///
    /// # Errors
    /// [`ItemError::Literal`], [`ItemError::Ordered`].
    ///
    /// ```
    /// use mst_types::ItemType;
    /// let keys = ItemType::ordered("{a: u8, b: String}".parse()?);
    /// assert_eq!(keys.parse_key(r#"{a: 1, b: "A"}"#)?, keys.parse_key(r#"{"a": 1, "b": "A"}"#)?);
    /// let texts = ItemType::ordered("String".parse()?);
    /// assert_eq!(texts.parse_key(r"two\nlines")?, b"two\nlines");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_key(&self, text: &str) -> Result<Vec<u8>, ItemError> {
        self.encode(&read_key(&self.ty, text)?)
    }

    /// A key as it is printed; [`ItemType::parse_key`] reads it back. `None` if the bytes are not of the type.
    pub fn key_text(&self, stored: &[u8]) -> Option<String> {
        self.decode(stored).ok().map(|value| key_text(&value))
    }

    /// An example key of this type in its printed form, to show how one is written.
    pub fn key_example(&self) -> String {
        key_example(&self.ty)
    }

    /// The stored bytes of a value written as JSON in its serialized form: a text in quotes, bytes as hex digits in
    /// quotes.
    ///
    /// # Errors
    /// [`ItemError::Literal`], [`ItemError::Ordered`].
    ///
    /// ```
    /// use mst_types::ItemType;
    /// let ids = ItemType::ordered("(u16, String)".parse()?);
    /// assert_eq!(ids.parse_json(r#"[258, "a"]"#)?, b"\x01\x02a\0\0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_json(&self, json: &str) -> Result<Vec<u8>, ItemError> {
        self.stored(parse_json(&self.ty, json)?)
    }

    /// Converts a value from postcard to the encoding of this item.
    fn stored(&self, postcard: Vec<u8>) -> Result<Vec<u8>, ItemError> {
        match self.encoding {
            Encoding::Postcard => Ok(postcard),
            Encoding::Ordered => self.encode(&decode(&self.ty, &postcard, &DecodeOptions::default())?),
        }
    }

    /// Whether the bytes of an item begin with their length.
    pub fn has_length(&self) -> bool {
        let sized = match self.ty.wire() {
            Type::String => true,
            Type::Vec(item) => **item == Type::U8,
            _ => false,
        };
        sized && self.encoding == Encoding::Postcard
    }
}

impl fmt::Display for ItemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ty.fmt(f)
    }
}
