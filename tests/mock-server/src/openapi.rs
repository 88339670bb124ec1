//! `GET /openapi.json`: the contract of the agent API as OpenAPI 3.1, generated from the wire types
//! that the page uses and from the handlers beside this file.

use std::sync::LazyLock;

use axum::response::Response;
use kproxy_agents::api::wire::ErrorStatus;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{Modify, OpenApi, ToSchema};

use crate::answer;
use crate::{agents, credentials, sites};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "The agent API",
        version = "v202611",
        description = "What the kproxy Agents page asks of the portal's backend. It follows Kentik's public v6 REST \
            API: proto3 JSON rules hold (a missing field and `null` are the default, unknown fields and enum values \
            are ignored), and errors are a `google.rpc.Status`. Any 2xx is success. Besides the statuses listed, a \
            proxy may answer 502 or 504 with any body.",
        license(name = "MIT OR Apache-2.0"),
    ),
    servers((url = "/", description = "The page's own origin, unless it is told another")),
    tags(
        (name = "agents", description = "The organisation's kproxy agents"),
        (name = "credentials", description = "Values for the install commands"),
        (name = "sites", description = "Where agents stand: Kentik's own service"),
    ),
    paths(
        agents::list,
        agents::get,
        agents::update,
        agents::remove,
        credentials::get,
        sites::list,
        sites::create,
    ),
    // Types that only refusals name are not found by themselves.
    components(schemas(ErrorStatus)),
    modifiers(&Authentication, &References),
)]
struct Api;

/// The browser's own cookies, or headers that the portal supplies.
struct Authentication;

impl Modify for Authentication {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        let header = |name: &str| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(name)));
        components.add_security_scheme("email", header("X-CH-Auth-Email"));
        components.add_security_scheme("token", header("X-CH-Auth-API-Token"));
        let none: [&str; 0] = [];
        let headers = SecurityRequirement::new("email", none).add("token", none);
        // The empty one stands for the browser's cookies, which have no name that is known here.
        api.security = Some(vec![SecurityRequirement::default(), headers]);
    }
}

/// Lists refer to what they hold; generic types would repeat it.
struct References;

impl Modify for References {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let schemas = &mut api.components.get_or_insert_default().schemas;
        let lists = [
            ("AgentsPage_Agent", "agents", "Agent"),
            ("SitesAnswer_Site", "sites", "Site"),
        ];
        for (answer, list, item) in lists {
            let answer = schemas.get_mut(answer);
            if let Some(RefOr::T(Schema::Object(answer))) = answer
                && let Some(RefOr::T(Schema::Array(list))) = answer.properties.get_mut(list)
            {
                list.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
            }
        }
    }
}

/// The doc comments of the wire types speak of Rust; the contract should not.
const WORDING: [(&str, &str); 8] = [
    ("[`MAX_NAME_CHARS`]", "128 characters"),
    ("[`MAX_DESCRIPTION_CHARS`]", "1,024 characters"),
    ("[`SITE_TITLE_CHARS`]", "3 to 40 characters"),
    (
        "[`BAD_REQUEST_TYPE`]",
        "`type.googleapis.com/google.rpc.BadRequest`",
    ),
    ("`None`", "`null`"),
    (" `Debug` leaves the token out.", ""),
    (" `S` is [`Site`], or a raw JSON text.", ""),
    (
        "\n\n`A` is [`Agent`], or a raw JSON text where each agent is parsed by itself.",
        "",
    ),
];

static CONTRACT: LazyLock<Value> = LazyLock::new(|| {
    let mut contract = serde_json::to_value(Api::openapi()).unwrap_or_default();
    reword(&mut contract);
    contract
});

fn reword(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get_mut("description") {
                *text = WORDING
                    .iter()
                    .fold(text.clone(), |text, (rust, word)| text.replace(rust, word));
            }
            fields.values_mut().for_each(reword);
        }
        Value::Array(items) => items.iter_mut().for_each(reword),
        _ => {}
    }
}

/// The contract as a file for people and programs.
pub fn text() -> String {
    format!("{:#}\n", *CONTRACT)
}

/// The contract as JSON.
pub async fn document() -> Response {
    answer::unstored(&*CONTRACT)
}

/// `{}`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Empty {}
