//! How time passes for a fleet: healthy agents keep contacting, each in its own rhythm, and now
//! and then one falls silent or comes back. All of it follows from the seed and the clock.
//!
//! Nothing ticks: a fleet catches up when somebody looks at it.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Fleet, Record};
use crate::FleetOptions;

/// After a longer pause than this many changes take, the ones before are left out.
const MOST_CHANGES_AT_ONCE: u64 = 10_000;

/// How an agent keeps contacting. Its last contact is a pure function of the time.
#[derive(Clone, Copy, Debug)]
pub struct Rhythm {
    /// One of its contacts.
    pub contact: DateTime<Utc>,
    /// From one contact to the next.
    pub every: TimeDelta,
    /// How long before a contact it passed flow; `None`: it passes none.
    pub flow_before: Option<TimeDelta>,
}

impl Rhythm {
    /// A rhythm like those of the sample fleet, with a contact just then.
    pub fn at_random(rng: &mut fastrand::Rng, contact: DateTime<Utc>) -> Self {
        Self {
            contact,
            every: TimeDelta::milliseconds(rng.i64(120_000..480_000)),
            flow_before: Some(TimeDelta::milliseconds(rng.i64(0..40_000))),
        }
    }

    /// The last contact at `now`.
    pub fn last_contact(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let every = self.every.num_milliseconds().max(1);
        let since = (now - self.contact).num_milliseconds().rem_euclid(every);
        now - TimeDelta::milliseconds(since)
    }
}

/// The changes that come by themselves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    seed: u64,
    per_minute: f64,
    begun: DateTime<Utc>,
    /// How many changes have been.
    done: u64,
    /// How many are silent on average.
    usually_silent: usize,
}

impl Life {
    pub(super) fn new(options: &FleetOptions, begun: DateTime<Utc>, silent: usize) -> Self {
        let per_minute = options.change_rate.max(0.0);
        Self {
            seed: options.seed,
            per_minute,
            begun,
            done: 0,
            usually_silent: silent.max(1),
        }
    }

    /// The changes that are due at `now`: when each is, and what chance decides about it.
    fn due(&mut self, now: DateTime<Utc>) -> Vec<(DateTime<Utc>, fastrand::Rng)> {
        if self.per_minute == 0.0 {
            return Vec::new();
        }
        let minutes = (now - self.begun).as_seconds_f64() / 60.0;
        let due = (minutes * self.per_minute).max(0.0) as u64;
        let first = self.done.max(due.saturating_sub(MOST_CHANGES_AT_ONCE));
        self.done = self.done.max(due);
        (first..due)
            .map(|change| {
                let secs = (change + 1) as f64 * 60.0 / self.per_minute;
                let at = self.begun + TimeDelta::milliseconds((secs * 1000.0) as i64);
                let seed = self.seed ^ (change + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                (at, fastrand::Rng::with_seed(seed))
            })
            .collect()
    }
}

impl Fleet {
    /// Lets time pass until `now`. A clock that was set back is no harm.
    pub fn live_until(&mut self, now: DateTime<Utc>) {
        for (at, rng) in self.life.due(now) {
            self.change_by_itself(at, rng);
        }
        self.contact(now);
        self.forget_removed(now);
    }

    fn change_by_itself(&mut self, at: DateTime<Utc>, mut rng: fastrand::Rng) {
        let by_chance =
            |record: &&mut Record| !record.pinned && record.agent.last_contact.is_some();
        let silent = self
            .agents
            .values()
            .filter(|record| record.rhythm.is_none())
            .count();
        // The more are silent, the likelier one comes back.
        let comes_back = rng.f64() * 2.0 < silent as f64 / self.life.usually_silent as f64;
        let candidates: Vec<_> = self
            .agents
            .values_mut()
            .filter(by_chance)
            .filter(|record| record.rhythm.is_none() == comes_back)
            .collect();
        let Some(record) = rng.choice(candidates) else {
            return;
        };
        // That one falls silent shows only by what comes no more; that one is back shows once it
        // contacts.
        if let Some(rhythm) = record.rhythm.take() {
            if record.contact(rhythm, at) {
                self.revision += 1;
                record.revision = self.revision;
            }
        } else {
            record.rhythm = Some(Rhythm::at_random(&mut rng, at));
        }
    }

    /// Every agent that is not silent contacts; those whose last contact is another by that have
    /// changed.
    fn contact(&mut self, now: DateTime<Utc>) {
        let revision = self.revision + 1;
        let mut changed = false;
        for record in self.agents.values_mut() {
            let Some(rhythm) = record.rhythm else {
                continue;
            };
            if record.contact(rhythm, now) {
                record.revision = revision;
                changed = true;
            }
        }
        if changed {
            self.revision = revision;
        }
    }
}

impl Record {
    /// Has contacted as its rhythm tells; whether that is news.
    fn contact(&mut self, rhythm: Rhythm, now: DateTime<Utc>) -> bool {
        let contact = Some(rhythm.last_contact(now));
        if self.agent.last_contact == contact {
            return false;
        }
        self.agent.last_contact = contact;
        if let (Some(contact), Some(before)) = (contact, rhythm.flow_before) {
            self.agent.last_seen = Some(contact - before);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + secs, 0).unwrap()
    }

    fn fleet(change_rate: f64) -> Fleet {
        let clock = Clock::Frozen(at(0));
        Fleet::sample(&FleetOptions {
            agents: 300,
            change_rate,
            clock,
            ..FleetOptions::default()
        })
    }

    fn silent(fleet: &Fleet) -> Vec<&str> {
        let is_silent = |record: &&Record| record.rhythm.is_none();
        fleet
            .agents
            .values()
            .filter(is_silent)
            .map(|record| &*record.agent.id)
            .collect()
    }

    #[test]
    fn a_healthy_agent_contacts_every_few_minutes_whatever_the_clock_does() {
        let mut rng = fastrand::Rng::with_seed(1);
        let rhythm = Rhythm::at_random(&mut rng, at(0));
        for secs in [0, 1, 119, 100_000, -1, -100_000] {
            let age = at(secs) - rhythm.last_contact(at(secs));
            assert!(
                age >= TimeDelta::zero() && age < rhythm.every,
                "{secs}: {age}"
            );
        }
    }

    #[test]
    fn the_same_agents_fall_silent_whether_looked_at_often_or_seldom() {
        let (mut often, mut seldom) = (fleet(3.0), fleet(3.0));
        for minute in 1..=60 {
            often.live_until(at(60 * minute));
        }
        seldom.live_until(at(3600));
        assert_eq!(silent(&often), silent(&seldom));
        assert_ne!(silent(&often), silent(&fleet(3.0)));
    }

    #[test]
    fn about_as_many_are_silent_after_a_week() {
        let mut fleet = fleet(10.0);
        let before = silent(&fleet).len();
        fleet.live_until(at(7 * 86_400));
        let after = silent(&fleet).len();
        assert!(
            (before / 2..before * 2).contains(&after),
            "{before} {after}"
        );
    }

    #[test]
    fn with_a_rate_of_zero_nobody_falls_silent() {
        let mut fleet = fleet(0.0);
        let before: Vec<String> = silent(&fleet).into_iter().map(str::to_owned).collect();
        fleet.live_until(at(86_400));
        assert_eq!(silent(&fleet), before);
    }
}
