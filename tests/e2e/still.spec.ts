import { ago, AGENTS, cell, count, expect, header, list, loaded, row, test } from './fixtures';
import { refreshQuietly } from './view';
import type { Locator, Page } from '@playwright/test';

const SITE = { id: 's1', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const ALPHA = { id: 'a', name: 'alpha', siteId: 's1', ipAddress: '203.0.113.4', privateIp: '10.1.2.3', ageSecs: 100 };
const name = (i: number) => `n-${String(i).padStart(3, '0')}`;
/** So many agents, seen one second after the other. */
const many = (number: number) =>
  Array.from({ length: number }, (_, i) => ({ ...ALPHA, id: name(i), name: name(i), lastSeen: ago(100 + i) }));

const top = async (locator: Locator) => (await locator.boundingBox())!.y;
const rows = (page: Page) => list(page).locator('[data-agent]');

test('a refresh that shuffles the rows in view scrolls nothing', { tag: ['@page.md#list/11', '@page.md#list/16'] }, async ({ page, mock }) => {
  await mock.fleet(many(200), [SITE]);
  await page.goto('/');
  await loaded(page);
  await header(page, 'Last seen').getByRole('button').click();
  await list(page).evaluate((node) => node.scrollTo(0, 4400));
  await expect(row(page, 'n-105')).toBeInViewport();
  const before = await list(page).evaluate((node) => node.scrollTop);
  // The topmost row in view goes to the top of the list, and others go elsewhere.
  for (let i = 99; i < 115; i += 2) await mock.patch(name(i), { lastSeen: ago(1 + i * 37 % 90) });
  await refreshQuietly(page);
  await expect(row(page, 'n-101')).toHaveCount(0);
  expect(await list(page).evaluate((node) => node.scrollTop)).toBe(before);
});

test('a row in view that goes elsewhere does not take the view along', { tag: ['@page.md#list/11', '@page.md#list/16'] }, async ({ page, mock }) => {
  await mock.fleet(many(200), [SITE]);
  await page.goto('/');
  await loaded(page);
  await header(page, 'Last seen').getByRole('button').click();
  await list(page).evaluate((node) => node.scrollTo(0, 4400));
  const still = row(page, 'n-105');
  await expect(still).toBeInViewport();
  const before = await top(still);
  await mock.patch('n-100', { lastSeen: ago(1) });
  await refreshQuietly(page);
  await expect(row(page, 'n-100')).toHaveCount(0);
  await expect.poll(async () => Math.abs((await top(still)) - before)).toBeLessThan(2);
});

test('"Never" is plain text, and no stop for the Tab key', { tag: ['@page.md#list/5', '@page.md#list/6'] }, async ({ page, mock }) => {
  await mock.fleet([{ ...ALPHA, ageSecs: undefined }], [SITE]);
  await page.goto('/');
  const never = cell(row(page, 'alpha'), 'Last seen');
  await expect(never).toHaveText('Never');
  await expect(never.locator('time, [tabindex]')).toHaveCount(0);
});

test('the notice of a link that leads nowhere can be closed', { tag: ['@page.md#url/9', '@page.md#url/11'] }, async ({ page, mock }) => {
  await mock.fleet([ALPHA], [SITE]);
  await page.goto('/?agent=gone');
  const notice = page.getByText('The agent that this link leads to no longer exists');
  await expect(notice).toBeVisible();
  await page.getByRole('button', { name: 'Close this notice' }).press('Enter');
  await expect(notice).toBeHidden();
  await expect(list(page)).toBeFocused();
});

test('it goes by itself when the agent is there again', { tag: ['@page.md#url/9', '@page.md#url/11'] }, async ({ page, mock }) => {
  await mock.fleet([ALPHA], [SITE]);
  await page.goto('/?agent=gone');
  const notice = page.getByText('The agent that this link leads to no longer exists');
  await expect(notice).toBeVisible();
  await mock.add({ ...ALPHA, id: 'gone', name: 'back' });
  await refreshQuietly(page);
  await expect(row(page, 'back')).toBeVisible();
  await expect(notice).toBeHidden();
});

for (const width of [320, 600, 700, 768, 900, 1024, 1280]) {
  test(`at ${width} px nothing moves when the first answer comes`, { tag: '@page.md#layout/2' }, async ({ page, mock }) => {
    await page.setViewportSize({ width, height: 900 });
    await mock.reset({ agents: 60 });
    await mock.fault({ route: AGENTS, hold: 'first', times: 1 });
    await page.goto('/');
    await expect(list(page)).toHaveAttribute('aria-busy', 'true');
    const places = async () => [await top(list(page)), await top(page.getByRole('checkbox', { name: 'Auto-refresh' }))];
    const before = await places();
    await mock.release('first');
    await expect(count(page)).toHaveText('60 agents');
    await loaded(page);
    expect(await places()).toEqual(before);
  });
}

for (const [what, size] of [['--kp-font-size 1.75em', '1.75em'], ['300 % text', '42px']] as const) {
  test(`${what} at 320 px: no card overlaps the next, and none cuts its lines off`, {
    tag: ['@page.md#accessibility/6', '@page.md#list/14'],
  }, async ({ page, mock }) => {
    await page.setViewportSize({ width: 320, height: 900 });
    await mock.fleet(many(5), [SITE]);
    await page.goto('/');
    await page.locator('kproxy-agents').evaluate((node, size) => (node as HTMLElement).style.setProperty('--kp-font-size', size), size);
    await loaded(page);
    const overflow = () =>
      rows(page).evaluateAll((rows) =>
        rows.map((row) => {
          const bottom = Math.max(...[...row.querySelectorAll('.kp-cell')].map((cell) => cell.getBoundingClientRect().bottom));
          return bottom - row.getBoundingClientRect().bottom;
        }),
      );
    await expect.poll(async () => Math.max(...(await overflow()))).toBeLessThanOrEqual(0);
    const places = await rows(page).evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]));
    for (const [i, [next]] of places.slice(1).entries()) expect(next).toBeGreaterThanOrEqual(places[i]![1]! - 0.5);
  });
}

/** As on a screen with so many pixels for each CSS pixel, where the browser ends that much earlier. */
const onFineScreen = (page: Page, ratio: number) =>
  page.addInitScript((ratio) => Object.defineProperty(window, 'devicePixelRatio', { get: () => ratio }), ratio);

test.describe('a list that is too high for the browser', { tag: ['@page.md#list/15', '@page.md#list/17'] }, () => {
  test.beforeEach(async ({ page, mock }) => {
    test.slow();
    await onFineScreen(page, 100);
    await mock.reset({ agents: 10_000 });
    await page.goto('/');
    await expect(list(page)).toHaveAttribute('aria-rowcount', '10001', { timeout: 60_000 });
    // Not as high as its rows.
    expect(await list(page).evaluate((node) => node.scrollHeight)).toBeLessThan(200_000);
  });

  const indexes = (page: Page) =>
    list(page).evaluate((list) => {
      const view = list.getBoundingClientRect();
      return [...list.querySelectorAll('[data-agent]')]
        .filter((row) => row.getBoundingClientRect().top >= view.top + 40 && row.getBoundingClientRect().bottom <= view.bottom)
        .map((row) => Number(row.getAttribute('aria-rowindex')))
        .sort((a, b) => a - b);
    });

  test('ends at its last row, by key and by scroll bar', async ({ page }) => {
    await list(page).focus();
    await page.keyboard.press('End');
    await expect.poll(async () => (await indexes(page)).at(-1)).toBe(10_001);
    await page.keyboard.press('Home');
    await expect.poll(async () => (await indexes(page))[0]).toBe(2);
    // As the scroll bar does: to the middle, and then to the end.
    await list(page).evaluate((node) => node.scrollTo(0, (node.scrollHeight - node.clientHeight) / 2));
    await expect.poll(async () => Math.abs((await indexes(page))[0]! - 5_000)).toBeLessThan(20);
    await list(page).evaluate((node) => node.scrollTo(0, node.scrollHeight));
    await expect.poll(async () => (await indexes(page)).at(-1)).toBe(10_001);
  });

  test('a small step goes as far as it says, and skips no row', async ({ page }) => {
    await list(page).evaluate((node) => node.scrollTo(0, (node.scrollHeight - node.clientHeight) / 2));
    await expect.poll(async () => Math.abs((await indexes(page))[0]! - 5_000)).toBeLessThan(20);
    for (let i = 0; i < 10; i++) {
      const [first] = await indexes(page);
      await list(page).evaluate((node) => node.scrollBy(0, 440));
      await expect.poll(async () => (await indexes(page))[0]).toBe(first! + 10);
    }
  });

  test('a link leads to a row far down, and Tab stays in a row that was scrolled away', async ({ page, mock }) => {
    const id = await page.evaluate(async () => {
      const list = document.querySelector('kproxy-agents')!.shadowRoot!.querySelector('.kp-list')!;
      list.scrollTo(0, list.scrollHeight / 3);
      await new Promise((done) => setTimeout(done, 500));
      const view = list.getBoundingClientRect();
      const row = [...list.querySelectorAll<HTMLElement>('[data-agent]')].find((row) => row.getBoundingClientRect().top > view.top + 100)!;
      return row.dataset.agent!;
    });
    await page.goto(`/?agent=${encodeURIComponent(id)}`);
    const linked = list(page).locator(`[data-agent="${id}"]`);
    await expect(linked.getByRole('button').first()).toHaveAttribute('aria-expanded', 'true', { timeout: 60_000 });
    await expect(linked).toBeInViewport();
    await linked.locator('.kp-toggle').focus();
    await list(page).evaluate((node) => node.scrollTo(0, 0));
    await expect.poll(async () => (await indexes(page))[0]).toBe(2);
    await page.keyboard.press('Tab');
    await expect(linked.locator(':focus')).toHaveCount(1);
    await expect(linked.locator(':focus')).toBeInViewport();
    expect(await mock.reads()).not.toHaveLength(0);
  });
});
