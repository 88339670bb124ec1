//! What goes over the wire, beside [`Agent`] and [`Site`]: the envelopes of the agent API.
//!
//! Proto3 JSON rules hold: lowerCamelCase names, a missing field is its default, unknown fields
//! are ignored. Source: `docs/agent-api.md`, published as `docs/openapi.json`.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::proto3::{
    count_or_zero, messages, null_as_default, number_or_null, opaque, opaque_list, time_or_none,
};
use crate::domain::{Agent, PostalAddress, Site, SiteType, known_or_unspecified};

pub use crate::domain::AgentChanges;

/// Path of the agents, relative to the API's base URL.
pub const AGENTS_PATH: &str = "/kproxy/v202611/agents";
/// Path of the organization's credentials for the install commands.
pub const CREDENTIALS_PATH: &str = "/kproxy/v202611/credentials";
/// Path of the sites.
pub const SITES_PATH: &str = "/site/v202509/sites";
/// The largest page of agents that may be asked for.
pub const MAX_PAGE_SIZE: usize = 10_000;
/// The page of agents that comes unasked.
pub const DEFAULT_PAGE_SIZE: usize = 1_000;

/// One page of agents: of the whole list, or of the changes since a `syncToken`.
///
/// `A` is [`Agent`], or a raw JSON text where each agent is parsed by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    remote = "Self",
    bound(deserialize = "A: Deserialize<'de>")
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentsPage<A> {
    /// The agents of this page.
    #[serde(default = "Vec::new", deserialize_with = "null_as_default")]
    pub agents: Vec<A>,
    /// Asks for the next page; empty on the last.
    #[serde(default, deserialize_with = "opaque")]
    pub next_page_token: String,
    /// Asks for the changes since; on the last page, where the backend gives one.
    #[serde(default, deserialize_with = "opaque")]
    pub sync_token: String,
    /// Agents gone since the `syncToken`.
    #[serde(default, deserialize_with = "opaque_list")]
    pub removed_ids: Vec<String>,
    /// The server's clock; nonsense counts as missing.
    #[serde(default, deserialize_with = "time_or_none")]
    pub server_time: Option<DateTime<Utc>>,
}

/// One agent, in the answer to GET and PATCH.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentAnswer {
    /// The agent as it is now.
    pub agent: Agent,
    /// The server's clock; nonsense counts as missing.
    #[serde(default, deserialize_with = "time_or_none")]
    pub server_time: Option<DateTime<Utc>>,
}

/// The body of PATCH.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateAgent {
    /// What to change.
    pub agent: AgentChanges,
}

/// All sites of the organization. `S` is [`Site`], or a raw JSON text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    remote = "Self",
    bound(deserialize = "S: Deserialize<'de>")
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SitesAnswer<S> {
    /// The sites.
    #[serde(default = "Vec::new", deserialize_with = "null_as_default")]
    pub sites: Vec<S>,
    /// How many sites the backend itself could not read.
    #[serde(default, deserialize_with = "count_or_zero")]
    pub invalid_count: u32,
}

/// The body of POST for a new site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateSite {
    /// The site to make.
    pub site: NewSite,
}

/// A site that does not exist yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSite {
    /// Its name, 3 to 40 code points, not yet taken.
    #[serde(default)]
    pub title: String,
    /// What kind of place it is.
    #[serde(rename = "type", default, deserialize_with = "known_or_unspecified")]
    pub site_type: SiteType,
    /// `address` at least.
    #[serde(default)]
    pub postal_address: PostalAddress,
    /// Degrees north, where the caller knows it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number_or_null"
    )]
    pub lat: Option<f64>,
    /// Degrees east, where the caller knows it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "number_or_null"
    )]
    pub lon: Option<f64>,
}

/// The site as made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SiteAnswer {
    /// With its `id`, and with `lat` and `lon` where the backend could place the address.
    pub site: Site,
}

/// Organization-wide values for the install commands. `Debug` leaves the token out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credentials {
    /// The organization's account for agents, such as `kproxy-agent+1234@kentik.com`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub api_email: String,
    /// Secret.
    #[serde(default, deserialize_with = "null_as_default")]
    pub api_token: String,
    /// Where the organization's flow goes.
    #[serde(default, deserialize_with = "region_or_us")]
    pub region: Region,
    /// The newest kproxy.
    #[serde(default, deserialize_with = "null_as_default")]
    pub latest_version: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// Where an organization's flow goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Region {
    /// The default.
    #[default]
    Us,
    /// `flow.kentik.eu`; kproxy needs `-region eu`.
    Eu,
}

/// Reads a region; one that this page does not know counts as the default.
fn region_or_us<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Region, D::Error> {
    struct Name;
    impl Visitor<'_> for Name {
        type Value = Region;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a region")
        }

        fn visit_str<E: Error>(self, name: &str) -> Result<Region, E> {
            let is_eu = name.eq_ignore_ascii_case("EU");
            Ok(if is_eu { Region::Eu } else { Region::Us })
        }

        fn visit_unit<E: Error>(self) -> Result<Region, E> {
            Ok(Region::Us)
        }

        fn visit_u64<E: Error>(self, _: u64) -> Result<Region, E> {
            Ok(Region::Us)
        }
    }
    deserializer.deserialize_any(Name)
}

/// An error's body: a `google.rpc.Status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorStatus {
    /// A `google.rpc.Code`, such as 3 for `INVALID_ARGUMENT`.
    #[serde(default)]
    pub code: i32,
    /// For a developer, in English.
    #[serde(default)]
    pub message: String,
    /// What is known beyond that.
    #[serde(default)]
    pub details: Vec<ErrorDetail>,
}

/// One of an error's details; of those the page knows `google.rpc.BadRequest`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorDetail {
    /// Such as [`BAD_REQUEST_TYPE`].
    #[serde(rename = "@type", default)]
    pub type_url: String,
    /// The fields at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub field_violations: Vec<FieldViolation>,
}

/// The `@type` of the detail that holds field violations.
pub const BAD_REQUEST_TYPE: &str = "type.googleapis.com/google.rpc.BadRequest";

/// What is wrong with one field of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldViolation {
    /// Path in `snake_case`, such as `agent.private_ip`.
    #[serde(default)]
    pub field: String,
    /// What is wrong, for a person.
    #[serde(default)]
    pub description: String,
}

messages!(
    AgentsPage<A>,
    AgentAnswer,
    UpdateAgent,
    SitesAnswer<A>,
    CreateSite,
    NewSite,
    SiteAnswer,
    Credentials,
    ErrorStatus,
    ErrorDetail,
    FieldViolation,
);

/// The codes of `google.rpc.Code` that the agent API answers with.
#[allow(missing_docs, reason = "the names are google.rpc's")]
pub mod code {
    pub const INVALID_ARGUMENT: i32 = 3;
    pub const NOT_FOUND: i32 = 5;
    pub const ALREADY_EXISTS: i32 = 6;
    pub const PERMISSION_DENIED: i32 = 7;
    pub const RESOURCE_EXHAUSTED: i32 = 8;
    pub const FAILED_PRECONDITION: i32 = 9;
    pub const ABORTED: i32 = 10;
    pub const INTERNAL: i32 = 13;
    pub const UNAVAILABLE: i32 = 14;
    pub const UNAUTHENTICATED: i32 = 16;
}
