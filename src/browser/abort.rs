//! Signals that end requests with their owner.

use leptos::prelude::*;
use web_sys::{AbortController, AbortSignal};

/// A signal that aborts when the current owner is cleaned up; `None` where the browser has none.
pub fn abort_with_owner() -> Option<AbortSignal> {
    let controller = send_wrapper::SendWrapper::new(AbortController::new().ok()?);
    let signal = controller.signal();
    on_cleanup(move || controller.abort());
    Some(signal)
}
