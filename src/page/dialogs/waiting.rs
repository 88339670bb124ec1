//! The dialog that is shown until the part of the program with the dialogs is here.

use leptos::html;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::HtmlDialogElement;

use super::context::{BuildDialog, DialogContext};
use crate::domain::DialogView;
use crate::page::part::{Part, PartNotice};
use crate::page::widgets::Dialog;

/// Stands for a dialog that cannot be built yet.
#[component]
pub fn WaitingDialog(
    /// What the dialog will work with.
    context: DialogContext,
    /// The dialog.
    dialog: DialogView,
    /// Builds it.
    part: Part<BuildDialog>,
) -> impl IntoView {
    let title = match dialog {
        DialogView::Add => "Adding a kproxy Agent",
        DialogView::Edit(_) => "kproxy Agent",
        DialogView::Remove(_) => "Remove kproxy Agent",
    };
    let on_close = Callback::new(move |()| context.url.close_dialog());
    part.request();
    let body = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let dialog = body.get().and_then(|body| body.closest("dialog").ok()?);
        if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok())
        {
            // What opened it gets the focus back, so that the dialog that follows knows it, too.
            let dialog = SendWrapper::new(dialog);
            on_cleanup(move || dialog.close());
        }
    });
    view! {
        <Dialog title on_close on_focus_lost=Box::new(move || context.list.focus_list())>
            <div class="kp-dialog-body" node_ref=body>
                <PartNotice part text="Could not load this dialog" />
            </div>
            <div class="kp-dialog-actions">
                <button type="button" class="kp-button" on:click=move |_| on_close.run(())>
                    "Cancel"
                </button>
            </div>
        </Dialog>
    }
}
