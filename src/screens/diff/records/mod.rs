//! The table of drifted records: one column a field, both values in a cell where they differ, sorted by any column.

use std::collections::BTreeMap;

use file_mst::diff::Side;
use unicode_width::UnicodeWidthStr;

use super::DiffScreen;
use super::jobs::DiffReply;
use crate::model::columns::Columns;
use crate::model::diff::list::Row;
use crate::model::diff::records::{Cell, cells, sorted};
use crate::model::item::ItemFormat;
use crate::runtime::column_list::{ColumnActions, ColumnList, Tabular};
use crate::runtime::input::action::{Action, Common, DiffAction, Motion};
use crate::runtime::jobs::Task;
use crate::runtime::list::{ListCursor, move_cursor};
use crate::runtime::session::TableView;

/// The widest key, in columns.
const WIDEST_KEY: usize = 36;

/// The table of drifted records.
#[derive(Debug, Default)]
pub(crate) struct RecordTable {
    pub(crate) columns: Columns,
    /// The places of the records, in the order in which they are shown.
    pub(crate) order: Vec<usize>,
    pub(crate) cursor: ListCursor,
    /// The first shown column in sight, and the one under the cursor, counted among the shown ones.
    pub(crate) first: usize,
    pub(crate) column: usize,
    /// The column by which the records are sorted, by its name, and whether the greatest comes first; none for the order
    /// of the keys.
    pub(crate) sort: Option<(String, bool)>,
    /// The widths that keys and cells in sight have needed so far.
    pub(crate) key_width: usize,
    pub(crate) widest: BTreeMap<String, usize>,
    /// The cells of the records in sight, by their places.
    pub(crate) cells: BTreeMap<usize, Vec<Cell>>,
    formats: (ItemFormat, ItemFormat),
    /// What was listed when the order was made: how many places, and which filter let how many of them through.
    listed: (usize, usize, String),
    sorting: Option<Task>,
}

impl RecordTable {
    /// Begins anew with other differences. The columns stay as they were chosen.
    pub(super) fn renew(&mut self, columns: Columns) {
        self.columns = columns.like(&self.columns);
        self.cells.clear();
        self.listed = (0, 0, String::new());
        self.sorting = None;
    }

    /// How wide the visible cells and the head of a column are.
    pub(crate) fn widest(&self, at: usize) -> usize {
        let Some(column) = self.columns.get(at) else { return 0 };
        // The mark of the order stands after the title.
        let title = column.title().width() + 2;
        self.widest.get(&column.name).copied().unwrap_or(0).max(title)
    }
}

impl DiffScreen {
    /// The name under which the session remembers the table.
    fn table_name(&self) -> String {
        format!("{}\0{}", self.pair.path(Side::Left), self.pair.path(Side::Right))
    }

    /// Takes over how the table of these trees was shown last in this run.
    pub(super) fn recall_table(&mut self) {
        let Some(view) = self.shared.session.table(&self.table_name()) else { return };
        let filter = view.filter.clone();
        if view.is_shown {
            self.show_records();
        }
        if !filter.is_empty() {
            self.filter(&filter);
        }
    }

    /// Remembers how the table is shown.
    pub(super) fn keep_table(&self) {
        let name = self.table_name();
        let known = self.shared.session.table(&name).unwrap_or_default();
        let (columns, sort) = match &self.records {
            Some(table) => (table.columns.clone(), table.sort.clone()),
            None => (known.columns, known.sort),
        };
        let (filter, is_shown) = (self.list.filter().to_string(), self.records.is_some());
        self.shared.session.keep_table(&name, TableView { columns, filter, sort, is_shown });
    }

    /// Shows the table of records, as it was shown last.
    pub(super) fn show_records(&mut self) {
        let types = [Side::Left, Side::Right].map(|side| self.pair.typing(side).value.as_ref());
        let known = self.shared.session.table(&self.table_name()).unwrap_or_default();
        let columns = Columns::of(&types).like(&known.columns);
        self.records = Some(RecordTable { columns, sort: known.sort, ..RecordTable::default() });
        self.fit_records();
        if !self.follow_with_table() {
            self.follow_with_list();
        }
        self.keep_table();
    }

    /// Goes on to the next view: differences, trees, records.
    pub(super) fn next_view(&mut self) {
        if self.records.take().is_some() {
            self.keep_table();
        } else if self.list.shows_nodes() {
            let line = self.list.toggle_nodes(self.cursor.selected);
            self.cursor.jump(line, self.list.len());
            self.show_records();
        } else {
            let line = self.list.toggle_nodes(self.cursor.selected);
            self.cursor.jump(line, self.list.len());
        }
        self.sideways = 0;
        self.resize(self.areas.whole);
    }

    /// Makes the order and the cells of what is in sight.
    pub(super) fn fit_records(&mut self) {
        let Some(mut table) = self.records.take() else { return };
        let listed = (self.list.places(), self.list.shown(), self.list.filter().to_string());
        if table.listed != listed {
            table.listed = listed;
            table.order = self.differences().map(|(place, _)| place).collect();
            table.sorting = table.sort.clone().and_then(|sort| self.start_sorting(&table.columns, sort));
        }
        let height = usize::from(self.areas.list_with_heads().height).saturating_sub(1);
        table.cursor.set_height(height, table.order.len());
        let formats = (self.shared.key_format, self.shared.value_format);
        if table.formats != formats {
            table.formats = formats;
            (table.key_width, table.widest, table.cells) = (0, BTreeMap::new(), BTreeMap::new());
        }
        let visible = table.order.get(table.cursor.window(table.order.len())).unwrap_or_default();
        table.cells.retain(|place, _| visible.contains(place));
        for place in visible {
            if table.cells.contains_key(place) {
                continue;
            }
            let Some(entry) = self.list.entry(*place) else { continue };
            let made = cells(&self.pair, entry, table.columns.all(), self.shared.value_format);
            for (column, cell) in table.columns.all().iter().zip(&made) {
                // A sentence in the place of a value makes no column wider.
                if !matches!(cell, Cell::Said(_)) {
                    let widest = table.widest.entry(column.name.clone()).or_default();
                    *widest = (*widest).max(cell.text().width());
                }
            }
            let key = self.pair.shown_key(entry, self.shared.key_format, WIDEST_KEY).unwrap_or_default();
            table.key_width = table.key_width.max(key.width());
            table.cells.insert(*place, made);
        }
        self.records = Some(table);
    }

    fn start_sorting(&self, columns: &Columns, (name, descending): (String, bool)) -> Option<Task> {
        let column = columns.all().iter().find(|column| column.name == name)?.clone();
        let (entries, pair): (Vec<_>, _) = (self.differences().collect(), self.pair.clone());
        Some(self.shared.runner.run(DiffReply::NotSorted, move |feed| {
            if let Some(order) = sorted(&pair, &entries, &column, descending, feed.cancelled()) {
                let _ = feed.send(DiffReply::Sorted(order));
            }
        }))
    }

    pub(super) fn is_sorted_by(&self, ticket: u64) -> bool {
        self.records.as_ref().is_some_and(|table| table.sorting.as_ref().is_some_and(|task| task.ticket() == ticket))
    }

    /// Takes in the order by a column. The cursor stays on its record.
    pub(super) fn take_sorted(&mut self, order: Vec<usize>) {
        let Some(table) = &mut self.records else { return };
        table.sorting = None;
        table.order = order;
        self.follow_with_table();
        self.fit_records();
    }

    pub(super) fn not_sorted(&mut self, why: String) {
        if let Some(table) = &mut self.records {
            (table.sorting, table.sort) = (None, None);
        }
        self.shared.say(why);
    }

    /// Puts the cursor of the table on the record under the cursor of the list. False if the table does not have it.
    pub(super) fn follow_with_table(&mut self) -> bool {
        let place = self.selected_row().map(Row::place);
        let Some(table) = &mut self.records else { return false };
        match table.order.iter().position(|other| Some(*other) == place) {
            Some(at) => table.cursor.jump(at, table.order.len()),
            None => return false,
        }
        true
    }

    /// Keeps the cursor of the table on what the list's is on. What the table does not have, such as an equal record, is
    /// shown in the list.
    pub(super) fn follow_list(&mut self) {
        self.fit_records();
        if self.records.is_some() && !self.follow_with_table() {
            self.records = None;
        }
    }

    /// Puts the cursor of the list on the record under the cursor of the table.
    fn follow_with_list(&mut self) {
        let place = self.records.as_ref().and_then(|table| table.order.get(table.cursor.selected)).copied();
        if let Some(place) = place {
            let line = self.list.reveal(place);
            self.cursor.jump(line, self.list.len());
        }
    }

    /// Does what an action says in the table of records. None if the table has no use for it.
    pub(super) fn update_records(&mut self, action: Action) -> Option<()> {
        let table = self.records.as_mut()?;
        let len = table.order.len();
        match action {
            Action::Move(motion) => move_cursor(&mut table.cursor, motion, len),
            Action::Diff(DiffAction::NextDifference) => move_cursor(&mut table.cursor, Motion::Down, len),
            Action::Diff(DiffAction::PreviousDifference) => move_cursor(&mut table.cursor, Motion::Up, len),
            Action::Diff(DiffAction::ScrollRight) => {
                table.column = (table.column + 1).min(table.columns.count_shown().saturating_sub(1));
            }
            Action::Diff(DiffAction::ScrollLeft) => table.column = table.column.saturating_sub(1),
            Action::Common(Common::NarrowerColumn | Common::WiderColumn) => {
                let at = table.columns.nth_shown(table.column)?;
                let width = table.columns.width(at, table.widest(at));
                table.columns.widen(at, action == Action::Common(Common::WiderColumn), width);
            }
            Action::Diff(DiffAction::Sort) => {
                self.sort();
                return Some(());
            }
            Action::Common(Common::Columns) => {
                self.choose_columns();
                return Some(());
            }
            _ => return None,
        }
        self.follow_with_list();
        self.show_column();
        self.fit_records();
        self.keep_table();
        Some(())
    }

    /// Sorts by the column under the cursor: the least first, the greatest first, by keys again.
    fn sort(&mut self) {
        let Some(table) = &mut self.records else { return };
        let Some(column) = table.columns.nth_shown(table.column).and_then(|at| table.columns.get(at)) else { return };
        let (name, title) = (column.name.clone(), column.title().to_owned());
        table.sort = match &table.sort {
            Some((by, false)) if *by == name => Some((name, true)),
            Some((by, true)) if *by == name => None,
            _ => Some((name, false)),
        };
        // The order is made anew.
        table.listed = (0, 0, String::new());
        let words = match &table.sort {
            Some((_, false)) => format!("sorted by {title}, the least first"),
            Some((_, true)) => format!("sorted by {title}, the greatest first"),
            None => "in the order of the keys".to_owned(),
        };
        self.shared.say(words);
        self.fit_records();
        self.follow_with_table();
        self.fit_records();
        self.keep_table();
    }

    /// Scrolls until the column under the cursor is in sight.
    pub(super) fn show_column(&mut self) {
        let room = self.room_of_columns();
        let Some(table) = &mut self.records else { return };
        table.column = table.column.min(table.columns.count_shown().saturating_sub(1));
        table.first = table.first.min(table.column);
        while table.first < table.column {
            let places = table.columns.places(table.first, room, |at| table.widest(at));
            let whole = |place: &&crate::model::columns::PlacedColumn| {
                place.width >= table.columns.width(place.column, table.widest(place.column))
            };
            if table.first + places.iter().filter(whole).count() > table.column {
                break;
            }
            table.first += 1;
        }
    }

    /// The columns of the screen that are left for fields.
    pub(super) fn room_of_columns(&self) -> usize {
        let key = self.records.as_ref().map_or(0, |table| table.key_width.max(3));
        usize::from(self.areas.list_with_heads().width).saturating_sub(2 + key + crate::model::columns::GAP)
    }
}

impl DiffScreen {
    fn choose_columns(&mut self) {
        let shown = self.records.as_ref().map_or(0, |table| table.column);
        if let Some(list) = ColumnList::open(self, shown) {
            self.layers.push(list);
            self.lay_out();
        }
    }
}

impl Tabular for DiffScreen {
    const ACTIONS: ColumnActions = ColumnActions {
        left: Action::Diff(DiffAction::ScrollLeft),
        right: Action::Diff(DiffAction::ScrollRight),
        again: Action::Diff(DiffAction::Rows),
    };

    fn columns(&mut self) -> Option<&mut Columns> {
        self.records.as_mut().map(|table| &mut table.columns)
    }

    fn column_width(&self, at: usize) -> usize {
        self.records.as_ref().map_or(0, |table| table.columns.width(at, table.widest(at)))
    }

    fn columns_changed(&mut self) {
        if let Some(table) = &mut self.records {
            // The cells are in the order of the columns.
            table.cells.clear();
            table.first = 0;
        }
        self.show_column();
        self.fit_records();
        self.keep_table();
    }

    fn say(&mut self, words: &str) {
        self.shared.say(words);
    }
}
