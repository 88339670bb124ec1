/**
 * `make bench`: what the page costs with 10 agents and with 100,000, in Chromium, on the release build
 * and the mock server's fleet. Prints the medians of several visits, and writes them to target/bench.txt.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';

import { exposeProgram, memory, start } from '../e2e/memory.mjs';
import { folded, probe } from './probe.js';

const AGENTS = (process.env.AGENTS ?? '10,100,1000,10000,100000').split(',').map(Number);
const RUNS = Number(process.env.RUNS ?? 5);

/** What is typed into the filter, key by key. */
const QUERIES = ['kp', '198.18.3', '7.4', 'oslo', 'xyzzy'];
const REFRESHES = 3;
const ROWS_OPENED = 5;
const MINUTE_SECS = 60;

/** A phone far from the server. */
const FAR = { agents: 1_000, viewport: { width: 412, height: 915 }, megabitsPerSec: 1.6, latencyMs: 150, cpu: 4 };

const FIGURES = {
  'first row, ms': ({ load }) => load.firstRow,
  'all rows and markers, ms': ({ load }) => load.all,
  'largest contentful paint, ms': ({ load }) => load.lcp,
  'layout shift': ({ load }) => load.cls,
  'main thread until then, ms': ({ load }) => load.work,
  'a key in Filter, ms': ({ keys }) => keys && median(keys.took),
  'main thread a key, ms': ({ keys }) => keys?.work,
  'filter INP, ms': ({ keys }) => keys?.inp,
  'a row opened, ms': ({ open }) => open && median(open.took),
  'a refresh, ms': ({ refresh }) => refresh && median(refresh.took),
  'main thread a refresh, ms': ({ refresh }) => refresh?.work,
  'JS heap, MB': ({ memory }) => memory && memory['JS heap, kB'] / 1024,
  'WebAssembly memory, MB': ({ memory }) => memory && memory['wasm memory, kB'] / 1024,
  'renderer PSS, MB': ({ memory }) => memory?.pss,
};

const columns = [];
for (const agents of AGENTS) columns.push(await column(`${agents.toLocaleString('en')}`, { agents }));
columns.push(await column('1,000, slow 4G, phone', FAR));
const table = [
  `| | ${columns.map(({ name }) => name).join(' | ')} |`,
  `| --- |${' ---: |'.repeat(columns.length)}`,
  ...Object.entries(FIGURES).map(([figure, of]) => `| ${figure} | ${columns.map(({ visits }) => shown(visits.map(of))).join(' | ')} |`),
];
console.log(table.join('\n'));
await mkdir('../../target', { recursive: true });
await writeFile('../../target/bench.txt', `${table.join('\n')}\n`);

/** The visits of one column, each in a browser of its own. */
async function column(name, how) {
  const visits = [];
  for (let run = 1; run <= RUNS; run++) {
    visits.push(await visit(how));
    console.error(`${name} agents: ${run} of ${RUNS}`);
  }
  return { name, visits };
}

async function visit({ agents, viewport = { width: 1280, height: 900 }, ...far }) {
  const { origin, browser, stop } = await start('--control', '--agents', String(agents));
  try {
    await warmUp(browser, origin);
    const page = await browser.newPage({ viewport });
    page.setDefaultTimeout(120_000);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    if (far.cpu) await slowDown(devtools, far);
    await exposeProgram(page);
    await page.addInitScript(`{ ${folded}; (${probe})(${agents}); }`);
    const texts = await textsOf(origin);

    const work = () => mainThread(devtools);
    await page.goto(origin, { waitUntil: 'commit' });
    await page.evaluate(() => bench.loaded());
    await page.evaluate(() => bench.quiet());
    const load = { ...(await page.evaluate(() => bench.load)), work: await work() };
    if (far.cpu) return { load };

    const keys = await typing(page, texts, work);
    const open = await opening(page);
    const refresh = await refreshing(page, origin, work);
    return { load, keys, open, refresh, memory: { ...(await memory(page, devtools)), pss: await pss(browser) } };
  } finally {
    await stop();
  }
}

/** A visit that is not measured: the server compresses each file when it is first asked for it. */
async function warmUp(browser, origin) {
  const page = await browser.newPage();
  await page.goto(origin, { waitUntil: 'networkidle' });
  await page.close();
}

async function slowDown(devtools, { megabitsPerSec, latencyMs, cpu }) {
  const bytesPerSec = (megabitsPerSec * 1_000_000) / 8;
  const throughput = { downloadThroughput: bytesPerSec, uploadThroughput: bytesPerSec };
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', { offline: false, latency: latencyMs, ...throughput });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpu });
}

/** Milliseconds that the main thread has worked so far. */
async function mainThread(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration').value * 1_000;
}

/** The proportional set size of the page's process, in MB. */
async function pss(browser) {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  const sizes = renderers.map(async ({ id }) => {
    const rollup = await readFile(`/proc/${id}/smaps_rollup`, 'utf8');
    return Number(/^Pss: +(\d+)/m.exec(rollup)[1]) / 1024;
  });
  return Math.max(...(await Promise.all(sizes)));
}

/** What the filter looks at, for each agent. */
async function textsOf(origin) {
  const get = async (path) => (await fetch(`${origin}${path}`)).json();
  const { sites } = await get('/site/v202509/sites');
  const titles = new Map(sites.map(({ id, title }) => [id, title]));
  const texts = [];
  for (let token = ''; token !== undefined; ) {
    const { agents, nextPageToken } = await get(`/kproxy/v202611/agents?pageSize=1000&pageToken=${token}`);
    for (const { name, siteId, ipAddress, privateIp, version } of agents) {
      const cells = [name || 'Auto Generated', titles.get(siteId) ?? 'Undefined', ipAddress, privateIp || 'Undefined', version];
      texts.push(folded(cells.join('\n')));
    }
    token = nextPageToken || undefined;
  }
  return texts;
}

/** Types each query, key by key, and clears it. */
async function typing(page, texts, work) {
  const took = [];
  await page.getByRole('searchbox', { name: 'Filter' }).focus();
  await page.evaluate(() => bench.forgetInteractions());
  const before = await work();
  let keys = 0;
  for (const query of QUERIES) {
    for (let length = 1; length <= query.length; length++) {
      const text = query.slice(0, length);
      const count = texts.filter((of) => of.includes(text)).length;
      await page.evaluate((expected) => bench.expect('agents', ...expected), [count, text]);
      await page.keyboard.press(text.at(-1));
      took.push(await page.evaluate(() => bench.took()));
    }
    keys += query.length + 1;
    await page.evaluate((expected) => bench.expect('agents', ...expected), [texts.length, '']);
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.evaluate(() => bench.took());
  }
  await page.evaluate(() => bench.quiet());
  return { took, work: ((await work()) - before) / keys, inp: await page.evaluate(() => bench.inp()) };
}

/** Opens rows, one after another. */
async function opening(page) {
  const took = [];
  const toggles = page.getByRole('table').getByRole('button', { name: /^Details for / });
  for (let row = 0; row < ROWS_OPENED; row++) {
    await page.evaluate(() => bench.expect('open'));
    await toggles.nth(row).click();
    took.push(await page.evaluate(() => bench.took()));
    await toggles.nth(row).click();
  }
  return { took };
}

/** Refreshes, each time a minute later: all agents that are well have made contact since. */
async function refreshing(page, origin, work) {
  const took = [];
  const before = await work();
  for (let minutes = 1; minutes <= REFRESHES; minutes++) {
    const body = JSON.stringify({ offsetSecs: minutes * MINUTE_SECS });
    await fetch(`${origin}/__mock/clock`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    await page.evaluate(() => bench.expect('read'));
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    took.push(await page.evaluate(() => bench.took()));
    await page.evaluate(() => bench.quiet());
  }
  return { took, work: ((await work()) - before) / REFRESHES };
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function shown(figures) {
  if (figures.includes(undefined)) return '';
  const figure = median(figures);
  return figure.toLocaleString('en', { maximumFractionDigits: figure < 10 ? 1 : 0 });
}
