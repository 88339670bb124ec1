//! The server's clock, which every age on the page is computed on.

use chrono::{DateTime, TimeDelta, Utc};

/// Server times outside these years are nonsense, such as year 1 from a backend's zero value.
const PLAUSIBLE_YEARS: std::ops::Range<i64> = 2020..2100;
/// Two times this close are the same clock's.
const AGREEMENT: TimeDelta = TimeDelta::seconds(5);

/// A moment on both clocks of the user's machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// The wall clock. It may be wrong, and the user may set it at any time.
    pub wall: DateTime<Utc>,
    /// The time since the page began, on a clock that nobody sets. It may stand still while the
    /// machine sleeps.
    pub monotonic: TimeDelta,
}

impl LocalTime {
    /// How much time passed since `earlier`, by the clock that says more.
    pub fn longest_since(self, earlier: Self) -> TimeDelta {
        let (wall, monotonic) = self.since(earlier);
        wall.max(monotonic).max(TimeDelta::zero())
    }

    /// How much time passed since `earlier`, by the wall clock and by the monotonic one.
    pub(in crate::domain) fn since(self, earlier: Self) -> (TimeDelta, TimeDelta) {
        (
            self.wall.signed_duration_since(earlier.wall),
            self.monotonic - earlier.monotonic,
        )
    }
}

/// The server's clock, as known from its answers.
///
/// An answer may be a stored one, or one of many servers may be wrong. So an answer that would move
/// the clock by more than [`AGREEMENT`] is believed only once a second one agrees with it. A
/// repeated time never agrees with itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServerClock {
    believed: Option<Reading>,
    /// The last answer that would have moved the clock.
    doubted: Option<Reading>,
}

/// A server time, and when it arrived.
#[derive(Clone, Copy, Debug)]
struct Reading {
    server: DateTime<Utc>,
    local: LocalTime,
}

impl Reading {
    /// Whether `later` is a newer time of the same clock. After a sleep, only the wall clock of the
    /// user's machine may know how long it was.
    fn agrees_with(self, later: Self) -> bool {
        let passed = later.server.signed_duration_since(self.server);
        let (wall, monotonic) = later.local.since(self.local);
        passed > TimeDelta::zero()
            && [wall, monotonic]
                .into_iter()
                .any(|local| (passed - local).abs() <= AGREEMENT)
    }
}

impl ServerClock {
    /// Takes the server's time from an answer that arrived at `local`; a missing one and nonsense
    /// change nothing.
    pub fn observe(&mut self, server_time: Option<DateTime<Utc>>, local: LocalTime) {
        let Some(server) = server_time.filter(|&time| is_plausible(time)) else {
            return;
        };
        let reading = Reading { server, local };
        let agrees =
            |earlier: Option<Reading>| earlier.is_some_and(|earlier| earlier.agrees_with(reading));
        if self.believed.is_none() || agrees(self.believed) || agrees(self.doubted) {
            *self = Self {
                believed: Some(reading),
                doubted: None,
            };
        } else if self
            .believed
            .is_some_and(|believed| believed.server != server)
        {
            self.doubted = Some(reading);
        }
    }

    /// Whether no server time is known.
    pub fn is_unknown(&self) -> bool {
        self.believed.is_none()
    }

    /// The time on the server's clock at `local`; the wall clock's where no server time is known.
    pub fn now(&self, local: LocalTime) -> DateTime<Utc> {
        let Some(believed) = self.believed else {
            return local.wall;
        };
        let (_, passed) = local.since(believed.local);
        believed
            .server
            .checked_add_signed(passed)
            .unwrap_or(believed.server)
    }
}

fn is_plausible(time: DateTime<Utc>) -> bool {
    // Mean years are near enough.
    const SECONDS_A_YEAR: i64 = 31_556_952;
    PLAUSIBLE_YEARS.contains(&(1970 + time.timestamp().div_euclid(SECONDS_A_YEAR)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A moment, in seconds since it all began.
    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + secs, 0).unwrap()
    }

    /// So long after the page began, on a machine whose wall clock is right.
    fn local(secs: i64) -> LocalTime {
        local_off_by(secs, 0)
    }

    /// The same, on one whose wall clock is ahead.
    fn local_off_by(secs: i64, ahead: i64) -> LocalTime {
        LocalTime {
            wall: at(secs + ahead),
            monotonic: TimeDelta::seconds(secs),
        }
    }

    /// The same, on one that has slept, with its monotonic clock standing still.
    fn local_after_sleep(secs: i64, slept: i64) -> LocalTime {
        LocalTime {
            wall: at(secs),
            monotonic: TimeDelta::seconds(secs - slept),
        }
    }

    #[test]
    fn without_an_answer_the_local_clock_counts() {
        let mut clock = ServerClock::default();
        clock.observe(None, local(0));
        assert_eq!(clock.now(local(7)), at(7));
        assert!(clock.is_unknown());
    }

    // page.md#time/1, agent-api.md#server-clock/1
    #[test]
    fn an_answer_corrects_a_wrong_local_clock() {
        for ahead in [-86_400, -1, 0, 5, 86_400 * 900] {
            let mut clock = ServerClock::default();
            clock.observe(Some(at(100)), local_off_by(100, ahead));
            assert_eq!(clock.now(local_off_by(160, ahead)), at(160));
        }
    }

    // agent-api.md#server-clock/2
    #[test]
    fn a_missing_or_nonsensical_time_keeps_the_last_good_offset() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(100)), local(0));
        let year_2199 = "2199-01-01T00:00:00Z".parse().unwrap();
        for nonsense in [
            None,
            Some(DateTime::UNIX_EPOCH),
            Some(DateTime::<Utc>::MAX_UTC),
            Some(DateTime::<Utc>::MIN_UTC),
            Some(year_2199),
        ] {
            clock.observe(nonsense, local(10));
            clock.observe(nonsense, local(12));
        }
        assert_eq!(clock.now(local(20)), at(120));
    }

    // agent-api.md#server-clock/2
    #[test]
    fn a_first_time_that_is_nonsense_is_none() {
        let mut clock = ServerClock::default();
        for nonsense in ["1970-01-01T00:00:00Z", "2199-01-01T00:00:00Z"] {
            clock.observe(nonsense.parse().ok(), local(0));
            assert!(clock.is_unknown(), "{nonsense}");
        }
        clock.observe(Some(at(100)), local(1));
        assert!(!clock.is_unknown());
    }

    // agent-api.md#server-clock/3
    #[test]
    fn a_stored_answer_is_not_believed_however_often_it_comes() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(1000)), local(0));
        for poll in 1..20 {
            clock.observe(Some(at(1000)), local(2 * poll));
            assert_eq!(clock.now(local(2 * poll)), at(1000 + 2 * poll));
        }
        // Stored by another tab.
        clock.observe(Some(at(300)), local(1800));
        clock.observe(Some(at(300)), local(1802));
        assert_eq!(clock.now(local(2000)), at(3000));
    }

    // agent-api.md#server-clock/4
    #[test]
    fn one_wrong_answer_among_many_moves_nothing() {
        for wrong_by in [-7200, -6, 6, 3600, 86_400 * 400] {
            let mut clock = ServerClock::default();
            for poll in 0..30 {
                let off = if poll % 3 == 1 { wrong_by } else { 0 };
                clock.observe(Some(at(60 * poll + off)), local(60 * poll));
                assert_eq!(clock.now(local(60 * poll)), at(60 * poll));
            }
        }
    }

    // agent-api.md#server-clock/4
    #[test]
    fn a_second_answer_that_agrees_moves_the_clock_either_way() {
        for step in [-7200, -6, 6, 3600] {
            let mut clock = ServerClock::default();
            clock.observe(Some(at(0)), local(0));
            clock.observe(Some(at(60 + step)), local(60));
            assert_eq!(clock.now(local(60)), at(60));
            clock.observe(Some(at(122 + step)), local(120));
            assert_eq!(clock.now(local(120)), at(122 + step));
        }
    }

    // agent-api.md#server-clock/4
    #[test]
    fn setting_the_local_clock_changes_nothing() {
        for ahead in [-7200, 3600] {
            let mut clock = ServerClock::default();
            clock.observe(Some(at(0)), local(0));
            assert_eq!(clock.now(local_off_by(10, ahead)), at(10));
            clock.observe(Some(at(60)), local_off_by(60, ahead));
            assert_eq!(clock.now(local_off_by(61, ahead)), at(61));
        }
    }

    #[test]
    fn after_a_sleep_the_first_answer_is_believed() {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(0)), local(0));
        clock.observe(Some(at(7201)), local_after_sleep(7200, 7190));
        assert_eq!(clock.now(local_after_sleep(7200, 7190)), at(7201));
        let mut clock = ServerClock::default();
        clock.observe(Some(at(0)), local(0));
        clock.observe(Some(at(7201)), local(7200));
        assert_eq!(clock.now(local(7200)), at(7201));
    }

    proptest! {
        #[test]
        fn one_answer_alone_never_moves_the_clock_by_more_than_five_seconds(
            answers in proptest::collection::vec((-100_000_i64..100_000, 1_i64..300), 1..20),
        ) {
            let mut clock = ServerClock::default();
            clock.observe(Some(at(0)), local(0));
            let mut secs = 0;
            for (off, pause) in answers {
                secs += pause;
                let before = clock.now(local(secs));
                let was_doubted = clock.doubted;
                clock.observe(Some(at(secs + off)), local(secs));
                let moved = clock.now(local(secs)).signed_duration_since(before).abs();
                prop_assert!(moved <= AGREEMENT || was_doubted.is_some());
            }
        }
    }
}
