/** The portal in plain HTML (tests/hosts/plain): hostile style sheets, and two elements side by side. */
import type { Locator, Page } from '@playwright/test';

import { AGENTS, AT, CSP, type Mock, expect, hold, test } from './fixtures';
import { expectLoadedOnce } from './view';

test.use({ viewport: { width: 1600, height: 900 } });

const pane = (page: Page, name: 'By day' | 'By night') => page.getByRole('region', { name });
const rows = (pane: Locator) => pane.getByRole('table', { name: 'kproxy Agents' }).getByRole('row');
const filter = (pane: Locator) => pane.getByRole('searchbox', { name: 'Filter' });

const FLEET = [
  { id: 'a', name: 'alpha', siteId: 'oslo', ageSecs: 60 },
  { id: 'b', name: 'beta', siteId: 'lima', ageSecs: 60 },
];
const PLACES = [
  { id: 'oslo', title: 'Oslo', lat: 59.9, lon: 10.7 },
  { id: 'lima', title: 'Lima', lat: -12, lon: -77 },
];

async function open(page: Page, mock: Mock, query = '') {
  await mock.fleet(FLEET, PLACES);
  const response = await page.goto(`/hosts/plain/${query}`);
  for (const name of ['By day', 'By night'] as const) {
    await expect(pane(page, name).getByText(/^Updated /)).toBeVisible();
  }
  return response!;
}

/** All that the hostile style sheet touches, and what else shows in how something looks. */
const PROPERTIES = [
  ...['display', 'position', 'visibility', 'opacity', 'box-sizing', 'margin', 'padding', 'border', 'border-radius', 'gap'],
  ...['overflow', 'flex', 'align-items', 'grid-template-columns', 'inset', 'z-index', 'border-collapse', 'list-style'],
  ...['color', 'background', 'fill', 'stroke', 'color-scheme', 'accent-color', 'caret-color', 'outline', 'box-shadow'],
  ...['font', 'font-family', 'letter-spacing', 'word-spacing', 'line-height', 'text-align', 'text-decoration'],
  ...['text-indent', 'text-shadow', 'text-transform', 'white-space', 'tab-size', 'hyphens', 'word-break', 'direction'],
  ...['cursor', 'pointer-events', 'user-select', 'animation-name', 'transition', 'transform', 'filter', 'zoom'],
];

/** How everything inside the elements looks: each node's size and style, by its path. */
const looks = (page: Page) =>
  page.evaluate((properties) => {
    const found: Record<string, string[]> = {};
    const look = (node: Element, path: string) => {
      const { width, height } = node.getBoundingClientRect();
      const style = getComputedStyle(node);
      const lines = properties.map((property) => `${property}: ${style.getPropertyValue(property)}`);
      found[path] = [`size: ${width} × ${height}`, ...lines];
      [...node.children].forEach((child, i) => look(child, `${path} > ${child.className || child.localName}:${i}`));
    };
    document.querySelectorAll('kproxy-agents').forEach((host, i) => {
      for (const child of host.shadowRoot!.children) look(child, `${i}: ${child.className}`);
    });
    return found;
  }, PROPERTIES);

test('hostile style sheets do not reach in', async ({ page, mock }) => {
  await page.clock.setFixedTime(AT);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, mock);
  await expect(page.locator('.kp-land').last()).toBeAttached();
  await filter(pane(page, 'By day')).focus();
  const hostile = await looks(page);
  const paths = Object.keys(hostile);
  expect(paths.length).toBeGreaterThan(200);
  // The same portal without them.
  await page.evaluate(() => {
    const sheet = [...document.styleSheets].find(({ href }) => href?.endsWith('hostile.css'));
    sheet!.disabled = true;
  });
  await expect(page.locator('kproxy-agents').first()).toHaveCSS('font-style', 'normal');
  const own = await looks(page);
  expect(Object.keys(own)).toEqual(paths);
  const differences = paths.flatMap((path) =>
    hostile[path].filter((line, i) => line !== own[path][i]).map((line) => `${path}: ${line}`),
  );
  expect(differences.slice(0, 20)).toEqual([]);
});

test('hostile style sheets do not reach what stands there while the page loads', async ({ page, mock }) => {
  await mock.fleet(FLEET, PLACES);
  const release = await hold(page, /\.wasm$/);
  await page.goto('/hosts/plain/');
  const message = pane(page, 'By day').getByText('Loading…');
  await expect(message).toBeVisible();
  await expect(message).toHaveCSS('letter-spacing', 'normal');
  // The page's own size: it stands in the page's outlines.
  await expect(message).toHaveCSS('font-size', '14px');
  await expect(message).toHaveCSS('font-style', 'normal');
  release();
});

test('two elements share nothing but code', async ({ page, mock }) => {
  const programs: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('.wasm')) programs.push(request.url());
  });
  await open(page, mock);
  expectLoadedOnce(programs);
  expect(await mock.reads()).toHaveLength(2);
  const [day, night] = [pane(page, 'By day'), pane(page, 'By night')];
  const surface = (pane: Locator) =>
    pane.getByRole('table', { name: 'kproxy Agents' }).evaluate((node) => getComputedStyle(node).color);
  expect(await surface(day)).not.toBe(await surface(night));

  // Filters, order, and a status are each one's own; the URL is the second's alone.
  await filter(day).fill('alpha');
  await expect(rows(day)).toHaveCount(2);
  await filter(night).fill('beta');
  await expect(rows(night)).toHaveCount(2);
  await expect(page).toHaveURL('/hosts/plain/?kp-q=beta');
  await expect(rows(day).nth(1)).toContainText('alpha');
  await day.getByRole('button', { name: 'Agent name', exact: true }).click();
  await expect(day.getByRole('columnheader', { name: 'Agent name' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(night.getByRole('columnheader', { name: 'Agent name' })).toHaveAttribute('aria-sort', 'none');

  // One read is one read.
  await mock.forget();
  await night.getByRole('button', { name: 'Refresh', exact: true }).click();
  await expect.poll(async () => (await mock.reads()).length).toBe(1);

  // Removing one leaves the other as it is.
  await page.locator('kproxy-agents').first().evaluate((node) => node.remove());
  await filter(night).fill('');
  await expect(rows(night)).toHaveCount(3);
  await expect(page).toHaveURL('/hosts/plain/');
});

test('a link restores the view of the element that owns the URL, and the host’s own keys stay', async ({ page, mock }) => {
  await open(page, mock, '?lang=en&kp-status=pending#flow');
  await expect(pane(page, 'By night').getByRole('combobox', { name: 'Status' })).toHaveValue('pending');
  await expect(pane(page, 'By day').getByRole('combobox', { name: 'Status' })).toHaveValue('all');
  await pane(page, 'By night').getByRole('combobox', { name: 'Status' }).selectOption('all');
  await expect(page).toHaveURL('/hosts/plain/?lang=en#flow');
  await page.goBack();
  await expect(pane(page, 'By night').getByRole('combobox', { name: 'Status' })).toHaveValue('pending');
});

test('the strict policy is enough', async ({ page, mock }) => {
  // Violations fail every test.
  const response = await open(page, mock);
  expect(response.headers()['content-security-policy']).toBe(CSP);
});

test('each element tells the host by itself', async ({ page, mock }) => {
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    for (const type of ['kp-ready', 'kp-error']) {
      document.addEventListener(type, (event) => {
        const pane = (event.target as Element).closest('section')!.ariaLabel;
        seen.push([pane, type, (event as CustomEvent).detail?.kind].filter(Boolean).join(' '));
      });
    }
  });
  await open(page, mock);
  const seen = () => page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect((await seen()).sort()).toEqual(['By day kp-ready', 'By night kp-ready']);
  await mock.fault({ route: AGENTS, status: 500 });
  const refresh = () =>
    page.locator('kproxy-agents').last().evaluate((node) => (node as HTMLElement & { refresh(): void }).refresh());
  await refresh();
  await expect.poll(seen).toContain('By night kp-error api');
  expect(await seen()).not.toContain('By day kp-error api');
});
