//! What all rows share.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::browser::lasting::Lasting;
use crate::domain::PlacedRow;
use crate::host::{ElementOptions, Host};
use crate::page::part::Part;
use crate::page::widgets::TipText;
use crate::state::highlight::Highlight;

/// What all rows share. It outlives each of them.
#[derive(Clone, Copy)]
pub struct RowContext {
    /// The height of a collapsed row, in CSS pixels.
    pub row_height: Lasting<RwSignal<f64>>,
    /// The ids of the expanded agents.
    pub expanded: Lasting<Memo<Vec<String>>>,
    /// The measured heights of details, by agent id, in CSS pixels.
    pub detail_heights: Lasting<RwSignal<HashMap<String, f64>>>,
    /// The ids of the agents whose devices are all listed.
    pub with_all_devices: Lasting<RwSignal<HashSet<String>>>,
    /// What is highlighted.
    pub highlight: Lasting<RwSignal<Option<Highlight>>>,
    /// The time on the server's clock.
    pub now: Lasting<ReadSignal<DateTime<Utc>>>,
    /// The tip that shows the exact time.
    pub tip: RwSignal<Option<TipText>>,
    /// The element's attributes.
    pub options: Lasting<ReadSignal<ElementOptions>>,
    /// Whether the page is read-only.
    pub read_only: Lasting<Memo<bool>>,
    /// Receives `kp-navigate` when a device's link is clicked.
    pub host: Host,
    /// What a row's buttons do.
    pub actions: RowActions,
    /// Builds the details.
    pub details: Part<BuildDetails>,
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
