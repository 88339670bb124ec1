//! The clipboard.

use wasm_bindgen_futures::JsFuture;

/// Copies a text; `false`: the browser or a policy of the host's does not allow it.
pub async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    // Only pages that came over HTTPS, or from this machine, have a clipboard.
    if !window.is_secure_context() {
        return false;
    }
    JsFuture::from(window.navigator().clipboard().write_text(text))
        .await
        .is_ok()
}
