//! Agents, sites and rows for tests.

use std::sync::Arc;

use chrono::DateTime;

use super::{Agent, Row, Site};

/// An agent of which only id and name are set.
pub fn agent(id: &str, name: &str) -> Agent {
    Agent {
        id: id.into(),
        name: name.into(),
        ..Agent::default()
    }
}

/// A site of which only id and title are set.
pub fn site(id: &str, title: &str) -> Site {
    Site {
        id: id.into(),
        title: title.into(),
        ..Site::default()
    }
}

/// Rows of agents that have these numbers for ids.
pub fn rows(ids: impl IntoIterator<Item = u32>) -> Vec<Arc<Row>> {
    let row = |id: u32| {
        let agent = Arc::new(agent(&id.to_string(), ""));
        Arc::new(Row::new(agent, None, DateTime::UNIX_EPOCH))
    };
    ids.into_iter().map(row).collect()
}
