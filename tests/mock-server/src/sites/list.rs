//! `GET /site/v202509/sites`.

use axum::http::HeaderMap;
use axum::response::Response;
use kproxy_agents::api::wire::{SITES_PATH, SitesAnswer};
use kproxy_agents::domain::Site;

use crate::answer;
use crate::refusals::Refusals;
use crate::world::Here;

/// All sites of the organization.
#[utoipa::path(
    get,
    path = SITES_PATH,
    tag = "sites",
    operation_id = "ListSites",
    params(
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer"),
    ),
    responses(
        (status = 200, description = "All sites", body = SitesAnswer<Site>, headers(("ETag" = String))),
        (status = 304, description = "The answer is still the one with that `ETag`"),
        Refusals,
    ),
)]
pub async fn list(Here(world): Here, headers: HeaderMap) -> Response {
    let state = world.state();
    let fleet = &state.fleet;
    let tag = answer::tag((fleet.id(), fleet.sites_revision()));
    answer::tagged(&headers, tag, || SitesAnswer {
        sites: fleet.sites().iter().collect(),
        invalid_count: 0,
    })
}
