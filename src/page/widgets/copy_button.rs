//! A button that copies a text, and says whether it worked.

use leptos::html;
use leptos::prelude::*;
use web_sys::Element;

use crate::browser::clipboard;
use crate::browser::tasks::Tasks;
use crate::browser::timers::Alarm;
use crate::page::icons::{self, Icon};

/// How long "Copied" is shown.
const COPIED_MS: u32 = 4_000;

/// How the last click went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Copied,
    /// It did not work, but the text is selected, for the user to copy.
    Selected,
    Failed,
}

/// The button "Copy"; shows for a while whether copying worked.
#[component]
pub fn CopyButton(
    /// Gives the text on each click; it is not kept.
    text: Callback<(), String>,
    /// What to do if copying fails, as the end of a sentence.
    #[prop(into)]
    by_hand: Signal<&'static str>,
    /// The text on screen, to be selected if copying fails; `None`: it is not all on screen.
    #[prop(into, default = Signal::stored_local(None))]
    shown: Signal<Option<Element>, LocalStorage>,
) -> impl IntoView {
    // `None`: not clicked recently.
    let outcome = RwSignal::new(None::<Outcome>);
    let forgetting = Alarm::default();
    let tasks = Tasks::here();
    let button = NodeRef::<html::Button>::new();
    let copy = move |_| {
        let Some(button) = button.get_untracked() else {
            return;
        };
        tasks.spawn(async move {
            let has_worked = clipboard::copy(&text.run(()), &button).await;
            let shown = shown.try_get_untracked().flatten();
            outcome.try_set(Some(if has_worked {
                Outcome::Copied
            } else if shown.is_some_and(|shown| clipboard::select(&shown)) {
                Outcome::Selected
            } else {
                Outcome::Failed
            }));
            if has_worked {
                forgetting.set(COPIED_MS, move || {
                    outcome.try_set(None);
                });
            } else {
                forgetting.clear();
            }
        });
    };
    let has_failed = move || matches!(outcome.get(), Some(Outcome::Selected | Outcome::Failed));
    view! {
        <span class="kp-copy">
            <span class="kp-copy-answer" class:kp-failed=has_failed role="status">
                {move || match outcome.get() {
                    Some(Outcome::Copied) => "Copied".to_owned(),
                    Some(Outcome::Selected) => "Could not copy; the text is selected, so copy it by hand".to_owned(),
                    Some(Outcome::Failed) => format!("Could not copy; {}", by_hand.get()),
                    None => String::new(),
                }}
            </span>
            <button type="button" class="kp-button kp-small" on:click=copy node_ref=button>
                <Icon svg=icons::COPY />
                "Copy"
            </button>
        </span>
    }
}
