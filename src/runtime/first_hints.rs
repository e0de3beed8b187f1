//! Three hints for who runs the program for the first time: one after the other in the last line, until the next key.

use crate::runtime::input::action::{Action, Common, DiffAction, TablesAction};
use crate::runtime::input::keymap::{ScreenKind, key_of};

/// The hints that are still to be shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FirstHints {
    shown: usize,
}

impl FirstHints {
    /// The next hint on a screen of this kind; none after the last.
    pub(crate) fn next(&mut self, screen: ScreenKind) -> Option<String> {
        let hint = words(screen).into_iter().nth(self.shown);
        self.shown += 1;
        hint
    }
}

fn words(screen: ScreenKind) -> [String; 3] {
    let help = key_of(Common::Help);
    let what = match screen {
        ScreenKind::Tree => format!("this is one tree: nodes, and the records in them; {help} explains it"),
        ScreenKind::Diff => format!("these are the differences of two trees; {help} explains how they are found"),
        ScreenKind::Tables => format!("this is how the columns of two tables are compared; {help} explains it"),
    };
    let open = key_of(Common::Open);
    let keys = match screen {
        ScreenKind::Tree => format!("{open} opens what is under the cursor, {} searches", key_of(Action::Search)),
        ScreenKind::Diff => format!(
            "{} goes to the next difference, {} into the inspector, {} shows the trees",
            key_of(DiffAction::NextDifference),
            key_of(Common::NextPane),
            key_of(DiffAction::ToggleNodes)
        ),
        ScreenKind::Tables => format!("{} compares both tables", key_of(TablesAction::Compare)),
    };
    let palette = format!("{} takes a command, and lists all of them", key_of(Action::Type("")));
    [what, keys, palette]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_three_hints_and_they_fit() {
        for screen in [ScreenKind::Tree, ScreenKind::Diff, ScreenKind::Tables] {
            let mut hints = FirstHints::default();
            for _ in 0..3 {
                let hint = hints.next(screen).expect("a hint");
                assert!(hint.len() < 80, "{hint}");
            }
            assert_eq!(hints.next(screen), None);
        }
    }
}
