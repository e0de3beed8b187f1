//! Why the key under the cursor stands where it stands.

use file_mst::explain::explain;
use ratatui::text::Span;

use crate::tui::keymap;
use crate::tui::report::{Computed, Jump, Paper, Report, ReportFeed, Request, View, Words};
use crate::tui::theme::Role;
use crate::view::explain::{Line, lines};

/// The columns of a name.
const NAME: usize = 10;

pub(super) const VIEW: View = View {
    name: "explain",
    argument: "KEY",
    binding: keymap::view("explain", &["e"], "why the key stands where it stands, step by step; Enter goes there"),
    compute,
};

fn compute(request: &Request, _: &ReportFeed<'_>) -> Computed {
    let typing = &request.opened.typing;
    let stored = match (&typing.key, &request.record, request.argument.as_str()) {
        (None, ..) => return Err("the type of the keys is unknown: give --key when opening".to_owned()),
        (Some(_), Some(record), "") => record.bytes().stored_key.to_vec(),
        (Some(_), None, "") => return Err("no record is under the cursor: go to one, or type :explain KEY".to_owned()),
        (Some(ty), _, text) => {
            ty.parse(text).map_err(|error| format!("{text:?} is not a key of type {ty}: {error}"))?
        }
    };
    let explanation = explain(&request.opened.tree, &stored);
    Ok(Box::new(ExplainReport { lines: lines(&explanation, typing) }))
}

#[derive(Debug)]
struct ExplainReport {
    lines: Vec<Line>,
}

impl Report for ExplainReport {
    fn title(&self) -> String {
        "Explain: why the key stands where it stands".to_owned()
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn line(&self, at: usize, paper: Paper<'_>) -> Words {
        let Some(line) = self.lines.get(at) else { return Default::default() };
        let role = if line.bad { Role::Bad } else { Role::Title };
        let left =
            vec![Span::styled(format!(" {:NAME$} ", line.name), paper.theme.style(role)), Span::raw(line.text.clone())];
        (left, Vec::new())
    }

    fn enter(&self, at: usize) -> Option<Jump> {
        self.lines.get(at)?.offset.map(Jump::Offset)
    }
}
