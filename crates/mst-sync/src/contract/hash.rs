//! The hash of a contract, which a tree that follows it carries.

use std::fmt::Write;

use super::model::{Contract, Digest, Field, Values};
use super::text::version_text;

impl Contract {
    /// The contract in the text that its hash covers: everything that canonical bytes depend on, and the name.
    /// Comments, the order of settings and whether a default is written out make no difference. See `docs/CONTRACT.md`.
    pub fn canonical_text(&self) -> String {
        let values = match self.values {
            Values::Fields => "fields",
            Values::Fingerprint(Digest::Blake3) => "blake3",
            Values::Fingerprint(Digest::Sha256) => "sha256",
        };
        let unicode = self.unicode.map_or_else(|| "-".to_owned(), version_text);
        // Writing to a string does not fail.
        let mut text = format!("mst-tui contract 1\nname {}\nunicode {unicode}\nvalues {values}\n", quoted(&self.name));
        // Written only if set, so that contracts from before this setting existed keep their hashes.
        if let Some(version) = &self.tzdb {
            let _ = writeln!(text, "tzdb {version}");
        }
        if self.multiset {
            text.push_str("multiset true\n");
        }
        for (what, fields) in [("key", &self.key), ("field", &self.fields)] {
            for field in fields {
                let _ = writeln!(text, "{what} {}", line(field, if what == "key" { "key" } else { "allow" }));
            }
        }
        text
    }

    /// The hash that trees under this contract carry.
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(self.canonical_text().as_bytes()).as_bytes()
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `nullable` is the word for a field that takes null.
fn line(field: &Field, nullable: &str) -> String {
    let Field { name, ty, rules } = field;
    let ty = match ty {
        super::FieldType::Enum(names) => serde_json::Value::from(names.as_slice()).to_string(),
        ty => ty.to_string(),
    };
    let default = rules.default.as_ref().map_or_else(|| "-".to_owned(), hex::encode);
    // The names of the variants in lower case with hyphens, which are the settings' values. Renaming a variant would
    // change the hash of every contract.
    let word = |debug: String| {
        let mut out = String::new();
        for (at, c) in debug.char_indices() {
            if c.is_ascii_uppercase() && at > 0 {
                out.push('-');
            }
            out.push(c.to_ascii_lowercase());
        }
        out
    };
    format!(
        "{} {ty} trim={} case={} nfc={} empty={} null={} rounding={} floats={} default={default}",
        quoted(name),
        rules.trim,
        word(format!("{:?}", rules.case)),
        rules.nfc,
        word(format!("{:?}", rules.empty)),
        if rules.nullable { nullable } else { "refuse" },
        word(format!("{:?}", rules.rounding)),
        word(format!("{:?}", rules.floats)),
    )
}
