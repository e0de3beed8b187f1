//! The message for a source that is not built in.

use mst_sync::source::SourceError;

#[test]
fn the_command_that_a_message_names_builds_the_source() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let manifest: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    // `cargo install --path .` builds the package of this file.
    assert_eq!(manifest["package"]["name"].as_str(), Some("mst-tui"));
    for kind in ["csv", "ndjson", "sqlite", "postgres", "mysql", "parquet"] {
        let message = SourceError::NotBuilt { kind }.to_string();
        let (_, command) = message.split_once(": ").unwrap();
        let feature = command.strip_prefix("cargo install --path . --features ").unwrap();
        let enabled = manifest["features"][feature].as_array().unwrap();
        assert_eq!(enabled.len(), 1);
        assert_eq!(enabled[0].as_str(), Some(format!("mst-sync/{kind}").as_str()));
    }
}
