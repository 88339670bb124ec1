/**
 * `make size`: what a browser loads from dist/, uncompressed, with gzip and with Brotli, by when it is
 * needed. With --check, fails where a file has become larger than its budget.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/**
 * When each file is needed, and what it may weigh with Brotli, in bytes. A budget is for what is added
 * without being noticed; what is worth its weight raises it, here and in docs/measurements.md.
 */
const BUDGETS = {
  "the list": {
    "assets/page.wasm": 248_000,
    "assets/page.js": 6_100,
    "assets/page.css": 4_100,
    "kproxy-agents.js": 4_950,
    "index.html": 400,
    "page.css": 200,
    "favicon.svg": 200,
  },
  "the map": {
    "assets/map.wasm": 64_500,
    "assets/shared.wasm": 6_900,
    "assets/later.css": 4_600,
    "assets/leaflet.js": 24_600,
    "assets/land-110m.json": 17_300,
  },
  "dialogs and details": {
    "assets/later.wasm": 128_500,
  },
  "zooming in": {
    "assets/land-50m.json": 182_000,
  },
};

const isForDevelopers = (file) =>
  file.endsWith(".d.ts") || ["custom-elements.json", "openapi.json"].includes(file);

/** The files in dist/, by their names without the hashes. */
const files = new Map(
  readdirSync("dist", { recursive: true })
    .filter((file) => statSync(join("dist", file)).isFile() && !isForDevelopers(file))
    .map((file) => [file.replace(/-[0-9a-f]{10}\./, "."), join("dist", file)]),
);

function sizesOf(path) {
  const content = readFileSync(path);
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  return [content.length, gzipSync(content, { level: 9 }).length, brotliCompressSync(content, brotli).length];
}

const add = (sum, sizes) => sum.map((bytes, index) => bytes + sizes[index]);
const line = (name, ...cells) =>
  console.log(name.padEnd(30) + cells.map((cell) => cell.toLocaleString("en").padStart(12)).join(""));

const faults = [];
let sofar = [0, 0, 0];
line("", "raw", "gzip -9", "brotli 11", "budget");
for (const [what, budgets] of Object.entries(BUDGETS)) {
  for (const [name, budget] of Object.entries(budgets)) {
    const path = files.get(name);
    if (!path) {
      faults.push(`${name} is missing from dist/`);
      continue;
    }
    files.delete(name);
    const sizes = sizesOf(path);
    sofar = add(sofar, sizes);
    line(`  ${name}`, ...sizes, budget);
    const over = sizes.at(-1) - budget;
    if (over > 0) faults.push(`${name} is ${over.toLocaleString("en")} bytes over its budget`);
  }
  line(`until ${what}`, ...sofar);
}
for (const name of files.keys()) faults.push(`${name} has no budget in scripts/size.mjs`);

if (process.argv.includes("--check") && faults.length > 0) {
  console.error(`\n${faults.join("\n")}`);
  process.exitCode = 1;
}
