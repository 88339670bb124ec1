import { AGENTS, ago, AT, cell, count, expect, expectNames, list, loaded, names, refresh, refreshNow, row, SITES, test } from './fixtures';

const SITE = { id: 's1', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const FLEET = [
  { id: 'a', name: 'alpha', ageSecs: 60, siteId: 's1', lastSeen: ago(100) },
  { id: 'b', name: 'beta', ageSecs: 60, siteId: 's1', lastSeen: ago(100) },
  { id: 'c', name: 'gamma', ageSecs: 60, siteId: 's1', lastSeen: ago(100) },
];

for (const [what, fault, reason] of [
  ['500', { status: 500 }, /server|trouble|500/i],
  ['503 with an HTML body', { status: 503, body: '<!doctype html><h1>Bad gateway</h1>' }, /server|trouble|503/i],
  ['HTML with 200', { body: '<!doctype html><title>Sign in</title>' }, /may be signed out/],
  ['a body that is cut off', { cutOff: 40 }, /reached|connection|answer|cut/i],
  ['a connection that is dropped', { cutOff: 0 }, /reached|connection/i],
  ['401', { status: 401 }, /sign in/i],
  ['403', { status: 403 }, /not allowed/i],
] as const) {
  test(`first load: ${what} says why, and Try again works`, {
    tag: ['@page.md#empty-states/4', '@agent-api.md#errors'],
  }, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await mock.fleet(FLEET, [SITE]);
    mock.expectsFailures = true;
    await mock.fault({ route: AGENTS, ...fault });
    await page.goto('/');
    const problem = page.getByRole('alert').filter({ hasText: 'Could not load the agents' });
    await expect(problem).toBeVisible();
    await expect(problem).toContainText(reason);
    await expect(problem).not.toContainText('<');
    await expect(list(page)).not.toHaveAttribute('aria-busy', 'true');
    // From here on time stands still, so that no retry by itself gets in before the button.
    await page.clock.pauseAt(new Date(AT.getTime() + 600_000));
    await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
    await mock.heal();
    const tryAgain = problem.getByRole('button', { name: 'Try again' });
    await tryAgain.click();
    await expectNames(page, ['alpha', 'beta', 'gamma']);
    await expect(problem).toBeHidden();
  });
}

test('a failure at first is tried again by itself, though auto-refresh is off', { tag: '@page.md#reading/10' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await page.addInitScript(() => localStorage.setItem('kp-auto-refresh', 'off'));
  await mock.fleet(FLEET, [SITE]);
  await mock.fault({ route: AGENTS, status: 503, times: 2 });
  await page.goto('/');
  await expect(page.getByText('Could not load the agents')).toBeVisible();
  await expect(async () => {
    await page.clock.runFor(5_000);
    expect(await names(page)).toEqual(['alpha', 'beta', 'gamma']);
  }).toPass();
});

for (const [what, fault] of [
  ['503', { status: 503 }],
  ['401', { status: 401 }],
  ['HTML with 200', { body: '<html>' }],
  ['a wrong type inside', { body: '{"agents": 7}' }],
] as const) {
  test(`a later refresh that fails with ${what} keeps the data, marked stale`, {
    tag: ['@page.md#reading/9', '@agent-api.md#errors/9'],
  }, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await mock.fleet(FLEET, [SITE]);
    await page.goto('/');
    await loaded(page);
    mock.expectsFailures = true;
    await mock.fault({ route: AGENTS, ...fault });
    await refresh(page).click();
    const notice = page.getByRole('status').filter({ hasText: 'Could not refresh the agents' });
    await expect(notice).toBeVisible();
    await expect(page.getByText(/^Updated .*\(stale\)$/)).toBeVisible();
    expect(await names(page)).toEqual(['alpha', 'beta', 'gamma']);
    await mock.heal();
    await refresh(page).click();
    await expect(notice).toBeHidden();
    await expect(page.getByText('(stale)')).toBeHidden();
  });
}

test('a malformed agent costs itself alone', {
  tag: ['@page.md#reading/12', '@agent-api.md#errors/18', '@agent-api.md#errors/19', '@agent-api.md#agent/18', '@agent-api.md#agent/19', '@agent-api.md#incremental-refresh/4'],
}, async ({ page, mock }) => {
  for (const [i, json] of ['{"id": true}', '["x", "name"]', '"\\ud83d"', '{"id": "x", "name": "\\ud83d"}', 'null'].entries()) {
    await mock.fleet(FLEET, [SITE]);
    await mock.fault({ route: AGENTS, malformed: { agentIndex: 1, json } });
    await (i === 0 ? page.goto('/') : page.reload());
    await expect(page.getByText('1 agent could not be read'), json).toBeVisible();
    await expect(list(page)).toHaveAttribute('aria-rowcount', '3');
    await expect(count(page)).toHaveText('2 agents');
  }
  await mock.heal();
  await refreshNow(page, mock);
  await expect(page.getByText('could not be read')).toBeHidden();
  await expect(list(page)).toHaveAttribute('aria-rowcount', '4');
  // After an agent that could not be read, the next read is whole.
  expect((await mock.reads()).at(-1)!.query).not.toContain('syncToken');
});

test('sites that cannot be read hide no agent', { tag: ['@page.md#reading/3', '@agent-api.md#list-sites/1'] }, async ({ page, mock }) => {
  await mock.fleet(FLEET, [SITE]);
  await mock.fault({ route: SITES, status: 500 });
  await page.goto('/');
  await expectNames(page, ['alpha', 'beta', 'gamma']);
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('…');
  await expect(page.getByText('Could not read the sites')).toBeVisible();
  await mock.heal();
  await refreshNow(page, mock);
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Frankfurt DC');
  await expect(page.getByText('Could not read the sites')).toBeHidden();
});

test('no notice outlives what it tells', { tag: ['@page.md#reading/9', '@page.md#url/11'] }, async ({ page, mock }) => {
  await mock.fleet([...FLEET, { id: 'z', name: 'zulu' }], [SITE]);
  await mock.fault([
    { route: AGENTS, malformed: { agentIndex: 1, json: '{"id": true}' } },
    { route: SITES, status: 500 },
  ]);
  await page.goto('/?agent=nobody');
  const notices = page.getByRole('status').locator('.kp-notice');
  for (const text of ['1 agent could not be read', 'Could not read the sites', 'The agent that this link leads to no longer exists']) {
    await expect(notices.filter({ hasText: text })).toHaveCount(1);
  }
  await mock.heal();
  await mock.fault({ route: AGENTS, status: 500 });
  await refresh(page).click();
  await expect(notices.filter({ hasText: 'Could not refresh the agents' })).toHaveCount(1);
  await mock.heal();
  await mock.add({ id: 'nobody', name: 'somebody' });
  await refreshNow(page, mock);
  await expect(row(page, 'somebody')).toBeVisible();
  await expect(notices).toHaveCount(0);
});

test('sites that never answer hide no agent', { tag: '@page.md#reading/3' }, async ({ page, mock }) => {
  await mock.fleet(FLEET, [SITE]);
  await mock.fault({ route: SITES, hold: 'sites' });
  await page.goto('/');
  await expectNames(page, ['alpha', 'beta', 'gamma']);
  await mock.release('sites');
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Frankfurt DC');
});

test('a malformed site costs itself alone, and is told', { tag: ['@agent-api.md#list-sites/1', '@page.md#reading/14'] }, async ({ page, mock }) => {
  await mock.fleet([FLEET[0]!, { ...FLEET[1]!, siteId: 's2' }], [SITE, { ...SITE, id: 's2', title: 'Geneva DC' }]);
  await mock.fault({ route: SITES, malformed: { siteIndex: 0, json: '{"id": []}' } });
  await page.goto('/');
  await loaded(page);
  await expectNames(page, ['alpha', 'beta']);
  const titles = () => Promise.all(['alpha', 'beta'].map((name) => cell(row(page, name), 'Site').textContent()));
  await expect.poll(async () => (await titles()).filter((title) => title === '…')).toHaveLength(1);
  await expect(page.getByText('1 site could not be read')).toBeVisible();
  await mock.heal();
  await refreshNow(page, mock);
  await expect(page.getByText('1 site could not be read')).toBeHidden();
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Frankfurt DC');
  await expect(cell(row(page, 'beta'), 'Site')).toHaveText('Geneva DC');
});

for (const [status, tag] of [[429, '@agent-api.md#errors/8'], [503, '@agent-api.md#errors/12']] as const) {
  test(`${status} with Retry-After is waited out, and says until when`, {
    tag: ['@page.md#reading/11', tag],
  }, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await mock.fleet(FLEET, [SITE]);
    await page.goto('/');
    await loaded(page);
    await mock.fault({ route: AGENTS, status, headers: { 'retry-after': '120' } });
    await refresh(page).click();
    await expect(page.getByText(/Retrying at 12:0[23]:\d\d PM/)).toBeVisible();
    await mock.heal();
    const before = (await mock.reads()).length;
    await refresh(page).click();
    await page.clock.runFor(90_000);
    expect(await mock.reads()).toHaveLength(before);
    expect(await names(page)).toEqual(['alpha', 'beta', 'gamma']);
    await page.clock.runFor(40_000);
    await expect.poll(async () => (await mock.reads()).length).toBe(before + 1);
    await expect(page.getByText('Could not refresh')).toBeHidden();
  });
}

test('410 reads the whole list again, silently', { tag: '@agent-api.md#errors/7' }, async ({ page, mock }) => {
  await mock.fleet(FLEET, [SITE]);
  await page.goto('/');
  await loaded(page);
  await mock.remove('b');
  await mock.fault({ route: AGENTS, queryContains: 'syncToken', status: 410, times: 1 });
  await refreshNow(page, mock);
  await expectNames(page, ['alpha', 'gamma']);
  await expect(page.getByText('Could not refresh')).toBeHidden();
  const [old, whole] = (await mock.reads()).slice(-2);
  expect(old!.status).toBe(410);
  expect(whole!.query).not.toContain('syncToken');
});

test('the first page shows before the last has come', {
  tag: ['@page.md#reading/1', '@agent-api.md#paging/1', '@agent-api.md#paging/3'],
}, async ({ page, mock }) => {
  test.slow();
  await mock.reset({ agents: 1_100 });
  await mock.fault({ route: AGENTS, queryContains: 'pageToken', hold: 'rest' });
  await page.goto('/');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '1001');
  await expect(list(page).locator('[aria-rowindex="2"]')).toBeVisible();
  await expect(list(page)).not.toHaveAttribute('aria-busy', 'true');
  await expect(refresh(page)).toHaveAttribute('aria-busy', 'true');
  await mock.release('rest');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '1101');
});

test('a second page that fails keeps the first', { tag: '@page.md#reading/9' }, async ({ page, mock }) => {
  test.slow();
  await page.clock.install({ time: AT });
  await mock.reset({ agents: 1_100, at: AT.toISOString() });
  await mock.fault({ route: AGENTS, queryContains: 'pageToken', status: 500 });
  await page.goto('/');
  await expect(page.getByText('Could not refresh the agents')).toBeVisible();
  await expect(list(page)).toHaveAttribute('aria-rowcount', '1001');
  await mock.heal();
  await refresh(page).click();
  await expect(list(page)).toHaveAttribute('aria-rowcount', '1101');
  await expect(page.getByText('Could not refresh the agents')).toBeHidden();
});

test('of two agents with the same id the last counts', { tag: '@agent-api.md#agent/18' }, async ({ page, mock }) => {
  await mock.fleet(FLEET, [SITE]);
  await mock.fault({ route: AGENTS, times: 1, malformed: { agentIndex: 1, json: '{"id":"a","name":"alpha-2"}' } });
  await page.goto('/');
  await expectNames(page, ['alpha-2', 'gamma']);
});
