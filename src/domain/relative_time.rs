//! How long ago something was, in words.

use chrono::{DateTime, Utc};

use super::count::count;
use super::plural::plural;

/// "just now", "3 minutes ago", "2 hours ago", "5 days ago"; "Never" for `None`. Rounds down.
pub fn relative_time(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    let Some(at) = at else {
        return "Never".to_owned();
    };
    let age = now - at;
    let (number, unit, units) = if age.num_minutes() < 1 {
        return "just now".to_owned();
    } else if age.num_hours() < 1 {
        (age.num_minutes(), "minute", "minutes")
    } else if age.num_days() < 1 {
        (age.num_hours(), "hour", "hours")
    } else if age.num_days() < 365 {
        (age.num_days(), "day", "days")
    } else {
        (age.num_days() / 365, "year", "years")
    };
    let number = usize::try_from(number).unwrap_or_default();
    plural(number, &count(number), unit, units) + " ago"
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn words(secs: i64) -> String {
        let then = DateTime::UNIX_EPOCH;
        relative_time(Some(then), then + TimeDelta::seconds(secs))
    }

    // page.md#texts/4
    #[test]
    fn ages_round_down_to_their_largest_unit() {
        for (secs, expected) in [
            (-500, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (119, "1 minute ago"),
            (3599, "59 minutes ago"),
            (3600, "1 hour ago"),
            (86_399, "23 hours ago"),
            (86_400, "1 day ago"),
            (364 * 86_400, "364 days ago"),
            (365 * 86_400, "1 year ago"),
            (900 * 86_400, "2 years ago"),
        ] {
            assert_eq!(words(secs), expected);
        }
    }

    // page.md#list/5
    #[test]
    fn an_agent_never_seen_says_never() {
        assert_eq!(relative_time(None, DateTime::UNIX_EPOCH), "Never");
    }
}
