import { deploy, expect, expectNames, hold, list, loaded, map, refreshNow, serveHost, setAttribute, settled, test } from './fixtures';
import { ALPHA, BETA, button, GAMMA, isInMap, marker, markers, popup, SITES } from './map-page';
import { refreshQuietly } from './view';
import type { Page } from '@playwright/test';

// Fits and zooms jump instead of gliding.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const land = (page: Page) => map(page).locator('.kp-land');

/** A tile, so that the browser does not complain. */
const serveTiles = (page: Page) =>
  page.route('**/tiles/**', (route) => route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }));

test('whatever happens before the map library is here, one map is made', { tag: '@page.md#map/1' }, async ({ page, mock }) => {
  await serveTiles(page);
  const release = await hold(page, /\/leaflet-[^/]*\.js/);
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.goto('/');
  await expectNames(page, ['alpha', 'gamma']);
  await refreshNow(page, mock);
  await setAttribute(page, 'tile-url', '/tiles/{z}/{x}/{y}.svg');
  for (const display of ['none', 'block']) {
    await page.locator('kproxy-agents').evaluate((node, display) => ((node as HTMLElement).style.display = display), display);
    await refreshQuietly(page);
    await expect(list(page)).toHaveCount(display === 'none' ? 0 : 1);
  }
  await refreshNow(page, mock);
  release();
  await expect(markers(page)).toHaveCount(2);
  await expect(map(page).locator('.leaflet-map-pane')).toHaveCount(1);
  await expect(map(page).locator('.kp-world')).toHaveCount(1);
  await expect(map(page).locator('.leaflet-tile').first()).toBeAttached();
});

test('tiles can be set and removed at any time, also after a refresh', { tag: ['@page.md#map/14', '@page.md#map/28'] }, async ({ page, mock }) => {
  await serveTiles(page);
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.goto('/');
  await loaded(page);
  await settled(marker(page, 'alpha, Healthy'));
  const tiles = (set: string) => map(page).locator(`.leaflet-tile[src*="/tiles/${set}/"]`);
  for (const set of ['one', 'two']) {
    await refreshNow(page, mock);
    await setAttribute(page, 'tile-url', `/tiles/${set}/{z}/{x}/{y}.svg`);
    await expect(tiles(set).first()).toBeAttached();
  }
  await expect(tiles('one')).toHaveCount(0);
  await refreshNow(page, mock);
  await setAttribute(page, 'tile-url', null);
  await expect(map(page).locator('.leaflet-tile')).toHaveCount(0);
});

test('without the map library the map says so, and it is there after "Try again"', { tag: '@page.md#map/25' }, async ({ page, mock }) => {
  await page.clock.install();
  mock.expectsFailures = true;
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.route(/\/leaflet-[^/]*\.js/, (route) => route.abort());
  await page.goto('/');
  await page.clock.runFor(1_000);
  await expect(map(page).getByRole('alert')).toHaveText('Could not load the map. The list below is complete');
  await expect(list(page)).toContainText('alpha');
  await page.unroute(/\/leaflet-[^/]*\.js/);
  await button(page, 'Try again').focus();
  await page.keyboard.press('Enter');
  await expect(map(page).getByRole('alert')).toHaveCount(0);
  await page.clock.runFor(1_000);
  await expect(markers(page)).toHaveCount(2);
  await expect(map(page).getByRole('group', { name: /^Map/ })).toBeFocused();
});

test('the map library is asked for again by itself', { tag: '@page.md#map/25' }, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await mock.fleet([ALPHA, GAMMA], SITES);
  let times = 0;
  await page.route(/\/leaflet-[^/]*\.js/, (route) => (times++ < 2 ? route.abort() : route.continue()));
  await page.goto('/');
  await expect(markers(page)).toHaveCount(2);
  expect(times).toBe(3);
  await expect(map(page).getByRole('alert')).toHaveCount(0);
});

test('a map library that never comes is given up after 30 s, and asked for again', { tag: '@page.md#map/25' }, async ({ page, mock }) => {
  await page.clock.install();
  await mock.fleet([ALPHA, GAMMA], SITES);
  let times = 0;
  await page.route(/\/leaflet-[^/]*\.js/, (route) => (times++ === 0 ? undefined : route.continue()));
  await page.goto('/');
  await expect(list(page)).toContainText('alpha');
  // What waits for the library is in the map's part.
  await page.clock.runFor(1_000);
  await expect(button(page, 'Fit')).toBeVisible();
  await page.clock.runFor(28_000);
  expect(times).toBe(1);
  await page.clock.runFor(5_000);
  await expect.poll(() => times).toBe(2);
  await page.clock.runFor(1_000);
  await expect(markers(page)).toHaveCount(2);
});

test('a base map that could not be fetched is said, and fetched again', { tag: '@page.md#map/25' }, async ({ page, mock }) => {
  await page.clock.install();
  mock.expectsFailures = true;
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.route(/\/land-/, (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto('/');
  await page.clock.runFor(1_000);
  await expect(map(page).getByRole('alert')).toHaveText('Could not load the base map');
  await expect(markers(page)).toHaveCount(2);
  await expect(land(page)).toHaveCount(0);
  await page.unroute(/\/land-/);
  await button(page, 'Try again').focus();
  await page.keyboard.press('Enter');
  await expect(land(page).first()).toBeAttached();
  await expect(map(page).getByRole('alert')).toHaveCount(0);
  await expect(map(page).getByRole('group', { name: /^Map/ })).toBeFocused();
});

test('a base map that fails once comes by itself; a web page in its place is none', { tag: '@page.md#map/25' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, GAMMA], SITES);
  let times = 0;
  await page.route(/\/land-/, (route) =>
    times++ === 0 ? route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }) : route.continue(),
  );
  await page.goto('/');
  await expect(land(page).first()).toBeAttached();
  await expect(map(page).getByRole('alert')).toHaveCount(0);
});

for (const [what, gone, said] of [
  ['the map library', /\/assets\/leaflet-/, 'Could not load the map. The list below is complete'],
  ['the base map', /\/assets\/land-/, 'Could not load the base map'],
] as const) {
  test(`${what} that a deploy took away: the map says that the page has been updated, and Reload loads the new one`, {
    tag: ['@page.md#map/25', '@embedding.md#serving-it'],
  }, async ({ page, mock }) => {
    await page.clock.install();
    mock.expectsFailures = true;
    await mock.fleet([ALPHA, GAMMA], SITES);
    await page.route(gone, (route) => route.fulfill({ status: 404, body: 'not here' }));
    await page.goto('/');
    await page.clock.runFor(1_000);
    // Only unreachable, for all that is known: the entry still names this build.
    await expect(map(page).getByRole('alert')).toHaveText(said);
    await expect(button(page, 'Try again')).toBeVisible();

    await deploy(page, gone);
    await button(page, 'Try again').focus();
    await page.keyboard.press('Enter');
    await expect(map(page).getByRole('alert')).toHaveText('This page has been updated. Reload it.');
    await expect(button(page, 'Try again')).toHaveCount(0);
    await expect(button(page, 'Reload')).toBeFocused();
    await expectNames(page, ['alpha', 'gamma']);
    await page.unrouteAll();
    await page.keyboard.press('Enter');
    await page.clock.runFor(1_000);
    await expect(markers(page)).toHaveCount(2);
    await expect(land(page).first()).toBeAttached();
    await expect(map(page).getByRole('alert')).toHaveCount(0);
  });
}

test('where the finer base map fails, the coarser one shows, and the finer comes later', { tag: '@page.md#map/25' }, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await mock.fleet([ALPHA], SITES);
  let times = 0;
  await page.route(/\/land-50m/, (route) => (times++ === 0 ? route.abort() : route.continue()));
  await page.goto('/');
  await expect(land(page).first()).toBeAttached();
  await expect(map(page).getByRole('alert')).toHaveCount(0);
  await expect.poll(() => times).toBe(2);
});

test('at any zoom no more of the base map is drawn than the view and a margin', { tag: '@page.md#map/14' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA, GAMMA], SITES);
  await page.goto('/');
  await loaded(page);
  await expect(land(page).first()).toBeAttached();
  const frame = (await map(page).boundingBox())!;
  const drawn = () =>
    map(page).locator('.kp-world').evaluate((svg) => {
      const { left, top, width, height } = svg.getBoundingClientRect();
      return { left, top, width, height };
    });
  for (let i = 0; i < 12; i++) {
    await button(page, 'Zoom in').click();
    // Shapes of the last zoom go when those of this one are there.
    await expect(async () => {
      const { left, top, width, height } = await drawn();
      expect(width).toBeLessThanOrEqual(frame.width + 2 * 170);
      expect(height).toBeLessThanOrEqual(frame.height + 2 * 170);
      expect(left).toBeLessThanOrEqual(frame.x);
      expect(left + width).toBeGreaterThanOrEqual(frame.x + frame.width);
      expect(top).toBeLessThanOrEqual(frame.y);
      expect(top + height).toBeGreaterThanOrEqual(frame.y + frame.height);
    }).toPass();
    expect(await map(page).locator('.kp-world path').count()).toBeLessThan(200);
  }
});

test('the base map is there however far the map is dragged, around the world', { tag: '@page.md#map/14' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA, GAMMA], SITES);
  await page.goto('/');
  await loaded(page);
  await expect(land(page).first()).toBeAttached();
  const frame = (await map(page).boundingBox())!;
  const [x, y] = [frame.x + frame.width / 2, frame.y + frame.height / 2];
  for (let i = 0; i < 4; i++) {
    await page.mouse.move(x + 500, y);
    await page.mouse.down();
    for (const dx of [300, 0, -300, -500]) {
      await page.mouse.move(x + dx, y, { steps: 3 });
      const svg = (await map(page).locator('.kp-world').boundingBox())!;
      expect(svg.x).toBeLessThanOrEqual(frame.x + 1);
      expect(svg.x + svg.width).toBeGreaterThanOrEqual(frame.x + frame.width - 1);
    }
    await page.mouse.up();
  }
});

test.describe('in a portal that scrolls', () => {
  /** A portal whose page scrolls in a shadow root of its own, as made of web components. */
  const serve = (page: Page) =>
    page.route((url) => url.pathname === '/portal', (route) =>
      route.fulfill({
        contentType: 'text/html; charset=utf-8',
        body: `<!doctype html><html lang="en"><title>A portal</title>
          <script type="module" src="/kproxy-agents.js"></script>
          <body style="margin: 0"><div id="shell"></div><script>
            const root = document.getElementById('shell').attachShadow({ mode: 'open' });
            root.innerHTML = '<div id="scroller" style="height: 100vh; overflow: auto"><p style="height: 60px; margin: 0">Portal</p><kproxy-agents></kproxy-agents><p style="height: 2000px">End</p></div>';
          </script></body></html>`,
      }),
    );
  const scroll = (page: Page, by: number) => page.locator('#scroller').evaluate((node, by) => node.scrollBy({ top: by, behavior: 'instant' }), by);

  test('the popup moves with its marker, and closes when that is scrolled out of sight', { tag: '@page.md#map/26' }, async ({ page, mock }) => {
    await mock.fleet([ALPHA, GAMMA], SITES);
    await serve(page);
    await page.goto('/portal');
    await settled(marker(page, 'alpha, Healthy'));
    await marker(page, 'alpha, Healthy').focus();
    const shown = popup(page, 'alpha, Healthy');
    await expect(shown).toBeVisible();
    const gap = async () => {
      const [at, box] = [(await marker(page, 'alpha, Healthy').boundingBox())!, (await shown.boundingBox())!];
      return Math.round(Math.max(at.y - box.y - box.height, box.y - at.y - at.height));
    };
    await expect.poll(gap).toBe(6);
    const before = (await shown.boundingBox())!.y;
    await scroll(page, 30);
    await expect.poll(async () => (await shown.boundingBox())!.y).not.toBe(before);
    await expect.poll(gap).toBe(6);
    // Something that appears above moves it, too.
    const marked = (await marker(page, 'alpha, Healthy').boundingBox())!.y;
    await page.locator('#scroller p').first().evaluate((node) => ((node as HTMLElement).style.height = '120px'));
    await expect.poll(async () => (await marker(page, 'alpha, Healthy').boundingBox())!.y).not.toBe(marked);
    await expect.poll(gap).toBe(6);
    await scroll(page, 700);
    await expect(shown).toBeHidden();
  });

  test('a popup that has the focus stays in view', { tag: '@page.md#map/26' }, async ({ page, mock }) => {
    await mock.fleet([ALPHA, GAMMA], SITES);
    await serve(page);
    await page.goto('/portal');
    await settled(marker(page, 'alpha, Healthy'));
    await marker(page, 'alpha, Healthy').focus();
    await page.keyboard.press('Enter');
    const shown = popup(page, 'alpha, Healthy');
    await expect(shown.getByRole('button')).toBeFocused();
    await scroll(page, 700);
    await expect(marker(page, 'alpha, Healthy')).not.toBeInViewport();
    await expect(shown.getByRole('button')).toBeInViewport();
    await expect(shown.getByRole('button')).toBeFocused();
  });
});

test('in a low window the popup is within it, and scrolls', { tag: '@page.md#map/27' }, async ({ page, mock }) => {
  await page.setViewportSize({ width: 640, height: 300 });
  await mock.fleet([ALPHA, GAMMA], SITES);
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>');
  await page.goto('/portal');
  await settled(marker(page, 'alpha, Healthy'));
  await map(page).scrollIntoViewIfNeeded();
  await marker(page, 'alpha, Healthy').focus();
  await page.keyboard.press('Enter');
  const shown = popup(page, 'alpha, Healthy');
  await expect(shown).toBeVisible();
  const box = (await shown.boundingBox())!;
  expect(box.y).toBeGreaterThanOrEqual(0);
  expect(box.y + box.height).toBeLessThanOrEqual(300);
  await shown.getByText('3 minutes ago').scrollIntoViewIfNeeded();
  await expect(shown.getByText('3 minutes ago')).toBeInViewport({ ratio: 0.9 });
  expect(await isInMap(page, marker(page, 'alpha, Healthy'))).toBe(true);
});
