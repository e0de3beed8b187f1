//! `prove`: a proof of what a tree holds at a key or in a range, for someone who has only the root hash.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use file_mst::proof::{KeyOrder, Proved, Question, note_of, prove, verify};
use file_mst::write::NewFile;
use mst_types::escape_path;

use super::Outcome;
use super::support::keys::{parse_key, parse_range};
use super::support::open_tree::OpenTree;
use super::support::output::{Output, stdout_is_terminal};
use super::support::progress::Progress;
use super::support::proof_text::{ProofFormat, summary};
use super::support::tree_args::TreeArgs;
use crate::model::item::ValueFormat;
use crate::model::text::{count, quoted, thousands};

#[derive(clap::Args, Debug)]
pub(super) struct ProveArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// The key as it is printed, such as 7, text or {id: 7, name: "a"}; JSON works too
    // The id `key` is that of --key, the type.
    #[arg(value_name = "KEY", allow_hyphen_values = true, required_unless_present = "range")]
    wanted: Option<String>,
    /// Prove all records from A up to B, which A..B excludes and A..=B includes; either end may be omitted
    #[arg(long, value_name = "A..B", allow_hyphen_values = true, conflicts_with = "wanted")]
    range: Option<String>,
    /// The new file; by default standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How to print the value; in JSON only redacted has an effect
    #[arg(long, value_name = "FORMAT", default_value = "auto", requires = "json")]
    format_value: ValueFormat,
    /// Print one JSON object that says what is proved
    #[arg(long, requires = "output")]
    json: bool,
}

pub(super) fn run(args: &ProveArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    if args.output.is_none() && stdout_is_terminal() {
        bail!("a proof is binary data: name a file with -o, or pipe it into one");
    }
    let OpenTree { opened, .. } = args.tree.open()?;
    let unknown = "the type of the keys is unknown: give --key and --value";
    let (Some(order), Some(ty)) = (KeyOrder::of(&opened), &opened.typing.key) else { bail!(unknown) };
    let codec = opened.tree.store().codec();
    let hashed = |stored: Vec<u8>| codec.hashed_key(&stored).to_vec();
    let question = match (&args.wanted, &args.range) {
        (Some(key), _) => Question::Key(hashed(parse_key(ty, key)?)),
        (None, range) => {
            let (start, end) = parse_range(range.as_deref().unwrap_or(".."), ty)?;
            Question::Range(start.map(hashed), end.map(hashed))
        }
    };
    let note = note_of(&opened);
    let proof = Progress::reading(opened.tree.store(), || prove(&opened.tree, &order, &question, &note))?;
    let Some(path) = &args.output else {
        output.bytes(&proof)?;
        return Ok(Outcome::Good);
    };
    let root = opened.tree.root_link().hash;
    let answer = verify(&root, &order, &proof)?;
    let name = escape_path(path);
    let mut file = NewFile::create(path).with_context(|| format!("cannot create {name}"))?;
    let written = file.write_all(&proof).map_err(anyhow::Error::from).and_then(|()| Ok(file.finish()?));
    written.with_context(|| format!("cannot write {name}"))?;

    if args.json {
        let format = ProofFormat::new(&order, &note, (None, None), args.format_value);
        output.json(&summary(&root, &answer, &format, proof.len()))?;
        return Ok(Outcome::Good);
    }
    let proved = match &answer.proved {
        Proved::Record { .. } => "the record".to_owned(),
        Proved::Absent { .. } => "that there is no such key".to_owned(),
        Proved::Range { records } => format!("{}, and that there are no others", count(records.len() as u64, "record")),
    };
    output.line(&format!("proves     {proved}"))?;
    output.line(&format!("bytes      {} ({})", thousands(proof.len() as u64), count(answer.nodes, "node")))?;
    let ordered_by = match &order {
        KeyOrder::Bytes => String::new(),
        KeyOrder::Typed(ty) => format!(" --ordered-by '{ty}'"),
    };
    // The command is to be copied, so the path is quoted for the shell.
    let path = quoted(&path.to_string_lossy());
    output.line(&format!("check      mst-tui check-proof {root} {path}{ordered_by}"))?;
    Ok(Outcome::Good)
}
