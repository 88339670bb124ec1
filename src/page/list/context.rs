//! What all rows share.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::host::{ElementOptions, Host};
use crate::page::widgets::TipText;
use crate::state::highlight::Highlight;

/// What all rows share.
#[derive(Clone, Copy)]
pub struct RowContext {
    /// The height of a collapsed row, in CSS pixels.
    pub row_height: Signal<f64>,
    /// The ids of the expanded agents.
    pub expanded: Memo<Vec<String>>,
    /// The measured heights of details, by agent id, in CSS pixels.
    pub detail_heights: RwSignal<HashMap<String, f64>>,
    /// The ids of the agents whose devices are all listed.
    pub with_all_devices: RwSignal<HashSet<String>>,
    /// What is highlighted.
    pub highlight: RwSignal<Option<Highlight>>,
    /// The time on the server's clock.
    pub now: Signal<DateTime<Utc>>,
    /// The tip that shows the exact time.
    pub tip: RwSignal<Option<TipText>>,
    /// The element's attributes.
    pub options: ReadSignal<ElementOptions>,
    /// Whether the page is read-only.
    pub read_only: Signal<bool>,
    /// Receives `kp-navigate` when a device's link is clicked.
    pub host: Host,
    /// What a row's buttons do.
    pub actions: RowActions,
}

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
