/** `make size`: what a browser loads from dist/, uncompressed, with gzip and with Brotli. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Loaded only from zoom 4 on. */
const isLater = (file) => file.includes("land-50m");

const isForDevelopers = (file) =>
  file.endsWith(".d.ts") || ["custom-elements.json", "openapi.json"].includes(file);

const files = readdirSync("dist", { recursive: true })
  .filter((file) => statSync(join("dist", file)).isFile() && !isForDevelopers(file))
  .sort();
const rows = files.map((file) => {
  const content = readFileSync(join("dist", file));
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  return {
    file: isLater(file) ? `${file} (later)` : file,
    isLater: isLater(file),
    raw: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    brotli: brotliCompressSync(content, brotli).length,
  };
});
const sum = (file, rows) => ({
  file,
  raw: rows.reduce((total, row) => total + row.raw, 0),
  gzip: rows.reduce((total, row) => total + row.gzip, 0),
  brotli: rows.reduce((total, row) => total + row.brotli, 0),
});

const line = (file, ...cells) =>
  console.log(file.padEnd(40) + cells.map((cell) => String(cell).padStart(11)).join(""));
const bytes = (count) => count.toLocaleString("en");

line("", "raw", "gzip -9", "brotli 11");
for (const { file, raw, gzip, brotli } of [
  ...rows,
  sum("at first", rows.filter((row) => !row.isLater)),
  sum("in all", rows),
]) {
  line(file, bytes(raw), bytes(gzip), bytes(brotli));
}
