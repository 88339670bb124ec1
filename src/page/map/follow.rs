//! Keeps the map up to date: when it is created, when its markers follow the agents, and when it is
//! fitted to them.

use leptos::prelude::*;

use super::leaflet_map::{MapHandle, Motion};
use crate::browser::timers::Alarm;
use crate::domain::{Filter, FitBasis, MarkerGroups, is_fit_due};
use crate::state::fleet_store::Loaded;
use crate::state::highlight::Highlight;
use crate::state::list_model::ListModel;

/// The longest time that the map waits for the first rows.
const MAP_WAITS_MS: u32 = 500;
/// The delay before the map follows the agents, so that the list is painted first.
const PAUSE_MS: u32 = 50;
/// The delay while the user types, so that only the list responds between two keys.
const TYPING_PAUSE_MS: u32 = 250;

/// True once the first rows are painted, or the wait for them is over. The list comes first, and
/// creating a map would delay it.
pub fn after_first_rows(loaded: Signal<Loaded>) -> ReadSignal<bool> {
    let is_due = RwSignal::new(false);
    let waiting = Alarm::default();
    waiting.set(MAP_WAITS_MS, move || is_due.set(true));
    Effect::new(move |_| {
        if loaded.get() != Loaded::Nothing {
            request_animation_frame(move || waiting.set(0, move || is_due.set(true)));
        }
    });
    is_due.read_only()
}

/// Draws the markers for the groups and the highlight.
pub fn draw_markers(
    map: MapHandle,
    ready: ReadSignal<bool>,
    groups: RwSignal<MarkerGroups>,
    zoom: ReadSignal<u8>,
    highlight: Signal<Option<Highlight>>,
) {
    Effect::new(move |_| {
        let zoom = zoom.get();
        groups.maybe_update(|groups| groups.regroup(zoom));
    });
    Effect::new(move |_| {
        groups.track();
        if ready.get() {
            map.with_markers(|markers| groups.with_untracked(|groups| markers.draw(groups)));
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

/// Updates the markers a little later than the list. Fits the map on first load, after the last
/// page, and whenever the filter changes what is shown.
pub fn follow_agents(
    map: MapHandle,
    ready: ReadSignal<bool>,
    list_model: ListModel,
    filter: Memo<Filter>,
    loaded: Signal<Loaded>,
    groups: RwSignal<MarkerGroups>,
    zoom: ReadSignal<u8>,
) {
    let basis = StoredValue::new(None::<FitBasis>);
    let fit = move || {
        let loaded = loaded.get_untracked();
        if loaded == Loaded::Nothing {
            return;
        }
        let now = FitBasis {
            is_complete: loaded == Loaded::Whole,
            filter: filter.get_untracked(),
            rows: list_model.rows.get_untracked(),
        };
        if basis.with_value(|before| is_fit_due(before.as_ref(), &now, map.moved_by())) {
            map.fit(&now.rows, Motion::Instant);
        }
        basis.set_value(Some(now));
    };
    let following = Alarm::default();
    Effect::new(move |before: Option<String>| {
        loaded.track();
        list_model.rows.track();
        let is_ready = ready.get();
        let text = filter.with(|filter| filter.text.clone());
        let typed = before.is_some_and(|before| before != text);
        following.set(if typed { TYPING_PAUSE_MS } else { PAUSE_MS }, move || {
            if is_ready {
                fit();
            }
            // After the fit, because it sets the zoom.
            let zoom = zoom.get_untracked();
            groups.set(
                list_model
                    .rows
                    .with_untracked(|rows| MarkerGroups::of(rows, zoom)),
            );
        });
        text
    });
}
