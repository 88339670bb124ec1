//! Where the rows of a long list lie, when all have the same height but for a few expanded ones.

/// The vertical layout of a list. Heights and positions are in CSS pixels from the list's top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowLayout {
    len: usize,
    row_height: f64,
    /// The expanded rows by index, each with what it and those before it add.
    extras: Vec<Extra>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Extra {
    index: usize,
    height: f64,
    /// What the expanded rows before this one add.
    before: f64,
}

impl RowLayout {
    /// A list of `len` rows. `extras` are the expanded ones: index, and how much higher than
    /// `row_height` each is; in any order, each index once.
    pub fn new(
        len: usize,
        row_height: f64,
        extras: impl IntoIterator<Item = (usize, f64)>,
    ) -> Self {
        let mut extras: Vec<_> = extras
            .into_iter()
            .filter(|&(index, height)| index < len && height > 0.0)
            .map(|(index, height)| Extra {
                index,
                height,
                before: 0.0,
            })
            .collect();
        extras.sort_by_key(|extra| extra.index);
        let mut sum = 0.0;
        for extra in &mut extras {
            extra.before = sum;
            sum += extra.height;
        }
        Self {
            len,
            row_height,
            extras,
        }
    }

    /// How high all rows are together.
    pub fn height(&self) -> f64 {
        self.top(self.len)
    }

    /// Where the row begins; beyond the last row, where that ends.
    pub fn top(&self, index: usize) -> f64 {
        let index = index.min(self.len);
        let above = self.extras.partition_point(|extra| extra.index < index);
        index as f64 * self.row_height + self.sum_of(above)
    }

    /// The row at this position; the nearest one for a position outside the list.
    pub fn index_at(&self, y: f64) -> usize {
        let last = self.len.saturating_sub(1);
        if self.row_height <= 0.0 || y <= 0.0 {
            return 0;
        }
        // The expanded rows that begin at or above `y`: only the last of them may reach beyond it.
        let above = self
            .extras
            .partition_point(|extra| extra.index as f64 * self.row_height + extra.before <= y);
        let Some(extra) = above.checked_sub(1).and_then(|i| self.extras.get(i)) else {
            return ((y / self.row_height) as usize).min(last);
        };
        let end = (extra.index + 1) as f64 * self.row_height + extra.before + extra.height;
        if y < end {
            extra.index
        } else {
            (extra.index + 1 + ((y - end) / self.row_height) as usize).min(last)
        }
    }

    /// What the first `count` expanded rows add.
    fn sum_of(&self, count: usize) -> f64 {
        count
            .checked_sub(1)
            .and_then(|i| self.extras.get(i))
            .map_or(0.0, |extra| extra.before + extra.height)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn without_expanded_rows_all_follows_from_the_index() {
        let layout = RowLayout::new(100_000, 44.0, []);
        assert!((layout.height() - 4_400_000.0).abs() < f64::EPSILON);
        assert!((layout.top(3) - 132.0).abs() < f64::EPSILON);
        assert_eq!(layout.index_at(131.9), 2);
        assert_eq!(layout.index_at(132.0), 3);
        assert_eq!(layout.index_at(-5.0), 0);
        assert_eq!(layout.index_at(1e12), 99_999);
    }

    #[test]
    fn an_expanded_row_moves_those_below_it_alone() {
        let layout = RowLayout::new(10, 40.0, [(4, 100.0), (2, 60.0)]);
        assert!((layout.top(2) - 80.0).abs() < f64::EPSILON);
        assert!((layout.top(3) - 180.0).abs() < f64::EPSILON);
        assert!((layout.top(5) - 360.0).abs() < f64::EPSILON);
        assert!((layout.height() - 560.0).abs() < f64::EPSILON);
        assert_eq!(layout.index_at(179.0), 2);
        assert_eq!(layout.index_at(180.0), 3);
        assert_eq!(layout.index_at(220.0), 4);
        assert_eq!(layout.index_at(359.0), 4);
        assert_eq!(layout.index_at(360.0), 5);
    }

    #[test]
    fn an_empty_list_has_no_height() {
        let layout = RowLayout::new(0, 44.0, [(0, 10.0)]);
        assert!(layout.height().abs() < f64::EPSILON);
        assert_eq!(layout.index_at(50.0), 0);
    }

    proptest! {
        #[test]
        fn every_position_belongs_to_the_row_that_lies_there(
            len in 1_usize..200,
            extras in prop::collection::btree_map(0_usize..200, 1.0..300.0_f64, 0..20),
            share in 0.0..1.0_f64,
        ) {
            let layout = RowLayout::new(len, 44.0, extras);
            let y = share * layout.height();
            let index = layout.index_at(y);
            prop_assert!(index < len);
            prop_assert!(layout.top(index) <= y + 1e-6);
            prop_assert!(y <= layout.top(index + 1) + 1e-6);
        }

        #[test]
        fn rows_follow_one_another_without_gap_or_overlap(
            len in 1_usize..200,
            extras in prop::collection::btree_map(0_usize..200, 1.0..300.0_f64, 0..20),
        ) {
            let layout = RowLayout::new(len, 44.0, extras.clone());
            for index in 0..len {
                let height = 44.0 + extras.get(&index).copied().unwrap_or_default();
                prop_assert!((layout.top(index + 1) - layout.top(index) - height).abs() < 1e-6);
            }
        }
    }
}
