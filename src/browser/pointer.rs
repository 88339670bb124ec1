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
    ending: Alarm,
    /// Owns what listens for the release.
    press: StoredValue<Option<Owner>>,
}

impl PointerHold {
    /// Of those presses that [`Self::begin`] tells of.
    pub fn when_told() -> Self {
        Self {
            is_down: StoredValue::new(false),
            waiting: StoredValue::new(Vec::new()),
            ending: Alarm::default(),
            press: StoredValue::new(None),
        }
    }

    /// Of every press in the document.
    pub fn follow() -> Self {
        let hold = Self::when_told();
        if let Some(window) = web_sys::window() {
            let options = AddEventListenerOptions::new();
            options.set_capture(true);
            events::listen_with(&window, "pointerdown", &options, move |_| hold.begin());
        }
        hold
    }

    /// A press has begun. The document is listened to until it is over.
    pub fn begin(self) {
        self.ending.clear();
        self.is_down.try_set_value(true);
        let Some(window) = web_sys::window() else {
            return;
        };
        let options = AddEventListenerOptions::new();
        options.set_capture(true);
        // No child of the current owner, which would keep a note of each press. `self.press` owns it.
        let press = Owner::default();
        press.with(|| {
            for event in ["pointerup", "pointercancel"] {
                events::listen_with(&window, event, &options, move |_| {
                    self.ending.set(CLICK_MS, move || self.end());
                });
            }
        });
        self.set_press(Some(press));
    }

    fn set_press(self, press: Option<Owner>) {
        let before = self
            .press
            .try_update_value(|kept| std::mem::replace(kept, press));
        if let Some(Some(before)) = before {
            before.cleanup();
        }
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
        self.set_press(None);
        self.is_down.try_set_value(false);
        let waiting = self.waiting.try_update_value(std::mem::take);
        for action in waiting.unwrap_or_default() {
            // The press may have closed what the action is about.
            action.try_run(());
        }
    }
}
