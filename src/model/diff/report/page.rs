//! The page of a report: a template, filled with text that is escaped, and the differences as JSON.

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::time::{SystemTime, UNIX_EPOCH};

use file_mst::diff::Answer;
use mst_types::{escape_hidden, write_json};
use serde_json::json;

use super::{Report, Row};
use crate::model::diff::entry::Kind;
use crate::model::diff::pair::Pair;
use crate::model::diff::prefixes::Group;
use crate::model::diff::summary::Fields;
use crate::model::diff::summary_text::DiffSummary;
use crate::model::diff::verdict::certainty;
use crate::model::text::{count, thousands, time};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The cells of the strip that shows where the differences are.
const CELLS: usize = 100;
/// How often it says how far it is, in rows.
const EVERY: usize = 1000;

/// The kinds, by the numbers that stand for them in the data.
const KINDS: [Kind; 7] = [
    Kind::OnlyLeft,
    Kind::OnlyRight,
    Kind::Changed,
    Kind::WithinTolerance,
    Kind::NotCompared,
    Kind::Damage,
    Kind::Misfit,
];

/// The name of a kind as a class of the style, and in the address of the page.
fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::OnlyLeft => "only-left",
        Kind::OnlyRight => "only-right",
        Kind::Changed => "changed",
        Kind::WithinTolerance => "within-tolerance",
        Kind::NotCompared => "not-compared",
        Kind::Damage => "damaged",
        Kind::Misfit | Kind::Equal | Kind::Node => "other",
    }
}

/// What a report says above its differences.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heading<'a> {
    pub(crate) pair: &'a Pair,
    pub(crate) summary: &'a DiffSummary<'a>,
    /// Whether values are left out.
    pub(crate) redacted: bool,
    /// Why the list is not that of all differences, if it is not.
    pub(crate) chosen: Option<&'a str>,
}

/// Text for HTML: nothing in it is markup, and no character hides or turns round what stands beside it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in escape_hidden(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A link that shows only the rows for which a part of the state has this value.
fn link(name: &str, value: &str, text: &str) -> String {
    let encoded: String = value
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("<a href=\"#{name}={encoded}\">{}</a>", escaped(text))
}

/// Replaces each `{{name}}` of a template by its text. The texts are not looked into.
fn fill(template: &str, texts: &HashMap<&str, String>) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        out.push_str(before);
        out.push_str(texts.get(name).map_or("", String::as_str));
        rest = after;
    }
    out + rest
}

impl Report {
    /// Writes the page; returns how many differences it lists. `progress` hears of it from time to time and can end it.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::Interrupted`] if it was ended.
    pub(crate) fn write(
        &self,
        mut out: impl Write,
        heading: &Heading<'_>,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> io::Result<u64> {
        let texts = self.texts(heading);
        let (before, after) = PAGE.split_once("{{data}}").unwrap_or((PAGE, ""));
        out.write_all(fill(before, &texts).as_bytes())?;
        let kinds = KINDS.map(|kind| json!({"id": class(kind), "name": kind.name(), "sign": kind.glyph()}));
        data(&mut out, &json!(kinds), "{\"kinds\":")?;
        data(&mut out, &json!(CELLS), ",\"cells\":")?;
        out.write_all(b",\"rows\":[\n")?;
        for (index, (at, row)) in self.rows.iter().enumerate() {
            let cell = self.strip.cell(*at, self.at, CELLS);
            data(&mut out, &as_json(row, cell), if index == 0 { "" } else { ",\n" })?;
            if (index + 1).is_multiple_of(EVERY) && progress(index as u64 + 1).is_break() {
                return Err(io::Error::new(io::ErrorKind::Interrupted, "stopped"));
            }
        }
        out.write_all(b"\n]}")?;
        out.write_all(fill(after, &texts).as_bytes())?;
        out.flush()?;
        Ok(self.len())
    }

    fn texts(&self, heading: &Heading<'_>) -> HashMap<&'static str, String> {
        let Heading { pair, summary, redacted, .. } = heading;
        let milliseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis());
        let [left, right] = &pair.files;
        let [left_name, right_name] = &pair.named;
        let tone = match summary.conclusion.answer {
            Answer::Drifted => "drifted",
            Answer::CouldNotTell => "unknown",
            Answer::Same | Answer::SameRecords | Answer::AgreesNow | Answer::WithinTolerance => "good",
        };
        let mut lines = summary.lines(pair);
        let certainty = certainty(pair, &summary.conclusion, *redacted);
        if *redacted {
            lines.push("values are redacted: their length and the beginning of their hash".to_owned());
        }
        let list =
            |lines: &[String]| -> String { lines.iter().map(|line| format!("<li>{}</li>\n", escaped(line))).collect() };
        // Whoever chose the texts cannot know it, so that no text can pass for a script of this page.
        let nonce = blake3::hash(format!("{milliseconds} {} {left} {right}", std::process::id()).as_bytes()).to_hex();
        HashMap::from([
            ("nonce", nonce.chars().take(32).collect()),
            ("css", STYLE.to_owned()),
            ("js", SCRIPT.to_owned()),
            ("verdict", escaped(summary.verdict())),
            ("tone", tone.to_owned()),
            ("left", escaped(left)),
            ("right", escaped(right)),
            ("left_name", escaped(left_name)),
            ("right_name", escaped(right_name)),
            ("counts", counts(summary)),
            ("lines", list(&lines)),
            ("certainty", list(&certainty)),
            ("where", self.place(heading)),
            ("fields", field_table(&self.fields())),
            ("prefixes", prefix_table(&self.groups())),
            ("cut", self.cut(heading)),
            ("time", time(i64::try_from(milliseconds).unwrap_or(i64::MAX))),
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ])
    }

    /// What the list leaves out.
    fn cut(&self, heading: &Heading<'_>) -> String {
        let mut notices = Vec::new();
        if self.left_out > 0 {
            let all = self.len() + self.left_out;
            notices.push(format!(
                "The list is cut: it has the first {} of {}. Fields and keys above are counted in these.",
                thousands(self.len()),
                count(all, "difference"),
            ));
        }
        notices.extend(heading.chosen.map(str::to_owned));
        notices.iter().map(|notice| format!("<p class=\"notice\">{}</p>\n", escaped(notice))).collect()
    }

    /// The strip that shows where the differences are.
    fn place(&self, heading: &Heading<'_>) -> String {
        let cells = self.strip.cells(self.at, CELLS);
        let peak = cells.iter().copied().max().unwrap_or(0);
        if peak == 0 {
            return String::new();
        }
        let mut bars = String::new();
        for (cell, differences) in cells.iter().enumerate().filter(|(_, differences)| **differences > 0) {
            // The smallest bar can still be seen.
            let height = (*differences as f64 / peak as f64 * 60.0).max(3.0);
            bars += &format!(
                "<a href=\"#cell={cell}\"><title>{}</title><rect class=\"back\" x=\"{x}\" y=\"0\" width=\"10\" \
                 height=\"64\"/><rect class=\"bar\" x=\"{x}\" y=\"{:.1}\" width=\"9\" height=\"{height:.1}\"/></a>\n",
                count(*differences, "difference"),
                64.0 - height,
                x = cell * 10,
            );
        }
        let ends = [self.rows.first(), self.rows.last()].map(|row| row.map_or("", |(_, row)| &row.key));
        let exact = if heading.pair.comparison.is_by_value() { "" } else { " (about)" };
        format!(
            "<section aria-labelledby=\"where\">\n<h2 id=\"where\">Where</h2>\n<svg class=\"strip\" viewBox=\"0 0 1000 \
             64\" preserveAspectRatio=\"none\" role=\"group\" aria-label=\"Differences along the keys\">\n{bars}</svg>\n\
             <p class=\"ends\"><span>{}</span><span>{} in the highest column; a column is {}{exact}</span>\
             <span>{}</span></p>\n</section>",
            escaped(ends[0]),
            count(peak, "difference"),
            count(self.at.div_ceil(CELLS as u64).max(1), "record"),
            escaped(ends[1]),
        )
    }
}

/// Writes JSON into a script element: without the one character that could end it.
fn data(out: &mut impl Write, value: &serde_json::Value, before: &str) -> io::Result<()> {
    let mut bytes = Vec::new();
    write_json(&mut bytes, value)?;
    out.write_all(before.as_bytes())?;
    // Outside of strings JSON has no such character, and inside it may be written so.
    let mut parts = bytes.split(|byte| *byte == b'<');
    out.write_all(parts.next().unwrap_or_default())?;
    for part in parts {
        out.write_all(b"\\u003c")?;
        out.write_all(part)?;
    }
    Ok(())
}

fn as_json(row: &Row, cell: usize) -> serde_json::Value {
    let kind = KINDS.iter().position(|kind| *kind == row.kind).unwrap_or(KINDS.len() - 1);
    json!([kind, row.key, row.left, row.right, row.changes, cell, row.note])
}

fn counts(summary: &DiffSummary<'_>) -> String {
    let counts = summary.counts;
    let all = [
        (Kind::OnlyLeft, "only left", counts.only_left),
        (Kind::OnlyRight, "only right", counts.only_right),
        (Kind::Changed, "changed", counts.changed),
    ];
    let some = [
        (Kind::WithinTolerance, "within tolerance", counts.within_tolerance),
        (Kind::NotCompared, "not compared", counts.not_compared),
        (Kind::Equal, "agree now", counts.agree_now),
        (Kind::Damage, "damaged places", counts.damaged.saturating_sub(summary.how.misfits)),
    ];
    let shown = all.into_iter().chain(some.into_iter().filter(|(.., number)| *number > 0));
    shown
        .map(|(kind, name, number)| {
            format!("<div><dt>{name}</dt><dd class=\"{}\">{}</dd></div>\n", class(kind), thousands(number))
        })
        .collect()
}

fn field_table(fields: &Fields) -> String {
    if fields.fields.is_empty() {
        return String::new();
    }
    let rows: String = fields
        .fields
        .iter()
        .map(|(path, records)| {
            let name = if path.is_empty() { "(whole value)" } else { path };
            format!(
                "<tr><td>{}</td><td class=\"number\">{}</td><td><meter max=\"{}\" value=\"{records}\"></meter></td></tr>\n",
                link("field", name, name),
                thousands(*records),
                fields.records,
            )
        })
        .collect();
    format!(
        "<section aria-labelledby=\"fields\">\n<h2 id=\"fields\">By field, of {}</h2>\n<table><thead><tr><th \
         scope=\"col\">field</th><th scope=\"col\" class=\"number\">records</th><th scope=\"col\">share</th></tr></thead>\
         <tbody>\n{rows}</tbody></table>\n</section>",
        count(fields.records, "changed record"),
    )
}

fn prefix_table(groups: &[Group]) -> String {
    if groups.len() < 2 {
        return String::new();
    }
    let number = |kind, number: u64| match number {
        0 => "<td class=\"number dim\">·</td>".to_owned(),
        number => format!("<td class=\"number {}\">{}</td>", class(kind), thousands(number)),
    };
    let rows: String = groups
        .iter()
        .map(|group| {
            let name = match group.is_key {
                true => link("equals", &group.prefix, &group.prefix),
                false => link("prefix", &group.prefix, &format!("{}…", group.prefix)),
            };
            format!(
                "<tr><td>{name}</td>{}{}{}</tr>\n",
                number(Kind::OnlyLeft, group.only_left),
                number(Kind::OnlyRight, group.only_right),
                number(Kind::Changed, group.changed),
            )
        })
        .collect();
    format!(
        "<section aria-labelledby=\"prefixes\">\n<h2 id=\"prefixes\">By key</h2>\n<table><thead><tr><th \
         scope=\"col\">keys</th><th scope=\"col\" class=\"number\">only left</th><th scope=\"col\" \
         class=\"number\">only right</th><th scope=\"col\" class=\"number\">changed</th></tr></thead><tbody>\n{rows}\
         </tbody></table>\n</section>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_markup() {
        assert_eq!(escaped("<b a='1'>&\"\u{202e}"), "&lt;b a=&#39;1&#39;&gt;&amp;&quot;\\u{202e}");
        let mut out = Vec::new();
        data(&mut out, &json!(["</script><script>alert(1)</script>", "<!--"]), "").unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains('<'), "{text}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap()[1], "<!--");
        assert_eq!(link("field", "a&b\"#<", "a&b\"#<"), "<a href=\"#field=a%26b%22%23%3C\">a&amp;b&quot;#&lt;</a>");
    }

    #[test]
    fn texts_are_not_filled_in_again() {
        let texts = HashMap::from([("a", "{{b}}".to_owned()), ("b", "secret".to_owned())]);
        assert_eq!(fill("<{{a}}{{none}}>{{", &texts), "<{{b}}>{{");
    }
}
