//! The findings of a check: every planted fault at its node, and nothing else; the check ends on any input.

mod flips;
mod hostile;
mod living;
mod own;
mod published;
mod rules;

use std::collections::BTreeSet;
use std::sync::Arc;

use file_mst::open::{OpenOptions, Opened, open};
use file_mst::verify::{Finding, Progress, Severity, Verify, VerifyOptions};

/// Number and offset of a finding.
type Found = (&'static str, u64);

fn opened(bytes: &[u8]) -> Opened {
    open(Arc::new(bytes.to_vec()), &OpenOptions::default()).unwrap()
}

fn check(opened: &Opened, options: VerifyOptions) -> (Vec<Finding>, Progress) {
    let mut verify = Verify::new(opened, options);
    let findings = verify.findings().collect();
    (findings, *verify.progress())
}

fn numbers(findings: &[Finding]) -> BTreeSet<Found> {
    let found: BTreeSet<_> = findings.iter().map(|finding| (finding.invariant, finding.offset)).collect();
    assert_eq!(found.len(), findings.len(), "told twice: {findings:#?}");
    found
}

/// Checks that exactly these faults are found, whatever the number of threads.
#[track_caller]
fn finds(opened: &Opened, expected: &[Found]) -> Vec<Finding> {
    let (findings, _) = check(opened, VerifyOptions::default());
    assert_eq!(numbers(&findings), expected.iter().copied().collect(), "{findings:#?}");
    let (alone, _) = check(opened, VerifyOptions { threads: 1, ..VerifyOptions::default() });
    assert_eq!(alone, findings, "the order depends on the number of threads");
    findings
}

/// Whether nothing is reported except notes.
fn is_clean(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity == Severity::Note)
}
