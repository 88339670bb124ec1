//! Where the list is scrolled to after its rows have changed, and to bring a row into view.
//!
//! All heights and positions are in CSS pixels.

use std::collections::HashMap;
use std::sync::Arc;

use super::RowLayout;
use crate::domain::Row;

/// If the topmost row is gone, one of so many below it keeps its place instead.
const MAX_ANCHORS: usize = 30;

/// The scroll position at which the topmost row in view stays where it is, though rows or heights
/// above it have changed; `None`: no row of those in view is left.
///
/// A row that is cut off at the top stays cut off, but is never hidden wholly.
pub fn anchored_scroll_top(
    before: (&[Arc<Row>], &RowLayout),
    now: (&[Arc<Row>], &RowLayout),
    scroll_top: f64,
) -> Option<f64> {
    let ((rows_before, before), (rows_now, now)) = (before, now);
    let (was, is) = anchor(rows_before, rows_now, before.index_at(scroll_top))?;
    let height = now.top(is + 1) - now.top(is);
    let cut_off = (scroll_top - before.top(was)).min(height);
    Some(now.top(is) + cut_off)
}

/// The first row from `first` on that is still there: its index before and now.
fn anchor(before: &[Arc<Row>], now: &[Arc<Row>], first: usize) -> Option<(usize, usize)> {
    let top = before.get(first)?;
    if now.get(first).is_some_and(|row| row.id() == top.id()) {
        return Some((first, first));
    }
    let candidates: HashMap<&str, usize> = before
        .iter()
        .enumerate()
        .skip(first)
        .take(MAX_ANCHORS)
        .map(|(index, row)| (row.id(), index))
        .collect();
    now.iter()
        .enumerate()
        .filter_map(|(index, row)| Some((*candidates.get(row.id())?, index)))
        .min()
}

/// The scroll position that brings a row into the middle of the view; `None`: it is wholly in view
/// already. `view_height` is what the rows have of the view.
pub fn revealing_scroll_top(
    layout: &RowLayout,
    index: usize,
    scroll_top: f64,
    view_height: f64,
) -> Option<f64> {
    let (top, bottom) = (layout.top(index), layout.top(index + 1));
    if top >= scroll_top && bottom <= scroll_top + view_height {
        return None;
    }
    let middle = ((view_height - (bottom - top)) / 2.0).max(0.0);
    Some((top - middle).max(0.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::fixtures::rows;

    const ROW: f64 = 40.0;

    fn layout(len: usize) -> RowLayout {
        RowLayout::new(len, ROW, Vec::new())
    }

    fn scroll_top(before: &[u32], now: &[u32], scroll_top: f64) -> Option<f64> {
        let (before, now) = (rows(before.to_vec()), rows(now.to_vec()));
        anchored_scroll_top(
            (&before, &layout(before.len())),
            (&now, &layout(now.len())),
            scroll_top,
        )
    }

    #[test]
    fn a_row_that_comes_above_moves_the_view_by_its_height() {
        assert_eq!(scroll_top(&[1, 2, 3], &[9, 1, 2, 3], 50.0), Some(90.0));
    }

    #[test]
    fn where_the_topmost_row_has_gone_the_next_one_keeps_its_place() {
        // Row 3 stood 30 px below the top edge of the view.
        assert_eq!(scroll_top(&[1, 2, 3, 4], &[1, 3, 4], 50.0), Some(10.0));
    }

    #[test]
    fn where_no_row_in_view_is_left_nothing_is_anchored() {
        assert_eq!(scroll_top(&[1, 2], &[3, 4], 10.0), None);
        assert_eq!(scroll_top(&[], &[3, 4], 0.0), None);
    }

    #[test]
    fn a_row_that_shrinks_is_not_hidden_wholly() {
        let rows = rows([1, 2]);
        let expanded = RowLayout::new(2, ROW, vec![(0, 200.0)]);
        let now = anchored_scroll_top((&rows, &expanded), (&rows, &layout(2)), 150.0);
        assert_eq!(now, Some(ROW));
    }

    #[test]
    fn a_row_in_view_is_not_scrolled_to() {
        assert_eq!(revealing_scroll_top(&layout(100), 3, 100.0, 400.0), None);
    }

    #[test]
    fn a_row_out_of_view_comes_to_the_middle_and_never_above_the_top() {
        assert_eq!(
            revealing_scroll_top(&layout(100), 50, 0.0, 440.0),
            Some(1_800.0)
        );
        assert_eq!(
            revealing_scroll_top(&layout(100), 1, 900.0, 440.0),
            Some(0.0)
        );
    }

    proptest! {
        #[test]
        fn the_topmost_row_that_stays_keeps_its_distance_to_the_view(
            len in 1_usize..40, gone in proptest::collection::vec(any::<bool>(), 40),
            added in 0_usize..20, offset in 0.0..1_500.0_f64,
        ) {
            let before: Vec<u32> = (0..len as u32).collect();
            let mut now: Vec<u32> = (100..100 + added as u32).collect();
            now.extend(before.iter().filter(|&&id| !gone[id as usize]));
            let top = offset.min(len as f64 * ROW - 1.0);
            let first = (top / ROW) as usize;
            let Some(anchor) = before.iter().skip(first).take(MAX_ANCHORS)
                .find(|id| now.contains(id)) else {
                prop_assert_eq!(scroll_top(&before, &now, top), None);
                return Ok(());
            };
            let is = now.iter().position(|id| id == anchor).unwrap();
            let after = scroll_top(&before, &now, top).unwrap();
            let distance_before = f64::from(*anchor) * ROW - top;
            let distance_now = is as f64 * ROW - after;
            prop_assert!((distance_before - distance_now).abs() < 0.001);
        }

        #[test]
        fn a_row_that_was_asked_for_is_in_view_afterwards(
            len in 1_usize..200, index in 0_usize..200, top in 0.0..8_000.0_f64, view in 50.0..900.0_f64,
        ) {
            let (layout, index) = (layout(len), index % len);
            let top = revealing_scroll_top(&layout, index, top, view).unwrap_or(top);
            prop_assert!(layout.top(index) >= top - 0.001);
            prop_assert!(layout.top(index + 1) <= top + view + 0.001);
        }
    }
}
