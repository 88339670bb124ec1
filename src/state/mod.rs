//! What is true now: the fleet and its reading, what the list shows, the URL, what is highlighted. No views.

pub mod drafts;
pub mod fleet_reader;
pub mod fleet_store;
pub mod highlight;
pub mod list_handle;
pub mod list_model;
pub mod url_sync;

pub use drafts::Drafts;
pub use fleet_reader::FleetReader;
pub use fleet_store::{FleetStore, Loaded};
