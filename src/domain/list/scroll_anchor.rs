//! Where the list is scrolled to after its rows have changed, and to bring a row into view.
//!
//! All heights and positions are in CSS pixels.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::RowLayout;
use crate::domain::Row;

/// The scroll position at which most rows in view stay where they are, though rows or heights above
/// them have changed; `None`: they have gone different ways, or none is left.
///
/// `view_height` is what the rows have of the view. A row that is cut off at the top stays cut off,
/// but is never hidden wholly.
pub fn anchored_scroll_top(
    before: (&[Arc<Row>], &RowLayout),
    now: (&[Arc<Row>], &RowLayout),
    scroll_top: f64,
    view_height: f64,
) -> Option<f64> {
    let ((rows_before, before), (rows_now, now)) = (before, now);
    let first = before.index_at(scroll_top);
    // A row that shows by less than a pixel does not count.
    let last = before.index_at((scroll_top + view_height - 1.0).max(scroll_top));
    let (was, is) = anchor(rows_before, rows_now, first..=last)?;
    let height = now.top(is + 1) - now.top(is);
    let cut_off = (scroll_top - before.top(was)).min(height);
    Some(now.top(is) + cut_off)
}

/// The first of the rows in view that went the way that most of those left went: its index before
/// and now.
fn anchor(
    before: &[Arc<Row>],
    now: &[Arc<Row>],
    in_view: RangeInclusive<usize>,
) -> Option<(usize, usize)> {
    let seen = before.get(in_view.clone()).unwrap_or_default();
    let same_place = now.get(in_view.clone()).unwrap_or_default();
    let is_same = |(a, b): (&Arc<Row>, &Arc<Row>)| a.id() == b.id();
    let first = *in_view.start();
    if !seen.is_empty()
        && seen.len() == same_place.len()
        && seen.iter().zip(same_place).all(is_same)
    {
        return Some((first, first));
    }
    let places: HashMap<&str, usize> = seen
        .iter()
        .zip(0..)
        .map(|(row, place)| (row.id(), place))
        .collect();
    // By place in view: sorting would take 3 kB of the page over the wire.
    let mut indices_now = vec![None; seen.len()];
    for (index, row) in now.iter().enumerate() {
        let index_now = places
            .get(row.id())
            .and_then(|&place| indices_now.get_mut(place));
        if let Some(index_now) = index_now {
            *index_now = Some(index);
        }
    }
    let left: Vec<(usize, usize)> = (first..)
        .zip(indices_now)
        .filter_map(|(was, is)| Some((was, is?)))
        .collect();
    // Wraps for a row that went up; it is only compared.
    let shift = |&(was, is): &(usize, usize)| is.wrapping_sub(was);
    let mut votes = HashMap::<usize, usize>::new();
    for pair in &left {
        *votes.entry(shift(pair)).or_default() += 1;
    }
    left.iter()
        .find(|pair| {
            votes
                .get(&shift(pair))
                .is_some_and(|votes| votes * 2 > left.len())
        })
        .copied()
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
    const VIEW: f64 = 400.0;

    fn layout(len: usize) -> RowLayout {
        RowLayout::new(len, ROW, Vec::new())
    }

    fn scroll_top(before: &[u32], now: &[u32], scroll_top: f64) -> Option<f64> {
        let (before, now) = (rows(before.to_vec()), rows(now.to_vec()));
        anchored_scroll_top(
            (&before, &layout(before.len())),
            (&now, &layout(now.len())),
            scroll_top,
            VIEW,
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
    fn where_the_rows_in_view_went_different_ways_nothing_is_anchored() {
        // The topmost one went to the end, the others are shuffled.
        assert_eq!(scroll_top(&[9, 1, 2, 3, 4], &[9, 4, 2, 3, 1], 40.0), None);
        // Two of three agree.
        assert_eq!(
            scroll_top(&[9, 1, 2, 3], &[9, 8, 2, 3, 1], 40.0),
            Some(40.0)
        );
        assert_eq!(
            scroll_top(&[9, 1, 2, 3], &[9, 8, 7, 2, 3, 1], 40.0),
            Some(80.0)
        );
    }

    #[test]
    fn a_row_that_shrinks_is_not_hidden_wholly() {
        let rows = rows([1, 2]);
        let expanded = RowLayout::new(2, ROW, vec![(0, 200.0)]);
        let now = anchored_scroll_top((&rows, &expanded), (&rows, &layout(2)), 150.0, VIEW);
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
        fn whatever_comes_above_and_goes_the_rows_in_view_that_stay_keep_their_distance(
            len in 1_usize..40, gone in 0_usize..40, added in 0_usize..20, offset in 0.0..1_500.0_f64,
        ) {
            // The first rows go, so that all that stay go the same way.
            let before: Vec<u32> = (0..len as u32).collect();
            let mut now: Vec<u32> = (100..100 + added as u32).collect();
            now.extend(before.iter().skip(gone));
            let top = offset.min(len as f64 * ROW - 1.0);
            let (first, last) = ((top / ROW) as usize, ((top + VIEW - 1.0) / ROW) as usize);
            let Some(anchor) = (first..=last.min(len - 1)).find(|&index| index >= gone) else {
                prop_assert_eq!(scroll_top(&before, &now, top), None);
                return Ok(());
            };
            let is = anchor + added - gone.min(len);
            let after = scroll_top(&before, &now, top).unwrap();
            prop_assert!((anchor as f64 * ROW - top - (is as f64 * ROW - after)).abs() < 0.001);
        }

        #[test]
        fn one_row_that_goes_elsewhere_moves_the_view_by_its_height_at_most(
            from in 0_usize..100, to in 0_usize..100, first in 0_usize..89,
        ) {
            let before: Vec<u32> = (0..100).collect();
            let mut now = before.clone();
            let row = now.remove(from);
            now.insert(to, row);
            let top = first as f64 * ROW;
            let after = scroll_top(&before, &now, top).unwrap_or(top);
            prop_assert!((after - top).abs() <= ROW);
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
