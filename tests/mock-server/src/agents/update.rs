//! `PATCH /kproxy/v202611/agents/{id}`.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::response::Response;
use kproxy_agents::api::wire::{AgentAnswer, AgentChanges, FieldViolation, UpdateAgent};
use kproxy_agents::domain::{MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS};

use crate::answer;
use crate::error::{ApiError, violation};
use crate::extract::Id;
use crate::fleet::Fleet;
use crate::refusals::{Conflict, Invalid, Missing, Refusals};
use crate::world::Here;

/// Changes the fields of an agent that are given. Output-only fields are ignored.
#[utoipa::path(
    patch,
    path = "/kproxy/v202611/agents/{id}",
    tag = "agents",
    operation_id = "UpdateAgent",
    params(("id" = String, Path, description = "Any text, percent-encoded")),
    request_body = UpdateAgent,
    responses((status = 200, description = "The agent as it is now", body = AgentAnswer), Invalid, Missing, Conflict, Refusals),
)]
pub async fn update(Here(world): Here, Id(id): Id, body: Bytes) -> Result<Response, ApiError> {
    let mut state = world.state();
    let now = state.catch_up();
    let record = state
        .fleet
        .agent(&id)
        .ok_or_else(|| ApiError::no_such_agent(&id))?;
    let UpdateAgent { agent: changes } = answer::parse(&body)?;
    let violations = violations(&changes, &state.fleet);
    if !violations.is_empty() {
        return Err(ApiError::invalid(violations));
    }
    if !changes.etag.is_empty() && changes.etag != record.agent.etag {
        return Err(ApiError::stale_etag());
    }
    let change = state.fleet.change(&id, |record| {
        let agent = &mut record.agent;
        let AgentChanges {
            name,
            description,
            site_id,
            private_ip,
            etag: _,
        } = changes;
        let fields = [
            (&mut agent.name, name),
            (&mut agent.description, description),
            (&mut agent.site_id, site_id),
            (&mut agent.private_ip, private_ip),
        ];
        for (field, change) in fields {
            if let Some(change) = change {
                *field = change;
            }
        }
    });
    let agent = change
        .ok_or_else(|| ApiError::no_such_agent(&id))?
        .agent
        .clone();
    Ok(answer::unstored(AgentAnswer {
        agent,
        server_time: Some(now),
    }))
}

fn violations(changes: &AgentChanges, fleet: &Fleet) -> Vec<FieldViolation> {
    let AgentChanges {
        name,
        description,
        site_id,
        private_ip,
        etag: _,
    } = changes;
    let too_long = |field, text: &Option<String>, most| {
        let length = text.as_ref().map_or(0, |text| text.chars().count());
        (length > most).then(|| {
            violation(
                field,
                format!("At most {most} characters; this has {length}"),
            )
        })
    };
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let site = given(site_id)
        .filter(|id| fleet.site(id).is_none())
        .map(|id| violation("agent.site_id", format!("There is no site {id:?}")));
    let ip = given(private_ip)
        .filter(|ip| ip.parse::<IpAddr>().is_err())
        .map(|_| violation("agent.private_ip", "Not an IPv4 or IPv6 address"));
    [
        too_long("agent.name", name, MAX_NAME_CHARS),
        too_long("agent.description", description, MAX_DESCRIPTION_CHARS),
        site,
        ip,
    ]
    .into_iter()
    .flatten()
    .collect()
}
