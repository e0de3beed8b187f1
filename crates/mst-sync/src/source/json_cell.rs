//! JSON values as cells.

use super::Cell;

/// A JSON value as a cell.
pub(crate) fn json_cell(text: &str) -> Result<Cell<'_>, serde_json::Error> {
    Ok(match text.as_bytes().first() {
        Some(b'"') => {
            let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
            if inner.contains('\\') {
                Cell::Text(serde_json::from_str::<String>(text)?.into())
            } else {
                Cell::Text(inner.into())
            }
        }
        Some(b'n') => Cell::Null,
        Some(b't') => Cell::Bool(true),
        Some(b'f') => Cell::Bool(false),
        Some(b'{' | b'[') => Cell::Json(text.into()),
        _ => match text.parse() {
            // A minus zero becomes zero.
            Ok(number) => Cell::Int(number),
            Err(_) => Cell::Number { text: text.into(), shift: 0 },
        },
    })
}
