import { expect, loaded, map, settled, test } from './fixtures';
import { ALPHA, BETA, button, focusedName, GAMMA, marker, popup, SITES } from './map-page';
import type { Page } from '@playwright/test';

// Fits and zooms jump instead of gliding.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const HAM = { id: 'ham', title: 'Hamburg', lat: 53.5, lon: 10 };

for (const [what, name] of [['an agent', 'alpha, Healthy'], ['several agents', '2 agents, worst status Critical']] as const) {
  test(`dragging from the marker of ${what} drags the map and activates nothing`, { tag: '@page.md#map/23' }, async ({ page, mock }) => {
    await mock.fleet([ALPHA, { ...BETA, siteId: 'syd' }, { ...GAMMA, siteId: 'nea' }], [
      ...SITES, { id: 'nea', title: 'Near', lat: -33.5, lon: 150.9 },
    ]);
    await page.goto('/');
    const from = await settled(marker(page, name));
    const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    // There, and back to where it began: a drag all the same.
    await page.mouse.move(x - 60, y + 30, { steps: 4 });
    await expect.poll(async () => (await marker(page, name).boundingBox())!.x).toBeLessThan(from.x - 40);
    await page.mouse.up();
    const moved = await settled(marker(page, name));
    expect(moved.x).toBeLessThan(from.x - 40);
    expect(moved.y).toBeGreaterThan(from.y + 10);
    await page.mouse.move(5, 5);
    await expect(popup(page, name)).toBeHidden();
    // A click afterwards is one again.
    await marker(page, name).click();
    if (name.startsWith('alpha')) {
      await expect(popup(page, name).getByRole('button')).toBeFocused();
    } else {
      await expect(marker(page, name)).toHaveCount(0);
    }
  });
}

test('a drag that comes back to where it began activates nothing', { tag: '@page.md#map/23' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, GAMMA], SITES);
  await page.goto('/');
  const from = await settled(marker(page, 'alpha, Healthy'));
  const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 60, y + 30, { steps: 4 });
  await page.mouse.move(x, y, { steps: 4 });
  await page.mouse.up();
  // A click would have moved the focus into the popup, in the next frame.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(await focusedName(page)).not.toBe('alpha');
  // By keyboard it is activated at any time.
  await marker(page, 'alpha, Healthy').focus();
  await page.keyboard.press('Enter');
  await expect(popup(page, 'alpha, Healthy').getByRole('button')).toBeFocused();
});

test.describe('on a phone', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 700 } });

  /** Moves fingers from points to points, as the browser's own gestures see it. */
  async function fingers(page: Page, from: [number, number][], to: [number, number][]) {
    const client = await page.context().newCDPSession(page);
    const send = (type: string, points: [number, number][]) =>
      client.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: points.map(([x, y], id) => ({ x, y, id })),
      });
    await send('touchStart', from.slice(0, 1));
    if (from.length > 1) await send('touchStart', from);
    for (let step = 1; step <= 8; step++) {
      const at = from.map(([x, y], i) => [x + ((to[i]![0] - x) * step) / 8, y + ((to[i]![1] - y) * step) / 8] as [number, number]);
      await send('touchMove', at);
    }
    await send('touchEnd', []);
    await client.detach();
  }

  test('one finger scrolls the page, and a hint says that two move the map', { tag: '@page.md#map/24' }, async ({ page, mock }) => {
    await mock.fleet([ALPHA, { ...BETA, siteId: 'ham' }], [...SITES, HAM]);
    await page.goto('/');
    await loaded(page);
    const before = await settled(marker(page, 'alpha, Healthy'));
    const frame = (await map(page).boundingBox())!;
    const [x, y] = [frame.x + 40, frame.y + 150];
    await fingers(page, [[x, y]], [[x, y - 120]]);
    await expect(map(page).getByText('Use two fingers to move the map')).toBeVisible();
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(40);
    const scrolled = await page.evaluate(() => scrollY);
    const after = await settled(marker(page, 'alpha, Healthy'));
    expect(Math.abs(after.y + scrolled - before.y)).toBeLessThan(2);
    expect(Math.abs(after.x - before.x)).toBeLessThan(2);
    await expect(map(page).getByText('Use two fingers to move the map')).toHaveCount(0);
  });

  test('two fingers move and zoom the map, and do not scroll the page', { tag: '@page.md#map/24' }, async ({ page, mock }) => {
    await mock.fleet([ALPHA, { ...BETA, siteId: 'ham' }], [...SITES, HAM]);
    await page.goto('/');
    await loaded(page);
    const gap = async () => {
      const [a, b] = [await settled(marker(page, 'alpha, Healthy')), await settled(marker(page, 'beta, Critical'))];
      return Math.hypot(a.x - b.x, a.y - b.y);
    };
    const frame = (await map(page).boundingBox())!;
    const middle = [frame.x + frame.width / 2, frame.y + frame.height / 2] as const;
    const before = await settled(marker(page, 'alpha, Healthy'));
    const apart = await gap();
    await fingers(page, [[middle[0] - 40, middle[1]], [middle[0] + 40, middle[1]]], [[middle[0] - 90, middle[1]], [middle[0] - 10, middle[1]]]);
    await expect.poll(async () => (await settled(marker(page, 'alpha, Healthy'))).x).toBeLessThan(before.x - 25);
    expect(Math.abs((await gap()) - apart)).toBeLessThan(apart * 0.2);
    await fingers(page, [[middle[0] - 30, middle[1]], [middle[0] + 30, middle[1]]], [[middle[0] - 110, middle[1]], [middle[0] + 110, middle[1]]]);
    await expect.poll(gap).toBeGreaterThan(apart * 1.5);
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await expect(map(page).getByText('Use two fingers to move the map')).toHaveCount(0);
  });

  test('two fingers that do not move leave no listener on the document', { tag: '@embedding.md#what-happens-outside-the-element' }, async ({ page, mock }) => {
    await page.addInitScript(() => {
      const counts: Record<string, number> = {};
      Object.assign(window, { touchListeners: counts });
      const { addEventListener, removeEventListener } = EventTarget.prototype;
      Document.prototype.addEventListener = function (this: Document, type: string, ...rest: any[]) {
        if (type.startsWith('touch')) counts[type] = (counts[type] ?? 0) + 1;
        return addEventListener.call(this, type, ...(rest as [any]));
      };
      Document.prototype.removeEventListener = function (this: Document, type: string, ...rest: any[]) {
        if (type.startsWith('touch')) counts[type] = (counts[type] ?? 0) - 1;
        return removeEventListener.call(this, type, ...(rest as [any]));
      };
    });
    await mock.fleet([ALPHA, GAMMA], SITES);
    await page.goto('/');
    await loaded(page);
    await settled(marker(page, 'alpha, Healthy'));
    const frame = (await map(page).boundingBox())!;
    const two: [number, number][] = [[frame.x + 100, frame.y + 100], [frame.x + 160, frame.y + 100]];
    await fingers(page, two, two);
    const left = () => page.evaluate(() => Object.values((window as unknown as { touchListeners: Record<string, number> }).touchListeners).filter((n) => n > 0));
    await expect.poll(left).toEqual([]);
    // And a tap activates.
    const at = await settled(marker(page, 'alpha, Healthy'));
    await page.touchscreen.tap(at.x + at.width / 2, at.y + at.height / 2);
    await expect(popup(page, 'alpha, Healthy')).toBeVisible();
    await expect(button(page, 'Fit')).toBeVisible();
  });
});
