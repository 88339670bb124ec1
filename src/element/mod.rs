//! The custom element `<kproxy-agents>`: mounts the page into it. No other module imports this one.
//!
//! The element's class is in JavaScript (`kproxy-agents.js`), as it has to be. It loads this program
//! once for all elements and calls [`mount`] for each.

mod mount;

pub use mount::{PageHandle, mount};
