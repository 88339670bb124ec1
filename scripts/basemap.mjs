/**
 * The base map: Natural Earth land and country borders (public domain; npm `world-atlas`), as SVG
 * paths that `src/leaflet/base-map.js` shows as they are: in Web Mercator, in whole units, and cut
 * into a grid of cells, so that only the cells near the view have to be drawn.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { geoEquirectangular, geoIdentity, geoPath, geoTransform } from "d3-geo";
import { geoProject } from "d3-geo-projection";
import { feature, mesh } from "topojson-client";

const require = createRequire(import.meta.url);

/**
 * The scales of Natural Earth in use, with the width and height of the world in units, and its
 * number of columns and rows of cells.
 */
const SCALES = {
  land110: { scale: "110m", size: 2 ** 14, cells: 1 }, // below zoom 4, where a unit is a quarter of a pixel
  land50: { scale: "50m", size: 2 ** 17, cells: 16 }, // a unit is 300 m at the equator
};

/** The latitude where Web Mercator ends. */
const MAX_LAT = 85.051129;

/**
 * Cuts at the 180th meridian. The shapes in world-atlas continue across it, which would draw
 * streaks from one edge of the world to the other. Degrees in, degrees out.
 */
const cutAtAntimeridian = geoEquirectangular()
  .scale(180 / Math.PI)
  .translate([0, 0])
  .reflectY(true)
  .precision(0);

/**
 * @param {keyof typeof SCALES} name
 * @returns {Promise<string>} JSON: `size` and `cells` as above; `land` and `borders` (between
 *   countries, without coasts) with a path for each cell, row by row from the northwest
 */
export async function basemap(name) {
  const { scale, size, cells } = SCALES[name];
  const [landSource, countriesSource] = await Promise.all([
    readAtlas(`land-${scale}`),
    readAtlas(`countries-${scale}`),
  ]);
  const isBetweenCountries = (a, b) => a !== b;
  const land = feature(landSource, landSource.objects.land);
  const borders = mesh(countriesSource, countriesSource.objects.countries, isBetweenCountries);
  return JSON.stringify({
    size,
    cells,
    land: paths(land, size, cells, true),
    borders: paths(borders, size, cells, false),
  });
}

/** The shape's path in each cell. Land overlaps a little, so that no seam shows. */
function paths(shape, size, cells, isArea) {
  const cut = geoProject(shape, cutAtAntimeridian);
  const mercator = geoTransform({
    point(lon, lat) {
      const sine = Math.sin((Math.max(-MAX_LAT, Math.min(MAX_LAT, lat)) * Math.PI) / 180);
      const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
      this.stream.point((lon / 360 + 0.5) * size, y * size);
    },
  });
  const side = size / cells;
  const overlap = isArea ? size / 2 ** 11 : 0; // 2 pixels at zoom 4
  return Array.from({ length: cells ** 2 }, (_, index) => {
    const [x, y] = [(index % cells) * side, Math.floor(index / cells) * side];
    const cell = geoIdentity().clipExtent([
      [x - overlap, y - overlap],
      [x + side + overlap, y + side + overlap],
    ]);
    const path = new CompactPath(size, overlap);
    geoPath({ stream: (sink) => mercator.stream(cell.stream(sink)) }, path)(cut);
    return path.text;
  });
}

/** Writes a path in whole units, with each point relative to the previous one. */
class CompactPath {
  text = "";
  #at = [0, 0];
  /** Where a part began that has no line yet; a part without one is left out. */
  #start = "";

  constructor(size, overlap) {
    // The copies of the world meet at the 180th meridian: they overlap, too.
    this.round = ([x, y]) => [x <= 0 ? -overlap : x >= size ? size + overlap : Math.round(x), Math.round(y)];
  }

  moveTo(...point) {
    const [x, y] = (this.#at = this.round(point));
    this.#start = `M${x} ${y}l`;
  }

  lineTo(...point) {
    const [x, y] = this.round(point);
    const [dx, dy] = [x - this.#at[0], y - this.#at[1]];
    if (dx === 0 && dy === 0) return;
    this.#at = [x, y];
    const separator = this.#start !== "" || dx < 0 ? "" : " ";
    this.text += `${this.#start}${separator}${dx}${dy < 0 ? "" : " "}${dy}`;
    this.#start = "";
  }

  closePath() {
    if (this.#start === "") this.text += "z";
  }
}

async function readAtlas(name) {
  return JSON.parse(await readFile(require.resolve(`world-atlas/${name}.json`), "utf8"));
}

// Run by hand: `node scripts/basemap.mjs land110` prints the file.
if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(await basemap(process.argv[2]));
}
