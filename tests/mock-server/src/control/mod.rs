//! `/__mock/…`: what tests tell the server. There only with `--control`; each call is about the
//! world that it picks (see [`crate::world`]). `README.md` has the table of all of them.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::response::Response;
use axum::routing::{get, patch, post};
use serde::de::DeserializeOwned;

use crate::App;
use crate::answer;
use crate::error::ApiError;
use crate::openapi::Empty;

mod agents;
mod clock;
mod faults;
mod requests;
mod reset;
mod sites;

/// The routes below `/__mock`.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/faults", post(faults::add).delete(faults::clear))
        .route("/release", post(faults::release))
        .route("/requests", get(requests::list).delete(requests::clear))
        .route("/agents", post(agents::add))
        .route("/agents/{id}", patch(agents::change).delete(agents::remove))
        .route("/sites", post(sites::put))
        .route("/sites/{id}", axum::routing::delete(sites::remove))
        .route("/clock", post(clock::set))
        .route("/reset", post(reset::reset))
        .route("/world", axum::routing::delete(reset::forget))
}

/// Reads what a test says; an empty body is as good as `{}`.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    let body = if body.is_empty() {
        b"{}".as_slice()
    } else {
        body
    };
    serde_json::from_slice(body)
        .map_err(|error| ApiError::bad_request(format!("The body cannot be read: {error}")))
}

/// Reads one thing, or a list of them.
fn read_one_or_many<T: DeserializeOwned>(body: &Bytes) -> Result<Vec<T>, ApiError> {
    let is_list = body.trim_ascii_start().starts_with(b"[");
    if is_list {
        read(body)
    } else {
        Ok(vec![read(body)?])
    }
}

fn done() -> Response {
    answer::unstored(Empty {})
}
