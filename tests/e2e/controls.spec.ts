import { ago, AGENTS, AT, autoRefresh, cell, count, expect, expectNames, filter, list, loaded, names, refresh, refreshNow, row, status, test, type Mock } from './fixtures';
import type { Page } from '@playwright/test';

const SITE = { id: 's1', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const FLEET = [
  { id: 'a', name: 'Alpha', ageSecs: 60, siteId: 's1', ipAddress: '203.0.113.4', privateIp: '10.1.2.3', version: '7.48.0', lastSeen: ago(100) },
  { id: 'b', name: 'beta', ageSecs: 32 * 60, ipAddress: '198.51.100.77', privateIp: 'fd00::abcd', version: '7.27' },
  { id: 'c', name: 'gamma', ageSecs: 3600, ipAddress: '198.51.100.78', version: '2026.2.0' },
  { id: 'd', ipAddress: '198.51.100.79', version: 'f3a9c2e', siteId: 's1', privateIp: '10.9.9.9' },
];

/** Shows `FLEET`. */
async function show(page: Page, mock: Mock, url = '/') {
  await mock.fleet(FLEET, [SITE]);
  await page.goto(url);
  await loaded(page);
}

for (const [what, text, expected] of [
  ['a status word', 'WARNING', ['beta']],
  ['a name', 'alph', ['Alpha']],
  ['an unnamed agent', 'auto gen', ['Auto Generated']],
  ['a site', 'frankfurt', ['Auto Generated', 'Alpha']],
  ['no site', 'undefined', ['gamma', 'beta']],
  ['an IP address', '113.4', ['Alpha']],
  ['a private IP address', 'FD00::AB', ['beta']],
  ['a version', '2026.2', ['gamma']],
  ['nothing', 'ago', []],
] as const) {
  test(`the filter finds ${what}: ${text}`, { tag: '@page.md#controls/1' }, async ({ page, mock }) => {
    await show(page, mock);
    await filter(page).fill(text);
    await expect(count(page)).toHaveText(`${expected.length} of 4 agents`);
    await expectNames(page, [...expected]);
    await expect(list(page)).toHaveAttribute('aria-rowcount', String(expected.length + 1));
  });
}

test('the status filter keeps the agents of one status, with counts over the whole fleet', {
  tag: ['@page.md#controls/2', '@page.md#controls/8'],
}, async ({ page, mock }) => {
  await show(page, mock);
  const choices = ['All (4)', 'Healthy (1)', 'Warning (1)', 'Critical (1)', 'Pending (1)'];
  await expect(status(page).getByRole('option')).toHaveText(choices);
  await status(page).selectOption('Critical (1)');
  await expectNames(page, ['gamma']);
  await expect(count(page)).toHaveText('1 of 4 agents');
  await filter(page).fill('alpha');
  await expectNames(page, []);
  await expect(status(page).getByRole('option')).toHaveText(choices);
  await status(page).selectOption('All (4)');
  await expectNames(page, ['Alpha']);
});

test('the live region counts the agents', { tag: '@page.md#controls/6' }, async ({ page, mock }) => {
  await mock.reset({ agents: 60 });
  await page.goto('/');
  await expect(count(page)).toHaveText('60 agents');
  await expect(count(page)).toHaveAttribute('aria-live', 'polite');
  await status(page).selectOption({ index: 1 });
  await expect(count(page)).toHaveText(/^\d+ of 60 agents$/);
});

test('one agent is "1 agent"', { tag: '@page.md#controls/6' }, async ({ page, mock }) => {
  await mock.fleet([FLEET[0]!]);
  await page.goto('/');
  await expect(count(page)).toHaveText('1 agent');
});

test('a link restores filter and status, a reload too', { tag: '@page.md#url/1' }, async ({ page, mock }) => {
  await show(page, mock, '/?q=198.51&status=critical');
  for (let i = 0; i < 2; i++) {
    await expect(filter(page)).toHaveValue('198.51');
    await expect(status(page)).toHaveValue('critical');
    await expectNames(page, ['gamma']);
    await expect(page).toHaveURL('/?q=198.51&status=critical');
    await page.reload();
  }
});

test('typing adds no history entry; choosing a status does; Back and Forward restore', {
  tag: ['@page.md#url/1', '@page.md#url/6'],
}, async ({ page, mock }) => {
  await show(page, mock);
  const entries = () => page.evaluate(() => history.length);
  const before = await entries();
  await filter(page).pressSequentially('198.51');
  await expect(page).toHaveURL('/?q=198.51');
  expect(await entries()).toBe(before);

  await status(page).selectOption('Critical (1)');
  await expect(page).toHaveURL('/?q=198.51&status=critical');
  expect(await entries()).toBe(before + 1);
  await expectNames(page, ['gamma']);

  await page.goBack();
  await expect(page).toHaveURL('/?q=198.51');
  await expect(filter(page)).toHaveValue('198.51');
  await expect(status(page)).toHaveValue('all');
  await expectNames(page, ['gamma', 'beta', 'Auto Generated']);

  await page.goForward();
  await expect(status(page)).toHaveValue('critical');
  await expectNames(page, ['gamma']);
});

test('unknown values in the URL are dropped', { tag: '@page.md#url/8' }, async ({ page, mock }) => {
  await show(page, mock, '/?status=purple&located=maybe&foo=1&q=beta');
  await expect(page).toHaveURL('/?q=beta');
  await expect(status(page)).toHaveValue('all');
  await expectNames(page, ['beta']);
});

test('a fragment of the URL stays', async ({ page, mock }) => {
  await show(page, mock, '/?foo=1#here');
  await expect(page).toHaveURL('/#here');
});

test('the whole of a long or odd filter text survives the URL', { tag: '@page.md#url/1' }, async ({ page, mock }) => {
  const text = 'a&b=c#d%41+é\u{1F600} "';
  await show(page, mock);
  await filter(page).fill(text);
  await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe(text);
  await page.reload();
  await expect(filter(page)).toHaveValue(text);
});

test('the time of the last read stands beside Refresh', { tag: '@page.md#controls/10' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet(FLEET, [SITE]);
  await page.goto('/');
  const updated = page.getByText(/^Updated 12:0\d:\d\d PM$/);
  await expect(updated).toBeVisible();
  const before = await updated.textContent();
  await page.clock.runFor(5_000);
  await expect(updated).toHaveText(before!);
  await refreshNow(page, mock);
  await expect(updated).not.toHaveText(before!);
});

test('auto-refresh reads after 60 seconds, and by changes alone', {
  tag: ['@page.md#controls/3', '@page.md#controls/11', '@page.md#reading/2'],
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await show(page, mock);
  await expect(autoRefresh(page)).toBeChecked();
  await mock.patch('b', { name: 'beta-renamed' });
  const before = await mock.reads();
  expect(before.map(({ query }) => query).join()).not.toContain('syncToken');
  await page.clock.runFor(50_000);
  expect(await mock.reads()).toHaveLength(before.length);
  await page.clock.runFor(15_000);
  await expect(row(page, 'beta-renamed')).toBeVisible();
  const reads = await mock.reads();
  expect(reads).toHaveLength(before.length + 1);
  expect(reads.at(-1)!.query).toMatch(/syncToken=.+/);
  await page.clock.runFor(65_000);
  await expect.poll(async () => (await mock.reads()).length).toBe(before.length + 2);
});

test('with auto-refresh off nothing is read, and the choice is kept', {
  tag: ['@page.md#controls/3', '@page.md#controls/11'],
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await show(page, mock);
  await autoRefresh(page).uncheck();
  expect(await page.evaluate(() => Object.entries(localStorage))).toEqual([['kp-auto-refresh', 'off']]);
  const before = (await mock.reads()).length;
  await page.clock.runFor(180_000);
  expect(await mock.reads()).toHaveLength(before);

  await page.reload();
  await loaded(page);
  await expect(autoRefresh(page)).not.toBeChecked();
  await autoRefresh(page).check();
  expect(await page.evaluate(() => localStorage.getItem('kp-auto-refresh'))).toBe('on');
  const after = (await mock.reads()).length;
  await page.clock.runFor(65_000);
  await expect.poll(async () => (await mock.reads()).length).toBe(after + 1);
});

test('a hidden page reads nothing, and reads at once when shown again', {
  tag: ['@page.md#controls/3', '@page.md#time/3'],
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await show(page, mock);
  const setHidden = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await setHidden(true);
  const before = (await mock.reads()).length;
  await page.clock.runFor(180_000);
  expect(await mock.reads()).toHaveLength(before);
  await setHidden(false);
  await expect.poll(async () => (await mock.reads()).length).toBe(before + 1);
});

test('Refresh is busy while it reads, keeps focus, and starts no second read', {
  tag: ['@page.md#controls/4', '@page.md#controls/12'],
}, async ({ page, mock }) => {
  await show(page, mock);
  await mock.fault({ route: AGENTS, hold: 'slow' });
  const before = (await mock.reads()).length;
  const button = refresh(page);
  await expect(button).not.toHaveAttribute('aria-busy', 'true');
  await button.click();
  await expect(button).toHaveAttribute('aria-busy', 'true');
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).not.toHaveAttribute('disabled');
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Space');
  await expect.poll(async () => (await mock.reads()).at(-1)!.state).toBe('held');
  expect(await names(page)).toHaveLength(4);
  await mock.release('slow');
  await expect(button).not.toHaveAttribute('aria-busy', 'true');
  await expect(button).not.toHaveAttribute('aria-disabled', 'true');
  await expect(button).toBeFocused();
  expect(await mock.reads()).toHaveLength(before + 1);
});

test('without a syncToken the whole list is read each time', {
  tag: ['@page.md#reading/2', '@agent-api.md#incremental-refresh/3'],
}, async ({ page, mock }) => {
  await mock.reset({ agents: 5, sync: false });
  await page.goto('/');
  await loaded(page);
  await refreshNow(page, mock);
  for (const { query } of await mock.reads()) expect(query).not.toContain('syncToken');
});

test('sites are read again with each refresh', { tag: ['@page.md#reading/3', '@agent-api.md#list-sites/1'] }, async ({ page, mock }) => {
  await show(page, mock);
  await expect(cell(row(page, 'Alpha'), 'Site')).toHaveText('Frankfurt DC');
  const sites = async () => (await mock.requests()).filter(({ path }) => path === '/site/v202509/sites').length;
  const before = await sites();
  await refreshNow(page, mock);
  expect(await sites()).toBe(before + 1);
});
