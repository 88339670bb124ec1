//! Times and numbers in the user's own language and zone.

use chrono::{DateTime, Utc};
use js_sys::{Array, Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

fn format_time(at: DateTime<Utc>, styles: &[(&str, &str)]) -> String {
    let options = Object::new();
    for (key, value) in styles {
        // Setting a key of a plain object does not fail.
        let _ = Reflect::set(&options, &JsValue::from_str(key), &JsValue::from_str(value));
    }
    let date = Date::new(&JsValue::from_f64(at.timestamp_millis() as f64));
    Intl::DateTimeFormat::new(&Array::new(), &options)
        .format()
        .call1(&JsValue::UNDEFINED, &date)
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_else(|| at.to_rfc3339())
}

/// Date, time of day to the second, and zone.
pub fn exact_time(at: DateTime<Utc>) -> String {
    format_time(at, &[("dateStyle", "long"), ("timeStyle", "long")])
}

/// Time of day to the second.
pub fn time_of_day(at: DateTime<Utc>) -> String {
    format_time(at, &[("timeStyle", "medium")])
}

/// A count, with the separators of the user's language.
pub fn count(number: usize) -> String {
    Intl::NumberFormat::new(&Array::new(), &Object::new())
        .format()
        .call1(&JsValue::UNDEFINED, &JsValue::from_f64(number as f64))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_else(|| number.to_string())
}
