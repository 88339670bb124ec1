//! The map "kproxy Agents map", with the shown agents.

mod follow;
mod leaflet_map;
mod markers;
mod popup;
mod unlocated;

use chrono::{DateTime, Utc};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::icons::{self, Icon};
use crate::browser::js_object::object;
use crate::browser::resize::on_resize;
use crate::browser::tasks::Tasks;
use crate::browser::timers::NextFrame;
use crate::domain::{Filter, MarkerGroups};
use crate::host::ElementOptions;
use crate::host::Host;
use crate::leaflet::{Leaflet, Map};
use crate::state::fleet_store::Loaded;
use crate::state::highlight::Highlight;
use crate::state::list_model::ListModel;
use follow::{after_first_rows, draw_markers, follow_agents};
use leaflet_map::{MAX_ZOOM, MapHandle, Motion, draw_base_map};
use markers::marker_key;
use popup::Popup;
use unlocated::Unlocated;

/// The map of the agents that match the filter.
#[component]
pub fn AgentsMap(
    /// Provides the map library and the base map.
    host: Host,
    /// The element's attributes.
    #[prop(into)]
    options: ReadSignal<ElementOptions>,
    /// The agents, filtered and sorted.
    list_model: ListModel,
    /// The filter; a change fits the map again.
    filter: Memo<Filter>,
    /// What is highlighted.
    highlight: RwSignal<Option<Highlight>>,
    /// The time on the server's clock.
    #[prop(into)]
    now: Signal<DateTime<Utc>>,
    /// How much of the fleet has been read.
    #[prop(into)]
    loaded: Signal<Loaded>,
    /// The id of what says how old the data is, if it is old.
    described_by: Signal<Option<String>>,
    /// Called with the id of an agent that the user chooses.
    on_agent: Callback<String>,
    /// Called to show only the agents without a location.
    on_unlocated: Callback<()>,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let ready = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let zoom = RwSignal::new(1_u8);
    let groups = RwSignal::new(MarkerGroups::default());
    let open = RwSignal::new(None::<String>);
    let map = MapHandle::new();

    let is_due = after_first_rows(loaded);
    Effect::new(move |_| {
        let Some(node) = node.get().filter(|_| is_due.get()) else {
            return;
        };
        if map.has_map() {
            return;
        }
        // Ends with this run of the effect: of two runs only the last makes a map.
        Tasks::here().spawn(async move {
            let Some(library) = host.leaflet() else {
                return;
            };
            match JsFuture::from(library).await {
                Ok(module) => {
                    let leaflet: Leaflet = module.unchecked_into();
                    let leaflet_map = map.create(&leaflet, &node, zoom, open);
                    ready.set(true);
                    draw_base_map(leaflet, leaflet_map, host, options);
                }
                Err(_) => failed.set(true),
            }
        });
    });

    on_resize(node, move |_| {
        map.with_map(|map| map.invalidate_size(&object([("pan", false.into())])));
    });
    let (is_ready, zoom_now) = (ready.read_only(), zoom.read_only());
    draw_markers(map, is_ready, groups, zoom_now, highlight.into());
    follow_agents(map, is_ready, list_model, filter, loaded, groups, zoom_now);

    let next_frame = NextFrame::default();
    let activate = move |key: String| {
        let parting = groups.with_untracked(|groups| groups.zoom_that_parts(&key, MAX_ZOOM));
        let at = groups.with_untracked(|groups| groups.get(&key).map(|group| group.at));
        if let (Some(zoom), Some(at)) = (parting, at) {
            open.set(None);
            map.zoom_to(at, zoom);
        } else {
            open.set(Some(key));
            next_frame.set(move || focus_popup(host));
        }
    };
    let fit = move || map.fit(&list_model.rows.get_untracked(), Motion::Animated);

    view! {
        <section class="kp-map-frame" part="map" role="region" aria-label="kproxy Agents map" aria-describedby=described_by>
            <div
                class="kp-map"
                role="group"
                aria-label="Map: arrow keys move, plus and minus zoom"
                node_ref=node
                on:click=move |event| {
                    map.with_map(|map| map.scroll_wheel_zoom().enable());
                    if let Some(key) = marker_key(&event) {
                        activate(key);
                    }
                }
                on:pointerleave=move |_| map.with_map(|map| map.scroll_wheel_zoom().disable())
                on:dblclick=move |_| map.note_move_by_user()
                on:keydown=move |_| map.note_move_by_user()
            ></div>
            <Popup map=node groups open highlight now on_agent />
            <div class="kp-map-buttons">
                <MapButton name="Zoom in" svg=icons::PLUS on_click=Callback::new(move |()| map.move_for_user(Map::zoom_in)) />
                <MapButton name="Zoom out" svg=icons::MINUS on_click=Callback::new(move |()| map.move_for_user(Map::zoom_out)) />
                <MapButton name="Fit" svg=icons::FIT on_click=Callback::new(move |()| fit()) />
            </div>
            <Unlocated list_model on_click=on_unlocated />
            {move || options.with(|options| {
                options.tile_url.is_some().then(|| view! {
                    <p class="kp-attribution">{options.tile_attribution.clone()}</p>
                })
            })}
            <Show when=move || failed.get()>
                <p class="kp-map-failed" role="alert">"Could not load the map. The list below is complete"</p>
            </Show>
        </section>
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
        .and_then(|agent| agent.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(agent) = agent {
        // If the popup has closed, focus stays where it is.
        agent.focus().ok();
    }
}
