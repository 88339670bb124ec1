import { CSP, eventsOf, expect, expectNames, filter, list, loaded, map, refreshNow, row, serveHost, setAttribute, status, test, type Mock } from './fixtures';
import type { Page } from '@playwright/test';

const SITE = { id: 's1', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const FLEET = [
  { id: 'a', name: '<img src=x onerror=alert(1)>', ageSecs: 60, siteId: 's1' },
  { id: 'b', name: 'beta', ageSecs: 32 * 60, siteId: 's1' },
  { id: 'c', name: 'gamma', ageSecs: 3600 },
  { id: 'd', name: 'delta' },
];

const TRUSTED_TYPES = `${CSP}; require-trusted-types-for 'script'; trusted-types kproxy-agents`;

/** Goes to all corners of the page; fails on the way where something is not there. */
async function lookAround(page: Page, mock: Mock) {
  await loaded(page);
  const marker = map(page).locator('button[data-marker]').first();
  await marker.hover();
  await expect(page.getByRole('group', { name: '2 agents, worst status Warning' })).toBeVisible();
  await marker.click();
  await page.keyboard.press('Escape');
  for (const name of ['Zoom in', 'Zoom out', 'Fit']) await map(page).getByRole('button', { name }).click();
  await map(page).getByRole('button', { name: /have no location/ }).click();
  await page.getByRole('button', { name: 'Remove filter: No location' }).click();
  await row(page, 'beta').locator('time').hover();
  await page.getByRole('columnheader', { name: 'Version' }).getByRole('button').click();
  await status(page).selectOption({ index: 2 });
  await filter(page).fill('nothing of the kind');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  for (const theme of ['dark', 'light']) await setAttribute(page, 'theme', theme);
  await setAttribute(page, 'heading-level', '2');
  await mock.patch('b', { name: 'beta-2' });
  await refreshNow(page, mock);
  await expect(row(page, 'beta-2')).toBeVisible();
  await mock.fault({ route: 'GET /kproxy/v202611/agents', status: 503 });
  await refreshNow(page, mock);
  await expect(page.getByText('Could not refresh the agents')).toBeVisible();
  await mock.heal();
  await refreshNow(page, mock);
  await expect(list(page)).toHaveAttribute('aria-rowcount', '5');
}

/** Counts violations from here on, of all kinds and dispositions. */
async function countViolations(page: Page) {
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    addEventListener('securitypolicyviolation', ({ violatedDirective, sample, blockedURI }) =>
      violations.push([violatedDirective, blockedURI, sample].join(' ')),
    );
  });
  return () => page.evaluate(() => (window as unknown as { violations: string[] }).violations);
}

test('the strict Content-Security-Policy is enough: no violation anywhere', {
  tag: '@embedding.md#content-security-policy',
}, async ({ page, mock }) => {
  await mock.fleet(FLEET, [SITE]);
  const violations = await countViolations(page);
  const response = await page.goto('/');
  expect(response!.headers()['content-security-policy']).toBe(CSP);
  await lookAround(page, mock);
  expect(await violations()).toEqual([]);
});

test('a violation is counted', async ({ page, mock }) => {
  mock.expectedErrors.push(/CSP violation: style-src/, /Applying inline style violates/);
  await mock.fleet(FLEET);
  const violations = await countViolations(page);
  await page.goto('/');
  await page.evaluate(() => document.body.append(document.createRange().createContextualFragment('<i style="color: red">')));
  await expect.poll(violations).toEqual([expect.stringContaining('style-src-attr inline')]);
});

test('Trusted Types can be demanded, with the one policy allowed', { tag: '@embedding.md#trusted-types' }, async ({ page, mock }) => {
  mock.expectedErrors.push(/CSP violation: require-trusted-types-for/, /requires 'TrustedHTML'/);
  await mock.fleet(FLEET, [SITE]);
  const violations = await countViolations(page);
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>', TRUSTED_TYPES);
  await page.goto('/portal');
  await lookAround(page, mock);
  expect(await violations()).toEqual([]);
  // It really is demanded.
  const taken = page.evaluate(() => void (document.createElement('i').innerHTML = '<b></b>'));
  await expect(taken).rejects.toThrow('TrustedHTML');
  await expect.poll(violations).toHaveLength(1);
});

test('a host without Trusted Types of its own needs to allow no policy', { tag: '@embedding.md#trusted-types' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>', `${CSP}; require-trusted-types-for 'script'`);
  await page.goto('/portal');
  await expectNames(page, ['gamma', 'beta', 'delta', FLEET[0]!.name!]);
});

test('an allowlist of policies alone, without the demand, does no harm', { tag: '@embedding.md#trusted-types' }, async ({ page, mock }) => {
  mock.expectedErrors.push(/CSP violation: trusted-types/, /trusted-types/);
  await mock.fleet(FLEET);
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>', `${CSP}; trusted-types portal`);
  await page.goto('/portal');
  await expect(row(page, 'gamma')).toBeVisible();
});

test('Trusted Types without the policy: a plain message', { tag: '@embedding.md#trusted-types' }, async ({ page, mock }) => {
  mock.expectedErrors.push(/CSP violation: (trusted-types|require-trusted-types-for)/, /[Tt]rusted ?[Tt]ype/, /requires 'TrustedHTML'/, /kp-error load/);
  const events = await eventsOf(page);
  await serveHost(page, '/portal', '<kproxy-agents></kproxy-agents>', TRUSTED_TYPES.replace('trusted-types kproxy-agents', 'trusted-types portal'));
  await page.goto('/portal');
  await expect(page.getByRole('alert')).toContainText('This page could not be started: a security policy of this site forbids it.');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  expect((await events('error')).map(([, { kind }]) => kind)).toEqual(['load']);
});
