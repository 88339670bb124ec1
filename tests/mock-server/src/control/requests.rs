//! Tells which requests the API has seen.

use axum::response::Response;
use serde_json::json;

use super::done;
use crate::answer;
use crate::world::Here;

/// `GET /__mock/requests`.
pub(super) async fn list(Here(world): Here) -> Response {
    answer::unstored(json!({ "requests": world.journal.all() }))
}

/// `DELETE /__mock/requests`.
pub(super) async fn clear(Here(world): Here) -> Response {
    world.journal.clear();
    done()
}
