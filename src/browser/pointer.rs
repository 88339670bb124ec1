//! Whether a pointer is down. Nothing may move then, or the click would miss.

use leptos::prelude::*;
use web_sys::AddEventListenerOptions;

use super::events;
use super::timers::Alarm;

/// The click follows the release, a little later on touch screens.
const CLICK_MS: u32 = 100;

/// Holds back what moves the layout until the pointer is released. Belongs to the current owner.
#[derive(Clone, Copy)]
pub struct PointerHold {
    is_down: StoredValue<bool>,
    waiting: StoredValue<Vec<Callback<()>>>,
}

impl PointerHold {
    /// Follows the pointer.
    pub fn follow() -> Self {
        let press = Self {
            is_down: StoredValue::new(false),
            waiting: StoredValue::new(Vec::new()),
        };
        let ending = Alarm::default();
        if let Some(window) = web_sys::window() {
            let options = AddEventListenerOptions::new();
            options.set_capture(true);
            events::listen_with(&window, "pointerdown", &options, move |_| {
                ending.clear();
                press.is_down.set_value(true);
            });
            for event in ["pointerup", "pointercancel"] {
                events::listen_with(&window, event, &options, move |_| {
                    ending.set(CLICK_MS, move || press.end());
                });
            }
        }
        press
    }

    /// Calls back at once, or once the press is over.
    pub fn run_after_release(self, action: Callback<()>) {
        if self.is_down.get_value() {
            self.waiting.update_value(|waiting| waiting.push(action));
        } else {
            action.run(());
        }
    }

    fn end(self) {
        self.is_down.try_set_value(false);
        let waiting = self.waiting.try_update_value(std::mem::take);
        for action in waiting.unwrap_or_default() {
            // The press may have closed what the action is about.
            action.try_run(());
        }
    }
}
