//! What all rows share.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::browser::lasting::Lasting;
use crate::domain::PlacedRow;
use crate::host::{ElementOptions, Host};
use crate::page::part::Part;

/// What the details of all rows share. It outlives each of them.
#[derive(Clone, Copy)]
pub struct RowContext {
    /// The measured heights of details, by agent id, in CSS pixels.
    pub detail_heights: RwSignal<HashMap<String, f64>>,
    /// The ids of the agents whose devices are all listed.
    pub with_all_devices: Lasting<RwSignal<HashSet<String>>>,
    /// The time on the server's clock.
    pub now: Lasting<ReadSignal<DateTime<Utc>>>,
    /// The element's attributes.
    pub options: Lasting<ReadSignal<ElementOptions>>,
    /// Receives `kp-navigate` when a device's link is clicked.
    pub host: Host,
    /// Builds the details.
    pub details: Part<BuildDetails>,
}

impl RowContext {
    /// The details of an agent have been measured.
    pub fn set_detail_height(self, id: &str, height: f64) {
        let is_new = self.detail_heights.with_untracked(|heights| {
            let before = heights.get(id);
            before.is_none_or(|before| (before - height).abs() > 0.01)
        });
        if height > 0.0 && is_new {
            self.detail_heights.update(|heights| {
                heights.insert(id.to_owned(), height);
            });
        }
    }
}

/// Builds the details below an expanded row.
pub type BuildDetails = fn(RowContext, Lasting<ReadSignal<PlacedRow>>) -> AnyView;

/// The actions of a row's buttons, each called with the agent's id.
#[derive(Clone, Copy)]
pub struct RowActions {
    /// Opens and closes the details.
    pub toggle: Callback<String>,
    /// Edits the agent.
    pub edit: Callback<String>,
    /// Removes the agent.
    pub remove: Callback<String>,
}
