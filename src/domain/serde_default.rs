//! Proto3 JSON's rule for fields: `null` counts as missing, and missing as the default.

use serde::{Deserialize, Deserializer};

/// Reads a field whose `null` means its type's default.
pub fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a port whose `null` or 0 means the default flow port.
pub fn null_as_default_port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let port: Option<u16> = Option::deserialize(deserializer)?;
    Ok(port
        .filter(|&port| port != 0)
        .unwrap_or(super::DEFAULT_FLOW_PORT))
}
