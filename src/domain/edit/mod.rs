//! What the user enters about an agent: drafts, their checks, and conflicts with others.

mod draft;
mod site_search;
mod validate;

pub use draft::{AgentChanges, AgentDraft, EditableField, FieldConflict, conflicts};
pub use site_search::find_sites;
pub use validate::{
    InvalidEntry, parse_private_ip, validate_description, validate_name, validate_private_ip,
    validate_site_title, validate_street_address,
};
