//! A value as a tree of its parts, each with its name and its type.

use mst_types::{Field, Payload, Shape, Type, Value, ValueKind, escape_text};

use crate::model::text::{count, cut};

/// The widest type in a line, in columns.
const WIDEST_TYPE: usize = 40;

/// The parts of a value, one a line: `name: type = value`, what is within them indented below.
pub(crate) fn tree(ty: &Type, value: &Value) -> Vec<String> {
    let mut tree = Tree { lines: Vec::new() };
    match (ty.wire(), &value.kind) {
        // A struct has nothing to say of itself but its fields.
        (Type::Struct(fields), ValueKind::Struct(values)) if !values.is_empty() => tree.fields(0, fields, values),
        _ => tree.branch(0, None, ty, value),
    }
    tree.lines
}

struct Tree {
    lines: Vec<String>,
}

impl Tree {
    /// Recursion no deeper than values nest, which decoding bounds.
    fn branch(&mut self, depth: usize, name: Option<&str>, ty: &Type, value: &Value) {
        match (ty.wire(), &value.kind) {
            (Type::Struct(fields), ValueKind::Struct(values)) => {
                self.line(depth, name, ty, "");
                self.fields(depth + 1, fields, values);
            }
            (Type::Tuple(types), ValueKind::Tuple(values)) => {
                self.line(depth, name, ty, "");
                self.items(depth + 1, types, values);
            }
            (Type::Vec(item) | Type::Array(item, _), ValueKind::Seq(values)) => {
                self.line(depth, name, ty, &count(values.len() as u64, "item"));
                for (n, value) in values.iter().enumerate() {
                    self.branch(depth + 1, Some(&format!("[{n}]")), item, value);
                }
            }
            (Type::Map(key, item), ValueKind::Map(entries)) => {
                self.line(depth, name, ty, &entries_text(entries.len()));
                for (k, v) in entries {
                    match (key.wire(), item.wire()) {
                        (_, Type::Unit) => self.line(depth + 1, None, key, &k.to_string()),
                        _ => self.branch(depth + 1, Some(&k.to_string()), item, v),
                    }
                }
            }
            (Type::Option(inner), ValueKind::Some(value)) if has_parts(value) => {
                self.branch(depth, name, inner, value);
            }
            (Type::Enum(variants), ValueKind::Variant { index, name: variant, payload }) => {
                self.line(depth, name, ty, &escape_text(variant));
                let shape = usize::try_from(*index).ok().and_then(|index| variants.get(index)).map(|it| &it.shape);
                match (shape, payload) {
                    (Some(Shape::Tuple(types)), Payload::Tuple(values)) => self.items(depth + 1, types, values),
                    (Some(Shape::Struct(fields)), Payload::Struct(values)) => self.fields(depth + 1, fields, values),
                    _ => {}
                }
            }
            _ => self.line(depth, name, ty, &value.to_string()),
        }
    }

    fn fields(&mut self, depth: usize, fields: &[Field], values: &[(std::sync::Arc<str>, Value)]) {
        for (field, (name, value)) in fields.iter().zip(values) {
            self.branch(depth, Some(&escape_text(name)), &field.ty, value);
        }
    }

    fn items(&mut self, depth: usize, types: &[Type], values: &[Value]) {
        for (n, (ty, value)) in types.iter().zip(values).enumerate() {
            self.branch(depth, Some(&format!(".{n}")), ty, value);
        }
    }

    fn line(&mut self, depth: usize, name: Option<&str>, ty: &Type, text: &str) {
        let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
        let equals = if text.is_empty() { "" } else { " = " };
        self.lines.push(format!("{}{name}{}{equals}{text}", "  ".repeat(depth), type_text(ty)));
    }
}

/// The name of a type in a line. What stands in the lines below is not said twice.
fn type_text(ty: &Type) -> String {
    match ty {
        Type::Named(name, _) => escape_text(name).into_owned(),
        Type::Struct(_) => "struct".to_owned(),
        Type::Enum(_) => "enum".to_owned(),
        ty => cut(&ty.to_string(), WIDEST_TYPE),
    }
}

fn entries_text(entries: usize) -> String {
    if entries == 1 {
        "1 entry".to_owned()
    } else {
        format!("{} entries", crate::model::text::thousands(entries as u64))
    }
}

fn has_parts(value: &Value) -> bool {
    matches!(
        value.kind,
        ValueKind::Struct(_) | ValueKind::Tuple(_) | ValueKind::Seq(_) | ValueKind::Map(_) | ValueKind::Variant { .. }
    )
}

#[cfg(test)]
mod tests {
    use mst_types::ItemType;

    use super::*;

    #[test]
    fn parts_stand_below_what_holds_them() {
        let ty = "Order{id: uuid, at: timestamp(s), tags: Vec<String>, to: Option<{zip: u32}>, \
                  state: enum State {New, Sent{by: String}}, seen: Map<String, (bool, i8)>, none: Option<u8>}";
        let ty = ItemType::postcard(ty.parse().unwrap());
        let json = r#"{"id": "67e5504410b1426f9247bb680e5fe0c8", "at": 0, "tags": ["a\n", "b"], "to": {"zip": 80331},
            "state": {"Sent": {"by": "x"}}, "seen": {"k": [true, -1]}, "none": null}"#;
        let value = ty.decode(&ty.parse(json).unwrap()).unwrap();
        assert_eq!(
            tree(&ty.ty, &value),
            [
                "id: uuid = 67e55044-10b1-426f-9247-bb680e5fe0c8",
                "at: timestamp(s) = 1970-01-01T00:00:00Z",
                "tags: Vec<String> = 2 items",
                "  [0]: String = \"a\\n\"",
                "  [1]: String = \"b\"",
                "to: struct",
                "  zip: u32 = 80331",
                "state: State = Sent",
                "  by: String = \"x\"",
                "seen: Map<String, (bool, i8)> = 1 entry",
                "  \"k\": (bool, i8)",
                "    .0: bool = true",
                "    .1: i8 = -1",
                "none: Option<u8> = None",
            ]
        );
        let list = ItemType::postcard("Vec<u16>".parse().unwrap());
        assert_eq!(tree(&list.ty, &list.decode(&[1, 7]).unwrap()), ["Vec<u16> = 1 item", "  [0]: u16 = 7"]);
    }
}
