//! Runs against the mock server, whole and broken in every way that a check should catch.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "clippy takes the helpers of tests for ordinary code; tables of breaks are long"
)]

mod catches;
mod hostile;
mod passes;
mod program;
mod support;
