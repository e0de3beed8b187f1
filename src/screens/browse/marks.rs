//! Places in a tree that the user has marked with letters.

use super::TreeScreen;
use super::route::OutlinePath;
use crate::model::jump::Jump;

/// A marked place: its key if it is a record, so that it is found in other versions too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct MarkedLine {
    key: Option<Vec<u8>>,
    path: OutlinePath,
}

impl TreeScreen {
    pub(super) fn set_mark(&mut self, letter: char) {
        let key = self.selected_key().map(|key| key.stored().to_vec());
        let line = MarkedLine { key, path: self.path_of_cursor() };
        let words = self.letters.set(letter, line);
        self.shared.say(words);
    }

    pub(super) fn go_to_mark(&mut self, letter: char) {
        match self.letters.get(letter) {
            Ok(MarkedLine { key: Some(key), .. }) => self.jump(Jump::Key(key)),
            Ok(MarkedLine { key: None, path }) => {
                self.remember_place();
                self.follow(path);
            }
            Err(why) => self.shared.say(why),
        }
    }
}
