/**
 * The base map: Natural Earth land and country borders (public domain; npm `world-atlas`), as
 * small TopoJSON files with the objects `land` and `borders`.
 *
 * The shapes of world-atlas are joined over the 180th meridian, which Leaflet would draw as
 * streaks from one edge of the world to the other. So they are cut there: d3's equirectangular
 * projection, scaled to degrees, leaves every point where it is and clips at the meridian.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { geoEquirectangular } from "d3-geo";
import { geoProject } from "d3-geo-projection";
import { feature, mesh } from "topojson-client";
import { topology } from "topojson-server";

const require = createRequire(import.meta.url);

/** The scales of Natural Earth in use, and into how many steps each axis is divided. */
const SCALES = {
  land110: { scale: "110m", steps: 1e4 }, // 4 km: under half a pixel below zoom 4
  land50: { scale: "50m", steps: 1e5 }, // 400 m
};

/** Degrees in, degrees out, clipped at the 180th meridian. */
const cutAtAntimeridian = geoEquirectangular()
  .scale(180 / Math.PI)
  .translate([0, 0])
  .reflectY(true)
  .precision(0);

/**
 * @param {keyof typeof SCALES} name
 * @returns {Promise<string>} TopoJSON
 */
export async function basemap(name) {
  const { scale, steps } = SCALES[name];
  const [landSource, countriesSource] = await Promise.all([
    readAtlas(`land-${scale}`),
    readAtlas(`countries-${scale}`),
  ]);
  const land = feature(landSource, landSource.objects.land);
  const isBetweenCountries = (a, b) => a !== b;
  const borders = mesh(countriesSource, countriesSource.objects.countries, isBetweenCountries);
  const cut = (shape) => geoProject(shape, cutAtAntimeridian);
  return JSON.stringify(topology({ land: cut(land), borders: cut(borders) }, steps));
}

async function readAtlas(name) {
  return JSON.parse(await readFile(require.resolve(`world-atlas/${name}.json`), "utf8"));
}

// Run by hand: `node scripts/basemap.mjs land110` prints the file.
if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(await basemap(process.argv[2]));
}
