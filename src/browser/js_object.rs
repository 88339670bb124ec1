//! Plain JavaScript objects, such as the options and details that browser APIs and Leaflet take.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// A plain object with these entries.
pub fn object<'a>(entries: impl IntoIterator<Item = (&'a str, JsValue)>) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        set(&object, key, &value);
    }
    object
}

/// Sets an entry of a plain object, which cannot fail.
pub fn set(object: &Object, key: &str, value: &JsValue) {
    Reflect::set(object, &JsValue::from_str(key), value).ok();
}

/// Removes an entry of a plain object, which cannot fail.
pub fn remove(object: &Object, key: &str) {
    Reflect::delete_property(object, &JsValue::from_str(key)).ok();
}
