//! What lies over a screen: at most one layer, which a key opens and the same key, `q` or `Esc` closes.

use crate::runtime::action::Action;
use crate::runtime::list::{ListCursor, move_cursor, scroll};

/// Something that can lie over a screen: lines with a cursor or a scroll bar.
pub(crate) trait Layer {
    /// How many lines it has.
    fn len(&self) -> usize;

    fn cursor(&mut self) -> &mut ListCursor;

    /// Whether one line is selected; else it is read as a text.
    fn selects(&self) -> bool {
        false
    }
}

/// The layer over a screen, if there is one.
#[derive(Debug)]
pub(crate) struct Over<L> {
    layer: Option<L>,
}

impl<L> Default for Over<L> {
    fn default() -> Self {
        Self { layer: None }
    }
}

impl<L: Layer> Over<L> {
    pub(crate) fn get(&self) -> Option<&L> {
        self.layer.as_ref()
    }

    pub(crate) fn get_mut(&mut self) -> Option<&mut L> {
        self.layer.as_mut()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.layer.is_some()
    }

    /// Puts a layer where another may be.
    pub(crate) fn open(&mut self, layer: L) {
        self.layer = Some(layer);
    }

    /// Closes the layer if it is of the kind that is asked for, else opens that.
    pub(crate) fn toggle(&mut self, is_kind: impl FnOnce(&L) -> bool, layer: impl FnOnce() -> L) {
        self.layer = if self.layer.as_ref().is_some_and(is_kind) { None } else { Some(layer()) };
    }

    /// Whether there was something to close.
    pub(crate) fn close(&mut self) -> bool {
        self.layer.take().is_some()
    }

    /// Moves the cursor or the text, if the action is one that moves.
    pub(crate) fn steer(&mut self, action: Action) {
        if let Some(layer) = &mut self.layer {
            let (len, selects) = (layer.len(), layer.selects());
            if selects {
                move_cursor(layer.cursor(), action, len);
            } else {
                scroll(layer.cursor(), action, len);
            }
        }
    }

    /// Fits the cursor to the height of the window, in lines.
    pub(crate) fn fit(&mut self, height: usize) {
        if let Some(layer) = &mut self.layer {
            let (len, selects) = (layer.len(), layer.selects());
            layer.cursor().set_height(height, len);
            if !selects {
                layer.cursor().scroll_by(0, len);
            }
        }
    }
}
