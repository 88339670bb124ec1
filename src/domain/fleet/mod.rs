//! What there is: agents, sites, and a [`Row`] for each agent; the [`Fleet`] holds them all and merges
//! what is read and saved into it.

mod agent;
mod cell_text;
mod merge;
mod new_agents;
mod row;
mod site;
mod status;
mod status_counts;
mod version;

pub use agent::{Agent, DEFAULT_FLOW_PORT, Device, MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS};
pub use cell_text::CellText;
pub use merge::{Fleet, FleetRead, FleetReadKind, SitesRead};
pub use new_agents::NewAgents;
pub use row::Row;
pub(crate) use site::known_or_unspecified;
pub use site::{Coordinates, PostalAddress, SITE_TITLE_CHARS, Site, SiteType};
pub use status::Status;
pub use status_counts::StatusCounts;
pub use version::Version;
