/**
 * The program: compiled by cargo, taken apart by xtask, made small by wasm-opt; and the JavaScript
 * glue of its main part, with what the entry script needs beside it.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

import { bundle, hashOf, isRelease, source } from "./bundle.mjs";

/** What rustc emits for wasm32-unknown-unknown; every browser of the last years knows it. */
const WASM_FEATURES = [
  "bulk-memory",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
];

/**
 * How wasm-opt makes the program small over the wire. Without inlining: it makes functions that were
 * alike differ, which is smaller raw and larger compressed. In the order of their names, the copies of
 * a generic function are side by side, where the compressor finds them.
 */
const WASM_OPT_FLAGS = [
  "--duplicate-function-elimination",
  "--reorder-functions-by-name",
  "-Oz",
  ...["-aimfs", "0", "-ocimfs", "0", "-fimfs", "0"],
  "--strip-debug",
  "--strip-producers",
];

const wasmOptFolder = join(source, "target/wasm-opt");

/** Where xtask puts the parts and the glue. */
const partsFolder = join(source, `target/parts/${isRelease ? "release" : "debug"}`);

/** Runs a command, and returns what it prints; its errors are shown. */
async function run(command, ...args) {
  const child = spawn(command, args, { cwd: source, stdio: ["ignore", "pipe", "inherit"] });
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (status !== 0) throw new Error(`${command} ${args[0]} failed`);
  return output;
}

/** Compiles the program; returns where it is. */
async function compile() {
  const how = ["--locked", "--lib", "--target", "wasm32-unknown-unknown", ...(isRelease ? ["--release"] : [])];
  const messages = await run("cargo", "build", ...how, "--message-format", "json-render-diagnostics");
  const files = messages.trim().split("\n").flatMap((line) => JSON.parse(line).filenames ?? []);
  return files.find((file) => file.endsWith("kproxy_agents.wasm"));
}

/** A file of the program; in a release build made smaller, where wasm-opt can be had. */
async function optimized(name) {
  const from = join(partsFolder, `${name}.wasm`);
  const original = await readFile(from);
  if (!isRelease) return original;
  // Optimizing takes seconds, and most builds change something else.
  const to = join(wasmOptFolder, `${name}-${hashOf(original)}-${hashOf(String(WASM_OPT_FLAGS))}.wasm`);
  try {
    if (!existsSync(to)) {
      const wasmOpt = join(source, "node_modules/binaryen/bin/wasm-opt");
      const features = WASM_FEATURES.map((feature) => `--enable-${feature}`);
      await mkdir(wasmOptFolder, { recursive: true });
      for (const old of await readdir(wasmOptFolder)) {
        if (old.startsWith(`${name}-`)) await rm(join(wasmOptFolder, old));
      }
      await promisify(execFile)(process.execPath, [wasmOpt, ...WASM_OPT_FLAGS, ...features, from, "-o", to]);
    }
    return await readFile(to);
  } catch (error) {
    console.warn(`${name}.wasm is not optimized, as wasm-opt failed: ${error.message}`);
    return original;
  }
}

/** Replaces what must be there, so that another version of what is changed here cannot slip in. */
function replaceOrFail(text, what, by, whose) {
  const replaced = text.replace(what, by);
  if (replaced === text) throw new Error(`${whose} has changed: scripts/program.mjs must, too.`);
  return replaced;
}

/**
 * The JavaScript that wasm-bindgen made, and:
 *
 * - `stop()`: afterwards no timer, listener or promise that a dead program left behind enters it
 *   again;
 * - `trustHtmlBy(trustHtml)`: the HTML that the program writes goes through this function, where
 *   the host demands Trusted Types;
 * - `loadPartsBy(load)`: where the program asks for a part of itself, `load` gets the part's name,
 *   and what to call once it is here or lost: the index of a function in the program's table and the
 *   first of its arguments; the second is whether the part is here.
 */
async function glue(parts) {
  const original = await readFile(join(partsFolder, "page.js"), "utf8");
  if (!/^let .*\bwasm;$/m.test(original)) {
    throw new Error("wasm-bindgen's glue has changed: stop() in scripts/program.mjs must, too.");
  }
  const trusting = replaceOrFail(
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
    }
    export { loadPartsBy } from "./__wasm_split.js";`;
  // In place of the loader that was made with the parts: ours tries again, and knows hashed names,
  // servers without the media type, and a dead program.
  const loader = parts.map((name) => `export const __wasm_split_load_${name} = (...call) => load("${name}", ...call);`);
  await writeFile(
    join(partsFolder, "__wasm_split.js"),
    `let load; export function loadPartsBy(by) { load = by; } ${loader.join("\n")}`,
  );
  return bundle({
    stdin: { contents: trusting + ours, resolveDir: partsFolder, loader: "js" },
    // The glue names the loader's module once for each function that the program takes from it.
    logOverride: { "duplicate-object-key": "silent" },
  });
}

/**
 * Makes the program. Returns its main part, its glue, the files of its other parts by name, and which
 * of them each part needs, in the order of need.
 */
export async function program() {
  const compiled = await compile();
  await rm(partsFolder, { recursive: true, force: true });
  await mkdir(partsFolder, { recursive: true });
  await run("cargo", "xtask", compiled, partsFolder);
  const parts = JSON.parse(await readFile(join(partsFolder, "parts.json"), "utf8"));
  const names = [...new Set(Object.values(parts).flat())];
  const [main, script, ...rest] = await Promise.all([
    optimized("page_bg"),
    glue(Object.keys(parts)),
    ...names.map(optimized),
  ]);
  return { main, script, parts, files: Object.fromEntries(names.map((name, index) => [name, rest[index]])) };
}
