//! How long the API asks to be left alone, kept once for all callers.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

use super::ApiError;
use crate::browser::lasting::{Lasting, Published};
use crate::browser::timers::{Alarm, local_now, monotonic_ms};

/// The wait that an answer of 429, or of 503 with `Retry-After`, asks for. Belongs to an owner.
#[derive(Clone, Copy)]
pub struct RateLimit {
    until: Published<Option<DateTime<Utc>>>,
    /// The same, on the clock that nobody sets.
    until_ms: StoredValue<f64>,
    end: Alarm,
}

/// No wait; belongs to the current owner.
impl Default for RateLimit {
    fn default() -> Self {
        Self {
            until: Published::new(None),
            until_ms: StoredValue::new(0.0),
            end: Alarm::default(),
        }
    }
}

impl RateLimit {
    /// When the wait ends, on the local clock; `None` while there is none.
    pub fn until(self) -> Lasting<ReadSignal<Option<DateTime<Utc>>>> {
        self.until.read_only()
    }

    /// Whether there is a wait; tracks its beginning and end.
    pub fn is_waiting(self) -> bool {
        self.until().with(Option::is_some)
    }

    /// How long the wait still lasts, in milliseconds; 0: there is none. Tracks nothing.
    pub fn remaining_ms(self) -> u32 {
        // Rounds up: a call a moment too early would be refused again.
        let left = |until_ms: f64| (until_ms - monotonic_ms()).max(0.0).ceil() as u32;
        self.until_ms.try_get_value().map_or(0, left)
    }

    /// Starts the wait that an answer asks for. A wait is never made shorter.
    pub(super) fn note(self, error: &ApiError) {
        let Some(secs) = error.wait_secs() else {
            return;
        };
        let ms = secs.saturating_mul(1_000);
        if ms > self.remaining_ms() {
            self.until_ms.try_set_value(monotonic_ms() + f64::from(ms));
            self.until
                .try_set(Some(local_now() + TimeDelta::milliseconds(i64::from(ms))));
            self.set_end();
        }
    }

    /// Calls go to another API from now on.
    pub(super) fn clear(self) {
        self.end.clear();
        self.until_ms.try_set_value(0.0);
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
