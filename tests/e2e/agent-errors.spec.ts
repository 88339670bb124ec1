import { AGENTS, AT, expect, list, loaded, refresh, row, test, type Mock } from './fixtures';
import {
  ALPHA, answer, BARE, button, dialog, field, FRANKFURT, open, opener, openOf, OSLO, PATCH, POST_SITE, problem, question, READ_ONE, save,
  saveAndClose, site, values,
} from './agent-dialog';
import { refreshQuietly } from './view';
import type { Page } from '@playwright/test';

const patches = async (mock: Mock) => (await mock.sent('PATCH')).map(({ body }) => body.agent);

const badRequest = (fieldViolations: { field: string; description: string }[]) =>
  JSON.stringify({
    code: 3,
    message: 'Some fields are not valid.',
    details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }],
  });

const TYPED = { name: 'beta', description: 'Rack 8\nthird row', privateIp: 'fd00::1' };

async function type(page: Page) {
  await field(page, 'Name').fill(TYPED.name);
  await field(page, 'Description').fill(TYPED.description);
  await field(page, 'Private IP').fill(TYPED.privateIp);
}

/** Goes wrong, in each of the calls that Save makes. What is wrong stands on top. */
for (const [what, fault, said] of [
  ['400 that names no field', { status: 400, body: '{"code": 3, "message": "Frozen <b>today</b>."}' }, 'Frozen <b>today</b>'],
  ['400 about a field that is not in the dialog', { status: 400, body: badRequest([{ field: 'agent.flow_port', description: 'Not so.' }]) }, 'Not so'],
  ['401', { status: 401 }, 'Your session has expired. Sign in again, then try again'],
  ['403', { status: 403 }, 'You may look at the agents, but not change them'],
  ['418', { status: 418, body: '{"message": "a <i>teapot</i>"}' }, 'an unexpected answer (HTTP 418): a <i>teapot</i>'],
  ['500', { status: 500 }, 'The server is having trouble (HTTP 500)'],
  ['502 with an HTML body', { status: 502, body: '<!doctype html><h1>Bad gateway</h1>' }, 'The server is having trouble (HTTP 502)'],
  ['503 with an HTML body', { status: 503, body: '<html>' }, 'The server is having trouble (HTTP 503)'],
  ['504 with an empty body', { status: 504, body: '' }, 'The server is having trouble (HTTP 504)'],
  ['HTML with 200', { body: '<!doctype html><title>Sign in</title>' }, 'You may be signed out'],
  ['JSON that is cut short', { body: '{"agent": {"id": "a", "na' }, "The server's answer could not be read"],
  ['a wrong type inside', { body: '{"agent": {"id": "a", "name": 7}, "site": {"id": "s", "title": []}}' }, /could not be read at (agent\.name|site\.title)/],
  ['a body that is cut off', { body: '{"agent": {"id": "a", "name": "b"}}', cutOff: 20 }, 'The server could not be reached'],
  ['a connection that breaks', { body: '{}', cutOff: 0 }, 'The server could not be reached'],
] as const) {
  test(`${what}: says so, loses nothing typed, and saves once all is well`, {
    tag: ['@page.md#agent-dialog/8', '@agent-api.md#errors'],
  }, async ({ page, mock }) => {
    mock.expectsFailures = true;
    await open(page, mock);
    await type(page);
    await button(page, 'Create a New Site').click();
    await field(page, 'Site Name').fill('Bergen');
    await field(page, 'Street Address').fill('1 Bryggen');
    const expectStillThere = async () => {
      await expect(problem(page)).toContainText(said);
      await expect(problem(page)).toBeInViewport();
      await expect(save(page)).toBeFocused();
      await expect(save(page)).not.toHaveAttribute('aria-busy');
      await expect(save(page)).not.toHaveAttribute('aria-disabled');
      for (const [label, text] of [['Name', TYPED.name], ['Description', TYPED.description], ['Private IP', TYPED.privateIp]] as const) {
        await expect(field(page, label)).toHaveValue(text);
      }
      expect(await dialog(page).locator('b, i, h1').count()).toBe(0);
    };

    // The site cannot be created.
    await mock.fault({ route: POST_SITE, ...fault });
    await save(page).click();
    await expectStillThere();
    await expect(field(page, 'Site Name')).toHaveValue('Bergen');
    await expect(field(page, 'Street Address')).toHaveValue('1 Bryggen');
    expect(await patches(mock)).toEqual([]);

    // The site can be, but the agent cannot be saved.
    await mock.heal();
    await mock.fault({ route: PATCH, ...fault });
    await save(page).click();
    await expect(site(page)).toHaveValue('Bergen');
    await expectStillThere();

    // Somebody else was quicker, and what they did cannot be read.
    await mock.heal();
    await mock.patch('a', { version: '7.49.0', description: 'theirs' });
    await mock.patch('a', { description: TYPED.description });
    await mock.fault({ route: READ_ONE, ...fault });
    await save(page).click();
    await expectStillThere();

    await mock.heal();
    await saveAndClose(page);
    await expect(row(page, 'beta')).toContainText('Bergen');
    await expect(row(page, 'beta')).toContainText('fd00::1');
    await openOf(page, 'beta');
    expect(await values(page)).toEqual({ ...TYPED, site: 'Bergen' });
    const sites: { title: string }[] = await page.evaluate(async () => (await (await fetch('/site/v202509/sites')).json()).sites);
    expect(sites.filter(({ title }) => title === 'Bergen')).toHaveLength(1);
  });
}

test('400: each violation stands beside its field, the first is focused, and typing takes it away', {
  tag: ['@page.md#agent-dialog/8', '@agent-api.md#errors/1'],
}, async ({ page, mock }) => {
  await open(page, mock);
  const labels = { 'agent.name': 'Name', 'agent.description': 'Description', 'agent.private_ip': 'Private IP' };
  const fieldViolations = [...Object.keys(labels), 'agent.site_id'].map((field) => ({ field, description: `Not a <b>good</b> ${field}.` }));
  await mock.fault({ route: PATCH, status: 400, times: 1, body: badRequest(fieldViolations) });
  await type(page);
  await save(page).click();
  await expect(site(page)).toHaveAccessibleDescription('Not a <b>good</b> agent.site_id');
  for (const [path, label] of Object.entries(labels)) {
    await expect(field(page, label)).toHaveAttribute('aria-invalid', 'true');
    await expect(field(page, label)).toHaveAccessibleDescription(`Not a <b>good</b> ${path}`);
  }
  await expect(field(page, 'Name')).toBeFocused();
  await expect(problem(page)).toBeHidden();
  expect(await values(page)).toEqual({ ...TYPED, site: 'Frankfurt DC' });
  for (const label of Object.values(labels)) {
    await field(page, label).press('End');
    await field(page, label).pressSequentially('0');
    await expect(field(page, label)).not.toHaveAttribute('aria-invalid');
  }
  await saveAndClose(page);
  await expect(row(page, 'beta0')).toBeVisible();
});

test('400: what has no field in the dialog stands on top, beside what has one', {
  tag: ['@page.md#agent-dialog/8', '@agent-api.md#errors/1'],
}, async ({ page, mock }) => {
  await open(page, mock);
  const fieldViolations = [
    { field: 'agent.private_ip', description: '' },
    { field: 'agent.flow_port', description: 'A port that is taken' },
  ];
  await mock.fault({ route: PATCH, status: 400, times: 1, body: badRequest(fieldViolations) });
  await type(page);
  await save(page).click();
  await expect(field(page, 'Private IP')).toHaveAccessibleDescription('The server does not accept this');
  await expect(problem(page)).toHaveText('A port that is taken');
  await expect(field(page, 'Private IP')).toBeFocused();
  await saveAndClose(page);
});

test('400: a site that is gone since is said beside Site, and another can be chosen', {
  tag: ['@page.md#agent-dialog/8', '@agent-api.md#errors/1'],
}, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await open(page, mock);
  await site(page).fill('oslo branch');
  await site(page).press('Tab');
  await mock.removeSite('s2');
  await field(page, 'Name').fill('beta');
  await save(page).click();
  await expect(site(page)).toHaveAccessibleDescription('There is no site "s2"');
  await expect(site(page)).toBeFocused();
  await expect(field(page, 'Name')).toHaveValue('beta');
  await site(page).press('ArrowDown');
  await site(page).fill('Frankfurt DC');
  await site(page).press('Enter');
  await saveAndClose(page);
  expect((await patches(mock)).at(-1)).toEqual({ name: 'beta', etag: 'e1' });
});

test('401: after sign-in nothing is saved by itself', {
  tag: ['@page.md#agent-dialog/8', '@agent-api.md#errors/2'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault([{ route: PATCH, status: 401 }, { route: AGENTS, status: 401 }]);
  await type(page);
  await save(page).click();
  await expect(problem(page)).toContainText('Your session has expired');
  await mock.heal();
  const before = (await mock.reads()).length;
  await refreshQuietly(page);
  await expect.poll(async () => (await mock.reads()).length).toBeGreaterThan(before);
  await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
  expect(await patches(mock)).toHaveLength(1);
  await saveAndClose(page);
  expect(await patches(mock)).toHaveLength(2);
});

test('404 on Save: the row goes, the dialog stays with what was typed, Save is off', {
  tag: ['@page.md#agent-dialog/9', '@agent-api.md#errors/4'],
}, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await mock.fleet([ALPHA, BARE], [FRANKFURT, OSLO]);
  await page.goto('/?agent=a');
  await loaded(page);
  await openOf(page, 'alpha');
  await type(page);
  await mock.remove('a');
  await save(page).click();
  await expect(problem(page)).toContainText('This agent no longer exists, so it cannot be saved');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '2');
  await expect(opener(page)).toBeHidden();
  await expect(dialog(page)).toBeVisible();
  expect(await values(page)).toEqual({ ...TYPED, site: 'Frankfurt DC' });
  await expect(save(page)).toHaveAttribute('aria-disabled', 'true');
  await expect(save(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await field(page, 'Name').press('Enter');
  expect(await patches(mock)).toHaveLength(1);
  // What was typed is not lost without being asked for.
  await button(page, 'Cancel').click();
  await answer(page, 'Discard').click();
  await expect(dialog(page)).toBeHidden();
  await expect(page).toHaveURL('/');
  await expect(list(page)).toBeFocused();
});

test('404 for a new site says nothing of the agent, which stays', { tag: '@page.md#agent-dialog/9' }, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: POST_SITE, status: 404, times: 1 });
  await button(page, 'Create a New Site').click();
  await field(page, 'Site Name').fill('Bergen');
  await field(page, 'Street Address').fill('1 Bryggen');
  await save(page).click();
  await expect(problem(page)).toContainText('This no longer exists');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '3');
  await expect(field(page, 'Site Name')).toHaveValue('Bergen');
  await saveAndClose(page);
  await expect(row(page, 'alpha')).toContainText('Bergen');
});

for (const [what, headers, until, secs] of [
  ['Retry-After in seconds', { 'retry-after': '40' }, '12:00:40 PM', 40],
  ['Retry-After as a date', { 'retry-after': new Date(AT.getTime() + 40_000).toUTCString() }, '12:00:40 PM', 40],
  ['no Retry-After', {}, '12:00:10 PM', 10],
] as const) {
  test(`429 with ${what}: says until when, then Save is on again`, {
    tag: ['@page.md#agent-dialog/8', '@agent-api.md#errors/8'],
  }, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await open(page, mock);
    await page.clock.pauseAt(new Date(AT.getTime() + 600_000));
    await page.clock.setSystemTime(AT);
    await mock.fault({ route: PATCH, status: 429, headers });
    await type(page);
    await save(page).click();
    await expect(problem(page)).toHaveText(`Too many requests; you can save again at ${until}`);
    await expect(save(page)).toHaveAttribute('aria-disabled', 'true');
    await expect(save(page)).toBeFocused();
    await mock.heal();
    await page.clock.runFor((secs - 1) * 1_000);
    await page.keyboard.press('Enter');
    await field(page, 'Name').press('Enter');
    expect(await patches(mock)).toHaveLength(1);
    expect(await values(page)).toEqual({ ...TYPED, site: 'Frankfurt DC' });
    await page.clock.runFor(2_000);
    await expect(problem(page)).toBeHidden();
    await expect(save(page)).not.toHaveAttribute('aria-disabled');
    await save(page).click();
    await page.clock.runFor(1_000);
    await expect(dialog(page)).toBeHidden();
    await expect(row(page, 'beta')).toBeVisible();
  });
}

test('a list that cannot be read behind the dialog disturbs nothing in it', { tag: '@page.md#agent-dialog/10' }, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await open(page, mock);
  await type(page);
  await field(page, 'Description').focus();
  for (const fault of [{ status: 401 }, { status: 403 }, { status: 503, body: '<html>' }, { body: '{"agents": 7}' }, { cutOff: 0 }]) {
    await mock.fault({ route: AGENTS, ...fault });
    await refreshQuietly(page);
    await expect(page.getByText('Could not refresh the agents')).toBeVisible();
    await expect(field(page, 'Description')).toBeFocused();
    expect(await values(page)).toEqual({ ...TYPED, site: 'Frankfurt DC' });
    await mock.heal();
    await refreshQuietly(page);
    await expect(page.getByText('Could not refresh the agents')).toBeHidden();
  }
  await saveAndClose(page);
  await expect(row(page, 'beta')).toBeVisible();
});

test('a failed save is seen and heard, however far down one was', { tag: '@page.md#agent-dialog/8' }, async ({ page, mock }) => {
  await page.setViewportSize({ width: 320, height: 360 });
  await open(page, mock);
  await mock.fault({ route: PATCH, status: 503, times: 1 });
  await field(page, 'Name').fill('beta');
  await button(page, 'Create a New Site').focus();
  await expect(field(page, 'Name')).not.toBeInViewport();
  await save(page).click();
  await expect(problem(page)).toBeInViewport({ ratio: 1 });
  await expect(question(page)).toBeHidden();
  await saveAndClose(page);
});

/** Opens the dialog under a clock that the test moves. */
async function openWithClock(page: Page, mock: Mock) {
  await page.clock.install({ time: AT });
  mock.expectsFailures = true;
  await open(page, mock);
}

test('a Save without an answer says that it may have been saved, keeps all, and a second one settles it', {
  tag: ['@page.md#agent-dialog/14', '@agent-api.md#errors/15'],
}, async ({ page, mock }) => {
  await openWithClock(page, mock);
  // It never gets to the server.
  await page.route('**/agents/a', (route) => (route.request().method() === 'PATCH' ? undefined : route.continue()), { times: 1 });
  await type(page);
  await save(page).click();
  await expect(save(page)).toHaveAttribute('aria-busy', 'true');
  await page.clock.runFor(29_000);
  await expect(problem(page)).toBeHidden();
  await page.clock.runFor(2_000);
  await expect(problem(page)).toContainText('No answer; it may have been saved');
  await expect(save(page)).not.toHaveAttribute('aria-busy', 'true');
  expect(await values(page)).toEqual({ ...TYPED, site: 'Frankfurt DC' });
  expect((await mock.requests()).filter(({ method, path }) => method === 'GET' && path.endsWith('/agents/a'))).toHaveLength(1);
  await saveAndClose(page);
  await expect(row(page, 'beta')).toBeVisible();
});

test('a Save without an answer that was done all the same closes the dialog once the agent is read', {
  tag: ['@page.md#agent-dialog/14', '@agent-api.md#errors/15'],
}, async ({ page, mock }) => {
  await openWithClock(page, mock);
  await mock.fault({ route: PATCH, hold: 'save', times: 1 });
  await field(page, 'Name').fill('beta');
  await save(page).click();
  await expect.poll(() => patches(mock)).toHaveLength(1);
  await page.clock.runFor(31_000);
  await expect(dialog(page)).toBeHidden();
  await expect(row(page, 'beta')).toBeVisible();
  expect(await patches(mock)).toHaveLength(1);
});

test.describe('in Germany', () => {
  test.use({ locale: 'de-DE' });

  test('numbers in messages have the separators of the locale', { tag: '@page.md#texts/1' }, async ({ page, mock }) => {
    await open(page, mock);
    await field(page, 'Description').fill('x'.repeat(12_345));
    await save(page).click();
    await expect(field(page, 'Description')).toHaveAccessibleDescription(/Use at most 1\.024 characters; these are 12\.345/);
    await button(page, 'Cancel').click();
    await question(page).getByRole('button', { name: 'Discard' }).click();
    await list(page).getByRole('button', { name: 'Remove alpha' }).click();
    const asks = page.getByRole('alertdialog', { name: 'Remove kproxy Agent' });
    await mock.fault({ route: 'DELETE /kproxy/v202611/agents/{id}', status: 429, headers: { 'retry-after': '1234' } });
    await asks.getByRole('button', { name: 'Remove' }).click();
    await expect(asks.getByRole('alert')).toHaveText(/try again in 1\.234 seconds/);
  });
});

/** The answers to everything that Save sends are lost, after it was done. */
async function loseAnswers(page: Page, method: string) {
  await page.route(/\/(agents\/a|sites)$/, async (route) => {
    if (route.request().method() !== method) return route.fallback();
    await route.fetch();
    await route.abort('connectionreset');
  });
}

test('a Save that was done though the connection broke closes the dialog once the agent is read', {
  tag: ['@page.md#agent-dialog/14', '@agent-api.md#errors/10'],
}, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await open(page, mock);
  await loseAnswers(page, 'PATCH');
  await field(page, 'Name').fill('beta');
  await save(page).click();
  await expect(dialog(page)).toBeHidden();
  await expect(row(page, 'beta')).toBeVisible();
  expect(await patches(mock)).toHaveLength(1);
});

test('a Save that broke off shows what others have saved since, and overwrites nothing of it', {
  tag: ['@page.md#agent-dialog/14', '@agent-api.md#errors/10'],
}, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await open(page, mock);
  await mock.patch('a', { description: 'by somebody else', name: 'theirs' });
  await page.route(/\/agents\/a$/, (route) => (route.request().method() === 'PATCH' ? route.abort('connectionreset') : route.fallback()));
  await field(page, 'Name').fill('mine');
  await save(page).click();
  await expect(field(page, 'Description')).toHaveValue('by somebody else');
  await expect(dialog(page).getByRole('button', { name: /Keep mine/ })).toBeVisible();
  await expect(field(page, 'Name')).toHaveValue('mine');
  expect(await patches(mock)).toEqual([]);
});

test('a new site that was made though the connection broke is found, and not made twice', {
  tag: ['@page.md#agent-dialog/14', '@agent-api.md#errors/10'],
}, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await open(page, mock);
  await loseAnswers(page, 'POST');
  await button(page, 'Create a New Site').click();
  await field(page, 'Site Name').fill('Bergen');
  await field(page, 'Street Address').fill('1 Bryggen');
  await save(page).click();
  await expect(dialog(page)).toBeHidden();
  await expect(row(page, 'alpha')).toContainText('Bergen');
  expect(await mock.sent('POST')).toHaveLength(1);
  expect(await patches(mock)).toHaveLength(1);
});

test('a new site whose creation has no answer is looked for, and not made twice', {
  tag: ['@page.md#agent-dialog/14', '@agent-api.md#errors/15'],
}, async ({ page, mock }) => {
  await openWithClock(page, mock);
  await mock.fault({ route: POST_SITE, hold: 'site', times: 1 });
  await button(page, 'Create a New Site').click();
  await field(page, 'Site Name').fill('Bergen');
  await field(page, 'Street Address').fill('1 Bryggen');
  await save(page).click();
  await expect.poll(async () => (await mock.sent('POST')).length).toBe(1);
  await page.clock.runFor(31_000);
  await expect(dialog(page)).toBeHidden();
  await expect(row(page, 'alpha')).toContainText('Bergen');
  expect(await patches(mock)).toHaveLength(1);
  expect(await mock.sent('POST')).toHaveLength(1);
});
