//! A modal dialog: a native `<dialog>`, which keeps focus inside and the rest of the page inert.
//!
//! <https://www.w3.org/WAI/ARIA/apg/patterns/dialog-modal/>

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlDialogElement, HtmlElement, KeyboardEvent, ShadowRoot};

use crate::browser::events;
use crate::browser::resize::on_resize;
use crate::page::icons::{self, Icon};

/// Moves focus somewhere else.
pub type FocusLost = Box<dyn FnOnce()>;

/// The role of a dialog for assistive technology.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DialogRole {
    /// A dialog with a Close button.
    #[default]
    Dialog,
    /// An alert, closed only by one of its answers.
    AlertDialog,
}

/// Shows its content above everything while it is mounted, and returns focus afterward.
///
/// An element inside with `autofocus` takes focus first.
#[component]
pub fn Dialog(
    /// Its accessible name and heading.
    title: &'static str,
    /// Its role.
    #[prop(optional)]
    role: DialogRole,
    /// The id of the element inside that describes it; may be empty.
    #[prop(optional, into)]
    described_by: Option<String>,
    /// Called when the user closes it, by Close, Esc or a gesture of the browser. It stays until its
    /// owner unmounts it.
    on_close: Callback<()>,
    /// Called after it is gone if what had focus before is gone as well. Must not use anything that
    /// is disposed of with the dialog.
    #[prop(optional)]
    on_focus_lost: Option<FocusLost>,
    /// Its content.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let mut on_focus_lost = on_focus_lost;
    Effect::new(move |is_shown: Option<bool>| {
        let Some(dialog) = node.get() else {
            return false;
        };
        if is_shown != Some(true) {
            return_focus(&dialog, on_focus_lost.take());
            show(&dialog);
            // A browser may close it on its own, for example on a second Esc.
            events::listen(&dialog, "close", move |_| {
                // Its owner may keep it open, to ask first. That question has to be above it.
                if let Some(dialog) = node.try_get_untracked().flatten() {
                    show(&dialog);
                }
                on_close.run(());
            });
            events::listen(&dialog, "cancel", move |event| {
                // This event also bubbles up from file pickers, for example.
                if event.target() == event.current_target() {
                    event.prevent_default();
                    on_close.run(());
                }
            });
        }
        true
    });
    let on_keydown = move |event: KeyboardEvent| {
        events::shield_input_method(&event);
        let is_escape = events::key(&event).as_deref() == Some("Escape");
        if is_escape && !event.default_prevented() {
            // The host may handle Esc, too, but this one was meant for the dialog.
            event.prevent_default();
            event.stop_propagation();
            on_close.run(());
        }
    };
    let is_alert = role == DialogRole::AlertDialog;
    view! {
        <dialog
            class="kp-dialog"
            class:kp-alert-dialog=is_alert
            part="dialog"
            role=is_alert.then_some("alertdialog")
            aria-label=title
            aria-describedby=described_by.filter(|id| !id.is_empty())
            data-focus-successor=".kp-list"
            node_ref=node
            on:keydown=on_keydown
        >
            <div class="kp-dialog-head">
                <h2 class="kp-dialog-title">{title}</h2>
                {(!is_alert).then(|| view! {
                    <button
                        type="button"
                        class="kp-icon-button"
                        aria-label="Close"
                        title="Close"
                        on:click=move |_| on_close.run(())
                    >
                        <Icon svg=icons::CLOSE />
                    </button>
                })}
            </div>
            {children()}
        </dialog>
    }
}

/// The body of a dialog that has only text. If it scrolls, Tab reaches it.
#[component]
pub fn DialogText(
    /// The text.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let scrolls = RwSignal::new(false);
    on_resize(node, move |node| {
        let now = node.scroll_height() > node.client_height();
        if scrolls.get_untracked() != now {
            scrolls.set(now);
        }
    });
    view! {
        <div class="kp-dialog-body" tabindex=move || scrolls.get().then_some("0") node_ref=node>
            {children()}
        </div>
    }
}

fn show(dialog: &HtmlDialogElement) {
    if dialog.is_connected() && !dialog.open() {
        // A connected dialog that is not open can be shown.
        dialog.show_modal().ok();
    }
}

/// Once the dialog is gone, returns focus to what has it now, unless something else took it.
fn return_focus(dialog: &HtmlDialogElement, on_focus_lost: Option<FocusLost>) {
    let Ok(root) = dialog.get_root_node().dyn_into::<ShadowRoot>() else {
        return;
    };
    let opener = root
        .active_element()
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let kept = send_wrapper::SendWrapper::new((root, opener, on_focus_lost));
    on_cleanup(move || {
        let (root, opener, on_focus_lost) = kept.take();
        if !root.is_connected() {
            // The whole page is being removed.
            return;
        }
        request_animation_frame(move || {
            if root.active_element().is_some() || !root.is_connected() {
                return;
            }
            match opener.filter(|opener| opener.is_connected()) {
                // If the opener can no longer take focus, the document keeps it, as in any page.
                Some(opener) => {
                    opener.focus().ok();
                }
                None => {
                    if let Some(on_focus_lost) = on_focus_lost {
                        on_focus_lost();
                    }
                }
            }
        });
    });
}
