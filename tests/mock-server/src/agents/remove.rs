//! `DELETE /kproxy/v202611/agents/{id}`.

use axum::response::Response;
use serde::Deserialize;

use crate::answer;
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::openapi::Empty;
use crate::refusals::{Conflict, Missing, Refusals};
use crate::world::Here;

/// On what condition.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RemoveQuery {
    /// The agent is removed only if its `etag` is still this.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    etag: String,
}

/// Removes an agent. One that goes on sending appears again.
#[utoipa::path(
    delete,
    path = "/kproxy/v202611/agents/{id}",
    tag = "agents",
    operation_id = "DeleteAgent",
    params(("id" = String, Path, description = "Any text, percent-encoded"), RemoveQuery),
    responses((status = 200, description = "It is gone", body = Empty), Missing, Conflict, Refusals),
)]
pub async fn remove(
    Here(world): Here,
    Id(id): Id,
    Params(query): Params<RemoveQuery>,
) -> Result<Response, ApiError> {
    let mut state = world.state();
    let now = state.catch_up();
    let record = state
        .fleet
        .agent(&id)
        .ok_or_else(|| ApiError::no_such_agent(&id))?;
    if !query.etag.is_empty() && query.etag != record.agent.etag {
        return Err(ApiError::stale_etag());
    }
    state.fleet.remove(&id, now);
    Ok(answer::unstored(Empty {}))
}
