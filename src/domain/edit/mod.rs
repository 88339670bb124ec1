//! Editing an agent: what the user enters, what is wrong with it, what others changed meanwhile,
//! and how it is saved.

mod draft;
mod entries;
mod form_field;
mod kept;
mod removal;
mod resolution;
mod save;
mod site_search;
mod validate;

pub use draft::{AgentChanges, AgentDraft, EditableField, FieldConflict, conflicts};
pub use entries::{AgentEntries, SiteEntry};
pub use form_field::{FormField, SiteMode};
pub use kept::{KeptDraft, KeptDrafts};
pub use removal::{devices_to_name, distinguishing_facts, neighbor};
pub use resolution::{Resolution, Resolutions, Side};
pub use save::{AgentEdit, SaveEvent, SaveProtocol, SaveStep, SaveStopped, Saved};
pub use site_search::find_sites;
pub use validate::{
    InvalidEntry, parse_private_ip, validate_description, validate_name, validate_private_ip,
    validate_site_title, validate_street_address,
};
