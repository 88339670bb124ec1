//! When what is read of the agent API: a state machine.
//!
//! It is told what happens, and says what to do: which reads to begin or to give up, and when to ask
//! again. Agents and sites are read side by side, and neither waits for the other. Time is the
//! milliseconds of a clock that does not jump.

use super::backoff::{lasting_pause_ms, retry_pause_ms};

/// The state of reading. The default is that of a visible page that has read nothing yet.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    auto_refresh: bool,
    interval_ms: u32,
    is_visible: bool,
    is_signed_out: bool,
    /// When the agents are due by the interval.
    interval_due: Option<u64>,
    agents: Track,
    sites: Track,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The agents: the whole list, or what changed.
    Agents,
    /// The sites.
    Sites,
}

/// How a read ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With an answer.
    Fine,
    /// With a failure that may pass by itself, such as a lost connection.
    FailedForNow,
    /// With a failure that will hardly pass by itself, such as a refusal.
    Failed,
    /// With one that cannot pass by itself.
    FailedForGood,
    /// The user is signed out.
    SignedOut,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingEvent {
    /// The page begins, or goes on with another API.
    Started,
    /// Auto-refresh is switched on or off, or the interval changes.
    Set {
        /// Whether the fleet is read again by itself.
        auto_refresh: bool,
        /// The pause between two reads, in milliseconds.
        interval_ms: u32,
    },
    /// A read ended.
    Ended(Target, Outcome),
    /// The pause that was asked for is over, perhaps a little early.
    Rang,
    /// The page is shown.
    Shown,
    /// The page is hidden.
    Hidden,
    /// The machine has slept, or its clock was set.
    Woke,
    /// The network is back.
    Online,
    /// The user asks for a read.
    Requested,
    /// The page itself asks for one before the next is due, as the Add dialog does.
    RequestedInBackground,
    /// A call was refused because the user is signed out.
    SignedOut,
    /// The user has signed in again, after so many refusals in a row.
    SignedIn {
        /// At least 1 where anything was refused.
        refusals: u32,
    },
}

/// When it happens.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Milliseconds, on a clock that does not jump.
    pub ms: u64,
    /// How long the API still asks to be left alone, in milliseconds; 0: it does not.
    pub wait_ms: u32,
    /// From 0 to 1: see [`retry_pause_ms`].
    pub random: f64,
}

/// What to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent orders")]
pub struct Orders {
    /// Give up the reads under way, before anything else.
    pub give_up: bool,
    /// Begin a read of the agents.
    pub read_agents: bool,
    /// Begin a read of the sites.
    pub read_sites: bool,
    /// Leave the statuses as they are until the read of the agents under way ends.
    pub hold: bool,
    /// The agents are due after so many milliseconds; `None`: not by themselves.
    pub agents_in_ms: Option<u32>,
    /// Send [`ReadingEvent::Rang`] after so many milliseconds; `None`: not before something else
    /// happens.
    pub ring_in_ms: Option<u32>,
}

/// The reads of one target.
#[derive(Clone, Copy, Debug, Default)]
struct Track {
    is_running: bool,
    /// Failures in a row.
    failures: u32,
    /// When the first of them was.
    failing_since: Option<u64>,
    /// When a read is due that was asked for, or that follows a failure.
    due: Option<u64>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            auto_refresh: true,
            interval_ms: 60_000,
            is_visible: true,
            is_signed_out: false,
            interval_due: None,
            agents: Track::default(),
            sites: Track::default(),
        }
    }
}

impl Reading {
    /// Whether the agents are being read.
    pub fn is_reading_agents(&self) -> bool {
        self.agents.is_running
    }

    /// Takes in what happens, and says what to do.
    pub fn on(&mut self, event: ReadingEvent, at: Moment) -> Orders {
        let mut orders = Orders::default();
        match event {
            ReadingEvent::Started => {
                orders.give_up = true;
                self.is_signed_out = false;
                self.interval_due = None;
                self.agents = Track::default();
                self.sites = Track::default();
                self.begin_both(at, &mut orders);
            }
            ReadingEvent::Set {
                auto_refresh,
                interval_ms,
            } => {
                self.auto_refresh = auto_refresh;
                self.interval_ms = interval_ms;
                self.interval_due = self.next_by_interval(at);
            }
            ReadingEvent::Ended(target, outcome) => self.ended(target, outcome, at),
            ReadingEvent::Rang => {}
            ReadingEvent::Hidden => self.is_visible = false,
            ReadingEvent::Shown => {
                let was_hidden = !std::mem::replace(&mut self.is_visible, true);
                if was_hidden {
                    self.resume(at, &mut orders);
                }
            }
            ReadingEvent::Woke => {
                // What is under way was asked for before the sleep, on a connection that is gone.
                if self.agents.is_running || self.sites.is_running {
                    orders.give_up = true;
                    for track in [&mut self.agents, &mut self.sites] {
                        if std::mem::take(&mut track.is_running) {
                            track.due = Some(at.ms);
                        }
                    }
                }
                self.resume(at, &mut orders);
            }
            ReadingEvent::Online => {
                // The failures were the network's: their pauses mean nothing any more.
                for track in [&mut self.agents, &mut self.sites] {
                    if track.failing_since.is_some() && track.due.is_some() {
                        track.due = Some(at.ms);
                    }
                }
                self.resume(at, &mut orders);
            }
            ReadingEvent::Requested => self.requested(at, &mut orders),
            ReadingEvent::RequestedInBackground => {
                let is_failing = self.agents.failing_since.is_some();
                if self.may_read_unasked() && at.wait_ms == 0 && !is_failing {
                    self.agents.due = Some(at.ms);
                }
            }
            ReadingEvent::SignedOut => {
                self.is_signed_out = true;
                self.interval_due = None;
                // The pause after a failure stays: a call that was under way may yet show that the user is
                // signed in.
                for track in [&mut self.agents, &mut self.sites] {
                    track.due = track.due.filter(|_| track.failing_since.is_some());
                }
            }
            ReadingEvent::SignedIn { refusals } => {
                orders.give_up = true;
                self.is_signed_out = false;
                // A host that reports a sign-in after every 401 must not cause a request loop.
                let pause_ms = match refusals {
                    0 | 1 => 0,
                    refusals => retry_pause_ms(refusals - 1, 0, at.random),
                };
                let due = Some(at.ms + u64::from(pause_ms));
                for track in [&mut self.agents, &mut self.sites] {
                    *track = Track {
                        due,
                        ..Track::default()
                    };
                }
            }
        }
        self.begin_what_is_due(at, &mut orders);
        if self.may_read_unasked() {
            let in_ms = |due: u64| {
                let ms = u32::try_from(due.saturating_sub(at.ms)).unwrap_or(u32::MAX);
                ms.max(at.wait_ms)
            };
            let agents = self.agents_due().filter(|_| !self.agents.is_running);
            let sites = self.sites.due.filter(|_| !self.sites.is_running);
            orders.agents_in_ms = agents.map(in_ms);
            orders.ring_in_ms = [agents, sites].into_iter().flatten().min().map(in_ms);
        }
        orders
    }

    fn requested(&mut self, at: Moment, orders: &mut Orders) {
        if at.wait_ms == 0 {
            self.begin_both(at, orders);
        } else if !self.agents.is_running {
            // It waits the pause out.
            self.agents.due = Some(at.ms + u64::from(at.wait_ms));
        }
    }

    /// The page is looked at again: what it would have read meanwhile it reads now.
    fn resume(&mut self, at: Moment, orders: &mut Orders) {
        if self.auto_refresh && self.agents.failing_since.is_none() && !self.is_signed_out {
            self.agents.due = Some(at.ms);
        }
        let is_due = self.agents_due().is_some_and(|due| due <= at.ms);
        orders.hold = self.may_read_unasked() && is_due && at.wait_ms == 0;
    }

    fn ended(&mut self, target: Target, outcome: Outcome, at: Moment) {
        let (auto_refresh, interval_ms) = (self.auto_refresh, self.interval_ms);
        let track = self.track(target);
        track.is_running = false;
        if outcome == Outcome::Fine {
            *track = Track::default();
            if target == Target::Agents {
                self.is_signed_out = false;
                self.interval_due = self.next_by_interval(at);
            }
            return;
        }
        track.failures = track.failures.saturating_add(1);
        let failing_ms = at
            .ms
            .saturating_sub(*track.failing_since.get_or_insert(at.ms));
        let pause_ms = match outcome {
            Outcome::FailedForNow => Some(retry_pause_ms(track.failures, failing_ms, at.random)),
            Outcome::Failed if target == Target::Agents && auto_refresh => {
                Some(interval_ms.max(retry_pause_ms(track.failures, failing_ms, at.random)))
            }
            Outcome::Failed => Some(lasting_pause_ms(track.failures, at.random)),
            Outcome::Fine | Outcome::FailedForGood | Outcome::SignedOut => None,
        };
        track.due = pause_ms.map(|pause_ms| at.ms + u64::from(pause_ms));
        self.is_signed_out |= outcome == Outcome::SignedOut;
    }

    /// After a failure, the next read is due by the pause that follows it.
    fn next_by_interval(&self, at: Moment) -> Option<u64> {
        let is_due = self.auto_refresh
            && !self.is_signed_out
            && !self.agents.is_running
            && self.agents.failing_since.is_none();
        is_due.then(|| at.ms + u64::from(self.interval_ms))
    }

    fn begin_what_is_due(&mut self, at: Moment, orders: &mut Orders) {
        if !self.may_read_unasked() || at.wait_ms > 0 {
            return;
        }
        let is_due = |due: Option<u64>| due.is_some_and(|due| due <= at.ms);
        if is_due(self.agents_due()) {
            self.begin(Target::Agents, orders);
            // The sites are read with each refresh, unless they wait a failure out.
            if self.sites.due.is_none() {
                self.begin(Target::Sites, orders);
            }
        }
        if is_due(self.sites.due) {
            self.begin(Target::Sites, orders);
        }
    }

    fn begin_both(&mut self, at: Moment, orders: &mut Orders) {
        if at.wait_ms == 0 {
            self.begin(Target::Agents, orders);
            self.begin(Target::Sites, orders);
        } else {
            self.agents.due = Some(at.ms);
        }
    }

    fn begin(&mut self, target: Target, orders: &mut Orders) {
        let track = self.track(target);
        if std::mem::replace(&mut track.is_running, true) {
            return;
        }
        track.due = None;
        match target {
            Target::Agents => {
                self.interval_due = None;
                orders.read_agents = true;
            }
            Target::Sites => orders.read_sites = true,
        }
    }

    fn agents_due(&self) -> Option<u64> {
        [self.agents.due, self.interval_due]
            .into_iter()
            .flatten()
            .min()
    }

    fn may_read_unasked(&self) -> bool {
        self.is_visible && !self.is_signed_out
    }

    fn track(&mut self, target: Target) -> &mut Track {
        match target {
            Target::Agents => &mut self.agents,
            Target::Sites => &mut self.sites,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: u64) -> Moment {
        Moment {
            ms,
            wait_ms: 0,
            random: 1.0,
        }
    }

    fn waiting(ms: u64, wait_ms: u32) -> Moment {
        Moment { wait_ms, ..at(ms) }
    }

    const AGENTS_FINE: ReadingEvent = ReadingEvent::Ended(Target::Agents, Outcome::Fine);
    const SITES_FINE: ReadingEvent = ReadingEvent::Ended(Target::Sites, Outcome::Fine);
    const AUTO_REFRESH_OFF: ReadingEvent = ReadingEvent::Set {
        auto_refresh: false,
        interval_ms: 60_000,
    };

    fn failed(target: Target) -> ReadingEvent {
        ReadingEvent::Ended(target, Outcome::FailedForNow)
    }

    /// Has read all once, at 0.
    fn idle() -> Reading {
        let mut reading = Reading::default();
        reading.on(ReadingEvent::Started, at(0));
        reading.on(SITES_FINE, at(0));
        reading.on(AGENTS_FINE, at(0));
        reading
    }

    fn idle_without_auto_refresh() -> Reading {
        let mut reading = idle();
        reading.on(AUTO_REFRESH_OFF, at(0));
        reading
    }

    fn reads(orders: Orders) -> (bool, bool) {
        (orders.read_agents, orders.read_sites)
    }

    #[test]
    fn agents_and_sites_are_read_side_by_side() {
        let mut reading = Reading::default();
        let orders = reading.on(ReadingEvent::Started, at(0));
        assert_eq!(reads(orders), (true, true));
        let orders = reading.on(AGENTS_FINE, at(100));
        assert_eq!(orders.ring_in_ms, Some(60_000));
        // The sites are still on their way.
        assert_eq!(
            reads(reading.on(ReadingEvent::Rang, at(60_100))),
            (true, false)
        );
        reading.on(SITES_FINE, at(60_200));
        reading.on(AGENTS_FINE, at(60_300));
        assert_eq!(
            reads(reading.on(ReadingEvent::Rang, at(120_300))),
            (true, true)
        );
    }

    #[test]
    fn sites_that_failed_are_retried_by_themselves() {
        let mut reading = Reading::default();
        reading.on(AUTO_REFRESH_OFF, at(0));
        reading.on(ReadingEvent::Started, at(0));
        reading.on(AGENTS_FINE, at(0));
        let orders = reading.on(failed(Target::Sites), at(0));
        assert_eq!(orders.ring_in_ms, Some(1_000));
        assert_eq!(
            reads(reading.on(ReadingEvent::Rang, at(1_000))),
            (false, true)
        );
        let orders = reading.on(failed(Target::Sites), at(1_000));
        assert_eq!(orders.ring_in_ms, Some(2_000));
        reading.on(ReadingEvent::Rang, at(3_000));
        assert_eq!(reading.on(SITES_FINE, at(3_000)).ring_in_ms, None);
    }

    #[test]
    fn a_timer_that_rings_early_is_set_again() {
        let mut reading = idle();
        let orders = reading.on(ReadingEvent::Rang, at(59_999));
        assert_eq!(
            (reads(orders), orders.ring_in_ms),
            ((false, false), Some(1))
        );
    }

    #[test]
    fn a_failure_is_retried_even_without_auto_refresh() {
        for (outcome, pause_ms) in [
            (Outcome::FailedForNow, Some(1_000)),
            (Outcome::Failed, Some(5_000)),
            (Outcome::FailedForGood, None),
        ] {
            let mut reading = idle_without_auto_refresh();
            reading.on(ReadingEvent::Requested, at(10));
            reading.on(SITES_FINE, at(10));
            let orders = reading.on(ReadingEvent::Ended(Target::Agents, outcome), at(10));
            assert_eq!(orders.ring_in_ms, pause_ms, "{outcome:?}");
        }
    }

    #[test]
    fn a_refusal_is_asked_again_at_the_usual_interval() {
        let mut reading = idle();
        reading.on(ReadingEvent::Requested, at(10));
        reading.on(SITES_FINE, at(10));
        let orders = reading.on(ReadingEvent::Ended(Target::Agents, Outcome::Failed), at(10));
        assert_eq!(orders.ring_in_ms, Some(60_000));
    }

    #[test]
    fn a_wait_that_the_api_asked_for_outlasts_every_shorter_pause() {
        let mut reading = idle();
        reading.on(ReadingEvent::Requested, at(0));
        let orders = reading.on(failed(Target::Agents), waiting(0, 120_000));
        assert_eq!(orders.ring_in_ms, Some(120_000));
        let orders = reading.on(ReadingEvent::Requested, waiting(20_000, 100_000));
        assert_eq!(
            (reads(orders), orders.ring_in_ms),
            ((false, false), Some(100_000))
        );
        assert!(reads(reading.on(ReadingEvent::Rang, at(120_000))).0);
    }

    #[test]
    fn a_refresh_during_a_wait_happens_after_it_even_without_auto_refresh() {
        let mut reading = idle_without_auto_refresh();
        let orders = reading.on(ReadingEvent::Requested, waiting(0, 5_000));
        assert_eq!(orders.ring_in_ms, Some(5_000));
        assert!(reading.on(ReadingEvent::Rang, at(5_000)).read_agents);
    }

    // page.md#time/3, #time/7
    #[test]
    fn a_page_shown_again_reads_at_once_and_holds_its_statuses() {
        let mut reading = idle();
        assert_eq!(reading.on(ReadingEvent::Hidden, at(1_000)).ring_in_ms, None);
        assert_eq!(
            reads(reading.on(ReadingEvent::Rang, at(90_000))),
            (false, false)
        );
        let orders = reading.on(ReadingEvent::Shown, at(91_000));
        assert!(orders.read_agents && orders.hold);
        let mut off = idle_without_auto_refresh();
        off.on(ReadingEvent::Hidden, at(1_000));
        let orders = off.on(ReadingEvent::Shown, at(91_000));
        assert!(!orders.read_agents && !orders.hold);
    }

    #[test]
    fn showing_the_page_shortens_no_growing_pause() {
        let mut reading = idle();
        reading.on(ReadingEvent::Requested, at(0));
        reading.on(SITES_FINE, at(0));
        for _ in 0..4 {
            reading.on(failed(Target::Agents), at(0));
        }
        reading.on(ReadingEvent::Hidden, at(1_000));
        let orders = reading.on(ReadingEvent::Shown, at(2_000));
        assert_eq!(
            (orders.read_agents, orders.ring_in_ms),
            (false, Some(6_000))
        );
        reading.on(ReadingEvent::Hidden, at(3_000));
        assert!(reading.on(ReadingEvent::Shown, at(9_000)).read_agents);
    }

    // page.md#time/4
    #[test]
    fn waking_gives_up_what_was_under_way_and_reads_anew() {
        let mut reading = idle();
        reading.on(ReadingEvent::Requested, at(0));
        let orders = reading.on(ReadingEvent::Woke, at(7_200_000));
        assert!(orders.give_up && orders.read_agents && orders.read_sites && orders.hold);
    }

    // page.md#time/8
    #[test]
    fn waking_gives_up_the_one_read_that_is_under_way() {
        for ended in [AGENTS_FINE, SITES_FINE] {
            let mut reading = Reading::default();
            reading.on(ReadingEvent::Started, at(0));
            reading.on(ended, at(0));
            let orders = reading.on(ReadingEvent::Woke, at(1));
            assert!(orders.give_up, "{ended:?}");
            assert_eq!(reads(orders), (true, true), "{ended:?}");
        }
        assert!(!idle().on(ReadingEvent::Woke, at(1)).give_up);
    }

    #[test]
    fn the_network_coming_back_asks_for_nothing_that_is_over_for_good() {
        let mut reading = idle_without_auto_refresh();
        reading.on(ReadingEvent::Requested, at(10));
        reading.on(SITES_FINE, at(10));
        reading.on(
            ReadingEvent::Ended(Target::Agents, Outcome::FailedForGood),
            at(10),
        );
        assert_eq!(
            reads(reading.on(ReadingEvent::Online, at(20))),
            (false, false)
        );
    }

    #[test]
    fn the_network_coming_back_ends_a_growing_pause() {
        let mut reading = idle();
        reading.on(ReadingEvent::Requested, at(0));
        reading.on(failed(Target::Sites), at(0));
        reading.on(failed(Target::Agents), at(0));
        let orders = reading.on(ReadingEvent::Online, at(100));
        assert!(orders.read_agents && orders.read_sites && orders.hold);
    }

    #[test]
    fn the_user_may_read_while_signed_out_and_the_page_may_not() {
        let mut reading = idle();
        assert_eq!(reading.on(ReadingEvent::SignedOut, at(0)).ring_in_ms, None);
        let orders = reading.on(ReadingEvent::RequestedInBackground, at(1));
        assert!(!orders.read_agents);
        assert!(reading.on(ReadingEvent::Requested, at(2)).read_agents);
    }

    #[test]
    fn the_add_dialogs_reads_obey_the_growing_pauses() {
        let mut reading = idle();
        assert!(
            reading
                .on(ReadingEvent::RequestedInBackground, at(1))
                .read_agents
        );
        reading.on(failed(Target::Agents), at(2));
        assert!(
            !reading
                .on(ReadingEvent::RequestedInBackground, at(3))
                .read_agents
        );
    }

    #[test]
    fn a_sign_out_that_was_none_cuts_no_pause_short() {
        let mut reading = Reading::default();
        reading.on(ReadingEvent::Started, at(0));
        reading.on(failed(Target::Sites), at(0));
        reading.on(ReadingEvent::SignedOut, at(1));
        reading.on(AGENTS_FINE, at(2));
        assert_eq!(reads(reading.on(ReadingEvent::Woke, at(3))), (true, false));
    }

    #[test]
    fn sign_ins_that_do_not_help_are_followed_by_growing_pauses() {
        let after = |refusals| {
            let mut reading = idle();
            reading.on(ReadingEvent::SignedOut, at(0));
            let orders = reading.on(ReadingEvent::SignedIn { refusals }, at(0));
            if orders.read_agents {
                0
            } else {
                orders.ring_in_ms.unwrap()
            }
        };
        assert_eq!([0, 1, 2, 3, 1_000].map(after), [0, 0, 1_000, 2_000, 30_000]);
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        /// So many milliseconds pass; the timer rings if it is due.
        Pass(u32),
        Event(ReadingEvent),
        /// A read that is under way ends, if one is.
        End(Target, Outcome),
        /// The API asks to be left alone for so many milliseconds.
        Wait(u32),
    }

    fn any_target() -> impl Strategy<Value = Target> {
        prop_oneof![Just(Target::Agents), Just(Target::Sites)]
    }

    fn any_outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            3 => Just(Outcome::Fine),
            4 => Just(Outcome::FailedForNow),
            1 => Just(Outcome::Failed),
            1 => Just(Outcome::FailedForGood),
            1 => Just(Outcome::SignedOut),
        ]
    }

    fn any_event() -> impl Strategy<Value = ReadingEvent> {
        prop_oneof![
            (any::<bool>(), 5_000_u32..3_600_000).prop_map(|(auto_refresh, interval_ms)| {
                ReadingEvent::Set {
                    auto_refresh,
                    interval_ms,
                }
            }),
            Just(ReadingEvent::Started),
            Just(ReadingEvent::Shown),
            Just(ReadingEvent::Hidden),
            Just(ReadingEvent::Woke),
            Just(ReadingEvent::Online),
            Just(ReadingEvent::Requested),
            Just(ReadingEvent::RequestedInBackground),
            Just(ReadingEvent::SignedOut),
            (0_u32..8).prop_map(|refusals| ReadingEvent::SignedIn { refusals }),
        ]
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0_u32..200_000).prop_map(Step::Pass),
            3 => any_event().prop_map(Step::Event),
            5 => (any_target(), any_outcome()).prop_map(|(target, outcome)| Step::End(target, outcome)),
            1 => (0_u32..200_000).prop_map(Step::Wait),
        ]
    }

    /// Carries the orders out, and checks each.
    struct World {
        reading: Reading,
        ms: u64,
        wait_until: u64,
        ring_at: Option<u64>,
        running: [bool; 2],
        /// Failures in a row, and until when the page must not ask again by itself.
        failures: [u32; 2],
        not_before: [u64; 2],
        is_visible: bool,
        is_signed_out: bool,
    }

    impl World {
        fn new() -> Self {
            Self {
                reading: Reading::default(),
                ms: 0,
                wait_until: 0,
                ring_at: None,
                running: [false; 2],
                failures: [0; 2],
                not_before: [0; 2],
                is_visible: true,
                is_signed_out: false,
            }
        }

        fn send(&mut self, event: ReadingEvent) {
            match event {
                ReadingEvent::Shown => self.is_visible = true,
                ReadingEvent::Hidden => self.is_visible = false,
                ReadingEvent::SignedOut => self.is_signed_out = true,
                ReadingEvent::Started | ReadingEvent::SignedIn { .. } => {
                    self.is_signed_out = false;
                    self.failures = [0; 2];
                    self.not_before = [0; 2];
                }
                ReadingEvent::Online => self.not_before = [0; 2],
                _ => {}
            }
            if let ReadingEvent::Ended(target, outcome) = event {
                self.running[target as usize] = false;
                self.is_signed_out |= outcome == Outcome::SignedOut;
                if (target, outcome) == (Target::Agents, Outcome::Fine) {
                    self.is_signed_out = false;
                }
                let failures = &mut self.failures[target as usize];
                *failures = if outcome == Outcome::Fine {
                    0
                } else {
                    *failures + 1
                };
                self.not_before[target as usize] = match outcome {
                    Outcome::FailedForNow => self.ms + u64::from(retry_pause_ms(*failures, 0, 0.0)),
                    _ => 0,
                };
            }
            let wait_ms = u32::try_from(self.wait_until.saturating_sub(self.ms)).unwrap();
            let moment = Moment {
                ms: self.ms,
                wait_ms,
                random: 0.0,
            };
            let orders = self.reading.on(event, moment);
            if orders.give_up {
                self.running = [false; 2];
            }
            let may_read_unasked = self.is_visible && !self.is_signed_out;
            for (target, begins) in [orders.read_agents, orders.read_sites]
                .into_iter()
                .enumerate()
            {
                if !begins {
                    continue;
                }
                assert!(!self.running[target], "two reads at once");
                assert_eq!(wait_ms, 0, "a read during the wait");
                self.running[target] = true;
                let asked = matches!(event, ReadingEvent::Requested | ReadingEvent::Started);
                assert!(
                    asked || may_read_unasked,
                    "{event:?} reads though nobody looks"
                );
                assert!(
                    asked || self.ms >= self.not_before[target],
                    "a pause cut short by {event:?}"
                );
                self.not_before[target] = 0;
            }
            assert_eq!(self.running[0], self.reading.is_reading_agents());
            assert!(!orders.hold || self.running[0], "a hold that nothing ends");
            self.ring_at = orders.ring_in_ms.map(|ms| self.ms + u64::from(ms));
        }

        fn pass(&mut self, ms: u32) {
            let end = self.ms + u64::from(ms);
            let mut rings = 0;
            while let Some(ring_at) = self.ring_at.filter(|&ring_at| ring_at <= end) {
                self.ms = ring_at;
                self.send(ReadingEvent::Rang);
                rings += 1;
                assert!(rings < 10, "it rings and rings");
            }
            self.ms = end;
        }

        fn take(&mut self, step: Step) {
            match step {
                Step::Pass(ms) => self.pass(ms),
                Step::Event(event) => self.send(event),
                Step::End(target, outcome) if self.running[target as usize] => {
                    self.send(ReadingEvent::Ended(target, outcome));
                }
                Step::End(..) => {}
                Step::Wait(ms) => self.wait_until = self.wait_until.max(self.ms + u64::from(ms)),
            }
        }
    }

    proptest! {
        // agent-api.md#errors/13, page.md#reading/13
        #[test]
        fn whatever_happens_no_read_is_doubled_hurried_or_unseen(
            steps in proptest::collection::vec(any_step(), 1..60),
        ) {
            let mut world = World::new();
            world.send(ReadingEvent::Started);
            for step in steps {
                world.take(step);
            }
        }

        #[test]
        fn whatever_happened_a_page_that_is_looked_at_reads_again(
            steps in proptest::collection::vec(any_step(), 1..60), auto_refresh in any::<bool>(),
        ) {
            let mut world = World::new();
            world.send(ReadingEvent::Started);
            for step in steps {
                world.take(step);
            }
            world.send(ReadingEvent::Shown);
            world.send(ReadingEvent::SignedIn { refusals: 1 });
            world.send(ReadingEvent::Set { auto_refresh, interval_ms: 60_000 });
            world.take(Step::End(Target::Sites, Outcome::Fine));
            world.take(Step::End(Target::Agents, Outcome::FailedForNow));
            world.pass(1_000_000);
            prop_assert!(world.running[0]);
        }
    }
}
