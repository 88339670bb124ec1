//! Listeners that go with their owner.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Event, EventTarget, KeyboardEvent};

/// The code of each key that an input method takes. Safari sends it without `isComposing` for the
/// Enter that ends a composition.
const INPUT_METHOD_KEY: u32 = 229;

/// The key that was pressed; `None` while it is the input method's, which uses Enter to accept a word
/// and Esc to drop one. Each handler of keys asks here.
pub fn key(event: &KeyboardEvent) -> Option<String> {
    let is_of_input_method = event.is_composing() || event.key_code() == INPUT_METHOD_KEY;
    (!is_of_input_method).then(|| event.key())
}

/// Keeps an input method's Enter and Esc from the browser, which could submit the form or close the
/// dialog.
pub fn shield_input_method(event: &KeyboardEvent) {
    if key(event).is_none() && matches!(event.key().as_str(), "Enter" | "Escape") {
        event.prevent_default();
    }
}

/// Listens until the current owner is cleaned up.
pub fn listen(target: &EventTarget, event: &'static str, callback: impl FnMut(Event) + 'static) {
    listen_with(target, event, &AddEventListenerOptions::new(), callback);
}

/// Listens with options until the current owner is cleaned up.
pub fn listen_with(
    target: &EventTarget,
    event: &'static str,
    options: &AddEventListenerOptions,
    callback: impl FnMut(Event) + 'static,
) {
    let closure = Closure::<dyn FnMut(Event)>::new(callback);
    let function: js_sys::Function = closure.as_ref().unchecked_ref::<js_sys::Function>().clone();
    let capture = options.get_capture().unwrap_or(false);
    let added = target
        .add_event_listener_with_callback_and_add_event_listener_options(event, &function, options);
    if added.is_err() {
        return;
    }
    let kept = send_wrapper::SendWrapper::new((target.clone(), closure));
    on_cleanup(move || {
        let (target, closure) = kept.take();
        // Removing a listener that is gone is no error.
        target
            .remove_event_listener_with_callback_and_bool(
                event,
                closure.as_ref().unchecked_ref(),
                capture,
            )
            .ok();
    });
}

/// Calls back for each Esc in the document until the current owner is cleaned up. The key stays the
/// host's, too.
pub fn on_escape(mut callback: impl FnMut() + 'static) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    listen(&document, "keydown", move |event| {
        if key(event.unchecked_ref()).as_deref() == Some("Escape") {
            callback();
        }
    });
}
