//! A kproxy agent, as the agent API describes it.

use chrono::{DateTime, Utc};
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use super::CellText;
use crate::domain::proto3::{messages, null_as_default, number_or_null, opaque, time_or_null};

/// The most code points that an agent's name may have.
pub const MAX_NAME_CHARS: usize = 128;
/// The most code points that an agent's description may have.
pub const MAX_DESCRIPTION_CHARS: usize = 1024;
/// The UDP port that kproxy listens on for flow by default.
pub const DEFAULT_FLOW_PORT: u16 = 9995;

/// One agent of the fleet.
///
/// Missing fields and `null` take their proto3 defaults; unknown fields are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agent {
    /// Opaque. Never empty in an agent that was read.
    #[serde(default, deserialize_with = "opaque")]
    pub id: String,
    /// The organization's name for it, at most [`MAX_NAME_CHARS`]; empty: "Auto Generated".
    #[serde(default, deserialize_with = "null_as_default")]
    #[cfg_attr(feature = "openapi", schema(max_length = 128))]
    pub name: String,
    /// Free text, at most [`MAX_DESCRIPTION_CHARS`].
    #[serde(default, deserialize_with = "null_as_default")]
    #[cfg_attr(feature = "openapi", schema(max_length = 1024))]
    pub description: String,
    /// The `id` of its site; empty, or an id that no site has: "Undefined".
    #[serde(default, deserialize_with = "opaque")]
    pub site_id: String,
    /// The IPv4 or IPv6 address that devices send flow to; empty: "Undefined".
    #[serde(default, deserialize_with = "null_as_default")]
    pub private_ip: String,
    /// The WAN address from which the backend receives this agent's flow.
    #[serde(default, deserialize_with = "null_as_default")]
    pub ip_address: String,
    /// The UDP port it listens on for flow.
    #[serde(
        default = "default_flow_port",
        deserialize_with = "flow_port_or_default"
    )]
    #[cfg_attr(feature = "openapi", schema(default = 9995))]
    pub flow_port: u16,
    /// Such as `7.48.0`, `7.49.0~rc3`, `2026.2.0` or a git commit hash.
    #[serde(default, deserialize_with = "null_as_default")]
    pub version: String,
    /// When the backend last heard from it; its status is computed from this. `None`: never.
    #[serde(default, deserialize_with = "time_or_null")]
    pub last_contact: Option<DateTime<Utc>>,
    /// When it last passed any flow. `None`: never.
    #[serde(default, deserialize_with = "time_or_null")]
    pub last_seen: Option<DateTime<Utc>>,
    /// The `--api_email` that it was started with.
    #[serde(default, deserialize_with = "null_as_default")]
    pub api_user: String,
    /// The `User-Agent` of its last request.
    #[serde(default, deserialize_with = "null_as_default")]
    pub user_agent: String,
    /// The devices that send flow through it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub devices: Vec<Device>,
    /// When the backend first heard from it.
    #[serde(default, deserialize_with = "time_or_null")]
    pub created: Option<DateTime<Utc>>,
    /// Changes with every edit of `name`, `description`, `siteId` and `privateIp`.
    #[serde(default, deserialize_with = "opaque")]
    pub etag: String,
}

/// A router or switch that sends flow through an agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// Opaque.
    #[serde(default, deserialize_with = "opaque")]
    pub id: String,
    /// The organization's name for it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
}

messages!(Agent, Device);

impl Device {
    /// The name as shown: its id where the organization gave none.
    pub fn display_name(&self) -> &str {
        if self.name.is_empty() {
            &self.id
        } else {
            &self.name
        }
    }
}

/// Reads a port; `null` and 0 mean the default one.
fn flow_port_or_default<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    match number_or_null(deserializer)? {
        None | Some(0.0) => Ok(DEFAULT_FLOW_PORT),
        Some(port) if port.fract() == 0.0 && (1.0..=65_535.0).contains(&port) => Ok(port as u16),
        Some(other) => Err(D::Error::invalid_value(Unexpected::Float(other), &"a port")),
    }
}

fn default_flow_port() -> u16 {
    DEFAULT_FLOW_PORT
}

impl Agent {
    /// The name's cell: "Auto Generated" where the organization gave none.
    pub fn name_cell(&self) -> CellText<'_> {
        CellText::or(&self.name, "Auto Generated")
    }

    /// The name as shown.
    pub fn display_name(&self) -> &str {
        self.name_cell().as_str()
    }

    /// The name that distinguishes the agent where its address is not on screen beside it:
    /// an unnamed agent's IP address is added.
    pub fn accessible_name(&self) -> String {
        if self.name.is_empty() && !self.ip_address.is_empty() {
            format!("Auto Generated {}", self.ip_address)
        } else {
            self.display_name().to_owned()
        }
    }

    /// The private address's cell: "Undefined" where there is none.
    pub fn private_ip_cell(&self) -> CellText<'_> {
        CellText::or(&self.private_ip, "Undefined")
    }

    /// The private address as shown.
    pub fn display_private_ip(&self) -> &str {
        self.private_ip_cell().as_str()
    }
}
