//! Times and numbers in the user's own language and zone, and what Unicode says of texts.

use chrono::{DateTime, Utc};
use js_sys::{Array, Date, Function, Intl, JsString, Object};
use wasm_bindgen::JsValue;

use super::js_object::object;

thread_local! {
    // Making a formatter takes a thousand times as long as using it.
    static EXACT: Function = time_formatter(&[("dateStyle", "long"), ("timeStyle", "long")]);
    static TIME_OF_DAY: Function = time_formatter(&[("timeStyle", "medium")]);
    static COUNT: Function = Intl::NumberFormat::new(&Array::new(), &Object::new()).format();
}

fn time_formatter(styles: &[(&str, &str)]) -> Function {
    let options = object(styles.iter().map(|&(key, value)| (key, value.into())));
    Intl::DateTimeFormat::new(&Array::new(), &options).format()
}

fn format(formatter: &Function, value: f64) -> Option<String> {
    formatter
        .call1(&JsValue::UNDEFINED, &value.into())
        .ok()?
        .as_string()
}

fn format_time(formatter: &Function, at: DateTime<Utc>) -> String {
    format(formatter, at.timestamp_millis() as f64).unwrap_or_else(|| iso_time(at))
}

/// Date, time of day to the second, and zone.
pub fn exact_time(at: DateTime<Utc>) -> String {
    EXACT.with(|formatter| format_time(formatter, at))
}

/// Time of day to the second.
pub fn time_of_day(at: DateTime<Utc>) -> String {
    TIME_OF_DAY.with(|formatter| format_time(formatter, at))
}

/// A count, with the separators of the user's language.
pub fn count(number: usize) -> String {
    COUNT
        .with(|formatter| format(formatter, number as f64))
        .unwrap_or_else(|| number.to_string())
}

/// The text taken apart into letters and marks, by Unicode's form NFKD.
pub fn decomposed(text: &str) -> String {
    JsString::from(text).normalize("NFKD").into()
}

/// The text in capitals, then in small letters.
pub fn folded_case(text: &str) -> String {
    let capitals = JsString::from(text).to_upper_case();
    capitals.to_lower_case().into()
}

/// A time for programs: `2026-11-02T12:00:00.000Z`.
pub fn iso_time(at: DateTime<Utc>) -> String {
    Date::new(&JsValue::from_f64(at.timestamp_millis() as f64))
        .to_iso_string()
        .into()
}
