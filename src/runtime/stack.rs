//! The program without its terminal: the screens that lie on each other, what happens to them, and the work they ask for.

use std::fmt;
use std::sync::Arc;

use file_mst::diff::Side;
use file_mst::history::Version;
use file_mst::open::{Opened, RootSource};
use file_mst::schema::escape_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

pub(crate) use crate::screens::browse::screen::Browse;
use crate::screens::{browse, diff};

use crate::model::diff::pair::Pair;
use crate::model::history::{self};
use crate::model::item::{ItemFormat, ValueFormat};
use crate::model::jump::Jump;
use crate::model::places::Drifted;
use crate::model::representation::Aspect;
use crate::runtime::event::Event;
use crate::runtime::jobs::{Jobs, Reply, Runner, Task};
use crate::runtime::prompt::Memory;
use crate::runtime::theme::Theme;
use crate::runtime::{COUNTED_UNASKED, gate};
use crate::screens::browse::retype::{self, Retype};
use crate::screens::browse::state::{App, Count, Seek};
use crate::screens::diff::screen::Drift;

/// A tree that is shown.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The name of the file, without folders.
    pub(crate) file: String,
    /// The file as the user named it, for command lines.
    pub(crate) path: String,
    pub(crate) opened: Opened,
}

/// What a screen can be opened on.
#[derive(Debug)]
pub(crate) enum Destination {
    Tree(Box<Shown>),
    Pair(Box<Pair>),
}

/// Opens trees by the names that users give them.
pub(crate) trait Opener: Send + Sync {
    /// The tree of a name.
    fn open(&self, name: &str) -> anyhow::Result<Shown>;

    /// The tree that is shown, and on its right that of a name, opened so that they can be compared.
    fn beside(&self, left: &Shown, name: &str) -> anyhow::Result<Pair>;
}

/// What a screen asks of the program.
#[derive(Debug)]
pub(crate) enum Wish {
    /// Another tree, by its name.
    Open(String),
    /// The tree that is shown beside another, by its name.
    Diff(String),
    Version(Box<Version>),
    Compare(Box<Version>, Box<Version>),
    /// The tree that is shown, under other types.
    Types(Retype),
    /// One of two trees alone, at this key, with the places that differ.
    Side {
        side: Side,
        key: Option<Vec<u8>>,
        drifted: Arc<Drifted>,
    },
    /// Put a text where other programs can paste it from.
    Copy(String),
    /// Stop the process for a while.
    Suspend,
    /// Leave the screen, or the program.
    Leave,
    Exit,
}

#[derive(Debug)]
enum Place {
    Browse(Box<Browse>),
    Drift(Box<Drift>),
}

/// The program.
pub(crate) struct Program {
    /// The screens, each with a number of its own; the last one is seen.
    places: Vec<(u64, Place)>,
    numbers: u64,
    runner: Runner,
    opener: Arc<dyn Opener>,
    opening: Option<Task>,
    theme: Theme,
    area: Rect,
    /// Whether small files are counted without being asked for.
    counts_unasked: bool,
    pub(crate) suspend: bool,
    /// A text for other programs.
    pub(crate) copied: Option<String>,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("places", &self.places).finish_non_exhaustive()
    }
}

impl Program {
    /// The program with one screen. Small files are counted without being asked for.
    pub(crate) fn counting(on: Destination, opener: Arc<dyn Opener>, runner: Runner, theme: Theme) -> Self {
        Self { counts_unasked: true, ..Self::empty(opener, runner, theme) }.with(on)
    }

    /// Shows values in this format on the screen on top.
    pub(crate) fn format_values(&mut self, format: ValueFormat) {
        let values = match format {
            ValueFormat::Auto => (ItemFormat::Auto, None),
            ValueFormat::Text => (ItemFormat::Text, None),
            ValueFormat::Json => (ItemFormat::Auto, Some(Aspect::Json)),
            ValueFormat::Hex => (ItemFormat::Hex, None),
            ValueFormat::Redacted => (ItemFormat::Redacted, None),
        };
        match self.places.last_mut() {
            Some((_, Place::Browse(browse))) => (browse.app.value_format, browse.app.aspect) = values,
            Some((_, Place::Drift(drift))) => (drift.app.value_format, drift.app.aspect) = values,
            None => {}
        }
    }

    /// The program with one screen.
    pub(crate) fn new(on: Destination, opener: Arc<dyn Opener>, runner: Runner, theme: Theme) -> Self {
        Self::empty(opener, runner, theme).with(on)
    }

    fn empty(opener: Arc<dyn Opener>, runner: Runner, theme: Theme) -> Self {
        Self {
            places: Vec::new(),
            numbers: 0,
            runner,
            opener,
            opening: None,
            theme,
            area: Rect::default(),
            counts_unasked: false,
            suspend: false,
            copied: None,
        }
    }

    fn with(mut self, on: Destination) -> Self {
        self.show(on);
        self
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Puts a screen on top of the others.
    fn show(&mut self, on: Destination) {
        let number = self.number();
        let memory = self.memory();
        let values = self.values();
        let place = match on {
            Destination::Tree(shown) => {
                let jobs = Jobs::start(&shown.opened, &self.runner, number);
                let mut app = App::new(&shown.file, &shown.path, &shown.opened, self.theme);
                if self.counts_unasked && app.file_len <= COUNTED_UNASKED {
                    app.count = Count::Running { records: 0, nodes: 0 };
                }
                app.input.memory = memory;
                (app.value_format, app.aspect) = values;
                if shown.opened.root_source == RootSource::Likely {
                    app.ask_for_root();
                }
                app.resize(self.area);
                Place::Browse(Box::new(Browse { app, shown: *shown, jobs, history: None }))
            }
            Destination::Pair(pair) => {
                let mut drift = Drift::start(*pair, self.theme, &self.runner, number);
                drift.app.input.memory = memory;
                (drift.app.value_format, drift.app.aspect) = values;
                drift.app.resize(self.area);
                Place::Drift(Box::new(drift))
            }
        };
        self.places.push((number, place));
    }

    /// How values are shown on the screen on top: what is redacted there stays so on those that come out of it.
    fn values(&self) -> (ItemFormat, Option<Aspect>) {
        match self.places.last() {
            Some((_, Place::Browse(browse))) => (browse.app.value_format, browse.app.aspect),
            Some((_, Place::Drift(drift))) => (drift.app.value_format, drift.app.aspect),
            None => (ItemFormat::Auto, None),
        }
    }

    fn memory(&self) -> Memory {
        match self.places.last() {
            Some((_, Place::Browse(browse))) => browse.app.input.memory.clone(),
            Some((_, Place::Drift(drift))) => drift.app.input.memory.clone(),
            None => Memory::default(),
        }
    }

    /// Whether the user has left.
    pub(crate) fn is_over(&self) -> bool {
        self.places.is_empty()
    }

    pub(crate) fn resize(&mut self, area: Rect) {
        self.area = area;
        match self.places.last_mut() {
            Some((_, Place::Browse(browse))) => browse.app.resize(area),
            Some((_, Place::Drift(drift))) => drift.app.resize(area),
            None => {}
        }
    }

    /// Draws the screen that is on top.
    pub(crate) fn draw(&self, buf: &mut Buffer) {
        match self.places.last() {
            Some((_, Place::Browse(browse))) => browse::draw::draw(&browse.app, buf),
            Some((_, Place::Drift(drift))) => diff::draw::draw(&drift.app, buf),
            None => {}
        }
        gate::clean(buf);
    }

    /// Whether something must be done before more events are taken in.
    pub(crate) fn is_urgent(&self) -> bool {
        self.suspend || self.copied.is_some() || self.is_over()
    }

    /// Takes in what happened. Suspension and what comes after it are the terminal's.
    pub(crate) fn take(&mut self, event: Event) {
        match event {
            Event::Key(key) => {
                match self.places.last_mut() {
                    Some((_, Place::Browse(browse))) => {
                        browse.app.key(key);
                        browse.step();
                    }
                    Some((_, Place::Drift(drift))) => drift.app.key(key),
                    None => {}
                }
                self.grant();
            }
            Event::Resize | Event::Continue => {}
            Event::Terminate => self.places.clear(),
            Event::Suspend => self.suspend = true,
            Event::Reply { ticket, reply: Reply::Opened(opened), .. } => {
                if self.opening.as_ref().is_some_and(|task| task.ticket() == ticket) {
                    self.opening = None;
                    match *opened {
                        Ok(destination) => self.show(destination),
                        Err(error) => self.say(escape_text(&format!("{error:#}").replace('\n', " ")).into_owned()),
                    }
                }
            }
            Event::Reply { place, ticket, reply: Reply::Retyped(retyped) } => {
                if self.opening.as_ref().is_some_and(|task| task.ticket() == ticket) {
                    self.opening = None;
                    self.show_types(place, *retyped);
                }
            }
            Event::Reply { place, ticket, reply } => {
                match self.places.iter_mut().find(|(number, _)| *number == place) {
                    Some((_, Place::Browse(browse))) => browse.take(ticket, reply),
                    Some((_, Place::Drift(drift))) => drift.take(ticket, reply),
                    // Of a screen that is gone.
                    None => {}
                }
                self.grant();
            }
        }
    }

    fn say(&mut self, words: String) {
        match self.places.last_mut() {
            Some((_, Place::Browse(browse))) => browse.app.input.say(words),
            Some((_, Place::Drift(drift))) => drift.app.input.say(words),
            None => {}
        }
    }

    /// Does what the screen on top asks for.
    fn grant(&mut self) {
        let wish = match self.places.last_mut() {
            Some((_, Place::Browse(browse))) => browse.app.wish.take(),
            Some((_, Place::Drift(drift))) => drift.app.wish.take(),
            None => None,
        };
        match wish {
            None => {}
            Some(Wish::Leave) => {
                self.places.pop();
                self.resize(self.area);
            }
            Some(Wish::Exit) => self.places.clear(),
            Some(Wish::Suspend) => self.suspend = true,
            Some(Wish::Copy(text)) => self.copied = Some(text),
            Some(Wish::Open(name)) => self.open(name, None),
            Some(Wish::Diff(name)) => match self.places.last() {
                Some((_, Place::Browse(browse))) => self.open(name, Some(browse.shown.clone())),
                _ => self.say("there are two trees here already".to_owned()),
            },
            Some(Wish::Version(version)) => self.go_to_version(&version),
            Some(Wish::Types(types)) => self.retype(types),
            Some(Wish::Side { side, key, drifted }) => self.show_side(side, key, drifted),
            Some(Wish::Compare(old, new)) => {
                if let Some((_, Place::Browse(browse))) = self.places.last() {
                    let pair = browse.versions(&old, &new);
                    self.show(Destination::Pair(Box::new(pair)));
                }
            }
        }
    }

    /// Opens a tree beside the screen; as the right one of two if a left one is given.
    fn open(&mut self, name: String, left: Option<Shown>) {
        let (ticket, opener) = (self.number(), Arc::clone(&self.opener));
        self.say(format!("opening {} …", escape_text(&name)));
        let failed = |why| Reply::Opened(Box::new(Err(anyhow::Error::msg::<String>(why))));
        self.opening = Some(self.runner.run(0, ticket, failed, move |feed| {
            let opened = match left {
                None => opener.open(&name).map(|shown| Destination::Tree(Box::new(shown))),
                Some(left) => opener.beside(&left, &name).map(|pair| Destination::Pair(Box::new(pair))),
            };
            let _ = feed.send(Reply::Opened(Box::new(opened)));
        }));
    }

    fn show_side(&mut self, side: Side, key: Option<Vec<u8>>, drifted: Arc<Drifted>) {
        let Some((_, Place::Drift(drift))) = self.places.last() else { return };
        let pair = &drift.app.pair;
        let (file, path, opened) = (pair.file(side).to_owned(), pair.path(side).to_owned(), pair.opened(side).clone());
        self.show(Destination::Tree(Box::new(Shown { file, path, opened })));
        if let Some(browse) = self.browse() {
            browse.app.drifted = Some(drifted);
            if let Some(key) = key {
                browse.app.seek = Seek::Jump(Jump::Key(key));
            }
        }
    }

    fn go_to_version(&mut self, version: &Version) {
        let next = self.number();
        if let Some((number, Place::Browse(browse))) = self.places.last_mut() {
            *number = next;
            browse.shown.opened = browse.shown.opened.version(version);
            browse.jobs = Jobs::start(&browse.shown.opened, &self.runner, next);
            browse.app.show_version(&browse.shown.file, &browse.shown.opened, history::name(version));
        }
    }

    /// Tries other types beside the screen.
    fn retype(&mut self, types: Retype) {
        let ticket = self.number();
        let Some((place, Place::Browse(browse))) = self.places.last_mut() else { return };
        let opened = browse.shown.opened.clone();
        browse.app.input.say("trying the types …");
        let failed = |why| Reply::Retyped(Box::new(Err(why)));
        self.opening = Some(self.runner.run(*place, ticket, failed, move |feed| {
            let _ = feed.send(Reply::Retyped(Box::new(types.apply(&opened))));
        }));
    }

    /// Shows the tree of a screen under other types, if it is still the one on top.
    fn show_types(&mut self, place: u64, retyped: Result<Opened, String>) {
        let next = self.number();
        let Some((number, Place::Browse(browse))) = self.places.last_mut() else { return };
        match retyped {
            _ if *number != place => {}
            Ok(opened) => {
                *number = next;
                browse.jobs = Jobs::start(&opened, &self.runner, next);
                browse.app.show_types(&browse.shown.file, &opened);
                browse.app.input.say(retype::named(&opened.typing));
                browse.shown.opened = opened;
            }
            Err(why) => browse.app.input.say(escape_text(&why)),
        }
    }

    /// Starts the work that the screen on top asks for, and stops what it no longer does.
    pub(crate) fn work(&mut self) {
        match self.places.last_mut() {
            Some((_, Place::Browse(browse))) => browse.work(),
            Some((_, Place::Drift(drift))) => drift.work(),
            None => {}
        }
    }

    /// The screen on top, if it is that of one tree.
    pub(crate) fn browse(&mut self) -> Option<&mut Browse> {
        match self.places.last_mut() {
            Some((_, Place::Browse(browse))) => Some(browse),
            _ => None,
        }
    }

    /// The screen on top, if it is that of two trees.
    #[cfg(test)]
    pub(crate) fn drift(&mut self) -> Option<&mut crate::screens::diff::state::DriftApp> {
        match self.places.last_mut() {
            Some((_, Place::Drift(drift))) => Some(&mut drift.app),
            _ => None,
        }
    }
}
