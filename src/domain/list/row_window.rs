//! Which rows are near the viewport, and so in the DOM.

use std::sync::Arc;

use super::{RowLayout, ScrollPosition};
use crate::domain::Row;

/// Pixels beyond the edges of the viewport, so that scrolling does not outrun the page.
const OVERSCAN_PX: f64 = 350.0;

/// One row that is in the DOM.
#[derive(Clone, Debug)]
pub struct PlacedRow {
    /// Its index in the whole list.
    pub index: usize,
    /// CSS pixels from the scroller's top.
    pub top: f64,
    /// The agent.
    pub row: Arc<Row>,
}

impl PartialEq for PlacedRow {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
            && (self.top - other.top).abs() < 0.01
            && Arc::ptr_eq(&self.row, &other.row)
    }
}

/// The rows that are in the DOM, in the order of the list: those near the viewport, and the focused
/// one wherever it is, so that focus stays. Heights in CSS pixels.
pub fn row_window(
    all: &[Arc<Row>],
    layout: &RowLayout,
    at: ScrollPosition,
    view_height: f64,
    focused: Option<&str>,
) -> Vec<PlacedRow> {
    let scroll_top = at.content;
    let placed = |index: usize, row: &Arc<Row>| PlacedRow {
        index,
        top: layout.top(index) - at.offset(),
        row: row.clone(),
    };
    let first = layout.index_at(scroll_top - OVERSCAN_PX);
    let last = layout.index_at(scroll_top + view_height + OVERSCAN_PX);
    let mut rows: Vec<_> = all
        .iter()
        .enumerate()
        .take(last + 1)
        .skip(first)
        .map(|(index, row)| placed(index, row))
        .collect();
    if let Some(id) = focused
        && !rows.iter().any(|placed| placed.row.id() == id)
        && let Some(index) = index_of(all, id)
        && let Some(row) = all.get(index)
    {
        let mut pinned = placed(index, row);
        if at.offset() != 0.0 {
            // Its own place may be beyond what the browser can lay out.
            let near = at.scroller - OVERSCAN_PX..=at.scroller + view_height + OVERSCAN_PX;
            pinned.top = pinned.top.clamp(*near.start(), *near.end());
        }
        let place = if index < first { 0 } else { rows.len() };
        rows.insert(place, pinned);
    }
    rows
}

/// The index of the row that has this id.
pub fn index_of(all: &[Arc<Row>], id: &str) -> Option<usize> {
    all.iter().position(|row| row.id() == id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::fixtures::rows;

    const ROW: f64 = 40.0;

    fn window(len: usize, top: f64, height: f64, focused: Option<&str>) -> Vec<PlacedRow> {
        let layout = RowLayout::new(len, ROW, Vec::new());
        let at = ScrollPosition {
            scroller: top,
            content: top,
        };
        row_window(&rows(0..len as u32), &layout, at, height, focused)
    }

    #[test]
    fn an_empty_list_has_no_rows() {
        assert_eq!(window(0, 0.0, 600.0, Some("1")), []);
    }

    #[test]
    fn rows_lie_around_where_a_scroller_that_is_too_low_is_scrolled_to() {
        let layout = RowLayout::new(1_000, ROW, Vec::new());
        let at = ScrollPosition {
            scroller: 2_000.0,
            content: 20_000.0,
        };
        let rows = row_window(&rows(0..1_000), &layout, at, 600.0, Some("999"));
        let middle = rows.iter().find(|placed| placed.index == 500).unwrap();
        assert!((middle.top - 2_000.0).abs() < f64::EPSILON);
        assert!(rows.last().unwrap().top <= 2_000.0 + 600.0 + OVERSCAN_PX);
    }

    #[test]
    fn the_focused_row_stays_wherever_it_is() {
        let ends = |rows: Vec<PlacedRow>| {
            let first = rows.first().map(|placed| placed.index);
            (first, rows.last().map(|placed| placed.index))
        };
        let middle = 400.0 * ROW;
        assert_eq!(ends(window(1_000, middle, 600.0, Some("2"))).0, Some(2));
        assert_eq!(ends(window(1_000, middle, 600.0, Some("999"))).1, Some(999));
        let without = ends(window(1_000, middle, 600.0, None));
        assert_eq!(ends(window(1_000, middle, 600.0, Some("405"))), without);
        assert_eq!(ends(window(1_000, middle, 600.0, Some("gone"))), without);
    }

    proptest! {
        #[test]
        fn every_row_in_view_is_there_in_order_and_few_others(
            len in 1_usize..2_000, top in 0.0..80_000.0_f64, height in 1.0..1_500.0_f64,
        ) {
            let top = top.min(len as f64 * ROW - 1.0);
            let rows = window(len, top, height, None);
            let indices: Vec<_> = rows.iter().map(|placed| placed.index).collect();
            prop_assert!(indices.windows(2).all(|pair| pair[0] + 1 == pair[1]));
            let first = (top / ROW) as usize;
            let last = (((top + height) / ROW) as usize).min(len - 1);
            prop_assert!(indices.contains(&first) && indices.contains(&last));
            prop_assert!((rows.len() as f64) < (height + 2.0 * OVERSCAN_PX) / ROW + 3.0);
            prop_assert!(rows.iter().all(|placed| (placed.top - placed.index as f64 * ROW).abs() < 0.01));
        }
    }
}
