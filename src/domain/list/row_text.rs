//! What an agent's row says.

use chrono::{DateTime, Utc};

use crate::domain::{CellText, Row, Status, relative_time};

/// The words of an agent's row. Rows that say the same are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowText {
    /// The status.
    pub status: Status,
    /// When the agent was last seen; `None` for never.
    pub last_seen: Option<DateTime<Utc>>,
    /// How long ago that was.
    pub age: String,
    /// The cells of plain text: name, site, IP address, private IP and version.
    pub cells: [RowCell; 5],
    /// The name that its buttons are told apart by.
    pub name: String,
    /// Whether a value that the organization should set is Undefined.
    pub needs_update: bool,
}

/// The text of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowCell {
    /// As on screen.
    pub text: String,
    /// Whether it stands for a value that is not set.
    pub is_placeholder: bool,
}

impl RowText {
    /// What a row says at `now`, on the server's clock.
    pub fn new(row: &Row, now: DateTime<Utc>) -> Self {
        let agent = &row.agent;
        let cells = [
            agent.name_cell(),
            row.site_cell(),
            CellText::Value(&agent.ip_address),
            agent.private_ip_cell(),
            CellText::Value(&agent.version),
        ];
        Self {
            status: row.status,
            last_seen: agent.last_seen,
            age: relative_time(agent.last_seen, now),
            cells: cells.map(RowCell::from),
            name: agent.accessible_name(),
            needs_update: row.needs_update(),
        }
    }

    /// The name of the button that shows and hides the details.
    pub fn toggle_label(&self) -> String {
        format!("Details for {}", self.name)
    }

    /// The name of the button that edits the agent.
    pub fn edit_label(&self) -> String {
        let word = if self.needs_update { "Update" } else { "Edit" };
        format!("{word} {}", self.name)
    }

    /// The name of the button that removes the agent.
    pub fn remove_label(&self) -> String {
        format!("Remove {}", self.name)
    }
}

impl From<CellText<'_>> for RowCell {
    fn from(cell: CellText<'_>) -> Self {
        Self {
            text: cell.as_str().to_owned(),
            is_placeholder: cell.is_placeholder(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::TimeDelta;

    use super::*;
    use crate::domain::fixtures::{agent, site};
    use crate::domain::{Agent, Site};

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn text(agent: Agent, site: Option<Site>) -> RowText {
        RowText::new(&Row::new(Arc::new(agent), site.map(Arc::new), NOW), NOW)
    }

    fn cells(text: &RowText) -> Vec<(&str, bool)> {
        let cells = text.cells.iter();
        cells
            .map(|cell| (cell.text.as_str(), cell.is_placeholder))
            .collect()
    }

    // page.md#list/5
    #[test]
    fn a_row_says_what_is_known_of_its_agent() {
        let known = Agent {
            ip_address: "203.0.113.4".into(),
            private_ip: "10.1.2.3".into(),
            version: "7.48.0".into(),
            last_seen: Some(NOW - TimeDelta::minutes(3)),
            ..agent("a", "alpha")
        };
        let text = text(known, Some(site("s", "Oslo DC")));
        let values = ["alpha", "Oslo DC", "203.0.113.4", "10.1.2.3", "7.48.0"];
        assert_eq!(cells(&text), values.map(|value| (value, false)));
        assert_eq!(text.age, "3 minutes ago");
        assert_eq!(text.toggle_label(), "Details for alpha");
        assert_eq!(text.edit_label(), "Edit alpha");
        assert_eq!(text.remove_label(), "Remove alpha");
    }

    // page.md#list/7, #list/8, #list/9
    #[test]
    fn a_row_says_what_is_not_set() {
        let bare = Agent {
            ip_address: "203.0.113.9".into(),
            ..agent("x", "")
        };
        let text = text(bare, None);
        let shown = [
            ("Auto Generated", true),
            ("Undefined", true),
            ("203.0.113.9", false),
            ("Undefined", true),
            ("", false),
        ];
        assert_eq!(cells(&text), shown);
        assert_eq!((text.last_seen, text.age.as_str()), (None, "Never"));
        assert_eq!(text.edit_label(), "Update Auto Generated 203.0.113.9");
    }

    #[test]
    fn only_the_age_follows_the_time() {
        let seen = Agent {
            last_seen: Some(NOW),
            ..agent("a", "alpha")
        };
        let row = Row::new(Arc::new(seen), None, NOW);
        let after = |secs| RowText::new(&row, NOW + TimeDelta::seconds(secs));
        assert_eq!(after(60), after(119));
        let later = RowText {
            age: "2 minutes ago".into(),
            ..after(60)
        };
        assert_eq!(after(120), later);
    }
}
