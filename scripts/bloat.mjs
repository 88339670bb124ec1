/**
 * `make bloat`: what the parts of a release build are made of, in bytes before wasm-opt, which drops
 * the names of functions. Code is by crate, and that of our own crate by module; a generic function
 * counts for the crate that it is written in, whatever its types.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = "target/parts/release";
const OURS = "kproxy_agents";
const CODE = 10;
const DATA = 11;
const FUNCTION_NAMES = 1;

/** Reads the numbers and bytes that WebAssembly's binary format is made of. */
class Reader {
  #bytes;
  #at;

  constructor(bytes, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get hasMore() {
    return this.#at < this.#bytes.length;
  }

  byte() {
    return this.#bytes[this.#at++];
  }

  /** LEB128, without a sign. */
  number() {
    const byte = this.byte();
    return byte < 128 ? byte : byte - 128 + 128 * this.number();
  }

  /** What follows its own length. */
  block() {
    const length = this.number();
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  list(readItem) {
    return Array.from({ length: this.number() }, readItem);
  }
}

/** The sections by their ids; of custom sections, the last. */
function sectionsOf(bytes) {
  const sections = new Map();
  for (const reader = new Reader(bytes, 8); reader.hasMore; ) sections.set(reader.byte(), reader.block());
  return sections;
}

/** The names of functions by their indices, imports first. */
function functionNames(module) {
  const [section] = WebAssembly.Module.customSections(module, "name");
  if (!section) throw new Error(`${FOLDER} has no names of functions`);
  const names = new Reader(sectionsOf(Buffer.concat([Buffer.alloc(8), Buffer.from(section)])).get(FUNCTION_NAMES));
  return new Map(names.list(() => [names.number(), names.block().toString()]));
}

/** The first path in a name: of `<T as leptos::IntoView>::into_view`, that of the trait. */
function crateAndModule(name) {
  const withoutHash = name.replace(/(::\{\{closure\}\})*(::h[0-9a-f]{16})?$/, "");
  const path = /(\w+)(?:\[[0-9a-f]+\])?::([\w:]*)/.exec(withoutHash);
  if (!path) return ["no crate", ""];
  // Modules are in lower case; the last word is the function.
  const modules = /^(?:[a-z0-9_]+::){0,2}/.exec(path[2])[0].slice(0, -2);
  return [path[1], modules];
}

function sumsBy(functions, keyOf) {
  const sums = new Map();
  for (const { name, size } of functions) {
    const key = keyOf(name);
    if (key !== undefined) sums.set(key, (sums.get(key) ?? 0) + size);
  }
  return [...sums].sort(([, a], [, b]) => b - a);
}

const line = (name, bytes) => console.log(name.padEnd(36) + bytes.toLocaleString("en").padStart(12));

const parts = JSON.parse(readFileSync(join(FOLDER, "parts.json"), "utf8"));
for (const part of ["page_bg", ...new Set(Object.values(parts).flat())]) {
  const bytes = readFileSync(join(FOLDER, `${part}.wasm`));
  const module = new WebAssembly.Module(bytes);
  const sections = sectionsOf(bytes);
  const names = functionNames(module);
  const imports = WebAssembly.Module.imports(module).filter(({ kind }) => kind === "function").length;
  const bodies = new Reader(sections.get(CODE));
  const functions = bodies
    .list(() => bodies.block().length)
    .map((size, index) => ({ size, name: names.get(imports + index) ?? "" }));

  line(`\n${part}: data`, sections.get(DATA)?.length ?? 0);
  line("code", sections.get(CODE).length);
  for (const [crate, size] of sumsBy(functions, (name) => crateAndModule(name)[0])) {
    line(`  ${crate}`, size);
    if (crate !== OURS) continue;
    const moduleOf = (name) => {
      const [owner, path] = crateAndModule(name);
      return owner === OURS ? path : undefined;
    };
    for (const [path, bytesOfModule] of sumsBy(functions, moduleOf)) line(`    ${path || "(itself)"}`, bytesOfModule);
  }
}
