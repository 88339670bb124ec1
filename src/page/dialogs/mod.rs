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

mod waiting;

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::part::Part;
use crate::domain::DialogView;
use add::AddDialog;
use agent::AgentDialog;
use remove::RemoveDialog;

use waiting::WaitingDialog;

pub use context::{BuildDialog, DialogContext};
pub use late_failure::LateFailure;

/// Loads the dialogs.
#[allow(clippy::unnecessary_wraps, reason = "the macro adds the failures")]
#[wasm_split(later, wasm_split_path = leptos::wasm_split, fallible)]
pub fn load() -> Result<BuildDialog, SplitLoaderError> {
    Ok(|context, dialog| match dialog {
        DialogView::Add => view! { <AddDialog context /> }.into_any(),
        DialogView::Edit(id) => view! { <AgentDialog context id /> }.into_any(),
        DialogView::Remove(id) => view! { <RemoveDialog context id /> }.into_any(),
    })
}

/// The open dialog, if any.
#[component]
pub fn Dialogs(
    /// What the dialogs work with.
    context: DialogContext,
    /// The open one.
    #[prop(into)]
    open: Signal<Option<DialogView>>,
    /// Builds them.
    part: Part<BuildDialog>,
) -> impl IntoView {
    move || {
        let dialog = open.get()?;
        let waiting = dialog.clone();
        Some(part.view(
            |build| build(context, dialog),
            || view! { <WaitingDialog context dialog=waiting part /> }.into_any(),
        ))
    }
}
