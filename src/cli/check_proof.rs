//! `check-proof`: whether a proof holds, with nothing but the root hash.

use std::fs::File;
use std::io::{Read, stdin};
use std::ops::Bound;
use std::path::Path;

use anyhow::Context;
use file_mst::proof::{Answer, KeyOrder, MAX_PROOF, Neighbour, Proved, Question, verify};
use file_mst::schema::escape_path;
use serde_json::json;

use super::Outcome;
use super::output::{Output, complain};
use super::proof_args::CheckProofArgs;
use super::proof_text::{Shown, summary};
use crate::model::text::{count, thousands};

pub(super) fn run(args: &CheckProofArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let proof = read(&args.file)?;
    let order = args.ordered_by.clone().map_or(KeyOrder::Bytes, KeyOrder::Typed);
    let answer = match verify(&args.root, &order, &proof) {
        Ok(answer) => answer,
        Err(refusal) => {
            if args.json {
                output.json(&json!({ "valid": false, "root": args.root.to_string(), "why": refusal.to_string() }))?;
            } else {
                complain(&format!("refused: {refusal}"));
            }
            return Ok(Outcome::Bad);
        }
    };
    let types = (args.key.as_ref().or(args.ordered_by.as_ref()), args.value.as_ref());
    let shown = Shown::new(&order, answer.note, types, args.format_value);
    if args.json {
        if let Proved::Range { records } = &answer.proved {
            for (key, value) in records {
                output.json(&shown.record(key, value))?;
            }
        }
        output.json(&summary(&args.root, &answer, &shown, proof.len()))?;
    } else {
        text(&answer, &shown, proof.len(), output)?;
    }
    Ok(Outcome::Good)
}

/// All of the proof, or a byte more than a proof may have.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let name = escape_path(path);
    let from: Box<dyn Read> = if path == Path::new("-") {
        Box::new(stdin().lock())
    } else {
        Box::new(File::open(path).with_context(|| format!("cannot open {name}"))?)
    };
    let mut bytes = Vec::new();
    from.take(MAX_PROOF as u64 + 64).read_to_end(&mut bytes).with_context(|| format!("cannot read {name}"))?;
    Ok(bytes)
}

fn text(answer: &Answer<'_>, shown: &Shown, bytes: usize, output: &mut Output) -> anyhow::Result<()> {
    match &answer.proved {
        Proved::Record { key, value } => {
            output.line("valid      the tree holds this record")?;
            output.line(&format!("key        {}", shown.key(key)))?;
            output.line(&format!("value      {}", shown.value(value)))?;
        }
        Proved::Absent { key } => {
            output.line("valid      the tree holds no record of this key")?;
            output.line(&format!("key        {}", shown.key(key)))?;
        }
        Proved::Range { records } => {
            let records = count(records.len() as u64, "record");
            output.line(&format!("valid      the tree holds {records} in this range and no others"))?;
            output.line(&format!("range      {}", range(&answer.question, shown)))?;
        }
    }
    if !matches!(answer.proved, Proved::Record { .. }) {
        for (name, neighbour) in [("before", answer.before), ("behind", answer.behind)] {
            let text = match neighbour {
                Neighbour::Key(key) => shown.key(key),
                Neighbour::End => "nothing, there the tree ends".to_owned(),
                Neighbour::NotShown => continue,
            };
            output.line(&format!("{name}     {text}"))?;
        }
    }
    output.line(&format!("proof      {}, {} bytes", count(answer.nodes, "node"), thousands(bytes as u64)))?;
    if shown.noted {
        output.line("types      as the proof says: they are not proved")?;
    }
    if let Proved::Range { records } = &answer.proved {
        for (key, value) in records {
            output.line(&format!("{}  {}", shown.key(key), shown.value(value)))?;
        }
    }
    Ok(())
}

fn range(question: &Question, shown: &Shown) -> String {
    let Question::Range(start, end) = question else { return String::new() };
    let start = match start {
        Bound::Unbounded => "from the start".to_owned(),
        Bound::Included(key) => format!("from {}", shown.key(key)),
        Bound::Excluded(key) => format!("behind {}", shown.key(key)),
    };
    let end = match end {
        Bound::Unbounded => "to the end".to_owned(),
        Bound::Included(key) => format!("to {}, included", shown.key(key)),
        Bound::Excluded(key) => format!("to {}, left out", shown.key(key)),
    };
    format!("{start} {end}")
}
