import { AT, count, expect, list, loaded, row, test } from './fixtures';

const FLEET = [{ id: 'a', name: 'alpha', ageSecs: 60 }];

type Element = HTMLElement & { refresh(): void };

test('an element that is removed asks for nothing any more', async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  const element = page.locator('kproxy-agents');
  const handle = await element.elementHandle();
  await handle!.evaluate((node) => node.remove());
  await expect(list(page)).toHaveCount(0);
  await mock.forget();
  await page.clock.runFor(300_000);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  expect(await mock.requests()).toEqual([]);

  // Put back it begins anew.
  await handle!.evaluate((node) => document.querySelector('main')!.append(node));
  await expect(row(page, 'alpha')).toBeVisible();
});

test('an element that is moved keeps its state', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  await row(page, 'alpha').evaluate((node) => Object.assign(node, { isMarked: true }));
  const reads = (await mock.reads()).length;
  await page.locator('kproxy-agents').evaluate((node) => {
    const box = document.createElement('div');
    document.querySelector('main')!.append(box);
    box.append(node);
  });
  expect(await row(page, 'alpha').evaluate((node) => 'isMarked' in node)).toBe(true);
  expect(await mock.reads()).toHaveLength(reads);
});

test('the theme attribute takes effect at once', async ({ page, mock }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  const colour = () => count(page).evaluate((node) => getComputedStyle(node).color);
  const light = await colour();
  const setTheme = (theme: string) =>
    page.locator('kproxy-agents').evaluate((node, theme) => node.setAttribute('theme', theme), theme);
  await setTheme('dark');
  await expect.poll(colour).not.toBe(light);
  await setTheme('light');
  await expect.poll(colour).toBe(light);
  await setTheme('nonsense');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(colour).not.toBe(light);
});

test('refresh() reads the agents', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  await mock.add({ id: 'b', name: 'beta', ageSecs: 60 });
  await page.locator('kproxy-agents').evaluate((node) => (node as unknown as Element).refresh());
  await expect(row(page, 'beta')).toBeVisible();
});

test('it writes nothing outside its shadow root', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  const outside = await page.evaluate(() => ({
    body: [...document.body.children].map((node) => node.localName).filter((name) => name !== 'noscript'),
    main: [...document.querySelector('main')!.children].map((node) => node.localName),
    styles: document.querySelectorAll('style').length,
    storage: Object.keys(localStorage).filter((key) => !key.startsWith('kp-')),
  }));
  expect(outside).toEqual({ body: ['main'], main: ['kproxy-agents'], styles: 0, storage: [] });
});

test('a second element that would own the URL leaves it alone', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await page.goto('/?q=alpha');
  await loaded(page);
  await page.evaluate(() => {
    const second = document.createElement('kproxy-agents');
    second.setAttribute('url-state', 'path');
    document.querySelector('main')!.append(second);
  });
  const filters = page.getByRole('searchbox', { name: 'Filter' });
  await expect(filters).toHaveCount(2);
  await expect(filters.nth(1)).toHaveValue('');
  await filters.nth(1).fill('second');
  await filters.nth(0).fill('first');
  await expect(page).toHaveURL('/?q=first');
});

test('kp-ready comes once the first agents are on screen, kp-error with a failure', async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    for (const type of ['kp-ready', 'kp-error']) {
      document.addEventListener(type, (event) => {
        seen.push([type, (event as CustomEvent).detail?.kind].filter(Boolean).join(' '));
      });
    }
  });
  await mock.fleet(FLEET);
  await page.goto('/');
  await loaded(page);
  const seen = () => page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect(await seen()).toEqual(['kp-ready']);
  await mock.fault({ route: 'GET /kproxy/v202611/agents', status: 500 });
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  await expect.poll(seen).toContain('kp-error api');
});
