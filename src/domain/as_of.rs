//! The moment for which statuses and ages hold.
//!
//! The page never accuses an agent of the page's own silence: once the data is older than the grace
//! after the last read, statuses and ages stand still.

use chrono::{DateTime, TimeDelta, Utc};

use super::{LocalTime, ServerClock};

/// The grace is never shorter.
const SHORTEST_GRACE: TimeDelta = TimeDelta::minutes(5);
/// The page looks at its clocks every second. When it has not for so long, the machine has slept; a
/// slow one at work is not that slow.
const SLEEP: TimeDelta = TimeDelta::seconds(30);
/// When the wall clock gains or loses more than this on the monotonic one, the machine has slept, or
/// the wall clock was set.
const JUMP: TimeDelta = TimeDelta::seconds(5);

/// How fresh the data is.
#[derive(Clone, Copy, Debug)]
pub struct AsOf {
    grace: TimeDelta,
    /// When the fleet was last read.
    read: Option<LocalTime>,
    /// The moment that statuses stay at until a read ends.
    held: Option<DateTime<Utc>>,
    /// When the clocks were last looked at.
    looked: Option<LocalTime>,
}

/// Data older than the grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outdated {
    /// The moment at which statuses stand still, on the user's wall clock.
    pub as_of: DateTime<Utc>,
    /// How long ago that is.
    pub age: TimeDelta,
}

/// Nothing has been read.
impl Default for AsOf {
    fn default() -> Self {
        Self {
            grace: SHORTEST_GRACE,
            read: None,
            held: None,
            looked: None,
        }
    }
}

impl AsOf {
    /// The interval between two reads is this long, in milliseconds.
    pub fn set_interval(&mut self, interval_ms: u32) {
        self.grace = TimeDelta::milliseconds(2 * i64::from(interval_ms)).max(SHORTEST_GRACE);
    }

    /// The whole fleet has been read, or the first pages of it.
    pub fn note_read(&mut self, at: LocalTime) {
        self.read = Some(at);
    }

    /// Nothing has been read of another API yet.
    pub fn forget(&mut self) {
        self.read = None;
        self.held = None;
    }

    /// Statuses stay as they are until [`Self::release`].
    pub fn hold(&mut self, shown: DateTime<Utc>) {
        self.held.get_or_insert(shown);
    }

    /// A read has ended: statuses change again.
    pub fn release(&mut self) {
        self.held = None;
    }

    /// Looks at the clocks; to be called at first, every second while the page is visible, and when it
    /// is shown again. `true`: the machine has slept, or its clock was set, unless it was hidden.
    pub fn look(&mut self, now: LocalTime) -> bool {
        let Some(before) = self.looked.replace(now) else {
            return false;
        };
        let (wall, monotonic) = now.since(before);
        monotonic > SLEEP || (wall - monotonic).abs() > JUMP
    }

    /// The moment for which statuses and ages hold, on the server's clock.
    pub fn moment(&self, clock: &ServerClock, now: LocalTime) -> DateTime<Utc> {
        if let Some(held) = self.held {
            return held;
        }
        let server_now = clock.now(now);
        let beyond_grace = self.read.map_or(TimeDelta::zero(), |read| {
            let (_, passed) = now.since(read);
            (passed - self.grace).max(TimeDelta::zero())
        });
        server_now
            .checked_sub_signed(beyond_grace)
            .unwrap_or(server_now)
    }

    /// How old the data is beyond the grace; `None`: it is not.
    pub fn outdated(&self, now: LocalTime) -> Option<Outdated> {
        let read = self.read?;
        let age = now.longest_since(read) - self.grace;
        (age > TimeDelta::zero()).then(|| Outdated {
            as_of: read.wall + self.grace,
            age,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Status;

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + secs, 0).unwrap()
    }

    fn local(secs: i64) -> LocalTime {
        LocalTime {
            wall: at(secs),
            monotonic: TimeDelta::seconds(secs),
        }
    }

    fn clock() -> ServerClock {
        let mut clock = ServerClock::default();
        clock.observe(Some(at(0)), local(0));
        clock
    }

    fn read_at(secs: i64) -> AsOf {
        let mut as_of = AsOf::default();
        as_of.note_read(local(secs));
        as_of
    }

    #[test]
    fn the_grace_is_twice_the_interval_but_at_least_five_minutes() {
        for (interval_ms, grace_secs) in [
            (5_000, 300),
            (150_000, 300),
            (150_001, 300),
            (600_000, 1_200),
        ] {
            let mut as_of = read_at(0);
            as_of.set_interval(interval_ms);
            assert_eq!(as_of.outdated(local(grace_secs)), None);
            assert_eq!(
                as_of.outdated(local(grace_secs + 60)).map(|old| old.as_of),
                Some(at(0) + as_of.grace)
            );
        }
    }

    // page.md#time/6
    #[test]
    fn statuses_stand_still_once_the_data_is_older_than_the_grace() {
        let as_of = read_at(0);
        for secs in [0, 1, 299, 300] {
            assert_eq!(as_of.moment(&clock(), local(secs)), at(secs));
        }
        for secs in [301, 7_200, 86_400] {
            assert_eq!(as_of.moment(&clock(), local(secs)), at(300));
        }
        assert_eq!(
            as_of.outdated(local(7_500)),
            Some(Outdated {
                as_of: at(300),
                age: TimeDelta::seconds(7_200)
            })
        );
    }

    #[test]
    fn of_another_api_nothing_is_held_and_nothing_is_old() {
        let mut as_of = read_at(0);
        as_of.hold(at(10));
        as_of.forget();
        assert_eq!(as_of.moment(&clock(), local(7_200)), at(7_200));
        assert_eq!(as_of.outdated(local(7_200)), None);
    }

    #[test]
    fn a_slow_second_is_no_sleep() {
        let looks_after = |passed: TimeDelta, gained: TimeDelta| {
            let mut as_of = AsOf::default();
            as_of.look(local(0));
            as_of.look(LocalTime {
                wall: at(0) + passed + gained,
                monotonic: passed,
            })
        };
        let moment = TimeDelta::milliseconds(1);
        assert!(!looks_after(SLEEP, TimeDelta::zero()));
        assert!(looks_after(SLEEP + moment, TimeDelta::zero()));
        for gained in [JUMP, -JUMP] {
            assert!(!looks_after(moment, gained));
        }
        for gained in [JUMP + moment, -JUMP - moment] {
            assert!(looks_after(moment, gained));
        }
    }

    #[test]
    fn a_held_moment_stays_until_the_read_ends() {
        let mut as_of = read_at(0);
        as_of.hold(at(10));
        as_of.hold(at(20));
        assert_eq!(as_of.moment(&clock(), local(7_200)), at(10));
        as_of.release();
        assert_eq!(as_of.moment(&clock(), local(7_200)), at(300));
        as_of.note_read(local(7_200));
        assert_eq!(as_of.moment(&clock(), local(7_200)), at(7_200));
    }

    // page.md#time/5
    #[test]
    fn a_sleep_and_a_clock_that_was_set_are_noticed() {
        let jump = |wall: i64, monotonic: i64| {
            let mut as_of = AsOf::default();
            assert!(!as_of.look(local(0)));
            assert!(!as_of.look(local(1)));
            as_of.look(LocalTime {
                wall: at(1 + wall),
                monotonic: TimeDelta::seconds(1 + monotonic),
            })
        };
        assert!(jump(7_200, 1));
        assert!(jump(7_200, 7_200));
        assert!(jump(-3_600, 1));
        assert!(!jump(1, 1) && !jump(3, 3) && !jump(5, 1));
    }

    proptest! {
        #[test]
        fn no_status_gets_worse_by_more_than_the_grace_through_silence(
            contact in 0_i64..4_000, silence in 0_i64..1_000_000, interval_ms in 5_000_u32..600_000,
        ) {
            let mut as_of = read_at(0);
            as_of.set_interval(interval_ms);
            let shown = Status::at(Some(at(-contact)), as_of.moment(&clock(), local(silence)));
            let latest = Status::at(Some(at(-contact)), at(0) + as_of.grace);
            let earliest = Status::at(Some(at(-contact)), at(0));
            // The worst comes first.
            prop_assert!(latest <= shown && shown <= earliest);
        }
    }
}
