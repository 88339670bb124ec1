/** Where in the URL the view is, and what of the URL, the history, links, keys and scroll stays the host's. */
import { AT, expect, expectNames, filter, list, loaded, row, serveHost, setAttribute, status, test, type Mock } from './fixtures';
import type { Page } from '@playwright/test';

const FLEET = [
  { id: 'a', name: 'alpha', ageSecs: 60 },
  { id: 'b', name: 'beta', ageSecs: 3600 },
];

/** A portal whose page at `url` shows `FLEET`. */
async function show(page: Page, mock: Mock, attributes: string, url: string, around = '') {
  await mock.fleet(FLEET);
  await serveHost(page, '/app', `${around}<main><kproxy-agents ${attributes}></kproxy-agents></main>`);
  await page.goto(url);
  await loaded(page);
}

const entries = (page: Page) => page.evaluate(() => history.length);
const dialog = (page: Page) => page.getByRole('dialog');

/* ---- memory ---- */

test('memory: the URL and the history are the host\'s', { tag: ['@page.md#url/5', '@embedding.md#the-url'] }, async ({ page, mock }) => {
  const url = '/app?q=beta&kp-q=beta&status=critical#part';
  await show(page, mock, '', url);
  await expectNames(page, ['beta', 'alpha']);
  const before = await entries(page);
  await filter(page).fill('alpha');
  await status(page).selectOption('healthy');
  await expectNames(page, ['alpha']);
  await page.getByRole('button', { name: 'Add kproxy Agent' }).click();
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await expect(page).toHaveURL(url);
  expect(await entries(page)).toBe(before);
});

/* ---- query ---- */

test('query: keys that begin with kp-, beside the host\'s own, and the fragment', {
  tag: ['@page.md#url/4', '@embedding.md#the-url'],
}, async ({ page, mock }) => {
  await show(page, mock, 'url-state="query"', '/app/x?tab=a%20b&q=host&kp-q=beta&&flag#part');
  await expect(filter(page)).toHaveValue('beta');
  await expect(page).toHaveURL('/app/x?tab=a%20b&q=host&flag&kp-q=beta#part');
  await filter(page).fill('');
  await expect(page).toHaveURL('/app/x?tab=a%20b&q=host&flag#part');
  await status(page).selectOption('critical');
  await expect(page).toHaveURL('/app/x?tab=a%20b&q=host&flag&kp-status=critical#part');
  await page.getByRole('button', { name: 'Update beta' }).click();
  await expect(page).toHaveURL('/app/x?tab=a%20b&q=host&flag&kp-status=critical&kp-dialog=edit&kp-id=b#part');
  await page.reload();
  await expect(dialog(page)).toBeVisible();
  await page.goBack();
  await expect(dialog(page)).toBeHidden();
  await expect(page).toHaveURL('/app/x?tab=a%20b&q=host&flag&kp-status=critical#part');
  await page.goBack();
  await expect(status(page)).toHaveValue('all');
  await page.goForward();
  await expect(status(page)).toHaveValue('critical');
  await expectNames(page, ['beta']);
});

/* ---- path ---- */

test('path: routes below base-path; links, reload, Back and Forward', {
  tag: ['@page.md#url/3', '@embedding.md#the-url'],
}, async ({ page, mock }) => {
  await show(page, mock, 'url-state="path" base-path="/app"', '/app/agents/b/edit?q=be');
  await expect(dialog(page)).toBeVisible();
  await expect(filter(page)).toHaveValue('be');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page).toHaveURL('/app/?q=be');
  await status(page).selectOption('critical');
  await expect(page).toHaveURL('/app/?q=be&status=critical');
  await page.reload();
  await expect(status(page)).toHaveValue('critical');
  await page.goBack();
  await expect(page).toHaveURL('/app/?q=be');
  await expect(status(page)).toHaveValue('all');
  // The same choice once more is an entry once more.
  await status(page).selectOption('critical');
  await expect(page).toHaveURL('/app/?q=be&status=critical');
});

test('path: a base without a slash at its end stays as the host has it', { tag: '@embedding.md#the-url' }, async ({ page, mock }) => {
  await show(page, mock, 'url-state="path" base-path="/app/käse"', '/app/k%C3%A4se');
  await expect(page).toHaveURL('/app/k%C3%A4se');
  await filter(page).fill('beta');
  await expect(page).toHaveURL('/app/k%C3%A4se?q=beta');
  await page.getByRole('button', { name: 'Add kproxy Agent' }).click();
  await expect(page).toHaveURL('/app/k%C3%A4se/add?q=beta');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/app/k%C3%A4se?q=beta');
});

test('path: /app has no claim to /apple', { tag: '@embedding.md#the-url' }, async ({ page, mock }) => {
  const url = '/apple/add?q=beta#part';
  await show(page, mock, 'url-state="path" base-path="/app"', url);
  await expect(dialog(page)).toHaveCount(0);
  await expect(filter(page)).toHaveValue('');
  const before = await entries(page);
  await status(page).selectOption('critical');
  await filter(page).fill('b');
  await expectNames(page, ['beta']);
  await expect(page).toHaveURL(url);
  expect(await entries(page)).toBe(before);

  // The host's router comes to the base: the URL counts from now on.
  await page.evaluate(() => history.pushState(null, '', '/app?q=alpha'));
  await expect(filter(page)).toHaveValue('alpha');
  await expectNames(page, ['alpha']);
  await filter(page).fill('alph');
  await expect(page).toHaveURL('/app?q=alph');
  // And leaves it.
  await page.evaluate(() => history.pushState(null, '', '/apple'));
  await filter(page).fill('beta');
  await expectNames(page, ['beta']);
  await expect(page).toHaveURL('/apple');
});

/* ---- The host's router ---- */

for (const [mode, attributes, add, list] of [
  ['path', 'url-state="path" base-path="/app"', '/app/add', '/app/'],
  ['query', 'url-state="query"', '/app/?kp-dialog=add', '/app/?tab=2'],
] as const) {
  test(`${mode}: the page follows the host's router`, { tag: '@embedding.md#the-url' }, async ({ page, mock }) => {
    await show(page, mock, attributes, '/app/');
    await page.evaluate((url) => history.pushState({ key: 7 }, '', url), add);
    await expect(dialog(page)).toBeVisible();
    await page.evaluate((url) => history.pushState({ key: 8 }, '', url), list);
    await expect(dialog(page)).toBeHidden();
    await expect(page).toHaveURL(list);
    await page.goBack();
    await expect(dialog(page)).toBeVisible();
  });
}

test('what the host keeps in history.state stays there', { tag: '@embedding.md#the-url' }, async ({ page, mock }) => {
  await show(page, mock, 'url-state="query"', '/app/');
  await page.evaluate(() => history.replaceState({ idx: 3, usr: { from: 'home' } }, ''));
  await filter(page).fill('beta');
  await expect(page).toHaveURL('/app/?kp-q=beta');
  expect(await page.evaluate(() => history.state)).toEqual({ idx: 3, usr: { from: 'home' } });
});

test('a change of the host\'s own keys takes nothing away that is being typed', {
  tag: '@embedding.md#the-url',
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await show(page, mock, 'url-state="query"', '/app/');
  await page.clock.pauseAt(new Date(AT.getTime() + 60_000));
  await filter(page).fill('beta');
  // The URL is written a little later.
  await expect(page).toHaveURL('/app/');
  await page.evaluate(() => history.replaceState(null, '', '?tab=2#part'));
  await page.clock.runFor(1_000);
  await expect(page).toHaveURL('/app/?tab=2&kp-q=beta#part');
  await expect(filter(page)).toHaveValue('beta');
});

/* ---- Changes at run time ---- */

test('url-state and base-path take effect at once, and the view stays', { tag: '@embedding.md#attributes' }, async ({ page, mock }) => {
  await show(page, mock, '', '/app/deep?tab=1#part');
  await filter(page).fill('beta');
  await expectNames(page, ['beta']);
  await setAttribute(page, 'url-state', 'query');
  await expect(page).toHaveURL('/app/deep?tab=1&kp-q=beta#part');
  await status(page).selectOption('critical');
  await expect(page).toHaveURL('/app/deep?tab=1&kp-q=beta&kp-status=critical#part');

  // Not below the base: left alone.
  await setAttribute(page, 'base-path', '/other');
  await setAttribute(page, 'url-state', 'path');
  await filter(page).fill('bet');
  await expectNames(page, ['beta']);
  await expect(page).toHaveURL('/app/deep?tab=1&kp-q=beta&kp-status=critical#part');

  await setAttribute(page, 'base-path', '/app/deep/');
  await expect(page).toHaveURL('/app/deep?q=bet&status=critical#part');
  await page.getByRole('button', { name: 'Update beta' }).click();
  await expect(page).toHaveURL('/app/deep/agents/b/edit?q=bet&status=critical#part');

  // In memory the URL is the host's from then on.
  await setAttribute(page, 'url-state', 'nonsense');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await filter(page).fill('alpha');
  await expect(page.getByText('No agents match')).toBeVisible();
  await expect(page).toHaveURL('/app/deep/agents/b/edit?q=bet&status=critical#part');
});

test('a view in the URL counts when url-state comes to it', { tag: '@embedding.md#attributes' }, async ({ page, mock }) => {
  await show(page, mock, '', '/app?kp-q=beta');
  await filter(page).fill('alpha');
  await setAttribute(page, 'url-state', 'query');
  await expect(filter(page)).toHaveValue('beta');
  await expectNames(page, ['beta']);
});

/* ---- Two elements ---- */

test('of two that would own the URL the second falls back to memory; what is let go can be taken', {
  tag: '@embedding.md#the-url',
}, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await serveHost(page, '/app', '<kproxy-agents url-state="path" base-path="/app"></kproxy-agents><kproxy-agents url-state="query"></kproxy-agents>');
  await page.goto('/app?q=alpha&kp-q=beta');
  const filters = page.getByRole('searchbox', { name: 'Filter' });
  await expect(filters.nth(0)).toHaveValue('alpha');
  await expect(filters.nth(1)).toHaveValue('');
  await filters.nth(1).fill('second');
  await filters.nth(0).fill('first');
  await expect(page).toHaveURL('/app?q=first');

  // Its own view counts where it has one.
  await page.locator('kproxy-agents').first().evaluate((node) => node.remove());
  await expect(page).toHaveURL('/app?q=first&kp-q=second');
  const second = page.locator('kproxy-agents');
  await second.evaluate((node) => {
    node.setAttribute('url-state', 'memory');
    node.setAttribute('url-state', 'path');
    node.setAttribute('base-path', '/app');
  });
  await expect(filter(page)).toHaveValue('first');
  await filter(page).fill('beta');
  await expect(page).toHaveURL(/\/app\?(.*&)?q=beta(&|$)/);
});

for (const mode of ['query', 'path'] as const) {
  test(`an element that is put in before the old one is taken out takes its URL over (${mode})`, {
    tag: ['@embedding.md#the-url', '@page.md#url/10'],
  }, async ({ page, mock }) => {
    await mock.fleet(FLEET);
    await serveHost(page, '/app', `<kproxy-agents url-state="${mode}" base-path="/app"></kproxy-agents>`);
    await page.goto('/app');
    await filter(page).fill('alpha');
    const key = mode === 'path' ? 'q' : 'kp-q';
    await expect(page).toHaveURL(`/app?${key}=alpha`);
    await page.evaluate(() => {
      const old = document.querySelector('kproxy-agents')!;
      old.before(old.cloneNode());
    });
    await expect(page.getByRole('searchbox', { name: 'Filter' })).toHaveCount(2);
    await page.evaluate(() => document.querySelectorAll('kproxy-agents')[1]!.remove());
    await expect(filter(page)).toHaveValue('alpha');
    await filter(page).fill('beta');
    await expect(page).toHaveURL(`/app?${key}=beta`);
    // And is its owner: another one does not get it.
    await page.evaluate(() => {
      const old = document.querySelector('kproxy-agents')!;
      old.after(old.cloneNode());
    });
    const second = page.getByRole('searchbox', { name: 'Filter' }).nth(1);
    await expect(second).toHaveValue('');
    await second.fill('gamma');
    await filter(page).first().fill('alpha');
    await expect(page).toHaveURL(`/app?${key}=alpha`);
  });
}

test('one that waits for the URL and goes away gets nothing', { tag: '@embedding.md#the-url' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await serveHost(page, '/app', '<kproxy-agents url-state="query"></kproxy-agents>'.repeat(3));
  await page.goto('/app?kp-q=alpha');
  const filters = page.getByRole('searchbox', { name: 'Filter' });
  await expect(filters).toHaveCount(3);
  await page.evaluate(() => document.querySelectorAll('kproxy-agents')[1]!.remove());
  await page.evaluate(() => document.querySelectorAll('kproxy-agents')[0]!.remove());
  await expect(filters).toHaveValue('alpha');
});

/* ---- What is not the page's ---- */

test('links, keys and scroll of the host stay the host\'s', { tag: '@embedding.md#the-url' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  const filler = '<p>Filler</p>'.repeat(80);
  const body = `
    <nav><a href="/app/help">Help</a> <a href="#far">Far down</a></nav>
    <p id="top">Up here</p>
    <main><kproxy-agents url-state="path" base-path="/app"></kproxy-agents></main>
    ${filler}
    <h2 id="far">Far</h2>`;
  await serveHost(page, '/app', body);
  await page.goto('/app/#top');
  await loaded(page);

  // Keys: the page hears Esc and takes no key away, wherever it is pressed.
  await page.evaluate(() => {
    const prevented: string[] = [];
    Object.assign(window, { prevented });
    addEventListener('keydown', (event) => event.defaultPrevented && prevented.push(event.key));
  });
  await page.locator('nav a').first().focus();
  for (const key of ['Escape', 'ArrowDown', 'Home', '+', '-', 'a', '/', 'Tab']) await page.keyboard.press(key);
  expect(await page.evaluate(() => (window as unknown as { prevented: string[] }).prevented)).toEqual([]);

  // Scroll: a view with a fragment does not pull the host's page to it.
  await list(page).scrollIntoViewIfNeeded();
  await page.evaluate(() => scrollTo(0, 700));
  await filter(page).evaluate((node) => {
    (node as HTMLInputElement).value = 'beta';
    node.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  });
  await expect(page).toHaveURL('/app/?q=beta#top');
  expect(await page.evaluate(() => scrollY)).toBe(700);
  expect(await page.evaluate(() => history.scrollRestoration)).toBe('auto');

  // Links: fragments work, and a link below the base is the host's.
  await page.locator('nav a').last().evaluate((node) => (node as HTMLElement).click());
  await expect(page).toHaveURL('/app/?q=beta#far');
  await expect(filter(page)).toHaveValue('beta');
  const asked = page.waitForRequest((request) => request.isNavigationRequest());
  await page.locator('nav a').first().evaluate((node) => (node as HTMLElement).click());
  expect(new URL((await asked).url()).pathname).toBe('/app/help');
  await expect(row(page, 'alpha')).toBeVisible();
});
