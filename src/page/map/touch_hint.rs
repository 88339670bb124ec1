//! Says that it takes two fingers to move the map, when one has tried: one scrolls the page.

use leptos::prelude::*;
use web_sys::PointerEvent;

use crate::browser::timers::Alarm;

const SHOWN_MS: u32 = 1_600;

/// The hint. Belongs to the owner it was made in.
#[derive(Clone, Copy)]
pub struct TouchHint {
    is_shown: RwSignal<bool>,
    ending: Alarm,
}

impl TouchHint {
    /// Not shown.
    pub fn new() -> Self {
        Self {
            is_shown: RwSignal::new(false),
            ending: Alarm::default(),
        }
    }

    /// A pointer on the map was taken by the browser: to scroll the page, if it is a finger.
    pub fn on_pointer_cancel(self, event: &PointerEvent) {
        if event.pointer_type() == "touch" {
            self.is_shown.set(true);
            self.ending.set(SHOWN_MS, move || self.is_shown.set(false));
        }
    }

    /// What is shown. Assistive technology moves the map by other means.
    pub fn view(self) -> impl IntoView {
        view! {
            <Show when=move || self.is_shown.get()>
                <p class="kp-touch-hint" aria-hidden="true">"Use two fingers to move the map"</p>
            </Show>
        }
    }
}
