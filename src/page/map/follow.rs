//! Keeps the map up to date: when it is created, when its markers follow the agents, and when it is
//! fitted to them.

use leptos::prelude::*;

use super::leaflet_map::{MapHandle, Motion};
use super::popup::Attention;
use crate::browser::timers::Alarm;
use crate::domain::{Filter, FitBasis, MarkerGroups, locations};
use crate::state::fleet_store::Loaded;
use crate::state::highlight::Highlight;
use crate::state::list_model::ListModel;

/// The longest time that the map waits for the first rows.
const MAP_WAITS_MS: u32 = 500;
/// The delay before the map follows the agents, so that the list is painted first.
const PAUSE_MS: u32 = 50;
/// The delay while the user types, so that only the list responds between two keys.
const TYPING_PAUSE_MS: u32 = 250;

/// What the map follows.
#[derive(Clone, Copy)]
pub struct Followed {
    /// The agents, filtered and sorted.
    pub list_model: ListModel,
    /// The filter; a change fits the map again.
    pub filter: Memo<Filter>,
    /// How much of the fleet has been read.
    pub loaded: Signal<Loaded>,
    /// Whether the sites have been read.
    pub has_sites: Signal<bool>,
}

/// True once the first rows are painted, or the wait for them is over. The list comes first, and
/// creating a map would delay it.
pub fn after_first_rows(loaded: Signal<Loaded>) -> Memo<bool> {
    let is_due = RwSignal::new(false);
    let waiting = Alarm::default();
    waiting.set(MAP_WAITS_MS, move || is_due.set(true));
    Effect::new(move |_| {
        if loaded.get() != Loaded::Nothing {
            request_animation_frame(move || waiting.set(0, move || is_due.set(true)));
        }
    });
    Memo::new(move |_| is_due.get())
}

/// Draws the markers for the groups and the highlight.
pub fn draw_markers(
    map: MapHandle,
    ready: ReadSignal<bool>,
    attention: Attention,
    zoom: ReadSignal<f64>,
    highlight: Signal<Option<Highlight>>,
) {
    let groups = attention.groups;
    Effect::new(move |_| {
        let zoom = zoom.get();
        if let Some(groups) = groups.with_untracked(|groups| groups.at_zoom(zoom)) {
            attention.regroup(groups);
        }
    });
    Effect::new(move |_| {
        groups.track();
        if ready.get() {
            groups.with_untracked(|groups| map.draw_markers(groups));
        }
    });
    Effect::new(move |_| {
        groups.track();
        let highlight = highlight.get();
        map.with_markers(|markers| {
            groups.with_untracked(|groups| markers.highlight(groups, highlight.as_ref()));
        });
    });
}

/// Updates the markers a little later than the list, and fits the map where [`Fitting`] says so.
///
/// [`Fitting`]: crate::domain::Fitting
pub fn follow_agents(
    map: MapHandle,
    ready: ReadSignal<bool>,
    attention: Attention,
    zoom: ReadSignal<f64>,
    followed: Followed,
) {
    let Followed {
        list_model,
        filter,
        loaded,
        has_sites,
    } = followed;
    let following = Alarm::default();
    Effect::new(move |before: Option<String>| {
        if loaded.get() == Loaded::Nothing {
            map.restart_fitting();
        }
        list_model.rows.track();
        has_sites.track();
        let is_ready = ready.get();
        let text = filter.with(|filter| filter.text.clone());
        let typed = before.is_some_and(|before| before != text);
        following.set(if typed { TYPING_PAUSE_MS } else { PAUSE_MS }, move || {
            let rows = list_model.rows.get_untracked();
            let locations = locations(&rows);
            let loaded = loaded.get_untracked();
            let now = FitBasis {
                is_complete: loaded == Loaded::Whole,
                has_sites: has_sites.get_untracked(),
                filter: filter.get_untracked(),
                rows,
            };
            if is_ready && loaded != Loaded::Nothing && map.is_fit_due(now) {
                map.fit(&locations, Motion::Instant);
            }
            // After the fit, because it sets the zoom.
            let zoom = zoom.get_untracked();
            attention.regroup(MarkerGroups::of_locations(locations, zoom));
        });
        text
    });
}
