//! The base map: Natural Earth's land and borders, drawn as SVG so that style sheets colour it.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::{Layer, Leaflet, Map, object};

/// Copies of the world, so that a view across the 180th meridian has land on both sides.
const WORLD_COPIES: [f64; 3] = [-360.0, 0.0, 360.0];

/// Fetches the base map at this URL and draws it, with the classes `kp-land` and `kp-border`.
///
/// # Errors
/// Where the file cannot be had, or the signal ends it; the map then goes on without.
pub async fn draw_land(
    leaflet: &Leaflet,
    map: &Map,
    url: &str,
    signal: Option<&AbortSignal>,
) -> Result<Vec<Layer>, JsValue> {
    let world = JsFuture::from(leaflet.load_land(url, signal)).await?;
    let renderer = leaflet.svg(&object([("padding", 0.5.into())]));
    let mut layers = Vec::new();
    for (name, class, filled) in [("land", "kp-land", true), ("borders", "kp-border", false)] {
        let features = Reflect::get(&world, &name.into())?;
        if features.is_falsy() {
            continue;
        }
        let style = object([
            ("className", class.into()),
            ("stroke", (!filled).into()),
            ("weight", 1.into()),
            ("fill", filled.into()),
            ("fillOpacity", 1.into()),
        ]);
        for shift in WORLD_COPIES {
            let layer = leaflet.geo_json(
                &features,
                &object([
                    ("interactive", false.into()),
                    ("renderer", renderer.clone()),
                    ("style", style.clone()),
                    ("coordsToLatLng", shifted_by(shift).into()),
                ]),
            );
            layer.add_to(map);
            layers.push(layer);
        }
    }
    Ok(layers)
}

/// Leaflet's `coordsToLatLng` for a copy of the world: `GeoJSON`'s `[lon, lat]` to `[lat, lon]`.
fn shifted_by(degrees: f64) -> Function {
    Closure::<dyn Fn(js_sys::Array) -> js_sys::Array>::new(move |at: js_sys::Array| {
        let lon = at.get(0).as_f64().unwrap_or_default() + degrees;
        js_sys::Array::of2(&at.get(1), &lon.into())
    })
    .into_js_value()
    .unchecked_into()
}
