//! Narrow bindings to Leaflet, as `leaflet.js` bundles it. No global `L`.
//!
//! The methods are Leaflet's own: <https://leafletjs.com/reference.html>.
#![allow(missing_docs, reason = "Leaflet documents its methods")]

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// The bundle's exports: Leaflet's own factories, and those of the layers made for this page.
    #[derive(Clone)]
    pub type Leaflet;

    /// <https://leafletjs.com/reference.html#map>
    #[wasm_bindgen(method, js_name = map)]
    pub fn map(this: &Leaflet, element: &HtmlElement, options: &JsValue) -> Map;

    /// <https://leafletjs.com/reference.html#marker>, at `[lat, lon]`; see `flat-marker.js`.
    #[wasm_bindgen(method, js_name = flatMarker)]
    pub fn flat_marker(this: &Leaflet, at: &Array, options: &JsValue) -> Marker;

    /// <https://leafletjs.com/reference.html#divicon>
    #[wasm_bindgen(method, js_name = divIcon)]
    pub fn div_icon(this: &Leaflet, options: &JsValue) -> JsValue;

    /// <https://leafletjs.com/reference.html#tilelayer>
    #[wasm_bindgen(method, js_name = tileLayer)]
    pub fn tile_layer(this: &Leaflet, url: &str, options: &JsValue) -> Layer;

    /// The base map from two files, the finer one from a zoom on: see `base-map.js`.
    #[wasm_bindgen(method, js_name = baseMap)]
    pub fn base_map(
        this: &Leaflet,
        coarse_url: &str,
        fine_url: &str,
        fine_from: f64,
        on_change: &Function,
    ) -> BaseMap;

    /// A map in an element.
    #[derive(Clone)]
    pub type Map;

    #[wasm_bindgen(method, js_name = setView)]
    pub fn set_view(this: &Map, at: &Array, zoom: f64, options: &JsValue);
    #[wasm_bindgen(method, js_name = setZoomAround)]
    pub fn set_zoom_around(this: &Map, at: &Array, zoom: f64);
    #[wasm_bindgen(method, js_name = getZoom)]
    pub fn zoom(this: &Map) -> f64;
    #[wasm_bindgen(method, js_name = getContainer)]
    pub fn container(this: &Map) -> HtmlElement;
    #[wasm_bindgen(method, js_name = getSize)]
    pub fn size(this: &Map) -> Point;
    /// Whether it is gliding to another zoom. Until then it takes no other.
    #[wasm_bindgen(method, getter, js_name = _animatingZoom)]
    pub fn is_zooming(this: &Map) -> Option<bool>;
    #[wasm_bindgen(method, js_name = zoomIn)]
    pub fn zoom_in(this: &Map);
    #[wasm_bindgen(method, js_name = zoomOut)]
    pub fn zoom_out(this: &Map);
    #[wasm_bindgen(method, js_name = getCenter)]
    pub fn center(this: &Map) -> LatLng;
    #[wasm_bindgen(method)]
    pub fn on(this: &Map, event: &str, callback: &Function);
    #[wasm_bindgen(method)]
    pub fn remove(this: &Map);
    #[wasm_bindgen(method, js_name = invalidateSize)]
    pub fn invalidate_size(this: &Map, options: &JsValue);
    #[wasm_bindgen(method, getter, js_name = scrollWheelZoom)]
    pub fn scroll_wheel_zoom(this: &Map) -> Handler;

    /// A layer that can be put onto a map and taken off.
    #[derive(Clone)]
    pub type Layer;

    #[wasm_bindgen(method, js_name = addTo)]
    pub fn add_to(this: &Layer, map: &Map);
    #[wasm_bindgen(method)]
    pub fn remove(this: &Layer);

    /// See `base-map.js`.
    #[wasm_bindgen(extends = Layer)]
    #[derive(Clone)]
    pub type BaseMap;

    /// Asks again for what could not be had.
    #[wasm_bindgen(method)]
    pub fn retry(this: &BaseMap);

    /// A point with an icon.
    #[wasm_bindgen(extends = Layer)]
    #[derive(Clone)]
    pub type Marker;

    #[wasm_bindgen(method, js_name = setLatLng)]
    pub fn set_lat_lng(this: &Marker, at: &Array);
    #[wasm_bindgen(method, js_name = setZIndexOffset)]
    pub fn set_z_index_offset(this: &Marker, offset: f64);

    /// A point of the globe; the longitude is not wrapped.
    pub type LatLng;

    #[wasm_bindgen(method, getter)]
    pub fn lat(this: &LatLng) -> f64;
    #[wasm_bindgen(method, getter)]
    pub fn lng(this: &LatLng) -> f64;

    /// A width and a height.
    pub type Point;

    #[wasm_bindgen(method, getter)]
    pub fn x(this: &Point) -> f64;
    #[wasm_bindgen(method, getter)]
    pub fn y(this: &Point) -> f64;

    /// One way of interaction with a map.
    pub type Handler;

    #[wasm_bindgen(method)]
    pub fn enable(this: &Handler);
    #[wasm_bindgen(method)]
    pub fn disable(this: &Handler);

    /// Where the base map's files are: `land110` and `land50`, URLs.
    #[derive(Clone)]
    pub type MapAssets;

    #[wasm_bindgen(method, getter)]
    pub fn land110(this: &MapAssets) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn land50(this: &MapAssets) -> String;
}

/// A point as Leaflet takes it.
pub fn lat_lng(lat: f64, lon: f64) -> Array {
    Array::of2(&lat.into(), &lon.into())
}
