//! `prove`: what a tree says of a key or a range, for one who has only the root hash.

use std::io::Write;

use anyhow::{Context, bail};
use file_mst::proof::{KeyOrder, Proved, Question, note_of, prove, verify};
use file_mst::schema::escape_text;
use file_mst::write::NewFile;

use super::Outcome;
use super::output::{Output, stdout_is_terminal};
use super::proof_args::ProveArgs;
use super::proof_text::{Shown, summary};
use super::range;
use super::target::OpenTree;
use crate::model::key::read_key;
use crate::model::text::{count, quoted, thousands};

pub(super) fn run(args: &ProveArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    if args.output.is_none() && stdout_is_terminal() {
        bail!("a proof is bytes and no text: name a file with -o, or pipe it into one");
    }
    let OpenTree { opened, .. } = args.tree.open()?;
    let unknown = "the type of the keys is unknown: give --key and --value";
    let (Some(order), Some(ty)) = (KeyOrder::of(&opened), &opened.typing.key) else { bail!(unknown) };
    let codec = opened.tree.store().codec();
    let hashed = |stored: Vec<u8>| codec.hashed_key(&stored).to_vec();
    let question = match (&args.wanted, &args.range) {
        (Some(key), _) => Question::Key(hashed(read_key(ty, key).map_err(anyhow::Error::msg)?)),
        (None, range) => {
            let (start, end) = range::parse(range.as_deref().unwrap_or(".."), ty)?;
            Question::Range(start.map(hashed), end.map(hashed))
        }
    };
    let note = note_of(&opened);
    let proof = prove(&opened.tree, &order, &question, &note)?;
    let Some(path) = &args.output else {
        output.bytes(&proof)?;
        return Ok(Outcome::Good);
    };
    let root = opened.tree.root_link().hash;
    let answer = verify(&root, &order, &proof)?;
    let name = path.to_string_lossy();
    let mut file = NewFile::create(path).with_context(|| format!("cannot create {}", escape_text(&name)))?;
    let written = file.write_all(&proof).map_err(anyhow::Error::from).and_then(|()| Ok(file.finish()?));
    written.with_context(|| format!("cannot write {}", escape_text(&name)))?;

    if args.json {
        output.json(&summary(
            &root,
            &answer,
            &Shown::new(&order, &note, (None, None), args.format_value),
            proof.len(),
        ))?;
        return Ok(Outcome::Good);
    }
    let what = match &answer.proved {
        Proved::Record { .. } => "the record".to_owned(),
        Proved::Absent { .. } => "that there is no such key".to_owned(),
        Proved::Range { records } => format!("{}, and that there are no others", count(records.len() as u64, "record")),
    };
    output.line(&format!("proves     {what}"))?;
    output.line(&format!("bytes      {} ({})", thousands(proof.len() as u64), count(answer.nodes, "node")))?;
    let ordered_by = match &order {
        KeyOrder::Bytes => String::new(),
        KeyOrder::Typed(ty) => format!(" --ordered-by '{ty}'"),
    };
    output.line(&format!("check      mst-tui check-proof {root} {}{ordered_by}", quoted(&name)))?;
    Ok(Outcome::Good)
}
