//! The text form of types.

use super::super::{Type, TypeParseError as E};
use super::ty;

#[test]
fn accepted_texts_are_written_in_canonical_form() {
    for (text, written) in [
        ("usize", "u64"),
        ("isize", "i64"),
        (" & str ", "String"),
        ("bytes", "Vec<u8>"),
        ("Box<Vec<Box<u8>>>", "Vec<u8>"),
        ("HashMap<str,u8>", "Map<String, u8>"),
        ("BTreeMap<i8, ()>", "Map<i8, ()>"),
        ("(u8)", "u8"),
        ("(u8,)", "(u8,)"),
        ("(u8,bool,)", "(u8, bool)"),
        ("[u8;1_000]", "[u8; 1000]"),
        ("{a:u8,\n\"b c\":{},}", "{a: u8, \"b c\": {}}"),
        ("{enum: enum{A,B(u8),C{x:()},D()}}", "{enum: enum {A, B(u8), C{x: ()}, D()}}"),
        (r#"{"\u{202e}\"\\\n": u8}"#, r#"{"\u{202e}\"\\\n": u8}"#),
    ] {
        assert_eq!(ty(text).to_string(), written);
    }
}

#[test]
fn refused_texts_have_their_position() {
    for (text, message) in [
        ("", "at column 1: expected a type, found the end of the text"),
        ("Vec<é", "at column 5: expected a type such as u64, String or Vec<u8>, found `é`"),
        ("Vec<>", "at column 5: expected a type, found `>`"),
        ("Vec", "at column 4: expected `<`, found the end of the text"),
        ("u8 u8", "at column 4: expected the end of the type, found `u8`"),
        ("(u8 u8)", "at column 5: expected `,` or `)`, found `u8`"),
        ("(,)", "at column 2: expected a type, found `,`"),
        ("[u8]", "at column 4: expected `;` and the length of the array, found `]`"),
        ("[u8; x]", "at column 6: expected the length of the array, found `x`"),
        ("[u8; 4294967296]", "at column 6: expected an array length of at most 4294967295, found 4294967296"),
        ("{é: u8, é: u8}", "at column 9: expected names that differ, found `é` again"),
        ("{a u8}", "at column 4: expected `:` and the type of the field, found `u8`"),
        ("Map<u8>", "at column 7: expected `,` and the type of the map's values, found `>`"),
        ("&u8", "at column 2: expected `str`, found `u8`"),
        (r#"{"\x": u8}"#, r#"at column 3: expected one of the escapes \n \r \t \\ \" \u{...}, found `\\`"#),
    ] {
        let error = text.parse::<Type>().expect_err(text);
        assert_eq!(error.to_string(), message, "{text}");
    }
}

#[test]
fn size_and_depth_are_bounded() {
    let nested = |n: usize| format!("{}u8{}", "Option<".repeat(n), ">".repeat(n));
    assert_eq!(ty(&nested(64)).to_string(), nested(64));
    assert!(matches!(nested(65).parse::<Type>(), Err(E::TooDeep { .. })));
    assert!(matches!("[".repeat(1_000_000).parse::<Type>(), Err(E::TooDeep { .. })));
    assert!(matches!("Box<".repeat(1_000_000).parse::<Type>(), Err(E::TooDeep { .. })));

    let wide = |n: usize| format!("({})", "u8,".repeat(n));
    assert!(wide(4095).parse::<Type>().is_ok());
    assert!(matches!(wide(4096).parse::<Type>(), Err(E::TooLarge { .. })));
    let variants: String = (0..4096).map(|n| format!("V{n},")).collect();
    let wide = format!("enum {{{variants}}}").parse::<Type>();
    assert!(matches!(wide, Err(E::TooLarge { .. })));
}
