//! The columns of joined rows under all their readings, and the best rule for each two of them.

use std::collections::BTreeMap;

use super::key::Joined;
use super::reading::{ColumnView, Side};
use super::rule::TriedRule;
use super::table::Table;
use super::try_rules::best_rule;
use crate::cell::Cell;

/// The joined rows on which a pair of columns is tried first if there are many pairs.
const PROBED_ROWS: usize = 64;
/// From this number of pairs on, each is first tried on few rows.
const MANY_PAIRS: usize = 400;

/// The columns of one side in joined rows.
pub(super) struct SideViews {
    /// Each column that is not in the key, with its view and its view of the first rows.
    columns: Vec<(usize, ColumnView, ColumnView)>,
}

impl SideViews {
    pub(super) fn left(table: &Table, rows: &Joined, key: &[usize]) -> Self {
        let cells = |column: usize| rows.iter().map(|(left, _)| cell(&left.cells, column)).collect();
        Self::new(Side::Left, table, key, cells)
    }

    pub(super) fn right(table: &Table, rows: &Joined, key: &[usize]) -> Self {
        let cells = |column: usize| rows.iter().map(|(_, right)| cell(&right.cells, column)).collect();
        Self::new(Side::Right, table, key, cells)
    }

    fn new<'c>(side: Side, table: &Table, key: &[usize], cells: impl Fn(usize) -> Vec<&'c Cell<'static>>) -> Self {
        let columns = (0..table.columns.len()).filter(|column| !key.contains(column)).map(|column| {
            let cells = cells(column);
            let first = cells.get(..cells.len().min(PROBED_ROWS)).unwrap_or_default();
            (column, ColumnView::new(side, &cells), ColumnView::new(side, first))
        });
        Self { columns: columns.collect() }
    }

    /// The columns that are not in the key.
    pub(super) fn columns(&self) -> Vec<usize> {
        self.columns.iter().map(|(column, ..)| *column).collect()
    }

    /// A column in all joined rows.
    pub(super) fn view(&self, column: usize) -> Option<&ColumnView> {
        self.columns.iter().find(|(found, ..)| *found == column).map(|(_, view, _)| view)
    }
}

fn cell<'c>(cells: &'c [Cell<'static>], column: usize) -> &'c Cell<'static> {
    const NULL: &Cell<'static> = &Cell::Null;
    cells.get(column).unwrap_or(NULL)
}

/// The best rule for each two columns under which half of the rows agree.
pub(super) fn pair_up(left: &SideViews, right: &SideViews) -> BTreeMap<(usize, usize), TriedRule> {
    let is_probed = left.columns.len() * right.columns.len() > MANY_PAIRS;
    let mut rules = BTreeMap::new();
    for (l, left, left_first) in &left.columns {
        for (r, right, right_first) in &right.columns {
            // A map needs more rows than the first ones.
            let may_be_mapped = left.classes.is_some() && right.classes.is_some();
            if is_probed && !may_be_mapped && best_rule(left_first, right_first).is_none() {
                continue;
            }
            rules.extend(best_rule(left, right).map(|rule| ((*l, *r), rule)));
        }
    }
    rules
}
