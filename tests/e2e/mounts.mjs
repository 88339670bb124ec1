/**
 * `make mounts`: whether memory stays flat. Mounts and removes the element fifty times in Chromium,
 * each time on a fleet of 1,000 agents, read and used; after each removal garbage is collected, and
 * what is left is counted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { chromium } from '@playwright/test';

const MOUNTS = Number(process.env.MOUNTS ?? 50);
const AGENTS = Number(process.env.AGENTS ?? 1000);
const SERVER = process.env.MOCK_SERVER ?? '../../target/server/mock-server';
const DIST = process.env.DIST ?? '../../dist';

const HOST = `<!doctype html>
  <html lang="en">
    <title>Mounts</title>
    <script type="module" src="/kproxy-agents.js"></script>
    <body></body>
  </html>`;

const server = spawn(SERVER, ['--port', '0', '--dist', DIST, '--agents', AGENTS, '--change-rate', '0']);
server.stderr.pipe(process.stderr);
const [origin] = await once(createInterface(server.stdout), 'line');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('pageerror', (error) => console.error(error));
  await page.route('**/mounts.html', (route) => route.fulfill({ contentType: 'text/html', body: HOST }));
  await page.goto(`${origin}/mounts.html`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');

  const print = (cells) => console.log(cells.map((cell) => String(cell).padStart(16)).join(''));
  const rows = [];
  for (let mounts = 1; mounts <= MOUNTS; mounts++) {
    await mountAndUse(page);
    await page.evaluate(() => document.querySelector('kproxy-agents').remove());
    const row = await measure(page, devtools);
    rows.push(row);
    if (mounts === 1) print(['mounts', ...Object.keys(row)]);
    if ([1, 2, 5].includes(mounts) || mounts % 10 === 0) print([mounts, ...Object.values(row)]);
  }
  // The first few fill caches and compile code.
  const [early, late] = [rows[Math.floor(MOUNTS / 5) - 1], rows.at(-1)];
  const grown = Object.keys(late).filter((key) => late[key] > early[key] * (key === 'JS heap, kB' ? 1.1 : 1));
  if (grown.length > 0) {
    console.error(`Not flat: ${grown.join('; ')}`);
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  server.kill();
}

/** Shows the element, waits until the fleet is there, and has a look around. */
async function mountAndUse(page) {
  await page.evaluate(() => document.body.append(document.createElement('kproxy-agents')));
  await page.getByText(/^Updated /).waitFor();
  const marker = page.getByRole('button', { name: /worst status/ }).first();
  await marker.waitFor();
  await page.locator('.kp-land').first().waitFor({ state: 'attached' });
  await marker.hover();
  await page.getByRole('group', { name: /worst status/ }).waitFor();
  await page.getByRole('button', { name: 'Zoom in', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Filter' }).fill('a');
  await page.getByRole('combobox', { name: 'Status' }).selectOption('healthy');
  await page.getByRole('table').evaluate((node) => node.scrollTo(0, 4000));
  await page.getByRole('button', { name: 'Agent name', exact: true }).click();
}

/** What is left once all that can be collected has been. */
async function measure(page, devtools) {
  // What WebAssembly holds is let go by finalisers, which run after a collection, in turns of their own.
  for (let i = 0; i < 4; i++) {
    await devtools.send('HeapProfiler.collectGarbage');
    await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
  }
  const { metrics } = await devtools.send('Performance.getMetrics');
  const metric = (name) => metrics.find((metric) => metric.name === name).value;
  return {
    'JS heap, kB': Math.round(metric('JSHeapUsedSize') / 1024),
    'wasm memory, kB': await sumOf(devtools, 'WebAssembly.Memory', (memory) => memory.buffer.byteLength / 1024),
    'wasm handles': await sumOf(devtools, 'WebAssembly.Table', handlesOf),
    'DOM nodes': metric('Nodes'),
    listeners: metric('JSEventListeners'),
  };
}

/** How many objects of JavaScript the program holds on to, if this is the table of them. */
function handlesOf(table) {
  const entries = Array.from({ length: table.length }, (_, i) => table.get(i));
  const isOfFunctions = entries.every((entry) => entry === null || typeof entry === 'function');
  return isOfFunctions ? 0 : entries.filter((entry) => entry !== undefined && entry !== null).length;
}

/** The sum of a number over all objects of a class in the page. */
async function sumOf(devtools, className, number) {
  const group = { objectGroup: className };
  const { result } = await devtools.send('Runtime.evaluate', { expression: `${className}.prototype`, ...group });
  const { objects } = await devtools.send('Runtime.queryObjects', { prototypeObjectId: result.objectId, ...group });
  const answer = await devtools.send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    functionDeclaration: `function () { return this.map(${number}).reduce((sum, one) => sum + one, 0); }`,
    returnByValue: true,
  });
  await devtools.send('Runtime.releaseObjectGroup', group);
  return answer.result.value;
}
