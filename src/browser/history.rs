//! The browser's session history. What the host keeps in an entry's state stays there.

use js_sys::{Object, Reflect};
use leptos::prelude::queue_microtask;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, History};

use super::{events, js_object};

/// Whether a new history entry carries a mark, by its key in the entry's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It does.
    With(&'static str),
    /// It does not, even if the current entry does.
    Without(&'static str),
}

fn history() -> Option<History> {
    web_sys::window()?.history().ok()
}

/// Loads the document anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // A sandbox may refuse; then the user reloads by hand.
        window.location().reload().ok();
    }
}

/// Whether the present entry has this mark.
pub fn has_mark(mark: &str) -> bool {
    history()
        .and_then(|history| history.state().ok())
        .and_then(|state| Reflect::get(&state, &mark.into()).ok())
        .is_some_and(|value| value.is_truthy())
}

/// Another URL for the present entry; its marks stay.
pub fn replace(url: &str) {
    if let Some(history) = history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        // A browser that was asked too often refuses; the view is still right.
        history.replace_state_with_url(&state, "", Some(url)).ok();
    }
}

/// A new entry, with a mark or without it.
pub fn push(url: &str, mark: Mark) {
    if let Some(history) = history() {
        let before = history.state().unwrap_or(JsValue::NULL);
        let state = match before.dyn_ref::<Object>() {
            Some(before) => Object::assign(&Object::new(), before),
            None => Object::new(),
        };
        match mark {
            Mark::With(key) => js_object::set(&state, key, &JsValue::TRUE),
            Mark::Without(key) => js_object::remove(&state, key),
        }
        // Refused like `replace`.
        history.push_state_with_url(&state, "", Some(url)).ok();
    }
}

/// Goes back by one entry; a `popstate` event follows.
pub fn back() {
    if let Some(history) = history() {
        // Where there is nothing to go back to nothing happens.
        history.back().ok();
    }
}

/// Calls back after a script, the host's router or this program, has changed the URL, until the
/// current owner is cleaned up. Browsers without the Navigation API do not report it.
pub fn on_change_by_script(callback: impl Fn() + Clone + 'static) {
    let navigation = web_sys::window()
        .and_then(|window| Reflect::get(&window, &"navigation".into()).ok())
        .and_then(|navigation| navigation.dyn_into::<EventTarget>().ok());
    let Some(navigation) = navigation else {
        return;
    };
    events::listen(&navigation, "currententrychange", move |event| {
        let kind = Reflect::get(&event, &"navigationType".into());
        let kind = kind.ok().and_then(|kind| kind.as_string());
        // Back and Forward are reported by `popstate`.
        if matches!(kind.as_deref(), Some("push" | "replace")) {
            // The change may be this program's own, which is still at it.
            queue_microtask(callback.clone());
        }
    });
}
