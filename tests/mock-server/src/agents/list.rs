//! `GET /kproxy/v202611/agents`.

use axum::http::HeaderMap;
use axum::response::Response;
use kproxy_agents::api::wire::{AGENTS_PATH, AgentsPage, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};
use kproxy_agents::domain::Agent;
use serde::Deserialize;

use crate::answer;
use crate::error::{ApiError, violation};
use crate::extract::Params;
use crate::fleet::{Fleet, Wanted};
use crate::refusals::{Invalid, Refusals, TooOld};
use crate::tokens::{PageToken, SyncToken};
use crate::world::Here;

/// Which agents.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// How many at most; more than 10,000 is taken as 10,000.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 0, default = 1000)]
    page_size: String,
    /// The `nextPageToken` of the page before. Such a follow-up has no `syncToken`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    page_token: String,
    /// The `syncToken` of an earlier list: asks for what changed since.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    sync_token: String,
}

/// The agents of the organization, or those that changed, page by page.
///
/// The last page carries the `syncToken`, unless the backend gives none. `removedIds` may be on
/// any page. The `ETag` leaves `serverTime` out.
#[utoipa::path(
    get,
    path = AGENTS_PATH,
    tag = "agents",
    operation_id = "ListAgents",
    params(
        ListQuery,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer"),
    ),
    responses(
        (status = 200, description = "One page", body = AgentsPage<Agent>, headers(("ETag" = String, description = "Of all but `serverTime`"))),
        (status = 304, description = "The answer is still the one with that `ETag`"),
        Invalid,
        TooOld,
        Refusals,
    ),
)]
pub async fn list(
    Here(world): Here,
    headers: HeaderMap,
    Params(query): Params<ListQuery>,
) -> Result<Response, ApiError> {
    let mut state = world.state();
    let now = state.catch_up();
    let (fleet, sync) = (&state.fleet, state.options.sync);
    let limit = page_size(&query.page_size)?;
    let Start {
        since,
        begun,
        after,
    } = start(&query, fleet, sync)?;

    let slice = fleet.list(Wanted {
        since,
        after,
        limit,
    });
    let next_page_token = slice.more_after.map_or_else(String::new, |after| {
        PageToken {
            fleet: fleet.id(),
            since,
            begun,
            after,
        }
        .encode()
    });
    let sync_token = if sync && next_page_token.is_empty() {
        SyncToken {
            fleet: fleet.id(),
            revision: begun,
        }
        .encode()
    } else {
        String::new()
    };
    let removed_ids = match (since, after) {
        (Some(since), None) => fleet.removed_since(since),
        _ => Vec::new(),
    };
    let states = slice
        .agents
        .iter()
        .map(|record| (&record.agent.id, record.revision));
    let states: Vec<_> = states.collect();
    let tag = answer::tag((
        fleet.id(),
        states,
        &next_page_token,
        &sync_token,
        &removed_ids,
    ));
    Ok(answer::tagged(&headers, tag, || AgentsPage {
        agents: slice.agents.iter().map(|record| &record.agent).collect(),
        next_page_token,
        sync_token,
        removed_ids,
        server_time: Some(now),
    }))
}

fn page_size(text: &str) -> Result<usize, ApiError> {
    if text.is_empty() {
        return Ok(DEFAULT_PAGE_SIZE);
    }
    match text.parse::<u32>() {
        Ok(0) => Ok(DEFAULT_PAGE_SIZE),
        Ok(size) => Ok(MAX_PAGE_SIZE.min(size as usize)),
        Err(_) => Err(ApiError::invalid(vec![violation(
            "page_size",
            "Not a number from 0 upwards",
        )])),
    }
}

/// Where a page begins.
struct Start {
    since: Option<u64>,
    begun: u64,
    after: Option<u64>,
}

fn start(query: &ListQuery, fleet: &Fleet, sync: bool) -> Result<Start, ApiError> {
    let begun = fleet.revision();
    match (&*query.page_token, &*query.sync_token) {
        ("", "") => Ok(Start {
            since: None,
            begun,
            after: None,
        }),
        ("", token) => {
            let known = SyncToken::decode(token).filter(|token| {
                sync && token.fleet == fleet.id() && token.revision >= fleet.forgotten()
            });
            let token = known.ok_or_else(ApiError::sync_token_too_old)?;
            Ok(Start {
                since: Some(token.revision),
                begun,
                after: None,
            })
        }
        (token, "") => {
            let known = PageToken::decode(token).filter(|token| token.fleet == fleet.id());
            let PageToken {
                since,
                begun,
                after,
                ..
            } = known.ok_or_else(|| {
                ApiError::invalid(vec![violation("page_token", "Not a token of this list")])
            })?;
            Ok(Start {
                since,
                begun,
                after: Some(after),
            })
        }
        _ => Err(ApiError::invalid(vec![violation(
            "sync_token",
            "A follow-up page carries only pageSize and pageToken",
        )])),
    }
}
