/** The single-spa shell (tests/hosts/single-spa), one of whose applications is the element. */
import type { Page } from '@playwright/test';

import { type Mock, expect, filter, list, loaded, row, status, test } from './fixtures';
import { expectLoadedOnce } from './view';

const HOME = '/hosts/single-spa/';
const PAGE = '/hosts/single-spa/agents';

const FLEET = [
  { id: 'a', name: 'alpha', ageSecs: 60 },
  { id: 'b', name: 'beta', ageSecs: 60 },
  { id: 'c', name: 'gamma', ageSecs: 9000 },
];

/** A link of the shell's navigation. */
const link = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Portal' }).getByRole('link', { name, exact: true });

const overview = (page: Page) => page.getByRole('heading', { name: 'Overview' });

async function open(page: Page, mock: Mock, path = HOME) {
  await mock.fleet(FLEET);
  return (await page.goto(path))!;
}

test('the shell mounts and unmounts the element as one of its applications', async ({ page, mock }) => {
  const programs: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('.wasm')) programs.push(request.url());
  });
  await open(page, mock);
  await expect(overview(page)).toBeVisible();
  for (let visits = 1; visits <= 3; visits++) {
    await link(page, 'kproxy Agents').click();
    await expect(row(page, 'alpha')).toBeVisible();
    await loaded(page);
    await expect(overview(page)).toHaveCount(0);
    expect(await mock.reads()).toHaveLength(visits);
    await link(page, 'Overview').click();
    await expect(overview(page)).toBeVisible();
    await expect(page.locator('kproxy-agents')).toHaveCount(0);
    await expect(page).toHaveURL(HOME);
  }
  expectLoadedOnce(programs);
});

test('Back and Forward go through applications and the element’s views alike', async ({ page, mock }) => {
  await open(page, mock);
  await link(page, 'kproxy Agents').click();
  await loaded(page);
  await status(page).selectOption('healthy');
  await filter(page).fill('alpha');
  await expect(page).toHaveURL(`${PAGE}?kp-q=alpha&kp-status=healthy`);
  await link(page, 'Overview').click();
  await expect(overview(page)).toBeVisible();
  await expect(page).toHaveURL(HOME);

  await page.goBack();
  await expect(filter(page)).toHaveValue('alpha');
  await expect(status(page)).toHaveValue('healthy');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '2');
  await page.goBack();
  await expect(status(page)).toHaveValue('all');
  await expect(filter(page)).toHaveValue('');
  await page.goBack();
  await expect(overview(page)).toBeVisible();
  await page.goForward();
  await expect(list(page)).toHaveAttribute('aria-rowcount', '4');
});

test('the shell’s popstate events, which follow every change of the URL, disturb no typing', async ({ page, mock }) => {
  await open(page, mock, PAGE);
  await loaded(page);
  // Slowly enough for the URL to follow in the midst of it.
  await filter(page).pressSequentially('alpha beta gamma', { delay: 90 });
  await expect(filter(page)).toHaveValue('alpha beta gamma');
  await expect(page).toHaveURL(`${PAGE}?kp-q=alpha+beta+gamma`);
  await expect(page.getByText('No agents match')).toBeVisible();
});

test('a dialog opens and closes by the URL in the shell, too', async ({ page, mock }) => {
  await open(page, mock, PAGE);
  await loaded(page);
  await page.getByRole('button', { name: 'Update alpha' }).click();
  const dialog = page.getByRole('dialog', { name: 'kproxy Agent' });
  await expect(dialog).toBeVisible();
  await expect(page).toHaveURL(`${PAGE}?kp-dialog=edit&kp-id=a`);
  await page.goBack();
  await expect(dialog).toHaveCount(0);
  await page.goForward();
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL(PAGE);
});

test('a reload and a link restore application and view', async ({ page, mock }) => {
  await open(page, mock, `${PAGE}?kp-q=gamma`);
  await expect(row(page, 'gamma')).toBeVisible();
  await expect(list(page)).toHaveAttribute('aria-rowcount', '2');
  await page.reload();
  await expect(filter(page)).toHaveValue('gamma');
});

test('the strict policy is enough, but for the hash of the import map', async ({ page, mock }) => {
  const response = await open(page, mock, PAGE);
  await loaded(page);
  // Violations fail every test.
  expect(response.headers()['content-security-policy']).toMatch(
    /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-[\w+/]{43}='; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'$/,
  );
});
