//! What the dialog "Remove kproxy Agent" says, and what comes after a removal.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::{Device, Row, relative_time};

/// The most devices that are named; others are only counted.
const MAX_DEVICES_NAMED: usize = 12;

/// The devices that the dialog names, and how many more there are.
pub fn devices_to_name(devices: &[Device]) -> (&[Device], usize) {
    match devices.split_at_checked(MAX_DEVICES_NAMED) {
        Some((named, more)) => (named, more.len()),
        None => (devices, 0),
    }
}

/// What tells an agent from others of the same name, at `now` on the server's clock: labels and
/// values.
pub fn distinguishing_facts(row: &Row, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let agent = &row.agent;
    let address = Some(agent.ip_address.clone()).filter(|address| !address.is_empty());
    [
        ("IP Address", address),
        ("Site", Some(row.site_title().to_owned())),
        ("Last seen", Some(relative_time(agent.last_seen, now))),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label, value?)))
    .collect()
}

/// The row that gets the focus when an agent's row goes: the next one, or else the one before.
/// `None` if the agent has no row, or the only one.
pub fn neighbor<'a>(rows: &'a [Arc<Row>], id: &str) -> Option<&'a Arc<Row>> {
    let index = rows.iter().position(|row| row.id() == id)?;
    rows.get(index + 1)
        .or_else(|| rows.get(index.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};

    use super::*;
    use crate::domain::{Agent, Site};

    #[test]
    fn twelve_devices_are_named_and_the_others_counted() {
        let devices = |count: usize| vec![Device::default(); count];
        for (count, named, more) in [
            (0, 0, 0),
            (1, 1, 0),
            (12, 12, 0),
            (13, 12, 1),
            (500, 12, 488),
        ] {
            let devices = devices(count);
            let (shown, left) = devices_to_name(&devices);
            assert_eq!((shown.len(), left), (named, more));
        }
    }

    #[test]
    fn an_agent_is_told_from_its_namesakes() {
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 10, 0, 0).unwrap();
        let agent = Agent {
            ip_address: "203.0.113.4".into(),
            last_seen: Some(now - TimeDelta::minutes(3)),
            ..Agent::default()
        };
        let site = Site {
            title: "Oslo".into(),
            ..Site::default()
        };
        let row = Row::new(Arc::new(agent), Some(Arc::new(site)), now);
        let expected = [
            ("IP Address", "203.0.113.4".to_owned()),
            ("Site", "Oslo".to_owned()),
            ("Last seen", "3 minutes ago".to_owned()),
        ];
        assert_eq!(distinguishing_facts(&row, now), expected);
        let bare = Row::new(Arc::new(Agent::default()), None, now);
        let expected = [
            ("Site", "Undefined".to_owned()),
            ("Last seen", "Never".to_owned()),
        ];
        assert_eq!(distinguishing_facts(&bare, now), expected);
    }

    #[test]
    fn focus_goes_to_the_next_row_or_to_the_one_before_the_last() {
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 10, 0, 0).unwrap();
        let rows = |ids: &[&str]| -> Vec<Arc<Row>> {
            let row = |&id: &&str| {
                let agent = Agent {
                    id: id.into(),
                    ..Agent::default()
                };
                Arc::new(Row::new(Arc::new(agent), None, now))
            };
            ids.iter().map(row).collect()
        };
        let three = rows(&["a", "b", "c"]);
        let of = |id: &str| neighbor(&three, id).map(|row| row.id());
        assert_eq!(of("a"), Some("b"));
        assert_eq!(of("b"), Some("c"));
        assert_eq!(of("c"), Some("b"));
        assert_eq!(of("d"), None);
        assert!(neighbor(&rows(&["a"]), "a").is_none());
    }
}
