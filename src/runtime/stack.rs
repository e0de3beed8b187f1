//! The program without its terminal: a stack of screens, of which the top one is shown.

use std::fmt;
use std::sync::Arc;

use file_mst::Damage;
use mst_types::escape_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::model::item::{ItemFormat, ValueFormat};
use crate::runtime::event::Event;
use crate::runtime::first_hints::FirstHints;
use crate::runtime::guide::Guide;
use crate::runtime::input::action::{Action, Common, Program};
use crate::runtime::input::commands::Command;
use crate::runtime::input::keymap::{ScreenKind, key_of};
use crate::runtime::input::prompt::Memory;
use crate::runtime::jobs::{Runner, Task};
use crate::runtime::looks::Looks;
use crate::runtime::screen::{Build, Destination, Effect, Opener, Screen, Start};
use crate::runtime::session::Session;
use crate::runtime::terminal::gate;

/// The number under which the stack runs its own tasks. Screens have numbers from 1 on.
const STACK: u64 = 0;

/// A request of the program to the terminal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum TerminalRequest {
    Copy(String),
    Suspend,
    /// Draw everything anew with the next frame.
    Redraw,
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
}

/// A screen on the stack.
#[derive(Debug)]
struct ScreenSlot {
    /// The number that tells replies for this screen from those for others.
    number: u64,
    screen: Box<dyn Screen>,
}

/// The screens of the program.
pub(crate) struct ScreenStack {
    slots: Vec<ScreenSlot>,
    numbers: u64,
    runner: Runner,
    opener: Arc<dyn Opener>,
    build: Build,
    /// What is being opened or built.
    opening: Option<Task>,
    looks: Looks,
    session: Session,
    /// The whole window, and the part of it that the screens have.
    window: Rect,
    area: Rect,
    /// Whether small files are counted without being asked.
    counts_unasked: bool,
    /// Whether the mouse is ours.
    has_mouse: bool,
    requests: Vec<TerminalRequest>,
    /// A tour of the screens.
    guide: Option<Guide>,
    /// The hints of the first run, as long as there are more.
    hints: Option<FirstHints>,
}

impl fmt::Debug for ScreenStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScreenStack").field("slots", &self.slots).finish_non_exhaustive()
    }
}

impl ScreenStack {
    /// A stack of one screen.
    pub(crate) fn new(
        on: Destination,
        build: Build,
        opener: Arc<dyn Opener>,
        runner: Runner,
        looks: impl Into<Looks>,
    ) -> Self {
        Self::empty(build, opener, runner, looks.into()).with(on)
    }

    /// The same; small files are counted without being asked.
    pub(crate) fn counting(
        on: Destination,
        build: Build,
        opener: Arc<dyn Opener>,
        runner: Runner,
        looks: impl Into<Looks>,
    ) -> Self {
        Self { counts_unasked: true, ..Self::empty(build, opener, runner, looks.into()) }.with(on)
    }

    fn empty(build: Build, opener: Arc<dyn Opener>, runner: Runner, looks: Looks) -> Self {
        Self {
            slots: Vec::new(),
            numbers: STACK,
            runner,
            opener,
            build,
            opening: None,
            looks,
            session: Session::default(),
            window: Rect::default(),
            area: Rect::default(),
            counts_unasked: false,
            has_mouse: true,
            requests: Vec::new(),
            guide: None,
            hints: None,
        }
    }

    /// The same stack with a tour of its screens.
    pub(crate) fn guided(self, guide: Guide) -> Self {
        Self { guide: Some(guide), ..self }
    }

    /// Begins to show the hints of the first run.
    pub(crate) fn show_hints(&mut self) {
        self.hints = Some(FirstHints::default());
        self.show_next_hint();
    }

    /// Shows the next hint of the first run where the last line has nothing else to say.
    fn show_next_hint(&mut self) {
        let (Some(hints), Some(slot)) = (&mut self.hints, self.slots.last_mut()) else { return };
        let input = &mut slot.screen.shared_mut().input;
        if input.message.is_some() || input.prompt.is_some() || !input.typed.is_empty() || input.count.is_some() {
            return;
        }
        input.message = hints.next(input.keys.screen);
        if input.message.is_none() {
            self.hints = None;
        }
    }

    fn with(mut self, on: Destination) -> Self {
        self.show(on);
        self
    }

    fn top(&self) -> Option<&dyn Screen> {
        self.slots.last().map(|slot| &*slot.screen)
    }

    fn top_mut(&mut self) -> Option<&mut (dyn Screen + 'static)> {
        self.slots.last_mut().map(|slot| &mut *slot.screen)
    }

    /// Puts a screen on top of the others. It inherits what was typed, and how values are shown: redacted values stay
    /// redacted.
    fn show(&mut self, on: Destination) {
        self.numbers += 1;
        let number = self.numbers;
        let (memory, value_format, representation) = match self.top().map(Screen::shared) {
            Some(shared) => (shared.input.memory.clone(), shared.value_format, shared.representation),
            None => (Memory::default(), ItemFormat::Auto, None),
        };
        let start = Start {
            runner: self.runner.for_screen(number),
            theme: self.looks.theme(),
            area: self.area,
            memory,
            session: self.session.clone(),
            value_format,
            representation,
            counts_unasked: self.counts_unasked,
        };
        self.slots.push(ScreenSlot { number, screen: (self.build)(on, start) });
    }

    /// Shows values in this format on all screens: `q` may lead back to one that showed its values before.
    pub(crate) fn format_values(&mut self, format: ValueFormat) {
        for slot in &mut self.slots {
            slot.screen.shared_mut().format_values(format);
        }
    }

    /// Begins to follow the file of the top screen, or both.
    pub(crate) fn follow(&mut self) {
        if let Some(screen) = self.top_mut() {
            let effects = screen.execute(Command::Do(Action::Common(Common::Follow))).unwrap_or_default();
            self.apply(effects);
        }
    }

    /// Counts the tree of the top screen where the program would do so without being asked; returns the damage.
    pub(crate) fn count_now(&mut self) -> Vec<Damage> {
        self.top_mut().map(|screen| screen.count_now()).unwrap_or_default()
    }

    /// Whether the user has left.
    pub(crate) fn is_over(&self) -> bool {
        self.slots.is_empty()
    }

    pub(crate) fn resize(&mut self, window: Rect) {
        self.window = window;
        let area = self.guide.as_ref().map_or(window, |guide| guide.areas(window).1);
        self.area = area;
        if let Some(screen) = self.top_mut() {
            screen.resize(area);
        }
    }

    /// Draws the top screen.
    pub(crate) fn draw(&self, buf: &mut Buffer) {
        if let Some(screen) = self.top() {
            screen.draw(buf);
        }
        if let Some(guide) = &self.guide {
            guide.draw(guide.areas(self.window).0, self.looks.theme(), buf);
        }
        gate::pass(buf, &self.looks);
    }

    /// Starts to read what the visible lines of the top screen still miss.
    pub(crate) fn read_missing(&mut self) {
        if let Some(screen) = self.top_mut() {
            screen.read_missing();
        }
    }

    /// Whether something must be done before more events are taken in.
    pub(crate) fn is_urgent(&self) -> bool {
        !self.requests.is_empty() || self.is_over()
    }

    /// The requests to the terminal since the last call.
    pub(crate) fn take_requests(&mut self) -> Vec<TerminalRequest> {
        std::mem::take(&mut self.requests)
    }

    /// Takes in an event. Going on after a suspension concerns only the terminal.
    pub(crate) fn take(&mut self, event: Event) {
        self.take_in(event);
        self.lead_on(None);
    }

    /// Tells the tour, if there is one, what the user has done on which screen.
    fn lead_on(&mut self, done: Option<(Action, ScreenKind)>) {
        let shown = self.top().map(|screen| screen.shared().input.keys.screen);
        if let (Some(guide), Some(shown)) = (&mut self.guide, shown) {
            guide.see(done, shown);
            self.resize(self.window);
        }
    }

    fn take_in(&mut self, event: Event) {
        match event {
            Event::Key(key) => {
                let effects = self.top_mut().map(|screen| screen.key(key)).unwrap_or_default();
                // Before the effects, which may show another screen.
                let done = self
                    .top()
                    .and_then(|screen| Some((screen.shared().input.last?, screen.shared().input.keys.screen)));
                self.apply(effects);
                self.lead_on(done);
                self.show_next_hint();
            }
            Event::Mouse(mouse) => {
                let effects = self.top_mut().map(|screen| screen.mouse(mouse)).unwrap_or_default();
                self.apply(effects);
            }
            Event::Paste(text) => {
                if let Some(screen) = self.top_mut() {
                    screen.shared_mut().input.paste(&text);
                }
            }
            Event::Resize | Event::Continue => {}
            Event::Background(background) => {
                self.change_looks(Looks { background: Some(background), ..self.looks });
            }
            Event::Terminate => self.slots.clear(),
            Event::Suspend => self.requests.push(TerminalRequest::Suspend),
            Event::Reply { screen: STACK, ticket, reply } => {
                if self.opening.as_ref().is_some_and(|task| task.ticket() == ticket) {
                    self.opening = None;
                    match reply.take::<anyhow::Result<Destination>>() {
                        Some(Ok(destination)) => self.show(destination),
                        Some(Err(error)) => self.say(escape_text(&format!("{error:#}").replace('\n', " "))),
                        None => {}
                    }
                }
            }
            Event::Reply { screen, ticket, reply } => {
                // A reply for a screen that is gone is dropped.
                let Some(slot) = self.slots.iter_mut().find(|slot| slot.number == screen) else { return };
                if let Err(reply) = slot.screen.shared_mut().input.take_words(ticket, reply) {
                    let effects = slot.screen.reply(ticket, reply);
                    self.apply(effects);
                }
            }
        }
    }

    /// The looks of all screens.
    pub(crate) fn looks(&self) -> &Looks {
        &self.looks
    }

    fn change_looks(&mut self, looks: Looks) {
        self.looks = looks;
        for slot in &mut self.slots {
            slot.screen.shared_mut().theme = looks.theme();
        }
    }

    /// Leaves the mouse to the terminal from the start.
    pub(crate) fn leave_mouse(&mut self) {
        self.has_mouse = false;
    }

    /// Says something to the user on the top screen.
    pub(crate) fn say(&mut self, words: impl Into<String>) {
        if let Some(screen) = self.top_mut() {
            screen.shared_mut().say(words);
        }
    }

    /// Does what a screen asked for.
    fn apply(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Open(name) => {
                    let words = format!("opening {} …", escape_text(&name));
                    let tree = |shown| Destination::Tree(Box::new(shown));
                    self.open(words, move |opener| opener.open(&name).map(tree));
                }
                Effect::OpenBeside(left, name) => {
                    let words = format!("opening {} …", escape_text(&name));
                    let pair = |pair| Destination::Pair(Box::new(pair));
                    self.open(words, move |opener| opener.beside(&left, &name).map(pair));
                }
                Effect::Compare([left, right]) => {
                    let words = format!("opening {} and {} …", escape_text(&left), escape_text(&right));
                    self.open(words, move |opener| opener.tables(&left, &right));
                }
                Effect::Build([table, file]) => {
                    let words = format!("building {} …", escape_text(&file));
                    self.open(words, move |opener| opener.build(&table, &file));
                }
                Effect::Show(destination) => self.show(destination),
                Effect::Copy(text) => self.requests.push(TerminalRequest::Copy(text)),
                Effect::Theme(choice) => {
                    self.change_looks(Looks { choice, ..self.looks });
                    self.say(format!("the theme is {}", choice.name()));
                }
                Effect::Suspend => self.requests.push(TerminalRequest::Suspend),
                Effect::Mouse => {
                    self.has_mouse = !self.has_mouse;
                    self.requests.push(TerminalRequest::Mouse(self.has_mouse));
                    let key = key_of(Program::Mouse);
                    self.say(match self.has_mouse {
                        true => format!("the mouse works on the screen again; {key} turns it off, to select text"),
                        false => format!("the mouse selects text now; {key} turns it on again"),
                    });
                }
                Effect::Redraw => self.requests.push(TerminalRequest::Redraw),
                Effect::Leave => {
                    self.slots.pop();
                    self.resize(self.window);
                }
                Effect::Exit => self.slots.clear(),
            }
        }
    }

    /// Opens something in a task, and then shows it.
    fn open(&mut self, words: String, opens: impl FnOnce(&dyn Opener) -> anyhow::Result<Destination> + Send + 'static) {
        let opener = Arc::clone(&self.opener);
        self.say(words);
        let failed = |why: String| Err::<Destination, _>(anyhow::Error::msg(why));
        self.opening = Some(self.runner.for_screen(STACK).run(failed, move |feed| {
            let _ = feed.send(opens(&*opener));
        }));
    }

    /// Puts another screen on top of this one.
    #[cfg(test)]
    pub(crate) fn show_again(&mut self, on: Destination) {
        self.show(on);
    }

    /// The top screen, if it is of this kind.
    #[cfg(test)]
    pub(crate) fn top_as<S: Screen + 'static>(&mut self) -> Option<&mut S> {
        self.top_mut()?.as_any().downcast_mut()
    }

    /// The text that was copied last.
    #[cfg(test)]
    pub(crate) fn copied(&self) -> Option<&str> {
        self.requests.iter().rev().find_map(|request| match request {
            TerminalRequest::Copy(text) => Some(text.as_str()),
            TerminalRequest::Suspend | TerminalRequest::Redraw | TerminalRequest::Mouse(_) => None,
        })
    }
}
