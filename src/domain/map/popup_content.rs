//! What the popup of a marker shows.

use std::sync::Arc;

use super::marker_group::MarkerGroup;
use crate::domain::{Row, Status};

/// Beyond these the popup says how many more there are; zoom or filter shows them.
const MAX_AGENTS: usize = 50;

/// What the popup shows of a marker's agents.
#[derive(Clone)]
pub struct PopupContent {
    /// The marker's name.
    pub name: String,
    /// The agents that are listed, worst first.
    pub rows: Vec<Arc<Row>>,
    /// How many more there are than these.
    pub more: usize,
    /// How many agents have each status, worst first; those that none has are left out.
    pub counts: Vec<(Status, usize)>,
}

impl PopupContent {
    /// The content for these agents. `count` writes a number.
    pub fn of(group: &MarkerGroup<'_>, count: impl Fn(usize) -> String) -> Self {
        let rows = group.worst_rows(MAX_AGENTS);
        let counts = Status::WORST_FIRST.map(|status| (status, group.counts.of(status)));
        Self {
            name: group.name(count),
            more: group.counts.total() - rows.len(),
            rows,
            counts: counts.into_iter().filter(|(_, count)| *count > 0).collect(),
        }
    }

    /// The agent, where there is only one.
    pub fn only_row(&self) -> Option<&Arc<Row>> {
        match self.rows.as_slice() {
            [row] if self.more == 0 => Some(row),
            _ => None,
        }
    }
}

/// Rows are compared by identity, as a row that changed is another one.
impl PartialEq for PopupContent {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.counts == other.counts
            && self.rows.len() == other.rows.len()
            && self
                .rows
                .iter()
                .zip(&other.rows)
                .all(|(a, b)| Arc::ptr_eq(a, b))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::MarkerGroups;
    use crate::domain::map::fixtures::{any_status, row_at, row_with_status};

    fn content(rows: &[Arc<Row>]) -> PopupContent {
        let groups = MarkerGroups::of(rows, 1);
        let group = groups.iter().next().unwrap();
        PopupContent::of(&group, |number| number.to_string())
    }

    fn with_statuses(statuses: &[Status]) -> Vec<Arc<Row>> {
        let statuses = statuses.iter().enumerate();
        statuses
            .map(|(number, &status)| row_with_status(&number.to_string(), status))
            .collect()
    }

    #[test]
    fn one_agent_stands_alone() {
        let content = content(&[row_at("a", 1.0, 2.0)]);
        assert_eq!(content.only_row().unwrap().id(), "a");
        assert_eq!(content.more, 0);
    }

    #[test]
    fn several_agents_are_listed_and_counted_with_the_worst_first() {
        let content = content(&with_statuses(&[
            Status::Healthy,
            Status::Critical,
            Status::Healthy,
        ]));
        let ids: Vec<_> = content.rows.iter().map(|row| row.id()).collect();
        assert_eq!(ids, ["1", "0", "2"]);
        assert_eq!(
            content.counts,
            [(Status::Critical, 1), (Status::Healthy, 2)]
        );
        assert_eq!(content.name, "3 agents, worst status Critical");
        assert!(content.only_row().is_none());
    }

    #[test]
    fn beyond_fifty_agents_it_says_how_many_more_there_are() {
        assert_eq!(content(&with_statuses(&[Status::Healthy; 50])).more, 0);
        let content = content(&with_statuses(&[Status::Healthy; 51]));
        assert_eq!((content.rows.len(), content.more), (50, 1));
    }

    #[test]
    fn a_row_that_changed_is_other_content() {
        let (a, changed) = (row_at("a", 1.0, 2.0), row_at("a", 1.0, 2.0));
        assert!(content(std::slice::from_ref(&a)) == content(std::slice::from_ref(&a)));
        assert!(content(&[a]) != content(&[changed]));
    }

    proptest! {
        #[test]
        fn no_agent_is_lost(statuses in prop::collection::vec(any_status(), 1..80)) {
            let content = content(&with_statuses(&statuses));
            prop_assert_eq!(content.rows.len() + content.more, statuses.len());
            let counted: usize = content.counts.iter().map(|(_, count)| count).sum();
            prop_assert_eq!(counted, statuses.len());
            let rank = |row: &Arc<Row>| {
                Status::WORST_FIRST.iter().position(|&status| status == row.status)
            };
            prop_assert!(content.rows.is_sorted_by_key(rank));
        }
    }
}
