/**
 * Builds the three portals into dist/, for the paths /hosts/plain/, /hosts/react/ and
 * /hosts/single-spa/. The element is not part of them: they load it from /kproxy-agents/.
 */
import { createHash } from "node:crypto";
import { copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));
process.chdir(folder);
await rm("dist", { recursive: true, force: true });

async function plain() {
  await cp("plain", "dist/plain", { recursive: true });
}

async function react() {
  await mkdir("dist/react", { recursive: true });
  for (const file of ["index.html", "brand.css"]) await copyFile(`react/${file}`, `dist/react/${file}`);
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ["react/main.tsx"],
    outdir: "dist/react",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
    external: ["/kproxy-agents/*"],
    legalComments: "none",
    logLevel: "warning",
  });
}

async function singleSpa() {
  await cp("single-spa", "dist/single-spa", { recursive: true });
  await copyFile("node_modules/single-spa/lib/es2015/esm/single-spa.min.js", "dist/single-spa/single-spa.js");
  const html = await readFile("single-spa/index.html", "utf8");
  const [, importMap] = /<script type="importmap">([^]*?)<\/script>/.exec(html);
  const hash = createHash("sha256").update(importMap).digest("base64");
  // The mock server sends it in the stead of its own; it is the same but for the hash.
  const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'`;
  await writeFile("dist/single-spa/index.html.csp", `${policy}\n`);
}

await Promise.all([plain(), react(), singleSpa()]);
for (const host of ["plain", "react", "single-spa"]) await copyFile("portal.css", `dist/${host}/portal.css`);
