//! The chart: seconds against records, both on logarithmic scales.

use std::fmt::Write;

use crate::outcome::Measured;
use crate::report::time;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 520.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 44.0;

/// The lines: the step, its name in the chart, its colour, and whether it is a floor or a peer.
const LINES: [(&str, &str, &str, bool); 10] = [
    ("build", "build", "#0072b2", false),
    ("verify", "verify", "#009e73", false),
    ("diff", "diff of 1,000", "#d55e00", false),
    ("update", "update of 1,000", "#cc79a7", false),
    ("screen", "first frame", "#333333", false),
    ("hash", "hashing alone", "#0072b2", true),
    ("LMDB build", "LMDB build", "#e69f00", true),
    ("LMDB diff", "LMDB diff", "#e69f00", true),
    ("redb build", "redb build", "#56b4e9", true),
    ("redb diff", "redb diff", "#56b4e9", true),
];

pub(crate) fn chart(measured: &Measured) -> String {
    let points = |step: &str| -> Vec<(f64, f64)> {
        let point = |(size, steps): (&u64, &std::collections::BTreeMap<String, crate::outcome::Outcome>)| {
            Some((*size as f64, steps.get(step)?.seconds.max(1e-4)))
        };
        measured.iter().filter_map(point).collect()
    };
    let all: Vec<(f64, f64)> = LINES.iter().flat_map(|(step, ..)| points(step)).collect();
    let bounds = |of: fn(&(f64, f64)) -> f64| {
        let (least, most) = all.iter().map(of).fold((f64::MAX, 1e-4f64), |(a, b), v| (a.min(v), b.max(v)));
        (least.min(most).log10().floor(), most.log10().ceil().max(least.min(most).log10().floor() + 1.0))
    };
    let ((from_x, to_x), (from_y, to_y)) = (bounds(|point| point.0), bounds(|point| point.1));
    let x = |value: f64| LEFT + (value.log10() - from_x) / (to_x - from_x) * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| HEIGHT - BOTTOM - (value.log10() - from_y) / (to_y - from_y) * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    for power in from_y as i32..=to_y as i32 {
        let (at, label) = (y(10f64.powi(power)), time(10f64.powi(power)));
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#dddddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555555\">{label}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0
        );
    }
    for power in from_x as i32..=to_x as i32 {
        let at = x(10f64.powi(power));
        let _ = writeln!(
            svg,
            "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{TOP}\" y2=\"{:.1}\" stroke=\"#eeeeee\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555555\">1e{power}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 20.0
        );
    }
    // Labels at the right ends of the lines must not lie on each other.
    let mut ends: Vec<(f64, &str, &str)> = Vec::new();
    for (step, name, colour, is_beside) in LINES {
        let points = points(step);
        let Some(last) = points.last() else { continue };
        let path: Vec<_> = points.iter().map(|(a, b)| format!("{:.1},{:.1}", x(*a), y(*b))).collect();
        let dash = if is_beside { " stroke-dasharray=\"5 4\"" } else { "" };
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>",
            path.join(" ")
        );
        ends.push((y(last.1), name, colour));
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0f64;
    for (at, name, colour) in ends {
        let at = at.max(below + 16.0);
        below = at;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
            WIDTH - RIGHT + 10.0,
            at + 4.0
        );
    }
    svg + "</svg>\n"
}
