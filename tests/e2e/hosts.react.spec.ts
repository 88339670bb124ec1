/** The portal in React (tests/hosts/react), whose own router shows and hides the element. */
import { execFileSync } from 'node:child_process';

import type { Page } from '@playwright/test';

import { AGENTS, CSP, type Mock, SITES, expect, filter, list, loaded, refreshNow, row, status, test } from './fixtures';
import { expectLoadedOnce } from './view';

const HOME = '/hosts/react';
const PAGE = '/hosts/react/settings/kproxy-agents';

const FLEET = [
  { id: 'a', name: 'alpha', ageSecs: 60, devices: [{ id: 'edge/1', name: 'edge-1' }] },
  { id: 'b', name: 'beta', ageSecs: 60 },
  { id: 'c', name: 'gamma', ageSecs: 9000 },
];

/** A link of the portal's navigation. */
const link = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Portal' }).getByRole('link', { name, exact: true });

async function open(page: Page, mock: Mock, path = HOME) {
  await mock.fleet(FLEET);
  return (await page.goto(path))!;
}

test('the router mounts and unmounts the element', async ({ page, mock }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const response = await open(page, mock);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  // It comes when somebody wants to see it, and once.
  expect(asked.filter((path) => path.startsWith('/kproxy-agents/'))).toEqual([]);
  for (let visits = 1; visits <= 3; visits++) {
    await link(page, 'kproxy Agents').click();
    await expect(row(page, 'alpha')).toBeVisible();
    await loaded(page);
    expect(await mock.reads()).toHaveLength(visits);
    await link(page, 'Overview').click();
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
    await expect(page.locator('kproxy-agents')).toHaveCount(0);
    await expect(page).toHaveURL(HOME);
  }
  expectLoadedOnce(asked);
  // The strict policy is enough; violations fail every test.
  expect(response.headers()['content-security-policy']).toBe(CSP);
});

test('Back and Forward go through the host’s pages and the element’s views alike', async ({ page, mock }) => {
  await open(page, mock);
  await link(page, 'kproxy Agents').click();
  await loaded(page);
  await status(page).selectOption('healthy');
  await expect(page).toHaveURL(`${PAGE}?kp-status=healthy`);
  await filter(page).fill('alpha');
  await expect(page).toHaveURL(`${PAGE}?kp-q=alpha&kp-status=healthy`);
  await link(page, 'Overview').click();
  await expect(page).toHaveURL(HOME);

  await page.goBack();
  await expect(page).toHaveURL(`${PAGE}?kp-q=alpha&kp-status=healthy`);
  await expect(filter(page)).toHaveValue('alpha');
  await expect(status(page)).toHaveValue('healthy');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '2');
  await page.goBack();
  await expect(page).toHaveURL(PAGE);
  await expect(filter(page)).toHaveValue('');
  await expect(status(page)).toHaveValue('all');
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await page.goForward();
  await expect(list(page)).toHaveAttribute('aria-rowcount', '4');
  await page.goForward();
  await expect(filter(page)).toHaveValue('alpha');
  await page.goForward();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
});

test('a view that is left while its text is still settling leaves the next page’s URL alone', async ({ page, mock }) => {
  await open(page, mock, PAGE);
  await loaded(page);
  await filter(page).fill('beta');
  await link(page, 'Overview').click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await link(page, 'kproxy Agents').click();
  await loaded(page);
  await expect(page).toHaveURL(PAGE);
  await expect(filter(page)).toHaveValue('');
});

test('a reload and a link restore page and view', async ({ page, mock }) => {
  await open(page, mock, `${PAGE}?tab=agents&kp-q=gamma`);
  await expect(row(page, 'gamma')).toBeVisible();
  await expect(list(page)).toHaveAttribute('aria-rowcount', '2');
  await filter(page).fill('beta');
  await expect(page).toHaveURL(`${PAGE}?tab=agents&kp-q=beta`);
  await page.reload();
  await expect(row(page, 'beta')).toBeVisible();
  await expect(filter(page)).toHaveValue('beta');
});

/** The tokens that requests came with. */
const tokens = async (mock: Mock) =>
  ((await mock.requests()) as unknown as { headers: Record<string, string> }[]).map(
    ({ headers }) => headers['x-ch-auth-api-token'],
  );

test('the host’s headers go with every request', async ({ page, mock }) => {
  await open(page, mock, PAGE);
  await loaded(page);
  expect([...new Set(await tokens(mock))]).toEqual(['first-token']);
});

test('when the session is over the host signs in again, and the element goes on', async ({ page, mock }) => {
  await open(page, mock, PAGE);
  await loaded(page);
  await mock.fault([
    { route: AGENTS, status: 401 },
    { route: SITES, status: 401 },
  ]);
  await refreshNow(page, mock);
  const notice = page.getByRole('region', { name: 'Session' });
  await expect(notice).toBeVisible();
  await expect(row(page, 'alpha')).toBeVisible();
  await mock.heal();
  await mock.add({ id: 'd', name: 'delta', ageSecs: 60 });
  await mock.forget();
  await notice.getByRole('button', { name: 'Sign in again' }).click();
  await expect(row(page, 'delta')).toBeVisible();
  await expect(notice).toHaveCount(0);
  expect(await tokens(mock)).not.toContain('first-token');
});

test('a device leads to the host’s page of it, by the host’s router', async ({ page, mock }) => {
  await open(page, mock, PAGE);
  await loaded(page);
  await page.evaluate(() => Object.assign(window, { isSameDocument: true }));
  await page.getByRole('button', { name: 'Details for alpha' }).click();
  const device = page.getByRole('link', { name: 'edge-1' });
  await expect(device).toHaveAttribute('href', '/hosts/react/devices/edge%2F1');
  await device.click();
  await expect(page.getByRole('heading', { name: 'Device edge/1' })).toBeVisible();
  await expect(page).toHaveURL('/hosts/react/devices/edge%2F1');
  expect(await page.evaluate(() => 'isSameDocument' in window)).toBe(true);
  await page.goBack();
  await expect(page.getByRole('link', { name: 'edge-1' })).toBeVisible();
});

test('the host says what was saved', async ({ page, mock }) => {
  await open(page, mock, PAGE);
  await loaded(page);
  await page.getByRole('button', { name: 'Update alpha' }).click();
  const dialog = page.getByRole('dialog', { name: 'kproxy Agent' });
  await dialog.getByRole('textbox', { name: 'Description' }).fill('In the cellar');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('status').filter({ hasText: 'The agent was saved.' })).toBeVisible();
});

test('trouble with the API stays in the element; the host’s pages go on', async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await mock.fault({ route: AGENTS, status: 500 });
  await page.goto(PAGE);
  await expect(page.getByText('Could not load the agents')).toBeVisible();
  await link(page, 'Overview').click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await mock.heal();
  await link(page, 'kproxy Agents').click();
  await expect(row(page, 'alpha')).toBeVisible();
});

test('the host’s TypeScript and the element’s declarations agree', () => {
  execFileSync('node_modules/.bin/tsc', ['-p', '../hosts/react'], { encoding: 'utf8' });
});
