//! Which agents the controls leave visible.

use std::sync::Arc;

use crate::domain::text::{folded, trim_blanks};
use crate::domain::{Row, Status};

/// What the controls are set to. The default lets every agent pass.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Contained, ignoring case and accents, in one of the column values as shown. Blanks count, but
    /// for those around it.
    pub text: String,
    /// Only agents of this status.
    pub status: Option<Status>,
    /// Only agents that have no location.
    pub unlocated: bool,
}

impl Filter {
    /// Whether it may keep any agent back.
    pub fn is_active(&self) -> bool {
        !trim_blanks(&self.text).is_empty() || self.status.is_some() || self.unlocated
    }

    /// Whether it lets through only what passes `wider`, so that nothing else need be looked at. Each
    /// key that is typed at the end of the text narrows the filter before.
    pub fn narrows(&self, wider: &Self) -> bool {
        (wider.status.is_none() || wider.status == self.status)
            && (!wider.unlocated || self.unlocated)
            && self.needle().contains(&wider.needle())
    }

    /// The text as it is looked for.
    fn needle(&self) -> String {
        folded(trim_blanks(&self.text))
    }

    /// The filter, prepared to check many rows.
    pub fn matcher(&self) -> Matcher {
        let needle = self.needle();
        let in_word = Status::WORST_FIRST
            .into_iter()
            .filter(|status| status.slug().contains(&needle))
            .collect();
        Matcher {
            needle,
            in_word,
            status: self.status,
            unlocated: self.unlocated,
        }
    }
}

/// A [`Filter`] made ready; looking at a row allocates nothing.
#[derive(Clone, Debug)]
pub struct Matcher {
    needle: String,
    /// The statuses whose word contains the needle.
    in_word: Vec<Status>,
    status: Option<Status>,
    unlocated: bool,
}

impl Matcher {
    /// Whether the row passes.
    pub fn matches(&self, row: &Row) -> bool {
        self.status.is_none_or(|status| status == row.status)
            && (!self.unlocated || row.is_unlocated())
            && (self.needle.is_empty()
                || self.in_word.contains(&row.status)
                || row.haystack().contains(&self.needle))
    }
}

/// The rows that pass the filter, in the order given.
pub fn filter_rows(ordered: &[Arc<Row>], filter: &Filter) -> Vec<Arc<Row>> {
    let matcher = filter.matcher();
    ordered
        .iter()
        .filter(|row| matcher.matches(row))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Agent, Site};

    fn text(text: &str) -> Filter {
        Filter {
            text: text.into(),
            ..Filter::default()
        }
    }

    fn edge_agent() -> Row {
        let agent = Agent {
            id: "a1".into(),
            name: "Edge-7".into(),
            description: "secret cellar".into(),
            private_ip: "10.0.0.7".into(),
            ip_address: "203.0.113.7".into(),
            version: "7.48.0".into(),
            api_user: "ops@example.com".into(),
            last_seen: Some(DateTime::UNIX_EPOCH),
            last_contact: Some(DateTime::UNIX_EPOCH),
            ..Agent::default()
        };
        let site = Site {
            title: "Oslo DC".into(),
            lat: 59.9,
            lon: 10.7,
            ..Site::default()
        };
        Row::new(Arc::new(agent), Some(Arc::new(site)), DateTime::UNIX_EPOCH)
    }

    fn bare_agent() -> Row {
        Row::new(Arc::new(Agent::default()), None, DateTime::UNIX_EPOCH)
    }

    // page.md#controls/1
    #[test]
    fn every_column_value_is_searched_ignoring_case() {
        for needle in [
            "dge-7", "EDGE", "oslo d", "10.0.0.7", "113.7", "7.48", "HEALTH",
        ] {
            assert!(text(needle).matcher().matches(&edge_agent()), "{needle}");
        }
    }

    // page.md#controls/1
    #[test]
    fn what_no_column_shows_is_not_searched() {
        for needle in [
            "cellar",
            "a1x",
            "ops@",
            "just now",
            "ago",
            "critical",
            "undefined",
            "auto",
        ] {
            assert!(!text(needle).matcher().matches(&edge_agent()), "{needle}");
        }
    }

    // page.md#controls/1
    #[test]
    fn a_text_is_not_found_across_two_columns() {
        for needle in ["edge-7oslo", "edge-7\noslo", "edge-7 oslo", "7\n10"] {
            assert!(!text(needle).matcher().matches(&edge_agent()), "{needle:?}");
        }
    }

    // page.md#controls/1
    #[test]
    fn missing_values_are_found_by_the_words_on_screen() {
        for needle in ["auto generated", "Undefined", "pending"] {
            assert!(text(needle).matcher().matches(&bare_agent()), "{needle}");
        }
    }

    // page.md#controls/14
    #[test]
    fn blanks_count_within_the_text_alone() {
        for needle in [
            "auto generated",
            " auto generated\t",
            "\u{a0}\u{200b}generated\u{3000}",
        ] {
            assert!(text(needle).matcher().matches(&bare_agent()), "{needle:?}");
        }
        for needle in ["auto  generated", "autogenerated"] {
            assert!(!text(needle).matcher().matches(&bare_agent()), "{needle:?}");
        }
        for nothing in [" ", "\t\u{a0}", "\u{200b}\u{feff}", "\u{202e}"] {
            assert!(!text(nothing).is_active(), "{nothing:?}");
            assert!(
                text(nothing).matcher().matches(&bare_agent()),
                "{nothing:?}"
            );
        }
    }

    // page.md#controls/13
    #[test]
    fn what_looks_alike_is_found() {
        let named = |name: &str| {
            let agent = Agent {
                name: name.into(),
                ..Agent::default()
            };
            Row::new(Arc::new(agent), None, DateTime::UNIX_EPOCH)
        };
        for (name, needle) in [
            ("İstanbul-1", "istanbul"),
            ("ΟΔΟΣ", "οδος"),
            ("Zu\u{308}rich", "zürich"),
            ("Zürich", "zu\u{308}r"),
            ("Straße", "STRASSE"),
            ("ed\u{ad}ge", "edge"),
        ] {
            assert!(
                text(needle).matcher().matches(&named(name)),
                "{name} {needle}"
            );
        }
    }

    // page.md#controls/9
    #[test]
    fn only_agents_without_location_pass_unlocated() {
        let filter = Filter {
            unlocated: true,
            ..Filter::default()
        };
        assert!(filter.is_active());
        assert!(filter.matcher().matches(&bare_agent()));
        assert!(!filter.matcher().matches(&edge_agent()));
    }

    // page.md#controls/9
    #[test]
    fn all_filters_hold_together() {
        let rows = [Arc::new(edge_agent()), Arc::new(bare_agent())];
        let filter = Filter {
            status: Some(Status::Healthy),
            ..Filter::default()
        };
        let ids = |filter: &Filter| {
            filter_rows(&rows, filter)
                .iter()
                .map(|row| row.id().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&filter), ["a1"]);
        assert_eq!(
            ids(&Filter {
                text: "auto".into(),
                ..filter.clone()
            }),
            [""; 0]
        );
        assert_eq!(
            ids(&Filter {
                unlocated: true,
                ..filter
            }),
            [""; 0]
        );
        assert_eq!(ids(&Filter::default()), ["a1", ""]);
    }

    fn any_filter() -> impl Strategy<Value = Filter> {
        let status = prop::sample::select(Status::WORST_FIRST.to_vec());
        ("[ aeİß]{0,3}", prop::option::of(status), any::<bool>()).prop_map(
            |(text, status, unlocated)| Filter {
                text,
                status,
                unlocated,
            },
        )
    }

    proptest! {
        // page.md#controls/1
        #[test]
        fn what_narrows_a_filter_lets_through_only_what_passed_it(
            wide in any_filter(),
            more in any_filter(),
            is_typed_on in any::<bool>(),
            names in prop::collection::vec("[ aeisİß]{0,5}", 0..8),
        ) {
            let rows: Vec<_> = names
                .into_iter()
                .map(|name| {
                    let agent = Agent { name, ..Agent::default() };
                    Arc::new(Row::new(Arc::new(agent), None, DateTime::UNIX_EPOCH))
                })
                .chain([Arc::new(edge_agent())])
                .collect();
            let narrow = if is_typed_on {
                Filter { text: format!("{}{}", wide.text, more.text), ..wide.clone() }
            } else {
                more
            };
            let passed = if narrow.narrows(&wide) {
                filter_rows(&rows, &wide)
            } else {
                rows.clone()
            };
            prop_assert_eq!(
                filter_rows(&passed, &narrow).iter().map(Arc::as_ptr).collect::<Vec<_>>(),
                filter_rows(&rows, &narrow).iter().map(Arc::as_ptr).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn more_text_and_more_conditions_narrow_a_filter() {
        let critical = Filter {
            status: Some(Status::Critical),
            ..text("ed")
        };
        for (narrow, wide, narrows) in [
            (text("edg"), text("ed"), true),
            (text("EDGE "), text(" edg"), true),
            (text("e"), text("ed"), false),
            (text("ed"), text("x"), false),
            (critical.clone(), text("e"), true),
            (text("ed"), critical.clone(), false),
            (critical.clone(), critical, true),
        ] {
            assert_eq!(narrow.narrows(&wide), narrows, "{narrow:?} {wide:?}");
        }
    }
}
