//! What a dialog says when something is wrong with the whole of it.

use leptos::html;
use leptos::prelude::*;

use super::context::DialogContext;
use crate::api::ApiError;
use crate::page::icons::{self, Icon};
use crate::state::fleet_store::{LiveFleet, Loaded};

/// Why a dialog has no agent to show.
pub fn missing_agent_text(fleet: LiveFleet) -> String {
    if fleet.loaded.get() == Loaded::Whole {
        return "This agent is not there any more. It was removed, or the link is wrong."
            .to_owned();
    }
    match fleet.problem.get() {
        Some(problem) => format!("Could not load the agents: {problem}."),
        None => "Loading…".to_owned(),
    }
}

/// Why something could not be saved, for the top of a dialog. What was typed is still there.
pub fn reason(error: &ApiError) -> String {
    match error {
        ApiError::Unauthenticated => {
            "Your session is over. Sign in again, then try again; nothing here is lost".to_owned()
        }
        ApiError::Forbidden => {
            "You may look at the agents, but not change them; ask an administrator for access"
                .to_owned()
        }
        error => error.to_string(),
    }
}

/// A problem at the top of a dialog.
#[component]
pub fn ProblemNotice(
    /// What the dialog works with.
    context: DialogContext,
    /// What is wrong; `None`: nothing.
    text: RwSignal<Option<String>>,
) -> impl IntoView {
    context.on_sign_in(move || {
        if text.get_untracked() == Some(reason(&ApiError::Unauthenticated)) {
            text.set(None);
        }
    });
    let node = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if text.with(Option::is_some) {
            // Once the text is there: what was pressed may be far below.
            request_animation_frame(move || {
                if let Some(node) = node.try_get_untracked().flatten() {
                    node.scroll_into_view();
                }
            });
        }
    });
    // A live region is read out only if it was there before its text.
    view! {
        <div class="kp-dialog-problem" role="alert" node_ref=node>
            {move || text.get().map(|text| view! {
                <Icon svg=icons::ALERT />
                <p>{text}</p>
            })}
        </div>
    }
}
