import { ago, AT, cell, COLUMNS, expect, expectNames, filter, header, list, loaded, names, refresh, refreshNow, row, test } from './fixtures';
import { refreshQuietly } from './view';

const SITE = { id: 's1', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const ALPHA = {
  id: 'a',
  name: 'alpha',
  siteId: 's1',
  ipAddress: '203.0.113.4',
  privateIp: '10.1.2.3',
  version: '7.48.0',
  lastSeen: ago(200),
  ageSecs: 100,
};

test('an agent shows in all seven columns', { tag: ['@page.md#list/1', '@page.md#list/5'] }, async ({ page, mock }) => {
  await mock.fleet([ALPHA], [SITE]);
  await page.goto('/');
  await expect(list(page).getByRole('columnheader').filter({ hasText: /./ })).toContainText(COLUMNS);
  const alpha = row(page, 'alpha');
  const values = ['Healthy', '3 minutes ago', 'alpha', 'Frankfurt DC', '203.0.113.4', '10.1.2.3', '7.48.0'];
  for (const [i, column] of COLUMNS.entries()) {
    await expect(cell(alpha, column)).toContainText(values[i]!);
  }
});

for (const width of [960, 1024, 1100, 1280]) {
  test(`at ${width} px no column lies under the buttons, and all addresses are whole`, { tag: '@page.md#list/1' }, async ({
    page,
    mock,
  }) => {
    await mock.fleet([{ ...ALPHA, ipAddress: '198.51.100.238', privateIp: '192.168.219.234' }], [SITE]);
    await page.setViewportSize({ width, height: 800 });
    await page.goto('/');
    const alpha = row(page, 'alpha');
    const box = async (column: string) => (await cell(alpha, column).boundingBox())!;
    const version = await box('Version');
    const edit = (await alpha.getByRole('button', { name: /^Edit/ }).boundingBox())!;
    expect(version.x + version.width).toBeLessThanOrEqual(edit.x);
    for (const column of ['IP Address', 'Private IP']) {
      const isWhole = await cell(alpha, column).evaluate((element) => element.scrollWidth <= element.clientWidth);
      expect(isWhole, column).toBe(true);
    }
  });
}

test('what is not set says so', { tag: ['@page.md#list/5', '@page.md#list/7', '@page.md#list/8'] }, async ({ page, mock }) => {
  await mock.fleet([{ id: 'x', ipAddress: '203.0.113.9' }]);
  await page.goto('/');
  const unnamed = row(page, '203.0.113.9');
  await expect(cell(unnamed, 'Status')).toContainText('Pending');
  await expect(cell(unnamed, 'Last seen')).toHaveText('Never');
  await expect(cell(unnamed, 'Agent name')).toContainText('Auto Generated');
  await expect(cell(unnamed, 'Site')).toHaveText('Undefined');
  await expect(cell(unnamed, 'Private IP')).toHaveText('Undefined');
});

test('a site id that no site has shows as Undefined', { tag: ['@page.md#list/8', '@agent-api.md#agent/4'] }, async ({ page, mock }) => {
  await mock.fleet([{ ...ALPHA, siteId: 'gone' }], [SITE]);
  await page.goto('/');
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Undefined');
});

test('the four statuses follow from the last contact', {
  tag: ['@page.md#status/1', '@page.md#status/4', '@agent-api.md#status/1', '@agent-api.md#status/2', '@agent-api.md#status/3', '@agent-api.md#status/4'],
}, async ({ page, mock }) => {
  await mock.fleet([
    { id: '1', name: 'pending' },
    { id: '2', name: 'young', ageSecs: 29 * 60 },
    { id: '3', name: 'older', ageSecs: 31 * 60 },
    { id: '4', name: 'silent', ageSecs: 46 * 60 },
    { id: '5', name: 'future', ageSecs: -600 },
  ]);
  await page.goto('/');
  for (const [name, word] of [
    ['pending', 'Pending'],
    ['young', 'Healthy'],
    ['older', 'Warning'],
    ['silent', 'Critical'],
    ['future', 'Healthy'],
  ] as const) {
    await expect(cell(row(page, name), 'Status')).toHaveText(word);
  }
});

test('the rows are counted for assistive technology', { tag: '@page.md#list/3' }, async ({ page, mock }) => {
  await mock.reset({ agents: 60 });
  await page.goto('/');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '61');
  await expect(list(page)).not.toHaveAttribute('aria-busy', 'true');
  await expect(list(page).getByRole('row').first()).toHaveAttribute('aria-rowindex', '1');
  const indexes = await list(page)
    .getByRole('row')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex'))).sort((a, b) => a - b));
  expect(indexes).toEqual(indexes.map((_, i) => i + 1));
});

test('of 10,000 agents only a few rows are in the DOM, at the start and at the end', {
  tag: ['@page.md#list/3', '@page.md#list/4'],
}, async ({ page, mock }) => {
  test.slow();
  await mock.reset({ agents: 10_000 });
  await page.goto('/');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '10001', { timeout: 30_000 });
  const rows = list(page).getByRole('row');
  expect(await rows.count()).toBeLessThan(80);
  await expect(list(page).locator('[aria-rowindex="2"]')).toBeInViewport();

  await list(page).evaluate((node) => node.scrollTo(0, node.scrollHeight));
  const last = list(page).locator('[aria-rowindex="10001"]');
  await expect(last).toBeInViewport();
  await expect(last.getByRole('cell').first()).not.toBeEmpty();
  expect(await rows.count()).toBeLessThan(80);
});

test('at first the worst come first, then by name', { tag: ['@page.md#sorting/2', '@page.md#status/5'] }, async ({ page, mock }) => {
  await mock.fleet([
    { id: '1', name: 'healthy-2', ageSecs: 60 },
    { id: '2', name: 'healthy-10', ageSecs: 60 },
    { id: '3', name: 'pending' },
    { id: '4', name: 'warning', ageSecs: 32 * 60 },
    { id: '5', name: 'critical-b', ageSecs: 3 * 3600 },
    { id: '6', name: 'critical-a', ageSecs: 2 * 3600 },
  ]);
  await page.goto('/');
  await expectNames(page, ['critical-a', 'critical-b', 'warning', 'pending', 'healthy-2', 'healthy-10']);
  await expect(header(page, 'Status')).toHaveAttribute('aria-sort', 'ascending');
});

test('an IPv4 address that is written as IPv6 stands among the IPv4 addresses', { tag: '@page.md#sorting/6' }, async ({ page, mock }) => {
  const addresses = { three: '203.0.113.3', four: '::ffff:203.0.113.4', five: '203.0.113.5', six: '::1' };
  await mock.fleet(Object.entries(addresses).map(([name, ipAddress]) => ({ id: name, name, ipAddress, privateIp: ipAddress })));
  await page.goto('/');
  await loaded(page);
  for (const column of ['IP Address', 'Private IP']) {
    await header(page, column).getByRole('button', { name: column }).click();
    await expectNames(page, ['three', 'four', 'five', 'six']);
    await header(page, column).getByRole('button', { name: column }).click();
    await expectNames(page, ['six', 'five', 'four', 'three']);
  }
  await expect(cell(row(page, 'four'), 'IP Address')).toHaveText('::ffff:203.0.113.4');
});

/** The ascending and descending orders by each column. */
const ORDERS: [column: string, ascending: string[], descending: string[]][] = [
  ['Status', ['two', 'ten', 'nine'], ['nine', 'ten', 'two']],
  ['Last seen', ['two', 'ten', 'nine'], ['ten', 'two', 'nine']],
  ['Agent name', ['nine', 'ten', 'two'], ['two', 'ten', 'nine']],
  ['Site', ['ten', 'two', 'nine'], ['two', 'ten', 'nine']],
  ['IP Address', ['nine', 'ten', 'two'], ['two', 'ten', 'nine']],
  ['Private IP', ['two', 'ten', 'nine'], ['ten', 'two', 'nine']],
  ['Version', ['ten', 'two', 'nine'], ['two', 'ten', 'nine']],
];

for (const [column, ascending, descending] of ORDERS) {
  test(`the header ${column} sorts both ways`, {
    tag: ['@page.md#sorting/1', '@page.md#sorting/3', '@page.md#sorting/7'],
  }, async ({ page, mock }) => {
    await mock.fleet(
      [
        // Never, Undefined and commit hashes come last either way.
        { id: '1', name: 'nine', ageSecs: 60, ipAddress: '192.0.2.9', version: 'f3a9c2e' },
        { id: '2', name: 'ten', ageSecs: 32 * 60, lastSeen: ago(900), siteId: 's1', ipAddress: '192.0.2.10', privateIp: '10.0.0.10', version: '7.9.0' },
        { id: '3', name: 'two', ageSecs: 3600, lastSeen: ago(300), siteId: 's2', ipAddress: '192.0.2.200', privateIp: '10.0.0.2', version: '7.48.0' },
      ],
      [SITE, { ...SITE, id: 's2', title: 'Geneva DC' }],
    );
    await page.goto('/');
    await loaded(page);
    const button = header(page, column).getByRole('button', { name: column });
    const other = column === 'Status' ? 'Version' : 'Status';
    if (column === 'Status') {
      await header(page, other).getByRole('button').click();
      await expect(header(page, column)).toHaveAttribute('aria-sort', 'none');
    }
    await button.click();
    await expect(header(page, column)).toHaveAttribute('aria-sort', 'ascending');
    await expect(header(page, other)).toHaveAttribute('aria-sort', 'none');
    await expectNames(page, ascending);
    await button.press('Enter');
    await expect(header(page, column)).toHaveAttribute('aria-sort', 'descending');
    await expectNames(page, descending);
    await expect(button).toBeFocused();
  });
}

test('hostile texts show as text', { tag: '@page.md#texts/3' }, async ({ page, mock }) => {
  const image = '<img src=x onerror=alert(1)>';
  const script = '"><script>alert(2)</script>';
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs++;
    void dialog.dismiss();
  });
  await mock.fleet(
    [
      { id: `'"><b>`, name: image, siteId: 's1', version: script, ipAddress: '203.0.113.7' },
      { id: 'rtl', name: '\u202Egnp.exe \u{1F468}\u200D\u{1F469}', ipAddress: '203.0.113.8' },
    ],
    [{ ...SITE, title: '<b>bold</b> & <i>' }],
  );
  await page.goto('/');
  const hostile = row(page, '203.0.113.7');
  await expect(cell(hostile, 'Agent name')).toContainText(image);
  await expect(cell(hostile, 'Version')).toContainText(script);
  await expect(cell(hostile, 'Site')).toHaveText('<b>bold</b> & <i>');
  await expect(list(page).locator('img, script, b')).toHaveCount(0);
  await expect(row(page, '203.0.113.8')).toBeVisible();
  expect(dialogs).toBe(0);
});

test('the exact time shows on focus and hover, and Esc hides it', {
  tag: ['@page.md#list/6', '@page.md#time/2'],
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA], [SITE]);
  await page.goto('/');
  const time = cell(row(page, 'alpha'), 'Last seen').getByText('3 minutes ago');
  const exact = 'November 2, 2026 at 11:56:40 AM UTC';
  const tip = page.getByText(exact);
  await expect(tip).toBeHidden();
  await time.focus();
  await expect(tip).toBeVisible();
  await expect(time).toHaveAccessibleDescription(exact);
  await page.keyboard.press('Escape');
  await expect(tip).toBeHidden();
  await time.hover();
  await expect(tip).toBeVisible();
});

test('Esc hides the exact time on hover too, wherever the focus is', { tag: '@page.md#list/6' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA], [SITE]);
  await page.goto('/');
  await cell(row(page, 'alpha'), 'Last seen').getByText('3 minutes ago').hover();
  const tip = page.getByText('November 2, 2026 at 11:56:40 AM UTC');
  await expect(tip).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tip).toBeHidden();
});

test('the exact time stands above where there is no room below, and follows when the page is scrolled', async ({ page, mock }) => {
  await page.setViewportSize({ width: 1280, height: 500 });
  await mock.fleet([ALPHA], [SITE]);
  await page.goto('/');
  const time = cell(row(page, 'alpha'), 'Last seen').getByText('3 minutes ago');
  const tip = page.getByText('November 2, 2026 at 11:56:40 AM UTC');
  await time.evaluate((node) => {
    scrollBy({ top: node.getBoundingClientRect().bottom + 10 - innerHeight, behavior: 'instant' });
    (node as HTMLElement).focus({ preventScroll: true });
  });
  await expect(tip).toBeVisible();
  const places = async () => {
    const [at, text] = await Promise.all([time.boundingBox(), tip.boundingBox()]);
    return { above: Math.round(at!.y - text!.y - text!.height), below: Math.round(text!.y - at!.y - at!.height) };
  };
  await expect.poll(async () => (await places()).above).toBe(4);
  await page.evaluate(() => scrollBy({ top: 60, behavior: 'instant' }));
  await expect.poll(async () => (await places()).below).toBe(4);
});

test('a refresh leaves the nodes of rows that did not change', { tag: '@page.md#list/11' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, { ...ALPHA, id: 'b', name: 'beta' }], [SITE]);
  await page.goto('/');
  await loaded(page);
  for (const name of ['alpha', 'beta']) {
    await row(page, name).evaluate((node) => Object.assign(node, { isMarked: true }));
  }
  await mock.patch('b', { version: '9.9.9' });
  await refreshNow(page, mock);
  await expect(cell(row(page, 'beta'), 'Version')).toHaveText('9.9.9');
  for (const name of ['alpha', 'beta']) {
    expect(await row(page, name).evaluate((node) => 'isMarked' in node)).toBe(true);
  }
});

test('a refresh keeps focus, scroll position and text selection', { tag: '@page.md#list/11' }, async ({ page, mock }) => {
  const agents = Array.from({ length: 60 }, (_, i) => ({
    ...ALPHA,
    id: `n${i}`,
    name: `node-${String(i).padStart(2, '0')}`,
  }));
  await mock.fleet(agents, [SITE]);
  await page.goto('/');
  await loaded(page);
  await list(page).evaluate((node) => node.scrollTo(0, 900));
  const before = await list(page).evaluate((node) => node.scrollTop);
  expect(before).toBeGreaterThan(0);
  const visible = row(page, 'node-25');
  await expect(visible).toBeInViewport();
  const focusable = cell(visible, 'Last seen').getByText('ago');
  await focusable.focus();
  // Selects the name's text.
  await cell(visible, 'Agent name').evaluate((node) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (walker.currentNode.textContent!.includes('node-25')) break;
    }
    getSelection()!.setBaseAndExtent(walker.currentNode, 0, walker.currentNode, 7);
  });
  const selection = () =>
    page.evaluate(() => {
      const inShadow = document.querySelector('kproxy-agents')!.shadowRoot as unknown as { getSelection?: () => Selection };
      return String(inShadow.getSelection?.() ?? getSelection());
    });
  expect(await selection()).toBe('node-25');
  await mock.patch('n40', { version: '9.9.9' });
  const reads = (await mock.reads()).length;
  // Not by the button, which would take the focus.
  await refreshQuietly(page);
  await expect.poll(async () => (await mock.reads()).length).toBe(reads + 1);
  await expect(page.getByRole('button', { name: 'Refresh' })).not.toHaveAttribute('aria-busy', 'true');
  await expect(focusable).toBeFocused();
  expect(await list(page).evaluate((node) => node.scrollTop)).toBe(before);
  expect(await selection()).toBe('node-25');
});

test('a refresh that adds rows above keeps the rows in view', { tag: '@page.md#list/11' }, async ({ page, mock }) => {
  const agents = Array.from({ length: 60 }, (_, i) => ({ ...ALPHA, id: `n${i}`, name: `node-${100 + i}` }));
  await mock.fleet(agents, [SITE]);
  await page.goto('/');
  await loaded(page);
  await list(page).evaluate((node) => node.scrollTo(0, 1200));
  await expect(row(page, 'node-130')).toBeInViewport();
  const before = (await row(page, 'node-130').boundingBox())!.y;
  await mock.add([1, 2, 3].map((i) => ({ ...ALPHA, id: `new${i}`, name: `a-new-${i}` })));
  await refreshNow(page, mock);
  await expect(list(page)).toHaveAttribute('aria-rowcount', '64');
  await expect
    .poll(async () => Math.abs((await row(page, 'node-130').boundingBox())!.y - before))
    .toBeLessThan(2);
});

test('rows that come and go in numbers around a row leave its focus and selection alone', {
  tag: '@page.md#list/11',
}, async ({ page, mock }) => {
  const named = (name: string) => ({ ...ALPHA, id: name, name });
  await mock.fleet(['m-1', 'm-2', 'm-3', 'z-1', 'z-2'].map(named), [SITE]);
  await page.goto('/');
  await loaded(page);
  const button = list(page).getByRole('button', { name: 'Details for m-2', exact: true });
  await button.focus();
  await cell(row(page, 'm-3'), 'Agent name').getByText('m-3').evaluate((node) => {
    getSelection()!.setBaseAndExtent(node.firstChild!, 0, node.firstChild!, 3);
  });
  const kept = async () => {
    await expect(button).toBeFocused();
    expect(await page.evaluate(() => String((document.querySelector('kproxy-agents')!.shadowRoot as unknown as Document).getSelection()))).toBe('m-3');
  };
  const refreshed = async (expected: string[]) => {
    // While a read is under way a second one does not start.
    await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
    await refreshQuietly(page);
    await expectNames(page, expected);
    await kept();
  };
  await mock.add(['a-1', 'a-2', 'a-3', 'm-25'].map(named));
  await mock.remove('z-1');
  await refreshed(['a-1', 'a-2', 'a-3', 'm-1', 'm-2', 'm-3', 'm-25', 'z-2']);
  // One moves from the end to the top.
  await mock.patch('z-2', { ageSecs: 3600 });
  await mock.remove('a-2');
  await refreshed(['z-2', 'a-1', 'a-3', 'm-1', 'm-2', 'm-3', 'm-25']);
  // The focused one itself.
  await mock.patch('m-2', { ageSecs: 32 * 60 });
  await refreshed(['z-2', 'm-2', 'a-1', 'a-3', 'm-1', 'm-3', 'm-25']);
});

test('when the row with the focus goes, the next one has it, or the one before, or the list', {
  tag: ['@page.md#list/12', '@page.md#accessibility/3'],
}, async ({ page, mock }) => {
  await mock.fleet(['a-1', 'a-2', 'a-3'].map((name) => ({ ...ALPHA, id: name, name })), [SITE]);
  await page.goto('/');
  await loaded(page);
  const button = (name: string) => list(page).getByRole('button', { name: `Details for ${name}` });
  await cell(row(page, 'a-2'), 'Last seen').getByText(/ago/).focus();
  for (const [gone, focused] of [['a-2', button('a-3')], ['a-3', button('a-1')], ['a-1', list(page)]] as const) {
    await mock.remove(gone);
    // While a read is under way a second one does not start.
    await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
    await refreshQuietly(page);
    await expect(row(page, gone)).toHaveCount(0);
    await expect(focused).toBeFocused();
  }
});

test('a removed agent leaves the list with the next refresh', { tag: '@agent-api.md#incremental-refresh/2' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, { ...ALPHA, id: 'b', name: 'beta' }], [SITE]);
  await page.goto('/');
  await expectNames(page, ['alpha', 'beta']);
  await mock.remove('a');
  await refreshNow(page, mock);
  await expectNames(page, ['beta']);
  await expect(list(page)).toHaveAttribute('aria-rowcount', '2');
});

test('a status changes by itself as time passes, with no read', { tag: '@page.md#status/2' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet([{ id: 'x', name: 'fading', ageSecs: 29 * 60 + 30 }]);
  await page.goto('/');
  await loaded(page);
  const word = cell(row(page, 'fading'), 'Status');
  await expect(word).toHaveText('Healthy');
  const reads = (await mock.reads()).length;
  await page.clock.runFor(35_000);
  await expect(word).toHaveText('Warning');
  expect(await mock.reads()).toHaveLength(reads);
});

test('ages are on the server\'s clock, however wrong the user\'s', {
  tag: ['@page.md#time/1', '@agent-api.md#server-clock/1'],
}, async ({ page, mock }) => {
  await page.clock.install({ time: new Date(AT.getTime() + 5 * 3600_000) });
  await mock.fleet([ALPHA], [SITE]);
  await page.goto('/');
  await expect(cell(row(page, 'alpha'), 'Status')).toHaveText('Healthy');
  await expect(cell(row(page, 'alpha'), 'Last seen')).toHaveText('3 minutes ago');
});

test('while the pointer is in the list, time alone moves no row', { tag: '@page.md#sorting/9' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet([
    { id: '1', name: 'alpha', ageSecs: 60 },
    { id: '2', name: 'omega', ageSecs: 29 * 60 + 30 },
  ]);
  await page.goto('/');
  await loaded(page);
  await expectNames(page, ['alpha', 'omega']);
  await row(page, 'alpha').hover();
  await page.clock.runFor(35_000);
  await expect(cell(row(page, 'omega'), 'Status')).toHaveText('Warning');
  expect(await names(page)).toEqual(['alpha', 'omega']);
  await filter(page).hover();
  await expectNames(page, ['omega', 'alpha']);
});
