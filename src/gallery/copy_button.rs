//! The copy button, with a fake clipboard.

use js_sys::{Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::specimen::Specimen;
use super::texts;
use crate::page::widgets::CopyButton;

pub fn page() -> impl IntoView {
    let copies = |text: &'static str| view! { <CopyButton text=Callback::new(move |()| text.to_owned()) by_hand="select and copy the text" /> };
    view! {
        <p>
            <label class="kp-check">
                <input type="checkbox" on:change:target=|event| make_clipboard_refuse(event.target().checked()) />
                "The clipboard refuses"
            </label>
        </p>
        <div class="kp-specimens">
            <Specimen title="Short text">{copies("sudo apt-get install kproxy")}</Specimen>
            <Specimen title="Hostile text">{copies(texts::HOSTILE)}</Specimen>
        </div>
    }
}

/// Fails, as if a policy of the host forbade copying.
fn make_clipboard_refuse(refuses: bool) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let clipboard = window.navigator().clipboard();
    // Both succeed: the property is the object's own, hides the prototype's, and can be deleted.
    let _ = if refuses {
        let refuse = Closure::<dyn Fn() -> Promise>::new(|| Promise::reject(&JsValue::NULL));
        Reflect::set(&clipboard, &"writeText".into(), &refuse.into_js_value())
    } else {
        Reflect::delete_property(&clipboard, &"writeText".into())
    };
}
