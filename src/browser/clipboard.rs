//! The clipboard.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement, HtmlTextAreaElement};

use super::focus::focused_beside;

/// Copies a text; `false`: the browser or a policy of the host's does not allow it. `beside` is what
/// the user pressed.
pub async fn copy(text: &str, beside: &HtmlElement) -> bool {
    copy_by_clipboard(text).await || copy_by_command(text, beside) == Some(true)
}

async fn copy_by_clipboard(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    // Only pages that came over HTTPS, or from this machine, have a clipboard. In a frame, the host
    // has to allow it.
    if !window.is_secure_context() {
        return false;
    }
    JsFuture::from(window.navigator().clipboard().write_text(text))
        .await
        .is_ok()
}

/// The way that works without HTTPS and in frames: copies what is selected in a field, which is there
/// only meanwhile. In a modal dialog it has to be inside of that.
fn copy_by_command(text: &str, beside: &HtmlElement) -> Option<bool> {
    let document = beside.owner_document()?;
    let field: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    field.set_class_name("kp-visually-hidden");
    field.set_value(text);
    field.set_read_only(true);
    let focused = focused_beside(beside);
    beside.parent_element()?.append_child(&field).ok()?;
    field.select();
    let has_worked = exec_copy(&document);
    field.remove();
    if let Some(focused) = focused {
        // Focus was there a moment ago.
        focused.focus().ok();
    }
    Some(has_worked)
}

/// `document.execCommand("copy")`. It is deprecated, and works everywhere.
fn exec_copy(document: &Document) -> bool {
    js_sys::Reflect::get(document, &"execCommand".into())
        .and_then(JsCast::dyn_into::<js_sys::Function>)
        .and_then(|command| command.call1(document, &"copy".into()))
        .is_ok_and(|done| done.is_truthy())
}

/// Selects the text of an element, for the user to copy; `false`: that is not possible.
pub fn select(element: &Element) -> bool {
    let selection = web_sys::window().and_then(|window| window.get_selection().ok().flatten());
    let length = element.child_nodes().length();
    selection.is_some_and(|selection| {
        selection
            .set_base_and_extent(element, 0, element, length)
            .is_ok()
            && !selection.is_collapsed()
    })
}
