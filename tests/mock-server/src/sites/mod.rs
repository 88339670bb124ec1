//! `/site/v202509/sites`: one file per verb.

mod create;
mod list;

pub use create::*;
pub use list::*;
