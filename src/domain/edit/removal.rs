//! What the dialog "Remove kproxy Agent" says, and what comes after a removal.

use std::sync::Arc;

use crate::domain::{Device, Row};

/// The most devices that are named; others are only counted.
const MAX_DEVICES_NAMED: usize = 12;

/// The devices that the dialog names, and how many more there are.
pub fn devices_to_name(devices: &[Device]) -> (&[Device], usize) {
    match devices.split_at_checked(MAX_DEVICES_NAMED) {
        Some((named, more)) => (named, more.len()),
        None => (devices, 0),
    }
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
    use chrono::{TimeZone, Utc};

    use super::*;
    use crate::domain::Agent;

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
