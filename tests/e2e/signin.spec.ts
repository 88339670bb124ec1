import { AGENTS, AT, cell, eventsOf, expect, expectNames, list, loaded, names, refresh, refreshNow, row, serveHost, SITES, test, type Mock } from './fixtures';
import type { Page } from '@playwright/test';

const FLEET = [{ id: 'a', name: 'alpha', ageSecs: 60 }];

type Element = HTMLElement & { authHeaders?: () => unknown };

/** Shows `FLEET`, with the clock installed, and tells how often a sign-in was asked for. */
async function show(page: Page, mock: Mock) {
  await page.clock.install({ time: AT });
  await mock.fleet(FLEET);
  const events = await eventsOf(page);
  await page.goto('/');
  await loaded(page);
  return async () => (await events('auth-required')).length;
}

/** Keeps the latest `retry` of the element's. */
const keepRetry = (page: Page) =>
  page.evaluate(() =>
    addEventListener('kp-auth-required', (event) => Object.assign(window, { retry: (event as CustomEvent).detail.retry })),
  );

const retry = (page: Page) => page.evaluate(() => (window as unknown as { retry(): void }).retry());

const calls = async (mock: Mock) => (await mock.requests()).length;

test('a session that ends asks the host once, pauses, and goes on by retry()', {
  tag: ['@agent-api.md#errors/2', '@embedding.md#sign-in'],
}, async ({ page, mock }) => {
  const asked = await show(page, mock);
  await keepRetry(page);
  await mock.fault([
    { route: AGENTS, status: 401 },
    { route: SITES, status: 401 },
  ]);
  await page.clock.runFor(65_000);
  await expect.poll(asked).toBe(1);
  await expect(page.getByText('Your session has expired; sign in again')).toBeVisible();
  await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
  expect(await names(page)).toEqual(['alpha']);

  // Neither time nor attention brings it back to reading.
  const before = await calls(mock);
  await page.clock.runFor(300_000);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.clock.runFor(300_000);
  expect(await calls(mock)).toBe(before);

  // The user may try; the host is not asked again.
  await refreshNow(page, mock);
  expect(await asked()).toBe(1);

  await mock.heal();
  await mock.add({ id: 'b', name: 'beta', ageSecs: 60 });
  await retry(page);
  await expectNames(page, ['alpha', 'beta']);
  await expect(page.getByText('sign in again')).toBeHidden();
  expect(await asked()).toBe(1);

  // It reads by itself again, and retry() means nothing more.
  await retry(page);
  const after = (await mock.reads()).length;
  await page.clock.runFor(65_000);
  await expect.poll(async () => (await mock.reads()).length).toBe(after + 1);
});

test('a refusal after retry() asks again', { tag: '@embedding.md#sign-in' }, async ({ page, mock }) => {
  const asked = await show(page, mock);
  await keepRetry(page);
  await mock.fault({ route: AGENTS, status: 401 });
  await refreshNow(page, mock);
  expect(await asked()).toBe(1);
  await retry(page);
  await expect.poll(asked).toBe(2);
  await mock.heal();
  await retry(page);
  await page.clock.runFor(10_000);
  await expect(page.getByText('sign in again')).toBeHidden();
});

test('the session of another end, found by Refresh, ends the pause', { tag: '@embedding.md#sign-in' }, async ({ page, mock }) => {
  const asked = await show(page, mock);
  await mock.fault({ route: AGENTS, status: 401, times: 1 });
  await refreshNow(page, mock);
  await expect(page.getByText('sign in again')).toBeVisible();
  await refreshNow(page, mock);
  await expect(page.getByText('sign in again')).toBeHidden();
  await mock.fault({ route: AGENTS, status: 401, times: 1 });
  await refreshNow(page, mock);
  expect(await asked()).toBe(2);
});

test('a host that retries at once does not call in a circle', { tag: '@embedding.md#sign-in' }, async ({ page, mock }) => {
  const asked = await show(page, mock);
  await page.evaluate(() => addEventListener('kp-auth-required', (event) => (event as CustomEvent).detail.retry()));
  // Time stands still.
  await page.clock.pauseAt(new Date(AT.getTime() + 600_000));
  await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
  await mock.fault({ route: AGENTS, status: 401 });
  const before = (await mock.reads()).length;
  const tries = async () => (await mock.reads()).length - before;
  await refresh(page).click();
  await expect.poll(tries).toBe(2);
  await expect.poll(asked).toBe(2);
  await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
  expect(await tries()).toBe(2);
  // The pauses grow up to some seconds, and no further.
  await page.clock.runFor(1_000);
  await expect.poll(asked).toBe(3);
  await page.clock.runFor(500);
  expect(await tries()).toBe(3);
  await mock.heal();
  await page.clock.runFor(10_000);
  await expect(page.getByText('sign in again')).toBeHidden();
});

test('sites alone that are refused ask for a sign-in, too', { tag: '@agent-api.md#errors/2' }, async ({ page, mock }) => {
  const asked = await show(page, mock);
  await keepRetry(page);
  await mock.fault({ route: SITES, status: 401, times: 1 });
  await refreshNow(page, mock);
  await expect.poll(asked).toBe(1);
  await expect(page.getByText('sign in again')).toBeVisible();
  await retry(page);
  await expect(page.getByText('sign in again')).toBeHidden();
});

test('a first read that is refused goes on after sign-in', { tag: '@agent-api.md#errors/2' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  await mock.fault({ route: AGENTS, status: 401 });
  const events = await eventsOf(page);
  await page.addInitScript(() =>
    addEventListener('kp-auth-required', (event) => Object.assign(window, { retry: (event as CustomEvent).detail.retry })),
  );
  await page.goto('/');
  await expect(page.getByRole('alert').filter({ hasText: 'sign in again' })).toBeVisible();
  await mock.heal();
  await retry(page);
  await expectNames(page, ['alpha']);
  // No failure of a call is told where a sign-in is asked for; `retry` is no JSON.
  await expect.poll(events).toEqual([
    ['auth-required', {}],
    ['ready', {}],
  ]);
});

test('retry() after the element is gone does nothing', async ({ page, mock }) => {
  const asked = await show(page, mock);
  await keepRetry(page);
  await mock.fault({ route: AGENTS, status: 401 });
  await refreshNow(page, mock);
  expect(await asked()).toBe(1);
  await page.locator('kproxy-agents').evaluate((node) => node.remove());
  await expect(list(page)).toHaveCount(0);
  const before = await calls(mock);
  await retry(page);
  await page.clock.runFor(60_000);
  expect(await calls(mock)).toBe(before);
});

/* ---- authHeaders ---- */

/** The headers that the page's calls carry from here on. */
async function watchHeaders(page: Page) {
  const seen: Record<string, string>[] = [];
  await page.route(/\/(kproxy|site)\/v/, async (route) => {
    seen.push(await route.request().allHeaders());
    await route.continue();
  });
  return seen;
}

test('authHeaders, set before the element is defined, gives headers for each call', {
  tag: ['@agent-api.md#conventions/8', '@embedding.md#properties'],
}, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  const seen = await watchHeaders(page);
  await serveHost(page, '/portal', '<main><kproxy-agents></kproxy-agents></main>');
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route('**/kproxy-agents.js', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/portal', { waitUntil: 'commit' });
  await page.locator('kproxy-agents').evaluate((node) => {
    let calls = 0;
    (node as Element).authHeaders = async () => {
      const call = ++calls;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { 'X-CH-Auth-Email': 'ops@example.com', 'X-CH-Auth-API-Token': `token-${call}`, 'x-left-out': undefined };
    };
  });
  letGo();
  await loaded(page);
  await refreshNow(page, mock);
  expect(seen).toHaveLength(4);
  for (const headers of seen) {
    expect(headers).toMatchObject({ 'x-ch-auth-email': 'ops@example.com', accept: 'application/json' });
    expect(headers).not.toHaveProperty('x-left-out');
  }
  expect(new Set(seen.map((headers) => headers['x-ch-auth-api-token']))).toEqual(
    new Set(['token-1', 'token-2', 'token-3', 'token-4']),
  );
});

test('authHeaders may answer at once, with Headers, or with nothing', { tag: '@embedding.md#properties' }, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  const seen = await watchHeaders(page);
  await page.goto('/');
  await loaded(page);
  for (const [kind, expected] of [
    ['object', 'one'],
    ['headers', 'two'],
    ['nothing', undefined],
    ['null', undefined],
    ['no function', undefined],
  ] as const) {
    await page.locator('kproxy-agents').evaluate((node, kind) => {
      const answers: Record<string, unknown> = {
        object: () => ({ 'X-Key': 'one' }),
        headers: () => new Headers({ 'X-Key': 'two' }),
        nothing: () => undefined,
        null: () => null,
        'no function': 'X-Key: three',
      };
      (node as Element).authHeaders = answers[kind] as () => unknown;
    }, kind);
    seen.length = 0;
    await refreshNow(page, mock);
    expect(seen.map((headers) => headers['x-key']), kind).toStrictEqual([expected, expected]);
  }
});

for (const [what, authHeaders] of [
  ['throws', () => { throw new Error('s3cret'); }],
  ['rejects', () => Promise.reject(new Error('s3cret'))],
  ['gives what is no header', () => ({ 'X-Key': 's3cret\nX: y' })],
  ['gives what throws when looked at', () => ({ get 'X-Key'() { throw new Error('s3cret'); } })],
] as const) {
  test(`authHeaders that ${what} counts as signed out, and is told nowhere`, {
    tag: '@embedding.md#properties',
  }, async ({ page, mock }) => {
    const logged: string[] = [];
    page.on('console', (message) => logged.push(message.text()));
    await mock.fleet(FLEET);
    const events = await eventsOf(page);
    await page.goto('/');
    await loaded(page);
    await keepRetry(page);
    const before = await calls(mock);
    // Goes over as text: the page's policy forbids eval, so Playwright's own way in is used.
    await page.evaluate(`document.querySelector('kproxy-agents').authHeaders = ${authHeaders}`);
    await refresh(page).click();
    await expect.poll(async () => (await events('auth-required')).length).toBe(1);
    await expect(page.getByText('sign in again')).toBeVisible();
    expect(await calls(mock)).toBe(before);
    expect(JSON.stringify(await events())).not.toContain('s3cret');
    expect(logged.join()).not.toContain('s3cret');
    expect(await page.locator('kproxy-agents').evaluate((node) => node.shadowRoot!.textContent)).not.toContain('s3cret');

    await page.locator('kproxy-agents').evaluate((node) => ((node as Element).authHeaders = () => ({})));
    await retry(page);
    await expect(page.getByText('sign in again')).toBeHidden();
    expect(await calls(mock)).toBe(before + 2);
  });
}

test('authHeaders set while the first calls are under way has them made again', {
  tag: '@embedding.md#properties',
}, async ({ page, mock }) => {
  await mock.fleet(FLEET);
  let refusals = 0;
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(/\/(kproxy|site)\/v/, async (route) => {
    if (route.request().headers()['x-key'] === 'k') return route.continue();
    refusals += 1;
    await held;
    await route.fulfill({ status: 401, json: { code: 16, message: 'who are you?', details: [] } }).catch(() => {});
  });
  mock.expectsFailures = true;
  const events = await eventsOf(page);
  await page.goto('/');
  await expect.poll(() => refusals).toBeGreaterThan(0);
  await page.locator('kproxy-agents').evaluate((node) => ((node as Element).authHeaders = () => ({ 'X-Key': 'k' })));
  await expectNames(page, ['alpha']);
  letGo();
  await refreshNow(page, mock);
  await expect(cell(row(page, 'alpha'), 'Agent name')).toHaveText('alpha');
  expect(await events('auth-required')).toEqual([]);
});

/* ---- In dialogs ---- */

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });
const PATCH = 'PATCH /kproxy/v202611/agents/{id}';
const CREDENTIALS = 'GET /kproxy/v202611/credentials';

test('a Save that is refused asks for a sign-in, keeps what was typed, and is not repeated by itself', {
  tag: ['@agent-api.md#errors/2', '@embedding.md#sign-in'],
}, async ({ page, mock }) => {
  const asked = await show(page, mock);
  await keepRetry(page);
  await page.getByRole('button', { name: 'Update alpha' }).click();
  const edit = dialog(page, 'kproxy Agent');
  const name = edit.getByRole('textbox', { name: 'Name' });
  await name.fill('alpha-typed');
  await mock.fault({ route: PATCH, status: 401, times: 1 });
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(edit.getByRole('alert')).toContainText('Your session has expired');
  expect(await asked()).toBe(1);
  const reads = (await mock.reads()).length;
  await page.clock.runFor(300_000);
  expect(await mock.reads()).toHaveLength(reads);

  await retry(page);
  await expect(edit.getByText('Your session has expired')).toBeHidden();
  await expect.poll(async () => (await mock.reads()).length).toBe(reads + 1);
  await expect(name).toHaveValue('alpha-typed');
  const saves = async () => (await mock.requests()).filter(({ method }) => method === 'PATCH').length;
  expect(await saves()).toBe(1);
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(edit).toBeHidden();
  expect(await saves()).toBe(2);
  await expect(row(page, 'alpha-typed')).toBeVisible();
  await expect(page.getByText('sign in again')).toBeHidden();
});

test('credentials that were refused are read again after sign-in; nothing is looked for meanwhile', {
  tag: '@agent-api.md#errors/2',
}, async ({ page, mock }) => {
  const asked = await show(page, mock);
  await keepRetry(page);
  await mock.fault({ route: CREDENTIALS, status: 401, times: 1 });
  await page.getByRole('button', { name: 'Add kproxy Agent' }).click();
  const add = dialog(page, 'Adding a kproxy Agent');
  await expect(add.getByRole('alert')).toContainText('Your session has expired');
  expect(await asked()).toBe(1);
  const before = await calls(mock);
  await page.clock.runFor(60_000);
  expect(await calls(mock)).toBe(before);
  await retry(page);
  await expect(add.getByRole('alert')).toHaveCount(0);
  await expect(add.getByText('Hidden; Copy includes it')).toBeVisible();
});
