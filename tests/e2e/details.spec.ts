import {
  ago, AT, cell, COLUMNS, count, expect, expectNames, filter, header, list, loaded, map, refreshNow, row, setAttribute, settled, test,
} from './fixtures';
import { details, embed, fact, refreshQuietly, selection, toggle } from './view';
import type { Page } from '@playwright/test';

const FRA = { id: 'fra', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const ALPHA = {
  id: 'a',
  name: 'alpha',
  description: 'In the cage,\nsecond rack',
  siteId: 'fra',
  ipAddress: '203.0.113.4',
  privateIp: '10.1.2.3',
  version: '7.48.0',
  ageSecs: 130,
  lastSeen: ago(200),
  apiUser: 'kproxy-agent+1234@kentik.com',
  userAgent: 'kproxy/7.48.0 (linux; amd64)',
  flowPort: 2055,
  created: '2026-09-28T06:57:36Z',
  devices: [{ id: '17', name: 'edge-router-1' }, { id: '18', name: 'core-switch-2' }],
};
const BETA = { ...ALPHA, id: 'b', name: 'beta', description: 'Spare' };
const GAMMA = { ...ALPHA, id: 'c', name: 'gamma', description: 'Lab', ageSecs: 3600 };

const devices = (number: number) =>
  Array.from({ length: number }, (_, i) => ({ id: `d${i}`, name: `device-${i}` }));

test('a click on a row opens its details, another closes them', { tag: '@page.md#row-details/1' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA], [FRA]);
  await page.goto('/');
  await expect(details(page, 'alpha')).toHaveCount(0);
  await expect(toggle(page, 'alpha')).toHaveAttribute('aria-expanded', 'false');
  await cell(row(page, 'alpha'), 'Version').click();
  await expect(details(page, 'alpha')).toBeVisible();
  await expect(toggle(page, 'alpha')).toHaveAttribute('aria-expanded', 'true');
  await expect(details(page, 'beta')).toHaveCount(0);
  await cell(row(page, 'alpha'), 'Site').click();
  await expect(details(page, 'alpha')).toHaveCount(0);
  await expect(toggle(page, 'alpha')).toHaveAttribute('aria-expanded', 'false');
});

test('the button in the name cell opens and closes them, by mouse, Enter and Space', {
  tag: ['@page.md#row-details/1', '@page.md#accessibility/2'],
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA], [FRA]);
  await page.goto('/');
  const button = cell(row(page, 'alpha'), 'Agent name').getByRole('button', { name: 'Details for alpha', exact: true });
  await button.click();
  await expect(details(page, 'alpha')).toBeVisible();
  await button.click();
  await expect(details(page, 'alpha')).toHaveCount(0);
  for (const key of ['Enter', 'Space']) {
    await page.keyboard.press(key);
    await expect(details(page, 'alpha')).toBeVisible();
    await expect(button).toBeFocused();
    await page.keyboard.press(key);
    await expect(details(page, 'alpha')).toHaveCount(0);
    await expect(button).toBeFocused();
  }
});

test('an unnamed agent\'s button and details are told by its address', { tag: '@page.md#texts/2' }, async ({ page, mock }) => {
  await mock.fleet([{ ...ALPHA, name: '' }], [FRA]);
  await page.goto('/');
  await toggle(page, 'Auto Generated 203.0.113.4').click();
  await expect(details(page, 'Auto Generated 203.0.113.4')).toBeVisible();
  await expect(row(page, 'Auto Generated')).not.toContainText('Auto Generated 203.0.113.4');
});

test('several are open at once, and stay by agent through refresh, sort and filter', {
  tag: '@page.md#row-details/5',
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA, GAMMA], [FRA]);
  await page.goto('/');
  await expectNames(page, ['gamma', 'alpha', 'beta']);
  await toggle(page, 'alpha').click();
  await toggle(page, 'gamma').click();
  const open = async () => {
    await expect(fact(details(page, 'alpha'), 'Description')).toContainText('In the cage');
    await expect(fact(details(page, 'gamma'), 'Description')).toHaveText('Lab');
    await expect(details(page, 'beta')).toHaveCount(0);
  };
  await open();
  await details(page, 'alpha').evaluate((node) => Object.assign(node, { isMarked: true }));

  await mock.patch('b', { version: '9.9.9' });
  await mock.patch('c', { userAgent: 'kproxy/9' });
  await mock.add({ ...ALPHA, id: 'n', name: 'aaa-new' });
  await refreshNow(page, mock);
  await expect(row(page, 'aaa-new')).toBeVisible();
  await expect(fact(details(page, 'gamma'), 'Last User Agent')).toHaveText('kproxy/9');
  await open();

  const byName = header(page, 'Agent name').getByRole('button');
  await byName.click();
  await byName.click();
  await expect(header(page, 'Agent name')).toHaveAttribute('aria-sort', 'descending');
  await open();
  expect(await details(page, 'alpha').evaluate((node) => 'isMarked' in node)).toBe(true);

  await filter(page).fill('beta');
  await expect(count(page)).toHaveText('1 of 4 agents');
  await expect(details(page, 'alpha')).toHaveCount(0);
  await filter(page).fill('');
  await open();
});

test('a click that ends a text selection leaves the row as it is', { tag: '@page.md#row-details/2' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA], [FRA]);
  await page.goto('/');
  const site = await cell(row(page, 'alpha'), 'Site').getByText('Frankfurt DC').boundingBox();
  const y = site!.y + site!.height / 2;
  await page.mouse.move(site!.x + 1, y);
  await page.mouse.down();
  await page.mouse.move(site!.x + 60, y, { steps: 4 });
  await page.mouse.up();
  expect((await selection(page)).length).toBeGreaterThan(2);
  await expect(details(page, 'alpha')).toHaveCount(0);

  // A click elsewhere ends the selection, and opens the row.
  await cell(row(page, 'alpha'), 'Version').click();
  await expect(details(page, 'alpha')).toBeVisible();

  // A narrow letter, selected within the distance of a click.
  await page.mouse.move(site!.x + 1, y);
  await page.mouse.down();
  await page.mouse.move(site!.x + 4, y, { steps: 2 });
  await page.mouse.move(site!.x + 9, y, { steps: 2 });
  await page.mouse.move(site!.x + 5, y, { steps: 2 });
  await page.mouse.up();
  expect(await selection(page)).not.toBe('');
  await expect(details(page, 'alpha')).toBeVisible();
});

test('a click on a button, on a link or inside the details does not toggle', { tag: '@page.md#row-details/2' }, async ({ page, mock }) => {
  await embed(page, 'url-state="path" device-href="#device-{id}"');
  await mock.fleet([ALPHA], [FRA]);
  await page.goto('/app/');
  await toggle(page, 'alpha').click();
  const open = details(page, 'alpha');
  await fact(open, 'Description').click();
  await open.getByText('Flow port').click();
  await open.click({ position: { x: 3, y: 3 } });
  await open.getByRole('link', { name: 'edge-router-1' }).click();
  await expect(page).toHaveURL(/#device-17$/);
  await page.getByRole('button', { name: 'Remove alpha' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Edit alpha' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(open).toBeVisible();
});

test('the details tell all there is to know', { tag: '@page.md#row-details/3' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet([ALPHA], [FRA]);
  await page.goto('/');
  await toggle(page, 'alpha').click();
  const open = details(page, 'alpha');
  await expect(open.getByRole('term')).toHaveText([
    'Description', 'Devices (2)', 'Agent API User', 'Last User Agent', 'Last contact', 'Created', 'Flow port',
  ]);
  await expect(fact(open, 'Description')).toHaveText('In the cage,\nsecond rack', { useInnerText: true });
  await expect(fact(open, 'Devices').getByRole('listitem')).toHaveText(['edge-router-1', 'core-switch-2']);
  await expect(fact(open, 'Agent API User')).toHaveText('kproxy-agent+1234@kentik.com');
  await expect(fact(open, 'Last User Agent')).toHaveText('kproxy/7.48.0 (linux; amd64)');
  await expect(fact(open, 'Last contact')).toHaveText('2 minutes ago (November 2, 2026 at 11:57:50 AM UTC)');
  await expect(fact(open, 'Created')).toHaveText('September 28, 2026 at 6:57:36 AM UTC');
  await expect(fact(open, 'Flow port')).toHaveText('udp/2055');
  await page.clock.runFor(60_000);
  await expect(fact(open, 'Last contact')).toHaveText(/^3 minutes ago/);
});

test('what is not set says so in the details', { tag: '@page.md#row-details/3' }, async ({ page, mock }) => {
  await mock.fleet([{ id: 'x', name: 'bare', created: null }]);
  await page.goto('/');
  await toggle(page, 'bare').click();
  const open = details(page, 'bare');
  for (const [term, text] of [
    ['Description', 'None'], ['Devices', 'None'], ['Agent API User', 'None'], ['Last User Agent', 'None'],
    ['Last contact', 'Never'], ['Created', 'Unknown'], ['Flow port', 'udp/9995'],
  ] as const) {
    await expect(fact(open, term)).toHaveText(text);
  }
});

test('hostile details show as text, and stay within their row', {
  tag: ['@page.md#texts/3', '@page.md#row-details/3'],
}, async ({ page, mock }) => {
  const image = '<img src=x onerror=alert(1)>';
  const long = 'x'.repeat(1_000);
  await embed(page, 'url-state="path" device-href="/d/{id}"');
  await mock.fleet([
    {
      ...ALPHA, name: '"><script>alert(1)</script>', description: `${image}\n${long}`, apiUser: '<b>bold</b>',
      userAgent: '\u202Etxet\u202C <i>', devices: [{ id: '"onclick=alert(1)//', name: image }, { id: 'nameless', name: '' }],
    },
  ], [FRA]);
  await page.goto('/app/');
  await cell(row(page, '203.0.113.4'), 'Version').click();
  const open = page.getByRole('group', { name: /^Details of/ });
  await expect(fact(open, 'Description')).toContainText(image);
  await expect(fact(open, 'Agent API User')).toHaveText('<b>bold</b>');
  await expect(fact(open, 'Last User Agent')).toContainText('<i>');
  await expect(open.getByRole('link')).toHaveText([image, 'nameless']);
  await expect(open.getByRole('link').first()).toHaveAttribute('href', '/d/%22onclick%3Dalert%281%29%2F%2F');
  await expect(open.locator('img, script, b, i')).toHaveCount(0);
  const box = await settled(open);
  expect(await open.evaluate((node) => node.scrollWidth)).toBeLessThanOrEqual(Math.ceil(box.width));
});

test('a device is plain text, and a link once the shell says where to', { tag: '@page.md#row-details/4' }, async ({ page, mock }) => {
  await mock.fleet([{ ...ALPHA, devices: [{ id: 'a/b ?#é', name: 'edge' }] }], [FRA]);
  await page.goto('/');
  await toggle(page, 'alpha').click();
  const of = fact(details(page, 'alpha'), 'Devices');
  await expect(of.getByText('edge')).toBeVisible();
  await expect(of.getByRole('link')).toHaveCount(0);
  const set = (href: string) => setAttribute(page, 'device-href', href);
  await set('https://portal.example/devices/{id}?from=kproxy');
  await expect(of.getByRole('link', { name: 'edge' })).toHaveAttribute(
    'href', 'https://portal.example/devices/a%2Fb%20%3F%23%C3%A9?from=kproxy',
  );
  await set('javascript:alert({id})');
  await expect(of.getByRole('link')).toHaveCount(0);
});

test('following a device tells the host, which may take it over', {
  tag: ['@page.md#row-details/4', '@embedding.md#events'],
}, async ({ page, mock, context, baseURL }) => {
  // A page of the host's own: the standalone page would take any address for its own.
  await context.route('**/devices/**', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Device</title>' }));
  await embed(page, 'url-state="path" device-href="/devices/{id}"');
  await mock.fleet([{ ...ALPHA, devices: [{ id: 'a/b', name: 'edge' }] }], [FRA]);
  await page.goto('/app/');
  await toggle(page, 'alpha').click();
  await page.evaluate(() => {
    Object.assign(window, { seen: [], takesOver: true });
    document.addEventListener('kp-navigate', (event) => {
      const host = window as unknown as { seen: unknown[]; takesOver: boolean };
      host.seen.push((event as CustomEvent).detail);
      if (host.takesOver) event.preventDefault();
    });
  });
  const seen = () => page.evaluate(() => (window as unknown as { seen: unknown[] }).seen);
  const detail = { kind: 'device', id: 'a/b', href: '/devices/a%2Fb' };
  const link = details(page, 'alpha').getByRole('link', { name: 'edge' });
  await link.click();
  expect(await seen()).toEqual([detail]);
  await link.press('Enter');
  expect(await seen()).toEqual([detail, detail]);
  await expect(page).toHaveURL('/app/?agent=a');

  // With Ctrl, or the middle button, it is the browser's: it opens a tab.
  for (const click of [{ modifiers: ['Control' as const] }, { button: 'middle' as const }]) {
    const [tab] = await Promise.all([context.waitForEvent('page'), link.click(click)]);
    // Whatever the page there does with its address.
    const asked = () => tab.evaluate(() => performance.getEntriesByType('navigation').map(({ name }) => name));
    await expect.poll(asked).toEqual([`${baseURL}/devices/a%2Fb`]);
    await tab.close();
  }
  expect(await seen()).toHaveLength(2);

  await page.evaluate(() => Object.assign(window, { takesOver: false }));
  await link.click();
  await expect(page).toHaveURL(`${baseURL}/devices/a%2Fb`);
});

test('of hundreds of devices the first show at once, the others when asked', { tag: '@page.md#row-details/3' }, async ({ page, mock }) => {
  await mock.fleet([{ ...ALPHA, devices: devices(300) }, ...Array.from({ length: 60 }, (_, i) => ({ ...BETA, id: `n${i}`, name: `node-${100 + i}` }))], [FRA]);
  await page.goto('/');
  await toggle(page, 'alpha').click();
  const of = fact(details(page, 'alpha'), 'Devices (300)');
  await expect(of.getByRole('listitem')).toHaveCount(60);
  const more = of.getByRole('button', { name: 'Show all 300' });
  await more.focus();
  await page.keyboard.press('Enter');
  await expect(of.getByRole('listitem')).toHaveCount(300);
  await expect(of.getByRole('listitem').last()).toHaveText('device-299');
  const fewer = of.getByRole('button', { name: 'Show fewer' });
  await expect(fewer).toBeFocused();

  await details(page, 'alpha').evaluate((node) => node.scrollIntoView({ block: 'end' }));
  // The next row lies right below them, and they stay when scrolled away and back.
  const [end, next] = [await settled(details(page, 'alpha')), await settled(row(page, 'node-100'))];
  expect(Math.abs(end.y + end.height - next.y)).toBeLessThan(2);
  await filter(page).focus();
  await list(page).evaluate((node) => node.scrollTo(0, node.scrollHeight));
  await expect(row(page, 'alpha')).toHaveCount(0);
  await list(page).evaluate((node) => node.scrollTo(0, 0));
  await expect(of.getByRole('listitem')).toHaveCount(300);

  await fewer.click();
  await expect(of.getByRole('listitem')).toHaveCount(60);
  await expect(more).toBeFocused();
});

test('a refresh disturbs nothing in the details: selection, nodes, focus', { tag: '@page.md#list/11' }, async ({ page, mock }) => {
  await embed(page, 'url-state="path" device-href="/d/{id}"');
  await mock.fleet([ALPHA, BETA], [FRA]);
  await page.goto('/app/');
  await toggle(page, 'alpha').click();
  const open = details(page, 'alpha');
  const link = open.getByRole('link', { name: 'core-switch-2' });
  await link.focus();
  await fact(open, 'Description').evaluate((node) => {
    const text = document.createTreeWalker(node, NodeFilter.SHOW_TEXT).nextNode()!;
    getSelection()!.setBaseAndExtent(text, 3, text, 11);
  });
  expect(await selection(page)).toBe('the cage');
  await mock.patch('a', { version: '9.9.9', userAgent: 'kproxy/9.9.9', ageSecs: 5 });
  await refreshQuietly(page);
  await expect(fact(open, 'Last User Agent')).toHaveText('kproxy/9.9.9');
  await expect(fact(open, 'Last contact')).toContainText('just now');
  expect(await selection(page)).toBe('the cage');
  await expect(link).toBeFocused();
});

/** The rows in the DOM: index, top and bottom in CSS pixels of the list's content. */
const places = (page: Page) =>
  list(page).evaluate((node) => {
    const origin = node.getBoundingClientRect().top - node.scrollTop;
    return [...node.querySelectorAll('[role=row][data-agent]')]
      .map((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return { index: Number(row.getAttribute('aria-rowindex')), top: top - origin, bottom: bottom - origin };
      })
      .sort((a, b) => a.index - b.index);
  });

test('10,000 rows of different height: one below the other, none missing, the total right', {
  tag: '@page.md#list/14',
}, async ({ page, mock }) => {
  test.slow();
  await mock.reset({ agents: 10_000 });
  await page.goto('/');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '10001', { timeout: 30_000 });
  const height = () => list(page).evaluate((node) => node.scrollHeight);
  const flat = await height();
  const [first] = await places(page);
  const plain = first!.bottom - first!.top;
  for (const index of [3, 5, 6]) {
    await list(page).locator(`[aria-rowindex="${index}"]`).getByRole('button', { name: /^Details for/ }).click();
  }
  await expect(page.getByRole('group', { name: /^Details of/ })).toHaveCount(3);
  const extra = async () => (await places(page)).reduce((sum, { top, bottom }) => sum + (bottom - top - plain), 0);
  await expect.poll(async () => Math.abs((await height()) - flat - (await extra()))).toBeLessThan(1);

  // A row with the focus is in the DOM wherever it is.
  await filter(page).focus();

  // Down by the wheel, and up again: rows touch, and none moves but by the scrolling.
  const box = (await list(page).boundingBox())!;
  await page.mouse.move(box.x + 300, box.y + 200);
  let before = await places(page);
  for (const by of [120, 90, 260, 700, 90, -50, -400, -120, -700]) {
    const from = await list(page).evaluate((node) => node.scrollTop);
    await page.mouse.wheel(0, by);
    await expect.poll(() => list(page).evaluate((node) => node.scrollTop)).not.toBe(from);
    await settled(list(page).getByRole('row').nth(3));
    const now = await places(page);
    for (const [i, place] of now.entries()) {
      const [next, same] = [now[i + 1], before.find(({ index }) => index === place.index)];
      if (next) {
        expect(next.index).toBe(place.index + 1);
        expect(Math.abs(next.top - place.bottom), `a gap below ${place.index}`).toBeLessThan(1);
      }
      if (same) expect(Math.abs(same.top - place.top), `a jump of ${place.index}`).toBeLessThan(1);
    }
    const inView = await list(page).evaluate((node) => [node.scrollTop, node.scrollTop + node.clientHeight] as const);
    expect(now[0]!.top).toBeLessThanOrEqual(inView[0] + 1);
    expect(now.at(-1)!.bottom).toBeGreaterThanOrEqual(inView[1] - 45);
    before = now;
  }

  // To the very end.
  await list(page).evaluate((node) => node.scrollTo(0, node.scrollHeight));
  await expect(list(page).locator('[aria-rowindex="10001"]')).toBeInViewport({ ratio: 0.9 });
  expect((await places(page)).at(-1)!.bottom).toBeLessThanOrEqual((await height()) + 1);
});

const NODES = Array.from({ length: 80 }, (_, i) => ({ ...ALPHA, id: `n${i}`, name: `node-${100 + i}`, description: 'short' }));

test('rows in view keep their place when a row above them grows, shrinks or closes', { tag: '@page.md#list/14' }, async ({ page, mock }) => {
  await mock.fleet(NODES, [FRA]);
  await page.goto('/');
  await loaded(page);
  await toggle(page, 'node-102').click();
  await expect(details(page, 'node-102')).toBeVisible();
  await toggle(page, 'node-102').focus();
  await list(page).evaluate((node) => node.scrollTo(0, 500));
  await expect(row(page, 'node-112')).toBeInViewport();
  const place = async () => (await settled(row(page, 'node-112'))).y;
  const before = await place();
  const height = async () => (await settled(details(page, 'node-102'))).height;
  const short = await height();

  await mock.patch('n2', { description: 'line\n'.repeat(12) });
  await refreshQuietly(page);
  await expect.poll(height).toBeGreaterThan(short + 100);
  expect(Math.abs((await place()) - before)).toBeLessThan(2);

  await mock.patch('n2', { description: '' });
  await refreshQuietly(page);
  await expect.poll(height).toBeLessThan(short + 10);
  expect(Math.abs((await place()) - before)).toBeLessThan(2);

  await page.keyboard.press('Enter');
  await expect(details(page, 'node-102')).toHaveCount(0);
  expect(Math.abs((await place()) - before)).toBeLessThan(2);
  await expect(toggle(page, 'node-102')).toBeFocused();
});

test('an expanded row that was narrow when it was measured leaves no gap', { tag: '@page.md#list/14' }, async ({ page, mock }) => {
  const wordy = { ...ALPHA, description: 'words '.repeat(60), devices: devices(9) };
  await mock.fleet([wordy, ...NODES], [FRA]);
  await page.goto('/');
  await toggle(page, 'alpha').click();
  const gap = async () => {
    // Only rows near the viewport are in the DOM.
    await details(page, 'alpha').evaluate((node) => node.scrollIntoView({ block: 'end' }));
    const [end, next] = [await settled(details(page, 'alpha')), await settled(row(page, 'node-100'))];
    return Math.abs(next.y - end.y - end.height);
  };
  expect(await gap()).toBeLessThan(2);
  for (const width of [1000, 360, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await expect.poll(gap).toBeLessThan(2);
  }
});

test('on a narrow page the details lie below the card', {
  tag: ['@page.md#list/14', '@page.md#accessibility/6'],
}, async ({ page, mock }) => {
  await page.setViewportSize({ width: 320, height: 900 });
  await mock.fleet([ALPHA], [FRA]);
  await page.goto('/');
  await toggle(page, 'alpha').click();
  const below = (await settled(details(page, 'alpha'))).y;
  for (const column of COLUMNS.filter((column) => column !== 'Agent name')) {
    const box = (await cell(row(page, 'alpha'), column).boundingBox())!;
    expect(box.y + box.height, column).toBeLessThanOrEqual(below + 1);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
});

test('there are nine column headers, the last two to be heard alone', { tag: '@page.md#list/2' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA], [FRA]);
  await page.goto('/');
  const headers = list(page).getByRole('columnheader');
  await expect(headers).toHaveText([...COLUMNS, 'Edit', 'Remove']);
  await expect(row(page, 'alpha').getByRole('cell')).toHaveCount(9);
  for (const name of ['Edit', 'Remove']) {
    await expect(header(page, name).getByRole('button')).toHaveCount(0);
    await expect(header(page, name)).not.toHaveAttribute('aria-sort', /./);
    const box = (await header(page, name).getByText(name).boundingBox())!;
    expect(box.width * box.height).toBeLessThanOrEqual(1);
  }
});

test('Edit is "Update" while Site or Private IP is Undefined', { tag: ['@page.md#list/9', '@page.md#list/10'] }, async ({ page, mock }) => {
  await mock.fleet([
    ALPHA,
    { ...ALPHA, id: 's', name: 'no-site', siteId: '' },
    { ...ALPHA, id: 'g', name: 'gone-site', siteId: 'gone' },
    { ...ALPHA, id: 'p', name: 'no-private', privateIp: '' },
    { ...ALPHA, id: 'u', name: '', privateIp: '', ipAddress: '203.0.113.9' },
  ], [FRA]);
  await page.goto('/');
  const button = (name: string) => list(page).getByRole('button', { name, exact: true });
  await expect(button('Edit alpha')).toHaveText('');
  for (const name of ['no-site', 'gone-site', 'no-private', 'Auto Generated 203.0.113.9']) {
    await expect(button(`Update ${name}`)).toHaveText('Update');
    await expect(button(`Edit ${name}`)).toHaveCount(0);
    await expect(button(`Remove ${name}`)).toBeVisible();
  }
  // The same button changes its face: focus stays.
  await button('Update no-private').focus();
  await mock.patch('p', { privateIp: '10.0.0.9' });
  await refreshQuietly(page);
  await expect(button('Edit no-private')).toBeFocused();
});

test('read-only: nothing to change is on screen, and dialog URLs show the list', {
  tag: ['@page.md#list/13', '@embedding.md#attributes'],
}, async ({ page, mock }) => {
  await embed(page, 'url-state="path" read-only');
  await mock.fleet([ALPHA, { ...BETA, privateIp: '' }], [FRA]);
  for (const url of ['/', '/add', '/agents/a/edit', '/agents/a/remove']) {
    await page.goto(`/app${url}`);
    await expect(row(page, 'beta')).toBeVisible();
    await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toHaveCount(0);
    await expect(page.getByRole('button', { name: /^(Add|Edit|Update|Remove) / })).toHaveCount(0);
    await expect(list(page).getByRole('columnheader')).toHaveText(COLUMNS);
    await expect(row(page, 'alpha').getByRole('cell')).toHaveCount(COLUMNS.length);
  }
  // Looking is allowed.
  await cell(row(page, 'alpha'), 'Version').click();
  await expect(details(page, 'alpha')).toBeVisible();
  expect((await mock.requests()).filter(({ method }) => method !== 'GET')).toEqual([]);
  expect((await mock.requests()).filter(({ path }) => path.endsWith('/credentials'))).toEqual([]);
});

test('read-only takes effect at once, also over an open dialog', {
  tag: ['@page.md#list/13', '@embedding.md#attributes'],
}, async ({ page, mock }) => {
  await mock.fleet([], [FRA]);
  await page.goto('/');
  const set = (on: boolean) => setAttribute(page, 'read-only', on ? '' : null);
  const add = page.getByRole('button', { name: 'Add kproxy Agent' });
  await expect(add).toHaveCount(2);
  await set(true);
  await expect(add).toHaveCount(0);
  await set(false);
  await add.first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await set(true);
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

for (const by of ['mouse', 'keyboard']) {
  test(`an agent activated on the map, by ${by}, leads to its row: expanded, in view, focused`, {
    tag: ['@page.md#map/6', '@page.md#map/9'],
  }, async ({ page, mock }) => {
    const far = { ...BETA, id: 'z', name: 'zulu', siteId: 'syd' };
    await mock.fleet([...NODES, far], [FRA, { id: 'syd', title: 'Sydney', lat: -33.9, lon: 151.2 }]);
    await page.goto('/');
    await loaded(page);
    await expect(row(page, 'zulu')).toHaveCount(0);
    const marker = map(page).getByRole('button', { name: 'zulu, Healthy' });
    await settled(marker);
    const name = page.getByRole('group', { name: 'zulu, Healthy' }).getByRole('button', { name: 'zulu' });
    if (by === 'mouse') {
      await marker.hover();
      await name.click();
    } else {
      await marker.focus();
      await page.keyboard.press('Enter');
      await expect(name).toBeFocused();
      await page.keyboard.press('Enter');
    }
    await expect(toggle(page, 'zulu')).toBeFocused();
    await expect(details(page, 'zulu')).toBeInViewport();
    await expect(toggle(page, 'zulu')).toBeInViewport({ ratio: 1 });
    await expect(page).toHaveURL('/?agent=z');
    await expect(page.getByRole('group', { name: 'zulu, Healthy' })).toBeHidden();
  });
}
