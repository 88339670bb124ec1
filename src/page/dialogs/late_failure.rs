//! Says what has failed after its dialog was closed.

use leptos::prelude::*;

use super::context::DialogContext;
use crate::page::notices::Notice;

/// What failed after its dialog was closed, until it is closed or a dialog is opened.
#[component]
pub fn LateFailure(
    /// What the dialogs work with.
    context: DialogContext,
) -> impl IntoView {
    let failure = context.late_failure;
    let opens_dialog = Memo::new(move |_| context.url.state().with(|state| state.dialog.is_some()));
    Effect::watch(
        move || opens_dialog.get(),
        move |opens, _, _| {
            if *opens {
                failure.set(None);
            }
        },
        false,
    );
    let close = move |()| {
        failure.set(None);
        context.list.focus_list();
    };
    // A live region is announced only if it was there before its text.
    view! {
        <div class="kp-notices" role="alert">
            {move || failure.get().map(|text| view! { <Notice on_close=Callback::new(close)>{text}</Notice> })}
        </div>
    }
}
