//! The rules of the page in plain Rust: no browser, no signals, no clock of its own.
//!
//! What depends on the time takes `now`, the time on the server's clock.
//!
//! - the fleet: [`Agent`], [`Site`], and a [`Row`] for each agent; [`Fleet`] holds them all and merges
//!   what is read and saved; [`Status`], [`StatusCounts`], [`Version`], [`NewAgents`];
//! - time: [`ServerClock`], [`AsOf`], [`relative_time`]; when what is read: [`Reading`];
//! - the list: [`Filter`], [`Sorting`], [`RowLayout`], [`row_window`], [`anchored_scroll_top`], what a
//!   row says: [`RowText`], and which rows keep their nodes: [`items_to_keep_in_place`];
//! - the map: [`Location`], [`Cluster`], [`MarkerGroups`], [`Fitting`], [`fit_view`], [`tab_stop`],
//!   [`PopupContent`];
//! - editing: `validate_…`, [`find_sites`], [`AgentEdit`], [`conflicts`], [`SaveProtocol`]; after a
//!   removal: [`neighbor`];
//! - the URL: [`ViewState`];
//! - installing an agent: [`Platform`], [`InstallValues`];
//! - widgets, which know nothing of agents: [`combobox`], [`popover_position`].

mod as_of;
pub mod backoff;
pub mod combobox;
pub mod count;
mod edit;
#[cfg(test)]
mod fixtures;
mod fleet;
mod install;
mod list;
mod map;
mod natural;
mod paging;
mod percent;
mod plural;
pub mod popover_position;
pub(crate) mod proto3;
mod quick_map;
mod reading;
mod relative_time;
mod server_clock;
pub mod text;
mod view_state;

pub use as_of::{AsOf, Outdated};
pub use edit::{
    AgentChanges, AgentDraft, AgentEdit, AgentEntries, EditableField, FieldConflict, FormField,
    InvalidEntry, KeptDraft, KeptDrafts, Resolution, Resolutions, SaveEvent, SaveProtocol,
    SaveStep, SaveStopped, Saved, Side, SiteEntry, SiteMode, conflicts, devices_to_name,
    distinguishing_facts, find_sites, neighbor, parse_private_ip, validate_description,
    validate_name, validate_private_ip, validate_site_title, validate_street_address,
};
pub(crate) use fleet::known_or_unspecified;
pub use fleet::{
    Agent, CellText, Coordinates, DEFAULT_FLOW_PORT, Device, Fleet, FleetRead, FleetReadKind,
    MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, NewAgents, PostalAddress, Row, SITE_TITLE_CHARS, Site,
    SiteType, SitesRead, Status, StatusCounts, Version,
};
pub use install::{FlowRegion, InstallCommand, InstallValues, Platform, Step};
pub use list::{
    Column, Direction, Filter, Matcher, PlacedRow, RowCell, RowLayout, RowText, ScrollPosition,
    ScrollScale, Sorting, anchored_scroll_top, filter_rows, index_of, items_to_keep_in_place,
    keep_order, revealing_scroll_top, row_window, sort, worst_first,
};
pub use map::{
    Bounds, CLUSTER_RADIUS_PX, Cluster, FitBasis, Fitting, Location, MapPoint, MapView,
    MarkerGroup, MarkerGroups, MarkerStep, MovedBy, PlacedMarker, PopupContent, Resized, clusters,
    fit_view, locations, nearest_copy, nearest_marker, step, tab_stop, zoom_that_parts,
};
pub use paging::{MOST_AGENTS, PageWalk, PagingError};
pub use percent::encode_component;
pub use plural::plural;
pub use reading::{Moment, Orders, Outcome, Reading, ReadingEvent, Target};
pub use relative_time::relative_time;
pub use server_clock::{LocalTime, ServerClock};
pub use view_state::{DialogView, ViewState, below_base};
