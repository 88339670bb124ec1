//! Listeners that go with their owner.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Event, EventTarget};

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
        if event.unchecked_ref::<web_sys::KeyboardEvent>().key() == "Escape" {
            callback();
        }
    });
}
