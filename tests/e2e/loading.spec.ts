import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { CSP, deploy, DIST, eventsOf, expect, expectNames, expectNoViolations, hold, loaded, map, row, serveHost, test, type Mock } from './fixtures';
import { breakProgram, exposeMemory } from './view';
import type { Page } from '@playwright/test';

const FLEET = [{ id: 'a', name: 'alpha', ageSecs: 60 }];

const message = (page: Page) => page.getByRole('alert');
const tryAgain = (page: Page) => page.getByRole('button', { name: 'Try again' });

const startAgain = (page: Page) => page.getByRole('button', { name: 'Start again' });

/** A failure that is part of the test. */
function expectFailure(mock: Mock, kind: 'load' | 'panic') {
  mock.expectsFailures = true;
  mock.expectedErrors.push(new RegExp(`^Console: kp-error ${kind}: `));
  // How a program that dies leaves its last call.
  if (kind === 'panic') mock.expectedErrors.push(/^Uncaught: RuntimeError: /);
  if (kind === 'load') mock.expectedErrors.push(/^Console: (\w*Error|TrustedTypesRefused)\b/);
}

test('however many elements there are, each file is loaded once', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  const files: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/\.(js|wasm|css|json)$/.test(pathname)) files.push(pathname);
  });
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>'.repeat(3));
  await page.goto('/portal');
  const tables = page.getByRole('table', { name: 'kproxy Agents' });
  await expect(tables).toHaveCount(3);
  for (let i = 0; i < 3; i++) await expect(tables.nth(i).getByRole('row').filter({ hasText: 'alpha' })).toBeVisible();
  await page.evaluate(() => document.body.append(document.createElement('kproxy-agents')));
  await expect(tables).toHaveCount(4);
  const kinds = (ending: string) => files.filter((file) => file.endsWith(ending)).map((file) => file.replace(/-[0-9a-f]{10}\./, '.'));
  expect(kinds('.js').sort()).toEqual(['/assets/leaflet.js', '/assets/page.js', '/kproxy-agents.js']);
  // The program, and its parts: the map, what is opened later, and what these two share.
  const parts = ['later', 'map', 'page', 'shared'].map((name) => `/assets/${name}.wasm`);
  await expect.poll(() => kinds('.wasm').sort()).toEqual(parts);
  expect(kinds('.css').sort()).toEqual(['/assets/later.css', '/assets/page.css']);
});

/** In how many pixels two pictures differ, by more than the rounding of a smooth edge. */
const differingPixels = (page: Page, ...pictures: Buffer[]) =>
  page.evaluate(async (pictures) => {
    const [a, b] = await Promise.all(
      pictures.map(async (picture) => {
        const image = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (byte) => byte.charCodeAt(0))]));
        const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
        canvas.drawImage(image, 0, 0);
        return canvas.getImageData(0, 0, image.width, image.height).data;
      }),
    );
    return a.length === b.length ? a.filter((value, index) => Math.abs(value - b[index]) > 4).length : Infinity;
  }, pictures.map((picture) => picture.toString('base64')));

for (const [width, height] of [[1280, 900], [320, 640]] as const) {
  for (const readOnly of ['', 'read-only']) {
    test(`at ${width} px${readOnly && ', read-only'}, the page's outlines stand in its place until the program is there, and nothing moves then`, {
      tag: '@page.md#layout/6',
    }, async ({ page, mock }) => {
      await mock.fleet(FLEET);
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const [start, answer] = [await hold(page, /\/assets\/page-.*\.wasm$/), await hold(page, /\/kproxy\/v202611\/agents/)];
      await serveHost(page, '/portal', `<main><kproxy-agents ${readOnly}></kproxy-agents></main>`);
      await page.goto('/portal');
      await expect(page.getByRole('status')).toHaveText('Loading…');
      await expect(page.getByText('Auto-refresh')).toBeVisible();
      await expectNoViolations(page);
      const outlines = await page.screenshot();
      // Nothing of it can be pressed or read out.
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.localName)).toBe('body');
      await expect(page.getByRole('button')).toHaveCount(0);
      start();
      await expect(page.getByRole('table', { name: 'kproxy Agents' })).toHaveAttribute('aria-busy', 'true');
      expect(await differingPixels(page, outlines, await page.screenshot())).toBe(0);
      answer();
      await expectNames(page, ['alpha']);
    });
  }
}

for (const [what, attributes, headers, early] of [
  ['as the attributes say', 'api-base="/" credentials="include"', undefined, 1],
  ['but not without the headers that the host has for them', '', { 'x-portal': 'yes' }, 0],
] as const) {
  test(`the first agents are asked for while the program loads, ${what}, and once`, async ({ page, mock }) => {
    await mock.fleet(FLEET);
    await page.addInitScript((headers) => {
      const give = () => Object.assign(document.querySelector('kproxy-agents')!, { authHeaders: () => headers });
      if (headers) document.addEventListener('DOMContentLoaded', give);
    }, headers);
    const start = await hold(page, /\/assets\/page-.*\.wasm$/);
    await serveHost(page, '/portal', `<kproxy-agents ${attributes}></kproxy-agents>`);
    await page.goto('/portal');
    await expect(page.getByText('Auto-refresh')).toBeVisible();
    await expect.poll(async () => (await mock.reads()).length).toBe(early);
    start();
    await expectNames(page, ['alpha']);
    await loaded(page);
    // To `toEqual`, an array with one more `undefined` is the same.
    expect((await mock.reads()).map(({ headers }) => headers['x-portal'])).toStrictEqual([headers?.['x-portal']]);
  });
}

test('where the call that was sent early fails, the program asks again', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  mock.expectsFailures = true;
  const start = await hold(page, /\/assets\/page-.*\.wasm$/);
  let calls = 0;
  await page.route(/\/kproxy\/v202611\/agents/, (route) => (calls++ === 0 ? route.abort() : route.continue()));
  await page.goto('/');
  await expect.poll(() => calls).toBe(1);
  start();
  await expectNames(page, ['alpha']);
  expect(calls).toBe(2);
});

test('imported on a server, which has no elements, it does nothing', { tag: '@embedding.md#in-an-hour' }, () => {
  const entry = pathToFileURL(resolve(DIST, 'kproxy-agents.js')).href;
  const script = `await import(${JSON.stringify(entry)}); console.log(typeof customElements)`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--no-warnings', '--eval', script], { encoding: 'utf8' });
  expect(said.trim()).toBe('undefined');
});

test('two scripts that load it, by two URLs, do no harm', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents><script type="module" src="/kproxy-agents.js?v=2"></script>');
  await page.goto('/portal');
  await loaded(page);
  await expect(row(page, 'alpha')).toBeVisible();
});

test('the files are found beside the entry, wherever it is', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>');
  // Nothing is where the standalone page has it.
  await page.route(/\/(assets\/.*|kproxy-agents\.js)$/, async (route) => {
    const file = /^\/static\/v7\/kp\/(.*)$/.exec(new URL(route.request().url()).pathname)?.[1];
    if (file) await route.fulfill({ path: join(DIST, file) });
    else await route.fulfill({ status: 404 });
  });
  await page.route('**/portal/settings', (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'content-security-policy': CSP },
      body: '<!doctype html><script type="module" src="../static/v7/kp/kproxy-agents.js"></script><kproxy-agents></kproxy-agents>',
    }),
  );
  await page.goto('/portal/settings');
  await loaded(page);
  await expect(row(page, 'alpha')).toBeVisible();
  await expect(map(page).locator('.kp-land').first()).toBeAttached();
});

test('the entry is small, and written for browsers that are too old for the rest', () => {
  const entry = readFileSync(join(DIST, 'kproxy-agents.js'), 'utf8');
  // What ES2018 has not: a browser would not even say that it is too old.
  expect(entry).not.toMatch(/\?\?=|\?\.[a-z(]|#[a-z]\w*\s*[=;(]|\bstatic [a-z]\w*\s*=/);
  const names = new Set([...entry.matchAll(/assets\/[\w.-]+/g)].map(([name]) => name));
  expect(names.size).toBe(10);
  for (const name of names) expect(() => readFileSync(join(DIST, name)), name).not.toThrow();
});

for (const [what, files] of [
  ['the program', /\/assets\/page-.*\.wasm$/],
  ['its JavaScript', /\/assets\/page-.*\.js/],
  ['the style sheet', /\/assets\/page-.*\.css$/],
] as const) {
  test(`${what} that cannot be had: a message, kp-error, and Try again`, async ({ page, mock }) => {
    await mock.fleet(FLEET);
    expectFailure(mock, 'load');
    await page.route(files, (route) => route.abort());
    await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents><kproxy-agents></kproxy-agents>');
    const events = await eventsOf(page);
    await page.goto('/portal');
    await expect(message(page)).toHaveCount(2);
    await expect(message(page).first()).toHaveText(/^This page could not be loaded. Check the connection, then try again.\s*Try again$/);
    const errors = async () => (await events()).map(([name, { kind, message }]) => [name, kind, message]);
    const error = ['error', 'load', expect.stringMatching(/^This page could not be loaded\. .*\(.+\)$/)];
    await expect.poll(errors).toEqual([error, error]);

    // It may fail again, and focus is not lost.
    await tryAgain(page).first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await errors()).length).toBe(4);
    await expect(message(page)).toHaveCount(2);
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('kproxy-agents');

    // One button is enough for both.
    await page.unroute(files);
    await tryAgain(page).last().click();
    await expect(page.getByRole('table', { name: 'kproxy Agents' })).toHaveCount(2);
    await expectNames(page, ['alpha', 'alpha']);
    await expect(message(page)).toHaveCount(0);
  });
}

for (const [what, fulfil] of [
  ['is gone', { status: 404, body: 'not here' }],
  ['is a web page', { status: 200, contentType: 'text/html', body: '<!doctype html><title>Sign in</title>' }],
  ['is damaged', { status: 200, contentType: 'application/wasm', body: 'no program' }],
] as const) {
  test(`a program that ${what} is no dead end`, async ({ page, mock }) => {
    await mock.fleet(FLEET);
    expectFailure(mock, 'load');
    await page.route(/\.wasm$/, (route) => route.fulfill(fulfil));
    await page.goto('/');
    await expect(message(page)).toContainText(/^This page could not be (loaded|started)/);
    await page.unroute(/\.wasm$/);
    await tryAgain(page).click();
    await expectNames(page, ['alpha']);
  });
}

test('files that a deploy took away: the page says that it has been updated, and Reload loads the new one', {
  tag: '@embedding.md#serving-it',
}, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  expectFailure(mock, 'load');
  await serveHost(page, '/portal', '<main></main>');
  const events = await eventsOf(page);
  await page.goto('/portal');
  await page.evaluate(() => customElements.whenDefined('kproxy-agents'));
  await deploy(page, /\/assets\/page-/);
  await page.evaluate(() => document.querySelector('main')!.append(document.createElement('kproxy-agents')));
  await expect(message(page)).toContainText('This page has been updated. Reload it.');
  await expect(tryAgain(page)).toHaveCount(0);
  expect((await events('error')).map(([, { kind, message }]) => [kind, message])).toEqual([
    ['load', expect.stringContaining('This page has been updated')],
  ]);
  await page.unrouteAll();
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>');
  await page.getByRole('button', { name: 'Reload' }).click();
  await expectNames(page, ['alpha']);
});

test('a server that knows no media type for WebAssembly will do', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.route(/\.wasm$/, async (route) => {
    const body = readFileSync(join(DIST, new URL(route.request().url()).pathname));
    await route.fulfill({ contentType: 'application/octet-stream', body });
  });
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>');
  await page.goto('/portal');
  await expectNames(page, ['alpha']);
});

test('without the map library there is a list, and a word about the map', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  mock.expectsFailures = true;
  await page.route(/\/leaflet-.*\.js/, (route) => route.abort());
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>');
  await page.goto('/portal');
  await expectNames(page, ['alpha']);
  await expect(map(page).getByRole('alert')).toHaveText('Could not load the map. The list below is complete');
});

test('a browser without WebAssembly is told so', async ({ page, mock }) => {
  expectFailure(mock, 'load');
  await page.addInitScript(() => Reflect.deleteProperty(window, 'WebAssembly'));
  const events = await eventsOf(page);
  await page.goto('/');
  const text = 'This page needs WebAssembly, which this browser does not support or has switched off.';
  await expect(message(page)).toContainText(text);
  expect(await events('error')).toEqual([['error', { kind: 'load', message: `${text} (WebAssembly is missing)` }]]);
  await tryAgain(page).click();
  await expect.poll(async () => (await events('error')).length).toBe(2);
  await expect(message(page)).toContainText(text);
});

for (const [what, takeAway] of [
  ['popovers', () => Reflect.deleteProperty(HTMLElement.prototype, 'popover')],
  ['adopted style sheets', () => Reflect.deleteProperty(Document.prototype, 'adoptedStyleSheets')],
  ['light-dark()', () => {
    const { supports } = CSS;
    CSS.supports = (...args: string[]) => !args.join().includes('light-dark') && supports.apply(CSS, args as [string, string]);
  }],
] as const) {
  test(`a browser that is too old, without ${what}, is told so`, async ({ page, mock }) => {
    expectFailure(mock, 'load');
    await page.addInitScript(takeAway);
    const events = await eventsOf(page);
    await page.goto('/');
    await expect(message(page)).toContainText('This page needs a newer browser. Update it, then try again.');
    await expect(tryAgain(page)).toBeVisible();
    expect((await events('error')).map(([, { kind }]) => kind)).toEqual(['load']);
  });
}

test('WebAssembly that a policy blocks is told so', async ({ page, mock }) => {
  expectFailure(mock, 'load');
  mock.expectedErrors.push(/^Console: CSP violation: script-src wasm-eval/, /WebAssembly.*Content Security Policy/);
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>', CSP.replace(" 'wasm-unsafe-eval'", ''));
  const events = await eventsOf(page);
  await page.goto('/portal');
  await expect(message(page)).toContainText('This page needs WebAssembly, which a security policy of this site or browser blocks.');
  await expect(tryAgain(page)).toBeVisible();
  expect((await events('error')).map(([, { kind }]) => kind)).toEqual(['load']);
});

/* ---- When the program dies ---- */

test('a panic stops all elements with a message; Start again brings them back', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  expectFailure(mock, 'panic');
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents><kproxy-agents></kproxy-agents>');
  const events = await eventsOf(page);
  await page.goto('/portal');
  await expectNames(page, ['alpha', 'alpha']);
  // The latest time that JavaScript knows is later than what the program's calendar holds.
  await page.evaluate(() => {
    const { getTime } = Date.prototype;
    Object.assign(window, { heal: () => Object.assign(Date.prototype, { getTime }) });
    Date.prototype.getTime = () => 8.64e15;
  });
  await expect(message(page)).toHaveCount(2);
  await expect(message(page).first()).toContainText('Something went wrong, and this page has stopped.');
  const panics = (await events('error')).map(([, { kind, message }]) => [kind, message]);
  expect(panics).toEqual([
    ['panic', expect.stringContaining('panicked at')],
    ['panic', expect.stringContaining('panicked at')],
  ]);

  // What the dead program left behind stays dead.
  await page.evaluate(() => {
    (window as unknown as { heal(): void }).heal();
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    document.dispatchEvent(new Event('visibilitychange'));
    document.querySelector('kproxy-agents')!.setAttribute('refresh-seconds', '5');
    (document.querySelector('kproxy-agents') as unknown as { refresh(): void }).refresh();
  });
  await expect(message(page)).toHaveCount(2);
  await startAgain(page).first().click();
  await expectNames(page, ['alpha', 'alpha']);
  await expect(message(page)).toHaveCount(0);
  expect(await events('error')).toHaveLength(2);
});

for (const contentType of ['application/wasm', 'application/octet-stream']) {
  test(`a program that dies without a word, its memory broken, is noticed (${contentType})`, async ({ page, mock }) => {
    await mock.fleet(FLEET);
    expectFailure(mock, 'panic');
    await page.route(/\.wasm$/, async (route) => {
      const body = readFileSync(join(DIST, new URL(route.request().url()).pathname));
      await route.fulfill({ contentType, body });
    });
    await exposeMemory(page);
    const events = await eventsOf(page);
    await page.goto('/');
    await expectNames(page, ['alpha']);
    await breakProgram(page);
    await expect(message(page)).toContainText('Something went wrong, and this page has stopped.', { timeout: 20_000 });
    expect((await events('error')).map(([, { kind }]) => kind)).toEqual(['panic']);
    await startAgain(page).click();
    await expectNames(page, ['alpha']);
  });
}

test('what a host\'s listener throws is no death of the program', async ({ page, mock }) => {
  mock.expectedErrors.push(/^Uncaught: RangeError: the host's own/);
  await mock.fleet(FLEET);
  const events = await eventsOf(page);
  await page.addInitScript(() =>
    addEventListener('kp-ready', () => {
      throw new RangeError("the host's own");
    }),
  );
  const thrown = page.waitForEvent('pageerror');
  await page.goto('/');
  await thrown;
  await expectNames(page, ['alpha']);
  await mock.add({ id: 'b', name: 'beta', ageSecs: 60 });
  await page.locator('kproxy-agents').evaluate((node) => (node as unknown as { refresh(): void }).refresh());
  await expectNames(page, ['alpha', 'beta']);
  expect(await events('error')).toEqual([]);
});
