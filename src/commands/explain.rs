//! `explain`: why a key is stored where it is, or how its absence is known.

use file_mst::NodeKey;
use file_mst::inspect::explain::{End, Explanation, explain};
use file_mst::inspect::tree::NodePosition;
use file_mst::open::Typing;
use serde_json::{Value as Json, json};

use super::Outcome;
use super::support::keys::{key_type, parse_key};
use super::support::open_tree::OpenTree;
use super::support::output::{Output, warn};
use super::support::tree_args::TreeArgs;
use crate::model::explain::lines;
use crate::model::item::{JsonParts, ValueFormat, formatted};

#[derive(clap::Args, Debug)]
pub(super) struct ExplainArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// The key: text, a number, hex digits for bytes, or JSON for structures
    // The id `key` is that of --key, the type.
    #[arg(value_name = "KEY", allow_hyphen_values = true)]
    wanted: String,
    /// How to print the value; in JSON only redacted has an effect
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    format_value: ValueFormat,
    /// Print one JSON object a line: the key, each node on the path, and the result
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ExplainArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let OpenTree { opened, .. } = args.tree.open()?;
    let stored = parse_key(key_type(&opened.typing)?, &args.wanted)?;
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
            warn(&error.to_string());
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
            NodePosition::Record(index) => ("key", index),
            NodePosition::Child(index) => ("child", index),
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
