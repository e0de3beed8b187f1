//! `hex`: the bytes of a node field by field, or what lies in a page.

use std::sync::Arc;

use anyhow::{Context, bail};
use file_mst::dialect::PAGE;
use file_mst::node::Node;
use file_mst::pieces::{Found, Piece, is_reachable, pieces_of_page};
use file_mst::salvage::{Identity, identify};
use file_mst::storage::ReadAt;
use file_mst::store::NodeStore;
use file_mst::tree::Tree;
use serde_json::{Value as Json, json};

use super::Outcome;
use super::args::TreeArgs;
use super::output::{Colour, Output, complain, stdout_is_terminal};
use super::target::OpenTree;
use crate::model::bytes::{Class, FieldLine, NodeBytes, Types, ingredient_name, is_opaque, part};
use crate::model::item::{ValueFormat, formatted, redacted};
use crate::model::text::{count, offset, thousands};

/// How many bytes of a field are shown, unless all are wanted.
const SHOWN: usize = 64;
/// How many bytes stand in a line.
const IN_LINE: usize = 16;

#[derive(clap::Args, Debug)]
pub(super) struct HexArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// Where the node begins in the file, in bytes; the root if neither this nor a page is named
    #[arg(long, value_name = "OFFSET", value_parser = number)]
    pub(super) node: Option<u64>,
    /// Say what lies in this page of 4096 bytes, counted from 0
    #[arg(long, value_name = "N", value_parser = number, conflicts_with = "node")]
    pub(super) page: Option<u64>,
    /// Show the bytes of long fields whole
    #[arg(long)]
    pub(super) all: bool,
    /// How values are printed; redacted hides their bytes too, and where no hash proves where values end all bytes
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(super) format_value: ValueFormat,
    /// Print one JSON object a line: the fields, what the hash is taken of, then the node; or what lies in the page
    #[arg(long)]
    pub(super) json: bool,
}

impl HexArgs {
    fn is_redacted(&self) -> bool {
        self.format_value == ValueFormat::Redacted
    }
}

fn number(text: &str) -> Result<u64, String> {
    let text = text.trim_start_matches('@').replace([',', '_'], "");
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    }
    .map_err(|_| "a number of bytes is wanted, such as 4096, 4,096 or 0x1000".to_owned())
}

pub(super) fn run(args: &HexArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let looked = Looked::at(args)?;
    match args.page {
        Some(page) => of_page(args, &looked, page, output),
        None => of_node(args, &looked, output),
    }
}

/// The nodes of a file that need not open.
struct Looked {
    store: Arc<NodeStore>,
    /// The tree, if it opens.
    tree: Option<Tree>,
    types: Types,
}

impl Looked {
    fn at(args: &HexArgs) -> anyhow::Result<Self> {
        let error = match args.tree.open() {
            Ok(OpenTree { opened, .. }) => {
                let types = Types { key: opened.typing.key, value: opened.typing.value };
                return Ok(Self { store: Arc::clone(opened.tree.store()), tree: Some(opened.tree), types });
            }
            Err(error) if args.node.is_none() && args.page.is_none() => return Err(error),
            Err(error) => error,
        };
        let target = args.tree.tree.as_ref().context("no tree is named")?;
        let (storage, options) = target.source(&args.tree.known)?;
        let storage: Arc<dyn ReadAt> = Arc::new(storage);
        let Ok(Identity { codec, key, value }) = identify(&storage, &options) else { return Err(error) };
        complain(&format!("{error:#}; shown as bytes of {}", codec.dialect));
        let store = Arc::new(NodeStore::new(storage, codec, options.cache_bytes));
        Ok(Self { store, tree: None, types: Types { key, value } })
    }

    fn is_reachable(&self, node: &Node) -> Option<bool> {
        is_reachable(self.tree.as_ref()?, node)
    }
}

fn of_node(args: &HexArgs, looked: &Looked, output: &mut Output) -> anyhow::Result<Outcome> {
    let root = looked.tree.as_ref().map(Tree::root_link).filter(|root| !root.is_empty());
    let at = args.node.or(root.map(|root| root.offset)).context("the tree is empty: it has no root node")?;
    let shown = NodeBytes::read(&looked.store, at, &looked.types)?;
    let reachable = shown.node.as_ref().ok().and_then(|node| looked.is_reachable(node));
    if args.json {
        node_json(args, &shown, looked, reachable, output)?;
    } else {
        node_text(args, &shown, looked, reachable, output)?;
    }
    Ok(match (&shown.node, shown.holds) {
        (Err(_), _) | (_, Some(false)) => Outcome::Bad,
        (Ok(node), None) if is_opaque(node) => Outcome::Unknown,
        _ => Outcome::Good,
    })
}

fn node_text(
    args: &HexArgs,
    shown: &NodeBytes,
    looked: &Looked,
    reachable: Option<bool>,
    output: &mut Output,
) -> anyhow::Result<()> {
    let colours = Colours::of_terminal();
    output.line(&format!("node {}   {}   {}", offset(shown.offset), shown.verdict(), part(reachable)))?;
    let name = shown.lines.iter().map(|line| line.name.len()).max().unwrap_or(0);
    for line in &shown.lines {
        field_text(args, shown, looked, line, (name, colours), output)?;
    }
    if shown.ingredients.is_empty() {
        return Ok(());
    }
    output.line("")?;
    output.line("what the hash is taken of, in order, and the hash so far")?;
    for piece in &shown.ingredients {
        let bytes = match args.is_redacted() && shown.may_hash_values(piece) {
            true => redacted(&piece.bytes),
            false => {
                let more = if piece.bytes.len() > IN_LINE { " …" } else { "" };
                spaced(piece.bytes.get(..piece.bytes.len().min(IN_LINE)).unwrap_or_default()) + more
            }
        };
        output.line(&format!("{:18} {}  {bytes}", ingredient_name(piece.kind), piece.running.short()))?;
    }
    Ok(())
}

fn field_text(
    args: &HexArgs,
    shown: &NodeBytes,
    looked: &Looked,
    line: &FieldLine,
    (width, colours): (usize, Colours),
    output: &mut Output,
) -> anyhow::Result<()> {
    let bytes = shown.bytes_of(line);
    let most = if args.all { bytes.len() } else { SHOWN };
    let colour = colours.of(line.class);
    let at = |start: usize| offset(shown.offset + (line.span.start + start) as u64);
    let name = &line.name;
    let rows = bytes.get(..bytes.len().min(most)).unwrap_or_default();
    let is_left_out = line.class == Class::Padding && !args.all || args.is_redacted() && shown.may_hold_values(line);
    let rows: Vec<_> = if is_left_out || rows.is_empty() { vec![] } else { rows.chunks(IN_LINE).collect() };
    let first = rows.first().map(|row| spaced(row)).unwrap_or_default();
    output.text(&format!("{:>12} {name:width$}  ", at(0)))?;
    output.coloured(colour, &format!("{first:47}"))?;
    output.line(&format!("  {}", says(args, shown, looked, line)))?;
    for (index, row) in rows.iter().enumerate().skip(1) {
        output.text(&format!("{:>12} {:width$}  ", at(index * IN_LINE), ""))?;
        output.coloured(colour, &spaced(row))?;
        output.line("")?;
    }
    if bytes.len() > most && !is_left_out {
        let left = count((bytes.len() - most) as u64, "more byte");
        output.line(&format!("{:>12} {:width$}  … {left}", "", ""))?;
    }
    Ok(())
}

/// What a field says, values as they are asked for.
fn says(args: &HexArgs, shown: &NodeBytes, looked: &Looked, line: &FieldLine) -> String {
    let value = |stored: &[u8]| formatted(stored, looked.types.value.as_ref(), args.format_value);
    shown.text(line, args.is_redacted(), value)
}

fn spaced(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(" ")
}

#[derive(Clone, Copy)]
struct Colours(bool);

impl Colours {
    fn of_terminal() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self(stdout_is_terminal() && !plain && !dumb)
    }

    fn of(self, class: Class) -> Option<Colour> {
        self.0.then_some(match class {
            Class::Structure => Colour::Cyan,
            Class::Key => Colour::Green,
            Class::Value => Colour::Yellow,
            Class::Link => Colour::Blue,
            Class::Hash => Colour::Magenta,
            Class::Padding => Colour::Dim,
            Class::Wrong => Colour::Red,
        })
    }
}

fn node_json(
    args: &HexArgs,
    shown: &NodeBytes,
    looked: &Looked,
    reachable: Option<bool>,
    output: &mut Output,
) -> anyhow::Result<()> {
    for line in &shown.lines {
        let is_shown = !(args.is_redacted() && shown.may_hold_values(line));
        output.json(&json!({
            "kind": "field",
            "field": line.name,
            "offset": shown.offset + line.span.start as u64,
            "length": line.span.len(),
            "hex": is_shown.then(|| hex::encode(shown.bytes_of(line))),
            "number": line.field.as_ref().filter(|_| is_shown).and_then(|field| field.number),
            "text": says(args, shown, looked, line),
        }))?;
    }
    for piece in &shown.ingredients {
        let is_shown = !(args.is_redacted() && shown.may_hash_values(piece));
        output.json(&json!({
            "kind": "hashed",
            "piece": ingredient_name(piece.kind),
            "hex": is_shown.then(|| hex::encode(&piece.bytes)),
            "hash_so_far": piece.running.to_string(),
        }))?;
    }
    let node = shown.node.as_ref().ok();
    output.json(&json!({
        "kind": "node",
        "offset": shown.offset,
        "level": node.map(|node| node.level()),
        "keys": node.map(|node| node.key_count()),
        "hash": node.and_then(|node| node.hash()).map(|hash| hash.to_string()),
        "holds": shown.holds,
        "reachable": reachable,
        "error": shown.node.as_ref().err().map(ToString::to_string),
    }))
}

fn of_page(args: &HexArgs, looked: &Looked, page: u64, output: &mut Output) -> anyhow::Result<Outcome> {
    let store = &looked.store;
    let storage = &**store.storage();
    let len = storage.len().context("cannot ask for the length of the file")?;
    if page.saturating_mul(PAGE) >= len {
        bail!("there is no page {page}: the file has {} pages of {PAGE} bytes", thousands(len.div_ceil(PAGE)));
    }
    let pieces = pieces_of_page(storage, store.codec(), page).context("cannot read the page")?;
    let mut outcome = Outcome::Good;
    if !args.json {
        let from = page * PAGE;
        output.line(&format!("page {}   {} … {}", thousands(page), offset(from), offset((from + PAGE).min(len))))?;
    }
    for found in &pieces {
        if matches!(found.piece, Piece::Unknown) {
            outcome = Outcome::Bad;
        }
        let (kind, text, more) = piece(found, looked);
        let length = found.span.end - found.span.start;
        if args.json {
            let mut line = json!({ "kind": kind, "offset": found.span.start, "length": length });
            if let (Json::Object(line), Json::Object(more)) = (&mut line, more) {
                line.extend(more);
            }
            output.json(&line)?;
        } else {
            output.line(&format!("{:>14} {:>9}  {kind:8} {text}", offset(found.span.start), thousands(length)))?;
        }
    }
    Ok(outcome)
}

/// What a piece is, in a word, in words, and as JSON.
fn piece(found: &Found, looked: &Looked) -> (&'static str, String, Json) {
    match &found.piece {
        Piece::Header(header) => {
            let hint = match header.hint {
                None => "a hint that does not hold".to_owned(),
                Some(0) => "no hint".to_owned(),
                Some(hint) => format!("the last commit is {}", offset(hint)),
            };
            let id = header.file_id.to_string();
            let text = format!("version {}, file id {id}, {hint}", header.version);
            ("header", text, json!({ "file_id": id, "hint": header.hint }))
        }
        Piece::Pointer => ("pointer", "page 0: where the root is".to_owned(), json!({})),
        Piece::Padding => ("padding", "zeros".to_owned(), json!({})),
        Piece::Unknown => ("unknown", "no node or commit that holds: damage, or something else".to_owned(), json!({})),
        Piece::Commit(commit) => {
            let text = format!("number {}, root {}", commit.sequence, offset(commit.root.offset));
            ("commit", text, json!({ "sequence": commit.sequence, "root": commit.root.offset }))
        }
        Piece::Node(node) => {
            let reachable = looked.is_reachable(node);
            let hash = node.hash().unwrap_or(node.stored_hash());
            let text = match node.is_empty() {
                true => "empty: an absent child".to_owned(),
                false => format!(
                    "level {}, {}, hash {}, {}",
                    node.level(),
                    count(node.key_count() as u64, "key"),
                    hash.short(),
                    part(reachable)
                ),
            };
            let more = json!({
                "level": node.level(), "keys": node.key_count(), "hash": hash.to_string(), "reachable": reachable,
            });
            ("node", text, more)
        }
    }
}
