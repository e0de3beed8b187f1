//! The [`Type`]s of types of Rust's standard library, found by name.

use crate::Type;

/// Module paths of the standard library's types, which the text form of types omits.
const PATHS: [&str; 9] = [
    "alloc::string::",
    "alloc::vec::",
    "alloc::boxed::",
    "alloc::collections::btree::map::",
    "std::collections::hash::map::",
    "core::option::",
    "alloc::borrow::",
    "alloc::sync::",
    "alloc::rc::",
];

/// The type that postcard writes for a Rust type, if it consists only of types of the standard library: numbers, text,
/// options, tuples, arrays, lists, maps. `None` for types of other crates, whose fields are not part of the name.
///
/// Rust promises type names only for diagnostics. If a later version writes a name differently, the name is not
/// understood and the result is `None`; it is never a wrong type.
pub fn type_of<T: ?Sized>() -> Option<Type> {
    let mut name = std::any::type_name::<T>().to_owned();
    for path in PATHS {
        name = name.replace(path, "");
    }
    // Any path left over belongs to a type of another crate.
    if name.contains("::") { None } else { name.parse().ok() }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::*;

    struct String;

    #[test]
    fn types_of_the_standard_library_are_known() {
        let text = |ty: Option<Type>| ty.map(|ty| ty.to_string());
        assert_eq!(text(type_of::<std::string::String>()).as_deref(), Some("String"));
        assert_eq!(text(type_of::<str>()).as_deref(), Some("String"));
        assert_eq!(text(type_of::<Vec<u8>>()).as_deref(), Some("Vec<u8>"));
        assert_eq!(text(type_of::<[u8; 32]>()).as_deref(), Some("[u8; 32]"));
        assert_eq!(text(type_of::<Option<Box<i64>>>()).as_deref(), Some("Option<i64>"));
        assert_eq!(text(type_of::<(u32, std::string::String, ())>()).as_deref(), Some("(u32, String, ())"));
        assert_eq!(text(type_of::<BTreeMap<char, f64>>()).as_deref(), Some("Map<char, f64>"));
        assert!(text(type_of::<HashMap<u8, bool>>()).is_none_or(|text| text == "Map<u8, bool>"));
    }

    #[test]
    fn types_of_other_crates_are_unknown() {
        assert_eq!(type_of::<String>(), None);
        assert_eq!(type_of::<Vec<String>>(), None);
        assert_eq!(type_of::<std::time::Duration>(), None);
    }
}
