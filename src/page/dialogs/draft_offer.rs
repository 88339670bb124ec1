//! Offers what was typed earlier in this tab and not saved.

use leptos::prelude::*;

use super::form::AgentForm;
use crate::browser::intl;
use crate::browser::timers::local_now;
use crate::domain::KeptDraft;
use crate::page::icons::{self, Icon};

/// The id of the text, which describes the dialog.
pub const DRAFT_OFFER_ID: &str = "kp-draft-offer";
/// An older draft is told with its date.
const SAME_DAY_HOURS: i64 = 12;

/// "You have unsaved changes from 14:03.", with a choice.
#[component]
pub fn DraftOffer(
    /// The form that the draft goes to.
    form: AgentForm,
    /// What is offered; `None` once that is decided.
    offered: RwSignal<Option<KeptDraft>>,
    /// Called once it is decided: the button that had the focus is gone.
    on_decided: Callback<()>,
) -> impl IntoView {
    let since = move || {
        let at = offered.with(|draft| draft.as_ref().map(KeptDraft::typed_at))?;
        Some(if (local_now() - at).num_hours() < SAME_DAY_HOURS {
            intl::time_of_day(at)
        } else {
            intl::exact_time(at)
        })
    };
    let restore = move |_| {
        if let Some(draft) = offered.try_update(Option::take).flatten() {
            form.restore(draft);
            on_decided.run(());
        }
    };
    let discard = move |_| {
        if offered.try_update(Option::take).flatten().is_some() {
            form.keep_draft();
            on_decided.run(());
        }
    };
    move || {
        since().map(|since| {
            view! {
                <div class="kp-notice kp-draft-offer" role="group" aria-label="Unsaved changes">
                    <Icon svg=icons::ALERT />
                    <p id=DRAFT_OFFER_ID>{format!("You have unsaved changes from {since}.")}</p>
                    <button type="button" class="kp-button kp-small" on:click=restore>"Restore"</button>
                    <button type="button" class="kp-button kp-small" on:click=discard>"Discard"</button>
                </div>
            }
        })
    }
}
