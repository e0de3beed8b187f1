//! The steps from the columns of a row to the fields of a contract, as text.

use mst_sync::mapping::Explained;
use mst_types::escape_text;

/// The lines on a field: its name and type, and below, indented, the result of each step.
pub(crate) fn step_lines(field: &Explained) -> Vec<String> {
    let kind = if field.is_key { "key" } else { "field" };
    let mut lines = vec![format!("{kind} {}: {}", escape_text(&field.field), field.ty)];
    for step in &field.steps {
        let column = if step.function == "column" { format!(" {}", escape_text(&field.column)) } else { String::new() };
        lines.push(format!("    {}{column} → {} ({})", step.function, step.cell, step.cell.kind()));
    }
    lines.push(match &field.bytes {
        Ok(bytes) => format!("    bytes → {}", if bytes.is_empty() { "(none)".to_owned() } else { hex::encode(bytes) }),
        Err(rule) => format!("    broken: {rule}"),
    });
    lines
}
