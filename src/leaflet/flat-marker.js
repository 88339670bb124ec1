/**
 * Leaflet's marker, moved in the plane: Leaflet moves it in space (`translate3d`), which makes
 * browsers keep each marker as a layer of its own. A few hundred of those slow down every frame of
 * the page, wherever something changes.
 */
import { Marker } from "leaflet/src/layer/marker/Marker";

const FlatMarker = Marker.extend({
  _setPos(at) {
    // As `DomUtil.setPosition` does; `DomUtil.getPosition` reads it.
    this._icon._leaflet_pos = at;
    this._icon.style.transform = `translate(${at.x}px, ${at.y}px)`;
    this._zIndex = at.y + this.options.zIndexOffset;
    this._resetZIndex();
  },
});

/** @see {@link https://leafletjs.com/reference.html#marker} */
export const flatMarker = (at, options) => new FlatMarker(at, options);
