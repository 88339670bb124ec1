//! Makes calls go wrong, and lets go of what is held.

use axum::body::Bytes;
use axum::response::Response;
use serde::Deserialize;

use super::{done, read, read_one_or_many};
use crate::error::ApiError;
use crate::world::Here;

/// `POST /__mock/faults`.
pub(super) async fn add(Here(world): Here, body: Bytes) -> Result<Response, ApiError> {
    for fault in read_one_or_many(&body)? {
        world.faults.add(fault)?;
    }
    Ok(done())
}

/// `DELETE /__mock/faults`.
pub(super) async fn clear(Here(world): Here) -> Response {
    world.faults.clear();
    done()
}

/// What to let go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    name: String,
}

/// `POST /__mock/release`.
pub(super) async fn release(Here(world): Here, body: Bytes) -> Result<Response, ApiError> {
    let Release { name } = read(&body)?;
    world.faults.release(&name);
    Ok(done())
}
