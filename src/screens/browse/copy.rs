//! Copying what is under the cursor for other programs.

use file_mst::open::TypingSource;

use super::{Pane, TreeScreen};
use crate::model::item;
use crate::model::text::quoted;
use crate::runtime::input::action::Part;

impl TreeScreen {
    /// The part of what is under the cursor.
    pub(super) fn part(&self, part: Part) -> Option<String> {
        let link = self.selected_link();
        match part {
            Part::Key => Some(item::key(self.selected_key()?.stored(), self.typing.key.as_ref())),
            Part::Value if self.focus == Pane::Inspector && self.inspector.field().is_some() => {
                self.inspector.field().map(|(_, text)| text.to_owned())
            }
            Part::Value => {
                let record = self.selected_record()?;
                Some(item::copied(record.bytes().value, self.typing.value.as_ref(), self.shared.value_format))
            }
            Part::Hash => Some(link.hash.to_string()),
            Part::Offset => Some(link.offset.to_string()),
            Part::Path if self.has_table() => self.offsets_in_table().map(path_text),
            Part::Path => {
                let path = self.outline.path(self.selected_node());
                Some(path_text(path.iter().map(|id| self.outline.entry(*id).link.offset).collect::<Vec<_>>()))
            }
            Part::CommandLine => Some(self.command_line()),
        }
    }

    /// `mst-tui get TREE KEY` of a record, else `mst-tui TREE`.
    fn command_line(&self) -> String {
        let (root, offset) = (self.header.root_hash, self.header.root_offset);
        let mut words = vec!["mst-tui".to_owned()];
        let key = self.selected_key();
        words.extend(key.is_some().then(|| "get".to_owned()));
        words.push(quoted(&format!("{}@{offset}:{root}", self.shown.path)));
        words.extend(key.map(|key| quoted(&item::key(key.stored(), self.typing.key.as_ref()))));
        if self.typing.source == TypingSource::Given || self.typing.choice > 0 {
            for (flag, ty) in [("--key", &self.typing.key), ("--value", &self.typing.value)] {
                words.extend(ty.as_ref().map(|ty| format!("{flag} {}", quoted(&ty.ty.to_string()))));
            }
        }
        words.join(" ")
    }
}

/// `689494/357111/65536`
fn path_text(offsets: impl AsRef<[u64]>) -> String {
    offsets.as_ref().iter().map(u64::to_string).collect::<Vec<_>>().join("/")
}
