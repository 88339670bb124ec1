import { AGENTS, CSP, eventsOf, expect, expectNames, filter, list, loaded, map, refresh, refreshNow, row, serveHost, setAttribute, status, test, type Mock } from './fixtures';
import type { Page } from '@playwright/test';

const SITE = { id: 's1', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const FLEET = [
  { id: 'a', name: '<img src=x onerror=alert(1)>', ageSecs: 60, siteId: 's1' },
  { id: 'b', name: 'beta', ageSecs: 32 * 60, siteId: 's1', lastSeen: new Date(Date.now() - 2_000_000).toISOString() },
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

/* ---- docs/security.md: what has no test elsewhere ---- */

test('keys of prototypes are keys like any other', { tag: '@page.md#texts/3' }, async ({ page, mock }) => {
  await mock.fleet(FLEET, [SITE]);
  const json = `{"id": "__proto__", "name": "constructor", "siteId": "__proto__", "__proto__": {"polluted": 1},
    "constructor": {"prototype": {"polluted": 1}}, "devices": [{"id": "__proto__", "name": "toString"}]}`;
  await mock.fault({ route: AGENTS, malformed: { agentIndex: 1, json } });
  await page.goto('/?agent=__proto__&__proto__[polluted]=1');
  await loaded(page);
  await row(page, 'constructor').hover();
  await expect(page.getByRole('group', { name: 'Details of constructor' })).toContainText('toString');
  expect(await page.evaluate(() => [({} as Record<string, unknown>).polluted, typeof {}.toString])).toEqual([undefined, 'function']);
});

test('a link opens a dialog or a view, and changes nothing', { tag: '@page.md#url/1' }, async ({ page, mock }) => {
  await mock.fleet(FLEET, [SITE]);
  for (const [link, name] of [
    ['/agents/b/remove', 'Remove kproxy Agent'],
    ['/agents/b/edit', 'kproxy Agent'],
    ['/add', 'Adding a kproxy Agent'],
  ] as const) {
    await page.goto(link);
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  }
  const text = '<img src=x onerror=alert(1)>';
  await page.goto(`/?q=${encodeURIComponent(text)}&status=javascript:alert(1)&agent=${encodeURIComponent('../../x')}`);
  await expect(filter(page)).toHaveValue(text);
  await expectNames(page, [text]);
  expect((await mock.requests()).filter(({ method }) => method !== 'GET')).toEqual([]);
});

for (const [what, body] of [
  ['too deep', `{"agents": ${'['.repeat(200_000)}`],
  ['a name of a megabyte', JSON.stringify({ agents: [{ id: 'a', name: 'gamma'.repeat(200_000) }] })],
  ['20,000 devices on one agent', JSON.stringify({ agents: [{ id: 'a', name: 'gamma', devices: Array.from({ length: 20_000 }, (_, i) => ({ id: `${i}`, name: `<b>${i}` })) }] })],
] as const) {
  test(`an answer that is out of all proportion leaves the page usable: ${what}`, {
    tag: '@agent-api.md#errors',
  }, async ({ page, mock }) => {
    mock.expectsFailures = true;
    await mock.fleet(FLEET, [SITE]);
    await mock.fault({ route: AGENTS, body });
    await page.goto('/?agent=a');
    await expect(page.getByText('Could not load the agents').or(row(page, 'gamma')).first()).toBeVisible();
    await filter(page).fill('gamma');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await page.locator('kproxy-agents').evaluate((node) => node.shadowRoot!.querySelectorAll('*').length)).toBeLessThan(2_000);
    await mock.heal();
    await page.locator('kproxy-agents').evaluate((node) => (node as unknown as { refresh(): void }).refresh());
    await expectNames(page, ['gamma']);
  });
}

test("a backend's words are one short line of text", { tag: '@page.md#texts/3' }, async ({ page, mock }) => {
  await mock.fleet(FLEET, [SITE]);
  await page.goto('/');
  await loaded(page);
  const message = `<a href="javascript:alert(1)">Sign in</a>\n\u202E${'x'.repeat(10_000)}`;
  await mock.fault({ route: AGENTS, status: 400, body: JSON.stringify({ code: 3, message }) });
  await refresh(page).click();
  const notice = page.getByRole('status').filter({ hasText: 'Could not refresh the agents' });
  await expect(notice).toContainText('<a href="javascript:alert(1)">Sign in</a>');
  await expect(notice.getByRole('link')).toHaveCount(0);
  expect((await notice.textContent())!.length).toBeLessThan(400);
});

test('nothing is asked of any other origin', { tag: '@embedding.md#content-security-policy' }, async ({ page, mock, baseURL }) => {
  await mock.fleet(FLEET, [SITE]);
  const origins = new Set<string>();
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto('/');
  await lookAround(page, mock);
  expect([...origins].filter((origin) => origin !== 'null')).toEqual([baseURL]);
});

test('what changes something is sent as JSON: other origins cannot send that unasked', { tag: '@agent-api.md#conventions/2' }, async ({ page, mock }) => {
  await mock.fleet(FLEET, [SITE]);
  await page.goto('/agents/b/edit');
  await page.getByLabel('Name').fill('beta-2');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(row(page, 'beta-2')).toBeVisible();
  const [patch] = (await mock.requests()).filter(({ method }) => method === 'PATCH');
  expect(patch!.headers['content-type']).toMatch(/^application\/json/);
});
