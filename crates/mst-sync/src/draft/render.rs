//! A draft as the texts of a contract and two mappings, with the reason of each part as a comment.

use std::fmt::Write;

use super::model::{Draft, DraftedField, Evidence, Example, MarkKind, Pair, ProposedEntry, Steps};
use crate::contract::{Case, Empty, Field, FieldType, Floats, Rounding, unicode_version};
use mst_types::escape_hidden;

/// The texts of a draft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rendered {
    /// `contract.toml`.
    pub contract: String,
    /// `left.toml`.
    pub left: String,
    /// `right.toml`.
    pub right: String,
}

/// The version of Unicode that a drafted contract asks for: an older program may know all letters of the tables.
const UNICODE: [u64; 3] = [16, 0, 0];

impl Draft {
    /// The texts of the contract and both mappings. The sources are the sections `[source]` of the mappings, with their
    /// header; the contract's path in the mappings is `contract.toml`.
    pub fn render(&self, left_source: &str, right_source: &str) -> Rendered {
        Rendered { contract: self.contract(), left: self.mapping(0, left_source), right: self.mapping(1, right_source) }
    }

    fn contract(&self) -> String {
        let mut out = String::new();
        let [left, right] = &self.tables;
        comment(&mut out, &format!("Drafted from rows of {left} and {right}. Each part says why it is there."));
        let unconfirmed = self.unconfirmed().count();
        let by_choice = self.left_out.iter().map(|pair| format!("{} = {}", pair.field.left, pair.field.right));
        if unconfirmed > 0 {
            comment(&mut out, &format!("Rules to confirm: {unconfirmed}, marked with \"Confirm\"."));
        }
        for (table, columns) in [(left, &self.left_only), (right, &self.right_only)] {
            if !columns.is_empty() {
                comment(&mut out, &format!("Not compared, without a partner in {table}: {}.", columns.join(", ")));
            }
        }
        for (table, columns) in self.tables.iter().zip(&self.excluded) {
            if !columns.is_empty() {
                comment(&mut out, &format!("Not compared by choice, in {table}: {}.", columns.join(", ")));
            }
        }
        for pair in by_choice {
            comment(&mut out, &format!("Not compared by choice: {pair}."));
        }
        for undecided in &self.undecided {
            let field = &undecided.proposal.field;
            let reasons = undecided.reasons.join("; ");
            let evidence = sentence(field, &undecided.proposal.evidence);
            comment(&mut out, &format!("Not decided, and not compared: {evidence} {reasons}."));
        }
        out.push_str("version = 1\n");
        let _ = writeln!(out, "name = {}", quoted(&format!("{left}-and-{right}")));
        let fields = self.key.iter().chain(self.pairs.iter().map(|pair| &pair.field)).map(|drafted| &drafted.field);
        unicode(&mut out, fields);
        if self.is_multiset() {
            comment(&mut out, "Rows have no key: they are compared as how many there are of each.");
            out.push_str("multiset = true\n");
        }
        let key = &self.key_evidence;
        for (index, drafted) in self.key.iter().enumerate() {
            out.push('\n');
            if index == 0 {
                let line = format!("The key joins {} of {} sampled rows; {}.", key.joined, key.of, key.reason);
                comment(&mut out, &line);
            }
            comment(&mut out, &format!("{} = {}", drafted.left, drafted.right));
            confirm(&mut out, drafted);
            out.push_str("[[key]]\n");
            field(&mut out, &drafted.field, true);
        }
        for Pair { field: drafted, evidence } in &self.pairs {
            out.push('\n');
            comment(&mut out, &sentence(drafted, evidence));
            for note in &evidence.notes {
                comment(&mut out, &format!("{note}."));
            }
            if evidence.broken > 0 {
                let broken = evidence.broken;
                comment(&mut out, &format!("Joined rows with a value that breaks the contract: {broken}."));
            }
            if !evidence.examples.is_empty() {
                comment(&mut out, "Some of the rows that differ:");
                examples(&mut out, &evidence.examples);
            }
            for ProposedEntry { left, right, rows } in &evidence.proposed {
                comment(&mut out, &format!("Not decided, not in the map: {left} = {right}, seen in {rows} rows."));
            }
            confirm(&mut out, drafted);
            out.push_str("[[field]]\n");
            field(&mut out, &drafted.field, false);
        }
        out
    }

    fn mapping(&self, side: usize, source: &str) -> String {
        let mut out = String::new();
        comment(
            &mut out,
            &format!("How {} makes the fields of the contract.", self.tables.get(side).map_or("", |t| t)),
        );
        out.push_str("version = 1\ncontract = \"contract.toml\"\n\n");
        out.push_str(source.trim_end());
        out.push('\n');
        let key = self.key.iter().map(|drafted| (drafted, None));
        let pairs = self.pairs.iter().map(|pair| (&pair.field, Some(&pair.evidence)));
        for (drafted, evidence) in key.chain(pairs) {
            out.push('\n');
            let (column, steps) = match side {
                0 => (&drafted.left, &drafted.left_steps),
                _ => (&drafted.right, &drafted.right_steps),
            };
            if let Some(evidence) = evidence.filter(|_| *steps != Steps::default()) {
                comment(&mut out, &sentence(drafted, evidence));
            }
            let _ = writeln!(out, "[field.{}]", toml_key(&drafted.field.name));
            write_steps(&mut out, column, steps);
        }
        out
    }
}

/// The evidence in a sentence: which columns, how many rows agree, as what, and by chance.
fn sentence(drafted: &DraftedField, evidence: &Evidence) -> String {
    let Evidence { agreeing, of, by_chance, .. } = evidence;
    if *of == 0 {
        return format!("{} = {}: paired by name.", drafted.left, drafted.right);
    }
    let mut text = format!("{} = {}: {agreeing} of {of} joined rows agree", drafted.left, drafted.right);
    for steps in [&drafted.left_steps, &drafted.right_steps] {
        let _ = match steps {
            Steps { scale, .. } if *scale != 0 => write!(text, ", times 10^{scale}"),
            Steps { zone: Some(zone), .. } => write!(text, ", as {zone}"),
            _ => Ok(()),
        };
    }
    if let Some((rule, rows)) = &evidence.runner_up {
        let _ = write!(text, " (next best: {rule}, {rows})");
    }
    let _ = write!(text, ". By chance: {by_chance:.0}.");
    text
}

fn examples(out: &mut String, examples: &[Example]) {
    let value = |value: &Option<String>| value.as_ref().map_or("no value".to_owned(), |text| format!("{text:?}"));
    for Example { key, left, right } in examples {
        comment(out, &format!("  {key}: {} and {}", value(left), value(right)));
    }
}

fn confirm(out: &mut String, drafted: &DraftedField) {
    for mark in &drafted.marks {
        let rows = match mark.kind {
            MarkKind::Name | MarkKind::Map | MarkKind::Affix | MarkKind::Scale | MarkKind::Crossed => String::new(),
            _ if mark.rows > 0 => format!(" ({} rows need it)", mark.rows),
            _ => String::new(),
        };
        let state = if mark.is_confirmed { "Confirmed" } else { "Confirm" };
        comment(out, &format!("{state}: {}{rows}.", mark.text));
        examples(out, &mark.examples);
    }
}

/// The version of Unicode that a contract of these fields asks for, if it needs one.
pub(super) fn unicode<'f>(out: &mut String, mut fields: impl Iterator<Item = &'f Field>) {
    if fields.any(|field| field.rules.nfc || field.rules.case != Case::Keep) {
        let [major, minor, patch] = unicode_version().min(UNICODE);
        let _ = writeln!(out, "unicode = \"{major}.{minor}.{patch}\"");
    }
}

/// The settings of a field of a contract.
pub(super) fn field(out: &mut String, field: &Field, is_key: bool) {
    let Field { name, ty, rules } = field;
    let _ = writeln!(out, "name = {}", quoted(name));
    if let FieldType::Enum(names) = ty {
        let names: Vec<_> = names.iter().map(|name| quoted(name)).collect();
        let _ = writeln!(out, "type = \"enum\"\nnames = [{}]", names.join(", "));
    } else {
        let _ = writeln!(out, "type = {}", quoted(&ty.to_string()));
    }
    let settings = [
        (rules.trim, "trim = true"),
        (rules.nfc, "nfc = true"),
        (rules.case == Case::Upper, "case = \"upper\""),
        (rules.case == Case::Lower, "case = \"lower\""),
        (rules.empty == Empty::Null, "empty = \"null\""),
        (rules.nullable && !is_key, "null = \"allow\""),
        (rules.rounding == Rounding::Down, "rounding = \"down\""),
        (rules.floats == Floats::Shortest, "floats = \"shortest\""),
    ];
    for (_, line) in settings.into_iter().filter(|(is_set, _)| *is_set) {
        let _ = writeln!(out, "{line}");
    }
}

/// The settings of a field of a mapping.
pub(super) fn write_steps(out: &mut String, column: &str, steps: &Steps) {
    if steps.before.is_none() && steps.after.is_none() {
        let _ = writeln!(out, "column = {}", quoted(column));
    } else {
        let text = |text: &Option<String>| text.as_ref().map(|text| format!("{{ text = {} }}", quoted(text)));
        let parts = [text(&steps.before), Some(format!("{{ column = {} }}", quoted(column))), text(&steps.after)];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let _ = writeln!(out, "concat = [{}]", parts.join(", "));
    }
    if !steps.null.is_empty() {
        let texts: Vec<_> = steps.null.iter().map(|text| quoted(text)).collect();
        let _ = writeln!(out, "null = [{}]", texts.join(", "));
    }
    if steps.decode_json {
        out.push_str("decode = \"json\"\n");
    }
    let mut setting = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            let _ = writeln!(out, "{name} = {}", quoted(value));
        }
    };
    setting("uuid", steps.uuid);
    setting("strip-prefix", steps.strip_prefix.as_deref());
    setting("strip-suffix", steps.strip_suffix.as_deref());
    setting("unit", steps.unit);
    setting("cast", steps.cast);
    if !steps.map.is_empty() {
        let entries: Vec<_> =
            steps.map.iter().map(|(from, to)| format!("{} = {}", toml_key(from), quoted(to))).collect();
        let _ = writeln!(out, "map = {{ {} }}\notherwise = \"keep\"", entries.join(", "));
    }
    let time: Vec<String> = [("format", steps.format), ("zone", steps.zone.as_deref()), ("fold", steps.fold)]
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name} = {}", quoted(value?))))
        .collect();
    if !time.is_empty() {
        let _ = writeln!(out, "time = {{ {} }}", time.join(", "));
    }
    if steps.scale != 0 {
        let _ = writeln!(out, "scale = {}", steps.scale);
    }
}

/// A comment of one line, whatever is in the names and values.
pub(super) fn comment(out: &mut String, text: &str) {
    let _ = writeln!(out, "# {}", escape_hidden(text).replace(['\n', '\r'], " "));
}

/// A key of TOML, with quotes if it needs them.
pub(super) fn toml_key(text: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !text.is_empty() && text.chars().all(is_bare) { text.to_owned() } else { quoted(text) }
}

/// A basic string of TOML.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
