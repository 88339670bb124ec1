/**
 * Finishes a build, as Trunk's post_build hook. Turns what Trunk left in the staging folder (the
 * program and its JavaScript glue, index.html, public/) into:
 *
 *   kproxy-agents.js      the entry, src/element/kproxy-agents.js: the one script a host loads
 *   assets/               everything it loads, named by content, so that it can be cached forever
 *   index.html            the standalone page, preloading the assets
 *   kproxy-agents.d.ts,   the element's interface, for hosts
 *   custom-elements.json
 *
 * A release build is optimized and minified; a debug build is not.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

import * as esbuild from "esbuild";

import { leafletPatches } from "../src/leaflet/patches.mjs";
import { basemap } from "./basemap.mjs";
import { declarations, manifestText } from "./interface.mjs";

const isRelease = process.env.TRUNK_PROFILE === "release";
const publicUrl = (process.env.TRUNK_PUBLIC_URL ?? "/").replace(/\/*$/, "/");
const source = process.env.TRUNK_SOURCE_DIR ?? ".";
const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error("This runs as a hook of Trunk: use `make build` or `trunk build`.");

const common = {
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  minify: isRelease,
  legalComments: "none",
  absWorkingDir: source,
  logLevel: "warning",
};

const hashOf = (content) => createHash("sha256").update(content).digest("hex").slice(0, 10);

/** Writes an asset and returns its path relative to the entry. */
async function writeAsset(name, extension, content) {
  const path = `assets/${name}-${hashOf(content)}.${extension}`;
  await writeFile(join(staging, path), content);
  return path;
}

async function bundle(options) {
  const { outputFiles } = await esbuild.build({ ...common, ...options });
  return outputFiles[0].text;
}

/** What rustc emits for wasm32-unknown-unknown; all browsers of recent years support it. */
const WASM_FEATURES = [
  "bulk-memory",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
];

/** The program; made smaller in a release build if wasm-opt is available. */
async function wasm() {
  const from = join(staging, "kproxy-agents_bg.wasm");
  const original = await readFile(from);
  if (!isRelease) return original;
  // Optimizing takes seconds, and most builds change something else.
  const to = join(source, `target/wasm-opt/${hashOf(original)}.wasm`);
  try {
    if (!existsSync(to)) {
      const wasmOpt = join(source, "node_modules/binaryen/bin/wasm-opt");
      const features = WASM_FEATURES.map((feature) => `--enable-${feature}`);
      await rm(dirname(to), { recursive: true, force: true });
      await mkdir(dirname(to), { recursive: true });
      await promisify(execFile)(process.execPath, [wasmOpt, "-Oz", ...features, from, "-o", to]);
    }
    return await readFile(to);
  } catch (error) {
    console.warn(`The program is not optimised, as wasm-opt failed: ${error.message}`);
    return original;
  }
}

/** Replaces text that must be there, so that a new version of the source cannot go unnoticed. */
function replaceOrFail(text, what, by, whose) {
  const replaced = text.replace(what, by);
  if (replaced === text) throw new Error(`${whose} has changed: scripts/finish-build.mjs must, too.`);
  return replaced;
}

/**
 * The JavaScript that wasm-bindgen generated, with two additions:
 *
 * - `stop()`: after it, no timer, listener or promise that a dead program left behind calls it
 *   again;
 * - `trustHtmlBy(trustHtml)`: the HTML that the program writes goes through this function if the
 *   host requires Trusted Types.
 */
async function program() {
  const original = await readFile(join(staging, "kproxy-agents.js"), "utf8");
  if (!/^let .*\bwasm;$/m.test(original)) {
    throw new Error("wasm-bindgen's glue has changed: stop() in scripts/finish-build.mjs must, too.");
  }
  const glue = replaceOrFail(
    original,
    /\.innerHTML = (getStringFromWasm0\(\w+, \w+\));/g,
    ".innerHTML = trustHtml($1);",
    "wasm-bindgen's glue",
  );
  const ours = `
    let trustHtml;
    export function trustHtmlBy(trust) {
      trustHtml = trust;
    }
    export function stop() {
      const { memory, __wbindgen_externrefs } = wasm;
      const rest = { get: (exports, name) => exports[name] ?? (() => []) };
      wasm = new Proxy({ memory, __wbindgen_externrefs }, rest);
    }`;
  return bundle({ stdin: { contents: glue + ours, resolveDir: staging, loader: "js" } });
}

/** The map library, with the changes of `patches.mjs`. */
function leaflet() {
  return bundle({ entryPoints: ["src/leaflet/leaflet.js"], plugins: [leafletPatches] });
}

/** The styles of the shadow root as one text; a debug build includes the gallery's. */
function style() {
  const gallery = isRelease ? "" : '@import "./gallery.css" layer(page);';
  /** Leaflet's images belong to controls and icons that this map does not use. */
  const withoutLeafletImages = {
    name: "without-leaflet-images",
    setup(build) {
      build.onLoad({ filter: /leaflet\/dist\/images\// }, () => ({ contents: "", loader: "dataurl" }));
    },
  };
  return bundle({
    stdin: {
      contents: `@import "./kproxy-agents.css"; ${gallery}`,
      resolveDir: join(source, "style"),
      loader: "css",
    },
    loader: { ".svg": "dataurl", ".woff2": "dataurl" },
    plugins: [withoutLeafletImages],
  });
}

/** The standalone page, for the public URL and with the assets preloaded. */
async function indexHtml(files) {
  const path = join(staging, "index.html");
  const preloads = [
    ["modulepreload", files.program],
    ["modulepreload", files.leaflet],
    ["preload", files.wasm, "application/wasm"],
    ["preload", files.style, "text/css"],
    ["preload", files.land110, "application/json"],
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
const contents = {
  wasm: ["page", "wasm", wasm()],
  program: ["page", "js", program()],
  style: ["page", "css", style()],
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
// Trunk's files are not needed anymore; the entry replaces the glue.
for (const name of ["kproxy-agents_bg.wasm", "snippets"]) {
  await rm(join(staging, name), { recursive: true, force: true });
}
// The entry has to run in every browser with modules, to tell the user if it is too old for the rest.
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

// Records for the Makefile what dist/ holds; a build into another folder does not change that.
if (resolve(process.env.TRUNK_DIST_DIR) === resolve(source, "dist")) {
  await mkdir(join(source, "target"), { recursive: true });
  const built = `${isRelease ? "release" : "debug"} ${publicUrl}\n`;
  await writeFile(join(source, "target/page-build"), built);
}
