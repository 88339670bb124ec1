//! What is true now: the fleet and its reading, what the list shows, the URL, what is lit up. No views.

pub mod fleet_store;
pub mod highlight;
pub mod list_model;
pub mod url_sync;

pub use fleet_store::LiveFleet;
