//! The steps of the tour. The names of keys come from the table of keys.

use crate::reports::REPORTS;
use crate::runtime::guide::{Step, Until};
use crate::runtime::input::action::{Action, Common, DiffAction, TablesAction, TreeAction};
use crate::runtime::input::keymap::ScreenKind;
use crate::runtime::input::keys::key_of;

const NEXT: &[Action] = &[Action::Diff(DiffAction::NextDifference)];
const OPEN: &[Action] = &[Action::Common(Common::Open)];
const FIELDS: &[Action] = &[Action::Diff(DiffAction::Fields)];
const HISTORY: &[Action] = &[Action::Tree(TreeAction::Report("history"))];

/// The key of a report in the table of reports.
fn key_of_report(name: &str) -> String {
    REPORTS.iter().find(|report| report.name == name).map(|report| report.binding.key()).unwrap_or_default()
}

pub(super) fn steps() -> Vec<Step> {
    let (open, close, quit) = (key_of(Common::Open), key_of(Common::Cancel), key_of(Common::Quit));
    let step = |text: &str, press: String, until| Step { text: text.to_owned(), press, until };
    vec![
        step(
            "Two tables have the same orders, each in its own way. This page is a drafted contract: which columns mean \
             the same, and how their values translate.",
            format!("Press {} to compare them; {quit} leaves the tour.", key_of(TablesAction::Compare)),
            Until::On(ScreenKind::Diff),
        ),
        step(
            "The verdict is at the top; below it, where the differences are, and what differs.",
            format!("Press {} to go to the next difference.", key_of(DiffAction::NextDifference)),
            Until::Done(ScreenKind::Diff, NEXT),
        ),
        step(
            "This order has another value on the other side.",
            format!("Press {open} to see both in full."),
            Until::Done(ScreenKind::Diff, OPEN),
        ),
        step(
            "These are both values, and the rows that they come from.",
            format!("Press {close} to close them, and {} to sum up what drifts.", key_of(DiffAction::Fields)),
            Until::Done(ScreenKind::Diff, FIELDS),
        ),
        step(
            "These are the fields that differ, and the keys.",
            format!("Press {close}, and {} to see the left tree alone.", key_of(DiffAction::ShowLeft)),
            Until::On(ScreenKind::Tree),
        ),
        step(
            "Each table was turned into a tree. Equal parts of two trees have equal hashes, so only what differs was \
             read.",
            format!("Press {} to see its history.", key_of_report("history")),
            Until::Done(ScreenKind::Tree, HISTORY),
        ),
        step(
            "These are the commits of yesterday and today. That is the tour.",
            format!("{} shows the keys, {quit} goes back. With your own: mst-tui LEFT RIGHT.", key_of(Common::Help)),
            Until::End,
        ),
    ]
}
