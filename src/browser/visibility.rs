//! Whether the page may be seen, and whether the network may answer.

use super::events;

/// Whether the document is visible and the browser is not offline.
pub fn is_visible_and_online() -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    let is_hidden = window.document().is_some_and(|document| document.hidden());
    !is_hidden && window.navigator().on_line()
}

/// Calls back when the document is shown or hidden, and when the network is back, until the current
/// owner is cleaned up.
pub fn on_visible_or_online(callback: impl Fn() + Copy + 'static) {
    let Some(window) = web_sys::window() else {
        return;
    };
    if let Some(document) = window.document() {
        events::listen(&document, "visibilitychange", move |_| callback());
    }
    events::listen(&window, "online", move |_| callback());
}
