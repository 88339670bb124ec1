/**
 * The base map: land and borders in SVG, so that style sheets color them, made by
 * `scripts/basemap.mjs` for two ranges of zoom.
 *
 * Nothing is projected here: the paths are in Web Mercator already. One drawing holds what the view
 * shows and a margin around it, in its natural size: so it costs as much at any zoom, and is sharp.
 * While the map moves, the drawing moves and scales along; it is made again once the map stands, or
 * when the view leaves it. Of the world there are as many copies side by side as it reaches into.
 */
import { setTransform } from "leaflet/src/dom/DomUtil";
import { Bounds } from "leaflet/src/geometry/Bounds";
import { Layer } from "leaflet/src/layer/Layer";

import { later } from "./timers.js";

const SVG = "http://www.w3.org/2000/svg";
/** The world's side at zoom 0, in CSS pixels. */
const TILE_PX = 256;
/** Drawn beyond each edge of the view, for what a hand drags in. */
const MARGIN_PX = 160;
/** No more is drawn than this many times the view, for what is seen on the way to another one. */
const MOST_VIEWS = 3;
/** A file that has not begun to arrive after this, or then not arrived after twice this, counts as lost. */
const PATIENCE_MS = 30_000;

/** One file of `scripts/basemap.mjs` on screen. */
class Drawing {
  #file;
  #zoom = 0;
  #paths = new Map();
  /** What is drawn, in pixels of the world at `zoom`. */
  bounds = new Bounds();

  constructor() {
    this.element = document.createElementNS(SVG, "svg");
    this.element.setAttribute("class", "kp-world leaflet-zoom-animated");
    this.element.setAttribute("aria-hidden", "true");
    this.element.setAttribute("preserveAspectRatio", "none");
  }

  get zoom() {
    return this.#zoom;
  }

  /** Draws a part of the world, in whole pixels of the world at this zoom. */
  draw(file, bounds, zoom) {
    if (file === this.#file && zoom === this.#zoom && bounds.equals(this.bounds)) return;
    if (file !== this.#file) {
      this.#file = file;
      this.#paths.clear();
      this.element.replaceChildren();
    }
    this.#zoom = zoom;
    this.bounds = bounds;
    const unitsPerPx = file.size / (TILE_PX * 2 ** zoom);
    const { min } = bounds;
    const size = bounds.getSize();
    const box = [min.x, min.y, size.x, size.y].map((px) => px * unitsPerPx);
    this.element.setAttribute("viewBox", box.join(" "));
    this.element.setAttribute("width", size.x);
    this.element.setAttribute("height", size.y);
    // Lines keep their width on screen.
    this.element.style.strokeWidth = unitsPerPx;
    this.#putCells(...box);
  }

  /** Keeps the paths of the cells in a box, in units of the file, and no others. */
  #putCells(left, top, width, height) {
    const { cells, land, borders, size } = this.#file;
    const cellOf = (units) => Math.floor((units / size) * cells);
    const gone = new Set(this.#paths.keys());
    const rows = Math.min(cells - 1, cellOf(top + height));
    for (let column = cellOf(left); column <= cellOf(left + width); column++) {
      const copy = Math.floor(column / cells);
      for (let row = Math.max(0, cellOf(top)); row <= rows; row++) {
        const cell = row * cells + column - copy * cells;
        const key = `${copy} ${cell}`;
        if (gone.delete(key) || this.#paths.has(key)) continue;
        this.#paths.set(key, [
          this.#addPath("kp-land", land[cell], copy * size),
          this.#addPath("kp-border", borders[cell], copy * size),
        ]);
      }
    }
    for (const key of gone) {
      for (const path of this.#paths.get(key)) path?.remove();
      this.#paths.delete(key);
    }
  }

  #addPath(name, data, x) {
    if (data === "") return undefined;
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    path.setAttribute("d", data);
    if (x !== 0) path.setAttribute("transform", `translate(${x})`);
    // Borders lie over all land.
    if (name === "kp-land") this.element.prepend(path);
    else this.element.append(path);
    return path;
  }
}

/** The layer of {@link baseMap}. */
const BaseMap = Layer.extend({
  // Under a shell's own tiles.
  options: { pane: "tilePane" },

  initialize(coarseUrl, fineUrl, fineFrom, onChange) {
    this._urls = [coarseUrl, fineUrl];
    this._fineFrom = fineFrom;
    this._onChange = onChange;
  },

  onAdd() {
    this._removed = new AbortController();
    /** How often the coarse and the fine file have been asked for. */
    this._tries = [0, 0];
    /** What became of each: not asked for yet, `false` while it comes, its content, or `null` if it could not be had. */
    this._files = [undefined, undefined];
    this._drawing = new Drawing();
    this.getPane().prepend(this._drawing.element);
    this._redraw();
  },

  onRemove() {
    this._removed.abort();
    this._drawing.element.remove();
  },

  getEvents() {
    return { move: this._follow, moveend: this._redraw, viewreset: this._redraw, zoomanim: this._animateZoom };
  },

  /** Asks again for the files that could not be had. */
  retry() {
    this._files = this._files.map((file) => file ?? undefined);
    this._redraw();
  },

  /** Draws the view as it is now, in its natural size. */
  _redraw() {
    const zoom = this._map.getZoom();
    this._draw(this._viewAt(this._map.getCenter(), zoom, zoom), zoom);
    this._place(this._map.getCenter(), zoom);
  },

  /** The map is moving: what is drawn moves along, and does while it covers the view. */
  _follow() {
    const [center, zoom, drawn] = [this._map.getCenter(), this._map.getZoom(), this._drawing.zoom];
    const view = this._viewAt(center, zoom, drawn);
    if (this._covers(view)) this._place(center, zoom);
    else this._redraw();
  },

  /** Begins to move to another zoom; Leaflet's style sheet does the moving. */
  _animateZoom({ center, zoom }) {
    const now = [this._map.getCenter(), this._map.getZoom()];
    const lower = Math.min(zoom, now[1]);
    const [from, to] = [this._viewAt(...now, lower), this._viewAt(center, zoom, lower)];
    const onTheWay = new Bounds([from.min, from.max, to.min, to.max]);
    const isCovered = [[...now], [center, zoom]].every((view) => this._covers(this._viewAt(...view, this._drawing.zoom)));
    if (!isCovered) {
      const most = this._map.getSize().multiplyBy(MOST_VIEWS);
      const size = onTheWay.getSize();
      this._draw(size.x <= most.x && size.y <= most.y ? onTheWay : to, lower);
      // It stands where the former drawing stood, before it begins to move.
      const { element } = this._drawing;
      element.style.transition = "none";
      this._place(...now);
      element.getBoundingClientRect();
      element.style.transition = "";
    }
    this._place(center, zoom);
  },

  /** What is seen with this center and zoom, in pixels of the world at the zoom `measuredAt`. */
  _viewAt(center, zoom, measuredAt) {
    const half = this._map.getSize().divideBy(2 * 2 ** (zoom - measuredAt));
    const middle = this._map.project(center, measuredAt);
    return new Bounds(middle.subtract(half), middle.add(half));
  },

  /** Whether all land in this view is drawn; the world has no more than its height. */
  _covers({ min, max }) {
    const { bounds, zoom } = this._drawing;
    if (!bounds.isValid()) return false;
    const bottom = TILE_PX * 2 ** zoom;
    return (
      bounds.min.x <= min.x &&
      bounds.max.x >= max.x &&
      bounds.min.y <= Math.max(0, min.y) &&
      bounds.max.y >= Math.min(bottom, max.y)
    );
  },

  /** Puts the drawing where it belongs in a view. */
  _place(center, zoom) {
    const { bounds, zoom: drawnAt, element } = this._drawing;
    if (!bounds.isValid()) return;
    const scale = 2 ** (zoom - drawnAt);
    const map = this._map;
    const origin = zoom === map.getZoom() ? map.getPixelOrigin() : map._getNewPixelOrigin(center, zoom);
    setTransform(element, bounds.min.multiplyBy(scale).subtract(origin), scale);
  },

  /** Draws a part of the world, and a margin around it, at a zoom. */
  _draw({ min, max }, zoom) {
    const wanted = zoom < this._fineFrom ? 0 : 1;
    this._load(wanted);
    // The other one is better than none.
    if (this._files[wanted] === null) this._load(1 - wanted);
    const file = this._files[wanted] || this._files[1 - wanted];
    if (!file) return;
    const bottom = TILE_PX * 2 ** zoom;
    const within = (y) => Math.max(0, Math.min(bottom, y));
    const bounds = new Bounds(
      [Math.floor(min.x - MARGIN_PX), Math.floor(within(min.y - MARGIN_PX))],
      [Math.ceil(max.x + MARGIN_PX), Math.ceil(within(max.y + MARGIN_PX))],
    );
    this._drawing.draw(file, bounds, zoom);
  },

  /** Fetches one of the two files, unless that has begun, or has failed and nobody asked for it again. */
  async _load(which) {
    if (this._files[which] !== undefined) return;
    this._files[which] = false;
    let file = null;
    try {
      file = await this._fetch(this._urls[which], this._tries[which]++ > 0);
    } catch {
      // Without a base map the markers are still in the right places, on water.
    }
    if (this._removed.signal.aborted) return;
    this._files[which] = file;
    this._redraw();
    this._onChange(this._files.includes(null), !this._files.some(Boolean));
  },

  /** The file's content. A second try passes by what the browser has kept, which may be damaged. */
  async _fetch(url, isRetry) {
    const given = new AbortController();
    const giveUp = () => given.abort();
    this._removed.signal.addEventListener("abort", giveUp, { signal: given.signal });
    let end = later(giveUp, this._map, PATIENCE_MS);
    try {
      const response = await fetch(url, { signal: given.signal, cache: isRetry ? "reload" : "default" });
      end();
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      end = later(giveUp, this._map, 2 * PATIENCE_MS);
      const file = await response.json();
      if (!Array.isArray(file.land)) throw new Error("not a base map");
      return file;
    } finally {
      end();
      this._removed.signal.removeEventListener("abort", giveUp);
    }
  },
});

/**
 * A Leaflet layer that shows the base map.
 *
 * @param {string} coarseUrl a file of `scripts/basemap.mjs`
 * @param {string} fineUrl another, fetched and shown only at zooms of `fineFrom` and above
 * @param {number} fineFrom a zoom
 * @param {(isIncomplete: boolean, isMissing: boolean) => void} onChange called when a file has come or
 *   could not be had: whether one of the two is to be asked for again, and whether nothing can be drawn
 */
export const baseMap = (coarseUrl, fineUrl, fineFrom, onChange) => new BaseMap(coarseUrl, fineUrl, fineFrom, onChange);
