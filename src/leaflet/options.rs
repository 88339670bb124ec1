//! Options objects.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// A plain object of these entries.
pub fn object<const N: usize>(entries: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (key, value) in entries {
        // Setting a key of a plain object does not fail.
        Reflect::set(&object, &JsValue::from_str(key), &value).ok();
    }
    object.into()
}
