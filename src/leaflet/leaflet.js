/**
 * The part of Leaflet that the page's map uses, and the layers made for it: one module, loaded
 * beside the program. `mod.rs` binds what is exported here.
 *
 * Leaflet's single files are imported, not its index: that keeps what is not named here
 * (popups, vector editing, other controls) out of the bundle, and sets no global `L`. What it does
 * to the document and what it leaves running is mended by `patches.mjs`.
 */
import { Map, createMap } from "leaflet/src/map/Map";
import { DoubleClickZoom } from "leaflet/src/map/handler/Map.DoubleClickZoom";
import { Drag } from "leaflet/src/map/handler/Map.Drag";
import { Keyboard } from "leaflet/src/map/handler/Map.Keyboard";
import { ScrollWheelZoom } from "leaflet/src/map/handler/Map.ScrollWheelZoom";
import { TouchZoom } from "leaflet/src/map/handler/Map.TouchZoom";
import "leaflet/src/control/Control.Attribution";

import { cancelAnimFrame } from "leaflet/src/core/Util";
import { removeClass } from "leaflet/src/dom/DomUtil";

import { endAll } from "./timers.js";

// As in Leaflet's own map/index.js, without box zoom and tap hold.
Object.assign(Map, { DoubleClickZoom, Drag, Keyboard, ScrollWheelZoom, TouchZoom });

const { panBy, remove, _resetView, _tryAnimatedPan, _tryAnimatedZoom } = Map.prototype;
const prefersReducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
Map.include({
  // Leaflet drops a move that is asked for while a zoom is under way. Here the zoom ends at once.
  _tryAnimatedZoom(...view) {
    this._onZoomTransitionEnd();
    return !prefersReducedMotion() && _tryAnimatedZoom.apply(this, view);
  },
  _tryAnimatedPan(...view) {
    return !prefersReducedMotion() && _tryAnimatedPan.apply(this, view);
  },
  panBy(offset, options) {
    this._onZoomTransitionEnd();
    return panBy.call(this, offset, prefersReducedMotion() ? { ...options, animate: false } : options);
  },
  // A view that is set at once stays: a zoom under way would go on to where it was bound.
  _resetView(...view) {
    cancelAnimFrame(this._zoomFrame);
    this._animatingZoom = false;
    delete this._tempFireZoomEvent;
    removeClass(this._mapPane, "leaflet-zoom-anim");
    return _resetView.apply(this, view);
  },
  remove() {
    remove.call(this);
    endAll(this);
    return this;
  },
});

export { createMap as map };
export { divIcon } from "leaflet/src/layer/marker/DivIcon";
export { tileLayer } from "leaflet/src/layer/tile/TileLayer";
export { baseMap } from "./base-map.js";
export { flatMarker } from "./flat-marker.js";
