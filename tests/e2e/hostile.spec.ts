/** Texts and numbers that nobody would send on purpose, and that backends send all the same. */
import type { Locator, Page } from '@playwright/test';

import { ago, cell, count, expect, expectNames, expectNoViolations, filter, list, loaded, map, row, test } from './fixtures';

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

/** Whether a text that something shows runs from left to right, and begins at its left edge. */
const runsToTheRight = (what: Locator, text: string) =>
  what.evaluate((node, text) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (walker.nextNode() && !walker.currentNode.textContent!.includes(text));
    const start = walker.currentNode.textContent!.indexOf(text);
    const xOf = (at: number) => {
      const range = document.createRange();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + 1);
      return range.getBoundingClientRect().x;
    };
    return xOf(start) < xOf(start + text.length - 1);
  }, text);

for (const [size, viewport] of [['wide', { width: 1280, height: 900 }], ['320 px wide', { width: 320, height: 900 }]] as const) {
  test(`in a host that reads from right to left, our words and addresses do not: ${size}`, { tag: '@page.md#texts/6' }, async ({ page, mock }) => {
    const name = 'שרת 1 (ב)';
    const address = '2001:db8:15::fb';
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await mock.fleet(
      [{ ...at, id: 'a', name, siteId: 's', ipAddress: address, privateIp: '2001:db8::1' }, { ...at, id: 'b', name: 'edge', siteId: 's' }],
      [{ id: 's', title: 'תל אביב (1)', lat: 32, lon: 34.8 }],
    );
    await page.addInitScript(() => addEventListener('DOMContentLoaded', () => (document.documentElement.dir = 'rtl')));
    await page.goto('/?agent=a&q=2001');
    await loaded(page);
    await expect(list(page)).toHaveCSS('direction', 'ltr');
    const agent = row(page, '2001:db8::1');
    await expect(count(page)).toHaveText('1 of 2 agents');
    expect(await runsToTheRight(count(page), '1 of 2 agents')).toBe(true);
    expect(await runsToTheRight(cell(agent, 'Private IP'), '2001:db8::1')).toBe(true);
    expect(await runsToTheRight(cell(agent, 'IP Address'), address)).toBe(true);
    expect(await runsToTheRight(cell(agent, 'Agent name'), name)).toBe(false);
    // Under its heading all the same, or at the edge of the card.
    const edges = await cell(agent, 'Site').evaluate((node) => {
      const range = document.createRange();
      range.selectNodeContents(node.querySelector('.kp-text')!);
      return [range.getBoundingClientRect().left, node.getBoundingClientRect().left];
    });
    expect(Math.abs(edges[0]! - edges[1]!)).toBeLessThan(2);
    const details = list(page).getByRole('group', { name: /^Details of/ });
    expect(await runsToTheRight(details, '12:00:00')).toBe(true);
    expect(await runsToTheRight(details, 'udp/9995')).toBe(true);

    await filter(page).fill('');
    await map(page).getByRole('button', { name: /^2 agents/ }).focus();
    const popup = page.getByRole('group', { name: /^2 agents/ });
    const lineOf = popup.getByRole('button').filter({ hasText: address });
    expect(await runsToTheRight(lineOf, address)).toBe(true);
    // Beside it, not on it, stands when it was last seen.
    const [left, right] = [lineOf.getByText(address), lineOf.getByText('1 minute ago')];
    const end = await left.evaluate((node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return range.getBoundingClientRect().right;
    });
    expect((await right.boundingBox())!.x - end).toBeGreaterThan(4);

    for (const path of ['/agents/a/edit', '/agents/a/remove', '/add']) {
      await page.goto(path);
      await loaded(page);
      const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
      await expect(dialog).toHaveCSS('direction', 'ltr');
      if (path !== '/add') expect(await runsToTheRight(dialog, address), path).toBe(true);
    }
    await expect(page.getByText('kproxy-agent+', { exact: false }).first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  });
}

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
