//! Layers over a screen, such as a report or the help. Keys go to the top one first.

use std::fmt;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::runtime::input::action::{Action, Common, TreeAction};
use crate::runtime::input::mouse::MousePane;
use crate::runtime::jobs::Reply;
use crate::runtime::list::{ListCursor, move_cursor, scroll};
use crate::runtime::screen::{Effect, NoMeaning, Outcome};

/// Something that lies over a screen of type `S`: lines with a cursor or a scroll bar.
pub(crate) trait Layer<S>: fmt::Debug {
    fn name(&self) -> &'static str;

    /// How many lines it has.
    fn len(&self) -> usize;

    fn cursor(&mut self) -> &mut ListCursor;

    /// Whether one line is selected; otherwise it is read as a text.
    fn selects(&self) -> bool {
        false
    }

    /// The keys that mean something here, for the hints.
    fn hints(&self) -> Vec<Action>;

    fn draw(&self, screen: &S, buf: &mut Buffer);

    /// Does what an action says. The layer is not on the stack meanwhile.
    fn update(&mut self, _screen: &mut S, action: Action) -> After {
        match action {
            Action::Common(Common::Open) | Action::Tree(TreeAction::Out) => After::Close,
            action => steer(self, action),
        }
    }

    /// Goes to the first line that has a text. False if the layer has no search of its own.
    fn search(&mut self, _text: &str) -> bool {
        false
    }

    /// Takes in a press of the mouse in the line under the cursor, in so many columns from the left edge.
    fn press(&mut self, _screen: &mut S, _column: usize) -> After {
        After::Ignored
    }

    /// Stops the work for this layer. False if none runs: then the key closes the layer.
    fn stop(&mut self, _screen: &mut S) -> bool {
        false
    }

    /// The ticket of the task that runs for this layer.
    fn ticket(&self) -> Option<u64> {
        None
    }

    /// Takes in a reply of that task.
    fn reply(&mut self, _screen: &mut S, _reply: Reply) -> After {
        After::Stay
    }

    /// Lays the lines out anew after a change of formats or of the width.
    fn lay_out(&mut self, _screen: &S) {}

    /// Begins anew, since the types of what is shown have changed.
    fn refresh(&mut self, _screen: &mut S) {}
}

/// How a layer answers an action.
#[derive(Debug)]
pub(crate) enum After {
    /// The layer has no use for the action.
    Ignored,
    Stay,
    Close,
    Do(Effect),
}

/// Moves the cursor or the text, if the action is a motion.
pub(crate) fn steer<S>(layer: &mut (impl Layer<S> + ?Sized), action: Action) -> After {
    let Action::Move(motion) = action else { return After::Ignored };
    let (len, selects) = (layer.len(), layer.selects());
    if selects {
        move_cursor(layer.cursor(), motion, len);
    } else {
        scroll(layer.cursor(), motion, len);
    }
    After::Stay
}

/// The layers over a screen; the last one is the top one.
#[derive(Debug)]
pub(crate) struct Layers<S>(Vec<Box<dyn Layer<S>>>);

impl<S> Default for Layers<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A screen with layers.
pub(crate) trait Layered: Sized {
    fn layers_mut(&mut self) -> &mut Layers<Self>;
}

impl<S: Layered> Layers<S> {
    pub(crate) fn top(&self) -> Option<&dyn Layer<S>> {
        self.0.last().map(|layer| &**layer)
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether the top layer has this name.
    pub(crate) fn is_top(&self, name: &str) -> bool {
        self.top().is_some_and(|layer| layer.name() == name)
    }

    /// Puts a layer on top of the others.
    pub(crate) fn push(&mut self, layer: impl Layer<S> + 'static) {
        self.0.push(Box::new(layer));
    }

    /// Puts a layer in place of all others.
    pub(crate) fn replace(&mut self, layer: impl Layer<S> + 'static) {
        self.0 = vec![Box::new(layer)];
    }

    /// Removes the top layer. False if there is none.
    pub(crate) fn close(&mut self) -> bool {
        self.0.pop().is_some()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The top layer as a pane under the mouse, whose lines are in `area`.
    pub(crate) fn pane(&mut self, area: Rect) -> Option<MousePane> {
        let layer = self.0.last_mut()?;
        let selects = layer.selects();
        Some(MousePane { selects, ..MousePane::new(area, layer.cursor(), true) })
    }

    /// Tells the top layer of a press in one of its lines, in so many columns from the left edge.
    pub(crate) fn press(screen: &mut S, column: usize) -> Outcome {
        match Self::with(screen, usize::MAX, |layer, screen| layer.press(screen, column)) {
            Some(After::Do(effect)) => Ok(Some(effect)),
            _ => Ok(None),
        }
    }

    /// Fits the cursors to the height of the window, in lines.
    pub(crate) fn fit(&mut self, height: usize) {
        for layer in &mut self.0 {
            let (len, selects) = (layer.len(), layer.selects());
            layer.cursor().set_height(height, len);
            if !selects {
                layer.cursor().scroll_by(0, len);
            }
        }
    }

    /// Passes an action to the top layer.
    pub(crate) fn update(screen: &mut S, action: Action) -> Outcome {
        match Self::with(screen, usize::MAX, |layer, screen| layer.update(screen, action)) {
            Some(After::Stay | After::Close) => Ok(None),
            Some(After::Do(effect)) => Ok(Some(effect)),
            Some(After::Ignored) | None => Err(NoMeaning),
        }
    }

    /// Looks for a text in the top layer. False if there is none, or if it has no search of its own.
    pub(crate) fn search(&mut self, text: &str) -> bool {
        self.0.last_mut().is_some_and(|layer| layer.search(text))
    }

    /// Stops the work for the top layer. False if none runs.
    pub(crate) fn stop(screen: &mut S) -> bool {
        let mut stopped = false;
        Self::with(screen, usize::MAX, |layer, screen| {
            stopped = layer.stop(screen);
            After::Stay
        });
        stopped
    }

    /// Passes a reply to the layer that waits for it; gives it back if none does.
    pub(crate) fn reply(screen: &mut S, ticket: u64, reply: Reply) -> Result<After, Reply> {
        match screen.layers_mut().0.iter().position(|layer| layer.ticket() == Some(ticket)) {
            Some(at) => Ok(Self::with(screen, at, |layer, screen| layer.reply(screen, reply)).unwrap_or(After::Stay)),
            None => Err(reply),
        }
    }

    /// Lays all layers out anew.
    pub(crate) fn lay_out(screen: &mut S) {
        let mut layers = std::mem::take(screen.layers_mut());
        layers.0.iter_mut().for_each(|layer| layer.lay_out(screen));
        *screen.layers_mut() = layers;
    }

    /// Begins all layers anew.
    pub(crate) fn refresh(screen: &mut S) {
        let mut layers = std::mem::take(screen.layers_mut());
        layers.0.iter_mut().for_each(|layer| layer.refresh(screen));
        *screen.layers_mut() = layers;
    }

    /// Lends the screen to one of its layers, which leaves the stack meanwhile.
    fn with(screen: &mut S, at: usize, work: impl FnOnce(&mut dyn Layer<S>, &mut S) -> After) -> Option<After> {
        let layers = &mut screen.layers_mut().0;
        let at = at.min(layers.len().checked_sub(1)?);
        let mut layer = layers.remove(at);
        let after = work(&mut *layer, screen);
        if !matches!(after, After::Close) {
            let layers = &mut screen.layers_mut().0;
            layers.insert(at.min(layers.len()), layer);
        }
        Some(after)
    }
}
