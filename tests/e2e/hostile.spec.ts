/** Texts and numbers that nobody would send on purpose, and that backends send all the same. */
import type { Page } from '@playwright/test';

import { ago, cell, count, expect, expectNames, expectNoViolations, filter, list, loaded, row, test } from './fixtures';

const at = { privateIp: '10.0.0.1', ipAddress: '203.0.113.4', version: '7.48.0', ageSecs: 60, lastSeen: ago(60) };

test('Filter finds what looks alike, and blanks around it do not count', {
  tag: ['@page.md#controls/13', '@page.md#controls/14'],
}, async ({ page, mock }) => {
  await mock.fleet([
    { id: 'a', name: 'İstanbul-1', ...at },
    { id: 'b', name: 'ΟΔΟΣ', ...at },
    { id: 'c', name: 'Zu\u0308rich', ...at },
    { id: 'd', name: 'Straße 1', ...at },
  ]);
  await page.goto('/');
  await loaded(page);
  for (const [text, id] of [
    ['istanbul', 'İstanbul-1'], ['οδος', 'ΟΔΟΣ'], ['zürich', 'Zu\u0308rich'], ['STRASSE 1', 'Straße 1'],
    [' straße\t', 'Straße 1'], ['\u00a0ＩＳＴＡＮＢＵＬ\u200b', 'İstanbul-1'],
  ] as const) {
    await filter(page).fill(text);
    await expectNames(page, [id]);
  }
  await filter(page).fill('strasse  1');
  await expectNames(page, []);
  await filter(page).fill('\u200b\u00a0');
  await expect(count(page)).toHaveText('4 agents');
});

test('names with accents stand beside those without', { tag: '@page.md#sorting/11' }, async ({ page, mock }) => {
  await mock.fleet(['Zagreb', 'Älmhult 10', 'Alba', 'älmhult 9', 'Erfurt'].map((name) => ({ id: name, name, ...at })));
  await page.goto('/');
  await loaded(page);
  await expectNames(page, ['Alba', 'älmhult 9', 'Älmhult 10', 'Erfurt', 'Zagreb']);
});

test('no name turns what stands beside it', { tag: '@page.md#texts/5' }, async ({ page, mock }) => {
  await mock.fleet(
    [{ id: 'a', name: '\u2069\u202Eprod-1\u202Dx', siteId: 's', ...at }, { id: 'b', name: '\u200b\u200e', ...at }],
    [{ id: 's', title: '\u202ePoP\u202c 1', lat: 50, lon: 8 }],
  );
  await page.goto('/');
  await loaded(page);
  await expectNames(page, ['Auto Generated', 'prod-1x']);
  await expect(cell(row(page, 'prod-1x'), 'Site')).toHaveText('PoP 1');
  const turning = /[\u202a-\u202e\u2066-\u2069]/;
  expect(await page.locator('kproxy-agents').evaluate((node) => node.shadowRoot!.innerHTML)).not.toMatch(turning);
});

test('in a host that reads from right to left, our words and addresses do not', { tag: '@page.md#texts/6' }, async ({ page, mock }) => {
  await mock.fleet([{ id: 'a', name: 'שרת 1 (ב)', ...at, privateIp: '2001:db8::1' }]);
  await page.goto('/');
  await loaded(page);
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  await expect(list(page)).toHaveCSS('direction', 'ltr');
  const address = cell(row(page, '2001:db8::1'), 'Private IP');
  const { first, last } = await address.evaluate((node) => {
    const text = document.createTreeWalker(node, NodeFilter.SHOW_TEXT).nextNode()!;
    const edge = (at: number) => {
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      return range.getBoundingClientRect().x;
    };
    return { first: edge(0), last: edge(text.textContent!.length - 1) };
  });
  expect(first).toBeLessThan(last);
});

const LONG = 'x'.repeat(10_000);
const NAMES = [
  LONG,
  '👩‍💻'.repeat(300),
  `z${'\u0300\u0301\u0302\u0303'.repeat(300)}algo`,
  'two\nlines\tand\r\nthree',
  '<img src=x onerror=alert(1)>',
  '__proto__',
];
const IDS = ['..%2F', '%2F', 'a b', '🛰', 'i'.repeat(2_000), 'constructor', '__proto__', 'a/b?c#d&e'];

/** Nothing scrolls sideways, and no cell of a row lies on another. */
async function expectOrder(page: Page) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const overlaps = await list(page).getByRole('row').evaluateAll((rows) => {
    const boxes = rows.map((row) => row.getBoundingClientRect()).filter(({ height }) => height > 0);
    boxes.sort((a, b) => a.y - b.y);
    return boxes.filter((box, i) => i > 0 && box.y < boxes[i - 1]!.bottom - 1).length;
  });
  expect(overlaps).toBe(0);
}

for (const width of [1280, 320]) {
  test(`hostile names, ids, places and times at ${width} px`, { tag: ['@page.md#texts/3', '@agent-api.md#agent/17'] }, async ({ page, mock }) => {
    test.slow();
    await page.setViewportSize({ width, height: 900 });
    const times = ['0000-06-01T00:00:00Z', '9999-12-31T23:59:59Z', '2500-01-01T00:00:00Z', '1970-01-01T00:00:01Z'];
    const places = [[90, 180], [-90, -180], [181, 0], [-0, -0], [0, 181], [89.999, 179.999]];
    await mock.fleet(
      [
        ...NAMES.map((name, i) => ({ id: `n${i}`, ...at, name, siteId: `s${i}`, description: name })),
        ...IDS.map((id, i) => ({ ...at, id, name: `id ${i}`, siteId: IDS[i] })),
        ...times.map((time, i) => ({ ...at, id: `t${i}`, name: `time ${i}`, lastSeen: time, lastContact: time, ageSecs: undefined })),
      ],
      places.map(([lat, lon], i) => ({ id: `s${i}`, title: NAMES[i], lat, lon })),
    );
    await page.goto('/');
    await loaded(page);
    await expect(count(page)).toHaveText(`${NAMES.length + IDS.length + times.length} agents`);
    await expectOrder(page);
    for (const [i] of IDS.entries()) {
      await filter(page).fill(`id ${i}`);
      await row(page, `id ${i}`).getByRole('button', { name: `Details for id ${i}` }).click();
      await expect(page.getByRole('group', { name: `Details of id ${i}` })).toBeVisible();
    }
    await filter(page).fill('xxxx');
    await list(page).getByRole('button', { name: /^Details for/ }).click();
    await expect(page.getByRole('group', { name: /^Details of/ })).toBeVisible();
    await expectOrder(page);
    await expectNoViolations(page);
    await list(page).getByRole('button', { name: /^Remove/ }).click();
    await expect(page.getByRole('alertdialog')).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  });
}

test('5,000 devices of one agent open without a freeze', async ({ page, mock }) => {
  const devices = Array.from({ length: 5_000 }, (_, i) => ({ id: `${i}`, name: `router-${i}` }));
  await mock.fleet([{ id: 'a', name: 'hub', devices, ...at }]);
  await page.goto('/');
  await loaded(page);
  await row(page, 'hub').getByRole('button', { name: 'Details for hub' }).click();
  await expect(page.getByText('Devices (5,000)')).toBeVisible();
  await expect(page.getByText('router-0', { exact: true })).toBeVisible();
  expect(await list(page).getByRole('listitem').count()).toBeLessThan(200);
  await expect(page.getByRole('button', { name: 'Show all 5,000' })).toBeVisible();
});
