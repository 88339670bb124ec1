//! `GET /kproxy/v202611/credentials`.

use axum::response::Response;
use kproxy_agents::api::wire::{CREDENTIALS_PATH, Credentials};

use crate::answer;
use crate::fleet::LATEST_VERSION;
use crate::refusals::Refusals;
use crate::world::Here;

/// The organization-wide values for the install commands.
#[utoipa::path(
    get,
    path = CREDENTIALS_PATH,
    tag = "credentials",
    operation_id = "GetCredentials",
    responses(
        (status = 200, description = "The values", body = Credentials, headers(
            ("Cache-Control" = String, description = "`no-store`: the token is secret"),
        )),
        Refusals,
    ),
)]
pub async fn get(Here(world): Here) -> Response {
    let region = world.state().options.region;
    answer::unstored(Credentials {
        api_email: "kproxy-agent+1234@kentik.com".to_owned(),
        api_token: "3f1c0a9b7e5d48c2a6f40e8b92d7513c".to_owned(),
        region,
        latest_version: LATEST_VERSION.to_owned(),
    })
}
