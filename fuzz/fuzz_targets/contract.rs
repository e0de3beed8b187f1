//! Any text is a contract, or an error with a position.
#![no_main]

use std::path::Path;

use mst_sync::contract::Contract;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| match Contract::parse(text, Path::new("contract.toml")) {
    Ok(contract) => {
        assert!(contract.canonical_text().lines().all(|line| !line.is_empty()));
        assert!(!contract.key.is_empty());
        for ty in [contract.key_type(), contract.value_type(), contract.record_type()] {
            let written = ty.to_string();
            assert_eq!(written.parse().as_ref(), Ok(&ty), "{written}");
        }
    }
    Err(error) => {
        assert!(error.line >= 1 && error.column >= 1, "{error}");
        let lines = text.split('\n').count();
        assert!(error.line <= lines, "{error}: there are {lines} lines");
    }
});
