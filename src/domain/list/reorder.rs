//! Which items of a list keep their place when the list takes another order, so that as few as
//! possible are moved: a longest increasing subsequence.

/// An item that was in the list before.
#[derive(Clone, Copy)]
struct Item {
    new_index: usize,
    old_index: usize,
}

/// The longest increasing subsequence of old indexes that ends with one of the candidates.
#[derive(Clone, Copy)]
struct Subsequence {
    len: usize,
    /// The item before the last, by its index among the candidates.
    previous: Option<usize>,
}

/// Which items need not be moved; the others go between them. `old_indexes` has for each item of
/// the new order its index in the old one, `None` for a new item. As many as possible keep their
/// place, and in any case the one at `pinned`, an index in the new order.
///
/// Finds a longest increasing subsequence of the old indexes, in quadratic time: the lists have
/// tens of items.
pub fn items_to_keep_in_place(old_indexes: &[Option<usize>], pinned: Option<usize>) -> Vec<bool> {
    let items = || {
        let known = old_indexes.iter().enumerate();
        known.filter_map(|(new_index, old_index)| {
            old_index.map(|old_index| Item {
                new_index,
                old_index,
            })
        })
    };
    let pinned = pinned.and_then(|pinned| items().find(|item| item.new_index == pinned));
    let candidates: Vec<Item> = items()
        .filter(|item| {
            pinned.is_none_or(|pinned| {
                item.new_index.cmp(&pinned.new_index) == item.old_index.cmp(&pinned.old_index)
            })
        })
        .collect();
    let mut subsequences: Vec<Subsequence> = Vec::with_capacity(candidates.len());
    for item in &candidates {
        let longest_before = candidates
            .iter()
            .zip(&subsequences)
            .enumerate()
            .filter(|(_, (earlier, _))| earlier.old_index < item.old_index)
            .max_by_key(|(_, (_, subsequence))| subsequence.len);
        subsequences.push(Subsequence {
            len: longest_before.map_or(1, |(_, (_, subsequence))| subsequence.len + 1),
            previous: longest_before.map(|(index, _)| index),
        });
    }
    let mut keeps_place = vec![false; old_indexes.len()];
    let longest = subsequences
        .iter()
        .enumerate()
        .max_by_key(|(_, subsequence)| subsequence.len);
    let mut next = longest.map(|(index, _)| index);
    while let Some((item, subsequence)) =
        next.and_then(|index| candidates.get(index).zip(subsequences.get(index)))
    {
        if let Some(keeps_place) = keeps_place.get_mut(item.new_index) {
            *keeps_place = true;
        }
        next = subsequence.previous;
    }
    keeps_place
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The items of `after` that stay, where the order was `before`.
    fn stay<'a>(before: &[&str], after: &[&'a str], pinned: Option<&str>) -> Vec<&'a str> {
        let old_indexes: Vec<_> = after
            .iter()
            .map(|item| before.iter().position(|other| other == item))
            .collect();
        let pinned = pinned.and_then(|pinned| after.iter().position(|item| *item == pinned));
        let stay = items_to_keep_in_place(&old_indexes, pinned);
        after
            .iter()
            .zip(stay)
            .filter(|(_, stays)| *stays)
            .map(|(item, _)| *item)
            .collect()
    }

    #[test]
    fn whatever_is_added_and_taken_away_the_others_stay() {
        assert_eq!(
            stay(&["a", "b", "c"], &["x", "y", "z", "a", "c", "w"], None),
            ["a", "c"]
        );
        assert_eq!(stay(&[], &["a"], None), Vec::<&str>::new());
        assert_eq!(stay(&["a"], &[], None), Vec::<&str>::new());
    }

    #[test]
    fn one_that_goes_elsewhere_moves_alone() {
        assert_eq!(
            stay(&["a", "b", "c", "d"], &["d", "a", "b", "c"], None),
            ["a", "b", "c"]
        );
        assert_eq!(
            stay(&["a", "b", "c", "d"], &["b", "c", "d", "a"], None),
            ["b", "c", "d"]
        );
    }

    #[test]
    fn the_pinned_one_stays_and_the_others_move_around_it() {
        assert_eq!(
            stay(&["a", "b", "c", "d"], &["d", "a", "b", "c"], Some("d")),
            ["d"]
        );
        assert_eq!(
            stay(&["a", "b", "c"], &["c", "x", "b", "a"], Some("b")),
            ["b"]
        );
        assert_eq!(stay(&["a", "b"], &["a", "x", "b"], Some("x")), ["a", "b"]);
    }

    proptest! {
        #[test]
        fn those_that_stay_are_in_order_and_the_pinned_one_is_among_them(
            old_indexes in any_order(), pinned in 0..12_usize,
        ) {
            let stay = items_to_keep_in_place(&old_indexes, Some(pinned));
            prop_assert!(old_indexes_of(&old_indexes, &stay).is_sorted());
            prop_assert_eq!(stay[pinned], old_indexes[pinned].is_some());
        }

        #[test]
        fn no_more_could_stay(old_indexes in any_order()) {
            let stay = items_to_keep_in_place(&old_indexes, None);
            let most = (0..1_usize << old_indexes.len())
                .map(|bits| -> Vec<_> {
                    (0..old_indexes.len()).map(|index| bits >> index & 1 == 1).collect()
                })
                .map(|stay| old_indexes_of(&old_indexes, &stay))
                .filter(|indexes| indexes.is_sorted())
                .map(|indexes| indexes.len())
                .max();
            prop_assert_eq!(Some(old_indexes_of(&old_indexes, &stay).len()), most);
        }
    }

    /// Twelve items in any order, some of them new.
    fn any_order() -> impl Strategy<Value = Vec<Option<usize>>> {
        let shuffled = Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle();
        let known = prop::collection::vec(any::<bool>(), 12);
        (shuffled, known).prop_map(|(shuffled, known)| {
            let items = shuffled.into_iter().zip(known);
            items
                .map(|(old_index, known)| known.then_some(old_index))
                .collect()
        })
    }

    /// The old indexes of the items that stay; new ones have none.
    fn old_indexes_of(old_indexes: &[Option<usize>], stay: &[bool]) -> Vec<usize> {
        let all = old_indexes.iter().zip(stay);
        all.filter(|(_, stays)| **stays)
            .filter_map(|(old_index, _)| *old_index)
            .collect()
    }
}
