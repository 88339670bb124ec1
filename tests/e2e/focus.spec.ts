import { ago, AGENTS, AT, cell, expect, expectNames, filter, list, loaded, names, refresh, row, setAttribute, test, type Mock } from './fixtures';
import { details, dialog, refreshQuietly, toggle } from './view';
import type { Locator, Page } from '@playwright/test';

const SITE = { id: 's1', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const ALPHA = {
  id: 'a', name: 'alpha', siteId: 's1', ipAddress: '203.0.113.4', privateIp: '10.1.2.3', version: '7.48.0',
  ageSecs: 100, lastSeen: ago(200), devices: [{ id: '17', name: 'edge-router-1' }, { id: '18', name: 'core-switch-2' }],
};
const named = (...names: string[]) => names.map((name) => ({ ...ALPHA, id: name, name }));
/** So many agents, in this order. */
const many = (number: number) => named(...Array.from({ length: number }, (_, i) => `n-${String(i).padStart(3, '0')}`));

const show = async (page: Page, mock: Mock, agents: object[], url = '/') => {
  await mock.fleet(agents as Record<string, unknown>[], [SITE]);
  await page.goto(url);
  await loaded(page);
};

const kept = { tag: ['@page.md#accessibility/3', '@page.md#accessibility/11'] };
const lastSeen = (row: Locator) => cell(row, 'Last seen').locator('time');

test('what clears a filter hands the focus to the field Filter', kept, async ({ page, mock }) => {
  await show(page, mock, named('alpha'), '/?q=zzz&located=no');
  await page.getByRole('button', { name: 'Clear filters' }).press('Enter');
  await expectNames(page, ['alpha']);
  await expect(filter(page)).toBeFocused();
  await page.goBack();
  await page.getByRole('button', { name: 'Remove filter: No location' }).press('Enter');
  await expect(filter(page)).toBeFocused();
});

test('"Try again" hands the focus to the list', kept, async ({ page, mock }) => {
  await mock.fleet(named('alpha'), [SITE]);
  await mock.fault({ route: AGENTS, times: 1, status: 404 });
  await page.goto('/');
  await page.getByRole('button', { name: 'Try again' }).press('Enter');
  await expectNames(page, ['alpha']);
  await expect(list(page)).toBeFocused();
});

test('when the first agent arrives, "Add kproxy Agent" hands the focus to its double on top', kept, async ({ page, mock }) => {
  await show(page, mock, []);
  await page.getByRole('button', { name: 'Add kproxy Agent' }).nth(1).focus();
  await mock.add(named('alpha'));
  await refreshQuietly(page);
  await expectNames(page, ['alpha']);
  await expect(page.getByRole('button', { name: 'Add kproxy Agent' })).toBeFocused();
});

for (const [what, control] of [
  ['the time', (page: Page, name: string) => lastSeen(row(page, name))],
  ['the toggle', toggle],
  ['Edit', (page: Page, name: string) => row(page, name).getByRole('button', { name: /^Edit/ })],
  ['a device', (page: Page, name: string) => details(page, name).getByRole('link').first()],
] as const) {
  test(`a row that goes with the focus on ${what} hands it to the next one`, {
    tag: ['@page.md#list/12', '@page.md#accessibility/3'],
  }, async ({ page, mock }) => {
    await show(page, mock, named('a', 'b', 'c'), '/?agent=b');
    await setAttribute(page, 'device-href', '/devices/{id}');
    await control(page, 'b').focus();
    await mock.remove('b');
    await refreshQuietly(page);
    await expectNames(page, ['a', 'c']);
    await expect(toggle(page, 'c')).toBeFocused();
  });
}

test('details that close with the focus in them hand it to their button', kept, async ({ page, mock }) => {
  await show(page, mock, named('a', 'b'), '/?agent=b');
  await setAttribute(page, 'device-href', '/devices/{id}');
  await details(page, 'b').getByRole('link').first().focus();
  // As Back does, or a router.
  await page.evaluate(() => {
    history.pushState(null, '', '/');
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await expect(details(page, 'b')).toHaveCount(0);
  await expect(toggle(page, 'b')).toBeFocused();
});

test('a device keeps the focus when another attribute changes, or another device comes before it', kept, async ({ page, mock }) => {
  await show(page, mock, named('a'), '/?agent=a');
  await setAttribute(page, 'device-href', '/devices/{id}');
  const link = details(page, 'a').getByRole('link', { name: 'core-switch-2' });
  await link.focus();
  await setAttribute(page, 'heading-level', '3');
  await expect(page.getByRole('heading', { level: 3, name: 'kproxy Agents' })).toBeVisible();
  await mock.patch('a', { devices: [{ id: '9', name: 'a-first' }, ...ALPHA.devices] });
  await refreshQuietly(page);
  await expect(details(page, 'a').getByRole('link')).toHaveCount(3);
  await expect(link).toBeFocused();
});

test('read-only takes the buttons away, and the focus stays in the row', kept, async ({ page, mock }) => {
  await show(page, mock, named('a', 'b'));
  await row(page, 'a').getByRole('button', { name: 'Remove a' }).focus();
  await setAttribute(page, 'read-only', '');
  await expect(toggle(page, 'a')).toBeFocused();
  await setAttribute(page, 'read-only', null);
  await page.getByRole('button', { name: 'Add kproxy Agent' }).focus();
  await setAttribute(page, 'read-only', '');
  await expect(page.locator('kproxy-agents').locator(':focus')).toHaveCount(1);
});

test('a dialog whose opener has gone hands the focus to the list', kept, async ({ page, mock }) => {
  await show(page, mock, named('a', 'b'));
  await row(page, 'a').getByRole('button', { name: 'Edit a' }).press('Enter');
  await expect(dialog(page, 'kproxy Agent')).toBeVisible();
  await mock.remove('a');
  await refreshQuietly(page);
  await expect(list(page).getByText('10.1.2.3')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(list(page)).toBeFocused();
});

test('nobody else\'s focus is taken', kept, async ({ page, mock }) => {
  await show(page, mock, named('a', 'b'), '/?q=zzz');
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('input'), { id: 'host' })));
  const clear = page.getByRole('button', { name: 'Clear filters' });
  await clear.focus();
  await clear.evaluate((node) => {
    (node as HTMLElement).click();
    document.querySelector<HTMLElement>('#host')!.focus();
  });
  await expectNames(page, ['a', 'b']);
  await expect(page.locator('#host')).toBeFocused();
});

test('Tab from a row that has been scrolled away goes on in that row', kept, async ({ page, mock }) => {
  await show(page, mock, many(200));
  await toggle(page, 'n-003').focus();
  await list(page).evaluate((node) => node.scrollTo(0, 4000));
  await expect(row(page, 'n-095')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(row(page, 'n-003').getByRole('button', { name: 'Edit n-003' })).toBeFocused();
  await expect(toggle(page, 'n-003')).toBeInViewport();
});

test('the exact time shows by keyboard beyond the first screen', { tag: ['@page.md#list/6'] }, async ({ page, mock }) => {
  await show(page, mock, many(200));
  await row(page, 'n-010').getByRole('button', { name: 'Remove n-010' }).focus();
  const tip = page.getByText('November 2, 2026 at 11:56:40 AM UTC');
  for (let i = 11; i < 30; i++) {
    await page.keyboard.press('Tab');
    await expect(lastSeen(row(page, `n-0${i}`))).toBeFocused();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await expect(tip).toBeVisible();
    for (let rest = 0; rest < 3; rest++) await page.keyboard.press('Tab');
  }
});

test('Shift+Tab up the list never stops under its head', kept, async ({ page, mock }) => {
  await show(page, mock, many(100));
  await list(page).evaluate((node) => node.scrollTo(0, 2000));
  await toggle(page, 'n-050').focus();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Shift+Tab');
    const covered = await page.evaluate(() => {
      const root = document.querySelector('kproxy-agents')!.shadowRoot!;
      return root.querySelector('.kp-head')!.getBoundingClientRect().bottom - root.activeElement!.getBoundingClientRect().top;
    });
    expect(covered).toBeLessThanOrEqual(0);
  }
});

/** Two agents, of which the lower one will be the first in 30 seconds. */
const TWO = [{ id: '1', name: 'alpha', ageSecs: 60 }, { id: '2', name: 'omega', ageSecs: 29 * 60 + 30 }];

test('rows that wait for their places do not move under a press', { tag: ['@page.md#sorting/9', '@page.md#sorting/10'] }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await show(page, mock, TWO);
  await toggle(page, 'alpha').focus();
  await page.clock.runFor(35_000);
  await expect(cell(row(page, 'omega'), 'Status')).toHaveText('Warning');
  await cell(row(page, 'omega'), 'Status').hover({ position: { x: 60, y: 5 } });
  await page.mouse.down();
  expect(await names(page)).toEqual(['alpha', 'omega']);
  await page.mouse.up();
  await expect(toggle(page, 'omega')).toHaveAttribute('aria-expanded', 'true');
  await expect(toggle(page, 'alpha')).toHaveAttribute('aria-expanded', 'false');
});

test('nor does a refresh move them', { tag: '@page.md#sorting/10' }, async ({ page, mock }) => {
  await show(page, mock, named('m', 'n'));
  await cell(row(page, 'm'), 'Version').hover();
  await page.mouse.down();
  await mock.add(named('a', 'b', 'c'));
  const reads = (await mock.reads()).length;
  await refreshQuietly(page);
  await expect.poll(async () => (await mock.reads()).length).toBeGreaterThan(reads);
  await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
  expect(await names(page)).toEqual(['m', 'n']);
  await page.mouse.up();
  await expect(list(page).locator('[data-agent="b"]')).toHaveAttribute('aria-rowindex', '3');
  await expect(toggle(page, 'm')).toHaveAttribute('aria-expanded', 'true');
});

test('nor while the focus moves within the list', { tag: '@page.md#sorting/9' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await show(page, mock, TWO);
  await toggle(page, 'alpha').focus();
  await page.clock.runFor(35_000);
  await expect(cell(row(page, 'omega'), 'Status')).toHaveText('Warning');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.clock.runFor(1_000);
  expect(await names(page)).toEqual(['alpha', 'omega']);
  await filter(page).focus();
  await page.clock.runFor(1_000);
  await expectNames(page, ['omega', 'alpha']);
});

test('rows take their places after a refresh that brings no change', { tag: '@page.md#sorting/9' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await show(page, mock, TWO);
  await row(page, 'alpha').hover();
  await page.clock.runFor(35_000);
  await expect(cell(row(page, 'omega'), 'Status')).toHaveText('Warning');
  expect(await names(page)).toEqual(['alpha', 'omega']);
  await refreshQuietly(page);
  await expectNames(page, ['omega', 'alpha']);
});
