/**
 * Makes a build: Trunk's post_build hook. Takes what Trunk left in the staging folder (index.html,
 * public/), compiles the program, and leaves:
 *
 *   kproxy-agents.js      the entry, src/element/kproxy-agents.js: the one script a host loads
 *   assets/               all that it loads, named by content, so that it can be cached for good
 *   index.html            the standalone page, preloading what the list needs
 *   kproxy-agents.d.ts,   the element's interface, for those who use it
 *   custom-elements.json
 *
 * A release build is optimized and minified, a debug build is not.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { leafletPatches } from "../src/leaflet/patches.mjs";
import { basemap } from "./basemap.mjs";
import { bundle, hashOf, isRelease, source } from "./bundle.mjs";
import { declarations, manifestText } from "./interface.mjs";
import { program } from "./program.mjs";

const publicUrl = (process.env.TRUNK_PUBLIC_URL ?? "/").replace(/\/*$/, "/");
const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error("This runs as a hook of Trunk: use `make build` or `trunk build`.");

/** Writes an asset and returns its path relative to the entry. */
async function writeAsset(name, extension, content) {
  const path = `assets/${name}-${hashOf(content)}.${extension}`;
  await writeFile(join(staging, path), content);
  return path;
}

/** The map library, with what `patches.mjs` changes in it. */
function leaflet() {
  return bundle({ entryPoints: ["src/leaflet/leaflet.js"], plugins: [leafletPatches] });
}

/** A style sheet of the shadow root. */
function style(imports) {
  /** Leaflet's images belong to controls and icons that the map does not have. */
  const withoutLeafletImages = {
    name: "without-leaflet-images",
    setup(build) {
      build.onLoad({ filter: /leaflet\/dist\/images\// }, () => ({ contents: "", loader: "dataurl" }));
    },
  };
  return bundle({
    stdin: {
      contents: imports,
      resolveDir: join(source, "style"),
      loader: "css",
    },
    loader: { ".svg": "dataurl", ".woff2": "dataurl" },
    plugins: [withoutLeafletImages],
  });
}

/** The standalone page: made for the public URL, and with the assets of the list preloaded. */
async function indexHtml(files) {
  const path = join(staging, "index.html");
  const preloads = [
    ["preload", files.style, "text/css"],
    ["modulepreload", files.program],
    ["preload", files.wasm, "application/wasm"],
  ].map(([rel, file, type]) => {
    const asFetch = type ? ` as="fetch" type="${type}"` : "";
    return `<link rel="${rel}"${asFetch} href="/${file}" crossorigin>`;
  });
  const html = (await readFile(path, "utf8"))
    .replace(/ *<!-- For Trunk:[^]*?(?= *<\/head>)/, preloads.map((tag) => `    ${tag}\n`).join(""))
    .replaceAll(/(href|src|base-path)="\//g, `$1="${publicUrl}`);
  await writeFile(path, html);
}

await mkdir(join(staging, "assets"), { recursive: true });
const { main, script, parts, files: partContents } = await program();
/** A debug build has the gallery, which needs the later style at once. */
const gallery = isRelease ? "" : '@import "./later.css"; @import "./gallery.css" layer(page);';
const contents = {
  wasm: ["page", "wasm", main],
  program: ["page", "js", script],
  style: ["page", "css", style(`@import "./kproxy-agents.css"; ${gallery}`)],
  laterStyle: ["later", "css", style('@import "./later.css";')],
  leaflet: ["leaflet", "js", leaflet()],
  land110: ["land-110m", "json", basemap("land110")],
  land50: ["land-50m", "json", basemap("land50")],
};
const files = Object.fromEntries(
  await Promise.all(
    Object.entries(contents).map(async ([key, [name, extension, content]]) => [
      key,
      await writeAsset(name, extension, await content),
    ]),
  ),
);
const partFiles = {};
for (const [name, content] of Object.entries(partContents)) {
  const shown = name.replace(/^split_/, "").replace(/^chunk_\d+$/, "shared");
  partFiles[name] = await writeAsset(shown, "wasm", content);
}
files.parts = Object.fromEntries(
  Object.entries(parts).map(([part, names]) => [part, names.map((name) => partFiles[name])]),
);
// It has to run in browsers that are too old for the rest, to say so: all that have modules.
const entry = bundle({
  entryPoints: ["src/element/kproxy-agents.js"],
  target: "es2018",
  supported: { "dynamic-import": true, "import-meta": true },
  loader: { ".css": "text" },
  define: { KPROXY_AGENTS_FILES: JSON.stringify(files) },
});
await writeFile(join(staging, "kproxy-agents.js"), await entry);
await writeFile(join(staging, "kproxy-agents.d.ts"), declarations());
await writeFile(join(staging, "custom-elements.json"), manifestText());
await indexHtml(files);

// Tells the Makefile what dist/ holds; a build into another folder says nothing about it.
if (resolve(process.env.TRUNK_DIST_DIR) === resolve(source, "dist")) {
  await mkdir(join(source, "target"), { recursive: true });
  const built = `${isRelease ? "release" : "debug"} ${publicUrl}\n`;
  await writeFile(join(source, "target/page-build"), built);
}
