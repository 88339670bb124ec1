//! The mock server over HTTP, started in this process. Every answer of the API is held against the
//! contract that the server itself publishes (`support.rs`).
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy takes the helpers of tests for ordinary code"
)]

mod agents;
mod control;
mod credentials;
mod documented;
mod faults;
mod fleet;
mod incremental;
mod openapi;
mod paging;
mod program;
mod sites;
mod static_files;
mod support;
