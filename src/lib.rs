//! The kproxy Agents page.
//!
//! The house has three storeys, each knowing only those below it:
//!
//! - ground: [`domain`], the rules, in plain Rust;
//! - first, the ways out: [`api`] (the agent API; its wire types also serve the mock server),
//!   `browser` (clock, URL, storage) and `leaflet` (the map library);
//! - second: `page`, the Leptos components, mounted by `element` into `<kproxy-agents>`; beside it, in
//!   development builds alone, `gallery`, which shows its widgets in all their states.
//!
//! Everything that needs a browser builds for `wasm32` alone; the rest also builds and tests
//! natively.

pub mod api;
#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod domain;
#[cfg(target_arch = "wasm32")]
pub mod element;
#[cfg(all(debug_assertions, target_arch = "wasm32"))]
pub mod gallery;
pub mod host;
#[cfg(target_arch = "wasm32")]
pub mod leaflet;
#[cfg(target_arch = "wasm32")]
pub mod page;
#[cfg(target_arch = "wasm32")]
pub mod state;
