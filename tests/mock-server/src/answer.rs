//! How good answers are sent: JSON, with an `ETag` where a conditional request can save the body.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ApiError;

/// The `ETag` of an answer, from all that it is made of but the time of the answer.
pub fn tag(content: impl Hash) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    HeaderValue::try_from(format!("W/\"{:016x}\"", hasher.finish()))
        .unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// Answers with what `body` makes, or with 304 where the caller has just that.
pub fn tagged<T: Serialize>(
    request: &HeaderMap,
    tag: HeaderValue,
    body: impl FnOnce() -> T,
) -> Response {
    let mut response = if is_current(request, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(body()).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    response
}

/// Answers with JSON that no cache may keep.
pub fn unstored(body: impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whether the caller's `If-None-Match` names the tag.
pub fn is_current(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(tag) = tag.to_str().map(opaque) else {
        return false;
    };
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|theirs| theirs.trim() == "*" || opaque(theirs) == tag)
}

/// Reads a request's JSON by proto3's rules: `null` is as good as missing.
///
/// # Errors
/// 400 where the text is not JSON, or not of that shape.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut value: Value = serde_json::from_slice(body).map_err(unreadable)?;
    drop_nulls(&mut value);
    serde_json::from_value(value).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> ApiError {
    ApiError::bad_request(format!("The body cannot be read: {error}"))
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
