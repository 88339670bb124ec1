//! Which agents came since somebody began to wait for one.

use std::collections::HashSet;

use super::Fleet;

/// The agents that were not there at first.
#[derive(Debug)]
pub struct NewAgents {
    there_at_first: HashSet<String>,
    ids: Vec<String>,
}

impl NewAgents {
    /// Begins to wait. What of the fleet is known now is not new, and never will be: also not when
    /// it goes and comes back.
    pub fn since(fleet: &Fleet) -> Self {
        Self {
            there_at_first: fleet.rows().map(|row| row.id().to_owned()).collect(),
            ids: Vec::new(),
        }
    }

    /// The ids of the new agents that are there now, in the order in which they came.
    pub fn update(&mut self, fleet: &Fleet) -> &[String] {
        self.ids.retain(|id| fleet.get(id).is_some());
        let mut latest: Vec<_> = fleet
            .rows()
            .map(|row| row.id())
            .filter(|id| {
                !self.there_at_first.contains(*id) && !self.ids.iter().any(|new| new == id)
            })
            .map(str::to_owned)
            .collect();
        latest.sort();
        self.ids.extend(latest);
        &self.ids
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::domain::Agent;

    fn put(fleet: &mut Fleet, id: &str) {
        let agent = Agent {
            id: id.to_owned(),
            ..Agent::default()
        };
        fleet.apply_saved(agent, DateTime::<Utc>::default());
    }

    // page.md#add-dialog/14
    #[test]
    fn new_agents_stand_in_the_order_in_which_they_came() {
        let mut fleet = Fleet::new();
        put(&mut fleet, "old");
        let mut new = NewAgents::since(&fleet);
        assert!(new.update(&fleet).is_empty());
        put(&mut fleet, "z");
        assert_eq!(new.update(&fleet), ["z"]);
        put(&mut fleet, "b");
        put(&mut fleet, "a");
        assert_eq!(new.update(&fleet), ["z", "a", "b"]);
    }

    #[test]
    fn an_agent_that_was_there_is_not_new_when_it_comes_back() {
        let mut fleet = Fleet::new();
        put(&mut fleet, "old");
        let mut new = NewAgents::since(&fleet);
        fleet.apply_removed("old");
        put(&mut fleet, "new");
        assert_eq!(new.update(&fleet), ["new"]);
        fleet.apply_removed("new");
        put(&mut fleet, "old");
        assert!(new.update(&fleet).is_empty());
        put(&mut fleet, "new");
        assert_eq!(new.update(&fleet), ["new"]);
    }
}
