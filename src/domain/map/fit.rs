//! When the map is fitted to the agents.

use std::sync::Arc;

use crate::domain::popover_position::Size;
use crate::domain::{Filter, Row};

/// A map that grows or shrinks by more than this part of its width or height is fitted again.
const MUCH: f64 = 0.25;

/// What a fit goes by: the agents that are shown, and why these.
#[derive(Clone, Debug)]
pub struct FitBasis {
    /// Whether the whole fleet has been read, or only its first pages.
    pub is_complete: bool,
    /// Whether the sites have been read, which say where agents are.
    pub has_sites: bool,
    /// What leaves the agents.
    pub filter: Filter,
    /// The agents that are shown.
    pub rows: Arc<Vec<Arc<Row>>>,
}

/// Who moved the map last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MovedBy {
    /// The page, by a fit.
    #[default]
    Page,
    /// The operator, who is not to be carried off.
    Operator,
}

/// What a map does when it gets another size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resized {
    /// It has no size now, being hidden: nothing.
    Hidden,
    /// It stays where it is, by its top left corner.
    Stays,
    /// It keeps its middle.
    KeepsMiddle,
    /// It is fitted.
    Fits,
}

/// Decides when the map is fitted.
#[derive(Clone, Debug, Default)]
pub struct Fitting {
    /// What was asked about last; `None` at first.
    before: Option<FitBasis>,
    moved_by: MovedBy,
    /// The map's size; `None` while it is hidden.
    size: Option<Size>,
    /// Its size when it was fitted, or moved by the operator.
    settled_size: Option<Size>,
    /// A fit was due while the map was hidden.
    is_owed: bool,
}

impl Fitting {
    /// Begins anew, with the fleet of another API.
    pub fn restart(&mut self) {
        self.before = None;
    }

    /// The operator has moved the map.
    pub fn moved_by_operator(&mut self) {
        self.moved_by = MovedBy::Operator;
        self.settled_size = self.size;
    }

    /// The page has fitted the map.
    pub fn fitted(&mut self) {
        self.moved_by = MovedBy::Page;
        self.settled_size = self.size;
        self.is_owed = false;
    }

    /// A fit is due that cannot be done now.
    pub fn owe(&mut self) {
        self.is_owed = true;
    }

    /// Whether a fit is due that could not be done before, and the map has a size.
    pub fn is_owed(&self) -> bool {
        self.is_owed && self.size.is_some()
    }

    /// Whether the map is to be fitted to these agents: to the first agents of a fleet; once its last page has
    /// come, or its sites have, unless the operator has moved the map; and where another filter leaves other
    /// agents.
    pub fn on_agents(&mut self, now: FitBasis) -> bool {
        let is_due = self.is_due(&now);
        self.before = Some(now);
        self.is_owed |= is_due && self.size.is_none();
        is_due && self.size.is_some()
    }

    fn is_due(&self, now: &FitBasis) -> bool {
        let Some(before) = &self.before else {
            return true;
        };
        let has_more =
            (!before.is_complete && now.is_complete) || (!before.has_sites && now.has_sites);
        let shows_others = before.filter != now.filter && !same_agents(&before.rows, &now.rows);
        shows_others || (has_more && self.moved_by == MovedBy::Page)
    }

    /// What to do now that the map has this size.
    pub fn on_size(&mut self, size: Size) -> Resized {
        self.size = (size.width > 0.0 && size.height > 0.0).then_some(size);
        if self.size.is_none() {
            return Resized::Hidden;
        }
        let is_much = self.settled_size.is_some_and(|settled| {
            differs_much(settled.width, size.width) || differs_much(settled.height, size.height)
        });
        if self.is_owed || (is_much && self.moved_by == MovedBy::Page) {
            Resized::Fits
        } else if is_much {
            self.settled_size = self.size;
            Resized::KeepsMiddle
        } else {
            Resized::Stays
        }
    }
}

fn differs_much(before: f64, now: f64) -> bool {
    (now - before).abs() > before * MUCH
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

    const WIDE: Size = Size {
        width: 1000.0,
        height: 320.0,
    };
    const HIDDEN: Size = Size {
        width: 0.0,
        height: 0.0,
    };

    fn basis(is_complete: bool, text: &str, ids: &str) -> FitBasis {
        let rows = ids.chars().map(|id| row_at(&id.to_string(), 1.0, 2.0));
        FitBasis {
            is_complete,
            has_sites: true,
            filter: Filter {
                text: text.into(),
                ..Filter::default()
            },
            rows: Arc::new(rows.collect()),
        }
    }

    fn size(width: f64, height: f64) -> Size {
        Size { width, height }
    }

    /// Whether a fit is due on `now`, after a fit on `before`.
    fn is_due_after(before: FitBasis, moved_by: MovedBy, now: FitBasis) -> bool {
        let mut fitting = Fitting::default();
        fitting.on_size(WIDE);
        assert!(fitting.on_agents(before));
        fitting.fitted();
        if moved_by == MovedBy::Operator {
            fitting.moved_by_operator();
        }
        fitting.on_agents(now)
    }

    const BOTH: [MovedBy; 2] = [MovedBy::Page, MovedBy::Operator];

    #[test]
    fn the_first_agents_are_fitted_whoever_moved_the_map() {
        let mut fitting = Fitting::default();
        fitting.on_size(WIDE);
        fitting.moved_by_operator();
        assert!(fitting.on_agents(basis(false, "", "a")));
    }

    // page.md#fitting/10
    #[test]
    fn the_whole_fleet_is_fitted_unless_the_operator_has_moved_the_map() {
        for moved_by in BOTH {
            let (first_page, whole) = (basis(false, "", "a"), basis(true, "", "ab"));
            let is_due = is_due_after(first_page, moved_by, whole);
            assert_eq!(is_due, moved_by == MovedBy::Page);
        }
    }

    // page.md#fitting/7
    #[test]
    fn once_the_sites_are_there_the_map_is_fitted_unless_the_operator_has_moved_it() {
        for moved_by in BOTH {
            let without_sites = FitBasis {
                has_sites: false,
                ..basis(true, "", "ab")
            };
            let is_due = is_due_after(without_sites, moved_by, basis(true, "", "ab"));
            assert_eq!(is_due, moved_by == MovedBy::Page);
        }
    }

    #[test]
    fn another_filter_fits_the_agents_it_leaves_whoever_moved_the_map() {
        for moved_by in BOTH {
            let (all, some) = (basis(true, "", "ab"), basis(true, "x", "a"));
            assert!(is_due_after(all, moved_by, some));
        }
    }

    #[test]
    fn another_filter_that_leaves_the_same_agents_moves_nothing() {
        let (before, now) = (basis(true, "", "ab"), basis(true, "x", "ab"));
        assert!(!is_due_after(before, MovedBy::Page, now));
    }

    #[test]
    fn agents_that_come_and_go_under_the_same_filter_move_nothing() {
        let due = |before, now| is_due_after(before, MovedBy::Page, now);
        assert!(!due(basis(true, "x", "ab"), basis(true, "x", "abc")));
        assert!(!due(basis(false, "", "a"), basis(false, "", "ab")));
    }

    #[test]
    fn the_fleet_of_another_api_is_fitted_as_the_first_one() {
        let mut fitting = Fitting::default();
        fitting.on_size(WIDE);
        fitting.on_agents(basis(true, "", "a"));
        fitting.moved_by_operator();
        assert!(!fitting.on_agents(basis(true, "", "a")));
        fitting.restart();
        assert!(fitting.on_agents(basis(true, "", "a")));
    }

    // page.md#fitting/6
    #[test]
    fn a_fit_that_is_due_while_the_map_is_hidden_waits_until_it_is_shown() {
        let mut fitting = Fitting::default();
        assert_eq!(fitting.on_size(HIDDEN), Resized::Hidden);
        assert!(!fitting.on_agents(basis(true, "", "a")));
        assert_eq!(fitting.on_size(HIDDEN), Resized::Hidden);
        assert_eq!(fitting.on_size(WIDE), Resized::Fits);
        fitting.fitted();
        assert_eq!(fitting.on_size(WIDE), Resized::Stays);
        // Hidden and shown again, nothing has happened.
        fitting.on_size(HIDDEN);
        assert_eq!(fitting.on_size(WIDE), Resized::Stays);
        // Another filter meanwhile.
        fitting.on_size(HIDDEN);
        assert!(!fitting.on_agents(basis(true, "x", "b")));
        assert_eq!(fitting.on_size(WIDE), Resized::Fits);
    }

    // page.md#fitting/6
    #[test]
    fn another_size_by_more_than_a_quarter_fits_unless_the_operator_has_moved_the_map() {
        let mut fitting = Fitting::default();
        fitting.on_size(WIDE);
        fitting.fitted();
        // By and by counts as well as at once.
        assert_eq!(fitting.on_size(size(800.0, 320.0)), Resized::Stays);
        assert_eq!(fitting.on_size(size(740.0, 320.0)), Resized::Fits);
        fitting.fitted();
        assert_eq!(fitting.on_size(size(740.0, 224.0)), Resized::Fits);
        fitting.fitted();
        fitting.moved_by_operator();
        assert_eq!(fitting.on_size(size(320.0, 224.0)), Resized::KeepsMiddle);
        assert_eq!(fitting.on_size(size(330.0, 224.0)), Resized::Stays);
    }

    fn any_basis() -> impl Strategy<Value = FitBasis> {
        (any::<[bool; 2]>(), "[xy]?", "[ab]{0,3}").prop_map(
            |([is_complete, has_sites], text, ids)| FitBasis {
                has_sites,
                ..basis(is_complete, &text, &ids)
            },
        )
    }

    proptest! {
        #[test]
        fn what_was_fitted_is_not_fitted_again(basis in any_basis(), by_operator in any::<bool>()) {
            let moved_by = if by_operator { MovedBy::Operator } else { MovedBy::Page };
            prop_assert!(!is_due_after(basis.clone(), moved_by, basis));
        }

        #[test]
        fn under_the_same_filter_the_map_stays_where_the_operator_moved_it(
            before in any_basis(), now in any_basis(),
        ) {
            let now = FitBasis { filter: before.filter.clone(), ..now };
            prop_assert!(!is_due_after(before, MovedBy::Operator, now));
        }

        #[test]
        fn no_size_moves_a_map_that_the_operator_has_moved(
            sizes in prop::collection::vec((0.0..2000.0_f64, 0.0..900.0_f64), 1..9),
        ) {
            let mut fitting = Fitting::default();
            fitting.on_size(WIDE);
            fitting.fitted();
            fitting.moved_by_operator();
            for (width, height) in sizes {
                prop_assert!(fitting.on_size(size(width, height)) != Resized::Fits);
            }
        }
    }
}
