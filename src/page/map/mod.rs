//! The map "kproxy Agents map": where the shown agents are.

mod markers;
mod popup;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use js_sys::Array;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event};

use super::icons::{self, Icon};
use crate::browser::intl;
use crate::browser::resize::on_resize;
use crate::browser::timers::{Alarm, NextFrame};
use crate::domain::{Bounds, Filter, Groups};
use crate::host::Host;
use crate::host::Options;
use crate::leaflet::{self, Leaflet, Map, lat_lng, object};
use crate::state::fleet_store::Loaded;
use crate::state::highlight::Lit;
use crate::state::list_model::{Rows, Shown};
use markers::Markers;
use popup::Popup;

/// The built-in base map has no more to show from here on, but places still part.
const MAX_ZOOM: f64 = 14.0;
/// A fit of one place zooms no deeper.
const MAX_ZOOM_OF_ONE_PLACE: f64 = 8.0;
const MAX_ZOOM_OF_FIT: f64 = 12.0;
/// From here on the finer coastline shows.
const FINE_LAND_FROM_ZOOM: f64 = 4.0;
/// Beside and above the outermost markers.
const FIT_PADDING_PX: [f64; 2] = [44.0, 26.0];
/// The map waits for the first rows, but no longer.
const MAP_WAITS_MS: u32 = 500;
/// The map follows the agents after this pause: the list has been painted by then.
const PAUSE_MS: u32 = 50;
/// While a user types, after this one: between two keys the list alone answers.
const TYPING_PAUSE_MS: u32 = 250;

/// A Leaflet map, and what the page drew on it.
#[derive(Clone, Copy)]
struct Drawn {
    map: StoredValue<Option<Map>, LocalStorage>,
    markers: StoredValue<Option<Markers>, LocalStorage>,
    /// Set while the page itself moves the map.
    fitting: StoredValue<bool>,
    moved_by_user: StoredValue<bool>,
}

/// The map of the agents that the controls leave.
#[component]
pub fn AgentsMap(
    /// Whose map library, base map and tiles.
    host: Host,
    /// The element's attributes.
    options: RwSignal<Options>,
    /// The agents.
    shown: Shown,
    /// What leaves them; another filter fits the map anew.
    filter: Memo<Filter>,
    /// What is lit up.
    lit: RwSignal<Option<Lit>>,
    /// The time on the server's clock.
    now: ReadSignal<DateTime<Utc>>,
    /// How much of the fleet has been read.
    loaded: ReadSignal<Loaded>,
    /// Called with the id of an agent that was activated.
    on_agent: Callback<String>,
    /// Called to show the agents with no location alone.
    on_unlocated: Callback<()>,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let ready = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let zoom = RwSignal::new(1_u8);
    let groups = RwSignal::new(Groups::default());
    let open = RwSignal::new(None::<String>);
    let drawn = Drawn {
        map: StoredValue::new_local(None),
        markers: StoredValue::new_local(None),
        fitting: StoredValue::new(false),
        moved_by_user: StoredValue::new(false),
    };
    on_cleanup(move || {
        if let Some(Some(map)) = drawn.map.try_get_value() {
            map.remove();
        }
    });

    let is_due = after_first_rows(loaded);
    Effect::new(move |_| {
        let Some(node) = node.get().filter(|_| is_due.get()) else {
            return;
        };
        if drawn.map.with_value(Option::is_some) {
            return;
        }
        spawn_local_scoped_with_cancellation(async move {
            let Some(leaflet) = host.leaflet() else {
                return;
            };
            match JsFuture::from(leaflet).await {
                Ok(module) => {
                    let leaflet: Leaflet = module.unchecked_into();
                    let map = drawn.create(&leaflet, &node, zoom, open);
                    drawn
                        .markers
                        .set_value(Some(Markers::new(leaflet.clone(), map.clone())));
                    ready.set(true);
                    draw_base_map(leaflet, map, host, options);
                }
                Err(_) => failed.set(true),
            }
        });
    });

    on_resize(node, move |_| {
        drawn.with_map(|map| map.invalidate_size(&object([("pan", false.into())])));
    });
    draw_markers(drawn, ready, groups, zoom, lit);
    follow_agents(drawn, ready, shown, filter, loaded, groups, zoom);

    let next_frame = NextFrame::default();
    let activate = move |key: String| {
        let parting = groups.with_untracked(|groups| groups.zoom_that_parts(&key, MAX_ZOOM as u8));
        let at = groups.with_untracked(|groups| groups.get(&key).map(|group| group.at));
        if let (Some(zoom), Some(at)) = (parting, at) {
            open.set(None);
            drawn.moved_by_user.set_value(true);
            drawn.with_map(|map| {
                let lon = nearest_copy(at.lon, map.center().lng());
                map.set_view(&lat_lng(at.lat, lon), f64::from(zoom), &JsValue::UNDEFINED);
            });
        } else {
            open.set(Some(key));
            next_frame.set(move || focus_popup(host));
        }
    };
    let fit = move || drawn.fit(&shown.rows.get_untracked(), true);
    let by_user = move |act: fn(&Map)| {
        drawn.moved_by_user.set_value(true);
        drawn.with_map(act);
    };

    view! {
        <section class="kp-map-frame" part="map" role="region" aria-label="kproxy Agents map">
            <div
                class="kp-map"
                role="group"
                aria-label="Map: arrow keys move, plus and minus zoom"
                node_ref=node
                on:click=move |event| {
                    drawn.with_map(|map| map.scroll_wheel_zoom().enable());
                    if let Some(key) = marker_key(&event) {
                        activate(key);
                    }
                }
                on:pointerleave=move |_| drawn.with_map(|map| map.scroll_wheel_zoom().disable())
                on:dblclick=move |_| drawn.moved_by_user.set_value(true)
                on:keydown=move |_| drawn.moved_by_user.set_value(true)
            ></div>
            <Popup node groups open lit now on_agent />
            <div class="kp-map-buttons">
                <MapButton name="Zoom in" svg=icons::PLUS on_press=Callback::new(move |()| by_user(Map::zoom_in)) />
                <MapButton name="Zoom out" svg=icons::MINUS on_press=Callback::new(move |()| by_user(Map::zoom_out)) />
                <MapButton name="Fit" svg=icons::FIT on_press=Callback::new(move |()| fit()) />
            </div>
            <Unlocated shown on_press=on_unlocated />
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

#[component]
fn MapButton(name: &'static str, svg: &'static str, on_press: Callback<()>) -> impl IntoView {
    view! {
        <button type="button" class="kp-map-button" aria-label=name title=name on:click=move |_| on_press.run(())>
            <Icon svg />
        </button>
    }
}

/// How many of the shown agents the map cannot show; one click filters to them.
#[component]
fn Unlocated(shown: Shown, on_press: Callback<()>) -> impl IntoView {
    let number = Memo::new(move |_| {
        shown.rows.with(|rows| {
            rows.iter()
                .filter(|row| row.coordinates().is_none())
                .count()
        })
    });
    let has_some = move || number.get() > 0;
    let text = move || match number.get() {
        1 => "1 agent has no location".to_owned(),
        number => format!("{} agents have no location", intl::count(number)),
    };
    view! {
        <Show when=has_some>
            <button type="button" class="kp-unlocated" on:click=move |_| on_press.run(())>
                <Icon svg=icons::MAP_PIN />
                {text}
            </button>
        </Show>
    }
}

/// True once the first rows have been painted, or are not to be waited for: the list is what the
/// operator came for, and making a map keeps it waiting.
fn after_first_rows(loaded: ReadSignal<Loaded>) -> RwSignal<bool> {
    let is_due = RwSignal::new(false);
    let waiting = Alarm::default();
    waiting.set(MAP_WAITS_MS, move || is_due.set(true));
    Effect::new(move |_| {
        if loaded.get() != Loaded::Nothing {
            request_animation_frame(move || waiting.set(0, move || is_due.set(true)));
        }
    });
    is_due
}

/// Keeps the markers as the groups and what is lit ask for.
fn draw_markers(
    drawn: Drawn,
    ready: RwSignal<bool>,
    groups: RwSignal<Groups>,
    zoom: RwSignal<u8>,
    lit: RwSignal<Option<Lit>>,
) {
    let with_markers = move |act: &dyn Fn(&mut Markers, &Groups)| {
        drawn.markers.update_value(|markers| {
            if let Some(markers) = markers {
                groups.with_untracked(|groups| act(markers, groups));
            }
        });
    };
    Effect::new(move |_| {
        let zoom = zoom.get();
        groups.maybe_update(|groups| groups.regroup(zoom));
    });
    Effect::new(move |_| {
        groups.track();
        if ready.get() {
            with_markers(&|markers, groups| markers.draw(groups));
        }
    });
    Effect::new(move |_| {
        groups.track();
        let lit = lit.get();
        with_markers(&|markers, groups| markers.light(groups, lit.as_ref()));
    });
}

/// Moves focus to the first agent in the popup.
fn focus_popup(host: Host) {
    let agent = host
        .shadow_root()
        .and_then(|root| root.query_selector(".kp-popup button").ok()?)
        .and_then(|agent| agent.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(agent) = agent {
        // Closed meanwhile: focus stays where it is.
        let _ = agent.focus();
    }
}

/// The marker that an event happened on.
fn marker_key(event: &Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target
        .closest("[data-marker]")
        .ok()??
        .get_attribute("data-marker")
}

/// The longitude of the copy of the world that is nearest to the view's centre.
fn nearest_copy(lon: f64, center: f64) -> f64 {
    lon + 360.0 * ((center - lon) / 360.0).round()
}

/// Lets the markers follow the agents, a little later than the list; and fits them on first load,
/// after its last page, and whenever the controls change what is shown.
fn follow_agents(
    drawn: Drawn,
    ready: RwSignal<bool>,
    shown: Shown,
    filter: Memo<Filter>,
    loaded: ReadSignal<Loaded>,
    groups: RwSignal<Groups>,
    zoom: RwSignal<u8>,
) {
    struct Fitted {
        loaded: Loaded,
        filter: Filter,
        rows: Rows,
    }
    let fitted = StoredValue::new(None::<Fitted>);
    let fit = move || {
        let now = Fitted {
            loaded: loaded.get_untracked(),
            filter: filter.get_untracked(),
            rows: shown.rows.get_untracked(),
        };
        if now.loaded == Loaded::Nothing {
            return;
        }
        let is_due = fitted.with_value(|before| {
            let Some(before) = before else { return true };
            let all_here = before.loaded == Loaded::Partly && now.loaded == Loaded::Whole;
            let others_shown = before.filter != now.filter && !same_agents(&before.rows, &now.rows);
            others_shown || (all_here && !drawn.moved_by_user.get_value())
        });
        if is_due {
            drawn.fit(&now.rows, false);
        }
        fitted.set_value(Some(now));
    };
    let settling = Alarm::default();
    Effect::new(move |before: Option<String>| {
        loaded.track();
        shown.rows.track();
        let is_ready = ready.get();
        let text = filter.with(|filter| filter.text.clone());
        let typed = before.is_some_and(|before| before != text);
        settling.set(if typed { TYPING_PAUSE_MS } else { PAUSE_MS }, move || {
            if is_ready {
                fit();
            }
            // After the fit, for its zoom.
            let zoom = zoom.get_untracked();
            groups.set(shown.rows.with_untracked(|rows| Groups::of(rows, zoom)));
        });
        text
    });
}

fn same_agents(a: &Rows, b: &Rows) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b.iter())
            .all(|(a, b)| Arc::ptr_eq(a, b) || a.id() == b.id())
}

/// Draws land and borders, and the shell's own tiles over them.
fn draw_base_map(leaflet: Leaflet, map: Map, host: Host, options: RwSignal<Options>) {
    let Some(assets) = host.map_assets() else {
        return;
    };
    leaflet
        .base_map(&assets.land110(), &assets.land50(), FINE_LAND_FROM_ZOOM)
        .add_to(&map);
    let tile_url = Memo::new(move |_| options.with(|options| options.tile_url.clone()));
    Effect::new(move |before: Option<Option<leaflet::Layer>>| {
        if let Some(Some(layer)) = before {
            layer.remove();
        }
        let url = tile_url.get()?;
        let layer = leaflet.tile_layer(&url, &object([("maxZoom", MAX_ZOOM.into())]));
        layer.add_to(&map);
        Some(layer)
    });
}

impl Drawn {
    fn with_map(self, act: impl FnOnce(&Map)) {
        self.map.try_with_value(|map| {
            if let Some(map) = map {
                act(map);
            }
        });
    }

    fn create(
        self,
        leaflet: &Leaflet,
        node: &web_sys::HtmlElement,
        zoom: RwSignal<u8>,
        open: RwSignal<Option<String>>,
    ) -> Map {
        let map = leaflet.map(
            node,
            &object([
                ("attributionControl", false.into()),
                ("zoomControl", false.into()),
                // `on_resize` follows the map's own size.
                ("trackResize", false.into()),
                ("scrollWheelZoom", false.into()),
                ("worldCopyJump", true.into()),
                // A fit fills the map better between whole zooms.
                ("zoomSnap", 0.25.into()),
                ("minZoom", 0.into()),
                ("maxZoom", MAX_ZOOM.into()),
                (
                    "maxBounds",
                    Array::of2(&lat_lng(-88.0, -540.0), &lat_lng(88.0, 540.0)).into(),
                ),
            ]),
        );
        map.set_view(&lat_lng(20.0, 0.0), 1.0, &JsValue::UNDEFINED);
        self.map.set_value(Some(map.clone()));
        let on = |event: &str, callback: Box<dyn FnMut()>| {
            map.on(
                event,
                Closure::wrap(callback).into_js_value().unchecked_ref(),
            );
        };
        on(
            "zoomend",
            Box::new(move || {
                self.with_map(|map| {
                    let now = map.zoom() as u8;
                    zoom.try_maybe_update(|zoom| (std::mem::replace(zoom, now) != now, ()));
                });
            }),
        );
        on(
            "moveend",
            Box::new(move || {
                self.markers.try_update_value(|markers| {
                    if let Some(markers) = markers {
                        markers.follow_view();
                    }
                });
            }),
        );
        on(
            "movestart",
            Box::new(move || {
                open.try_set(None);
                if self.fitting.try_get_value() == Some(false) {
                    self.moved_by_user.set_value(true);
                }
            }),
        );
        map
    }

    /// Shows all of these agents at once; nothing moves where none has a location.
    fn fit(self, rows: &Rows, animate: bool) {
        let points = rows.iter().filter_map(|row| row.coordinates());
        let Some(bounds) = Bounds::around(points) else {
            return;
        };
        let one_place = bounds.south >= bounds.north && bounds.west >= bounds.east;
        let max_zoom = if one_place {
            MAX_ZOOM_OF_ONE_PLACE
        } else {
            MAX_ZOOM_OF_FIT
        };
        self.fitting.set_value(true);
        self.with_map(|map| {
            map.fit_bounds(
                &Array::of2(
                    &lat_lng(bounds.south, bounds.west),
                    &lat_lng(bounds.north, bounds.east),
                ),
                &object([
                    (
                        "padding",
                        FIT_PADDING_PX
                            .map(JsValue::from)
                            .into_iter()
                            .collect::<Array>()
                            .into(),
                    ),
                    ("maxZoom", max_zoom.into()),
                    ("animate", (animate && !prefers_reduced_motion()).into()),
                ]),
            );
        });
        self.fitting.set_value(false);
        self.moved_by_user.set_value(false);
    }
}

fn prefers_reduced_motion() -> bool {
    web_sys::window()
        .and_then(|window| {
            window
                .match_media("(prefers-reduced-motion: reduce)")
                .ok()?
        })
        .is_some_and(|query| query.matches())
}
