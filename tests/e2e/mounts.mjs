/**
 * `make mounts`: whether memory stays flat. Mounts and removes the element fifty times in Chromium,
 * each time on a fleet of 1,000 agents, read and used; after each removal garbage is collected, and
 * what is left is counted.
 */
import { exposeProgram, grown, memory, print, start } from './memory.mjs';

const MOUNTS = Number(process.env.MOUNTS ?? 50);
const AGENTS = Number(process.env.AGENTS ?? 1000);

const HOST = `<!doctype html>
  <html lang="en">
    <title>Mounts</title>
    <script type="module" src="/kproxy-agents.js"></script>
    <body></body>
  </html>`;

const { origin, browser, stop } = await start('--agents', AGENTS);
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('pageerror', (error) => console.error(error));
  await page.route('**/mounts.html', (route) => route.fulfill({ contentType: 'text/html', body: HOST }));
  await exposeProgram(page);
  await page.goto(`${origin}/mounts.html`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');

  const rows = [];
  for (let mounts = 1; mounts <= MOUNTS; mounts++) {
    await mountAndUse(page);
    await page.evaluate(() => document.querySelector('kproxy-agents').remove());
    const row = await memory(page, devtools);
    rows.push(row);
    if (mounts === 1) print(['mounts', ...Object.keys(row)]);
    if ([1, 2, 5].includes(mounts) || mounts % 10 === 0) print([mounts, ...Object.values(row)]);
  }
  // The first few fill caches and compile code.
  const [early, late] = [rows[Math.floor(MOUNTS / 5) - 1], rows.at(-1)];
  const more = grown(early, late);
  if (more.length > 0) {
    console.error(`Not flat: ${more.join('; ')}`);
    process.exitCode = 1;
  }
} finally {
  await stop();
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
