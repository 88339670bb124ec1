//! Which items of a list stay where they are when the list takes another order.

/// One of the items that were there before.
#[derive(Clone, Copy)]
struct Item {
    is: usize,
    was: usize,
}

/// The longest run of items in both orders that ends with one of them.
#[derive(Clone, Copy)]
struct Run {
    len: usize,
    /// The item before the last, by its place among the candidates.
    previous: Option<usize>,
}

/// Which items need not be moved; the others go between them. `before` has for each item of the
/// new order the place it had, `None` for a new one. As many as possible stay, and surely the one
/// that is `pinned`, by its place in the new order.
pub fn items_that_stay(before: &[Option<usize>], pinned: Option<usize>) -> Vec<bool> {
    let items = || {
        let known = before.iter().enumerate();
        known.filter_map(|(is, was)| was.map(|was| Item { is, was }))
    };
    let pinned = pinned.and_then(|pinned| items().find(|item| item.is == pinned));
    let candidates: Vec<Item> = items()
        .filter(|item| {
            pinned.is_none_or(|pinned| item.is.cmp(&pinned.is) == item.was.cmp(&pinned.was))
        })
        .collect();
    let mut runs: Vec<Run> = Vec::with_capacity(candidates.len());
    for item in &candidates {
        let longest_before = candidates
            .iter()
            .zip(&runs)
            .enumerate()
            .filter(|(_, (earlier, _))| earlier.was < item.was)
            .max_by_key(|(_, (_, run))| run.len);
        runs.push(Run {
            len: longest_before.map_or(1, |(_, (_, run))| run.len + 1),
            previous: longest_before.map(|(index, _)| index),
        });
    }
    let mut stay = vec![false; before.len()];
    let longest = runs.iter().enumerate().max_by_key(|(_, run)| run.len);
    let mut next = longest.map(|(index, _)| index);
    while let Some((item, run)) = next.and_then(|i| candidates.get(i).zip(runs.get(i))) {
        if let Some(stays) = stay.get_mut(item.is) {
            *stays = true;
        }
        next = run.previous;
    }
    stay
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The items of `after` that stay, where the order was `before`.
    fn stay<'a>(before: &[&str], after: &[&'a str], pinned: Option<&str>) -> Vec<&'a str> {
        let was: Vec<_> = after
            .iter()
            .map(|item| before.iter().position(|other| other == item))
            .collect();
        let pinned = pinned.and_then(|pinned| after.iter().position(|item| *item == pinned));
        let stay = items_that_stay(&was, pinned);
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
            before in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
            known in prop::collection::vec(any::<bool>(), 12),
            pinned in 0..12_usize,
        ) {
            let before: Vec<_> = before.into_iter().zip(&known).map(|(was, known)| known.then_some(was)).collect();
            let stay = items_that_stay(&before, Some(pinned));
            let places: Vec<_> = before.iter().zip(&stay).filter(|(_, stays)| **stays).map(|(was, _)| was.unwrap()).collect();
            prop_assert!(places.is_sorted());
            prop_assert_eq!(stay[pinned], known[pinned]);
        }
    }
}
