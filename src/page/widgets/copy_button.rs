//! A button that copies a text, and says whether it worked.

use leptos::prelude::*;

use crate::browser::clipboard;
use crate::browser::tasks::Tasks;
use crate::browser::timers::Alarm;
use crate::page::icons::{self, Icon};

/// How long "Copied" is shown.
const COPIED_MS: u32 = 4_000;

/// The button "Copy"; shows for a while whether copying worked.
#[component]
pub fn CopyButton(
    /// Gives the text on each click; it is not kept.
    text: Callback<(), String>,
    /// What to do if copying fails, as the end of a sentence.
    #[prop(into)]
    by_hand: Signal<&'static str>,
) -> impl IntoView {
    // `None`: not clicked recently.
    let worked = RwSignal::new(None::<bool>);
    let forgetting = Alarm::default();
    let tasks = Tasks::here();
    let copy = move |_| {
        tasks.spawn(async move {
            let has_worked = clipboard::copy(&text.run(())).await;
            worked.try_set(Some(has_worked));
            if has_worked {
                forgetting.set(COPIED_MS, move || {
                    worked.try_set(None);
                });
            }
        });
    };
    view! {
        <span class="kp-copy">
            <span class="kp-copy-answer" class:kp-failed=move || worked.get() == Some(false) role="status">
                {move || match worked.get() {
                    Some(true) => "Copied".to_owned(),
                    Some(false) => format!("Could not copy; {}", by_hand.get()),
                    None => String::new(),
                }}
            </span>
            <button type="button" class="kp-button kp-small" on:click=copy>
                <Icon svg=icons::COPY />
                "Copy"
            </button>
        </span>
    }
}
