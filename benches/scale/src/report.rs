//! The report: a table of each step by size, the floors beside it, and the aims.

use std::fmt::Write;

use crate::outcome::{Measured, Outcome};
use crate::peers::PEERS;
use crate::system;

/// The step whose figures are made of two others: hashing on all cores.
const CORES: f64 = 2.0;
const MB: f64 = 1e6;

pub(crate) fn report(measured: &Measured) -> String {
    let mut text = format!(
        "# What grows with the number of records\n\n\
         Trees of 8-byte keys and 32-byte values, built from records in key order, each step in a process of its own, \
         page cache as the step before left it. {}.\n\n\
         ![Seconds against records](SCALE.svg)\n\n",
        system::machine()
    );
    for table in [times, sizes, floors] {
        text += &table(measured);
        text.push('\n');
    }
    text += &aims(measured);
    text
}

fn outcome<'a>(measured: &'a Measured, size: u64, step: &str) -> Option<&'a Outcome> {
    measured.get(&size)?.get(step)
}

fn more(measured: &Measured, size: u64, step: &str, name: &str) -> Option<f64> {
    outcome(measured, size, step)?.more.get(name).copied()
}

/// `1,000,000`
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds in a unit that has few digits.
pub(crate) fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 100.0 => format!("{s:.0} s"),
        s if s >= 1.0 => format!("{s:.1} s"),
        s if s >= 0.001 => format!("{:.1} ms", s * 1e3),
        s => format!("{:.1} µs", s * 1e6),
    }
}

/// A table with a row for each size.
fn table(measured: &Measured, heads: &[&str], cells: impl Fn(u64) -> Vec<Option<String>>) -> String {
    let mut text = format!("| records | {} |\n|--:|{}\n", heads.join(" | "), "--:|".repeat(heads.len()));
    for size in measured.keys() {
        let cells: Vec<_> = cells(*size).into_iter().map(Option::unwrap_or_default).collect();
        let _ = writeln!(text, "| {} | {} |", thousands(*size), cells.join(" | "));
    }
    text
}

fn times(measured: &Measured) -> String {
    let heads =
        ["build", "first frame", "a get", "a position", "update of 1,000", "diff of these", "verify", "compact"];
    let mut text = table(measured, &heads, |size| {
        let whole = |step: &str| outcome(measured, size, step).map(|outcome| time(outcome.seconds));
        let each =
            |step: &str| Some(time(outcome(measured, size, step)?.seconds / more(measured, size, step, "amount")?));
        let rest = ["update", "diff", "verify", "compact"].map(whole);
        [vec![whole("build"), whole("screen"), each("gets"), each("nth")], rest.to_vec()].concat()
    });
    for (_, title) in PEERS {
        let sizes = || measured.keys().filter(|size| outcome(measured, **size, &format!("{title} build")).is_some());
        if sizes().next().is_none() {
            continue;
        }
        let order = if title == "LMDB" { ", and is told that the keys of the build are in order" } else { "" };
        let _ = write!(text, "\n{title} beside it, which verifies nothing{order}:\n\n");
        let heads = ["build", "a get", "update of 1,000", "diff of 1,000"];
        let of_peer: Measured = sizes().filter_map(|size| Some((*size, measured.get(size)?.clone()))).collect();
        text += &table(&of_peer, &heads, |size| {
            let seconds = |step: &str| Some(outcome(measured, size, &format!("{title} {step}"))?.seconds);
            let gets = seconds("gets").map(|seconds| time(seconds / 100_000f64.min(size as f64)));
            vec![seconds("build").map(time), gets, seconds("update").map(time), seconds("diff").map(time)]
        });
    }
    text
}

fn sizes(measured: &Measured) -> String {
    let heads = [
        "bytes a record",
        "growth a changed record",
        "nodes read by the diff",
        "of at least",
        "memory: build",
        "screen",
        "gets",
        "verify",
    ];
    table(measured, &heads, |size| {
        let figure = |step: &str, name: &str| more(measured, size, step, name);
        let memory = |step: &str| Some(format!("{:.0} MB", outcome(measured, size, step)?.peak_bytes? as f64 / MB));
        vec![
            figure("build", "file_bytes").map(|bytes| format!("{:.1}", bytes / size as f64)),
            figure("update", "grown_bytes")
                .zip(figure("update", "amount"))
                .map(|(bytes, amount)| format!("{:.0} bytes", bytes / amount)),
            figure("diff", "nodes_read").map(|nodes| thousands(nodes as u64)),
            figure("diff", "nodes_new").map(|nodes| thousands(2 * nodes as u64)),
            memory("build"),
            memory("screen"),
            memory("gets"),
            memory("verify"),
        ]
    })
}

fn floors(measured: &Measured) -> String {
    let heads = [
        "hashing alone, one core",
        "writing alone",
        "build: of the larger",
        "verify: of hashing on two cores",
        "compact: of cp",
    ];
    let mut text = "The floors of the same run, and how many times as long the work takes:\n\n".to_owned();
    text += &table(measured, &heads, |size| {
        let seconds = |step: &str| Some(outcome(measured, size, step)?.seconds);
        let times =
            |work: Option<f64>, floor: Option<f64>| work.zip(floor).map(|(work, floor)| format!("{:.2}", work / floor));
        vec![
            seconds("hash").map(time),
            seconds("write").map(time),
            times(seconds("build"), larger_floor(measured, size)),
            times(seconds("verify"), seconds("hash").map(|seconds| seconds / CORES)),
            times(seconds("compact"), seconds("copy")),
        ]
    });
    text
}

fn larger_floor(measured: &Measured, size: u64) -> Option<f64> {
    let seconds = |step| Some(outcome(measured, size, step)?.seconds);
    Some(seconds("hash")?.max(seconds("write").unwrap_or(0.0)))
}

/// The aims at the largest size, each reached or missed.
fn aims(measured: &Measured) -> String {
    let Some(size) = measured.keys().last().copied() else { return String::new() };
    let mut text = format!("The aims at {} records:\n\n| aim | measured | |\n|---|--:|---|\n", thousands(size));
    let seconds = |step: &str| Some(outcome(measured, size, step)?.seconds);
    let memory = |step: &str| Some(outcome(measured, size, step)?.peak_bytes? as f64 / MB);
    let verify = seconds("verify").zip(seconds("hash")).map(|(verify, hash)| verify / (hash / CORES));
    let build = seconds("build").zip(larger_floor(measured, size)).map(|(build, floor)| build / floor);
    let bytes = more(measured, size, "build", "file_bytes").map(|bytes| bytes / size as f64);
    for (aim, limit, figure, unit) in [
        ("bytes a record", 46.0, bytes, ""),
        ("build, of the larger floor", 2.0, build, " times"),
        ("memory of the build", 256.0, memory("build"), " MB"),
        ("first frame", 50.0, seconds("screen").map(|seconds| seconds * 1e3), " ms"),
        ("memory while browsing", 80.0, memory("screen"), " MB"),
        ("diff of 1,000 changed", 1.0, seconds("diff"), " s"),
        ("verify, of hashing on two cores", 2.0, verify, " times"),
    ] {
        let Some(figure) = figure else { continue };
        let is_reached = if figure <= limit { "reached" } else { "missed" };
        let _ = writeln!(text, "| {aim}: at most {limit}{unit} | {figure:.2}{unit} | {is_reached} |");
    }
    text
}
