//! Runs the contract of the agent API (`docs/agent-api.md`) against any backend, over HTTP, and says in
//! plain words what does not hold.
//!
//! - `options.rs`: what a run is told, and so what it may change;
//! - `backend.rs`: asks the backend, within limits of time and size; `answer.rs`: what came,
//!   whatever it is; `calls.rs`: the calls of the API as the checks use them;
//! - `shape.rs`: agents and sites held against the contract, field by field;
//! - `checks/`: one file for each part of the contract;
//! - `report.rs`: what was found.
//!
//! Everything that a backend sends is hostile: nothing in it makes a check panic, and what is told
//! of it is short, of printable characters, and free of the secrets of the run.
//! `README.md` tells how to use it.

mod answer;
mod backend;
mod calls;
mod checks;
mod options;
mod report;
mod run;
mod shape;

pub use options::{Api, Header, Options, headers_of};
pub use report::{Fault, Finding, Outcome, Report, Teller};
pub use run::{CannotRun, run};
