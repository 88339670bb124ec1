//! The custom element `<kproxy-agents>`: how the page is mounted into it. Nothing imports this room.
//!
//! The element's class is JavaScript (`kproxy-agents.js`), since a custom element has to be; it
//! loads this program once for all elements and calls [`mount`] for each.

mod mount;

pub use mount::{PageHandle, mount};
