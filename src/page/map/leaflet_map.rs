//! The Leaflet map, and what the page draws on it.

use js_sys::Array;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlDivElement, HtmlElement};

use super::markers::{MarkerChange, Markers};
use crate::browser::js_object::object;
use crate::browser::timers::Alarm;
use crate::domain::popover_position::{Rect, Size};
use crate::domain::{
    Coordinates, FitBasis, Fitting, Location, MapView, MarkerGroups, MarkerStep, Resized, fit_view,
    nearest_copy,
};
use crate::host::ElementOptions;
use crate::leaflet::{BaseMap, Layer, Leaflet, Map, MapAssets, lat_lng};

/// The built-in base map has no more to show from here on, but locations still part.
pub const MAX_ZOOM: u8 = 14;
/// From here on the finer coastline shows.
const FINE_LAND_FROM_ZOOM: f64 = 4.0;

/// The steps between two zooms.
const ZOOM_SNAP: f64 = 0.25;

/// Whether the map glides to where it is moved, unless the user prefers reduced motion (`leaflet.js`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    Animated,
    Instant,
}

/// A Leaflet map with its markers; none at first. Belongs to the current owner, and ends with it.
#[derive(Clone, Copy)]
pub struct MapHandle {
    /// The map's element.
    pub node: NodeRef<Div>,
    made: StoredValue<Option<MadeMap>, LocalStorage>,
    markers: StoredValue<Option<Markers>, LocalStorage>,
    fitting: StoredValue<Fitting>,
    /// Set while the page itself moves the map.
    is_page_moving: StoredValue<bool>,
    /// Set from the end of a drag until after the click that may come of it.
    was_dragged: StoredValue<bool>,
    after_click: Alarm,
}

struct MadeMap {
    map: Map,
    leaflet: Leaflet,
    base_map: Option<BaseMap>,
}

impl MapHandle {
    /// Without a map.
    pub fn new() -> Self {
        let handle = Self {
            node: NodeRef::new(),
            made: StoredValue::new_local(None),
            markers: StoredValue::new_local(None),
            fitting: StoredValue::default(),
            is_page_moving: StoredValue::new(false),
            was_dragged: StoredValue::new(false),
            after_click: Alarm::default(),
        };
        on_cleanup(move || handle.with_map(Map::remove));
        handle
    }

    /// Whether the map has been made.
    pub fn has_map(self) -> bool {
        self.made.with_value(Option::is_some)
    }

    /// Calls back with the map, if it has been made.
    pub fn with_map(self, act: impl FnOnce(&Map)) {
        let map = self
            .made
            .try_with_value(|made| Some(made.as_ref()?.map.clone()));
        if let Some(Some(map)) = map {
            act(&map);
        }
    }

    fn of_markers<T>(self, act: impl FnOnce(&mut Markers) -> T) -> Option<T> {
        self.markers
            .try_update_value(|markers| markers.as_mut().map(act))?
    }

    /// What the map shows.
    fn view(self) -> Option<MapView> {
        let mut view = None;
        self.with_map(|map| view = Some(view_of(map)));
        view
    }

    /// Makes the map. `zoom` follows its zoom, in steps.
    ///
    /// `on_move` is called when it begins to move; `on_rest` when it has come to rest and a fit is owed.
    pub fn create(
        self,
        leaflet: &Leaflet,
        node: &HtmlElement,
        zoom: RwSignal<f64>,
        on_move: impl Fn() + 'static,
        on_rest: impl Fn() + 'static,
    ) {
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
                ("zoomSnap", ZOOM_SNAP.into()),
                ("minZoom", 0.into()),
                ("maxZoom", f64::from(MAX_ZOOM).into()),
                (
                    "maxBounds",
                    Array::of2(&lat_lng(-88.0, -540.0), &lat_lng(88.0, 540.0)).into(),
                ),
            ]),
        );
        map.set_view(&lat_lng(20.0, 0.0), 1.0, &JsValue::UNDEFINED);
        self.markers
            .set_value(Some(Markers::new(leaflet.clone(), map.clone())));
        self.made.set_value(Some(MadeMap {
            map: map.clone(),
            leaflet: leaflet.clone(),
            base_map: None,
        }));
        let on = |event: &str, callback: Box<dyn Fn()>| {
            map.on(
                event,
                Closure::wrap(callback).into_js_value().unchecked_ref(),
            );
        };
        on(
            "zoomend",
            Box::new(move || {
                self.with_map(|map| {
                    let now = (map.zoom() / ZOOM_SNAP).floor() * ZOOM_SNAP;
                    zoom.try_maybe_update(|zoom| {
                        let before = std::mem::replace(zoom, now);
                        ((before - now).abs() > f64::EPSILON, ())
                    });
                });
            }),
        );
        on(
            "moveend",
            Box::new(move || {
                self.is_page_moving.try_set_value(false);
                if let Some(view) = self.view() {
                    let change = self.of_markers(|markers| markers.follow_view(&view));
                    self.finish(change);
                }
                if self.fitting.try_with_value(Fitting::is_owed) == Some(true) {
                    on_rest();
                }
            }),
        );
        on(
            "movestart",
            Box::new(move || {
                on_move();
                if self.is_page_moving.try_get_value() == Some(false) {
                    self.note_move_by_operator();
                }
            }),
        );
        on(
            "dragstart",
            Box::new(move || {
                self.is_page_moving.try_set_value(false);
                self.note_move_by_operator();
            }),
        );
        on(
            "dragend",
            Box::new(move || {
                self.was_dragged.try_set_value(true);
                self.after_click
                    .set(0, move || self.was_dragged.set_value(false));
            }),
        );
    }

    fn note_move_by_operator(self) {
        self.fitting.try_update_value(Fitting::moved_by_operator);
    }

    /// Whether the click that has just come ends a drag.
    pub fn is_drag_click(self) -> bool {
        self.was_dragged.get_value()
    }

    /// Zooms in on a marker, on the copy of the world that is in view.
    pub fn zoom_to(self, at: Coordinates, zoom: u8) {
        self.with_map(|map| {
            let lon = nearest_copy(at.lon, map.center().lng());
            map.set_view(&lat_lng(at.lat, lon), f64::from(zoom), &JsValue::UNDEFINED);
        });
    }

    /// The fleet is that of another API now.
    pub fn restart_fitting(self) {
        self.fitting.update_value(Fitting::restart);
    }

    /// Whether the map is to be fitted now that these agents are shown.
    pub fn is_fit_due(self, now: FitBasis) -> bool {
        self.fitting
            .try_update_value(|fitting| fitting.on_agents(now))
            == Some(true)
    }

    /// The map's element has this size. True if the map is to be fitted.
    pub fn resize(self, node: &HtmlDivElement) -> bool {
        let size = Size {
            width: f64::from(node.client_width()),
            height: f64::from(node.client_height()),
        };
        let resized = self
            .fitting
            .try_update_value(|fitting| fitting.on_size(size));
        let keeps_middle = match resized {
            None | Some(Resized::Hidden) => return false,
            Some(Resized::Stays) => false,
            Some(Resized::KeepsMiddle | Resized::Fits) => true,
        };
        self.with_map(|map| map.invalidate_size(&object([("pan", keeps_middle.into())])));
        resized == Some(Resized::Fits)
    }

    /// Shows all of these locations at once, beside what lies over the map; nothing moves where there are
    /// none. While the map is hidden, or on its way to another zoom, this is put off.
    pub fn fit(self, locations: &[Location], motion: Motion) {
        let Some(now) = self.view() else { return };
        let mut is_busy = now.size.width <= 0.0 || now.size.height <= 0.0;
        self.with_map(|map| is_busy |= map.is_zooming() == Some(true));
        if is_busy {
            self.fitting.update_value(Fitting::owe);
            return;
        }
        self.fitting.update_value(Fitting::fitted);
        let Some(view) = fit_view(locations, now.size, &self.over_the_map()) else {
            return;
        };
        let is_animated = motion == Motion::Animated;
        self.is_page_moving.set_value(true);
        self.with_map(|map| {
            map.set_view(
                &lat_lng(view.center.lat, view.center.lon),
                view.zoom,
                &object([("animate", is_animated.into())]),
            );
        });
    }

    /// What lies over the map: its buttons, and what is said on it.
    fn over_the_map(self) -> Vec<Rect> {
        let Some(node) = self.node.get_untracked() else {
            return Vec::new();
        };
        let of = |element: &Element| element.get_bounding_client_rect();
        let map = of(&node);
        let all = node
            .parent_element()
            .and_then(|frame| frame.query_selector_all("[data-over-map]").ok());
        let Some(all) = all else { return Vec::new() };
        (0..all.length())
            .filter_map(|index| all.get(index)?.dyn_into::<Element>().ok())
            .map(|element| of(&element))
            .map(|rect| Rect {
                left: rect.left() - map.left(),
                top: rect.top() - map.top(),
                width: rect.width(),
                height: rect.height(),
            })
            .collect()
    }

    /// Shows the markers of these groups.
    pub fn draw_markers(self, groups: &MarkerGroups) {
        if let Some(view) = self.view() {
            let change = self.of_markers(|markers| markers.draw(groups, &view));
            self.finish(change);
        }
    }

    /// Calls back with the markers, if the map has been made.
    pub fn with_markers(self, act: impl FnOnce(&mut Markers)) {
        self.of_markers(act);
    }

    /// Ends a change of the markers: moves the focus from one that goes to the one that stands for it, or to
    /// the map as a whole. Not earlier, as the focus makes the markers change again.
    fn finish(self, change: Option<MarkerChange>) {
        let Some(change) = change else { return };
        if change.has_lost_focus {
            match change.heir {
                Some(heir) => heir.focus().ok(),
                None => self.focus(),
            };
        }
        for marker in change.gone {
            marker.remove();
        }
    }

    /// Focuses the map as a whole.
    pub fn focus(self) -> Option<()> {
        self.node.get_untracked()?.focus().ok()
    }

    /// A marker has got the focus: Tab leads back to it. One out of view is moved into view.
    pub fn on_marker_focus(self, key: &str) {
        let Some(view) = self.view() else { return };
        let hidden_at = self.of_markers(|markers| markers.note_focus(key, &view));
        if let Some(Some(at)) = hidden_at {
            self.with_map(|map| {
                let lon = nearest_copy(at.lon, map.center().lng());
                let options = object([("animate", false.into())]);
                map.set_view(&lat_lng(at.lat, lon), map.zoom(), &options);
            });
        }
    }

    /// Follows a key that was pressed on a marker: an arrow key leads to the next one, plus and minus zoom
    /// around it. True if the key means something there.
    pub fn on_marker_key(self, marker: &str, key: &str) -> bool {
        let zoom_by = match key {
            "+" | "=" => 1.0,
            "-" | "_" => -1.0,
            _ => {
                let Some(step) = MarkerStep::of_key(key) else {
                    return false;
                };
                let view = self.view();
                let next =
                    view.and_then(|view| self.of_markers(|all| all.next(marker, step, &view))?);
                if let Some(next) = next {
                    // A marker in view can take the focus.
                    next.focus().ok();
                }
                return true;
            }
        };
        let at = self
            .of_markers(|markers| markers.place_of(marker))
            .flatten();
        self.with_map(|map| {
            if let Some((lat, lon)) = at {
                map.set_zoom_around(&lat_lng(lat, lon), map.zoom() + zoom_by);
            }
        });
        true
    }

    /// Draws land and borders. For `on_change` see `base-map.js`.
    pub fn add_base_map(self, assets: &MapAssets, on_change: impl Fn(bool, bool) + 'static) {
        let on_change = Closure::<dyn Fn(bool, bool)>::new(on_change).into_js_value();
        self.made.update_value(|made| {
            let Some(made) = made else { return };
            let base_map = made.leaflet.base_map(
                &assets.land110(),
                &assets.land50(),
                FINE_LAND_FROM_ZOOM,
                on_change.unchecked_ref(),
            );
            base_map.add_to(&made.map);
            made.base_map = Some(base_map);
        });
    }

    /// Asks again for what the base map lacks.
    pub fn retry_base_map(self) {
        let base_map = self
            .made
            .try_with_value(|made| made.as_ref()?.base_map.clone());
        if let Some(Some(base_map)) = base_map {
            base_map.retry();
        }
    }

    /// Draws the host's own tiles over the base map, as long as it has any.
    pub fn show_tiles(self, is_ready: ReadSignal<bool>, options: ReadSignal<ElementOptions>) {
        let tile_url = Memo::new(move |_| options.with(|options| options.tile_url.clone()));
        Effect::new(move |before: Option<Option<Layer>>| {
            if let Some(Some(layer)) = before {
                layer.remove();
            }
            let url = tile_url.get().filter(|_| is_ready.get())?;
            self.made.with_value(|made| {
                let made = made.as_ref()?;
                let options = object([("maxZoom", f64::from(MAX_ZOOM).into())]);
                let layer = made.leaflet.tile_layer(&url, &options);
                layer.add_to(&made.map);
                Some(layer)
            })
        });
    }
}

fn view_of(map: &Map) -> MapView {
    let (center, size) = (map.center(), map.size());
    MapView {
        center: Coordinates {
            lat: center.lat(),
            lon: center.lng(),
        },
        zoom: map.zoom(),
        size: Size {
            width: size.x(),
            height: size.y(),
        },
    }
}
