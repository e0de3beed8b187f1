//! Any text is a type, or an error with a position; a type's text and JSON read back as the type.
#![no_main]

use mst_types::{Type, parse_literal, parse_schema, read_schema, schema_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<Type>() {
        Ok(ty) => {
            let written = ty.to_string();
            assert_eq!(written.parse::<Type>().as_ref(), Ok(&ty), "{written}");
            let json = serde_json::to_string(&ty).expect("a type is JSON");
            assert_eq!(Type::from_json(&json).ok().as_ref(), Some(&ty), "{written}");
            let noted = read_schema(&schema_bytes(&Type::String, &ty));
            assert_eq!(noted, Some((Type::String, ty)), "{written}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let _ = parse_schema(text);
    // The same bytes as the text that a person types for a value.
    for ty in [Type::String, Type::U64, Type::I128, Type::F64, Type::Char, Type::Vec(Box::new(Type::U8))] {
        if let Ok(bytes) = parse_literal(&ty, text) {
            assert!(mst_types::decode(&ty, &bytes, &Default::default()).is_ok(), "{ty}");
        }
    }
});
