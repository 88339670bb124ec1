//! Makes a world again.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use kproxy_agents::api::wire::Region;
use serde::Deserialize;
use serde_json::json;

use super::{done, read};
use crate::clock::Clock;
use crate::error::ApiError;
use crate::world::Here;
use crate::{App, FleetOptions, MAX_AGENTS, MAX_SITES, answer};

/// How the fleet is to be; what is left out is as the server's flags say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reset {
    agents: Option<usize>,
    sites: Option<usize>,
    seed: Option<u64>,
    change_rate: Option<f64>,
    region: Option<Region>,
    sync: Option<bool>,
    /// The server's clock stands still at this time, and the fleet is made up for it.
    at: Option<DateTime<Utc>>,
    /// The server's clock is off by so much.
    offset_secs: Option<i64>,
}

/// `POST /__mock/reset`.
pub(super) async fn reset(
    State(app): State<Arc<App>>,
    Here(world): Here,
    body: Bytes,
) -> Result<Response, ApiError> {
    let reset: Reset = read(&body)?;
    let flags = app.worlds.options().clone();
    let clock = match (reset.at, reset.offset_secs) {
        (Some(at), _) => Clock::Frozen(at),
        (None, Some(secs)) => Clock::Shifted(TimeDelta::try_seconds(secs).unwrap_or_default()),
        (None, None) => flags.clock,
    };
    let options = FleetOptions {
        agents: reset.agents.unwrap_or(flags.agents),
        sites: reset.sites.or(flags.sites),
        seed: reset.seed.unwrap_or(flags.seed),
        change_rate: reset.change_rate.unwrap_or(flags.change_rate),
        region: reset.region.unwrap_or(flags.region),
        sync: reset.sync.unwrap_or(flags.sync),
        clock,
    };
    if options.agents > MAX_AGENTS || options.sites.is_some_and(|sites| sites > MAX_SITES) {
        let message = format!("At most {MAX_AGENTS} agents and {MAX_SITES} sites");
        return Err(ApiError::bad_request(message));
    }
    world.reset(options);
    let mut state = world.state();
    let now = state.catch_up();
    let (agents, sites) = (state.fleet.len(), state.fleet.sites().len());
    Ok(answer::unstored(
        json!({ "agents": agents, "sites": sites, "serverTime": now }),
    ))
}

/// `DELETE /__mock/world`.
pub(super) async fn forget(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    app.worlds.forget(&headers);
    done()
}
