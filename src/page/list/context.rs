//! What all rows of the list share.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::host::{ElementOptions, Host};
use crate::page::widgets::TipText;
use crate::state::highlight::Highlight;

/// What all rows of the list share.
#[derive(Clone, Copy)]
pub struct RowContext {
    /// Height of a row that is not expanded, in CSS pixels.
    pub row_height: Signal<f64>,
    /// The ids of the expanded agents.
    pub expanded: Memo<Vec<String>>,
    /// How high the details of the agents that were expanded are, by id; in CSS pixels.
    pub detail_heights: RwSignal<HashMap<String, f64>>,
    /// The ids of the agents of which all devices are listed, however many.
    pub with_all_devices: RwSignal<HashSet<String>>,
    /// What is highlighted.
    pub highlight: RwSignal<Option<Highlight>>,
    /// The time on the server's clock.
    pub now: Signal<DateTime<Utc>>,
    /// Where the exact time shows.
    pub tip: RwSignal<Option<TipText>>,
    /// The element's attributes.
    pub options: ReadSignal<ElementOptions>,
    /// Whether nothing may be changed.
    pub read_only: Signal<bool>,
    /// Told when a device's link is followed.
    pub host: Host,
    /// What a row's buttons do.
    pub actions: RowActions,
}

/// What a row's buttons do; each is called with the agent's id.
#[derive(Clone, Copy)]
pub struct RowActions {
    /// Opens and closes the details.
    pub toggle: Callback<String>,
    /// Edits the agent.
    pub edit: Callback<String>,
    /// Removes the agent.
    pub remove: Callback<String>,
}
