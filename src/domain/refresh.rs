//! When the fleet is read next.
//!
//! One pure decision over all that has a say in it: the interval, whether auto-refresh is on, how the
//! last read ended, how long the API asked to wait, whether anyone can see the page, and whether the
//! user is signed in.

use super::backoff::retry_pause_ms;

/// How the last read ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LastRead {
    /// With an answer, or there has been none.
    #[default]
    Fine,
    /// With a failure that may pass by itself, the last of so many in a row.
    FailedForNow {
        /// At least 1.
        failures: u32,
    },
    /// With a failure that another read at the usual interval may not have.
    Failed,
    /// With a refusal: reading again is up to the user or the host.
    Refused,
}

/// All that decides when the fleet is read next.
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshState {
    /// Whether the fleet is read again by itself.
    pub auto_refresh: bool,
    /// The pause between two reads, in milliseconds.
    pub interval_ms: u32,
    /// Whether a read is under way; its end is the next occasion to decide.
    pub is_reading: bool,
    /// Whether the API takes the user for signed out.
    pub is_signed_out: bool,
    /// Whether the page is visible, and the browser not offline.
    pub is_attended: bool,
    /// How the last read ended.
    pub last_read: LastRead,
    /// How long the API still asks to be left alone, in milliseconds; 0: it does not.
    pub wait_ms: u32,
}

/// What the decision is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshEvent {
    /// A read has ended, or an option has changed.
    Changed,
    /// The page was shown or hidden, or the network is back.
    VisibilityChanged,
    /// The user asks for a read.
    Requested,
    /// The page itself asks for one before the next is due, as the Add dialog does.
    RequestedInBackground,
    /// The user has signed in again, after so many refusals in a row.
    SignedIn {
        /// At least 1 where anything was refused.
        refusals: u32,
    },
}

/// When the next read begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextRead {
    /// At once.
    Now,
    /// After a pause of so many milliseconds.
    After(u32),
    /// Not by itself.
    Unscheduled,
    /// As was decided before.
    AsScheduled,
}

impl RefreshState {
    /// Decides. `random` is from 0 to 1: see [`retry_pause_ms`].
    pub fn next_read(&self, event: RefreshEvent, random: f64) -> NextRead {
        match event {
            RefreshEvent::Changed => self.scheduled(random),
            RefreshEvent::VisibilityChanged => {
                let is_due = self.auto_refresh || self.has_failed_for_now();
                if self.is_attended && self.may_read() && !self.is_signed_out && is_due {
                    NextRead::Now
                } else {
                    self.scheduled(random)
                }
            }
            RefreshEvent::Requested if self.may_read() => NextRead::Now,
            RefreshEvent::RequestedInBackground
                if self.may_read() && self.is_attended && !self.is_signed_out =>
            {
                NextRead::Now
            }
            RefreshEvent::Requested | RefreshEvent::RequestedInBackground => NextRead::AsScheduled,
            // A host that reports a sign-in after every 401 must not cause a request loop.
            RefreshEvent::SignedIn { refusals } => {
                let pause_ms = match refusals {
                    0 | 1 => 0,
                    refusals => retry_pause_ms(refusals.min(5) - 2, random),
                };
                match pause_ms.max(self.wait_ms) {
                    0 => NextRead::Now,
                    pause_ms => NextRead::After(pause_ms),
                }
            }
        }
    }

    /// When the next read is due by itself.
    fn scheduled(&self, random: f64) -> NextRead {
        if self.is_reading || self.is_signed_out || !self.is_attended {
            return NextRead::Unscheduled;
        }
        let pause_ms = match self.last_read {
            LastRead::FailedForNow { failures } => retry_pause_ms(failures, random),
            LastRead::Fine | LastRead::Failed if self.auto_refresh => self.interval_ms,
            LastRead::Fine | LastRead::Failed | LastRead::Refused => return NextRead::Unscheduled,
        };
        NextRead::After(pause_ms.max(self.wait_ms))
    }

    fn may_read(&self) -> bool {
        !self.is_reading && self.wait_ms == 0
    }

    fn has_failed_for_now(&self) -> bool {
        matches!(self.last_read, LastRead::FailedForNow { .. })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const IDLE: RefreshState = RefreshState {
        auto_refresh: true,
        interval_ms: 60_000,
        is_reading: false,
        is_signed_out: false,
        is_attended: true,
        last_read: LastRead::Fine,
        wait_ms: 0,
    };

    fn next(state: RefreshState, event: RefreshEvent) -> NextRead {
        state.next_read(event, 1.0)
    }

    #[test]
    fn the_next_read_is_due_after_the_interval() {
        assert_eq!(next(IDLE, RefreshEvent::Changed), NextRead::After(60_000));
        let off = RefreshState {
            auto_refresh: false,
            ..IDLE
        };
        assert_eq!(next(off, RefreshEvent::Changed), NextRead::Unscheduled);
    }

    #[test]
    fn a_passing_failure_is_retried_even_without_auto_refresh() {
        for auto_refresh in [true, false] {
            let failed = RefreshState {
                auto_refresh,
                last_read: LastRead::FailedForNow { failures: 2 },
                ..IDLE
            };
            assert_eq!(next(failed, RefreshEvent::Changed), NextRead::After(4_000));
        }
    }

    #[test]
    fn a_wait_that_the_api_asked_for_outlasts_every_shorter_pause() {
        let limited = RefreshState {
            last_read: LastRead::FailedForNow { failures: 1 },
            wait_ms: 120_000,
            ..IDLE
        };
        assert_eq!(
            next(limited, RefreshEvent::Changed),
            NextRead::After(120_000)
        );
        assert_eq!(
            next(limited, RefreshEvent::Requested),
            NextRead::AsScheduled
        );
        assert_eq!(
            next(limited, RefreshEvent::VisibilityChanged),
            NextRead::After(120_000)
        );
    }

    // page.md#time/8
    #[test]
    fn a_page_that_is_shown_again_reads_at_once_where_it_would_have_read_meanwhile() {
        let event = RefreshEvent::VisibilityChanged;
        assert_eq!(next(IDLE, event), NextRead::Now);
        let hidden = RefreshState {
            is_attended: false,
            ..IDLE
        };
        assert_eq!(next(hidden, event), NextRead::Unscheduled);
        let off = RefreshState {
            auto_refresh: false,
            ..IDLE
        };
        assert_eq!(next(off, event), NextRead::Unscheduled);
        let failed = RefreshState {
            last_read: LastRead::FailedForNow { failures: 7 },
            ..off
        };
        assert_eq!(next(failed, event), NextRead::Now);
    }

    #[test]
    fn the_user_may_read_while_signed_out_and_the_page_may_not() {
        let signed_out = RefreshState {
            is_signed_out: true,
            ..IDLE
        };
        assert_eq!(next(signed_out, RefreshEvent::Requested), NextRead::Now);
        assert_eq!(
            next(signed_out, RefreshEvent::RequestedInBackground),
            NextRead::AsScheduled
        );
    }

    #[test]
    fn sign_ins_that_do_not_help_are_followed_by_growing_pauses() {
        let after = |refusals| next(IDLE, RefreshEvent::SignedIn { refusals });
        assert_eq!(after(0), NextRead::Now);
        assert_eq!(after(1), NextRead::Now);
        assert_eq!(after(2), NextRead::After(1_000));
        assert_eq!(after(3), NextRead::After(2_000));
        assert_eq!(after(1_000), NextRead::After(8_000));
    }

    fn any_state() -> impl Strategy<Value = RefreshState> {
        let last_read = prop_oneof![
            Just(LastRead::Fine),
            (1_u32..1_000).prop_map(|failures| LastRead::FailedForNow { failures }),
            Just(LastRead::Failed),
            Just(LastRead::Refused),
        ];
        let flags = any::<(bool, bool, bool, bool)>();
        let wait_ms = prop_oneof![Just(0), 1_u32..4_000_000];
        (flags, 5_000_u32..3_600_000, last_read, wait_ms).prop_map(
            |(flags, interval_ms, last_read, wait_ms)| RefreshState {
                auto_refresh: flags.0,
                interval_ms,
                is_reading: flags.1,
                is_signed_out: flags.2,
                is_attended: flags.3,
                last_read,
                wait_ms,
            },
        )
    }

    fn any_event() -> impl Strategy<Value = RefreshEvent> {
        prop_oneof![
            Just(RefreshEvent::Changed),
            Just(RefreshEvent::VisibilityChanged),
            Just(RefreshEvent::Requested),
            Just(RefreshEvent::RequestedInBackground),
            any::<u32>().prop_map(|refusals| RefreshEvent::SignedIn { refusals }),
        ]
    }

    fn is_sign_in(event: RefreshEvent) -> bool {
        matches!(event, RefreshEvent::SignedIn { .. })
    }

    proptest! {
        // agent-api.md#errors/13
        #[test]
        fn nothing_is_sent_before_the_wait_is_over(
            state in any_state(), event in any_event(), random in 0.0..=1.0,
        ) {
            match state.next_read(event, random) {
                NextRead::Now => prop_assert_eq!(state.wait_ms, 0),
                NextRead::After(pause_ms) => prop_assert!(pause_ms >= state.wait_ms),
                NextRead::Unscheduled | NextRead::AsScheduled => {}
            }
        }

        #[test]
        fn two_reads_never_run_at_once(
            state in any_state(), event in any_event(), random in 0.0..=1.0,
        ) {
            // A sign-in ends the read that was refused, and begins another.
            prop_assume!(!is_sign_in(event));
            let next = RefreshState { is_reading: true, ..state }.next_read(event, random);
            prop_assert!(matches!(next, NextRead::Unscheduled | NextRead::AsScheduled));
        }

        // page.md#reading/13
        #[test]
        fn a_page_that_nobody_sees_and_one_signed_out_read_nothing_by_themselves(
            state in any_state(), event in any_event(), hidden in any::<bool>(),
        ) {
            prop_assume!(!is_sign_in(event) && event != RefreshEvent::Requested);
            let state = RefreshState {
                is_attended: !hidden,
                is_signed_out: !hidden,
                ..state
            };
            let next = state.next_read(event, 0.5);
            prop_assert!(matches!(next, NextRead::Unscheduled | NextRead::AsScheduled));
        }

        #[test]
        fn no_pause_after_a_failure_is_shorter_than_the_growing_one(
            state in any_state(), random in 0.0..=1.0,
        ) {
            let LastRead::FailedForNow { failures } = state.last_read else { return Ok(()) };
            if let NextRead::After(pause_ms) = state.next_read(RefreshEvent::Changed, random) {
                prop_assert!(pause_ms >= retry_pause_ms(failures, 0.0));
            }
        }
    }
}
