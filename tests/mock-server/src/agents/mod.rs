//! `/kproxy/v202611/agents`: one file per verb.

mod get;
mod list;
mod remove;
mod update;

pub use get::*;
pub use list::*;
pub use remove::*;
pub use update::*;
