import { AGENTS, AT, expect, expectNoViolations, list, loaded, map, test } from './fixtures';

const SIZES = [
  ['wide', { width: 1280, height: 900 }],
  ['320 px wide', { width: 320, height: 640 }],
] as const;

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of SIZES) {
    test(`axe finds nothing: ${colorScheme}, ${size}`, async ({ page, mock }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await mock.reset({ agents: 60, at: AT.toISOString() });
      await page.goto('/?status=critical');
      await loaded(page);
      await expectNoViolations(page);
      await page.goto('/');
      await loaded(page);
      await expectNoViolations(page);
    });

    test(`axe finds nothing with a popup open: ${colorScheme}, ${size}`, async ({ page, mock }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await mock.fleet([{ id: 'a', name: 'alpha', siteId: 's', ageSecs: 60 }], [{ id: 's', title: 'Frankfurt', lat: 50, lon: 8 }]);
      await page.goto('/');
      await loaded(page);
      await map(page).getByRole('button', { name: 'alpha, Healthy' }).focus();
      await expect(page.getByRole('group', { name: 'alpha, Healthy' })).toBeVisible();
      await expectNoViolations(page);
    });
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in each empty state: ${colorScheme}`, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await mock.fleet([]);
    await mock.fault({ route: AGENTS, hold: 'first' });
    await page.goto('/');
    await expect(list(page)).toHaveAttribute('aria-busy', 'true');
    await expectNoViolations(page);
    await mock.release('first');
    await expect(page.getByText('No agents yet')).toBeVisible();
    await expectNoViolations(page);
    await mock.add({ id: 'a', name: 'alpha' });
    await page.goto('/?q=nothing');
    await expect(page.getByText('No agents match')).toBeVisible();
    await expectNoViolations(page);
  });

  test(`axe finds nothing in the error states: ${colorScheme}`, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await mock.fleet([{ id: 'a', name: 'alpha', ageSecs: 60 }]);
    await mock.fault({ route: AGENTS, status: 403 });
    await page.goto('/');
    await expect(page.getByText('Could not load the agents')).toBeVisible();
    await expectNoViolations(page);
    await mock.heal();
    await page.getByRole('button', { name: 'Try again' }).click();
    await loaded(page);
    await mock.fault({ route: AGENTS, status: 403 });
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    await expect(page.getByText('(stale)')).toBeVisible();
    await expectNoViolations(page);
  });
}

test('the page does not scroll sideways at 320 px', async ({ page, mock }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await mock.fleet(
    [{ id: 'a', name: 'x'.repeat(128), siteId: 's', ageSecs: 3600, ipAddress: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', privateIp: 'fd00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', version: 'f'.repeat(40) }],
    [{ id: 's', title: 'W'.repeat(40), lat: 50, lon: 8 }],
  );
  await page.goto(`/?q=${'x'.repeat(60)}`);
  await loaded(page);
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBe(0);
  await map(page).getByRole('button', { name: /, Critical$/ }).focus();
  expect(await overflow()).toBe(0);
});

test('every control is reached by Tab, with visible focus', async ({ page, mock }) => {
  await mock.fleet([{ id: 'a', name: 'alpha', siteId: 's', ageSecs: 60 }], [{ id: 's', title: 'Frankfurt', lat: 50, lon: 8 }]);
  await page.goto('/');
  await loaded(page);
  await expect(map(page).getByRole('button', { name: 'alpha, Healthy' })).toBeVisible();
  const reached = new Set<string>();
  const unseen: string[] = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const [name, isVisible] = await page.evaluate(() => {
      const node = document.querySelector('kproxy-agents')!.shadowRoot!.activeElement;
      if (!node) return ['', true] as const;
      const style = getComputedStyle(node);
      const name = node.getAttribute('aria-label') ?? ((node as HTMLInputElement).labels?.[0] ?? node).textContent!.trim();
      return [name, style.outlineStyle !== 'none' || style.boxShadow !== 'none'] as const;
    });
    if (name === '' && reached.size > 3) break;
    reached.add(name);
    if (!isVisible) unseen.push(name);
  }
  expect([...reached]).toEqual(
    expect.arrayContaining(['alpha, Healthy', 'Zoom in', 'Zoom out', 'Fit', 'Filter', 'Status', 'Auto-refresh', 'Refresh', 'Version']),
  );
  expect(unseen).toEqual([]);
});
