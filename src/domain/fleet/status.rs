//! How an agent is: one pure function of its last contact and the time.

use chrono::{DateTime, TimeDelta, Utc};

const WARNING_AFTER: TimeDelta = TimeDelta::minutes(30);
const CRITICAL_AFTER: TimeDelta = TimeDelta::minutes(45);

/// An agent's status. The order is from worst to best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Last heard from 45 minutes ago or longer.
    Critical,
    /// Last heard from 30 to 45 minutes ago.
    Warning,
    /// Never heard from.
    Pending,
    /// Heard from in the last 30 minutes.
    Healthy,
}

impl Status {
    /// All of them, from worst to best.
    pub const WORST_FIRST: [Self; 4] =
        [Self::Critical, Self::Warning, Self::Pending, Self::Healthy];

    /// The word on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::Warning => "Warning",
            Self::Pending => "Pending",
            Self::Healthy => "Healthy",
        }
    }

    /// The word in URLs and class names.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Pending => "pending",
            Self::Healthy => "healthy",
        }
    }

    /// The status that has this key.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::WORST_FIRST
            .into_iter()
            .find(|status| status.slug() == slug)
    }

    /// The status at `now`, on the server's clock, of an agent last heard from then.
    pub fn at(last_contact: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        match last_contact.map(|contact| now - contact) {
            None => Self::Pending,
            Some(age) if age < WARNING_AFTER => Self::Healthy,
            Some(age) if age < CRITICAL_AFTER => Self::Warning,
            Some(_) => Self::Critical,
        }
    }

    /// When time alone will change the status that it has at `now`; `None`: never.
    pub fn next_change(
        last_contact: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let contact = last_contact?;
        match Self::at(last_contact, now) {
            Self::Healthy => contact.checked_add_signed(WARNING_AFTER),
            Self::Warning => contact.checked_add_signed(CRITICAL_AFTER),
            Self::Critical | Self::Pending => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(secs: i64) -> Status {
        let contact = DateTime::UNIX_EPOCH;
        Status::at(Some(contact), contact + TimeDelta::seconds(secs))
    }

    // page.md#status/1, agent-api.md#status/1
    #[test]
    fn an_agent_never_heard_from_is_pending() {
        assert_eq!(Status::at(None, DateTime::UNIX_EPOCH), Status::Pending);
    }

    // page.md#status/1, agent-api.md#status/2, #status/3
    #[test]
    fn an_agent_turns_warning_at_30_minutes() {
        assert_eq!(after(0), Status::Healthy);
        assert_eq!(after(30 * 60 - 1), Status::Healthy);
        assert_eq!(after(30 * 60), Status::Warning);
    }

    // page.md#status/1, agent-api.md#status/3, #status/4
    #[test]
    fn an_agent_turns_critical_at_45_minutes() {
        assert_eq!(after(45 * 60 - 1), Status::Warning);
        assert_eq!(after(45 * 60), Status::Critical);
        assert_eq!(after(10_000_000), Status::Critical);
    }

    // agent-api.md#status/2
    #[test]
    fn a_contact_in_the_future_counts_as_now() {
        assert_eq!(after(-86_400), Status::Healthy);
    }

    #[test]
    fn keys_lead_back_to_their_status() {
        for status in Status::WORST_FIRST {
            assert_eq!(Status::from_slug(status.slug()), Some(status));
        }
        assert_eq!(Status::from_slug("Healthy"), None);
    }

    proptest! {
        // page.md#status/2
        #[test]
        fn the_status_holds_until_the_next_change_and_not_beyond(age in -10_000i64..10_000) {
            let contact = Some(DateTime::UNIX_EPOCH);
            let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(age);
            let status = Status::at(contact, now);
            if let Some(change) = Status::next_change(contact, now) {
                prop_assert_eq!(Status::at(contact, change - TimeDelta::milliseconds(1)), status);
                prop_assert!(Status::at(contact, change) != status);
            } else {
                prop_assert_eq!(Status::at(contact, now + TimeDelta::days(9999)), status);
            }
        }
    }
}
