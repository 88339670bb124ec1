/** What the steps of a build share: what is built, and how esbuild bundles. */
import { createHash } from "node:crypto";

import * as esbuild from "esbuild";

export const isRelease = process.env.TRUNK_PROFILE === "release";
export const source = process.env.TRUNK_SOURCE_DIR ?? ".";

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

/** The text of a bundle. */
export async function bundle(options) {
  const { outputFiles } = await esbuild.build({ ...common, ...options });
  return outputFiles[0].text;
}

/** Names a content. */
export const hashOf = (content) => createHash("sha256").update(content).digest("hex").slice(0, 10);
