//! The dialogs, one file each, and which of them is open.

mod add;
mod agent;
mod conflict;
mod form;
mod remove;

use leptos::prelude::*;

use super::widgets::FocusLost;
use crate::api::ApiError;
use crate::domain::DialogView;
use crate::host::Host;
use crate::state::list_handle::ListHandle;
use crate::state::list_model::Shown;
use crate::state::url_sync::ViewUrl;
use crate::state::{FleetReader, FleetStore, Loaded};
use add::AddDialog;
use agent::AgentDialog;
use remove::RemoveDialog;

/// What every dialog stands on.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The agents.
    pub fleet: FleetStore,
    /// What reads them, and the client of the agent API.
    pub reader: FleetReader,
    /// Where events go.
    pub host: Host,
    /// Where a dialog is closed, and another opened.
    pub url: ViewUrl,
    /// What the list shows.
    pub shown: Shown,
    /// Where focus goes when what had it is gone.
    pub list: ListHandle,
    /// Said to those who do not see what changed.
    pub announcement: RwSignal<String>,
}

impl Desk {
    /// Calls back, in the current owner, when the user has signed in again.
    fn on_sign_in(self, callback: impl Fn() + 'static) {
        let session = self.reader.client.session;
        let owner = Owner::current().unwrap_or_default();
        Effect::watch(
            move || session.sign_ins().get(),
            move |_, _, _| owner.with(&callback),
            false,
        );
    }

    /// Focuses the row of an agent, or the list where it is gone.
    fn focus_row(self, id: String) -> FocusLost {
        Box::new(move || self.list.focus(id))
    }

    /// An agent is not there any more: it leaves list and URL.
    pub fn drop_agent(self, id: &str) {
        self.fleet.update(|fleet, _| fleet.apply_removed(id));
        self.url
            .replace(|state| state.expanded.retain(|expanded| expanded != id));
    }
}

/// The open dialog, if any.
#[component]
pub fn Dialogs(
    /// What they stand on.
    desk: Desk,
    /// Which is open.
    #[prop(into)]
    open: Signal<Option<DialogView>>,
) -> impl IntoView {
    move || {
        open.get().map(|dialog| match dialog {
            DialogView::Add => view! { <AddDialog desk /> }.into_any(),
            DialogView::Edit(id) => view! { <AgentDialog desk id /> }.into_any(),
            DialogView::Remove(id) => view! { <RemoveDialog desk id /> }.into_any(),
        })
    }
}

/// Why a dialog has no agent to be about.
fn no_agent(reader: FleetReader) -> String {
    if reader.store.loaded().get() == Loaded::Whole {
        return "This agent is not there any more. It was removed, or the link is wrong."
            .to_owned();
    }
    match reader.problem().get() {
        Some(problem) => format!("Could not load the agents: {problem}."),
        None => "Loading…".to_owned(),
    }
}

/// Why something could not be saved, for the top of a dialog. What was typed is still there.
fn reason(error: &ApiError) -> String {
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
fn Problem(
    /// What the dialog stands on.
    desk: Desk,
    /// What is wrong; `None`: nothing.
    text: RwSignal<Option<String>>,
) -> impl IntoView {
    desk.on_sign_in(move || {
        if text.get_untracked() == Some(reason(&ApiError::Unauthenticated)) {
            text.set(None);
        }
    });
    let node = NodeRef::<leptos::html::Div>::new();
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
    // The region is there before its text, or else it would not be read out.
    view! {
        <div class="kp-dialog-problem" role="alert" node_ref=node>
            {move || text.get().map(|text| view! {
                <super::icons::Icon svg=super::icons::ALERT />
                <p>{text}</p>
            })}
        </div>
    }
}
