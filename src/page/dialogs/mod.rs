//! The dialogs, one file each, and which of them is open.

mod add;
mod agent;
mod conflict;
mod context;
mod draft_offer;
mod form;
mod late_failure;
mod problem;
mod remove;
mod save;
mod site_fields;

use leptos::prelude::*;

use crate::domain::DialogView;
use add::AddDialog;
use agent::AgentDialog;
use remove::RemoveDialog;

pub use context::DialogContext;
pub use late_failure::LateFailure;

/// The open dialog, if any.
#[component]
pub fn Dialogs(
    /// What the dialogs work with.
    context: DialogContext,
    /// The open one.
    #[prop(into)]
    open: Signal<Option<DialogView>>,
) -> impl IntoView {
    move || {
        open.get().map(|dialog| match dialog {
            DialogView::Add => view! { <AddDialog context /> }.into_any(),
            DialogView::Edit(id) => view! { <AgentDialog context id /> }.into_any(),
            DialogView::Remove(id) => view! { <RemoveDialog context id /> }.into_any(),
        })
    }
}
