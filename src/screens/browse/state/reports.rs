//! Views that are computed beside the screen: what they are asked of, and what comes back.

use file_mst::open::Opened;
use file_mst::tree::NodeKey;

use crate::reports::report;
use crate::runtime::report::{Computed, ReportView, Request, View};
use crate::screens::browse::state::{App, Overlay};

impl App {
    pub(crate) fn open_view(&mut self, view: &'static View, argument: String) {
        self.tickets += 1;
        self.over.open(Overlay::Report(ReportView::new(view, argument, self.tickets)));
    }

    /// Goes on with a view that was stopped, or computes it once more.
    pub(crate) fn view_again(&mut self) {
        let Some(Overlay::Report(view)) = self.over.get_mut() else { return };
        if view.is_running() {
            return self.input.say("it goes on already; Esc stops it");
        }
        self.tickets += 1;
        view.again(self.tickets);
    }

    /// Asks the user which root is meant, since the file does not say it: those that are found, the likely one first.
    pub(crate) fn ask_for_root(&mut self) {
        if let Some(view) = report("history") {
            self.open_view(view, String::new());
            self.input.say("the file does not say where its root is: these are found, the likely one first");
        }
    }

    /// What a view is asked of.
    pub(crate) fn request(&self, opened: &Opened, argument: String) -> Request {
        let entry = self.outline.entry(self.selected_node());
        let key = self.selected_key();
        let anew = matches!(self.over.get(), Some(Overlay::Report(view)) if view.anew);
        let (opened, checked, drifted) = (opened.clone(), self.checked.clone(), self.drifted.clone());
        Request { opened, link: entry.link, key, window: self.keys_in_sight(), argument, checked, drifted, anew }
    }

    /// The keys of the first and the last record in the window of the outline.
    fn keys_in_sight(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let rows = self.outline.rows().get(self.cursor.window(self.outline.rows().len()))?;
        let mut keys = rows.iter().filter_map(|row| self.outline.key(*row));
        let key = |key: NodeKey| key.stored().to_vec();
        let first = key(keys.next()?);
        let last = keys.next_back().map_or_else(|| first.clone(), key);
        Some((first, last))
    }

    /// The view that is being computed, or should be: its ticket, and what is asked.
    pub(crate) fn running_report(&self) -> Option<(u64, &'static View, String)> {
        match self.over.get() {
            Some(Overlay::Report(view)) if view.is_running() => Some((view.ticket, view.view, view.argument.clone())),
            _ => None,
        }
    }

    fn report(&mut self, ticket: u64) -> Option<&mut ReportView> {
        match self.over.get_mut() {
            Some(Overlay::Report(view)) if view.ticket == ticket => Some(view),
            _ => None,
        }
    }

    /// Takes in how far a view is.
    pub(crate) fn report_goes_on(&mut self, ticket: u64, words: String) {
        if let Some(view) = self.report(ticket) {
            view.goes_on(words);
        }
    }

    /// Takes in a view as far as it was computed.
    pub(crate) fn reported(&mut self, ticket: u64, report: Computed, over: bool) {
        if let Some(view) = self.report(ticket) {
            view.take(report, over);
        }
        self.fit();
    }
}
