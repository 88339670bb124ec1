/**
 * What is changed in Leaflet's sources as they are bundled. Leaflet takes the document for its own;
 * here it belongs to a host, which may use a Leaflet itself, and a map that was removed has to be
 * gone. An esbuild plugin.
 */
import { readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const TIMERS = join(dirname(fileURLToPath(import.meta.url)), "timers.js");

/** Each text occurs in its file once or, with `all`, at least once. */
const PATCHES = [
  // Notes on listeners stay off the host's objects, where another Leaflet's would take them for its own.
  { file: "dom/DomEvent.js", all: true, from: "obj[eventsKey]", to: "notesOn(obj).listeners" },
  {
    file: "dom/DomEvent.js",
    from: "var eventsKey = '_leaflet_events';",
    to: `var notes = new WeakMap();
      function notesOn(obj) {
        if (!notes.has(obj)) { notes.set(obj, {}); }
        return notes.get(obj);
      }`,
  },
  // A listener that is gone leaves no note behind.
  {
    file: "dom/DomEvent.js",
    from: "notesOn(obj).listeners[id] = null;",
    to: "delete notesOn(obj).listeners[id];",
  },
  // Touches come as touch events; their stand-ins would listen to the document for good.
  {
    file: "core/Browser.js",
    from: "var pointer = !!(window.PointerEvent || msPointer);",
    to: "var pointer = false;",
  },
  // A string for innerHTML, to see whether SVG is known: Trusted Types would refuse it.
  {
    file: "core/Browser.js",
    from: "div.innerHTML = '<svg/>';",
    to: "div.appendChild(svgCreate('svg'));",
  },
  // One finger scrolls the page, two move the map (TouchZoom); a mouse drags it.
  {
    file: "dom/Draggable.js",
    from: "var START = Browser.touch ? 'touchstart mousedown' : 'mousedown';",
    to: "var START = 'mousedown';",
  },
  // Two fingers that did not move leave no listener behind, nor does a map that goes under them.
  {
    file: "map/handler/Map.TouchZoom.js",
    from: "if (!this._moved || !this._zooming) {\n\t\t\tthis._zooming = false;\n\t\t\treturn;",
    to: "if (!this._moved || !this._zooming) {\n\t\t\tthis._end();\n\t\t\treturn;",
  },
  {
    file: "map/handler/Map.TouchZoom.js",
    from: "_onTouchEnd: function () {",
    to: `_end: function () {
      this._zooming = false;
      Util.cancelAnimFrame(this._animRequest);
      DomEvent.off(document, 'touchmove', this._onTouchMove, this);
      DomEvent.off(document, 'touchend touchcancel', this._onTouchEnd, this);
    },

    _onTouchEnd: function () {`,
  },
  {
    file: "map/handler/Map.TouchZoom.js",
    from: "DomEvent.off(this._map._container, 'touchstart', this._onTouchStart, this);",
    to: "DomEvent.off(this._map._container, 'touchstart', this._onTouchStart, this);\n\t\tthis._end();",
  },
  // Dragging: its classes on the map, not on the host's body and element.
  {
    file: "dom/Draggable.js",
    all: true,
    from: "(document.body, 'leaflet-dragging')",
    to: "(this._dragStartTarget, 'leaflet-dragging')",
  },
  {
    file: "dom/Draggable.js",
    from: "this._lastTarget = e.target || e.srcElement;",
    to: "this._lastTarget = this._dragStartTarget;",
  },
  // Nothing is selected or dragged away that begins on the map; the rest is the host's.
  {
    file: "dom/Draggable.js",
    from: "DomUtil.disableImageDrag();\n\t\tDomUtil.disableTextSelection();",
    to: "DomEvent.on(this._dragStartTarget, 'selectstart dragstart', DomEvent.preventDefault);",
  },
  {
    file: "dom/Draggable.js",
    from: "DomUtil.enableImageDrag();\n\t\tDomUtil.enableTextSelection();",
    to: "DomEvent.off(this._dragStartTarget, 'selectstart dragstart', DomEvent.preventDefault);",
  },
  // `:focus-visible` knows by itself when there is an outline.
  { file: "map/Map.js", from: "DomUtil.preventOutline(el);", to: "" },
  // The map takes focus without the window being scrolled there and back.
  {
    file: "map/handler/Map.Keyboard.js",
    from: "this._map._container.focus();\n\n\t\twindow.scrollTo(left, top);",
    to: "this._map._container.focus({ preventScroll: true });",
  },
  // Timers and frames end with the map.
  {
    file: "core/Util.js",
    from: "return requestFn.call(window, bind(fn, context));",
    to: "return requestFrame(fn, context);",
  },
  { file: "core/Util.js", from: "cancelFn.call(window, id);", to: "cancelFrame(id);" },
  { file: "core/Util.js", from: "setTimeout(later, time);", to: "startTimer(later, context, time);" },
  {
    file: "core/Util.js",
    from: "export function extend(dest) {",
    to: `import { cancelFrame, later as startTimer, requestFrame } from ${JSON.stringify(TIMERS)};
      export { startTimer };
      export function extend(dest) {`,
  },
  // A zoom that has not begun can be called off: see `leaflet.js`.
  {
    file: "map/Map.js",
    from: "Util.requestAnimFrame(function () {\n\t\t\tthis\n\t\t\t    ._moveStart(true, options.noMoveStart",
    to: "this._zoomFrame = Util.requestAnimFrame(function () {\n\t\t\tthis\n\t\t\t    ._moveStart(true, options.noMoveStart",
  },
  {
    file: "map/Map.js",
    from: "setTimeout(Util.bind(this._onZoomTransitionEnd, this), 250);",
    to: "Util.startTimer(this._onZoomTransitionEnd, this, 250);",
  },
  {
    file: "map/handler/Map.Drag.js",
    from: "animate: true\n\t\t\t\t\t});\n\t\t\t\t});",
    to: "animate: true\n\t\t\t\t\t});\n\t\t\t\t}, this);",
  },
  {
    file: "map/handler/Map.ScrollWheelZoom.js",
    from: "DomEvent.off(this._map._container, 'wheel', this._onWheelScroll, this);",
    to: "DomEvent.off(this._map._container, 'wheel', this._onWheelScroll, this);\n\t\tclearTimeout(this._timer);",
  },
  {
    file: "layer/tile/GridLayer.js",
    from: "Util.requestAnimFrame(Util.bind(this._tileReady, this, coords, null, tile));",
    to: "Util.requestAnimFrame(Util.bind(this._tileReady, this, coords, null, tile), this);",
  },
  {
    file: "layer/tile/GridLayer.js",
    from: "setTimeout(Util.bind(this._pruneTiles, this), 250);",
    to: "Util.startTimer(this._pruneTiles, this, 250);",
  },
];

const FOLDER = join("node_modules", "leaflet", "src") + sep;

/** Leaflet's sources with the patches above. A patch that does not fit fails the build. */
export const leafletPatches = {
  name: "leaflet-patches",
  setup(build) {
    build.onLoad({ filter: /leaflet[\\/]src[\\/].*\.js$/ }, async ({ path }) => {
      const file = path.slice(path.lastIndexOf(FOLDER) + FOLDER.length).split(sep).join("/");
      let contents = (await readFile(path, "utf8")).replaceAll("\r\n", "\n");
      for (const { from, to, all } of PATCHES.filter((patch) => patch.file === file)) {
        const found = contents.split(from).length - 1;
        if (found === 0 || (found > 1 && !all)) {
          throw new Error(`Leaflet's ${file} has “${from}” ${found} times: src/leaflet/patches.mjs must change.`);
        }
        contents = contents.replaceAll(from, () => to);
      }
      return { contents, loader: "js" };
    });
  },
};
