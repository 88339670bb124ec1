//! The rules of the page in plain Rust: no browser, no signals, no clock of its own.
//!
//! Whatever depends on the time takes `now`, the time on the server's clock.

mod agent;
mod serde_default;
mod site;

pub use agent::{Agent, DEFAULT_FLOW_PORT, Device, MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS};
pub use site::{Coordinates, PostalAddress, SITE_TITLE_CHARS, Site, SiteType};
