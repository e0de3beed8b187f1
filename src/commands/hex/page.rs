//! The contents of one page of a file.

use anyhow::{Context, bail};
use file_mst::inspect::dialect::PAGE;
use file_mst::inspect::segments::{Segment, SegmentKind, segments_of_page};
use serde_json::{Value as Json, json};

use super::{HexArgs, HexTarget};
use crate::commands::Outcome;
use crate::commands::support::output::Output;
use crate::model::bytes::part;
use crate::model::text::{count, offset, thousands};

/// Prints the contents of a page.
pub(super) fn print(args: &HexArgs, target: &HexTarget, page: u64, output: &mut Output) -> anyhow::Result<Outcome> {
    let store = &target.store;
    let storage = &**store.storage();
    let len = storage.len().context("cannot read the length of the file")?;
    if page.saturating_mul(PAGE) >= len {
        bail!("there is no page {page}: the file has {} pages of {PAGE} bytes", thousands(len.div_ceil(PAGE)));
    }
    let pieces = segments_of_page(storage, store.codec(), page).context("cannot read the page")?;
    let mut outcome = Outcome::Good;
    if !args.json {
        let from = page * PAGE;
        output.line(&format!("page {}   {} … {}", thousands(page), offset(from), offset((from + PAGE).min(len))))?;
    }
    for found in &pieces {
        if matches!(found.kind, SegmentKind::Unknown) {
            outcome = Outcome::Bad;
        }
        let (kind, text, more) = describe(found, target);
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

/// The kind of a segment, its description, and more about it as JSON.
fn describe(found: &Segment, target: &HexTarget) -> (&'static str, String, Json) {
    match &found.kind {
        SegmentKind::Header(header) => {
            let hint = match header.hint {
                None => "an invalid hint".to_owned(),
                Some(0) => "no hint".to_owned(),
                Some(hint) => format!("the last commit is {}", offset(hint)),
            };
            let id = header.file_id.to_string();
            let text = format!("version {}, file id {id}, {hint}", header.version);
            ("header", text, json!({ "file_id": id, "hint": header.hint }))
        }
        SegmentKind::Pointer => ("pointer", "page 0: the location of the root".to_owned(), json!({})),
        SegmentKind::Padding => ("padding", "zeros".to_owned(), json!({})),
        SegmentKind::Unknown => ("unknown", "no valid node or commit: damaged or foreign bytes".to_owned(), json!({})),
        SegmentKind::Commit(commit) => {
            let text = format!("number {}, root {}", commit.sequence, offset(commit.root.offset));
            ("commit", text, json!({ "sequence": commit.sequence, "root": commit.root.offset }))
        }
        SegmentKind::Node(node) => {
            let reachable = target.is_reachable(node);
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
