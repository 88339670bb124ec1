//! `GET /kproxy/v202611/agents/{id}`.

use axum::http::HeaderMap;
use axum::response::Response;
use kproxy_agents::api::wire::AgentAnswer;

use crate::answer;
use crate::error::ApiError;
use crate::extract::Id;
use crate::refusals::{Missing, Refusals};
use crate::world::Here;

/// One agent.
#[utoipa::path(
    get,
    path = "/kproxy/v202611/agents/{id}",
    tag = "agents",
    operation_id = "GetAgent",
    params(
        ("id" = String, Path, description = "Any text, percent-encoded"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer"),
    ),
    responses(
        (status = 200, description = "The agent", body = AgentAnswer, headers(("ETag" = String, description = "Of all but `serverTime`"))),
        (status = 304, description = "The answer is still the one with that `ETag`"),
        Missing,
        Refusals,
    ),
)]
pub async fn get(Here(world): Here, Id(id): Id, headers: HeaderMap) -> Result<Response, ApiError> {
    let mut state = world.state();
    let now = state.catch_up();
    let record = state
        .fleet
        .agent(&id)
        .ok_or_else(|| ApiError::no_such_agent(&id))?;
    let tag = answer::tag((state.fleet.id(), &id, record.revision));
    let agent = || AgentAnswer {
        agent: record.agent.clone(),
        server_time: Some(now),
    };
    Ok(answer::tagged(&headers, tag, agent))
}
