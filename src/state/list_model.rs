//! The agents that list and map show, and their order.

use std::collections::HashSet;
use std::sync::Arc;

use leptos::prelude::*;

use super::fleet_store::{Cause, FleetStore};
use crate::browser::lasting::{Lasting, Published};
use crate::domain::{
    Column, Filter, Fleet, Row, Sorting, StatusCounts, filter_rows, keep_order, sort,
};

/// Rows in their order. Cheap to clone.
pub type RowList = Arc<Vec<Arc<Row>>>;

/// What list and map show: the agents that pass the filter, in order.
#[derive(Clone, Copy)]
pub struct ListModel {
    /// The agents that pass the filter, in order.
    pub rows: Signal<RowList>,
    /// Statuses over the whole fleet.
    pub counts: Memo<StatusCounts>,
    sorting: Published<Sorting>,
    list_in_use: RwSignal<bool>,
    pressed: RwSignal<bool>,
}

impl ListModel {
    /// Follows the fleet and the filter.
    pub fn new(store: FleetStore, filter: Memo<Filter>) -> Self {
        let sorting = Published::new(Sorting::default());
        let list_in_use = RwSignal::new(false);
        let pressed = RwSignal::new(false);
        let in_order = in_order(store, sorting, list_in_use, pressed);
        let rows = filtered(in_order, filter);
        let counts = Memo::new(move |_| store.with(Fleet::counts));
        Self {
            rows: rows.into(),
            counts,
            sorting,
            list_in_use,
            pressed,
        }
    }

    /// How the list is sorted.
    pub fn sorting(self) -> Lasting<ReadSignal<Sorting>> {
        self.sorting.read_only()
    }

    /// Sorts by a column; by the one that it is sorted by, the other way round.
    pub fn sort_by(self, column: Column) {
        self.sorting
            .update(|sorting| *sorting = sorting.toggled(column));
    }

    /// Sets whether the user is in the list, where rows then keep their places.
    pub fn set_list_in_use(self, in_use: bool) {
        if self.list_in_use.try_get_untracked() == Some(!in_use) {
            self.list_in_use.set(in_use);
        }
    }

    /// Sets whether a press is under way in the list. No row comes, goes or moves meanwhile, or the
    /// click would hit another.
    pub fn set_pressed(self, pressed: bool) {
        if self.pressed.try_get_untracked() == Some(!pressed) {
            self.pressed.set(pressed);
        }
    }
}

fn is_same(before: Option<&RowList>, now: Option<&RowList>) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => {
            Arc::ptr_eq(before, now)
                || before.len() == now.len()
                    && before
                        .iter()
                        .zip(now.iter())
                        .all(|(a, b)| Arc::ptr_eq(a, b))
        }
        _ => false,
    }
}

/// Those that pass the filter. Of rows that are still the same, a filter that only became narrower
/// looks at those alone that passed it before.
fn filtered(in_order: Memo<RowList>, filter: Memo<Filter>) -> Memo<RowList> {
    let last = StoredValue::new(None::<(RowList, Filter)>);
    Memo::new_with_compare(
        move |before: Option<&RowList>| {
            let (all, filter) = (in_order.get(), filter.get());
            let has_only_narrowed = last.with_value(|last| {
                last.as_ref()
                    .is_some_and(|(rows, last)| Arc::ptr_eq(rows, &all) && filter.narrows(last))
            });
            let looked_at = before.filter(|_| has_only_narrowed).unwrap_or(&all);
            let passed = if filter.is_active() {
                Arc::new(filter_rows(looked_at, &filter))
            } else {
                all.clone()
            };
            last.set_value(Some((all, filter)));
            passed
        },
        |before, now| !is_same(before, now),
    )
}

/// The whole fleet in order. While the user is in the list, time alone moves no row before the next
/// read is over, and nothing does during a press.
fn in_order(
    store: FleetStore,
    sorting: Published<Sorting>,
    list_in_use: RwSignal<bool>,
    pressed: RwSignal<bool>,
) -> Memo<RowList> {
    let sorted_by = StoredValue::new(None);
    // How many reads were over when rows began to wait for their places.
    let waiting_since = StoredValue::new(None);
    Memo::new_with_compare(
        move |before: Option<&RowList>| {
            let sorting = sorting.get();
            let same_sorting = sorted_by.get_value() == Some(sorting);
            if let Some(before) = before
                && same_sorting
                && pressed.get()
            {
                return before.clone();
            }
            let cause = store.cause();
            let kept = before.map(|rows| store.with(|fleet| keep_order(rows, fleet)));
            let mut rows = kept.unwrap_or_default();
            if rows.len() < store.with(Fleet::len) {
                let known: HashSet<*const Row> = rows.iter().map(Arc::as_ptr).collect();
                store.with(|fleet| {
                    rows.extend(
                        fleet
                            .rows()
                            .filter(|row| !known.contains(&Arc::as_ptr(row)))
                            .cloned(),
                    );
                });
            }
            // Tracked only here, so that rows take their places once the user leaves, or the next
            // read is over, whether or not it brought a change.
            let waits = cause == Cause::Time && same_sorting && list_in_use.get() && {
                let reads = store.reads().get();
                let since = waiting_since.get_value().unwrap_or(reads);
                waiting_since.set_value(Some(since));
                since == reads
            };
            if !waits {
                sort(&mut rows, sorting);
                sorted_by.set_value(Some(sorting));
                waiting_since.set_value(None);
            }
            Arc::new(rows)
        },
        |before, now| !is_same(before, now),
    )
}
