//! The bytes of one node, field by field.

use anyhow::Context;
use file_mst::Tree;
use serde_json::json;

use super::{HexArgs, HexTarget};
use crate::commands::Outcome;
use crate::commands::support::colour::Colour;
use crate::commands::support::output::Output;
use crate::model::bytes::{Class, FieldLine, NodeBytes, hash_input_name, is_opaque, part};
use crate::model::item::{formatted, redacted};
use crate::model::text::{count, offset};

/// The most bytes of a field that are shown without `--all`.
const MAX_SHOWN: usize = 64;
const BYTES_PER_LINE: usize = 16;

/// Prints the node that is named, otherwise the root.
pub(super) fn print(args: &HexArgs, target: &HexTarget, output: &mut Output) -> anyhow::Result<Outcome> {
    let root = target.tree.as_ref().map(Tree::root_link).filter(|root| !root.is_empty());
    let at = args.node.or(root.map(|root| root.offset)).context("the tree is empty: it has no root node")?;
    let shown = NodeBytes::read(&target.store, at, &target.types)?;
    let reachable = shown.node.as_ref().ok().and_then(|node| target.is_reachable(node));
    let printer = NodePrinter { args, target, shown: &shown, reachable };
    if args.json {
        printer.print_json(output)?;
    } else {
        printer.print_text(output)?;
    }
    Ok(match (&shown.node, shown.holds) {
        (Err(_), _) | (_, Some(false)) => Outcome::Bad,
        (Ok(node), None) if is_opaque(node) => Outcome::Unknown,
        _ => Outcome::Good,
    })
}

/// Prints a node as the user asks for.
struct NodePrinter<'a> {
    args: &'a HexArgs,
    target: &'a HexTarget,
    shown: &'a NodeBytes,
    /// Whether the tree reaches the node, if this is known.
    reachable: Option<bool>,
}

impl NodePrinter<'_> {
    fn print_text(&self, output: &mut Output) -> anyhow::Result<()> {
        let shown = self.shown;
        output.line(&format!("node {}   {}   {}", offset(shown.offset), shown.verdict(), part(self.reachable)))?;
        let name = shown.lines.iter().map(|line| line.name.len()).max().unwrap_or(0);
        for line in &shown.lines {
            self.print_field(line, name, output)?;
        }
        if shown.hash_inputs.is_empty() {
            return Ok(());
        }
        output.line("")?;
        output.line("the input of the hash, in order, and the hash so far")?;
        for input in &shown.hash_inputs {
            let bytes = match self.args.is_redacted() && shown.may_hash_values(input) {
                true => redacted(&input.bytes),
                false => {
                    let more = if input.bytes.len() > BYTES_PER_LINE { " …" } else { "" };
                    spaced(input.bytes.get(..input.bytes.len().min(BYTES_PER_LINE)).unwrap_or_default()) + more
                }
            };
            output.line(&format!("{:18} {}  {bytes}", hash_input_name(input.kind), input.running.short()))?;
        }
        Ok(())
    }

    fn print_field(&self, line: &FieldLine, width: usize, output: &mut Output) -> anyhow::Result<()> {
        let shown = self.shown;
        let bytes = shown.bytes_of(line);
        let max = if self.args.all { bytes.len() } else { MAX_SHOWN };
        let colour = Some(colour_of(line.class));
        let at = |start: usize| offset(shown.offset + (line.span.start + start) as u64);
        let name = &line.name;
        let rows = bytes.get(..bytes.len().min(max)).unwrap_or_default();
        let is_left_out =
            line.class == Class::Padding && !self.args.all || self.args.is_redacted() && shown.may_hold_values(line);
        let rows: Vec<_> = if is_left_out || rows.is_empty() { vec![] } else { rows.chunks(BYTES_PER_LINE).collect() };
        let first = rows.first().map(|row| spaced(row)).unwrap_or_default();
        output.text(&format!("{:>12} {name:width$}  ", at(0)))?;
        output.coloured(colour, &format!("{first:47}"))?;
        output.line(&format!("  {}", self.field_value(line)))?;
        for (index, row) in rows.iter().enumerate().skip(1) {
            output.text(&format!("{:>12} {:width$}  ", at(index * BYTES_PER_LINE), ""))?;
            output.coloured(colour, &spaced(row))?;
            output.line("")?;
        }
        if bytes.len() > max && !is_left_out {
            let left = count((bytes.len() - max) as u64, "more byte");
            output.line(&format!("{:>12} {:width$}  … {left}", "", ""))?;
        }
        Ok(())
    }

    /// The meaning of a field; a value is formatted as the user asks for.
    fn field_value(&self, line: &FieldLine) -> String {
        let Self { args, target, shown, .. } = self;
        let value = |stored: &[u8]| formatted(stored, target.types.value.as_ref(), args.format_value);
        shown.text(line, args.is_redacted(), value)
    }

    fn print_json(&self, output: &mut Output) -> anyhow::Result<()> {
        let shown = self.shown;
        for line in &shown.lines {
            let is_shown = !(self.args.is_redacted() && shown.may_hold_values(line));
            output.json(&json!({
                "kind": "field",
                "field": line.name,
                "offset": shown.offset + line.span.start as u64,
                "length": line.span.len(),
                "hex": is_shown.then(|| hex::encode(shown.bytes_of(line))),
                "number": line.field.as_ref().filter(|_| is_shown).and_then(|field| field.number),
                "text": self.field_value(line),
            }))?;
        }
        for input in &shown.hash_inputs {
            let is_shown = !(self.args.is_redacted() && shown.may_hash_values(input));
            output.json(&json!({
                "kind": "hashed",
                "piece": hash_input_name(input.kind),
                "hex": is_shown.then(|| hex::encode(&input.bytes)),
                "hash_so_far": input.running.to_string(),
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
            "reachable": self.reachable,
            "error": shown.node.as_ref().err().map(ToString::to_string),
        }))
    }
}

fn spaced(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(" ")
}

/// The colour of the bytes of a field.
fn colour_of(class: Class) -> Colour {
    match class {
        Class::Structure => Colour::Cyan,
        Class::Key => Colour::Green,
        Class::Value => Colour::Yellow,
        Class::Link => Colour::Blue,
        Class::Hash => Colour::Magenta,
        Class::Padding => Colour::Dim,
        Class::Wrong => Colour::Red,
    }
}
