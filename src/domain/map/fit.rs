//! When the map is fitted to the agents, and to what.

use std::sync::Arc;

use crate::domain::{Bounds, Coordinates, Filter, Row};

/// A fit of a single location zooms no deeper.
const MAX_ZOOM_OF_ONE_LOCATION: f64 = 8.0;
/// A fit of several zooms no deeper.
const MAX_ZOOM_OF_SEVERAL: f64 = 12.0;

/// What a fit goes by: the agents that are shown, and why these.
#[derive(Clone, Debug)]
pub struct FitBasis {
    /// Whether the whole fleet has been read, or only its first pages.
    pub is_complete: bool,
    /// What leaves the agents.
    pub filter: Filter,
    /// The agents that are shown.
    pub rows: Arc<Vec<Arc<Row>>>,
}

/// Who moved the map last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovedBy {
    /// The page, by a fit.
    Page,
    /// The user, who is not to be carried off.
    User,
}

/// What a fit shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// All of it is in view.
    pub bounds: Bounds,
    /// The map zooms no deeper.
    pub max_zoom: f64,
}

impl Fit {
    /// Fits these points; `None` where there are none.
    pub fn of(points: impl Iterator<Item = Coordinates> + Clone) -> Option<Self> {
        let bounds = Bounds::around(points)?;
        let is_one_location = bounds.south >= bounds.north && bounds.west >= bounds.east;
        Some(Self {
            bounds,
            max_zoom: if is_one_location {
                MAX_ZOOM_OF_ONE_LOCATION
            } else {
                MAX_ZOOM_OF_SEVERAL
            },
        })
    }
}

/// Whether the map is to be fitted now: for the first agents, once the last page of the fleet has
/// come and the user has not moved the map, and where another filter leaves other agents. `before` is
/// what this was last asked about; `None` at first.
pub fn is_fit_due(before: Option<&FitBasis>, now: &FitBasis, moved_by: MovedBy) -> bool {
    let Some(before) = before else { return true };
    let is_now_complete = !before.is_complete && now.is_complete;
    let shows_others = before.filter != now.filter && !same_agents(&before.rows, &now.rows);
    shows_others || (is_now_complete && moved_by == MovedBy::Page)
}

fn same_agents(a: &[Arc<Row>], b: &[Arc<Row>]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| Arc::ptr_eq(a, b) || a.id() == b.id())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::map::fixtures::row_at;

    fn basis(is_complete: bool, text: &str, ids: &str) -> FitBasis {
        let rows = ids.chars().map(|id| row_at(&id.to_string(), 1.0, 2.0));
        FitBasis {
            is_complete,
            filter: Filter {
                text: text.into(),
                ..Filter::default()
            },
            rows: Arc::new(rows.collect()),
        }
    }

    #[test]
    fn the_first_agents_are_fitted_whoever_moved_the_map() {
        for moved_by in [MovedBy::Page, MovedBy::User] {
            assert!(is_fit_due(None, &basis(false, "", "a"), moved_by));
        }
    }

    // page.md#fitting/10
    #[test]
    fn the_whole_fleet_is_fitted_unless_the_user_has_moved_the_map() {
        let (first_page, whole) = (basis(false, "", "a"), basis(true, "", "ab"));
        assert!(is_fit_due(Some(&first_page), &whole, MovedBy::Page));
        assert!(!is_fit_due(Some(&first_page), &whole, MovedBy::User));
    }

    #[test]
    fn another_filter_fits_the_agents_it_leaves_whoever_moved_the_map() {
        let (all, some) = (basis(true, "", "ab"), basis(true, "x", "a"));
        for moved_by in [MovedBy::Page, MovedBy::User] {
            assert!(is_fit_due(Some(&all), &some, moved_by));
        }
    }

    #[test]
    fn another_filter_that_leaves_the_same_agents_moves_nothing() {
        let before = basis(true, "", "ab");
        let now = basis(true, "x", "ab");
        assert!(!is_fit_due(Some(&before), &now, MovedBy::Page));
    }

    #[test]
    fn agents_that_come_and_go_under_the_same_filter_move_nothing() {
        let (before, now) = (basis(true, "x", "ab"), basis(true, "x", "abc"));
        assert!(!is_fit_due(Some(&before), &now, MovedBy::Page));
        let (before, now) = (basis(false, "", "a"), basis(false, "", "ab"));
        assert!(!is_fit_due(Some(&before), &now, MovedBy::Page));
    }

    // page.md#fitting/9
    #[test]
    fn one_location_is_not_fitted_as_closely_as_several() {
        let at = |lat, lon| Coordinates { lat, lon };
        let max_zoom = |points: &[Coordinates]| Fit::of(points.iter().copied()).unwrap().max_zoom;
        assert!(max_zoom(&[at(1.0, 2.0), at(1.0, 2.0)]) < max_zoom(&[at(1.0, 2.0), at(1.0, 2.1)]));
        assert!(max_zoom(&[at(1.0, 2.0)]) < max_zoom(&[at(1.0, 2.0), at(1.1, 2.0)]));
        assert_eq!(Fit::of(std::iter::empty()), None);
    }

    fn any_basis() -> impl Strategy<Value = FitBasis> {
        (any::<bool>(), "[xy]?", "[ab]{0,3}")
            .prop_map(|(is_complete, text, ids)| basis(is_complete, &text, &ids))
    }

    proptest! {
        #[test]
        fn what_was_fitted_is_not_fitted_again(basis in any_basis(), by_user in any::<bool>()) {
            let moved_by = if by_user { MovedBy::User } else { MovedBy::Page };
            prop_assert!(!is_fit_due(Some(&basis), &basis, moved_by));
        }

        #[test]
        fn under_the_same_filter_the_map_stays_where_the_user_moved_it(
            before in any_basis(), now in any_basis(),
        ) {
            let now = FitBasis { filter: before.filter.clone(), ..now };
            prop_assert!(!is_fit_due(Some(&before), &now, MovedBy::User));
        }
    }
}
