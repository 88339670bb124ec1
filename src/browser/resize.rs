//! Sizes of elements, followed until the owner is cleaned up.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlDivElement, ResizeObserver};

/// Calls back with the element once it is there, and whenever its size has changed: after layout,
/// before the frame is painted. Ends when the current owner is cleaned up.
pub fn on_resize(node: NodeRef<Div>, callback: impl Fn(&HtmlDivElement) + 'static) {
    let on_entries = Closure::<dyn Fn()>::new(move || {
        if let Some(node) = node.try_get_untracked().flatten() {
            callback(&node);
        }
    });
    // A browser that refuses to observe leaves sizes as they were at first.
    let Ok(observer) = ResizeObserver::new(on_entries.as_ref().unchecked_ref()) else {
        return;
    };
    let kept = send_wrapper::SendWrapper::new((observer.clone(), on_entries));
    on_cleanup(move || kept.0.disconnect());
    Effect::new(move |_| {
        if let Some(node) = node.get() {
            observer.observe(&node);
        }
    });
}
