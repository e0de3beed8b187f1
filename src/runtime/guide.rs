//! A bar above the screens that leads through them in a few steps, each of which ends when the user has done it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthStr;

use crate::runtime::input::action::Action;
use crate::runtime::input::keymap::ScreenKind;
use crate::runtime::theme::{Role, Theme};

/// The bar takes no more lines than this, and leaves the screen at least as many as that.
const MAX_LINES: u16 = 3;
const MIN_SCREEN: u16 = 8;

/// A step of a tour.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// What there is to see.
    pub(crate) text: String,
    /// The key that leads on, and what it does.
    pub(crate) press: String,
    pub(crate) until: Until,
}

/// What ends a step.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Until {
    /// One of these actions on a screen of this kind.
    Done(ScreenKind, &'static [Action]),
    /// A screen of this kind is shown.
    On(ScreenKind),
    /// Nothing: it is the last one.
    End,
}

impl Until {
    fn is_reached(self, done: Option<(Action, ScreenKind)>, shown: ScreenKind) -> bool {
        match self {
            Self::Done(kind, actions) => done.is_some_and(|(action, on)| on == kind && actions.contains(&action)),
            Self::On(kind) => kind == shown,
            Self::End => false,
        }
    }
}

/// A tour, and how far it is.
#[derive(Clone, Debug)]
pub(crate) struct Guide {
    steps: Vec<Step>,
    at: usize,
}

impl Guide {
    pub(crate) fn new(steps: Vec<Step>) -> Self {
        Self { steps, at: 0 }
    }

    /// Takes in what the user has done, where it was done, and the screen that is shown now. Who does a later step early has done the ones
    /// before it too.
    pub(crate) fn see(&mut self, done: Option<(Action, ScreenKind)>, shown: ScreenKind) {
        let mut ahead = self.steps.iter().enumerate().skip(self.at);
        let reached = ahead.find(|(_, step)| step.until.is_reached(done, shown)).map(|(index, _)| index + 1);
        if let Some(next) = reached.filter(|next| *next < self.steps.len()) {
            self.at = next;
        }
    }

    /// The parts of the window for the bar and for the screen; no bar where there is no room.
    pub(crate) fn areas(&self, area: Rect) -> (Rect, Rect) {
        let lines = u16::try_from(self.lines(area.width).len()).unwrap_or(MAX_LINES);
        let height = if area.height >= lines + MIN_SCREEN { lines } else { 0 };
        let bar = Rect { height, ..area };
        (bar, Rect { y: area.y + height, height: area.height - height, ..area })
    }

    /// `Tour 2 of 6` and the step: all of it, or as much as there is room for, the key before all.
    fn lines(&self, width: u16) -> Vec<String> {
        let Some(Step { text, press, .. }) = self.steps.get(self.at) else { return Vec::new() };
        let (at, steps) = (self.at + 1, self.steps.len());
        let forms = [format!("Tour {at} of {steps}: {text} {press}"), format!("{at}/{steps} {press}")];
        let fits = |lines: &Vec<String>| lines.len() <= usize::from(MAX_LINES);
        let lines = forms.iter().map(|form| broken(form, width)).find(fits);
        lines.unwrap_or_else(|| broken(&forms[1], width).into_iter().take(MAX_LINES.into()).collect())
    }

    pub(crate) fn draw(&self, bar: Rect, theme: Theme, buf: &mut Buffer) {
        let style = theme.style(Role::Title).add_modifier(Modifier::REVERSED);
        for (row, text) in (bar.y..bar.bottom()).zip(self.lines(bar.width)) {
            buf.set_style(Rect { y: row, height: 1, ..bar }, style);
            buf.set_stringn(bar.x, row, text, bar.width.into(), style);
        }
    }
}

/// A text broken at blanks into lines of a width.
fn broken(text: &str, width: u16) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= usize::from(width) => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::input::action::{Common, DiffAction};

    const NEXT: &[Action] = &[Action::Diff(DiffAction::NextDifference)];
    const OPEN: &[Action] = &[Action::Common(Common::Open)];

    fn guide() -> Guide {
        let step = |text: &str, until| Step { text: text.to_owned(), press: "Press Enter.".to_owned(), until };
        Guide::new(vec![
            step("one", Until::On(ScreenKind::Diff)),
            step("two", Until::Done(ScreenKind::Diff, NEXT)),
            step("three", Until::Done(ScreenKind::Diff, OPEN)),
            step("four", Until::End),
        ])
    }

    #[test]
    fn a_step_ends_when_it_is_done() {
        let mut guide = guide();
        guide.see(Some((OPEN[0], ScreenKind::Tables)), ScreenKind::Tables);
        assert_eq!(guide.at, 0, "the action was done on another screen");
        guide.see(None, ScreenKind::Diff);
        assert_eq!(guide.at, 1);
        guide.see(Some((OPEN[0], ScreenKind::Diff)), ScreenKind::Diff);
        assert_eq!(guide.at, 3, "a later step was done early");
        guide.see(Some((OPEN[0], ScreenKind::Diff)), ScreenKind::Diff);
        assert_eq!(guide.at, 3, "the last step stays");
    }

    #[test]
    fn a_small_window_belongs_to_the_screen() {
        let guide = guide();
        assert_eq!(guide.areas(Rect::new(0, 0, 40, 24)).0.height, 1);
        assert_eq!(guide.lines(40), ["Tour 1 of 4: one Press Enter."]);
        assert_eq!(guide.lines(8), ["1/4", "Press", "Enter."], "the key is more than the words");
        assert_eq!(guide.areas(Rect::new(0, 0, 8, 24)).0.height, 3);
        let (bar, screen) = guide.areas(Rect::new(0, 0, 40, 5));
        assert_eq!((bar.height, screen), (0, Rect::new(0, 0, 40, 5)));
    }
}
