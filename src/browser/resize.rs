//! Sizes of elements, followed until the owner is cleaned up.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};

/// Calls back with the element once it is there, and whenever its size has changed: after layout,
/// before the frame is painted. Ends when the current owner is cleaned up.
pub fn on_resize<E>(element: impl Get<Value = Option<E>> + 'static, callback: impl Fn(&E) + 'static)
where
    E: AsRef<Element> + Clone + 'static,
{
    let target = StoredValue::new_local(None::<E>);
    let on_entries = Closure::<dyn Fn()>::new(move || {
        if let Some(element) = target.try_get_value().flatten() {
            callback(&element);
        }
    });
    // A browser that refuses to observe leaves sizes as they were at first.
    let Ok(observer) = ResizeObserver::new(on_entries.as_ref().unchecked_ref()) else {
        return;
    };
    let kept = send_wrapper::SendWrapper::new((observer.clone(), on_entries));
    on_cleanup(move || kept.0.disconnect());
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            observer.observe(element.as_ref());
            target.set_value(Some(element));
        }
    });
}
