//! The layer that shows a report: how far its computation is, its lines, and what keys do to it.

use mst_types::escape_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::TreeScreen;
use crate::model::jump::Jump;
use crate::runtime::input::action::{Action, Common, Motion, TreeAction};
use crate::runtime::input::keymap::key_of;
use crate::runtime::jobs::{Reply, Task};
use crate::runtime::layers::{After, Layer, steer};
use crate::runtime::list::ListCursor;
use crate::runtime::paint;
use crate::runtime::report::{
    Computed, RenderContext, Report, ReportFeed, ReportOutcome, ReportReply, ReportRow, Request,
};
use crate::runtime::screen::{Destination, Effect};
use crate::runtime::theme::Role;

/// From this width on there is room for two panes, in columns; and the width of the right one.
const TWO_PANES: u16 = 110;
const BESIDE: u16 = 62;

/// How far a report is.
#[derive(Debug)]
enum State {
    /// Being computed, and the progress in words.
    Running(Task, String),
    Done,
    Failed(String),
    /// The user stopped it: what is shown is not all.
    Stopped,
}

/// An open report.
#[derive(Debug)]
pub(super) struct ReportLayer {
    row: &'static ReportRow,
    argument: String,
    state: State,
    /// The report as far as it is computed.
    report: Option<Box<dyn Report>>,
    cursor: ListCursor,
    /// Whether the report asks the user for a line. It closes itself if there is only one.
    asks: bool,
    /// The columns that there are for it.
    width: u16,
}

impl ReportLayer {
    pub(super) fn start(screen: &TreeScreen, row: &'static ReportRow, argument: String) -> Self {
        let state = compute(screen, row, &argument, false);
        let width = screen.areas.overlay_inside().width;
        Self { row, argument, state, report: None, cursor: ListCursor::default(), asks: false, width }
    }

    /// A report from which the user chooses a line.
    pub(super) fn asking(self) -> Self {
        Self { asks: true, ..self }
    }

    fn is_running(&self) -> bool {
        matches!(self.state, State::Running(..))
    }

    /// Goes on where the report was stopped, or computes it again. What is shown stays until then.
    fn again(&mut self, screen: &mut TreeScreen) {
        if self.is_running() {
            return screen.shared.say(format!("it is running; {} stops it", key_of(Common::Cancel)));
        }
        let anew = !matches!(self.state, State::Stopped);
        self.state = compute(screen, self.row, &self.argument, anew);
    }

    fn show(&mut self, mut report: Box<dyn Report>) {
        report.fit(self.width);
        // Keep the cursor at the start if the user has not moved it.
        if self.report.as_ref().is_none_or(|before| before.start() == self.cursor.selected) {
            self.cursor.select(report.start(), report.len());
        }
        self.report = Some(report);
    }

    fn finish(&mut self, computed: Computed) {
        match computed {
            Ok(report) => {
                self.show(report);
                self.state = State::Done;
            }
            Err(why) => self.state = State::Failed(why),
        }
    }

    /// Whether there is only one line, and that of what is shown already.
    fn has_only_what_is_shown(&self) -> bool {
        self.report.as_ref().is_some_and(|report| report.len() == 1 && report.is_shown(0))
    }

    fn enter(&self, screen: &mut TreeScreen) -> After {
        match self.report.as_ref().and_then(|report| report.enter(self.cursor.selected)) {
            None => After::Stay,
            Some(Jump::Version(version)) => {
                screen.show_version(&version);
                After::Close
            }
            Some(jump) => {
                screen.jump(jump);
                After::Close
            }
        }
    }
}

/// Starts the task that computes a report.
fn compute(screen: &TreeScreen, row: &'static ReportRow, argument: &str, anew: bool) -> State {
    let request = Request {
        opened: screen.shown.opened.clone(),
        link: screen.selected_link(),
        key: screen.selected_key(),
        window: screen.visible_keys(),
        argument: argument.to_owned(),
        checked: screen.checked.clone(),
        marks: screen.marks.clone(),
        anew,
    };
    let failed = |why| ReportReply::Done(Err(why));
    let task = screen.shared.runner.run(failed, move |feed| {
        let report = (row.compute)(&request, &ReportFeed { feed });
        let _ = feed.send(ReportReply::Done(report));
    });
    State::Running(task, String::new())
}

impl Layer<TreeScreen> for ReportLayer {
    fn name(&self) -> &'static str {
        self.row.name
    }

    fn len(&self) -> usize {
        self.report.as_ref().map_or(1, |report| report.len())
    }

    fn cursor(&mut self) -> &mut ListCursor {
        &mut self.cursor
    }

    fn selects(&self) -> bool {
        true
    }

    fn hints(&self) -> Vec<Action> {
        let own = self.report.as_ref().map_or(&[][..], |report| report.hints());
        [&[Action::Common(Common::Cancel)], own, &[Action::Move(Motion::Down), Action::Move(Motion::Up)]].concat()
    }

    fn update(&mut self, screen: &mut TreeScreen, action: Action) -> After {
        if action == Action::Tree(TreeAction::Again) {
            self.again(screen);
            return After::Stay;
        }
        let at = self.cursor.selected;
        match self.report.as_mut().and_then(|report| report.act(action, at)) {
            Some(ReportOutcome::Redraw) => After::Stay,
            Some(ReportOutcome::Say(words)) => {
                screen.shared.say(escape_text(&words));
                After::Stay
            }
            Some(ReportOutcome::Compare(old, new)) => {
                After::Do(Effect::Show(Destination::Pair(Box::new(screen.versions(&old, &new)))))
            }
            Some(ReportOutcome::Select(line)) => {
                let len = self.len();
                self.cursor.select(line, len);
                After::Stay
            }
            None => match action {
                Action::Common(Common::Open) | Action::Tree(TreeAction::In) => self.enter(screen),
                Action::Tree(TreeAction::Out) => After::Close,
                _ if self.report.is_none() => After::Ignored,
                action => steer(self, action),
            },
        }
    }

    fn press(&mut self, screen: &mut TreeScreen, column: usize) -> After {
        let at = self.cursor.selected;
        match self.report.as_mut().is_some_and(|report| report.press(at, column)) {
            true => self.enter(screen),
            false => After::Ignored,
        }
    }

    fn stop(&mut self, _: &mut TreeScreen) -> bool {
        let runs = self.is_running();
        if runs {
            self.state = State::Stopped;
        }
        runs
    }

    fn ticket(&self) -> Option<u64> {
        match &self.state {
            State::Running(task, _) => Some(task.ticket()),
            State::Done | State::Failed(_) | State::Stopped => None,
        }
    }

    fn reply(&mut self, screen: &mut TreeScreen, reply: Reply) -> After {
        match (reply.take(), &mut self.state) {
            (Some(ReportReply::Progress(new)), State::Running(_, words)) => *words = new,
            (Some(ReportReply::Partial(report)), _) => self.show(report),
            (Some(ReportReply::Done(computed)), _) => {
                self.finish(computed);
                if self.asks && self.has_only_what_is_shown() {
                    screen.shared.say("the file does not say where its root is: only this one was found");
                    return After::Close;
                }
            }
            _ => {}
        }
        After::Stay
    }

    fn lay_out(&mut self, screen: &TreeScreen) {
        self.width = screen.areas.overlay_inside().width;
        if let Some(report) = &mut self.report {
            report.fit(self.width);
        }
    }

    fn refresh(&mut self, screen: &mut TreeScreen) {
        *self = Self::start(screen, self.row, std::mem::take(&mut self.argument));
    }

    fn draw(&self, screen: &TreeScreen, buf: &mut Buffer) {
        let inside = screen.areas.overlay_inside();
        let theme = screen.shared.theme;
        let context = RenderContext {
            theme,
            width: inside.width,
            typing: &screen.typing,
            key_format: screen.shared.key_format,
            value_format: screen.shared.value_format,
        };
        let title = self.report.as_ref().map_or_else(|| self.row.name.to_owned(), |report| report.title());
        let state = match &self.state {
            State::Running(_, words) if self.report.is_some() => {
                format!(" · {}", or(words, &format!("goes on … {} stops", key_of(Common::Cancel))))
            }
            State::Stopped if self.report.is_some() => {
                format!(" · stopped: not all, {} goes on", key_of(TreeAction::Again))
            }
            State::Failed(why) if self.report.is_some() => format!(" · {why}"),
            _ => String::new(),
        };
        let len = self.len();
        paint::overlay(screen, &format!("{title}{state}"), &self.cursor, len, buf);
        let Some(report) = &self.report else {
            let stopped = format!("stopped; {} goes on", key_of(TreeAction::Again));
            let (words, role) = match &self.state {
                State::Running(_, words) => (or(words, "being read …"), Role::Dim),
                State::Failed(why) => (why.as_str(), Role::Bad),
                State::Stopped => (stopped.as_str(), Role::Doubtful),
                State::Done => ("nothing", Role::Dim),
            };
            buf.set_line(inside.x, inside.y, &Line::styled(format!(" {words}"), theme.style(role)), inside.width);
            return;
        };
        let (list, beside) = split(inside);
        let lines = beside.and_then(|beside| {
            let lines = report.beside(self.cursor.selected, usize::from(beside.height), context)?;
            Some((lines, beside))
        });
        let (list, context) = match lines.is_some() {
            true => (list, RenderContext { width: list.width, ..context }),
            false => (inside, context),
        };
        if let Some((lines, beside)) = &lines {
            for (row, line) in (beside.y..beside.bottom()).zip(lines) {
                buf.set_line(beside.x, row, line, beside.width);
            }
        }
        for (row, at) in self.cursor.window(len).enumerate() {
            let area = Rect { y: inside.y + row as u16, height: 1, ..list };
            let (left, right) = report.line(at, context);
            paint::two_ends(area, left, right, buf);
            if at == self.cursor.selected {
                paint::cursor_line(theme, area, true, buf);
            }
        }
    }
}

/// Room for lines, and for a pane beside them where there is enough.
fn split(inside: Rect) -> (Rect, Option<Rect>) {
    if inside.width < TWO_PANES {
        return (inside, None);
    }
    let width = inside.width - BESIDE - 1;
    let beside = Rect { x: inside.x + width + 1, width: BESIDE, ..inside };
    (Rect { width, ..inside }, Some(beside))
}

fn or<'a>(words: &'a str, instead: &'a str) -> &'a str {
    if words.is_empty() { instead } else { words }
}
