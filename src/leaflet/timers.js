/**
 * Leaflet's timers and frames, booked by map: Leaflet itself lets some of them run on after
 * `map.remove()`. `patches.mjs` leads all of them here.
 */

/** Ends a timer or frame, by the map that it belongs to. @type {Map<object, Set<() => void>>} */
const running = new Map();
/** How Leaflet can end a frame, by its id. @type {Map<number, () => void>} */
const frames = new Map();

/** Books what runs until `end` is called; `context` is the map, or has it as `_map`. */
function book(context, cancel) {
  const owner = context?._map ?? context;
  const ofOwner = running.get(owner) ?? new Set();
  running.set(owner, ofOwner);
  const end = () => {
    cancel();
    ofOwner.delete(end);
    if (ofOwner.size === 0) running.delete(owner);
  };
  ofOwner.add(end);
  return end;
}

/** `requestAnimationFrame`, for `context`. */
export function requestFrame(callback, context) {
  const id = requestAnimationFrame((now) => {
    end();
    callback.call(context, now);
  });
  const end = book(context, () => {
    cancelAnimationFrame(id);
    frames.delete(id);
  });
  frames.set(id, end);
  return id;
}

/** `cancelAnimationFrame`. */
export function cancelFrame(id) {
  frames.get(id)?.();
}

/** `setTimeout`, for `context`. Returns what ends it. */
export function later(callback, context, ms) {
  const id = setTimeout(() => {
    end();
    callback.call(context);
  }, ms);
  const end = book(context, () => clearTimeout(id));
  return end;
}

/** Ends all that still runs for a map. */
export function endAll(map) {
  for (const end of [...(running.get(map) ?? [])]) end();
}
