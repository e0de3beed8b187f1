//! Pairing the parts of two types.

use std::sync::Arc;

use super::leaf::{Kind, Leaf, leaf};
use super::{Comparability, TypeDifference};
use crate::escape::escape_text;
use crate::types::ty::{Field, Shape, Type, Variant};

/// How a part of a value on the left is compared with one on the right.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// The part is not compared.
    Skipped,
    /// A value without parts, with the digits after the point on each side.
    Leaf { kind: Kind, left: u8, right: u8 },
    /// An option on both sides.
    Option(Box<Part>),
    /// An option on one side (the left if `left`); on the other side the value is always present.
    Optional { left: bool, item: Box<Part> },
    /// A list or array on both sides.
    List(Box<Part>),
    /// A map on both sides; the order of its entries does not matter.
    Map(Box<Part>, Box<Part>),
    /// A tuple with the same number of parts on both sides.
    Tuple(Vec<Part>),
    /// The fields that both sides have.
    Struct(Vec<Member>),
    /// Variants, paired by name.
    Enum(Choice),
}

/// A field that both sides have: its index on each side, and how it is compared.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: Arc<str>,
    pub(super) left: usize,
    pub(super) right: usize,
    pub(super) part: Part,
}

/// The variants of two enums.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// For each variant on the left, its index among all names.
    pub(super) left: Vec<usize>,
    /// For each variant on the right, its index among all names.
    pub(super) right: Vec<usize>,
    /// The payload for each name.
    pub(super) payloads: Vec<Part>,
}

pub(super) fn pair(left: &Type, right: &Type) -> Comparability {
    let mut pairing = Pairing { path: String::new(), differences: Vec::new(), keeps_order: true };
    let part = pairing.types(left, right);
    Comparability { part, differences: pairing.differences, keeps_order: pairing.keeps_order }
}

struct Pairing {
    path: String,
    differences: Vec<TypeDifference>,
    keeps_order: bool,
}

impl Pairing {
    /// Records that the part at the path differs.
    fn differ(&mut self, left: Option<&Type>, right: Option<&Type>, differs: impl Into<String>, comparable: bool) {
        self.differences.push(TypeDifference {
            path: self.path.clone(),
            left: left.cloned(),
            right: right.cloned(),
            differs: differs.into(),
            comparable,
        });
    }

    fn skip(&mut self, left: &Type, right: &Type, differs: impl Into<String>) -> Part {
        self.differ(Some(left), Some(right), differs, false);
        Part::Skipped
    }

    /// Runs `action` with `part` appended to the path.
    fn within<T>(&mut self, part: &str, action: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(if length == 0 { part.trim_start_matches('.') } else { part });
        let done = action(self);
        self.path.truncate(length);
        done
    }

    /// The recursion is bounded: the nesting of types is limited when they are read.
    fn types(&mut self, left: &Type, right: &Type) -> Part {
        match (leaf(left), leaf(right)) {
            (Some(a), Some(b)) => return self.leaves((left, a), (right, b)),
            (None, None) => {}
            (a, b) => {
                if let Some(part) = self.optional(left, right) {
                    return part;
                }
                let name = |leaf: Option<Leaf>, ty: &Type| leaf.map_or_else(|| shape(ty), |leaf| leaf.kind.name());
                return self.skip(left, right, format!("{} versus {}", name(a, left), name(b, right)));
            }
        }
        match (left.wire(), right.wire()) {
            (Type::Option(a), Type::Option(b)) => Part::Option(Box::new(self.types(a, b))),
            (Type::Option(_), _) | (_, Type::Option(_)) => self.optional(left, right).unwrap_or(Part::Skipped),
            (Type::Vec(a), Type::Vec(b)) => self.items(a, b),
            (Type::Array(a, m), Type::Array(b, n)) if m == n => self.items(a, b),
            (Type::Vec(a) | Type::Array(a, _), Type::Vec(b) | Type::Array(b, _)) => {
                self.differ(Some(left), Some(right), "a fixed length, or a different one", true);
                self.items(a, b)
            }
            (Type::Map(k, v), Type::Map(l, w)) => {
                let before = self.differences.len();
                let key = self.within("{key}", |it| it.types(k, l));
                let value = self.within("{value}", |it| it.types(v, w));
                // If the keys differ, the entries of a map may be sorted differently.
                self.keeps_order &= self.differences.len() == before;
                Part::Map(Box::new(key), Box::new(value))
            }
            (Type::Tuple(a), Type::Tuple(b)) => self.tuples((left, a), (right, b)),
            (Type::Struct(a), Type::Struct(b)) => self.structs((left, a), (right, b)),
            (Type::Enum(a), Type::Enum(b)) => self.enums((left, a), (right, b)),
            _ => self.skip(left, right, format!("{} versus {}", shape(left), shape(right))),
        }
    }

    fn leaves(&mut self, (left, a): (&Type, Leaf), (right, b): (&Type, Leaf)) -> Part {
        if a.kind != b.kind {
            return self.skip(left, right, format!("{} versus {}", a.kind.name(), b.kind.name()));
        }
        if left.wire() != right.wire() && a.kind != Kind::Unit || a.digits != b.digits {
            self.differ(Some(left), Some(right), a.kind.nuance(), true);
        }
        Part::Leaf { kind: a.kind, left: a.digits, right: b.digits }
    }

    /// An option on one side and something else on the other; `None` if neither is an option.
    fn optional(&mut self, left: &Type, right: &Type) -> Option<Part> {
        let (is_left, a, b) = match (left.wire(), right.wire()) {
            (Type::Option(a), _) => (true, &**a, right),
            (_, Type::Option(b)) => (false, left, &**b),
            _ => return None,
        };
        self.differ(Some(left), Some(right), "a value may be missing on one side only", true);
        Some(Part::Optional { left: is_left, item: Box::new(self.types(a, b)) })
    }

    fn items(&mut self, a: &Type, b: &Type) -> Part {
        Part::List(Box::new(self.within("[]", |it| it.types(a, b))))
    }

    fn tuples(&mut self, (left, a): (&Type, &[Type]), (right, b): (&Type, &[Type])) -> Part {
        if a.len() != b.len() {
            return self.skip(left, right, format!("{} parts versus {}", a.len(), b.len()));
        }
        let part = |(index, (a, b)): (usize, (&Type, &Type))| self.within(&format!(".{index}"), |it| it.types(a, b));
        Part::Tuple(a.iter().zip(b).enumerate().map(part).collect())
    }

    fn structs(&mut self, (left, a): (&Type, &[Field]), (right, b): (&Type, &[Field])) -> Part {
        let index_of = |fields: &[Field], name: &str| fields.iter().position(|field| *field.name == *name);
        let both: Vec<_> =
            a.iter().enumerate().filter_map(|(index, field)| Some((field, index, index_of(b, &field.name)?))).collect();
        if both.is_empty() && !(a.is_empty() && b.is_empty()) {
            return self.skip(left, right, "no field has the same name on both sides");
        }
        if !both.is_sorted_by_key(|(_, _, right)| *right) {
            self.differ(Some(left), Some(right), "the fields are in a different order", true);
            self.keeps_order = false;
        }
        let mut members = Vec::new();
        for (field, left, right) in both {
            let Some(other) = b.get(right) else { continue };
            let part = self.within(&step(&field.name), |it| it.types(&field.ty, &other.ty));
            members.push(Member { name: field.name.clone(), left, right, part });
        }
        for (own, other, is_left) in [(a, b, true), (b, a, false)] {
            for (index, field) in own.iter().enumerate().filter(|(_, field)| index_of(other, &field.name).is_none()) {
                // A field of the same type at the same index may be this field under another name, or an unrelated one.
                let alike = other.get(index).filter(|it| index_of(own, &it.name).is_none() && it.ty == field.ty);
                let side = if is_left { "left" } else { "right" };
                let differs = match alike {
                    Some(alike) => {
                        let name = escape_text(&alike.name);
                        format!(
                            "a field with this name exists on the {side} only; one of the same type is called {name}"
                        )
                    }
                    None => format!("a field that exists on the {side} only"),
                };
                let (l, r) = if is_left { (Some(&field.ty), None) } else { (None, Some(&field.ty)) };
                self.within(&step(&field.name), |it| it.differ(l, r, differs, false));
            }
        }
        Part::Struct(members)
    }

    fn enums(&mut self, (left, a): (&Type, &[Variant]), (right, b): (&Type, &[Variant])) -> Part {
        let index_of = |variants: &[Variant], name: &str| variants.iter().position(|variant| *variant.name == *name);
        let missing = |own: &[Variant], other: &[Variant]| -> Vec<String> {
            let only = own.iter().filter(|variant| index_of(other, &variant.name).is_none());
            only.map(|variant| escape_text(&variant.name).into_owned()).collect()
        };
        let (only_left, only_right) = (missing(a, b), missing(b, a));
        if !only_left.is_empty() && !only_right.is_empty() {
            // One may be a new name for the other, so neither can be taken as missing.
            let (a, b) = (only_left.join(", "), only_right.join(", "));
            return self.skip(left, right, format!("variants with different names: {a} on the left, {b} on the right"));
        }
        for (names, side) in [(only_left, "left"), (only_right, "right")] {
            if !names.is_empty() {
                let differs = format!("a variant that exists on the {side} only: {}", names.join(", "));
                self.differ(Some(left), Some(right), differs, true);
            }
        }
        // All names, in the order of the side that has them all.
        let all = if a.len() >= b.len() { a } else { b };
        let indices = |own: &[Variant]| -> Vec<usize> {
            own.iter().map(|variant| index_of(all, &variant.name).unwrap_or(all.len())).collect()
        };
        let (left_indices, right_indices) = (indices(a), indices(b));
        if !left_indices.is_sorted() || !right_indices.is_sorted() {
            self.differ(Some(left), Some(right), "the variants are in a different order", true);
            self.keeps_order = false;
        } else if left_indices.iter().zip(&right_indices).any(|(a, b)| a != b) {
            self.differ(Some(left), Some(right), "the variants have different numbers", true);
        }
        let mut payloads = Vec::new();
        for variant in all {
            let of =
                |variants: &'_ [Variant]| index_of(variants, &variant.name).and_then(|at| variants.get(at)).cloned();
            payloads.push(match (of(a), of(b)) {
                (Some(a), Some(b)) => {
                    self.within(&step(&variant.name), |it| it.shapes((left, &a.shape), (right, &b.shape)))
                }
                // No value of the other side can be of this variant.
                _ => Part::Skipped,
            });
        }
        Part::Enum(Choice { left: left_indices, right: right_indices, payloads })
    }

    fn shapes(&mut self, (left, a): (&Type, &Shape), (right, b): (&Type, &Shape)) -> Part {
        match (a, b) {
            (Shape::Unit, Shape::Unit) => Part::Tuple(Vec::new()),
            (Shape::Tuple(x), Shape::Tuple(y)) => match (x.as_slice(), y.as_slice()) {
                ([x], [y]) => Part::Tuple(vec![self.types(x, y)]),
                (x, y) => self.tuples((left, x), (right, y)),
            },
            (Shape::Struct(x), Shape::Struct(y)) => self.structs((left, x), (right, y)),
            (a, b) => self.skip(left, right, format!("{} versus {}", a.describe(), b.describe())),
        }
    }
}

fn step(name: &str) -> String {
    format!(".{}", escape_text(name))
}

/// The name of a type with parts, for messages.
fn shape(ty: &Type) -> &'static str {
    match ty.wire() {
        Type::Option(_) => "an option",
        Type::Vec(_) | Type::Array(..) => "a list",
        Type::Map(..) => "a map",
        Type::Tuple(_) => "a tuple",
        Type::Struct(_) => "a struct",
        Type::Enum(_) => "an enum",
        _ => "a value without parts",
    }
}
