//! The search for the key under the cursor, step by step.

use file_mst::inspect::explain::{Explanation, explain};
use file_mst::open::Typing;
use ratatui::text::Span;

use crate::model::explain::{Line, WIDEST_VALUE, lines};
use crate::model::item::{ItemFormat, line};
use crate::model::jump::Jump;
use crate::model::key::read_shown_key;
use crate::runtime::input::action::{Action, Common};
use crate::runtime::input::keymap;
use crate::runtime::report::{Computed, RenderContext, Report, ReportFeed, ReportRow, Request, Words};
use crate::runtime::theme::Role;

/// The columns of a name.
const NAME: usize = 10;

pub(crate) const ROW: ReportRow = ReportRow {
    name: "explain",
    argument: "KEY",
    binding: keymap::report(
        "why",
        "explain",
        &["w", "o w"],
        "why the key is where it is, step by step; {enter} goes there",
    ),
    compute,
};

fn compute(request: &Request, _: &ReportFeed<'_>) -> Computed {
    let typing = &request.opened.typing;
    let stored = match (&typing.key, &request.key, request.argument.as_str()) {
        (None, ..) => return Err("the type of the keys is unknown: give --key when opening".to_owned()),
        (Some(_), Some(key), "") => key.stored().to_vec(),
        (Some(_), None, "") => return Err("no key is under the cursor: go to one, or type :explain KEY".to_owned()),
        (Some(ty), _, text) => read_shown_key(ty, text)?,
    };
    let explanation = explain(&request.opened.tree, &stored);
    let len = lines(&explanation, typing, None, |_| String::new()).len();
    Ok(Box::new(ExplainReport { explanation, typing: typing.clone(), len }))
}

#[derive(Debug)]
struct ExplainReport {
    explanation: Explanation,
    typing: Typing,
    len: usize,
}

impl ExplainReport {
    fn line_at(&self, at: usize, keys: ItemFormat, values: ItemFormat) -> Option<Line> {
        let value = |stored: &[u8]| line(stored, self.typing.value.as_ref(), values, WIDEST_VALUE);
        lines(&self.explanation, &self.typing, Some(keys), value).into_iter().nth(at)
    }
}

impl Report for ExplainReport {
    fn title(&self) -> String {
        "Explain: why the key is where it is".to_owned()
    }

    fn len(&self) -> usize {
        self.len
    }

    fn line(&self, at: usize, context: RenderContext<'_>) -> Words {
        let Some(line) = self.line_at(at, context.key_format, context.value_format) else { return Default::default() };
        let role = if line.bad { Role::Bad } else { Role::Title };
        let left =
            vec![Span::styled(format!(" {:NAME$} ", line.name), context.theme.style(role)), Span::raw(line.text)];
        (left, Vec::new())
    }

    fn enter(&self, at: usize) -> Option<Jump> {
        self.line_at(at, ItemFormat::default(), ItemFormat::Redacted)?.offset.map(Jump::Offset)
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Common(Common::Open), Action::Common(Common::CycleKeyFormat)]
    }
}
