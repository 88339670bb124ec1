import { AGENTS, expect, filter, loaded, map, refreshNow, serveHost, setAttribute, SITES as SITES_ROUTE, settled, test } from './fixtures';
import { refreshQuietly } from './view';
import { ALPHA, BETA, button, GAMMA, isInMap, marker, markers, SITES } from './map-page';
import type { Locator, Page } from '@playwright/test';

// Fits and zooms jump instead of gliding.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const TWO = [ALPHA, GAMMA];

/** Waits until all of these are in view, and stand still. */
async function expectFitted(page: Page, ...names: (string | RegExp)[]) {
  for (const name of names) {
    await expect.poll(() => isInMap(page, marker(page, name)), `${name} is in view`).toBe(true);
    await settled(marker(page, name));
    expect(await isInMap(page, marker(page, name))).toBe(true);
  }
}

/** How far the two agents stand apart, as a part of the map's width. */
async function spread(page: Page) {
  const [a, b, frame] = [await settled(marker(page, /alpha/)), await settled(marker(page, /gamma/)), (await map(page).boundingBox())!];
  return Math.abs(a.x - b.x) / frame.width;
}

/** Zooms in, and waits until the map stands: while it glides it takes no other zoom. */
async function zoomIn(page: Page) {
  const drawn = () => map(page).locator('.kp-world').evaluate((svg) => (/scale\(1\)/.test(svg.getAttribute('style')!) ? svg.getAttribute('viewBox') : ''));
  await expect.poll(drawn).toBeTruthy();
  const before = await drawn();
  await button(page, 'Zoom in').click();
  await expect.poll(async () => ['', before].includes(await drawn())).toBe(false);
}

const show = (page: Page, display: string) =>
  page.locator('kproxy-agents').evaluate((node, display) => ((node as HTMLElement).style.display = display), display);

test('mounted in what is not shown, the map is fitted once it is', { tag: '@page.md#fitting/6' }, async ({ page, mock }) => {
  await mock.fleet(TWO, SITES);
  await serveHost(page, '/portal', '<div hidden><kproxy-agents></kproxy-agents></div>');
  await page.goto('/portal');
  await expect.poll(async () => (await mock.reads()).length).toBe(1);
  await expect.poll(() => page.locator('kproxy-agents').evaluate((node) => node.shadowRoot!.textContent)).toContain('alpha');
  await page.locator('div').first().evaluate((node) => node.removeAttribute('hidden'));
  await expectFitted(page, 'alpha, Healthy', 'gamma, Healthy');
  expect(await spread(page)).toBeGreaterThan(0.25);
});

test('a filter that changes while the map is not shown fits it once it is', { tag: ['@page.md#fitting/2', '@page.md#fitting/6'] }, async ({ page, mock }) => {
  await mock.fleet([...TWO, BETA], SITES);
  await serveHost(page, '/portal', '<kproxy-agents url-state="query"></kproxy-agents>');
  await page.goto('/portal');
  await expectFitted(page, 'alpha, Healthy', 'beta, Critical', 'gamma, Healthy');
  await page.goto('/portal?kp-q=203.0.113.4');
  await expectFitted(page, 'alpha, Healthy');
  await show(page, 'none');
  await page.goBack();
  await show(page, 'block');
  await expectFitted(page, 'alpha, Healthy', 'beta, Critical', 'gamma, Healthy');
});

test('a map that grows or shrinks by more than a quarter is fitted, unless the operator has moved it', {
  tag: '@page.md#fitting/6',
}, async ({ page, mock }) => {
  await mock.fleet(TWO, SITES);
  await page.goto('/');
  await expectFitted(page, 'alpha, Healthy', 'gamma, Healthy');
  await page.setViewportSize({ width: 500, height: 900 });
  await expectFitted(page, 'alpha, Healthy', 'gamma, Healthy');
  await zoomIn(page);
  await zoomIn(page);
  await expect.poll(() => isInMap(page, marker(page, 'gamma, Healthy'))).toBe(false);
  await page.setViewportSize({ width: 360, height: 900 });
  const part = await spread(page);
  expect(part).toBeGreaterThan(1);
  expect(await isInMap(page, marker(page, 'gamma, Healthy'))).toBe(false);
});

test('another api-base is fitted as the first one', { tag: '@page.md#fitting/11' }, async ({ page, mock }) => {
  await mock.fleet(TWO, SITES);
  await page.route('**/other/**', async (route) => {
    const url = new URL(route.request().url());
    const answer = await route.fetch({ url: url.href.replace('/other', '') });
    const body = (await answer.text()).replaceAll('"alpha"', '"delta"').replaceAll('50.1', '-33.4').replaceAll('8.7', '-70.6');
    await route.fulfill({ response: answer, body });
  });
  await page.goto('/');
  await expectFitted(page, 'alpha, Healthy', 'gamma, Healthy');
  // Moved, and that is forgotten.
  for (let i = 0; i < 4; i++) await zoomIn(page);
  await setAttribute(page, 'api-base', '/other');
  await expectFitted(page, 'delta, Healthy', 'gamma, Healthy');
});

const MOVES_NOTHING: [string, (page: Page) => Promise<unknown>][] = [
  ['"Fit"', (page) => button(page, 'Fit').click()],
  ['Tab in the map', async (page) => {
    await map(page).getByRole('group', { name: /^Map/ }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
  }],
  ['a letter', async (page) => {
    await map(page).getByRole('group', { name: /^Map/ }).focus();
    await page.keyboard.press('x');
  }],
  ['a click', async (page) => {
    const frame = (await map(page).boundingBox())!;
    await page.mouse.click(frame.x + 8, frame.y + 60);
  }],
];
for (const motion of ['reduce', 'no-preference'] as const) {
  test.describe(`motion: ${motion}`, () => {
    test.use({ contextOptions: { reducedMotion: motion } });
    for (const [what, act] of MOVES_NOTHING) {
      test(`${what} while pages still come is no move of the operator`, {
        tag: ['@page.md#fitting/4', '@page.md#fitting/5', '@page.md#fitting/10'],
      }, async ({ page, mock }) => {
        const many = Array.from({ length: 150 }, (_, i) => ({ ...ALPHA, id: `n${i}`, name: `a-node-${i}`, ageSecs: 3600 }));
        await mock.fleet([...many, GAMMA], SITES);
        await mock.fault({ route: AGENTS, queryContains: 'pageToken', hold: 'rest' });
        await page.goto('/');
        const first = marker(page, /^\d+ agents, worst status Critical/);
        await settled(first);
        await act(page);
        await settled(first);
        await mock.release('rest');
        await mock.heal();
        await expectFitted(page, /^\d+ agents, worst status Critical/, 'gamma, Healthy');
      });
    }
  });
}

test('a key that pans while pages still come is a move, and stays', { tag: '@page.md#fitting/10' }, async ({ page, mock }) => {
  const many = Array.from({ length: 150 }, (_, i) => ({ ...ALPHA, id: `n${i}`, name: `a-node-${i}`, ageSecs: 3600 }));
  await mock.fleet([...many, GAMMA], SITES);
  await mock.fault({ route: AGENTS, queryContains: 'pageToken', hold: 'rest' });
  await page.goto('/');
  const first = marker(page, /^\d+ agents, worst status Critical/);
  const before = await settled(first);
  await map(page).getByRole('group', { name: /^Map/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await settled(first)).x).toBeLessThan(before.x);
  const moved = await settled(first);
  await mock.release('rest');
  await mock.heal();
  await expect(marker(page, 'gamma, Healthy')).toHaveCount(1);
  await loaded(page);
  expect(await settled(first)).toEqual(moved);
});

test('sites that come late are fitted, unless the operator has moved the map', { tag: '@page.md#fitting/7' }, async ({ page, mock }) => {
  await mock.fleet(TWO, SITES);
  for (const isMoved of [false, true]) {
    await mock.fault({ route: SITES_ROUTE, hold: 'sites' });
    await page.goto('/');
    await loaded(page);
    await expect(map(page).getByRole('button', { name: 'Zoom in' })).toBeVisible();
    if (isMoved) for (let i = 0; i < 4; i++) await zoomIn(page);
    await mock.release('sites');
    await mock.heal();
    await expect(markers(page)).toHaveCount(2);
    if (isMoved) {
      expect(await spread(page)).toBeGreaterThan(1);
    } else {
      await expectFitted(page, 'alpha, Healthy', 'gamma, Healthy');
    }
  }
});

test('a filter that changes while the map glides to another zoom is fitted after that', { tag: '@page.md#fitting/2' }, async ({ page, mock }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await mock.fleet([...TWO, BETA], SITES);
  await page.goto('/');
  await expectFitted(page, 'alpha, Healthy', 'beta, Critical', 'gamma, Healthy');
  await filter(page).fill('203.0.113.4');
  await expect(markers(page)).toHaveCount(1);
  // The glide begins after the list has followed, and before the map does.
  await page.evaluate(() => {
    const root = document.querySelector('kproxy-agents')!.shadowRoot!;
    const input = root.querySelector('input[type=search]') as HTMLInputElement;
    input.value = '';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    setTimeout(() => (root.querySelector('[aria-label="Zoom out"]') as HTMLElement).click(), 200);
  });
  await expectFitted(page, 'alpha, Healthy', 'beta, Critical', 'gamma, Healthy');
  expect(await spread(page)).toBeGreaterThan(0.25);
});

/** The name of what takes a press at a point. */
const pressedAt = (page: Page, x: number, y: number) =>
  page.evaluate(([x, y]) => {
    let node = document.elementFromPoint(x!, y!);
    while (node?.shadowRoot?.elementFromPoint(x!, y!) && node.shadowRoot.elementFromPoint(x!, y!) !== node) {
      node = node.shadowRoot.elementFromPoint(x!, y!);
    }
    return node?.closest('button')?.getAttribute('aria-label') ?? node?.className ?? '';
  }, [x, y]);

/** Each marker's target is 24 pixels, free of anything else. */
async function expectFreeTargets(page: Page, all: Locator) {
  for (const one of await all.all()) {
    const name = (await one.getAttribute('aria-label'))!;
    const box = (await one.boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    for (const [dx, dy] of [[0, 0], [-11, 0], [11, 0], [0, -11], [0, 11], [-8, -8], [8, -8], [8, 8], [-8, 8]]) {
      expect(await pressedAt(page, x + dx!, y + dy!), `${name} at ${dx}, ${dy}`).toBe(name);
    }
  }
}

for (const width of [320, 768, 1280]) {
  for (const seed of [1, 2, 3]) {
    test(`at ${width} px a fit keeps all markers clear of each other and of what lies over the map, fleet ${seed}`, {
      tag: ['@page.md#map/18', '@page.md#fitting/12'],
    }, async ({ page, mock }) => {
      await page.setViewportSize({ width, height: 900 });
      await mock.reset({ agents: 60, seed });
      await page.goto('/');
      await loaded(page);
      await expect(markers(page).first()).toBeVisible();
      await settled(markers(page).first());
      await button(page, 'Fit').click();
      await settled(markers(page).first());
      await page.mouse.move(5, 5);
      expect(await markers(page).count()).toBeGreaterThan(3);
      await expectFreeTargets(page, markers(page));
    });
  }
}

test('a refresh that brings an agent elsewhere does not move a map that was hidden', { tag: '@page.md#fitting/3' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA], SITES);
  await page.goto('/');
  await expectFitted(page, 'alpha, Healthy', 'beta, Critical');
  const before = await settled(marker(page, 'alpha, Healthy'));
  await show(page, 'none');
  await mock.add({ ...GAMMA });
  await refreshQuietly(page);
  await expect.poll(async () => (await mock.reads()).length).toBeGreaterThan(1);
  await show(page, '');
  await refreshNow(page, mock);
  await expect(marker(page, 'gamma, Healthy')).toHaveCount(1);
  expect(await settled(marker(page, 'alpha, Healthy'))).toEqual(before);
});
