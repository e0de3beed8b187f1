//! The screen of two tables on the way to their comparison: both are read, a contract between them is drafted and
//! looked at, and the trees are built. The screen of two trees then lies on top of it.

mod details;
mod draw;
mod expression;
mod jobs;
mod keys;
mod layout;
mod page;
pub(crate) mod progress;

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::model::item::ItemFormat;
use crate::runtime::input::action::TablesAction;
use crate::runtime::input::keymap::{Keys, ScreenKind, key_of};
use crate::runtime::jobs::Task;
use crate::runtime::layers::{Layered, Layers};
use crate::runtime::layout::overlay_inside;
use crate::runtime::list::ListCursor;
use crate::runtime::paint::Look;
use crate::runtime::screen::{Shared, Start};
use crate::runtime::theme::Theme;
use crate::screens::keys_of;
use crate::tables::work::TableWork;
use layout::TablesAreas;
use page::Page;
use progress::{Meter, Progress};

/// A stage of the work on both tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// Both sides are read once, and a contract is drafted.
    Draft,
    /// Both trees are built.
    Build,
}

/// What the screen shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// A stage runs.
    Working(Stage),
    /// A stage failed: why, and what to do.
    Failed(Stage, String),
    /// The user has stopped a stage, and there is no draft to go back to.
    Stopped(Stage),
    /// The draft is looked at.
    Page,
    /// There was nothing to draft, and the trees are built and compared on the screen above.
    Built,
}

/// The screen of two tables.
#[derive(Debug)]
pub(crate) struct TablesScreen {
    pub(crate) shared: Shared,
    work: Arc<dyn TableWork>,
    pub(crate) phase: Phase,
    /// The draft, once there is one.
    pub(crate) page: Option<Page>,
    meters: [Meter; 2],
    /// The running stage.
    task: Option<Task>,
    /// Writes the draft into a folder.
    writing: Option<Task>,
    /// The scrolled text of a failure.
    text: ListCursor,
    layers: Layers<Self>,
    areas: TablesAreas,
}

impl Look for TablesScreen {
    fn theme(&self) -> Theme {
        self.shared.theme
    }

    fn framed(&self) -> bool {
        self.areas.framed
    }

    fn overlay(&self) -> Rect {
        self.areas.body
    }

    fn keys(&self) -> Keys {
        self.shared.input.keys
    }
}

impl Layered for TablesScreen {
    fn layers_mut(&mut self) -> &mut Layers<Self> {
        &mut self.layers
    }
}

impl TablesScreen {
    /// Starts to read both tables.
    pub(crate) fn start(work: Arc<dyn TableWork>, start: Start) -> Self {
        let area = start.area;
        let mut screen = Self {
            shared: Shared::new(keys_of(ScreenKind::Tables), start),
            work,
            phase: Phase::Working(Stage::Draft),
            page: None,
            meters: [Meter::default(); 2],
            task: None,
            writing: None,
            text: ListCursor::default(),
            layers: Layers::default(),
            areas: TablesAreas::default(),
        };
        screen.start_stage(if screen.work.needs_draft() { Stage::Draft } else { Stage::Build });
        screen.resize(area);
        screen
    }

    /// Whether texts that come from values are hidden.
    pub(super) fn hides_values(&self) -> bool {
        self.shared.value_format == ItemFormat::Redacted
    }

    /// Takes in how far both sides are.
    pub(crate) fn take_progress(&mut self, progress: Progress) {
        let Progress { at, sides } = progress;
        self.meters.iter_mut().zip(sides).for_each(|(meter, side)| meter.take(at, side));
    }

    /// Goes back to the draft, or says that there is none.
    fn leave_stage(&mut self, stage: Stage) {
        self.task = None;
        self.phase = match (stage, &self.page) {
            (Stage::Build, Some(_)) => {
                let compare = key_of(TablesAction::Compare);
                self.shared.say(format!("stopped: nothing was compared; {compare} compares"));
                Phase::Page
            }
            _ => Phase::Stopped(stage),
        };
        self.fit();
    }

    /// Takes in the size of the screen.
    pub(crate) fn resize(&mut self, area: Rect) {
        self.areas = TablesAreas::of(area);
        Layers::lay_out(self);
        self.fit();
    }

    /// Fits cursors to the sizes of the lists.
    fn fit(&mut self) {
        let (hides_values, areas) = (self.hides_values(), self.areas);
        if let Some(page) = &mut self.page {
            page.fit(&areas, hides_values);
        }
        let (height, len) = (usize::from(self.areas.inside().height), self.message_lines().len());
        self.text.set_height(height, len);
        self.text.scroll_by(0, len);
        self.layers.fit(usize::from(overlay_inside(self.areas.body, self.areas.framed).height));
    }
}
