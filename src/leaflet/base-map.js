/**
 * The base map: land and borders in SVG, so that style sheets color them, made by
 * `scripts/basemap.mjs` for two ranges of zoom.
 *
 * Nothing is projected here: the paths are in Web Mercator already, and panning and zooming only
 * move and scale the drawings that they are in. Of a drawing only the cells near the view are made,
 * and of the world as many copies side by side as the view reaches into.
 */
import { setTransform } from "leaflet/src/dom/DomUtil";
import { toLatLng } from "leaflet/src/geo/LatLng";
import { Layer } from "leaflet/src/layer/Layer";

const SVG = "http://www.w3.org/2000/svg";
/** The world's side at zoom 0, in CSS pixels. */
const TILE_PX = 256;
/** The north-western corner of the world. */
const CORNER = toLatLng(85.0511287798066, -180);
/** At which zoom each drawing has its natural size, about the middle of where it is used. */
const NATIVE_ZOOMS = [3, 8];

/**
 * One file of `scripts/basemap.mjs` on screen.
 *
 * Its element is as large as the world at `nativeZoom`, and scaled from there: browsers draw a
 * scaled element in its final sharpness, but not at any scale.
 */
class Drawing {
  #file;
  #nativeZoom;
  /** `${copy} ${cell}` of what is in the element. */
  #drawn = new Set();

  constructor(file, nativeZoom) {
    this.#file = file;
    this.#nativeZoom = nativeZoom;
    this.element = document.createElementNS(SVG, "svg");
    this.element.setAttribute("class", "kp-world leaflet-zoom-animated");
    this.element.setAttribute("aria-hidden", "true");
    this.element.setAttribute("viewBox", `0 0 ${file.size} ${file.size}`);
    const side = TILE_PX * 2 ** nativeZoom;
    this.element.setAttribute("width", side);
    this.element.setAttribute("height", side);
  }

  /** Puts the world's corner at this point of the map's pane. */
  place(corner, zoom) {
    setTransform(this.element, corner, 2 ** (zoom - this.#nativeZoom));
  }

  /** Lines keep their width on screen. */
  setLineWidth(zoom) {
    this.element.style.strokeWidth = this.#file.size / (TILE_PX * 2 ** zoom);
  }

  show(isShown) {
    // Not `display`: what appears only when a zoom begins would jump to where it ends.
    this.element.style.visibility = isShown ? "" : "hidden";
  }

  /** Adds what lies between two corners, in parts of the world's side, and is not there yet. */
  draw(min, max) {
    const { cells, land, borders, size } = this.#file;
    const rows = Math.min(cells - 1, Math.floor(max.y * cells));
    for (let column = Math.floor(min.x * cells); column <= max.x * cells; column++) {
      const copy = Math.floor(column / cells);
      for (let row = Math.max(0, Math.floor(min.y * cells)); row <= rows; row++) {
        const cell = row * cells + column - copy * cells;
        const key = `${copy} ${cell}`;
        if (this.#drawn.has(key)) continue;
        this.#drawn.add(key);
        this.#addPath("kp-land", land[cell], copy * size);
        this.#addPath("kp-border", borders[cell], copy * size);
      }
    }
  }

  #addPath(name, data, x) {
    if (data === "") return;
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    path.setAttribute("d", data);
    if (x !== 0) path.setAttribute("transform", `translate(${x})`);
    // Borders lie over all land.
    if (name === "kp-land") this.element.prepend(path);
    else this.element.append(path);
  }
}

/** The layer of {@link baseMap}. */
const BaseMap = Layer.extend({
  // Under a shell's own tiles.
  options: { pane: "tilePane" },

  initialize(coarseUrl, fineUrl, fineFrom) {
    this._urls = [coarseUrl, fineUrl];
    this._fineFrom = fineFrom;
  },

  onAdd() {
    this._removed = new AbortController();
    this._asked = [false, false];
    /** The coarse and the fine one, where they have been loaded. */
    this._drawings = [undefined, undefined];
    this._reset();
  },

  onRemove() {
    this._removed.abort();
    for (const drawing of this._loaded()) drawing.element.remove();
  },

  getEvents() {
    return { move: this._draw, viewreset: this._reset, zoom: this._reset, zoomanim: this._animateZoom };
  },

  /** The map shows another part of the world, or at another scale, than it did. */
  _reset() {
    const zoom = this._map.getZoom();
    const corner = this._map.latLngToLayerPoint(CORNER);
    for (const drawing of this._loaded()) {
      drawing.place(corner, zoom);
      drawing.setLineWidth(zoom);
    }
    this._draw();
  },

  /** Begins to move to another zoom; Leaflet's style sheet does the moving. */
  _animateZoom({ center, zoom }) {
    // What is drawn has to do for all that is seen on the way.
    this._drawView(center, zoom, Math.min(zoom, this._map.getZoom()));
    const corner = this._map._latLngToNewLayerPoint(CORNER, zoom, center);
    for (const drawing of this._loaded()) drawing.place(corner, zoom);
  },

  _draw() {
    const zoom = this._map.getZoom();
    this._drawView(this._map.getCenter(), zoom, zoom);
  },

  /** Draws what a view shows, as finely as suits `detail`, a zoom. */
  _drawView(center, zoom, detail) {
    const wanted = detail < this._fineFrom ? 0 : 1;
    this._load(wanted);
    const shown = this._drawings[wanted] ?? this._loaded()[0];
    for (const drawing of this._loaded()) drawing.show(drawing === shown);
    if (!shown) return;
    const worldPx = TILE_PX * 2 ** zoom;
    const middle = this._map.project(center, zoom).divideBy(worldPx);
    // Half a view beyond each edge, for what a hand drags in.
    const reach = this._map.getSize().divideBy(worldPx);
    shown.draw(middle.subtract(reach), middle.add(reach));
  },

  _loaded() {
    return this._drawings.filter(Boolean);
  },

  /** Fetches one of the two files, once. */
  async _load(which) {
    if (this._asked[which]) return;
    this._asked[which] = true;
    const { signal } = this._removed;
    try {
      const response = await fetch(this._urls[which], { signal });
      if (!response.ok) return;
      const file = await response.json();
      if (signal.aborted) return;
      const drawing = new Drawing(file, NATIVE_ZOOMS[which]);
      this._drawings[which] = drawing;
      this.getPane().prepend(drawing.element);
      this._reset();
    } catch {
      // Without a base map the markers are still in the right places, on water.
    }
  },
});

/**
 * A Leaflet layer that shows the base map.
 *
 * @param {string} coarseUrl a file of `scripts/basemap.mjs`
 * @param {string} fineUrl another, fetched and shown only at zooms of `fineFrom` and above
 * @param {number} fineFrom a zoom
 */
export const baseMap = (coarseUrl, fineUrl, fineFrom) => new BaseMap(coarseUrl, fineUrl, fineFrom);
