//! Which agents the controls leave visible.

use std::sync::Arc;

use crate::domain::fleet::push_searchable;
use crate::domain::{Row, Status};

/// What the controls are set to. The default lets every agent pass.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Contained, ignoring case, in one of the column values as shown. Blanks count, too.
    pub text: String,
    /// Only agents of this status.
    pub status: Option<Status>,
    /// Only agents that have no location.
    pub unlocated: bool,
}

impl Filter {
    /// Whether it may keep any agent back.
    pub fn is_active(&self) -> bool {
        !self.text.is_empty() || self.status.is_some() || self.unlocated
    }

    /// The filter, prepared to check many rows.
    pub fn matcher(&self) -> Matcher {
        let mut needle = String::new();
        push_searchable(&mut needle, &self.text);
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
    if !filter.is_active() {
        return ordered.to_vec();
    }
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

    #[test]
    fn blanks_count_as_typed() {
        assert!(text("auto generated").matcher().matches(&bare_agent()));
        assert!(!text("generated ").matcher().matches(&bare_agent()));
        assert!(text(" ").is_active());
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
}
