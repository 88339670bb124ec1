//! How long the API asks to be left alone, kept once for all callers.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

use super::ApiError;
use crate::browser::lasting::Lasting;
use crate::browser::timers::{Alarm, local_now};

/// The wait that an answer of 429, or of 503 with `Retry-After`, asks for. Belongs to an owner.
#[derive(Clone, Copy)]
pub struct RateLimit {
    until: RwSignal<Option<DateTime<Utc>>>,
    end: Alarm,
}

/// No wait; belongs to the current owner.
impl Default for RateLimit {
    fn default() -> Self {
        Self {
            until: RwSignal::new(None),
            end: Alarm::default(),
        }
    }
}

impl RateLimit {
    /// When the wait ends, on the local clock; `None` while there is none.
    pub fn until(self) -> ReadSignal<Option<DateTime<Utc>>> {
        self.until.read_only()
    }

    /// Whether there is a wait; tracks its beginning and end.
    pub fn is_waiting(self) -> bool {
        Lasting::from(self.until).with(Option::is_some)
    }

    /// How long the wait still lasts, in milliseconds; 0: there is none. Tracks nothing.
    pub fn remaining_ms(self) -> u32 {
        let until = self.until.try_get_untracked().flatten();
        until.map_or(0, |until| ms_until(until, local_now()))
    }

    /// Starts the wait that an answer asks for. A wait is never made shorter.
    pub(super) fn note(self, error: &ApiError) {
        let Some(secs) = error.wait_secs() else {
            return;
        };
        let until = local_now() + TimeDelta::seconds(i64::from(secs));
        let before = self.until.try_get_untracked().flatten();
        if secs > 0 && before.is_none_or(|before| before < until) {
            self.until.try_set(Some(until));
            self.set_end();
        }
    }

    /// Calls go to another API from now on.
    pub(super) fn clear(self) {
        self.end.clear();
        self.until.try_set(None);
    }

    fn set_end(self) {
        self.end.set(self.remaining_ms(), move || {
            // A timer may be early.
            if self.remaining_ms() > 0 {
                self.set_end();
            } else {
                self.until.try_set(None);
            }
        });
    }
}

/// Rounds up: a call a moment too early would be refused again.
fn ms_until(until: DateTime<Utc>, now: DateTime<Utc>) -> u32 {
    let left = until.signed_duration_since(now);
    let rounded_up = left.num_microseconds().unwrap_or(i64::MAX).max(0) as u64;
    u32::try_from(rounded_up.div_ceil(1_000)).unwrap_or(u32::MAX)
}
