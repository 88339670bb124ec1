//! Adds, changes and removes sites behind the page's back.

use axum::body::Bytes;
use axum::response::Response;
use kproxy_agents::domain::Site;
use serde_json::json;

use super::{done, read_one_or_many};
use crate::answer;
use crate::error::ApiError;
use crate::extract::Id;
use crate::world::Here;

/// `POST /__mock/sites`.
pub(super) async fn put(Here(world): Here, body: Bytes) -> Result<Response, ApiError> {
    let sites: Vec<Site> = read_one_or_many(&body)?;
    let mut state = world.state();
    let sites: Vec<_> = sites
        .into_iter()
        .map(|site| state.fleet.put_site(site))
        .collect();
    Ok(answer::unstored(json!({ "sites": sites })))
}

/// `DELETE /__mock/sites/{id}`.
pub(super) async fn remove(Here(world): Here, Id(id): Id) -> Result<Response, ApiError> {
    if world.state().fleet.remove_site(&id) {
        Ok(done())
    } else {
        Err(ApiError::no_such_site(&id))
    }
}
