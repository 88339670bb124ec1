//! Adds, changes and removes agents behind the page's back.

use axum::body::Bytes;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use kproxy_agents::domain::Agent;
use serde_json::{Map, Value, json};

use super::{done, read, read_one_or_many};
use crate::answer;
use crate::error::ApiError;
use crate::extract::Id;
use crate::fleet::{Record, Rhythm};
use crate::world::Here;

/// Fields of an agent, output-only ones included, and besides:
/// - `ageSecs`: `lastContact` is so long ago;
/// - `live`: it contacts now, and goes on contacting.
type Fields = Map<String, Value>;

/// `POST /__mock/agents`.
pub(super) async fn add(Here(world): Here, body: Bytes) -> Result<Response, ApiError> {
    let all: Vec<Fields> = read_one_or_many(&body)?;
    let mut state = world.state();
    let now = state.catch_up();
    let mut added = Vec::new();
    for fields in all {
        let mut agent = Agent {
            created: Some(now),
            ..Agent::default()
        };
        let (contact, _) = merge(&mut agent, fields, now)?;
        if agent.id.is_empty() {
            agent.id = format!("added-{}", state.fleet.revision() + 1);
        }
        let id = agent.id.clone();
        state.fleet.put(agent, contact, true);
        added.extend(state.fleet.agent(&id).map(|record| record.agent.clone()));
    }
    Ok(answer::unstored(json!({ "agents": added })))
}

/// `PATCH /__mock/agents/{id}`.
pub(super) async fn change(
    Here(world): Here,
    Id(id): Id,
    body: Bytes,
) -> Result<Response, ApiError> {
    let fields: Fields = read(&body)?;
    let mut state = world.state();
    let now = state.catch_up();
    let record = state
        .fleet
        .agent(&id)
        .ok_or_else(|| ApiError::no_such_agent(&id))?;
    let mut agent = record.agent.clone();
    let (rhythm, is_about_contact) = merge(&mut agent, fields, now)?;
    agent.id.clone_from(&id);
    let change = |record: &mut Record| {
        record.agent = agent;
        record.pinned = true;
        if is_about_contact {
            record.rhythm = rhythm;
        }
    };
    let changed = state
        .fleet
        .change(&id, change)
        .map(|record| record.agent.clone());
    Ok(answer::unstored(json!({ "agent": changed })))
}

/// `DELETE /__mock/agents/{id}`.
pub(super) async fn remove(Here(world): Here, Id(id): Id) -> Result<Response, ApiError> {
    let mut state = world.state();
    let now = state.catch_up();
    if state.fleet.remove(&id, now) {
        Ok(done())
    } else {
        Err(ApiError::no_such_agent(&id))
    }
}

/// Puts the fields into an agent. Tells how it contacts from now on, and whether the fields say
/// anything about that.
fn merge(
    agent: &mut Agent,
    mut fields: Fields,
    now: DateTime<Utc>,
) -> Result<(Option<Rhythm>, bool), ApiError> {
    let bad = |error: serde_json::Error| {
        ApiError::bad_request(format!("The agent cannot be read: {error}"))
    };
    let age: Option<i64> = fields
        .remove("ageSecs")
        .map(serde_json::from_value)
        .transpose()
        .map_err(bad)?;
    let live: Option<bool> = fields
        .remove("live")
        .map(serde_json::from_value)
        .transpose()
        .map_err(bad)?;
    let is_about_contact = age.is_some() || live.is_some() || fields.contains_key("lastContact");

    let mut merged = serde_json::to_value(&*agent).map_err(bad)?;
    if let Value::Object(merged) = &mut merged {
        if let Some(unknown) = fields.keys().find(|name| !merged.contains_key(*name)) {
            let message = format!("An agent has no field {unknown:?}");
            return Err(ApiError::bad_request(message));
        }
        merged.extend(fields);
    }
    *agent = serde_json::from_value(merged).map_err(bad)?;
    if let Some(age) = age.and_then(TimeDelta::try_seconds) {
        agent.last_contact = now.checked_sub_signed(age);
    }
    let rhythm = live.unwrap_or_default().then(|| {
        agent.last_contact = Some(now);
        Rhythm {
            contact: now,
            every: TimeDelta::minutes(1),
            flow_before: None,
        }
    });
    Ok((rhythm, is_about_contact))
}
