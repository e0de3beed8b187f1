//! Copying a text for other programs.

use crate::model::text::cut;
use crate::runtime::input::action::Part;
use crate::runtime::screen::{Effect, Shared};

/// The most columns of what was copied that are shown.
const SHOWN: usize = 60;

/// Copies a part of what is under the cursor if there is such a part, and tells the user so.
pub(crate) fn copy_effect(part: Part, text: Option<String>, shared: &mut Shared) -> Option<Effect> {
    match &text {
        Some(text) => shared.say(copied(part, text)),
        None => shared.say(format!("there is no {} under the cursor", part.name())),
    }
    text.map(Effect::Copy)
}

/// The message about a copy.
fn copied(part: Part, text: &str) -> String {
    format!("{} copied: {}", part.name(), cut(&mst_types::escape_text(text), SHOWN))
}
