//! The local time, and timers that end with their owner.

use chrono::{DateTime, TimeDelta, Utc};
use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;

use crate::domain::LocalTime;

/// By then, a browser that does not tell when it has nothing to do will have little.
const IDLE_MS: u32 = 500;

/// The time on the local wall clock. It may be wrong: see `ServerClock`.
pub fn local_now() -> DateTime<Utc> {
    Utc::now()
}

/// Milliseconds on a clock that nobody sets; it may stand still while the machine sleeps.
pub fn monotonic_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

/// The time on both local clocks.
pub fn local_time() -> LocalTime {
    LocalTime {
        wall: local_now(),
        monotonic: TimeDelta::milliseconds(monotonic_ms() as i64),
    }
}

/// Calls back periodically until the current owner is cleaned up.
pub fn every(period_ms: u32, callback: impl FnMut() + 'static) {
    StoredValue::new_local(Interval::new(period_ms, callback));
}

/// Calls back once the browser has nothing else to do, unless the current owner is cleaned up before.
pub fn when_idle(callback: impl Fn() + Copy + 'static) {
    match request_idle_callback_with_handle(callback) {
        Ok(handle) => on_cleanup(move || handle.cancel()),
        // Safari does not tell.
        Err(_) => Alarm::default().set(IDLE_MS, callback),
    }
}

/// A timer that can be set again. Setting it cancels the previous one, as does the owner's cleanup.
#[derive(Clone, Copy)]
pub struct Alarm(StoredValue<Option<Timeout>, LocalStorage>);

/// Not set; belongs to the current owner.
impl Default for Alarm {
    fn default() -> Self {
        Self(StoredValue::new_local(None))
    }
}

impl Alarm {
    /// Calls back once, after this pause.
    pub fn set(self, pause_ms: u32, callback: impl FnOnce() + 'static) {
        self.0.try_set_value(Some(Timeout::new(pause_ms, callback)));
    }

    /// Forgets the callback.
    pub fn clear(self) {
        self.0.try_set_value(None);
    }
}

/// An animation frame that is waited for; cancelled like an [`Alarm`].
#[derive(Clone, Copy)]
pub struct NextFrame(StoredValue<Option<CancelledOnDrop>, LocalStorage>);

struct CancelledOnDrop(AnimationFrameRequestHandle);

impl Drop for CancelledOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Waits for none; belongs to the current owner.
impl Default for NextFrame {
    fn default() -> Self {
        Self(StoredValue::new_local(None))
    }
}

impl NextFrame {
    /// Calls back once, before the next frame is painted.
    pub fn set(self, callback: impl FnOnce() + 'static) {
        let frame = request_animation_frame_with_handle(callback).ok();
        self.0.try_set_value(frame.map(CancelledOnDrop));
    }

    /// Forgets the callback.
    pub fn clear(self) {
        self.0.try_set_value(None);
    }
}
