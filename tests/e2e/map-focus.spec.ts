import { expect, filter, loaded, map, refreshNow, row, settled, test, type Mock } from './fixtures';
import { ALPHA, BETA, button, focusedName, FRA, GAMMA, isInMap, LOST, marker, markers, popup, SITES } from './map-page';
import { refreshQuietly } from './view';
import type { Page } from '@playwright/test';

// Fits and zooms jump instead of gliding.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const theMap = (page: Page) => map(page).getByRole('group', { name: /^Map/ });

async function openPopupOfAlpha(page: Page, mock: Mock) {
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.goto('/');
  await loaded(page);
  await settled(marker(page, 'alpha, Healthy'));
  await marker(page, 'alpha, Healthy').focus();
  await page.keyboard.press('Enter');
}

test('three hundred markers are one tab stop', { tag: '@page.md#map/19' }, async ({ page, mock }) => {
  const grid = Array.from({ length: 300 }, (_, i) => ({ lat: -60 + 9 * (i % 15), lon: -175 + 18 * Math.floor(i / 15) }));
  const sites = grid.map((at, i) => ({ id: `s${i}`, title: `Site ${i}`, ...at }));
  await mock.fleet(sites.map(({ id }, i) => ({ ...ALPHA, id: `n${i}`, name: `n-${i}`, siteId: id, ageSecs: i === 150 ? 3600 : 60 })), sites);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto('/');
  await loaded(page);
  await expect(markers(page).first()).toBeVisible();
  await button(page, 'Zoom in').click();
  await settled(markers(page).first());
  await theMap(page).focus();
  await page.keyboard.press('Tab');
  expect(await focusedName(page)).toMatch(/, (worst status )?(Critical|Healthy)$/);
  const seen: string[] = [];
  for (let i = 0; i < 12 && !seen.includes('Filter'); i++) {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    seen.push(await focusedName(page));
    if (await filter(page).evaluate((node) => node.matches(':focus'))) seen.push('Filter');
  }
  expect(seen.filter((name) => /, (worst status )?(Critical|Healthy)$/.test(name))).toEqual([]);
  expect(seen).toContain('Filter');
});

test('Tab leads to the worst of the markers in view, the arrow keys from one to the next', {
  tag: ['@page.md#map/16', '@page.md#map/19', '@page.md#map/20'],
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA, GAMMA], SITES);
  await page.goto('/');
  const before = await settled(marker(page, 'beta, Critical'));
  await theMap(page).focus();
  await page.keyboard.press('Tab');
  await expect(marker(page, 'beta, Critical')).toBeFocused();
  // From west to east: New York, Frankfurt, Sydney.
  for (const [key, name] of [
    ['ArrowRight', 'alpha, Healthy'], ['ArrowRight', 'gamma, Healthy'], ['ArrowRight', 'gamma, Healthy'],
    ['Home', 'beta, Critical'], ['ArrowUp', 'alpha, Healthy'], ['ArrowDown', 'beta, Critical'],
    ['ArrowDown', 'gamma, Healthy'], ['ArrowLeft', 'alpha, Healthy'], ['End', 'gamma, Healthy'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(marker(page, name), key).toBeFocused();
    await expect(popup(page, name)).toBeVisible();
  }
  // None of this has moved the map.
  expect(await settled(marker(page, 'beta, Critical'))).toEqual(before);
  await page.keyboard.press('Shift+Tab');
  await expect(theMap(page)).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(marker(page, 'gamma, Healthy')).toBeFocused();
  await page.keyboard.press('+');
  await expect.poll(async () => (await settled(marker(page, 'alpha, Healthy'))).x).toBeLessThan(before.x + 1000);
  await expect(marker(page, 'gamma, Healthy')).toBeFocused();
  expect(await isInMap(page, marker(page, 'gamma, Healthy'))).toBe(true);
});

test('markers out of view never have the focus', { tag: '@page.md#map/21' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA, GAMMA], SITES);
  await page.goto('/');
  await settled(marker(page, 'beta, Critical'));
  for (let i = 0; i < 5; i++) await button(page, 'Zoom in').click();
  await expect.poll(async () => isInMap(page, marker(page, 'beta, Critical'))).toBe(false);
  await theMap(page).focus();
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('Tab');
    const name = await focusedName(page);
    if (/, (Critical|Healthy)$/.test(name)) expect(await isInMap(page, marker(page, name)), name).toBe(true);
  }
  // Assistive technology may focus any: then it is moved into view.
  await marker(page, 'gamma, Healthy').focus();
  await expect.poll(() => isInMap(page, marker(page, 'gamma, Healthy'))).toBe(true);
  await expect(marker(page, 'gamma, Healthy')).toBeFocused();
  // Zoomed away from under the focus, it goes to one in view, or to the map.
  await page.evaluate(() => {
    const root = document.querySelector('kproxy-agents')!.shadowRoot!;
    (root.querySelector('[aria-label=Fit]') as HTMLElement).click();
  });
  await expect.poll(() => isInMap(page, marker(page, 'beta, Critical'))).toBe(true);
  await expect(marker(page, 'gamma, Healthy')).toBeFocused();
});

/** Presses a button of the map so many times, three frames apart: each while the zoom before is under way. */
const pressFast = (page: Page, name: string, times: number) =>
  button(page, name).evaluate(async (pressed: HTMLElement, times) => {
    for (let i = 0; i < times; i++) {
      pressed.click();
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    }
  }, times);

test('a marker that takes the focus while the map zooms comes into view, and stays there', { tag: '@page.md#map/21' }, async ({ page, mock }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.clock.install();
  await mock.fleet([ALPHA, BETA, GAMMA], SITES);
  await page.goto('/');
  await settled(marker(page, 'beta, Critical'));
  await pressFast(page, 'Zoom in', 3);
  await marker(page, 'gamma, Healthy').evaluate(async (gamma: HTMLElement) => {
    (gamma.getRootNode() as ShadowRoot).querySelector<HTMLElement>('[aria-label="Zoom in"]')!.click();
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    gamma.focus();
  });
  // Past the end of the zoom.
  await page.clock.runFor(1_000);
  await expect(marker(page, 'gamma, Healthy')).toBeFocused();
  expect(await isInMap(page, marker(page, 'gamma, Healthy'))).toBe(true);
});

test('each press of Zoom in counts, however fast they come', async ({ page, mock }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.goto('/');
  const across = async () => {
    const alpha = await settled(marker(page, 'alpha, Healthy'));
    return (await settled(marker(page, 'gamma, Healthy'))).x - alpha.x;
  };
  const before = await across();
  await pressFast(page, 'Zoom in', 3);
  await expect.poll(async () => Math.round((await across()) / before)).toBe(8);
});

test('Enter on a shared marker leaves the focus on one of those it parts into', { tag: ['@page.md#map/4', '@page.md#map/22'] }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, { ...BETA, siteId: 'mnz' }, GAMMA], [...SITES, { id: 'mnz', title: 'Mainz', lat: 50.0, lon: 8.27 }]);
  await page.goto('/');
  const shared = marker(page, '2 agents, worst status Critical');
  await settled(shared);
  await shared.focus();
  await page.keyboard.press('Enter');
  await expect(shared).toHaveCount(0);
  await expect.poll(() => focusedName(page)).toMatch(/^(alpha, Healthy|beta, Critical)$/);
  expect(await isInMap(page, marker(page, await focusedName(page)))).toBe(true);
  await button(page, 'Fit').click();
  await expect(shared).toBeVisible();
});

test('where a press zooms into a shared marker, no popup opens by itself', { tag: '@page.md#map/4' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, { ...BETA, siteId: 'mnz' }, GAMMA], [...SITES, { id: 'mnz', title: 'Mainz', lat: 50.0, lon: 8.27 }]);
  await page.goto('/');
  const shared = marker(page, '2 agents, worst status Critical');
  await settled(shared);
  await shared.click();
  await page.mouse.move(5, 5);
  await expect(shared).toHaveCount(0);
  await settled(marker(page, 'alpha, Healthy'));
  await expect(page.getByRole('group', { name: /, (Critical|Healthy)$/ })).toHaveCount(0);
});

test('when a refresh replaces the marker that has the focus, its successor gets it', { tag: '@page.md#map/22' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, GAMMA], [...SITES, { id: 'mnz', title: 'Mainz', lat: 50.0, lon: 8.27 }]);
  await page.goto('/');
  await loaded(page);
  await settled(marker(page, 'alpha, Healthy'));
  await marker(page, 'alpha, Healthy').focus();
  await mock.add({ ...BETA, siteId: 'mnz' });
  await refreshQuietly(page);
  await expect(marker(page, '2 agents, worst status Critical')).toBeFocused();
  // And its popup is now that of both.
  await expect(popup(page, '2 agents, worst status Critical')).toBeVisible();
  await mock.remove('a');
  await mock.remove('b');
  await refreshQuietly(page);
  await expect(marker(page, 'gamma, Healthy')).toBeFocused();
  await mock.remove('c');
  await refreshQuietly(page);
  await expect(markers(page)).toHaveCount(0);
  await expect(theMap(page)).toBeFocused();
});

test('a refresh keeps the focus on the same agent in a popup', { tag: '@page.md#map/22' }, async ({ page, mock }) => {
  await openPopupOfAlpha(page, mock);
  const alone = popup(page, /^alpha, /).getByRole('button');
  await expect(alone).toBeFocused();
  await alone.evaluate((node) => Object.assign(node, { isMarked: true }));
  await mock.patch('a', { ageSecs: 3600, version: '7.49.0' });
  await refreshQuietly(page);
  await expect(popup(page, 'alpha, Critical')).toContainText('7.49.0');
  await expect(alone).toBeFocused();
  expect(await alone.evaluate((node) => 'isMarked' in node)).toBe(true);
  // Another agent at the same place: the popup lists both.
  await mock.add({ ...ALPHA, id: 'z', name: 'zulu' });
  await refreshQuietly(page);
  const both = popup(page, '2 agents, worst status Critical').getByRole('button');
  await expect(both).toHaveCount(2);
  await expect(both.filter({ hasText: 'alpha' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(both.filter({ hasText: 'zulu' })).toBeFocused();
  await mock.patch('z', { ageSecs: 3600 });
  await refreshQuietly(page);
  await expect(both.filter({ hasText: 'zulu' })).toContainText('Critical');
  await expect(both.filter({ hasText: 'zulu' })).toBeFocused();
  await mock.remove('z');
  await refreshQuietly(page);
  await expect(popup(page, 'alpha, Critical')).toBeVisible();
  await expect(alone).toBeFocused();
  // The last one goes, and the popup with it.
  await mock.remove('a');
  await refreshQuietly(page);
  await expect(marker(page, /^alpha/)).toHaveCount(0);
  await expect(marker(page, 'gamma, Healthy')).toBeFocused();
});

test('when the map moves under a popup with the focus, the focus goes to its marker', { tag: '@page.md#map/22' }, async ({ page, mock }) => {
  await openPopupOfAlpha(page, mock);
  await expect(popup(page, 'alpha, Healthy').getByRole('button')).toBeFocused();
  await page.evaluate(() => {
    const root = document.querySelector('kproxy-agents')!.shadowRoot!;
    (root.querySelector('[aria-label="Zoom out"]') as HTMLElement).click();
  });
  await expect(marker(page, 'alpha, Healthy')).toBeFocused();
  await expect(row(page, 'alpha')).toBeVisible();
});

test('when "agents have no location" goes, the focus goes to the map', { tag: '@page.md#map/22' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, LOST], SITES);
  await page.goto('/');
  await loaded(page);
  await button(page, '1 agent has no location').focus();
  await mock.patch('d', { siteId: FRA.id });
  await refreshQuietly(page);
  await expect(button(page, '1 agent has no location')).toHaveCount(0);
  await expect(theMap(page)).toBeFocused();
});

test('ten refreshes leave nothing behind on the map', { tag: '@page.md#list/11' }, async ({ page, mock }) => {
  await mock.reset({ agents: 1000 });
  await page.goto('/');
  await loaded(page);
  await expect(markers(page).first()).toBeVisible();
  const nodes = () => map(page).evaluate((node) => node.querySelectorAll('*').length);
  await refreshNow(page, mock);
  const before = await nodes();
  for (let i = 0; i < 10; i++) await refreshNow(page, mock);
  await expect.poll(nodes).toBe(before);
});
