import { AT, autoRefresh, cell, count, expect, expectNames, filter, list, loaded, map, refreshNow, row, settled, status, test } from './fixtures';
import { refreshQuietly } from './view';
import { ALPHA, BETA, GAMMA, isInMap, LOST, marker, markers, popup, SITES, FRA } from './map-page';
import type { Locator } from '@playwright/test';

// Fits and zooms jump instead of gliding.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** How far two markers stand apart, in pixels, once both stand still. */
const distance = async (a: Locator, b: Locator) => {
  const [from, to] = [await settled(a), await settled(b)];
  return Math.hypot(from.x - to.x, from.y - to.y);
};

test('each agent has a marker, named by agent and status; all are in view on load', {
  tag: ['@page.md#map/1', '@page.md#map/2', '@page.md#map/5', '@page.md#fitting/1'],
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA, GAMMA, { ...LOST, siteId: 'nyc', name: '', id: 'e', ageSecs: 32 * 60 }], [
    ...SITES, { id: 'rio', title: 'Rio', lat: -22.9, lon: -43.2 },
  ]);
  await mock.patch('e', { siteId: 'rio' });
  await page.goto('/');
  for (const name of ['alpha, Healthy', 'beta, Critical', 'gamma, Healthy', 'Auto Generated 203.0.113.7, Warning']) {
    await expect(marker(page, name)).toBeVisible();
    await settled(marker(page, name));
    expect(await isInMap(page, marker(page, name)), name).toBe(true);
  }
  await expect(markers(page)).toHaveCount(4);
});

test('agents at one place share a marker, with their number and worst status', {
  tag: ['@page.md#map/3', '@page.md#map/5'],
}, async ({ page, mock }) => {
  const twelve = Array.from({ length: 12 }, (_, i) => ({ ...ALPHA, id: `n${i}`, name: `node-${i}` }));
  twelve[7]!.ageSecs = 3600;
  await mock.fleet([...twelve, GAMMA], SITES);
  await page.goto('/');
  const shared = marker(page, '12 agents, worst status Critical');
  await expect(shared).toBeVisible();
  await expect(shared).toContainText('12');
  // No zoom parts them: activating lists them.
  await shared.click();
  const list = popup(page, '12 agents, worst status Critical');
  await expect(list.getByRole('button')).toHaveCount(12);
  await expect(list.getByRole('button').first()).toContainText('node-7');
});

test.describe('in Germany', () => {
  test.use({ locale: 'de-DE' });

  test('markers, popups and counts have the separators of the locale', { tag: '@page.md#texts/1' }, async ({ page, mock }) => {
    await mock.fleet(Array.from({ length: 1_234 }, (_, i) => ({ ...ALPHA, id: `n${i}`, name: `node-${i}` })), SITES);
    await page.goto('/');
    const name = '1.234 agents, worst status Healthy';
    await expect(marker(page, name)).toContainText('1.234');
    await marker(page, name).click();
    await expect(popup(page, name)).toContainText('1.234');
    await expect(page.getByRole('status').filter({ hasText: '1.234 agents' })).toBeVisible();
    await expect(status(page)).toContainText('All (1.234)');
  });
});

test('activating a marker of several places zooms in until they part', { tag: '@page.md#map/4' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, { ...BETA, siteId: 'mnz' }, GAMMA], [...SITES, { id: 'mnz', title: 'Mainz', lat: 50.0, lon: 8.27 }]);
  await page.goto('/');
  const shared = marker(page, '2 agents, worst status Critical');
  await settled(shared);
  await shared.click();
  await expect(marker(page, 'alpha, Healthy')).toBeVisible();
  await expect(marker(page, 'beta, Critical')).toBeVisible();
  await expect(shared).toHaveCount(0);
});

for (const how of ['hover', 'focus'] as const) {
  test(`${how} opens a popup that says who it is, and Esc closes it`, {
    tag: ['@page.md#map/7', '@page.md#map/8'],
  }, async ({ page, mock }) => {
    await mock.fleet([ALPHA, GAMMA], SITES);
    await page.goto('/');
    await settled(marker(page, 'alpha, Healthy'));
    const shown = popup(page, 'alpha, Healthy');
    await expect(shown).toBeHidden();
    await marker(page, 'alpha, Healthy')[how]();
    await expect(shown).toBeVisible();
    for (const text of ['alpha', 'Healthy', 'Frankfurt', '203.0.113.4', '10.1.2.3', '7.48.0', '3 minutes ago']) {
      await expect(shown).toContainText(text);
    }
    await page.keyboard.press('Escape');
    await expect(shown).toBeHidden();
  });
}

test('the pointer can move onto the popup; away from both it closes', { tag: '@page.md#map/8' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.goto('/');
  const at = await settled(marker(page, 'alpha, Healthy'));
  await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
  const shown = popup(page, 'alpha, Healthy');
  await expect(shown).toBeVisible();
  const box = (await shown.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
  // Longer than it takes to close where the pointer is elsewhere.
  const start = Date.now();
  await expect.poll(async () => (await shown.isVisible()) && Date.now() - start > 700).toBe(true);
  await page.mouse.move(5, 5);
  await expect(shown).toBeHidden();
});

test('the popup stays beside its marker when the page is scrolled', async ({ page, mock }) => {
  await page.setViewportSize({ width: 1280, height: 500 });
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.goto('/');
  await settled(marker(page, 'alpha, Healthy'));
  await marker(page, 'alpha, Healthy').focus();
  const shown = popup(page, 'alpha, Healthy');
  await expect(shown).toBeVisible();
  const gap = async () => {
    const [at, box] = await Promise.all([marker(page, 'alpha, Healthy').boundingBox(), shown.boundingBox()]);
    return Math.round(Math.max(at!.y - box!.y - box!.height, box!.y - at!.y - at!.height));
  };
  await expect.poll(gap).toBe(6);
  const before = (await shown.boundingBox())!.y;
  await page.evaluate(() => scrollBy({ top: 40, behavior: 'instant' }));
  await expect.poll(async () => (await shown.boundingBox())!.y).not.toBe(before);
  await expect.poll(gap).toBe(6);
});

test('activating the agent in the popup brings its row into view', { tag: '@page.md#map/9' }, async ({ page, mock }) => {
  const many = Array.from({ length: 80 }, (_, i) => ({ ...GAMMA, id: `n${i}`, name: `node-${i}`, ageSecs: 3600 }));
  await mock.fleet([ALPHA, ...many], SITES);
  await page.goto('/');
  await loaded(page);
  await settled(marker(page, 'alpha, Healthy'));
  await expect(row(page, 'alpha')).toHaveCount(0);
  await marker(page, 'alpha, Healthy').focus();
  await popup(page, 'alpha, Healthy').getByRole('button', { name: 'alpha' }).click();
  await expect(row(page, 'alpha')).toBeInViewport();
  expect(await row(page, 'alpha').evaluate((node) => node.contains((node.getRootNode() as ShadowRoot).activeElement))).toBe(true);
});

test('buttons zoom in and out, and Fit shows all again', { tag: '@page.md#map/11' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, { ...BETA, siteId: 'ham' }], [...SITES, { id: 'ham', title: 'Hamburg', lat: 53.5, lon: 10 }]);
  await page.goto('/');
  const [a, b] = [marker(page, 'alpha, Healthy'), marker(page, 'beta, Critical')];
  const fitted = await distance(a, b);
  await map(page).getByRole('button', { name: 'Zoom out' }).click();
  await expect.poll(() => distance(a, b)).toBeLessThan(fitted * 0.7);
  await map(page).getByRole('button', { name: 'Fit' }).click();
  await expect.poll(async () => Math.abs((await distance(a, b)) - fitted)).toBeLessThan(2);
  await map(page).getByRole('button', { name: 'Zoom in' }).click();
  await expect.poll(() => distance(a, b)).toBeGreaterThan(fitted * 1.5);
});

test('a double-click zooms into that point', { tag: '@page.md#map/10' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, { ...BETA, siteId: 'ham' }], [...SITES, { id: 'ham', title: 'Hamburg', lat: 53.5, lon: 10 }]);
  await page.goto('/');
  const [a, b] = [marker(page, 'alpha, Healthy'), marker(page, 'beta, Critical')];
  const fitted = await distance(a, b);
  const [from, to] = [await settled(a), await settled(b)];
  await page.mouse.dblclick((from.x + to.x) / 2 + 18, (from.y + to.y) / 2 + 18);
  await expect.poll(() => distance(a, b)).toBeGreaterThan(fitted * 1.5);
});

test('a filter fits the map to what it leaves', { tag: '@page.md#fitting/2' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, { ...BETA, siteId: 'ham' }, GAMMA], [...SITES, { id: 'ham', title: 'Hamburg', lat: 53.5, lon: 10 }]);
  await page.goto('/');
  await expect(marker(page, '2 agents, worst status Critical')).toBeVisible();
  await filter(page).fill('a');
  await filter(page).fill('203.0.113.4');
  await expect(markers(page)).toHaveCount(1);
  await settled(marker(page, 'alpha, Healthy'));
  expect(await isInMap(page, marker(page, 'alpha, Healthy'))).toBe(true);
  await filter(page).fill('');
  await expect(marker(page, '2 agents, worst status Critical')).toBeVisible();
  await status(page).selectOption('critical');
  await expect(markers(page)).toHaveCount(1);
  await settled(marker(page, 'beta, Critical'));
  expect(await isInMap(page, marker(page, 'beta, Critical'))).toBe(true);
});

test('neither a refresh nor time moves the map', { tag: '@page.md#fitting/3' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet([ALPHA, { ...BETA, ageSecs: 29 * 60 + 30 }], SITES);
  await page.goto('/');
  await loaded(page);
  const before = await settled(marker(page, 'alpha, Healthy'));
  await mock.add({ ...GAMMA, siteId: 'syd' });
  await refreshNow(page, mock);
  await expect(marker(page, 'gamma, Healthy')).toHaveCount(1);
  expect(await settled(marker(page, 'alpha, Healthy'))).toEqual(before);
  await autoRefresh(page).uncheck();
  await page.clock.runFor(40_000);
  await expect(marker(page, 'beta, Warning')).toBeVisible();
  expect(await settled(marker(page, 'alpha, Healthy'))).toEqual(before);
});

test('a refresh keeps the markers\' nodes and the focus on one', { tag: '@page.md#list/11' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA], SITES);
  await page.goto('/');
  await loaded(page);
  const kept = marker(page, /^alpha, /);
  await kept.evaluate((node) => Object.assign(node, { isMarked: true }));
  await kept.focus();
  await mock.patch('a', { ageSecs: 3600 });
  await refreshQuietly(page);
  await expect(marker(page, 'alpha, Critical')).toBeVisible();
  expect(await kept.evaluate((node) => 'isMarked' in node)).toBe(true);
  await expect(kept).toBeFocused();
});

test('across the 180th meridian the fit takes the short way', { tag: '@page.md#fitting/8' }, async ({ page, mock }) => {
  await mock.fleet(
    [{ ...ALPHA, siteId: 'fiji' }, { ...BETA, siteId: 'samoa' }],
    [{ id: 'fiji', title: 'Fiji', lat: -18, lon: 178 }, { id: 'samoa', title: 'Samoa', lat: -14, lon: -172 }],
  );
  await page.goto('/');
  const [fiji, samoa] = [marker(page, 'alpha, Healthy'), marker(page, 'beta, Critical')];
  const [west, east] = [await settled(fiji), await settled(samoa)];
  expect(await isInMap(page, fiji)).toBe(true);
  expect(await isInMap(page, samoa)).toBe(true);
  // Samoa is to the east, ten degrees and not 350.
  const scale = (await map(page).boundingBox())!.width;
  expect(east.x - west.x).toBeGreaterThan(40);
  expect(east.x - west.x).toBeLessThan(scale);
  await expect(markers(page)).toHaveCount(2);
});

test('agents with no location are counted, and one click filters to them', {
  tag: ['@page.md#map/12', '@page.md#controls/5', '@page.md#controls/9'],
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, LOST, { ...LOST, id: 'e', name: 'lost-2' }], [...SITES]);
  await page.goto('/');
  await map(page).getByRole('button', { name: '2 agents have no location' }).click();
  await expect(page).toHaveURL('/?located=no');
  await expectNames(page, ['lost', 'lost-2']);
  await expect(count(page)).toHaveText('2 of 3 agents');
  await page.getByRole('button', { name: 'Remove filter: No location' }).click();
  await expect(page).toHaveURL('/');
  await expect(count(page)).toHaveText('3 agents');
});

test('one agent with no location is "1 agent has no location"', { tag: '@page.md#map/12' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, LOST], [{ ...FRA }, { id: 'zero', title: 'Nowhere', lat: 0, lon: 0 }]);
  await mock.patch('d', { siteId: 'zero' });
  await page.goto('/');
  await expect(map(page).getByRole('button', { name: '1 agent has no location' })).toBeVisible();
});

test('a row lights up its marker, and a marker its row', { tag: '@page.md#map/13' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.goto('/');
  const [ofAlpha, ofGamma] = [marker(page, 'alpha, Healthy'), marker(page, 'gamma, Healthy')];
  await settled(ofAlpha);
  await cell(row(page, 'alpha'), 'Version').hover();
  await expect(ofAlpha).toHaveClass(/\bkp-highlighted\b/);
  await expect(ofGamma).not.toHaveClass(/\bkp-highlighted\b/);
  await row(page, 'gamma').getByRole('button', { name: 'Details for gamma' }).focus();
  await expect(ofGamma).toHaveClass(/\bkp-highlighted\b/);
  await ofAlpha.hover();
  await expect(row(page, 'alpha')).toHaveClass(/\bkp-highlighted\b/);
  await expect(row(page, 'gamma')).not.toHaveClass(/\bkp-highlighted\b/);
});

test('the wheel scrolls the page until the map was clicked into', { tag: '@page.md#map/15' }, async ({ page, mock }) => {
  await page.setViewportSize({ width: 1280, height: 500 });
  await mock.fleet([ALPHA, { ...BETA, siteId: 'ham' }], [...SITES, { id: 'ham', title: 'Hamburg', lat: 53.5, lon: 10 }]);
  await page.goto('/');
  const [a, b] = [marker(page, 'alpha, Healthy'), marker(page, 'beta, Critical')];
  const fitted = await distance(a, b);
  const frame = (await map(page).boundingBox())!;
  const [x, y] = [frame.x + frame.width * 0.2, frame.y + frame.height * 0.5];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 120);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
  expect(Math.abs((await distance(a, b)) - fitted)).toBeLessThan(2);

  await page.evaluate(() => scrollTo(0, 0));
  await page.mouse.click(x, y);
  await page.mouse.wheel(0, -240);
  await expect.poll(() => distance(a, b)).toBeGreaterThan(fitted * 1.3);
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await expect(list(page)).toBeVisible();
});

test('the map works by keyboard', { tag: '@page.md#map/16' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.goto('/');
  const before = await settled(marker(page, 'alpha, Healthy'));
  await map(page).getByRole('group', { name: /^Map/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await settled(marker(page, 'alpha, Healthy'))).x).toBeLessThan(before.x);
});
