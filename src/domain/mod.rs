//! The rules of the page in plain Rust: no browser, no signals, no clock of its own.
//!
//! What depends on the time takes `now`, the time on the server's clock.
//!
//! - what there is: [`Agent`], [`Site`], and a [`Row`] for each agent; the [`Fleet`] holds them all
//!   and merges what is read and saved into it;
//! - what is said of it: [`Status`], [`StatusCounts`], [`relative_time`], [`Version`], [`ServerClock`];
//! - what the list shows: [`Filter`], [`Sorting`];
//! - what the map shows: [`Location`], [`Cluster`], [`MarkerGroups`], [`Fit`];
//! - what the user enters: `validate_…`, [`AgentEdit`], [`conflicts`]; how it is saved:
//!   [`SaveProtocol`];
//! - what the URL keeps: [`ViewState`];
//! - where the list's rows lie: [`RowLayout`], and which keep their nodes in place: [`items_to_keep_in_place`];
//! - what the widgets do, which know nothing of agents: [`combobox`], [`popover_position`];
//! - how an agent is installed: [`Platform`], [`InstallValues`]; and whether it has come:
//!   [`NewAgents`].

pub mod backoff;
pub mod combobox;
mod edit;
#[cfg(test)]
mod fixtures;
mod fleet;
mod install;
mod list;
mod map;
mod natural;
mod percent;
mod plural;
pub mod popover_position;
pub(crate) mod proto3;
mod quick_map;
mod refresh;
mod relative_time;
mod server_clock;
mod view_state;

pub use edit::{
    AgentChanges, AgentDraft, AgentEdit, AgentEntries, EditableField, FieldConflict, FormField,
    InvalidEntry, Resolution, Resolutions, SaveEvent, SaveProtocol, SaveStep, SaveStopped, Saved,
    Side, SiteEntry, SiteMode, conflicts, devices_to_name, find_sites, neighbor, parse_private_ip,
    validate_description, validate_name, validate_private_ip, validate_site_title,
    validate_street_address,
};
pub use fleet::{
    Agent, CellText, Coordinates, DEFAULT_FLOW_PORT, Device, Fleet, FleetRead, FleetReadKind,
    MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, NewAgents, PostalAddress, Row, SITE_TITLE_CHARS, Site,
    SiteType, SitesRead, Status, StatusCounts, Version,
};
pub use install::{FlowRegion, InstallCommand, InstallValues, Platform, Step};
pub use list::{
    Column, Direction, Filter, Matcher, PlacedRow, RowLayout, Sorting, anchored_scroll_top,
    filter_rows, index_of, items_to_keep_in_place, keep_order, revealing_scroll_top, row_window,
    sort, worst_first,
};
pub use map::{
    Bounds, CLUSTER_RADIUS_PX, Cluster, Fit, FitBasis, Location, MarkerGroup, MarkerGroups,
    MovedBy, PopupContent, clusters, is_fit_due, locations, nearest_copy, zoom_that_parts,
};
pub use natural::natural_cmp;
pub use percent::encode_component;
pub use plural::plural;
pub use refresh::{LastRead, NextRead, RefreshEvent, RefreshState};
pub use relative_time::relative_time;
pub use server_clock::ServerClock;
pub use view_state::{DialogView, ViewState, below_base};
