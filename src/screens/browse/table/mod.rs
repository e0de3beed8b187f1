//! The table of records of one tree: one column a field, one row a record, loaded as far as it is in sight.

mod filtering;

use std::collections::BTreeMap;
use std::ops::Range;

use file_mst::NodeKey;
use file_mst::inspect::node::Link;
use unicode_width::UnicodeWidthStr;

use super::jobs::TreeReply;
use super::route::OutlinePath;
use super::{Pane, TreeScreen, draw};
use crate::model::columns::Columns;
use crate::model::fields;
use crate::model::item::ItemFormat;
use crate::model::record_table::{Anchor, Fetch, Fetched, RowPath, SOMEWHERE, Span, TableRow, TableRows, fetch};
use crate::runtime::column_list::{ColumnActions, ColumnList, Tabular};
use crate::runtime::input::action::{Action, Common, Motion, TreeAction};
use crate::runtime::input::keymap::key_of;
use crate::runtime::jobs::Task;
use crate::runtime::layers::Layers;
use crate::runtime::list::{ListCursor, move_cursor};
use crate::runtime::session::TableView;

pub(crate) use filtering::{FilterReply, Filtered};

/// The widest key, in columns.
const WIDEST_KEY: usize = 36;

/// The table of records.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) rows: TableRows,
    pub(crate) cursor: ListCursor,
    pub(crate) columns: Columns,
    /// The first shown column in sight, and the one under the cursor, counted among the shown ones.
    pub(crate) first: usize,
    pub(crate) column: usize,
    /// The widths that keys and cells in sight have needed so far.
    pub(crate) key_width: usize,
    pub(crate) widest: BTreeMap<String, usize>,
    formats: (ItemFormat, ItemFormat),
    pub(crate) filtered: Option<Filtered>,
    /// The rows that are being loaded.
    loading: Option<(Task, Fetch)>,
    /// The place to go to, while its rows are not loaded.
    going: Option<Anchor>,
    /// Whether the open value is to show the row under the cursor once it is loaded.
    is_value_due: bool,
    /// Why rows could not be loaded.
    pub(crate) failed: Option<String>,
}

/// Loaded rows, or the reason why there are none.
#[derive(Debug)]
pub(crate) struct RowsReply(pub(super) Result<Fetched, String>);

impl Table {
    fn new(columns: Columns) -> Self {
        Self { columns, ..Self::default() }
    }

    /// How many rows there are; more than anybody scrolls through where that is not known.
    pub(crate) fn len(&self) -> usize {
        self.filtered.as_ref().map_or_else(|| self.rows.len(), |filtered| filtered.hits.len())
    }

    pub(crate) fn window(&self) -> Range<usize> {
        self.cursor.window(self.len())
    }

    /// Whether the rows have numbers: positions are known, or the table lists what a filter has found.
    pub(crate) fn has_numbers(&self) -> bool {
        self.filtered.is_some() || self.rows.is_exact
    }

    pub(crate) fn row(&self) -> Option<&TableRow> {
        self.rows.get(self.cursor.selected)
    }

    /// Forgets all rows, and goes to a place.
    fn go(&mut self, anchor: Anchor) {
        let end = self.rows.end.filter(|_| self.rows.is_exact);
        self.rows = TableRows::default();
        self.rows.end = end;
        self.loading = None;
        self.failed = None;
        self.going = Some(anchor);
    }

    /// Puts the cursor on a shown column, and scrolls it into sight.
    fn select_column(&mut self, column: usize, visible: usize) {
        self.column = column.min(self.columns.count_shown().saturating_sub(1));
        self.first = self.first.clamp((self.column + 1).saturating_sub(visible.max(1)), self.column);
    }

    /// How wide the cells so far and the head of a column are.
    pub(crate) fn widest(&self, at: usize) -> usize {
        let Some(column) = self.columns.get(at) else { return 0 };
        self.widest.get(&column.name).copied().unwrap_or(0).max(column.title().width())
    }

    /// Begins to measure columns anew where keys or values look different than before.
    fn begin(&mut self, formats: (ItemFormat, ItemFormat)) {
        if self.formats != formats || self.key_width == 0 {
            (self.formats, self.key_width, self.widest) = (formats, "key".len(), BTreeMap::new());
        }
    }
}

impl TreeScreen {
    pub(crate) fn has_table(&self) -> bool {
        self.table.is_some()
    }

    /// Whether only the records that pass a filter are listed. A new tree is then filtered anew, and no place is kept.
    pub(super) fn has_filter(&self) -> bool {
        self.table.as_ref().is_some_and(|table| table.filtered.is_some())
    }

    /// Shows the table as it was shown last in this run, if it was.
    pub(super) fn start_table(&mut self) {
        let view = self.shared.session.table(&self.shown.path);
        if view.is_some_and(|view| view.is_shown) {
            self.open_table(Anchor::First);
        }
    }

    fn open_table(&mut self, anchor: Anchor) {
        let columns = Columns::of(&[self.typing.value.as_ref()]);
        let view = self.shared.session.table(&self.shown.path).unwrap_or_default();
        let columns = if view.columns.all().is_empty() { columns } else { columns.like(&view.columns) };
        let mut table = Table::new(columns);
        table.rows.end = self.known_rows();
        table.go(anchor);
        self.table = Some(table);
        self.keep_table();
        if !view.filter.is_empty() {
            self.filter_table(&view.filter);
        }
    }

    /// The number of records, if it is known to be true of all of them.
    fn known_rows(&self) -> Option<usize> {
        self.total_records().and_then(|records| usize::try_from(records).ok())
    }

    /// Remembers for this run how the table is shown.
    pub(super) fn keep_table(&self) {
        let before = self.shared.session.table(&self.shown.path).unwrap_or_default();
        let view = match &self.table {
            Some(table) => TableView {
                columns: table.columns.clone(),
                filter: table.filtered.as_ref().map(|filtered| filtered.filter.text.clone()).unwrap_or_default(),
                sort: None,
                is_shown: true,
            },
            None => TableView { is_shown: false, ..before },
        };
        self.shared.session.keep_table(&self.shown.path, view);
    }

    pub(super) fn show_table(&mut self) {
        if !self.has_table() {
            self.toggle_table();
        }
    }

    /// Shows the table instead of the outline, or the outline again, with the cursor on the same record.
    pub(super) fn toggle_table(&mut self) {
        if let Some(table) = self.table.take() {
            self.keep_table();
            if let Some(row) = table.row() {
                let RowPath { children, record } = row.path();
                self.follow(OutlinePath { children, record });
            }
            return;
        }
        let path = self.path_of_cursor();
        self.focus = Pane::Outline;
        self.open_table(Anchor::Path(RowPath { children: path.children, record: path.record }));
    }

    /// The table of another tree under the same view: another version, or other types.
    pub(super) fn renew_table(&mut self, previous: Option<Table>) {
        if previous.is_some() {
            self.open_table(Anchor::First);
        }
    }

    /// Goes to a place in the table. False if there is no table, or if the filter hides the place.
    pub(super) fn follow_in_table(&mut self, path: &OutlinePath) -> bool {
        let Some(table) = &mut self.table else { return false };
        if table.filtered.take().is_some() {
            self.shared.say("the filter is off, to show this record among all");
        }
        table.go(Anchor::Path(RowPath { children: path.children.clone(), record: path.record }));
        self.going = None;
        true
    }

    /// The path of the row under the cursor of the table.
    pub(super) fn path_in_table(&self) -> Option<OutlinePath> {
        let RowPath { children, record } = self.table.as_ref()?.row()?.path();
        Some(OutlinePath { children, record })
    }

    /// The record under the cursor of the table.
    pub(crate) fn key_in_table(&self) -> Option<NodeKey> {
        self.table.as_ref()?.row()?.key().cloned()
    }

    /// The offsets of the nodes from the root to the record under the cursor of the table.
    pub(super) fn offsets_in_table(&self) -> Option<&[u64]> {
        match self.table.as_ref()?.row()? {
            TableRow::Record { offsets, .. } => Some(offsets),
            TableRow::Unreadable { .. } => None,
        }
    }

    /// The link to the node under the cursor.
    pub(super) fn selected_link(&self) -> Link {
        match self.key_in_table() {
            Some(key) => {
                let node = key.node();
                Link { offset: node.offset(), hash: node.hash().unwrap_or(node.stored_hash()), summary: None }
            }
            None => self.outline.entry(self.selected_node()).link,
        }
    }

    /// Does what an action means in the table. False if it means there what it means in the outline.
    pub(super) fn update_table(&mut self, action: Action) -> bool {
        let visible = self.visible_columns();
        if self.layers.is_open() || self.focus != Pane::Outline && !is_of_columns(action) {
            return false;
        }
        let Some(table) = &mut self.table else { return false };
        match action {
            Action::Move(motion) => move_in_table(table, motion),
            Action::Tree(TreeAction::NextRecord) => move_in_table(table, Motion::Down),
            Action::Tree(TreeAction::PreviousRecord) => move_in_table(table, Motion::Up),
            Action::Tree(TreeAction::In) => table.select_column(table.column + 1, visible),
            Action::Tree(TreeAction::Out) => table.select_column(table.column.saturating_sub(1), visible),
            Action::Common(Common::NarrowerColumn) => self.widen_column(false),
            Action::Common(Common::WiderColumn) => self.widen_column(true),
            Action::Common(Common::Columns) => self.choose_columns(),
            Action::Common(Common::Filter) => self.ask_for_filter(),
            Action::Common(Common::ToggleFold) => self.say_table_has_no_nodes(),
            _ => return false,
        }
        true
    }

    pub(super) fn say_table_has_no_nodes(&mut self) {
        self.shared.say(format!("the table has no nodes: {} shows the tree", key_of(TreeAction::ToggleTable)));
    }

    /// Goes to the next row, or the previous one, also inside an open value.
    pub(super) fn step_in_table(&mut self, forward: bool) {
        let Some(table) = &mut self.table else { return };
        move_in_table(table, if forward { Motion::Down } else { Motion::Up });
        table.is_value_due = self.layers.is_open();
        self.show_due_value();
    }

    /// Shows the row under the cursor in the open value, once it is loaded.
    fn show_due_value(&mut self) {
        let Some(table) = self.table.as_mut().filter(|table| table.is_value_due) else { return };
        if let Some(key) = table.row().and_then(TableRow::key).cloned() {
            table.is_value_due = false;
            self.show_in_open_value(&key);
        }
    }

    fn widen_column(&mut self, wider: bool) {
        let Some(table) = &mut self.table else { return };
        if let Some(column) = table.columns.nth_shown(table.column) {
            let width = table.columns.width(column, table.widest(column));
            table.columns.widen(column, wider, width);
        }
        self.keep_table();
    }

    /// How many columns fit beside the keys.
    fn visible_columns(&self) -> usize {
        let Some(table) = &self.table else { return 0 };
        let room = usize::from(self.areas.table_inside().width).saturating_sub(table.key_width + 3);
        let places = table.columns.places(table.first, room, |column| table.widest(column));
        // One that is cut off is not in sight.
        let whole = |place: &&crate::model::columns::PlacedColumn| {
            place.width >= table.columns.width(place.column, table.widest(place.column))
        };
        places.iter().filter(whole).count()
    }

    /// Starts to load the rows that are in sight and missing.
    pub(super) fn load_rows(&mut self) {
        let end = self.known_rows();
        let Some(table) = &mut self.table else { return };
        if table.rows.is_exact && table.rows.end.is_none() {
            table.rows.end = end;
        }
        let page = table.cursor.page().unsigned_abs();
        if table.filtered.is_some() {
            return self.load_hits();
        }
        let wanted = match &table.going {
            Some(anchor) => {
                let at = match anchor {
                    Anchor::First => 0,
                    Anchor::Last => end.unwrap_or(SOMEWHERE).saturating_sub(1),
                    Anchor::Position(position) => usize::try_from(*position).unwrap_or(usize::MAX),
                    Anchor::Path(_) => SOMEWHERE,
                };
                Fetch { anchor: anchor.clone(), at, span: Span::Around { before: page, after: page } }
            }
            None => match table.rows.missing(table.window()) {
                Some(wanted) => wanted,
                None => return table.loading = None,
            },
        };
        let is_loading = table.loading.as_ref().is_some_and(|(_, loading)| is_same(loading, &wanted));
        if is_loading || table.failed.is_some() {
            return;
        }
        let (tree, order) = (self.shown.opened.tree.clone(), wanted.clone());
        let failed = |why| TreeReply::Rows(RowsReply(Err(why)));
        let task = self.shared.runner.run(failed, move |feed| {
            let fetched = fetch(&tree, &order, || !feed.is_cancelled()).map_err(|error| error.to_string());
            let _ = feed.send(TreeReply::Rows(RowsReply(fetched)));
        });
        table.loading = Some((task, wanted));
    }

    pub(super) fn is_loading_rows(&self, ticket: u64) -> bool {
        let loading = self.table.as_ref().and_then(|table| table.loading.as_ref());
        loading.is_some_and(|(task, _)| task.ticket() == ticket)
    }

    /// Takes in loaded rows.
    pub(super) fn rows_loaded(&mut self, RowsReply(fetched): RowsReply) {
        let counted = self.known_rows();
        let Some(table) = &mut self.table else { return };
        table.loading = None;
        let mut fetched = match fetched {
            Ok(fetched) => fetched,
            Err(why) => {
                self.shared.say(why.clone());
                table.failed = Some(why);
                return;
            }
        };
        let at = fetched.at;
        if let Some(anchor) = table.going.take() {
            let has_counts = self.shown.opened.tree.len().is_ok();
            let from_end = matches!(anchor, Anchor::Last) && counted.is_some();
            table.rows.is_exact = has_counts || from_end || matches!(anchor, Anchor::Position(_));
            table.rows.end = counted.filter(|_| table.rows.is_exact);
            let height = table.cursor.page().unsigned_abs();
            let len = table.rows.end.unwrap_or(2 * SOMEWHERE);
            table.cursor.top = at.saturating_sub(height / 2);
            table.cursor.select(at, len);
            table.cursor.top = table.cursor.top.min(len.saturating_sub(height));
        }
        if let (false, Some(end), Some(counted)) = (table.rows.is_exact, fetched.end, counted) {
            // The end tells the positions too where all records were counted.
            fetched.start.get_or_insert(end.saturating_sub(counted));
        }
        let shift = table.rows.take(fetched, table.window());
        let len = table.len();
        if shift > 0 {
            table.cursor.top = table.cursor.top.saturating_sub(shift);
            table.cursor.selected = table.cursor.selected.saturating_sub(shift);
        }
        if table.rows.is_exact && table.rows.end.is_none() {
            table.rows.end = counted;
        }
        table.cursor.select(table.cursor.selected, len);
        self.fit();
        self.show_due_value();
    }

    /// Makes the columns as wide as the visible rows need them.
    pub(super) fn fit_table(&mut self) {
        let area = self.areas.table_inside();
        let Some(mut table) = self.table.take() else { return };
        table.begin((self.shared.key_format, self.shared.value_format));
        let len = table.len();
        table.cursor.set_height(usize::from(area.height), len);
        let widest_key = WIDEST_KEY.min(usize::from(area.width) / 2).max(3);
        for at in table.window() {
            let Some(key) = table.rows.get(at).and_then(TableRow::key) else { continue };
            table.key_width = table.key_width.max(draw::key(self, key, widest_key).width());
            let record = key.record();
            let cells = record.and_then(|record| {
                let (ty, format) = (self.typing.value.as_ref(), self.shared.value_format);
                fields::cells(record.bytes().value, ty, &table.columns, format)
            });
            for (column, cell) in table.columns.all().iter().zip(cells.iter().flatten()) {
                let widest = table.widest.entry(column.name.clone()).or_default();
                *widest = (*widest).max(cell.width());
            }
        }
        self.table = Some(table);
    }

    /// The number of the row under the cursor among all records, counted from 1, where it is known.
    pub(super) fn number_in_table(&self) -> Option<u64> {
        let table = self.table.as_ref()?;
        if table.filtered.is_none() {
            return table.rows.is_exact.then(|| table.cursor.selected as u64 + 1);
        }
        match table.row()? {
            TableRow::Record { number, .. } => *number,
            TableRow::Unreadable { .. } => None,
        }
    }
}

impl TreeScreen {
    fn choose_columns(&mut self) {
        let shown = self.table.as_ref().map_or(0, |table| table.column);
        if let Some(list) = ColumnList::open(self, shown) {
            self.layers.push(list);
            Layers::lay_out(self);
        }
    }
}

impl Tabular for TreeScreen {
    const ACTIONS: ColumnActions = ColumnActions {
        left: Action::Tree(TreeAction::Out),
        right: Action::Tree(TreeAction::In),
        again: Action::Tree(TreeAction::Again),
    };

    fn columns(&mut self) -> Option<&mut Columns> {
        self.table.as_mut().map(|table| &mut table.columns)
    }

    fn column_width(&self, at: usize) -> usize {
        self.table.as_ref().map_or(0, |table| table.columns.width(at, table.widest(at)))
    }

    fn columns_changed(&mut self) {
        if let Some(table) = &mut self.table {
            table.first = 0;
            table.column = table.column.min(table.columns.count_shown().saturating_sub(1));
        }
        self.keep_table();
    }

    fn say(&mut self, words: &str) {
        self.shared.say(words);
    }
}

/// Whether two orders load the same rows.
fn is_same(a: &Fetch, b: &Fetch) -> bool {
    match (&a.span, &b.span) {
        (Span::Exactly(a), Span::Exactly(b)) => a == b,
        (Span::Around { .. }, Span::Around { .. }) => true,
        _ => false,
    }
}

/// Whether an action is about columns or the filter, which it is in the inspector too.
fn is_of_columns(action: Action) -> bool {
    matches!(
        action,
        Action::Common(Common::NarrowerColumn | Common::WiderColumn | Common::Columns | Common::Filter)
            | Action::Tree(TreeAction::NextRecord | TreeAction::PreviousRecord)
    )
}

fn move_in_table(table: &mut Table, motion: Motion) {
    let is_known = table.filtered.is_some() || table.rows.is_exact && table.rows.end.is_some();
    table.failed = None;
    match motion {
        Motion::First if !is_known && !table.rows.is_exact => table.go(Anchor::First),
        Motion::Last if !is_known => table.go(Anchor::Last),
        Motion::Number(number) if !is_known => table.go(Anchor::Position(number.max(1) as u64 - 1)),
        motion => {
            let len = table.len();
            move_cursor(&mut table.cursor, motion, len);
        }
    }
}
