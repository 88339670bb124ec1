//! The kproxy Agents page.
//!
//! The rooms of this house, from the ground up; each may use those below it (`tests/layers.rs`
//! holds that):
//!
//! - [`domain`]: the rules, in plain Rust, without browser or signals;
//! - `browser` and `leaflet`: what the browser and the map library offer;
//! - [`host`]: the element's attributes and events; [`api`]: the client of the agent API, whose wire
//!   types also serve the mock server;
//! - `state`: what is true now, in signals, without views;
//! - `page`: the Leptos components;
//! - `element`: mounts the page into `<kproxy-agents>`; `gallery`: shows the widgets in all their
//!   states, in development builds alone.
//!
//! What needs a browser builds for `wasm32` alone. The rest also builds and tests natively.

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
