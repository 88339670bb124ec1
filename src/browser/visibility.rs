//! Whether the page may be seen, and when the network is back.

use super::events;

/// Whether the document is visible.
pub fn is_visible() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .is_some_and(|document| !document.hidden())
}

/// Calls back when the document is shown or hidden, until the current owner is cleaned up.
pub fn on_change(callback: impl Fn(bool) + 'static) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        events::listen(&document, "visibilitychange", move |_| {
            callback(is_visible());
        });
    }
}

/// Calls back when the browser takes the network to be back, until the current owner is cleaned up.
/// That is a hint to try, and nothing more: browsers err.
pub fn on_online(callback: impl Fn() + 'static) {
    if let Some(window) = web_sys::window() {
        events::listen(&window, "online", move |_| callback());
    }
}
