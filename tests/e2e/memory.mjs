/** What a page holds on to, as `mounts.mjs` and `soak.mjs` measure it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { chromium } from '@playwright/test';

/** The mock server on a free port, with a build behind it, and a browser. */
export async function start(...args) {
  const { MOCK_SERVER = '../../target/server/mock-server', DIST = '../../dist', CHROMIUM = '/usr/bin/chromium' } = process.env;
  const server = spawn(MOCK_SERVER, ['--port', '0', '--dist', DIST, '--change-rate', '0', ...args]);
  server.stderr.pipe(process.stderr);
  const [origin] = await once(createInterface(server.stdout), 'line');
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  const stop = async () => {
    await browser.close();
    server.kill();
  };
  return { origin, browser, stop };
}

/** One row of a table. */
export const print = (cells) => console.log(cells.map((cell) => String(cell).padStart(16)).join(''));

/**
 * What is more in the later measurement. Garbage makes the heap of JavaScript vary; `others` says how
 * much else may, as a factor.
 */
export const grown = (early, late, others = {}) => {
  const factors = { 'JS heap, kB': 1.1, ...others };
  return Object.keys(late).filter((key) => late[key] > early[key] * (factors[key] ?? 1));
};

/** From the next visit on, `memory` finds what the program has. */
export const exposeProgram = (page) =>
  page.addInitScript(() => {
    const { instantiate } = WebAssembly;
    window.programs = [];
    WebAssembly.instantiate = async (...args) => {
      const result = await instantiate(...args);
      programs.push((result.instance ?? result).exports);
      return result;
    };
  });

/** What is left once all that can be collected has been. */
export async function memory(page, devtools) {
  // What WebAssembly holds is let go by finalisers, which run after a collection, in turns of their own.
  for (let i = 0; i < 4; i++) {
    await devtools.send('HeapProfiler.collectGarbage');
    await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
  }
  const { metrics } = await devtools.send('Performance.getMetrics');
  const metric = (name) => metrics.find((metric) => metric.name === name).value;
  const { bytes, handles } = await page.evaluate(ofPrograms);
  return {
    'JS heap, kB': Math.round(metric('JSHeapUsedSize') / 1024),
    'wasm memory, kB': bytes / 1024,
    'wasm handles': handles,
    'DOM nodes': metric('Nodes'),
    listeners: metric('JSEventListeners'),
  };
}

/** In the page: the bytes of WebAssembly, and how many objects of JavaScript its programs hold on to. */
function ofPrograms() {
  const sum = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
  const exported = programs.flatMap(({ __indirect_function_table: _, ...rest }) => Object.values(rest));
  const all = (type) => exported.filter((value) => value instanceof type);
  const handlesOf = (table) => Array.from({ length: table.length }, (_, i) => table.get(i)).filter((handle) => handle != null).length;
  return {
    bytes: sum(all(WebAssembly.Memory).map(({ buffer }) => buffer.byteLength)),
    handles: sum(all(WebAssembly.Table).map(handlesOf)),
  };
}
