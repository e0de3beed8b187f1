//! Passwords stay where they are.
#![cfg(feature = "postgres")]

use std::process::Command;

use crate::program::Scratch;

const CONTRACT: &str = "version = 1\nname = \"x\"\n[[key]]\nname = \"id\"\ntype = \"u32\"\n";

#[test]
fn a_password_is_neither_taken_from_a_mapping_nor_shown() {
    let scratch = Scratch::new();
    scratch.file("contract.toml", CONTRACT.as_bytes());
    let mapping = |source: &str| {
        format!(
            "version = 1\ncontract = \"contract.toml\"\n[source]\nkind = \"postgres\"\ntable = \"t\"\n{source}\n[field.id]\ncolumn = \"id\"\n"
        )
    };
    let error = mst_sync::mapping::Mapping::parse(
        &mapping("url = \"postgres://ada:geheim@db/x\""),
        scratch.path("m.toml").as_ref(),
    );
    let error = error.unwrap_err().to_string();
    assert!(error.contains("m.toml:6:7") && error.contains("PGPASSWORD") && !error.contains("geheim"), "{error}");
    let path = scratch.file("m.toml", mapping("url-env = \"MST_TEST_SECRET\"").as_bytes());
    for url in [
        "postgres://ada:geheim@127.0.0.1:9/x",
        "postgres://ada:geheim@[",
        "host=127.0.0.1 port=9 user=ada password=geheim",
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mst-tui"));
        command.args(["build", "--check"]).arg(&path).env("MST_TEST_SECRET", url);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(!said.contains("geheim") && !said.is_empty(), "{said}");
    }
    let unset = Command::new(env!("CARGO_BIN_EXE_mst-tui"))
        .args(["build", "--check"])
        .arg(&path)
        .env_remove("MST_TEST_SECRET")
        .output();
    assert!(String::from_utf8_lossy(&unset.unwrap().stderr).contains("MST_TEST_SECRET is not set"));
}
