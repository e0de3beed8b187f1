//! The screens of the program: one tree, two trees side by side, and two tables on the way there.

pub(crate) mod browse;
pub(crate) mod diff;
mod file_watch;
pub(crate) mod tables;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::model::item::ValueFormat;
use crate::reports::REPORTS;
use crate::runtime::guide::Guide;
use crate::runtime::input::keymap::{Keys, ScreenKind};
use crate::runtime::jobs::Runner;
use crate::runtime::looks::Looks;
use crate::runtime::offscreen;
use crate::runtime::screen::{Screen, Start};
use crate::runtime::stack::ScreenStack;

pub(crate) use crate::runtime::offscreen::Offscreen;
pub(crate) use crate::runtime::screen::{Destination, Opener, Shown};
#[cfg(test)]
pub(crate) use crate::runtime::theme::Theme;

/// How the screen begins.
#[derive(Debug)]
pub(crate) struct Beginning {
    pub(crate) looks: Looks,
    pub(crate) values: ValueFormat,
    pub(crate) mouse: bool,
    /// Whether the files are followed from the start.
    pub(crate) follow: bool,
    /// One line for the user, until the first key.
    pub(crate) notice: Option<String>,
    /// Whether this is the first run, which has hints.
    pub(crate) is_first_run: bool,
}

/// Shows a tree, or two, until the user leaves.
pub(crate) fn run(on: Destination, opener: Arc<dyn Opener>, beginning: Beginning) -> anyhow::Result<()> {
    run_stack(beginning, |runner, looks| ScreenStack::counting(on, build, opener, runner, looks))
}

/// The same with a tour that leads through the screens.
pub(crate) fn run_guided(
    on: Destination,
    opener: Arc<dyn Opener>,
    beginning: Beginning,
    guide: Guide,
) -> anyhow::Result<()> {
    run_stack(beginning, |runner, looks| ScreenStack::counting(on, build, opener, runner, looks).guided(guide))
}

fn run_stack(beginning: Beginning, make: impl FnOnce(Runner, Looks) -> ScreenStack) -> anyhow::Result<()> {
    let Beginning { looks, values, mouse, follow, notice, is_first_run } = beginning;
    crate::runtime::run(&looks, mouse, |runner| {
        let mut stack = make(runner, looks);
        stack.format_values(values);
        if !mouse {
            stack.leave_mouse();
        }
        if follow {
            stack.follow();
        }
        if let Some(notice) = notice {
            stack.say(notice);
        }
        if is_first_run {
            stack.show_hints();
        }
        stack
    })
}

impl Offscreen {
    /// The opening view on a screen of this size, without a terminal.
    pub(crate) fn open(
        on: Destination,
        opener: Arc<dyn Opener>,
        looks: impl Into<Looks>,
        width: u16,
        height: u16,
    ) -> Self {
        Self::start(on, build, opener, looks, (width, height))
    }
}

/// Makes the screen of a destination.
pub(crate) fn build(on: Destination, start: Start) -> Box<dyn Screen> {
    match on {
        Destination::Tree(shown) => Box::new(browse::TreeScreen::start(*shown, start)),
        Destination::Side(side) => Box::new(browse::TreeScreen::start_on_side(*side, start)),
        Destination::Pair(pair) => Box::new(diff::DiffScreen::start(*pair, start)),
        Destination::Tables(work) => Box::new(tables::TablesScreen::start(Arc::from(work), start)),
    }
}

/// The keys of a screen.
pub(crate) const fn keys_of(screen: ScreenKind) -> Keys {
    Keys { screen, reports: REPORTS }
}

/// The key names in a text such as `jj<Tab>G<Enter>`. An error names an unknown key.
pub(crate) fn key_names(text: &str) -> Result<Vec<String>, String> {
    offscreen::key_names(text, keys_of(ScreenKind::Tree))
}
