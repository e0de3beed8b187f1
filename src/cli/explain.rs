//! `explain`: why a key stands where it stands, or how one knows that it is not there.

use anyhow::Context;
use file_mst::explain::{End, Explanation, explain};
use file_mst::open::Typing;
use file_mst::tree::{NodeKey, Place};
use serde_json::{Value as Json, json};

use super::Outcome;
use super::args::TreeArgs;
use super::output::{Output, complain};
use super::target::OpenTree;
use crate::model::explain::lines;
use crate::model::item::{JsonParts, ValueFormat, formatted};
use crate::model::key::read_key;

#[derive(clap::Args, Debug)]
pub(super) struct ExplainArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// The key: text, a number, hex digits for bytes, JSON for structures
    #[arg(value_name = "KEY", allow_hyphen_values = true)]
    pub(super) wanted: String,
    /// How the value is printed; in JSON it stays as it is unless redacted
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(super) format_value: ValueFormat,
    /// Print one JSON object a line: the key, each node on the way, and how it ends
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(args: &ExplainArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let OpenTree { opened, .. } = args.tree.open()?;
    let ty = opened.typing.key.as_ref().context("the type of the keys is unknown: give --key and --value")?;
    let stored = read_key(ty, &args.wanted).map_err(anyhow::Error::msg)?;
    let explanation = explain(&opened.tree, &stored);
    if args.json {
        for line in json(&explanation, &opened.typing, args.format_value) {
            output.json(&line)?;
        }
    } else {
        let value = |stored: &[u8]| formatted(stored, opened.typing.value.as_ref(), args.format_value);
        for line in lines(&explanation, &opened.typing, None, value) {
            output.line(&format!("{:10} {}", line.name, line.text))?;
        }
    }
    Ok(match &explanation.end {
        End::Found(_) => Outcome::Good,
        End::Absent { .. } => Outcome::Bad,
        End::Damaged { error, .. } => {
            complain(&error.to_string());
            Outcome::Unknown
        }
    })
}

fn key(key: Option<&NodeKey>, typing: &Typing) -> Json {
    key.map_or(Json::Null, |key| {
        let shown = typing.key.as_ref().and_then(|ty| ty.decode(key.stored()).ok());
        json!({ "key": shown, "key_hex": hex::encode(key.hashed()) })
    })
}

fn json(explanation: &Explanation, typing: &Typing, format: ValueFormat) -> Vec<Json> {
    let shown = typing.key.as_ref().and_then(|ty| ty.decode(&explanation.stored_key).ok());
    let mut lines = vec![json!({
        "kind": "key",
        "key": shown,
        "key_hex": hex::encode(&explanation.key),
        "hash": explanation.hash.to_string(),
        "level": explanation.level,
    })];
    for step in &explanation.steps {
        let (place, index) = match step.place {
            Place::At(index) => ("key", index),
            Place::Below(index) => ("child", index),
        };
        lines.push(json!({
            "kind": "node",
            "offset": step.node.offset(),
            "hash": step.link.hash.to_string(),
            "level": step.node.level(),
            "keys": step.node.key_count(),
            "after": key(step.after.as_ref(), typing),
            "before": key(step.before.as_ref(), typing),
            (place): index,
        }));
    }
    lines.push(match &explanation.end {
        End::Found(key) => {
            let record = key.record();
            let parts = record.map(|record| JsonParts::new(record.bytes().value, typing.value.as_ref(), format));
            let JsonParts { value, hex, redacted } = parts.unwrap_or_default();
            let mut found = json!({ "kind": "found", "value": value, "value_hex": hex });
            if let Some(redacted) = redacted {
                found["redacted"] = json!(redacted);
            }
            found
        }
        End::Absent { after, before } => json!({
            "kind": "absent", "after": key(after.as_ref(), typing), "before": key(before.as_ref(), typing),
        }),
        End::Damaged { link, error } => json!({
            "kind": "damaged", "offset": link.offset, "error": error.to_string(),
        }),
    });
    lines
}
