//! Whether an element can be seen, or is scrolled out of sight.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry};

/// Calls back when nothing of the element is in view, be it that the window or something around it was
/// scrolled. Ends when the current owner is cleaned up.
pub fn on_out_of_sight(element: &Element, callback: impl Fn() + 'static) {
    let on_entries = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let last = entries.pop().dyn_into::<IntersectionObserverEntry>();
        if last.is_ok_and(|entry| !entry.is_intersecting()) {
            callback();
        }
    });
    // A browser that refuses to observe leaves the element in sight.
    let Ok(observer) = IntersectionObserver::new(on_entries.as_ref().unchecked_ref()) else {
        return;
    };
    observer.observe(element);
    let kept = send_wrapper::SendWrapper::new((observer, on_entries));
    on_cleanup(move || kept.0.disconnect());
}
