//! The Leaflet map, and what the page draws on it.

use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::markers::Markers;
use crate::browser::js_object::object;
use crate::browser::media::prefers_reduced_motion;
use crate::domain::{Coordinates, Fit, MovedBy, nearest_copy};
use crate::host::{ElementOptions, Host};
use crate::leaflet::{Layer, Leaflet, Map, lat_lng};
use crate::state::list_model::RowList;

/// The built-in base map has no more to show from here on, but locations still part.
pub const MAX_ZOOM: u8 = 14;
/// From here on the finer coastline shows.
const FINE_LAND_FROM_ZOOM: f64 = 4.0;
/// Beside and above the outermost markers.
const FIT_PADDING_PX: [f64; 2] = [44.0, 26.0];

/// Whether the map glides to where it is moved, unless the user prefers reduced motion.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    Animated,
    Instant,
}

/// A Leaflet map with its markers; none at first. Belongs to the current owner, and ends with it.
#[derive(Clone, Copy)]
pub struct MapHandle {
    map: StoredValue<Option<Map>, LocalStorage>,
    markers: StoredValue<Option<Markers>, LocalStorage>,
    /// Set while the page itself moves the map.
    is_fitting: StoredValue<bool>,
    moved_by: StoredValue<MovedBy>,
}

impl MapHandle {
    /// Without a map.
    pub fn new() -> Self {
        let handle = Self {
            map: StoredValue::new_local(None),
            markers: StoredValue::new_local(None),
            is_fitting: StoredValue::new(false),
            moved_by: StoredValue::new(MovedBy::Page),
        };
        on_cleanup(move || {
            if let Some(Some(map)) = handle.map.try_get_value() {
                map.remove();
            }
        });
        handle
    }

    /// Whether the map has been made.
    pub fn has_map(self) -> bool {
        self.map.with_value(Option::is_some)
    }

    /// Calls back with the map, if it has been made.
    pub fn with_map(self, act: impl FnOnce(&Map)) {
        self.map.try_with_value(|map| {
            if let Some(map) = map {
                act(map);
            }
        });
    }

    /// Calls back with the markers, if the map has been made.
    pub fn with_markers(self, act: impl FnOnce(&mut Markers)) {
        self.markers.try_update_value(|markers| {
            if let Some(markers) = markers {
                act(markers);
            }
        });
    }

    /// Who moved the map last.
    pub fn moved_by(self) -> MovedBy {
        self.moved_by.get_value()
    }

    /// Notes that the user moves the map, or is about to.
    pub fn note_move_by_user(self) {
        self.moved_by.set_value(MovedBy::User);
    }

    /// Moves the map as the user asked for.
    pub fn move_for_user(self, act: impl FnOnce(&Map)) {
        self.note_move_by_user();
        self.with_map(act);
    }

    /// Zooms in on a marker, on the copy of the world that is in view.
    pub fn zoom_to(self, at: Coordinates, zoom: u8) {
        self.move_for_user(|map| {
            let lon = nearest_copy(at.lon, map.center().lng());
            map.set_view(&lat_lng(at.lat, lon), f64::from(zoom), &JsValue::UNDEFINED);
        });
    }

    /// Makes the map. `zoom` follows its zoom, in whole levels; `open` is cleared when it moves.
    pub fn create(
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
                ("maxZoom", f64::from(MAX_ZOOM).into()),
                (
                    "maxBounds",
                    Array::of2(&lat_lng(-88.0, -540.0), &lat_lng(88.0, 540.0)).into(),
                ),
            ]),
        );
        map.set_view(&lat_lng(20.0, 0.0), 1.0, &JsValue::UNDEFINED);
        self.map.set_value(Some(map.clone()));
        self.markers
            .set_value(Some(Markers::new(leaflet.clone(), map.clone())));
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
                self.with_markers(Markers::follow_view);
            }),
        );
        on(
            "movestart",
            Box::new(move || {
                open.try_set(None);
                if self.is_fitting.try_get_value() == Some(false) {
                    self.note_move_by_user();
                }
            }),
        );
        map
    }

    /// Shows all of these agents at once; nothing moves where none has a location.
    pub fn fit(self, rows: &RowList, motion: Motion) {
        let points = rows.iter().filter_map(|row| row.coordinates());
        let Some(Fit { bounds, max_zoom }) = Fit::of(points) else {
            return;
        };
        let is_animated = motion == Motion::Animated && !prefers_reduced_motion();
        self.is_fitting.set_value(true);
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
                    ("animate", is_animated.into()),
                ]),
            );
        });
        self.is_fitting.set_value(false);
        self.moved_by.set_value(MovedBy::Page);
    }
}

/// Draws land and borders, and the host's own tiles over them.
pub fn draw_base_map(leaflet: Leaflet, map: Map, host: Host, options: ReadSignal<ElementOptions>) {
    let Some(assets) = host.map_assets() else {
        return;
    };
    leaflet
        .base_map(&assets.land110(), &assets.land50(), FINE_LAND_FROM_ZOOM)
        .add_to(&map);
    let tile_url = Memo::new(move |_| options.with(|options| options.tile_url.clone()));
    Effect::new(move |before: Option<Option<Layer>>| {
        if let Some(Some(layer)) = before {
            layer.remove();
        }
        let url = tile_url.get()?;
        let layer = leaflet.tile_layer(&url, &object([("maxZoom", f64::from(MAX_ZOOM).into())]));
        layer.add_to(&map);
        Some(layer)
    });
}
