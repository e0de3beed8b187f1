//! The empty nodes that the published dialects write for absent children: 40 bytes each, always the same.

use super::finding::{Finding, Rule};
use crate::node::dialect::{Dialect, PAGE};
use crate::node::{EMPTY_NODE, EMPTY_NODE_BYTES, Node};
use crate::storage::ReadAt;

/// How many are read at once.
const AT_ONCE: usize = 1024;

/// The empty nodes below one node.
#[derive(Default)]
pub(super) struct Empties {
    /// Where each run of them begins and ends.
    pub(super) runs: Vec<(u64, u64)>,
    pub(super) count: u64,
    pub(super) findings: Vec<Finding>,
}

/// Reads what the links to nothing lead to. One finding for a node whose empty children are not there, at the first.
pub(super) fn look(storage: &dyn ReadAt, dialect: Dialect, node: &Node) -> Empties {
    let mut empties = Empties::default();
    let mut run: Option<(u64, usize)> = None;
    let close = |run: Option<(u64, usize)>, empties: &mut Empties| {
        let Some((start, count)) = run else { return };
        empties.findings.extend(damaged(storage, dialect, start, count));
        empties.runs.push((start, start + (EMPTY_NODE_BYTES * count) as u64));
        empties.count += count as u64;
    };
    for link in node.children().iter().filter(|link| link.is_empty()) {
        run = match run {
            Some((start, count))
                if start.checked_add((EMPTY_NODE_BYTES * count) as u64) == Some(link.offset) && count < AT_ONCE =>
            {
                Some((start, count + 1))
            }
            before => {
                close(before, &mut empties);
                (link.offset <= u64::MAX / 2).then_some((link.offset, 1))
            }
        };
        if run.is_none() {
            empties.findings.push(finding(dialect, link.offset, "the end of the file"));
        }
    }
    close(run, &mut empties);
    empties
}

fn finding(dialect: Dialect, offset: u64, found: &str) -> Finding {
    Finding::new(dialect, Rule::Form, offset, "an empty node of 40 bytes", found)
}

/// Those of a run that are not empty nodes.
fn damaged(storage: &dyn ReadAt, dialect: Dialect, start: u64, count: usize) -> Vec<Finding> {
    let mut bytes = vec![0; count * EMPTY_NODE_BYTES];
    let read = storage.read_up_to(start, &mut bytes).unwrap_or(0);
    let nodes = bytes.chunks(EMPTY_NODE_BYTES).enumerate();
    nodes
        .filter_map(|(index, bytes)| {
            let at = index * EMPTY_NODE_BYTES;
            let offset = start + at as u64;
            if at + EMPTY_NODE_BYTES > read {
                return Some(finding(dialect, offset, "the end of the file"));
            }
            if bytes != EMPTY_NODE {
                return Some(finding(dialect, offset, "other bytes"));
            }
            let crosses = offset / PAGE != (offset + EMPTY_NODE_BYTES as u64 - 1) / PAGE;
            crosses.then(|| {
                Finding::new(dialect, Rule::Page, offset, "a node of 40 bytes within a page", "it crosses one")
            })
        })
        .collect()
}
