import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { deploy, expect, expectNames, hold, list, loaded, map, row, serveHost, test } from './fixtures';
import { ALPHA, GAMMA, markers, SITES } from './map-page';
import { breakProgram, details, dialog, exposeMemory, toggle } from './view';
import type { Page } from '@playwright/test';

const DIST = process.env.DIST ?? '../../dist';

const MAP = /\/assets\/map-[^/]*\.wasm$/;
/** The dialogs and the details. */
const LATER = /\/assets\/later-[^/]*\.wasm$/;

const add = (page: Page) => page.getByRole('button', { name: 'Add kproxy Agent' });
const adding = (page: Page) => dialog(page, 'Adding a kproxy Agent');
const tryAgain = (page: Page) => page.getByRole('button', { name: 'Try again' });
/** Something that only the dialog itself has. */
const guide = (page: Page) => adding(page).getByText(/^Install kproxy on a host/);

test.beforeEach(async ({ mock }) => {
  await mock.fleet([ALPHA, GAMMA], SITES);
});

test('the list waits neither for the map nor for dialogs and details', { tag: ['@page.md#layout/3', '@page.md#map/1'] }, async ({ page }) => {
  const release = await hold(page, MAP);
  const seen: string[] = [];
  page.on('request', (request) => seen.push(new URL(request.url()).pathname));
  await page.goto('/');
  await expectNames(page, ['alpha', 'gamma']);
  await expect(map(page).getByRole('status')).toHaveText('Loading…');
  // What is opened later does not keep the map waiting.
  expect(seen.filter((path) => LATER.test(path))).toEqual([]);
  release();
  await expect(markers(page)).toHaveCount(2);
  await expect(map(page).getByText('Loading…')).toHaveCount(0);
  await expect.poll(() => seen.filter((path) => LATER.test(path)).length).toBe(1);
});

test('a dialog whose part is on its way says so, and is there with it; focus returns in the end', { tag: '@page.md#layout/3' }, async ({ page }) => {
  const release = await hold(page, LATER);
  await page.goto('/');
  await loaded(page);
  await add(page).click();
  await expect(adding(page).getByRole('status')).toHaveText('Loading…');
  await page.keyboard.press('Escape');
  await expect(adding(page)).toHaveCount(0);
  await expect(add(page)).toBeFocused();

  await page.keyboard.press('Enter');
  await expect(adding(page).getByRole('status')).toHaveText('Loading…');
  release();
  await expect(guide(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(adding(page)).toHaveCount(0);
  await expect(add(page)).toBeFocused();
});

test('a link to a dialog opens it as soon as it can be built', { tag: '@page.md#url/1' }, async ({ page }) => {
  const release = await hold(page, LATER);
  await page.goto('/agents/a/remove');
  await expect(dialog(page, 'Remove kproxy Agent').getByRole('status')).toHaveText('Loading…');
  release();
  await expect(page.getByRole('alertdialog', { name: 'Remove kproxy Agent' })).toContainText('Remove alpha?');
});

test('details whose part is on its way say so, and are there with it', { tag: '@page.md#layout/3' }, async ({ page }) => {
  const release = await hold(page, LATER);
  await page.goto('/?agent=a');
  await loaded(page);
  await expect(row(page, 'alpha').getByRole('status')).toHaveText('Loading…');
  release();
  await expect(details(page, 'alpha')).toBeVisible();
  // From now on they are there in the same frame.
  const isThere = await toggle(page, 'gamma').evaluate((button) => {
    (button as HTMLElement).click();
    return new Promise((done) => requestAnimationFrame(() => done(button.parentElement!.querySelector('.kp-detail-facts') !== null)));
  });
  expect(isThere).toBe(true);
});

test('a dialog that cannot be had: a plain message, Try again, and the focus stays', { tag: '@page.md#layout/4' }, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await page.clock.install();
  await page.route(LATER, (route) => route.abort());
  await page.goto('/');
  await loaded(page);
  await add(page).click();
  await expect(adding(page).getByRole('alert')).toHaveText('Could not load this dialog');
  await tryAgain(page).focus();
  await page.keyboard.press('Enter');
  await expect(adding(page).getByRole('alert')).toHaveText('Could not load this dialog');
  await expect(tryAgain(page)).toBeFocused();
  await page.unroute(LATER);
  await page.keyboard.press('Enter');
  await expect(guide(page)).toBeVisible();
});

test('details that cannot be had: a plain message, and they come by themselves', { tag: '@page.md#layout/4' }, async ({ page, mock }) => {
  mock.expectsFailures = true;
  let times = 0;
  await page.route(LATER, (route) => (times++ < 2 ? route.abort() : route.continue()));
  await page.goto('/?agent=a');
  await loaded(page);
  await expect(row(page, 'alpha').getByRole('alert')).toHaveText('Could not load the details');
  await expect(details(page, 'alpha')).toBeVisible();
  expect(times).toBe(3);
});

test('without their style neither map nor details are shown, and they come by themselves', { tag: '@page.md#layout/4' }, async ({ page, mock }) => {
  mock.expectsFailures = true;
  let isHere = false;
  await page.route(/\/assets\/later-\w+\.css/, (route) => (isHere ? route.continue() : route.abort()));
  await page.goto('/?agent=a');
  await loaded(page);
  await expect(row(page, 'alpha').getByRole('alert')).toHaveText('Could not load the details');
  await expect(map(page).getByRole('alert')).toHaveText('Could not load the map. The list below is complete');
  isHere = true;
  await expect(details(page, 'alpha')).toBeVisible();
  await expect(markers(page)).toHaveCount(2);
});

test('a map that cannot be had: a plain message, and Try again leads to the map', { tag: ['@page.md#layout/4', '@page.md#map/25'] }, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await page.clock.install();
  await page.route(MAP, (route) => route.abort());
  await page.goto('/');
  await page.clock.runFor(1_000);
  await expect(map(page).getByRole('alert')).toHaveText('Could not load the map. The list below is complete');
  await expect(list(page)).toContainText('alpha');
  await page.unroute(MAP);
  await tryAgain(page).focus();
  await page.keyboard.press('Enter');
  await expect(map(page).getByRole('alert')).toHaveCount(0);
  await page.clock.runFor(1_000);
  await expect(markers(page)).toHaveCount(2);
  await expect(map(page).getByRole('group', { name: /^Map/ })).toBeFocused();
});

test('a part that never comes is given up after 30 s, and asked for again', { tag: '@page.md#layout/4' }, async ({ page }) => {
  await page.clock.install();
  let times = 0;
  await page.route(LATER, (route) => (times++ === 0 ? undefined : route.continue()));
  await page.goto('/add');
  await expect.poll(() => times).toBe(1);
  await page.clock.runFor(29_000);
  expect(times).toBe(1);
  await expect(adding(page).getByRole('status')).toHaveText('Loading…');
  await page.clock.runFor(2_000);
  await expect(adding(page).getByRole('alert')).toHaveText('Could not load this dialog');
  await page.clock.runFor(2_000);
  await expect.poll(() => times).toBe(2);
  await expect(guide(page)).toBeVisible();
});

for (const [what, part, link] of [
  ['the dialogs', LATER, '/add'],
  ['the map', MAP, '/'],
] as const) {
  test(`where a deploy took away ${what}, the page says so, and Reload loads the new one`, {
    tag: ['@page.md#layout/5', '@embedding.md#serving-it'],
  }, async ({ page, mock }) => {
    mock.expectsFailures = true;
    await deploy(page, part);
    await page.goto(link);
    await expect(page.getByRole('alert').filter({ hasText: 'This page has been updated. Reload it.' })).toBeVisible();
    await expect(tryAgain(page)).toHaveCount(0);
    await page.getByRole('button', { name: 'Reload' }).click();
    if (part === MAP) await expect(markers(page)).toHaveCount(2);
    else await expect(guide(page)).toBeVisible();
  });
}

test('a part that arrives after a panic is not entered', async ({ page, mock }) => {
  mock.expectedErrors.push(/^Console: kp-error panic: /, /^Uncaught: RuntimeError: /);
  const release = await hold(page, LATER);
  await exposeMemory(page);
  await page.addInitScript(() => {
    const { instantiate } = WebAssembly;
    Object.assign(window, { instances: 0 });
    WebAssembly.instantiate = (...args: Parameters<typeof instantiate>) => {
      (window as unknown as { instances: number }).instances++;
      return instantiate(...args);
    };
  });
  const instances = () => page.evaluate(() => (window as unknown as { instances: number }).instances);
  await page.goto('/');
  await loaded(page);
  await expect(markers(page)).toHaveCount(2);
  await add(page).click();
  await expect(adding(page).getByRole('status')).toHaveText('Loading…');
  await breakProgram(page);
  await expect(page.getByRole('alert')).toContainText('this page has stopped', { timeout: 20_000 });
  const before = await instances();
  const arrived = page.waitForResponse(LATER);
  release();
  await arrived;
  // A program that starts again gets the same file into its own memory.
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(adding(page)).toBeVisible();
  await expect(guide(page)).toBeVisible();
  await expect(markers(page)).toHaveCount(2);
  // Its main part, and each of the other files once; the dead one got none.
  expect(await instances()).toBe(before + 4);
});

test('parts come under a strict policy, without their media type, for several elements once', async ({ page }) => {
  const files: string[] = [];
  await page.route(/\.wasm$/, async (route) => {
    const { pathname } = new URL(route.request().url());
    files.push(pathname.replace(/-[0-9a-f]{10}\./, '.'));
    await route.fulfill({ contentType: 'application/octet-stream', body: readFileSync(join(DIST, pathname)) });
  });
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents><kproxy-agents></kproxy-agents>');
  await page.goto('/portal');
  await expect(markers(page).first()).toBeVisible();
  await add(page).first().click();
  await expect(guide(page)).toBeVisible();
  await page.keyboard.press('Escape');
  // The first goes, and what it has loaded serves the second.
  await page.evaluate(() => document.querySelector('kproxy-agents')!.remove());
  await add(page).click();
  await expect(guide(page)).toBeVisible();
  expect([...new Set(files)].length).toBe(files.length);
});
