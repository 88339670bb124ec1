/**
 * The page on a bad day: it shows nothing that is not so, and never stops trying. What it shows of an
 * error at each call is in faults.spec.ts.
 */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Page } from '@playwright/test';

import {
  AGENTS, ago, AT, autoRefresh, cell, count, CSP, expect, expectNames, eventsOf, list, loaded, map, names, refresh, row, serveHost,
  setAttribute, SITES, status, test, type Mock,
} from './fixtures';
import { setHidden } from './view';

const SITE = { id: 's1', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
/** Two that are well, the second not for long, and one never heard from. */
const FLEET = [
  { id: 'a', name: 'alpha', ageSecs: 20, siteId: 's1', privateIp: '10.0.0.1' },
  { id: 'b', name: 'beta', ageSecs: 29 * 60, siteId: 's1', privateIp: '10.0.0.2' },
  { id: 'c', name: 'gamma', lastContact: null, siteId: 's1', privateIp: '10.0.0.3' },
];
const HOUR = 3_600_000;

const statusOf = (page: Page, name: string) => cell(row(page, name), 'Status');

/** Shows the fleet. Returns what moves the server's clock ahead, which runs like the page's. */
async function open(page: Page, mock: Mock) {
  await page.clock.install({ time: AT });
  await mock.fleet(FLEET, [SITE]);
  const offsetSecs = Math.round((AT.getTime() - Date.now()) / 1_000);
  const setAhead = (ms: number) => mock.clock({ offsetSecs: offsetSecs + ms / 1_000 });
  await setAhead(0);
  await page.goto('/');
  await loaded(page);
  await expect(statusOf(page, 'beta')).toHaveText('Healthy');
  return setAhead;
}

const later = (ms: number) => new Date(AT.getTime() + ms).toISOString();

/** Waits for one more read of the agents than `before`. */
const oneMore = (mock: Mock, before: number) => expect.poll(async () => (await mock.reads()).length).toBe(before + 1);

/* ---- Data older than it looks ---- */

for (const [what, pass] of [
  ['a sleep', async (page: Page) => page.clock.fastForward(2 * HOUR)],
  ['a sleep with the steady clock standing still', async (page: Page) => {
    await page.clock.setSystemTime((await page.evaluate(() => Date.now())) + 2 * HOUR);
    await page.clock.runFor(1_000);
  }],
  ['two hours hidden', async (page: Page) => {
    await setHidden(page, true);
    await page.clock.runFor(2 * HOUR);
    await setHidden(page, false);
  }],
] as const) {
  test(`after ${what} it reads at once, and accuses nobody before the answer`, {
    tag: ['@page.md#time/3', '@page.md#time/4', '@page.md#time/7'],
  }, async ({ page, mock }) => {
    const setAhead = await open(page, mock);
    const before = (await mock.reads()).length;
    await setAhead(2 * HOUR);
    await mock.patch('a', { lastContact: later(2 * HOUR - 60_000) });
    await mock.fault({ route: AGENTS, hold: 'wake' });
    await pass(page);
    await expect.poll(async () => (await mock.reads()).length).toBeGreaterThan(before);
    await expect(page.getByText(/^As of 12:05:\d\d PM, 1 hour ago$/)).toBeVisible();
    for (const name of ['alpha', 'beta']) await expect(statusOf(page, name)).toHaveText('Healthy');
    await mock.heal();
    await mock.release('wake');
    await expect(statusOf(page, 'beta')).toHaveText('Critical');
    await expect(statusOf(page, 'alpha')).toHaveText('Healthy');
    await expect(page.getByText(/^Updated /)).toBeVisible();
  });
}

for (const [what, sleep] of [
  ['a sleep', (page: Page) => page.clock.fastForward(2 * HOUR)],
  ['two hours hidden', async (page: Page) => {
    await setHidden(page, true);
    await page.clock.fastForward(2 * HOUR);
    await setHidden(page, false);
  }],
] as const) {
  test(`after ${what} no stored answer will do, and nothing gets worse before the server has told`, {
    tag: ['@agent-api.md#server-clock/5', '@page.md#time/7'],
  }, async ({ page, mock }) => {
    const setAhead = await open(page, mock);
    const before = (await mock.reads()).length;
    await setAhead(2 * HOUR);
    await mock.patch('a', { lastContact: later(2 * HOUR - 60_000) });
    await mock.fault({ route: AGENTS, hold: 'wake' });
    await sleep(page);
    await expect.poll(async () => (await mock.reads()).length).toBeGreaterThan(before);
    // What the browser sends for `no-store`: a stored body would tell the time of two hours ago.
    expect((await mock.reads())[before]!.headers['cache-control']).toBe('no-cache');
    for (let i = 0; i < 5; i++) {
      await page.clock.runFor(2_000);
      for (const name of ['alpha', 'beta']) await expect(statusOf(page, name)).toHaveText('Healthy');
    }
    await mock.heal();
    await mock.release('wake');
    await expect(statusOf(page, 'beta')).toHaveText('Critical');
    await expect(statusOf(page, 'alpha')).toHaveText('Healthy');
    // The next ones may be confirmed again.
    const woken = (await mock.reads()).length;
    await refresh(page).click();
    await oneMore(mock, woken);
    expect((await mock.reads())[woken]!.headers['cache-control']).toBe('max-age=0');
  });
}

test('data older than the grace stands still and says so, in list and map, too', {
  tag: ['@page.md#time/5', '@page.md#time/6'],
}, async ({ page, mock }) => {
  const setAhead = await open(page, mock);
  await autoRefresh(page).uncheck();
  await page.clock.runFor(4 * 60_000);
  await expect(statusOf(page, 'beta')).toHaveText('Warning');
  await expect(page.getByText(/^Updated /)).toBeVisible();
  await page.clock.runFor(2 * HOUR);
  const told = page.getByText(/^As of /);
  await expect(told).toHaveText(/^As of 12:05:\d\d PM, 1 hour ago$/);
  await expect(statusOf(page, 'beta')).toHaveText('Warning');
  await expect(statusOf(page, 'alpha')).toHaveText('Healthy');
  for (const part of [list(page), map(page)]) await expect(part).toHaveAccessibleDescription(/^As of 12:05/);
  await setAhead(2 * HOUR + 4 * 60_000);
  await refresh(page).click();
  await expect(statusOf(page, 'alpha')).toHaveText('Critical');
  await expect(told).toBeHidden();
  await expect(list(page)).toHaveAccessibleDescription('');
});

test('a read that fails after waking lets the page say how old its data is', { tag: '@page.md#time/6' }, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: AGENTS, status: 503 });
  await page.clock.fastForward(2 * HOUR);
  await expect(page.getByText('Could not refresh the agents')).toBeVisible();
  await expect(page.getByText(/^As of 12:05/)).toBeVisible();
  for (const name of ['alpha', 'beta']) await expect(statusOf(page, name)).not.toHaveText('Critical');
});

test("the user's clock set ahead changes no status", { tag: '@agent-api.md#server-clock/4' }, async ({ page, mock }) => {
  await open(page, mock);
  await page.clock.setSystemTime(new Date(AT.getTime() + HOUR));
  await page.clock.runFor(3_000);
  await expect.poll(async () => (await mock.reads()).length).toBeGreaterThan(1);
  await loaded(page);
  for (const name of ['alpha', 'beta']) await expect(statusOf(page, name)).toHaveText('Healthy');
});

test('one answer that is an hour ahead moves nothing, a second one does', {
  tag: '@agent-api.md#server-clock/4',
}, async ({ page, mock }) => {
  const setAhead = await open(page, mock);
  await setAhead(HOUR);
  await refresh(page).click();
  await loaded(page);
  await page.clock.runFor(2_000);
  await expect(statusOf(page, 'alpha')).toHaveText('Healthy');
  // A time that merely repeats itself confirms nothing.
  await expect(async () => {
    // What has not changed is a stored answer, with the time of then.
    await mock.patch('c', { description: `${Date.now()}` });
    await refresh(page).click();
    await expect(statusOf(page, 'alpha')).toHaveText('Critical', { timeout: 1_000 });
  }).toPass();
});

/** A server of another kind, that the page reads from instead. */
async function readFrom(page: Page, mock: Mock, answer: RequestListener) {
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('content-type', 'application/json');
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await mock.fleet([]);
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const csp = CSP.replace("connect-src 'self'", `connect-src 'self' ${base}`);
  await serveHost(page, '/app', `<kproxy-agents base-path="/app" api-base="${base}"></kproxy-agents>`, csp);
  await page.goto('/app');
  return () => {
    server.closeAllConnections();
    server.close();
  };
}

test('every refresh asks the server, and the first never takes a stored answer', {
  tag: ['@agent-api.md#caching/3', '@agent-api.md#server-clock/5'],
}, async ({ page, mock }) => {
  await mock.fleet(FLEET, [SITE]);
  await page.goto('/');
  await loaded(page);
  await refresh(page).click();
  await expect.poll(async () => (await mock.reads()).length).toBe(2);
  await loaded(page);
  await page.reload();
  await loaded(page);
  // What the browser sends for `no-store`, and for `no-cache`.
  const asked = (await mock.reads()).map(({ headers }) => headers['cache-control']);
  expect(asked).toEqual(['no-cache', 'max-age=0', 'no-cache']);
});

/* ---- Calls that never end, come late, or half ---- */

test('a read that is never answered is given up after 30 s, and the next goes on', {
  tag: ['@page.md#reading/8', '@agent-api.md#errors/15'],
}, async ({ page, mock }) => {
  await open(page, mock);
  mock.expectsFailures = true;
  const before = (await mock.reads()).length;
  await mock.fault({ route: AGENTS, hold: 'agents' });
  await refresh(page).click();
  await oneMore(mock, before);
  await page.clock.runFor(29_000);
  await expect(refresh(page)).toHaveAttribute('aria-busy', 'true');
  await page.clock.runFor(1_500);
  await expect(page.getByText('The server did not answer in time')).toBeVisible();
  await mock.heal();
  await refresh(page).click();
  await page.clock.runFor(2_000);
  await expect(page.getByText('did not answer')).toBeHidden();
  await loaded(page);
  expect(await names(page)).toEqual(['gamma', 'alpha', 'beta']);
});

test('a read that stops half-way is given up 30 s after its last byte', { tag: '@page.md#reading/8' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  mock.expectsFailures = true;
  const close = await readFrom(page, mock, (request, response) => {
    if (request.url!.includes('/agents')) response.write('{"agents":[');
    else response.end('{}');
  });
  await expect(refresh(page)).toHaveAttribute('aria-busy', 'true');
  await expect(async () => {
    await page.clock.runFor(5_000);
    await expect(page.getByText('The server did not answer in time')).toBeVisible({ timeout: 500 });
  }).toPass();
  close();
});

test('headers of the host that never come end a read, too', { tag: '@page.md#reading/8' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet(FLEET, [SITE]);
  await serveHost(page, '/app', '<kproxy-agents base-path="/app"></kproxy-agents>');
  await page.addInitScript(() => {
    customElements.whenDefined('kproxy-agents').then(() => {
      Object.assign(document.querySelector('kproxy-agents')!, { authHeaders: () => new Promise(() => {}) });
    });
  });
  await page.goto('/app');
  await expect(list(page)).toHaveAttribute('aria-busy', 'true');
  await expect(async () => {
    await page.clock.runFor(5_000);
    await expect(page.getByText('The server did not answer in time')).toBeVisible({ timeout: 500 });
  }).toPass();
});

test('agents are whole without the sites, which come when they come', {
  tag: ['@page.md#reading/4', '@page.md#reading/6'],
}, async ({ page, mock }) => {
  const seen = await eventsOf(page);
  await mock.fleet(FLEET, [SITE]);
  await mock.fault({ route: SITES, hold: 'sites' });
  await page.goto('/');
  await loaded(page);
  await expect(count(page)).toHaveText('3 agents');
  await expect(list(page)).not.toHaveAttribute('aria-busy', 'true');
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('…');
  await expect(row(page, 'alpha').getByRole('button', { name: 'Edit alpha' })).toBeVisible();
  await expect(page.getByText('have no location')).toBeHidden();
  expect((await seen('ready')).length).toBe(1);
  await mock.heal();
  await mock.release('sites');
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Frankfurt DC');
});

test('sites that failed are retried by themselves, with auto-refresh off', { tag: '@page.md#reading/5' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await page.addInitScript(() => localStorage.setItem('kp-auto-refresh', 'off'));
  await mock.fleet(FLEET, [SITE]);
  await mock.fault({ route: SITES, status: 503, times: 2 });
  await page.goto('/');
  await expect(page.getByText('Could not read the sites')).toBeVisible();
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('…');
  await expect(async () => {
    await page.clock.runFor(3_000);
    await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Frankfurt DC', { timeout: 500 });
  }).toPass();
  await expect(page.getByText('Could not read the sites')).toBeHidden();
  expect((await mock.reads()).length).toBe(1);
});

test('a fleet of which a page is missing says that it is a part', {
  tag: ['@page.md#controls/7'],
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.reset({ agents: 2_500, at: AT.toISOString() });
  await mock.fault({ route: AGENTS, queryContains: 'pageToken', status: 503, times: 1 });
  await page.goto('/');
  await expect(page.getByText('Could not refresh the agents')).toBeVisible();
  const told = page.getByRole('status').filter({ hasText: /so far$/ });
  await expect(told).toHaveText('1,000 agents so far');
  await expect(status(page).getByRole('option', { name: 'All (1,000 so far)' })).toBeAttached();
  await expect(async () => {
    await page.clock.runFor(3_000);
    await expect(count(page)).toHaveText('2,500 agents', { timeout: 1_000 });
  }).toPass();
});

test('a first page without agents is still loading', { tag: '@page.md#reading/7' }, async ({ page, mock }) => {
  await mock.reset({ agents: 0, sites: 0, at: AT.toISOString() });
  let answer = () => {};
  await page.route('**/agents?*', async (route) => {
    if (route.request().url().includes('pageToken')) {
      await new Promise<void>((resolve) => (answer = resolve));
      await route.fulfill({ json: { agents: [{ id: 'a', name: 'alpha' }] } });
    } else {
      await route.fulfill({ json: { agents: [], nextPageToken: 'b' } });
    }
  });
  const asked = page.waitForRequest(/pageToken/);
  await page.goto('/');
  await asked;
  await expect(list(page)).toHaveAttribute('aria-busy', 'true');
  await expect(page.getByText('No agents yet')).toBeHidden();
  answer();
  await expectNames(page, ['alpha']);
});

for (const [what, tokens] of [
  ['go around in a circle', (page: number) => `t${page % 3}`],
  ['are empty without end', (page: number) => `t${page}`],
] as const) {
  test(`pages that ${what} end with an error, and what is there stays`, { tag: '@agent-api.md#paging/5' }, async ({ page, mock }) => {
    await open(page, mock);
    let requests = 0;
    await page.route('**/agents?*', (route) =>
      route.fulfill({ json: { agents: what.startsWith('go') ? [{ id: `x${requests}` }] : [], nextPageToken: tokens(requests++) } }),
    );
    await refresh(page).click();
    await expect(page.getByText(/could not be read at nextPageToken/)).toBeVisible();
    expect(requests).toBeLessThanOrEqual(101);
    for (const name of ['alpha', 'beta', 'gamma']) await expect(row(page, name)).toBeVisible();
  });
}

test('more than a million agents are refused, and the page lives on', { tag: '@agent-api.md#paging/5' }, async ({ page, mock }) => {
  test.slow();
  await mock.fleet([]);
  let requests = 0;
  // The same agents each time: it is the count that matters.
  const agents = Array.from({ length: 10_000 }, (_, i) => `{"id":"${i}"}`).join();
  await page.route('**/agents?*', (route) =>
    route.fulfill({ contentType: 'application/json', body: `{"agents":[${agents}],"nextPageToken":"t${++requests}"}` }),
  );
  await page.goto('/');
  await expect(page.getByRole('alert').filter({ hasText: 'There are more than 1,000,000 agents' })).toBeVisible({ timeout: 90_000 });
  expect(requests).toBe(101);
  await page.unroute('**/agents?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('No agents yet')).toBeVisible();
});

/* ---- Pauses ---- */

test('Retry-After: 0 and a date that is past on the clock of the user never shorten the growing pause', {
  tag: ['@agent-api.md#errors/8', '@agent-api.md#errors/9'],
}, async ({ page, mock }) => {
  for (const after of ['0', 'Mon, 02 Nov 2026 11:00:00 GMT']) {
    await page.clock.install({ time: new Date(AT.getTime() + HOUR) });
    await mock.fleet(FLEET, [SITE]);
    await mock.fault({ route: AGENTS, status: 429, headers: { 'retry-after': after } });
    await page.goto('/');
    await expect(page.getByText('Too many requests')).toBeVisible();
    await mock.forget();
    await page.clock.pauseAt(new Date(AT.getTime() + 2 * HOUR));
    const before = (await mock.reads()).length;
    await page.clock.runFor(5_000);
    expect((await mock.reads()).length - before, after).toBeLessThanOrEqual(5);
  }
});

for (const [what, fault] of [
  ['404', { status: 404 }],
  ['408', { status: 408 }],
  ['425', { status: 425 }],
  ['a web page', { body: '<!doctype html>' }],
  ['a body that is cut off', { body: '{"agents":[' }],
  ['403', { status: 403 }],
] as const) {
  test(`a first load that fails with ${what} is tried again, though auto-refresh is off`, { tag: '@page.md#reading/10' }, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await page.addInitScript(() => localStorage.setItem('kp-auto-refresh', 'off'));
    await mock.fleet(FLEET, [SITE]);
    mock.expectsFailures = true;
    await mock.fault({ route: AGENTS, ...fault });
    await page.goto('/');
    await expect(page.getByText('Could not load the agents')).toBeVisible();
    await mock.heal();
    await expect(async () => {
      await page.clock.runFor(10_000);
      expect((await names(page)).length).toBe(3);
    }).toPass();
  });
}

test('a 403 is asked again at the usual interval', { tag: '@agent-api.md#errors/3' }, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: AGENTS, status: 403, times: 1 });
  await page.clock.runFor(61_000);
  await expect(page.getByText('Could not refresh the agents')).toBeVisible();
  await expect(page.getByText(/Retrying at /)).toBeVisible();
  await page.clock.runFor(61_000);
  await expect(page.getByText('Could not refresh the agents')).toBeHidden();
});

test('a browser that takes itself for offline is no reason not to read', { tag: '@page.md#reading/13' }, async ({ page, mock }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'onLine', { get: () => false }));
  await open(page, mock);
  const before = (await mock.reads()).length;
  await page.clock.runFor(61_000);
  await oneMore(mock, before);
});

/* ---- What backends really send ---- */

for (const [what, goThere] of [
  ['with 200', (route: import('@playwright/test').Route) => route.fulfill({ contentType: 'text/html', body: '<title>Sign in</title>' })],
  ['by a redirect to another origin', (route: import('@playwright/test').Route) => route.fulfill({ status: 302, headers: { location: 'https://sso.invalid/login' } })],
] as const) {
  test(`a sign-in page ${what} is told as such, once`, { tag: '@agent-api.md#errors/16' }, async ({ page, mock }) => {
    mock.expectsFailures = true;
    mock.expectedErrors.push(/sso\.invalid|Content Security Policy|CSP violation/);
    await page.clock.install({ time: AT });
    const seen = await eventsOf(page);
    await mock.fleet(FLEET, [SITE]);
    await page.goto('/');
    await loaded(page);
    await page.route('**/kproxy/v202611/agents?*', goThere);
    await refresh(page).click();
    await expect(page.getByText('You may be signed out')).toBeVisible();
    await page.clock.runFor(130_000);
    expect((await seen('auth-required')).length).toBe(1);
    await page.unroute('**/kproxy/v202611/agents?*');
    await refresh(page).click();
    await expect(page.getByText('You may be signed out')).toBeHidden();
  });
}

test('a wrong api-base says where it looked', { tag: '@agent-api.md#errors/17' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  mock.expectsFailures = true;
  await mock.fleet(FLEET, [SITE]);
  await serveHost(page, '/app', '<kproxy-agents base-path="/app" api-base="/nowhere"></kproxy-agents>');
  await page.goto('/app');
  await expect(page.getByText(/There is no agent API at http:\/\/[\d.:]+\/nowhere\/kproxy\/v202611\/agents\./)).toBeVisible();
  await setAttribute(page, 'api-base', '');
  await expect(count(page)).toHaveText('3 agents');
});
