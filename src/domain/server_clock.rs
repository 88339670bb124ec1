//! The server's clock, which every age on the page is computed on.

use chrono::{DateTime, TimeDelta, Utc};

/// Server times outside these years are nonsense, such as year 1 from a backend's zero value.
const PLAUSIBLE_YEARS: std::ops::Range<i64> = 2000..2200;
/// Two answers in a row whose offsets are this close agree on the clock.
const AGREEMENT: TimeDelta = TimeDelta::seconds(5);

/// The server's clock, as known from its answers.
///
/// A cached answer may repeat an old time, so one that would set the clock back is not believed.
/// But when the user's own clock jumps ahead, every true answer seems to set the clock back: two
/// new ones in a row that agree are believed. A repeated time never is.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServerClock {
    believed: Option<Reading>,
    /// The last answer that would have set the clock back.
    doubted: Option<Reading>,
}

/// A server time and when, on the local clock, it arrived.
#[derive(Clone, Copy, Debug)]
struct Reading {
    server: DateTime<Utc>,
    offset: TimeDelta,
}

impl ServerClock {
    /// Takes the server's time from an answer that arrived at `local_now`; a missing one and
    /// nonsense change nothing.
    pub fn observe(&mut self, server_time: Option<DateTime<Utc>>, local_now: DateTime<Utc>) {
        let Some(server) = server_time.filter(|&time| is_plausible(time)) else {
            return;
        };
        let reading = Reading {
            server,
            offset: server.signed_duration_since(local_now),
        };
        let Some(believed) = self.believed else {
            self.believed = Some(reading);
            return;
        };
        if reading.offset >= believed.offset {
            // An old time can look new after the local clock was set back.
            if server >= believed.server {
                *self = Self {
                    believed: Some(reading),
                    doubted: None,
                };
            }
        } else if server > believed.server {
            let confirmed = self.doubted.is_some_and(|doubted| {
                server > doubted.server && (reading.offset - doubted.offset).abs() <= AGREEMENT
            });
            *self = if confirmed {
                Self {
                    believed: Some(reading),
                    doubted: None,
                }
            } else {
                Self {
                    doubted: Some(reading),
                    ..*self
                }
            };
        }
    }

    /// The time on the server's clock when the local clock shows `local_now`.
    pub fn now(&self, local_now: DateTime<Utc>) -> DateTime<Utc> {
        let offset = self
            .believed
            .map_or(TimeDelta::zero(), |reading| reading.offset);
        local_now.checked_add_signed(offset).unwrap_or(local_now)
    }
}

fn is_plausible(time: DateTime<Utc>) -> bool {
    // Mean years are near enough.
    const SECONDS_A_YEAR: i64 = 31_556_952;
    PLAUSIBLE_YEARS.contains(&(1970 + time.timestamp().div_euclid(SECONDS_A_YEAR)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment on both clocks, in seconds since it all began.
    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + secs, 0).unwrap()
    }

    #[test]
    fn without_an_answer_the_local_clock_counts() {
        let mut clock = ServerClock::default();
        clock.observe(None, at(0));
        assert_eq!(clock.now(at(7)), at(7));
    }

    // page.md#time/1, agent-api.md#server-clock/1
    #[test]
    fn an_answer_corrects_a_wrong_local_clock() {
        for wrong_by in [-86_400, -1, 0, 5, 86_400 * 900] {
            let mut clock = ServerClock::default();
            clock.observe(Some(at(100)), at(100 + wrong_by));
            assert_eq!(clock.now(at(160 + wrong_by)), at(160));
        }
    }

    // agent-api.md#server-clock/2
    #[test]
    fn a_missing_or_nonsensical_time_keeps_the_last_good_offset() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(100)), at(0));
        clock.observe(None, at(10));
        clock.observe(Some(DateTime::UNIX_EPOCH), at(10));
        clock.observe(Some(DateTime::<Utc>::MAX_UTC), at(10));
        clock.observe(Some(DateTime::<Utc>::MIN_UTC), at(10));
        assert_eq!(clock.now(at(20)), at(120));
    }

    // agent-api.md#server-clock/3
    #[test]
    fn an_answer_that_would_set_the_clock_back_is_not_believed() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(1000)), at(0));
        // A cached answer, again and again.
        for poll in 1..20 {
            clock.observe(Some(at(1000)), at(60 * poll));
            assert_eq!(clock.now(at(60 * poll)), at(1000 + 60 * poll));
        }
        // One an hour behind that goes on ticking.
        for poll in 20..30 {
            clock.observe(Some(at(60 * poll - 2600)), at(60 * poll));
            assert_eq!(clock.now(at(60 * poll)), at(1000 + 60 * poll));
        }
    }

    // agent-api.md#server-clock/3
    #[test]
    fn an_answer_cached_by_another_tab_is_not_believed() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(0)), at(0));
        clock.observe(Some(at(300)), at(1800));
        clock.observe(Some(at(300)), at(1860));
        clock.observe(Some(at(400)), at(1920));
        assert_eq!(clock.now(at(2000)), at(2000));
    }

    #[test]
    fn a_cached_answer_given_twice_within_seconds_does_not_confirm_itself() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(0)), at(0));
        clock.observe(Some(at(300)), at(1800));
        clock.observe(Some(at(300)), at(1802));
        assert_eq!(clock.now(at(1802)), at(1802));
    }

    #[test]
    fn an_answer_ahead_is_believed() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(0)), at(0));
        clock.observe(Some(at(90)), at(60));
        assert_eq!(clock.now(at(100)), at(130));
    }

    #[test]
    fn the_local_clock_jumping_ahead_is_noticed_by_the_second_answer() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(0)), at(0));
        clock.observe(Some(at(60)), at(3660));
        assert_eq!(clock.now(at(3660)), at(3660));
        clock.observe(Some(at(120)), at(3721));
        assert_eq!(clock.now(at(3721)), at(120));
    }

    #[test]
    fn the_local_clock_jumping_back_is_noticed_at_once() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(0)), at(3600));
        clock.observe(Some(at(60)), at(60));
        assert_eq!(clock.now(at(61)), at(61));
    }

    #[test]
    fn an_old_answer_after_the_local_clock_jumped_back_is_not_believed() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(1000)), at(1000));
        clock.observe(Some(at(500)), at(100));
        assert_eq!(clock.now(at(100)), at(100));
    }

    #[test]
    fn a_sleeping_machine_changes_nothing() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(0)), at(10));
        clock.observe(Some(at(36_000)), at(36_010));
        assert_eq!(clock.now(at(36_020)), at(36_010));
    }
}
