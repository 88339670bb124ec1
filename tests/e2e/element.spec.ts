import { AGENTS, AT, count, eventsOf, expect, expectNames, list, loaded, map, refresh, refreshNow, row, serveHost, setAttribute, SITES, test } from './fixtures';
import type { Page } from '@playwright/test';

const FLEET = [{ id: 'a', name: 'alpha', ageSecs: 60 }];

type Element = HTMLElement & { refresh(): void };

test('an element that is removed asks for nothing any more', async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  const element = page.locator('kproxy-agents');
  const handle = await element.elementHandle();
  await handle!.evaluate((node) => node.remove());
  await expect(list(page)).toHaveCount(0);
  await mock.forget();
  await page.clock.runFor(300_000);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  expect(await mock.requests()).toEqual([]);

  // Put back it begins again.
  await handle!.evaluate((node) => document.querySelector('main')!.append(node));
  await expect(row(page, 'alpha')).toBeVisible();
});

test('an element that is moved keeps its state', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  await row(page, 'alpha').evaluate((node) => Object.assign(node, { isMarked: true }));
  const reads = (await mock.reads()).length;
  await page.locator('kproxy-agents').evaluate((node) => {
    const box = document.createElement('div');
    document.querySelector('main')!.append(box);
    box.append(node);
  });
  expect(await row(page, 'alpha').evaluate((node) => 'isMarked' in node)).toBe(true);
  expect(await mock.reads()).toHaveLength(reads);
});

test('an element that is moved by moveBefore keeps its state, too', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  await mark(page);
  await page.locator('kproxy-agents').evaluate((node) => {
    const main = document.querySelector('main') as HTMLElement & { moveBefore(node: Node, child: Node | null): void };
    const box = main.appendChild(document.createElement('div')) as unknown as typeof main;
    box.moveBefore(node, null);
  });
  expect(await isMarked(page)).toBe(true);
  await refreshNow(page, mock);
  expect(await isMarked(page)).toBe(true);
});

test('it brings no landmark but the map', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await serveHost(page, '/portal', '<kproxy-agents url-state="path" base-path="/portal"></kproxy-agents>');
  for (const path of ['', '/add', '/agents/a/edit', '/agents/a/remove']) {
    await page.goto(`/portal${path}`);
    await loaded(page);
    for (const role of ['main', 'banner', 'contentinfo', 'navigation', 'complementary'] as const) {
      await expect(page.getByRole(role, { includeHidden: true }), `${role} at ${path}`).toHaveCount(0);
    }
    await expect(page.getByRole('region', { includeHidden: true })).toHaveCount(1);
  }
});

/** Marks alpha's row, to see later whether it is still the same. */
const mark = (page: Page) => row(page, 'alpha').evaluate((node) => Object.assign(node, { isMarked: true }));
const isMarked = (page: Page) => row(page, 'alpha').evaluate((node) => 'isMarked' in node);

/** An agent API with a fleet of its own, below this path. */
async function serveApi(page: Page, base: string, name: string) {
  const asked: string[] = [];
  await page.route(new RegExp(`${base}/(kproxy|site)/`), async (route) => {
    const { pathname, search } = new URL(route.request().url());
    asked.push(pathname.slice(base.length) + search);
    const agents = [{ id: name, name, lastContact: AT.toISOString() }];
    await route.fulfill({
      json: pathname.endsWith('/sites')
        ? { sites: [], invalidCount: 0 }
        : { agents, nextPageToken: '', syncToken: `token of ${name}`, removedIds: [], serverTime: AT.toISOString() },
    });
  });
  return asked;
}

test('another api-base shows its fleet alone, though the first is still being read', {
  tag: ['@agent-api.md#conventions/1', '@embedding.md#attributes'],
}, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  const asked = await serveApi(page, '/other', 'omega');
  await mock.fault({ route: AGENTS, hold: 'agents' });
  await page.goto('/');
  await expect.poll(async () => (await mock.reads()).map(({ state }) => state)).toEqual(['held']);
  await setAttribute(page, 'api-base', '/other');
  await expectNames(page, ['omega']);
  // The old call was ended.
  await expect.poll(async () => (await mock.reads()).map(({ state }) => state)).toEqual(['aborted']);
  await mock.release('agents');
  await refresh(page).click();
  await expect.poll(() => asked.filter((path) => path.includes('syncToken'))).toHaveLength(1);
  await expectNames(page, ['omega']);

  // And back, with nothing left of either: no token, no age, no notice.
  await mock.forget();
  await setAttribute(page, 'api-base', null);
  await expectNames(page, ['alpha']);
  await expect.poll(async () => (await mock.reads()).map(({ query }) => query)).toEqual([expect.stringMatching(/^pageSize=\d+$/)]);
});

test('another api-base forgets what the first had failed with', { tag: '@embedding.md#attributes' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await serveApi(page, '/other', 'omega');
  await mock.fault([
    { route: AGENTS, status: 401 },
    { route: SITES, status: 500 },
  ]);
  const events = await eventsOf(page);
  await page.goto('/');
  await expect(page.getByText('Could not load the agents')).toBeVisible();
  // One slash too many does no harm.
  await setAttribute(page, 'api-base', '/other/');
  await expectNames(page, ['omega']);
  await expect(page.getByText(/could not/i)).toHaveCount(0);
  // A session there is another session.
  await setAttribute(page, 'api-base', '');
  await expect.poll(async () => (await events('auth-required')).length).toBe(2);
});

test('the credentials attribute goes to fetch', { tag: '@embedding.md#attributes' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.addInitScript(() => {
    const modes: string[] = [];
    const { fetch } = window;
    window.fetch = (input, init) => {
      if (input instanceof Request) modes.push(input.credentials);
      return fetch(input, init);
    };
    Object.assign(window, { modes });
  });
  await page.goto('/');
  await loaded(page);
  const modes = () => page.evaluate(() => [...new Set((window as unknown as { modes: string[] }).modes.splice(0))]);
  expect(await modes()).toEqual(['same-origin']);
  for (const [value, mode] of [
    ['include', 'include'],
    ['omit', 'omit'],
    ['nonsense', 'same-origin'],
  ] as const) {
    await setAttribute(page, 'credentials', value);
    await expect.poll(modes, value).toEqual([mode]);
  }
});

test('refresh-seconds takes effect at once, clamped, and reads nothing by itself', {
  tag: ['@page.md#controls/3', '@embedding.md#attributes'],
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  await mark(page);
  const reads = async () => (await mock.reads()).length;
  for (const [value, pause] of [
    ['10', 10],
    ['1', 5],
    ['nonsense', 60],
    ['99999', 3600],
  ] as const) {
    await setAttribute(page, 'refresh-seconds', value);
    const before = await reads();
    await page.clock.runFor((pause - 2) * 1000);
    expect(await reads(), value).toBe(before);
    await page.clock.runFor(3_000);
    await expect.poll(reads, value).toBe(before + 1);
    await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
  }
  expect(await isMarked(page)).toBe(true);
});

test('heading-level fits the host\'s outline', { tag: '@embedding.md#attributes' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  await mark(page);
  const heading = (level: number) => page.getByRole('heading', { name: 'kproxy Agents', level });
  await expect(heading(1)).toBeVisible();
  for (const [value, level] of [
    ['3', 3],
    ['6', 6],
    ['7', 1],
  ] as const) {
    await setAttribute(page, 'heading-level', value);
    await expect(heading(level)).toBeVisible();
    await expect(page.getByRole('heading', { name: 'kproxy Agents' })).toHaveCount(1);
  }
  expect(await isMarked(page)).toBe(true);
});

/** A red pixel. */
const RED = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);

test('tile-url puts tiles over the base map, with their attribution, and takes them off', {
  tag: ['@page.md#map/14', '@embedding.md#attributes'],
}, async ({ page, mock }) => {
  await mock.fleet([{ ...FLEET[0], siteId: 's' }], [{ id: 's', title: 'Kinshasa', lat: -4.3, lon: 20 }]);
  const asked: string[] = [];
  await page.route('**/tiles/**', async (route) => {
    asked.push(new URL(route.request().url()).pathname);
    await route.fulfill({ contentType: 'image/png', body: RED });
  });
  await page.goto('/');
  await loaded(page);
  const region = map(page);
  await expect(region.locator('.kp-land').first()).toBeAttached();
  const box = (await region.boundingBox())!;
  // In the middle of Africa, beside the marker.
  const clip = { x: box.x + box.width / 2 + 30, y: box.y + box.height / 2 + 30, width: 4, height: 4 };
  const colour = async () => {
    const png = (await page.screenshot({ clip })).toString('base64');
    return page.evaluate(async (png) => {
      const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(1, 1).getContext('2d')!;
      canvas.drawImage(image, 0, 0);
      return canvas.getImageData(0, 0, 1, 1).data.slice(0, 3).join();
    }, png);
  };
  const land = await colour();
  const text = 'Tiles <b>by</b> us';
  await setAttribute(page, 'tile-attribution', text);
  await expect(region).not.toContainText(text);
  await setAttribute(page, 'tile-url', '/tiles/{z}/{x}/{y}{r}.png');
  await expect.poll(colour).not.toBe(land);
  await expect(region).toContainText(text);
  await expect.poll(colour).toMatch(/^2\d\d,\d{1,2},\d{1,2}$/);
  expect(asked.every((path) => /^\/tiles\/\d+\/\d+\/\d+\.png$/.test(path))).toBe(true);

  await setAttribute(page, 'tile-attribution', 'Tiles by others');
  await expect(region).toContainText('Tiles by others');

  // A template that makes no URL counts as none.
  for (const bad of ['/tiles/{z}/{x}/{y}/{key}.png', 'nonsense', null]) {
    await setAttribute(page, 'tile-url', '/tiles/{z}/{x}/{y}.png');
    await expect(region.locator('img').first()).toBeAttached();
    await setAttribute(page, 'tile-url', bad);
    await expect(region.locator('img')).toHaveCount(0);
    await expect(region).not.toContainText('Tiles by others');
  }
  await expect.poll(colour).toBe(land);
});

test('the theme attribute takes effect at once', { tag: '@embedding.md#attributes' }, async ({ page, mock }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  const colour = () => count(page).evaluate((node) => getComputedStyle(node).color);
  const light = await colour();
  const setTheme = (theme: string) =>
    page.locator('kproxy-agents').evaluate((node, theme) => node.setAttribute('theme', theme), theme);
  await setTheme('dark');
  await expect.poll(colour).not.toBe(light);
  await setTheme('light');
  await expect.poll(colour).toBe(light);
  await setTheme('nonsense');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(colour).not.toBe(light);
});

test('refresh() reads the agents', { tag: '@embedding.md#methods' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  await mock.add({ id: 'b', name: 'beta', ageSecs: 60 });
  await page.locator('kproxy-agents').evaluate((node) => (node as unknown as Element).refresh());
  await expect(row(page, 'beta')).toBeVisible();
});

test('it writes nothing outside its shadow root', { tag: '@embedding.md#what-happens-outside-the-element' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  const outside = await page.evaluate(() => ({
    body: [...document.body.children].map((node) => node.localName).filter((name) => name !== 'noscript'),
    main: [...document.querySelector('main')!.children].map((node) => node.localName),
    styles: document.querySelectorAll('style').length,
    storage: Object.keys(localStorage).filter((key) => !key.startsWith('kp-')),
  }));
  expect(outside).toEqual({ body: ['main'], main: ['kproxy-agents'], styles: 0, storage: [] });
});

test('read-only takes away all that changes something, and gives it back', {
  tag: ['@page.md#list/13', '@embedding.md#attributes'],
}, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  const buttons = page.getByRole('button', { name: /^(Add|Edit|Update|Remove) / });
  await expect(buttons).toHaveCount(3);
  await mark(page);
  await setAttribute(page, 'read-only', '');
  await expect(buttons).toHaveCount(0);
  await expect(list(page).getByRole('columnheader')).toHaveCount(7);
  expect(await isMarked(page)).toBe(true);
  await setAttribute(page, 'read-only', null);
  await expect(buttons).toHaveCount(3);
  await expect(list(page).getByRole('columnheader')).toHaveCount(9);

  // A dialog that is open goes, and its link shows the list.
  await page.goto('/add');
  const dialog = page.getByRole('dialog', { name: 'Adding a kproxy Agent' });
  await expect(dialog).toBeVisible();
  await setAttribute(page, 'read-only', '');
  await expect(dialog).toHaveCount(0);
  await expect(row(page, 'alpha')).toBeVisible();
});

test('read-only="false" is not read-only', { tag: '@embedding.md#attributes' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await serveHost(page, '/portal', '<kproxy-agents read-only="false"></kproxy-agents>');
  await page.goto('/portal');
  await loaded(page);
  const buttons = page.getByRole('button', { name: /^(Add|Edit|Update|Remove) / });
  await expect(buttons).toHaveCount(3);
  await setAttribute(page, 'read-only', 'true');
  await expect(buttons).toHaveCount(0);
  await setAttribute(page, 'read-only', ' FALSE ');
  await expect(buttons).toHaveCount(3);
});

test('device-href makes links of device names, which the host may follow itself', {
  tag: ['@page.md#row-details/4', '@embedding.md#attributes'],
}, async ({ page, mock }) => {
  await mock.fleet([{ ...FLEET[0], devices: [{ id: 'r/1 ?', name: 'router-1' }] }]);
  const events = await eventsOf(page);
  // A page of the host's own: the standalone page would take any address for its own.
  await page.route('**/devices/**', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Device</title>' }));
  await page.goto('/?agent=a');
  await loaded(page);
  const link = page.getByRole('link', { name: 'router-1' });
  await expect(page.getByText('router-1')).toBeVisible();
  await expect(link).toHaveCount(0);
  await setAttribute(page, 'device-href', '/devices/{id}?tab=flow');
  await expect(link).toHaveAttribute('href', '/devices/r%2F1%20%3F?tab=flow');
  await page.evaluate(() => addEventListener('kp-navigate', (event) => event.preventDefault(), { once: true }));
  await link.click();
  const detail = { kind: 'device', id: 'r/1 ?', href: '/devices/r%2F1%20%3F?tab=flow' };
  expect(await events('navigate')).toEqual([['navigate', detail]]);
  await expect(page).toHaveURL('/?agent=a');

  // A scheme that could run something counts as none.
  await setAttribute(page, 'device-href', 'javascript:alert({id})');
  await expect(link).toHaveCount(0);
  await setAttribute(page, 'device-href', '/devices/{id}');
  await link.click();
  await page.waitForURL('**/devices/r%2F1%20%3F');
});

test('events tell what the user changed', { tag: '@embedding.md#events' }, async ({ page, mock }) => {
  await mock.fleet([...FLEET, { id: 'b', name: 'beta', ageSecs: 60, siteId: 's', privateIp: '10.0.0.1' }], [{ id: 's', title: 'Site' }]);
  const events = await eventsOf(page);
  await page.goto('/');
  await loaded(page);
  await page.getByRole('button', { name: 'Update alpha' }).click();
  const edit = page.getByRole('dialog', { name: 'kproxy Agent' });
  await edit.getByRole('button', { name: 'Create a New Site' }).click();
  await edit.getByRole('textbox', { name: 'Site Name' }).fill('New place');
  await edit.getByRole('textbox', { name: 'Street Address' }).fill('1 Main Street, Berlin');
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(edit).toBeHidden();
  await page.getByRole('button', { name: 'Remove beta' }).click();
  await page.getByRole('alertdialog', { name: 'Remove kproxy Agent' }).getByRole('button', { name: 'Remove' }).click();
  await expect(row(page, 'beta')).toHaveCount(0);
  const changes = (await events()).filter(([name]) => name !== 'ready');
  expect(changes).toEqual([
    ['site-created', { id: expect.any(String) }],
    ['agent-saved', { id: 'a' }],
    ['agent-removed', { id: 'b' }],
  ]);
});

test('kp-ready comes once the first agents are on screen', { tag: '@embedding.md#events' }, async ({ page, mock }) => {
  await mock.reset({ agents: 10_100 });
  await mock.fault({ route: AGENTS, queryContains: 'pageToken', hold: 'rest' });
  await page.addInitScript(() => {
    const rows: number[] = [];
    Object.assign(window, { rows });
    addEventListener('kp-ready', (event) => {
      const root = (event.composedPath()[0] as HTMLElement).shadowRoot!;
      rows.push(root.querySelectorAll('[role=row][data-agent]').length);
    });
  });
  await page.goto('/');
  const rows = () => page.evaluate(() => (window as unknown as { rows: number[] }).rows);
  // The rest of the fleet is still to come.
  await expect.poll(async () => (await rows()).length).toBe(1);
  expect((await rows())[0]).toBeGreaterThan(5);
  await mock.release('rest');
  await loaded(page);
  await refreshNow(page, mock);
  expect(await rows()).toHaveLength(1);
});

test('kp-ready comes with the first error; each failed call is told, and its message is for users', {
  tag: '@embedding.md#events',
}, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await mock.fault([
    { route: AGENTS, status: 403 },
    { route: SITES, status: 500 },
  ]);
  const events = await eventsOf(page);
  await page.goto('/');
  await expect(page.getByText('Could not load the agents')).toBeVisible();
  await expect.poll(events).toHaveLength(3);
  const all = await events();
  // After the failure of the agents, or of both: the sites may fail later.
  const names = all.map(([name]) => name);
  expect(['error ready error', 'error error ready']).toContain(names.join(' '));
  const [forbidden] = all.filter(([, { message }]) => String(message).includes('not allowed'));
  expect(forbidden).toEqual(['error', { kind: 'api', message: 'You are not allowed to do this; ask an administrator for access' }]);
  expect(all.filter(([name, { kind }]) => name === 'error' && kind === 'api')).toHaveLength(2);
});

test('events bubble out of shadow roots, and only kp-navigate can be cancelled', {
  tag: '@embedding.md#events',
}, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.addInitScript(() =>
    addEventListener('kp-ready', (event) => {
      const { bubbles, composed, cancelable } = event;
      const detail = JSON.stringify((event as CustomEvent).detail);
      Object.assign(window, { ready: { bubbles, composed, cancelable, detail, target: (event.target as Element).localName } });
    }),
  );
  await serveHost(page, '/portal', '<main></main>');
  await page.goto('/portal');
  await page.evaluate(() => {
    const shell = document.createElement('portal-shell');
    shell.attachShadow({ mode: 'open' }).append(document.createElement('kproxy-agents'));
    document.querySelector('main')!.append(shell);
  });
  await loaded(page);
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { ready: unknown }).ready))
    .toEqual({ bubbles: true, composed: true, cancelable: false, detail: '{}', target: 'portal-shell' });
});
