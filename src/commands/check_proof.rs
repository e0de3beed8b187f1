//! `check-proof`: whether a proof holds, given only the root hash.

use std::io::Read;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use anyhow::Context;
use file_mst::NodeHash;
use file_mst::proof::{Answer, KeyOrder, MAX_PROOF, Neighbour, Proved, Question, verify};
use mst_types::Type;
use serde_json::json;

use super::Outcome;
use super::support::input::Input;
use super::support::output::{Output, warn};
use super::support::proof_text::{ProofFormat, summary};
use crate::model::item::ValueFormat;
use crate::model::text::{count, thousands};

#[derive(clap::Args, Debug)]
pub(super) struct CheckProofArgs {
    /// The hash of the root, 64 hex digits, from a source that you trust
    #[arg(value_name = "ROOT_HASH")]
    root: NodeHash,
    /// The proof; `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The type by which a published tree orders its keys, if it does not order them as bytes
    #[arg(long, value_name = "TYPE")]
    ordered_by: Option<Type>,
    /// Show keys as this type, whatever the proof claims
    #[arg(long, value_name = "TYPE")]
    key: Option<Type>,
    /// Show values as this type, whatever the proof claims
    #[arg(long, value_name = "TYPE")]
    value: Option<Type>,
    /// How to print values; in JSON only redacted has an effect
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    format_value: ValueFormat,
    /// Print one JSON object a line: the records, then what is proved
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &CheckProofArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let proof = read(&args.file)?;
    let order = args.ordered_by.clone().map_or(KeyOrder::Bytes, KeyOrder::Typed);
    let answer = match verify(&args.root, &order, &proof) {
        Ok(answer) => answer,
        Err(refusal) => {
            if args.json {
                output.json(&json!({ "valid": false, "root": args.root.to_string(), "why": refusal.to_string() }))?;
            } else {
                warn(&format!("refused: {refusal}"));
            }
            return Ok(Outcome::Bad);
        }
    };
    let types = (args.key.as_ref().or(args.ordered_by.as_ref()), args.value.as_ref());
    let format = ProofFormat::new(&order, answer.note, types, args.format_value);
    if args.json {
        if let Proved::Range { records } = &answer.proved {
            for (key, value) in records {
                output.json(&format.record(key, value))?;
            }
        }
        output.json(&summary(&args.root, &answer, &format, proof.len()))?;
    } else {
        text(&answer, &format, proof.len(), output)?;
    }
    Ok(Outcome::Good)
}

/// The bytes of the proof. A longer file is cut, but so that it is still too long to be valid.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let Input { name, reader } = Input::open(path)?;
    let mut bytes = Vec::new();
    reader.take(MAX_PROOF as u64 + 64).read_to_end(&mut bytes).with_context(|| format!("cannot read {name}"))?;
    Ok(bytes)
}

fn text(answer: &Answer<'_>, format: &ProofFormat, bytes: usize, output: &mut Output) -> anyhow::Result<()> {
    match &answer.proved {
        Proved::Record { key, value } => {
            output.line("valid      the tree holds this record")?;
            output.line(&format!("key        {}", format.key(key)))?;
            output.line(&format!("value      {}", format.value(value)))?;
        }
        Proved::Absent { key } => {
            output.line("valid      the tree holds no record with this key")?;
            output.line(&format!("key        {}", format.key(key)))?;
        }
        Proved::Range { records } => {
            let records = count(records.len() as u64, "record");
            output.line(&format!("valid      the tree holds {records} in this range and no others"))?;
            output.line(&format!("range      {}", range(&answer.question, format)))?;
        }
    }
    if !matches!(answer.proved, Proved::Record { .. }) {
        // The neighbours of the key or the range: the keys before and after it.
        for (name, neighbour) in [("before", answer.before), ("after", answer.behind)] {
            let text = match neighbour {
                Neighbour::Key(key) => format.key(key),
                Neighbour::End => "nothing: the tree ends there".to_owned(),
                Neighbour::NotShown => continue,
            };
            output.line(&format!("{name:10} {text}"))?;
        }
    }
    output.line(&format!("proof      {}, {} bytes", count(answer.nodes, "node"), thousands(bytes as u64)))?;
    if format.noted {
        output.line("types      as the proof claims; they are not proved")?;
    }
    if let Proved::Range { records } = &answer.proved {
        for (key, value) in records {
            output.line(&format!("{}  {}", format.key(key), format.value(value)))?;
        }
    }
    Ok(())
}

fn range(question: &Question, format: &ProofFormat) -> String {
    let Question::Range(start, end) = question else { return String::new() };
    let start = match start {
        Bound::Unbounded => "from the start".to_owned(),
        Bound::Included(key) => format!("from {}", format.key(key)),
        Bound::Excluded(key) => format!("after {}", format.key(key)),
    };
    let end = match end {
        Bound::Unbounded => "to the end".to_owned(),
        Bound::Included(key) => format!("to {}, included", format.key(key)),
        Bound::Excluded(key) => format!("to {}, excluded", format.key(key)),
    };
    format!("{start} {end}")
}
