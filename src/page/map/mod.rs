//! The map "kproxy Agents map", with the shown agents.

mod follow;
mod leaflet_map;
mod loading;
mod markers;
mod popup;
mod touch_hint;
mod unlocated;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, KeyboardEvent};

use super::icons::{self, Icon};
use super::part::{Part, PartNotice};
use crate::browser::events;
use crate::browser::lasting::Lasting;
use crate::browser::resize::on_resize;
use crate::browser::tasks::Tasks;
use crate::browser::timers::NextFrame;
use crate::domain::{Filter, locations};
use crate::host::ElementOptions;
use crate::host::Host;
use crate::leaflet::Map;
use crate::state::fleet_store::Loaded;
use crate::state::highlight::Highlight;
use crate::state::list_model::ListModel;
use follow::{Followed, after_first_rows, draw_markers, follow_agents};
use leaflet_map::{MAX_ZOOM, MapHandle, Motion};
use loading::{MISSING_TEXT, MapLoading, MissingNotice};
use markers::marker_key;
use popup::{Attention, Popup};
use touch_hint::TouchHint;
use unlocated::Unlocated;

/// What the map shows, and whom it tells.
#[derive(Clone, Copy)]
pub struct MapContext {
    /// Provides the map library and the base map.
    pub host: Host,
    /// The element's attributes.
    pub options: ReadSignal<ElementOptions>,
    /// The agents, filtered and sorted.
    pub list_model: ListModel,
    /// The filter; a change fits the map again.
    pub filter: Memo<Filter>,
    /// What is highlighted.
    pub highlight: RwSignal<Option<Highlight>>,
    /// The time on the server's clock.
    pub now: Lasting<ReadSignal<DateTime<Utc>>>,
    /// How much of the fleet has been read.
    pub loaded: Signal<Loaded>,
    /// Whether the sites have been read.
    pub has_sites: Signal<bool>,
    /// Called with the id of an agent that the user chooses.
    pub on_agent: Callback<String>,
    /// Called to show only the agents without a location.
    pub on_unlocated: Callback<()>,
}

/// Builds the map.
pub type BuildMap = fn(MapContext) -> AnyView;

/// Loads the map.
#[allow(clippy::unnecessary_wraps, reason = "the macro adds the failures")]
#[wasm_split(map, wasm_split_path = leptos::wasm_split, fallible)]
pub fn load() -> Result<BuildMap, SplitLoaderError> {
    Ok(|context| view! { <MapContent context /> }.into_any())
}

/// The map of the agents that match the filter: a frame at once, and what is in it after the list.
#[component]
pub fn AgentsMap(
    /// What it shows.
    context: MapContext,
    /// Builds it.
    part: Part<BuildMap>,
    /// The id of what says how old the data is, if it is old.
    described_by: Signal<Option<String>>,
) -> impl IntoView {
    let is_due = after_first_rows(context.loaded);
    let tasks = Tasks::here();
    Effect::new(move |_| {
        if is_due.get() {
            part.request();
            // Both at once: the map asks for it again.
            tasks.spawn(async move {
                context.host.load_leaflet(false).await;
            });
        }
    });
    view! {
        <section class="kp-map-frame" part="map" role="region" aria-label="kproxy Agents map" aria-describedby=described_by>
            {move || part.view(|build| build(context), || missing_map(part))}
        </section>
    }
}

fn missing_map(part: Part<BuildMap>) -> AnyView {
    view! {
        <div class="kp-map-missing" data-focus-successor=".kp-map">
            <PartNotice part text=MISSING_TEXT />
        </div>
    }
    .into_any()
}

/// What is in the map's frame.
#[component]
fn MapContent(
    /// What it shows.
    context: MapContext,
) -> impl IntoView {
    let MapContext {
        host,
        options,
        list_model,
        filter,
        highlight,
        now,
        loaded,
        has_sites,
        on_agent,
        on_unlocated,
    } = context;
    let zoom = RwSignal::new(1.0);
    let has_size = RwSignal::new(false);
    let map = MapHandle::new();
    let node = map.node;
    let attention = Attention::new(node, highlight);
    let loading = MapLoading::new(host, map);
    let hint = TouchHint::new();

    let fit = move |motion| {
        let rows = list_model.rows.get_untracked();
        map.fit(&locations(&rows), motion);
    };
    loading.make_map(
        // In an element without a size no map can be fitted.
        move || has_size.get(),
        move |leaflet, node| {
            let on_move = move || attention.close_for_move();
            map.create(leaflet, node, zoom, on_move, move || fit(Motion::Instant));
        },
    );
    on_resize(node, move |node| {
        if map.resize(node) {
            fit(Motion::Instant);
        }
        if node.client_width() > 0 && node.client_height() > 0 && !has_size.get_untracked() {
            has_size.set(true);
        }
    });
    let (is_ready, zoom_now) = (loading.is_ready.read_only(), zoom.read_only());
    map.show_tiles(is_ready, options);
    draw_markers(map, is_ready, attention, zoom_now, highlight.into());
    let followed = Followed {
        list_model,
        filter,
        loaded,
        has_sites,
    };
    follow_agents(map, is_ready, attention, zoom_now, followed);

    let next_frame = NextFrame::default();
    let groups = attention.groups;
    let activate = move |key: String| {
        let parting = groups.with_untracked(|groups| groups.zoom_that_parts(&key, MAX_ZOOM));
        let at = groups.with_untracked(|groups| groups.get(&key).map(|group| group.at));
        if let (Some(zoom), Some(at)) = (parting, at) {
            attention.close_for_move();
            map.zoom_to(at, zoom);
        } else {
            attention.open(key);
            next_frame.set(move || focus_popup(host));
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let has_modifier = event.alt_key() || event.ctrl_key() || event.meta_key();
        if let Some(marker) = marker_key(&event).filter(|_| !has_modifier)
            && let Some(key) = events::key(&event)
            && map.on_marker_key(&marker, &key)
        {
            event.prevent_default();
        }
    };

    view! {
        <div
            class="kp-map"
            role="group"
            aria-label="Map: arrow keys move, plus and minus zoom"
            node_ref=node
            on:click=move |event| {
                map.with_map(|map| map.scroll_wheel_zoom().enable());
                if let Some(key) = marker_key(&event).filter(|_| !map.is_drag_click()) {
                    activate(key);
                }
            }
            on:pointerleave=move |_| map.with_map(|map| map.scroll_wheel_zoom().disable())
            on:pointercancel=move |event| hint.on_pointer_cancel(&event)
            on:focusin=move |event| {
                if let Some(key) = marker_key(&event) {
                    map.on_marker_focus(&key);
                }
            }
            on:keydown=on_key
        ></div>
        <Popup attention now on_agent />
        <div class="kp-map-buttons" data-over-map>
            <MapButton name="Zoom in" svg=icons::PLUS on_click=Callback::new(move |()| map.with_map(Map::zoom_in)) />
            <MapButton name="Zoom out" svg=icons::MINUS on_click=Callback::new(move |()| map.with_map(Map::zoom_out)) />
            <MapButton name="Fit" svg=icons::FIT on_click=Callback::new(move |()| fit(Motion::Animated)) />
        </div>
        <Unlocated list_model on_click=on_unlocated />
        {move || options.with(|options| {
            options.tile_url.is_some().then(|| view! {
                <p class="kp-attribution" data-over-map>{options.tile_attribution.clone()}</p>
            })
        })}
        <MissingNotice loading />
        {hint.view()}
    }
}

/// A button on the map: an icon, with its name as a tooltip.
#[component]
fn MapButton(
    /// Its accessible name.
    name: &'static str,
    /// The content of its icon's `<svg>`.
    svg: &'static str,
    /// Called on a click.
    on_click: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class="kp-map-button" aria-label=name title=name on:click=move |_| on_click.run(())>
            <Icon svg />
        </button>
    }
}

/// Moves focus to the first agent in the popup.
fn focus_popup(host: Host) {
    let agent = host
        .shadow_root()
        .and_then(|root| root.query_selector(".kp-popup button").ok()?)
        .and_then(|agent| agent.dyn_into::<HtmlElement>().ok());
    if let Some(agent) = agent {
        // If the popup has closed, focus stays where it is.
        agent.focus().ok();
    }
}
