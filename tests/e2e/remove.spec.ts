import { ago, count, expect, expectNames, filter, list, loaded, refresh, refreshNow, row, test, type Mock } from './fixtures';
import { details, embed, refreshQuietly, toggle } from './view';
import type { Page } from '@playwright/test';

const AGENT = 'DELETE /kproxy/v202611/agents/{id}';
const FRA = { id: 'fra', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const ALPHA = {
  id: 'a/1', name: 'alpha', siteId: 'fra', ipAddress: '203.0.113.4', privateIp: '10.1.2.3', ageSecs: 60, lastSeen: ago(60),
  devices: [{ id: '17', name: 'edge-router-1' }, { id: '18', name: 'core-switch-2' }],
};
const BETA = { ...ALPHA, id: 'b', name: 'beta', devices: [] };
const GAMMA = { ...ALPHA, id: 'c', name: 'gamma', devices: [{ id: '9', name: 'lab' }] };

const asks = (page: Page) => page.getByRole('alertdialog', { name: 'Remove kproxy Agent', exact: true });
const answer = (page: Page, name: string) => asks(page).getByRole('button', { name, exact: true });
const bin = (page: Page, name: string) => list(page).getByRole('button', { name: `Remove ${name}`, exact: true });
const deletes = async (mock: Mock) => (await mock.requests()).filter(({ method }) => method === 'DELETE');

/** Shows the fleet, and opens the dialog of one agent. */
async function open(page: Page, mock: Mock, name = 'alpha', agents: Record<string, unknown>[] = [ALPHA, BETA, GAMMA], url = '/') {
  await mock.fleet(agents, [FRA]);
  await page.goto(url);
  await loaded(page);
  await bin(page, name).click();
  await expect(asks(page)).toBeVisible();
}

test('it names the agent and says what follows, devices and all', {
  tag: ['@page.md#remove-dialog/1', '@page.md#remove-dialog/2'],
}, async ({ page, mock }) => {
  await open(page, mock);
  for (const text of [
    'Remove alpha?',
    'It leaves this list.',
    'The running kproxy is not stopped: it appears again if it keeps sending.',
    '2 devices send through it:',
  ]) {
    await expect(asks(page)).toContainText(text);
  }
  await expect(asks(page).getByRole('listitem').filter({ hasText: /^(edge|core)/ })).toHaveText(['edge-router-1', 'core-switch-2']);
  await expect(asks(page)).toHaveAccessibleDescription(/Remove alpha.*leaves this list.*appears again.*2 devices.*edge-router-1/s);
  await expect(asks(page).getByRole('button')).toHaveText(['Cancel', 'Remove']);
});

test('of two agents of one name it tells which', { tag: '@page.md#remove-dialog/7' }, async ({ page, mock }) => {
  const twins = [ALPHA, { ...ALPHA, id: 'twin', ipAddress: '203.0.113.5', siteId: '', lastSeen: ago(3 * 3_600) }];
  await mock.fleet(twins, [FRA]);
  await page.goto('/');
  await loaded(page);
  for (const [address, site, seen] of [['203.0.113.4', 'Frankfurt DC', '1 minute ago'], ['203.0.113.5', 'Undefined', '3 hours ago']] as const) {
    await row(page, address).getByRole('button', { name: 'Remove alpha' }).click();
    await expect(asks(page)).toHaveAccessibleDescription(
      new RegExp(`^Remove alpha\\? IP Address ${address} Site ${site} Last seen ${seen}`),
    );
    await page.keyboard.press('Escape');
  }
});

test('an unnamed agent is told by its address', { tag: ['@page.md#texts/2', '@page.md#remove-dialog/1'] }, async ({ page, mock }) => {
  const name = 'Auto Generated 203.0.113.4';
  await open(page, mock, name, [{ ...ALPHA, name: '' }, BETA]);
  await expect(asks(page)).toContainText(`Remove ${name}?`);
});

test('one device, none, and hundreds are told as such', { tag: '@page.md#remove-dialog/2' }, async ({ page, mock }) => {
  const hundreds = Array.from({ length: 300 }, (_, i) => ({ id: `d${i}`, name: `device-${i}` }));
  await open(page, mock, 'gamma', [{ ...ALPHA, devices: hundreds }, BETA, { ...GAMMA, devices: [{ id: 'nameless', name: '' }] }]);
  await expect(asks(page)).toContainText('1 device sends through it:');
  await expect(asks(page).getByText('nameless', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await bin(page, 'beta').click();
  await expect(asks(page)).toContainText('No devices send through it.');
  await page.keyboard.press('Escape');
  await bin(page, 'alpha').click();
  await expect(asks(page)).toContainText('300 devices send through it:');
  await expect(asks(page)).toContainText('and 288 more');
  await expect(answer(page, 'Remove')).toBeInViewport({ ratio: 1 });
});

test('hostile texts show as text', { tag: '@page.md#texts/3' }, async ({ page, mock }) => {
  const image = '<img src=x onerror=alert(1)>';
  await open(page, mock, image, [{ ...ALPHA, id: `'"><b>`, name: image, devices: [{ id: '<i>', name: '<b>bold</b>' }] }]);
  await expect(asks(page)).toContainText(`Remove ${image}?`);
  await expect(asks(page).getByText('<b>bold</b>')).toBeVisible();
  await expect(asks(page).locator('img, b, i')).toHaveCount(0);
});

for (const [how, close] of [
  ['Cancel', (page: Page) => answer(page, 'Cancel').click()],
  ['Enter on Cancel, which has the focus first', (page: Page) => page.keyboard.press('Enter')],
  ['Esc', (page: Page) => page.keyboard.press('Escape')],
] as const) {
  test(`${how} closes it and changes nothing; focus returns`, {
    tag: ['@page.md#remove-dialog/3', '@page.md#accessibility/4'],
  }, async ({ page, mock }) => {
    await open(page, mock);
    await expect(answer(page, 'Cancel')).toBeFocused();
    await close(page);
    await expect(asks(page)).toHaveCount(0);
    await expect(bin(page, 'alpha')).toBeFocused();
    await expect(page).toHaveURL('/');
    await expectNames(page, ['alpha', 'beta', 'gamma']);
    expect(await deletes(mock)).toEqual([]);
  });
}

test('focus stays in the dialog', { tag: '@page.md#accessibility/4' }, async ({ page, mock }) => {
  await open(page, mock);
  for (const name of ['Remove', 'Cancel', 'Remove']) {
    // The browser's own buttons may come in between.
    for (let i = 0; i < 3 && !(await answer(page, name).evaluate((node) => node.matches(':focus'))); i++) {
      await page.keyboard.press('Tab');
    }
    await expect(answer(page, name)).toBeFocused();
  }
});

test('Remove deletes the agent, once; the row goes, and focus is on the next one', {
  tag: ['@page.md#remove-dialog/3', '@page.md#remove-dialog/4'],
}, async ({ page, mock }) => {
  await page.addInitScript(() => {
    const seen: unknown[] = [];
    Object.assign(window, { seen });
    addEventListener('kp-agent-removed', (event) => {
      const { detail, bubbles, composed, target } = event as CustomEvent;
      seen.push({ detail, bubbles, composed, target: (target as Element).localName });
    });
  });
  await open(page, mock);
  await mock.fault({ route: AGENT, hold: 'slow' });
  await answer(page, 'Remove').click();
  await expect(answer(page, 'Remove')).toHaveAttribute('aria-busy', 'true');
  await expect(answer(page, 'Remove')).toHaveAttribute('aria-disabled', 'true');
  await expect(answer(page, 'Remove')).toBeFocused();
  await page.keyboard.press('Enter');
  await answer(page, 'Remove').click({ force: true });
  await mock.release('slow');
  await expect(asks(page)).toHaveCount(0);
  await expectNames(page, ['beta', 'gamma']);
  await expect(count(page)).toHaveText('2 agents');
  await expect(toggle(page, 'beta')).toBeFocused();
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('status').filter({ hasText: 'Removed alpha' })).toBeAttached();
  expect(await deletes(mock)).toMatchObject([{ path: '/kproxy/v202611/agents/a%2F1', status: 200 }]);
  expect(await page.evaluate(() => (window as unknown as { seen: unknown[] }).seen)).toEqual([
    { detail: { id: 'a/1' }, bubbles: true, composed: true, target: 'kproxy-agents' },
  ]);
});

test('what is announced twice is read out twice', { tag: '@page.md#accessibility/12' }, async ({ page, mock }) => {
  await open(page, mock, 'beta', [ALPHA, { ...ALPHA, id: 'twin', ipAddress: '203.0.113.5' }, BETA]);
  await answer(page, 'Cancel').click();
  const said = page.getByRole('status').filter({ hasText: 'Removed alpha' });
  await bin(page, 'alpha').first().click();
  await answer(page, 'Remove').click();
  await expect(said).toBeAttached();
  const first = await said.textContent();
  await bin(page, 'alpha').click();
  await answer(page, 'Remove').click();
  await expectNames(page, ['beta']);
  // Only what changes is read out.
  await expect.poll(() => said.textContent()).not.toBe(first);
  await expect(said).toHaveText(first!.trim());
});

test('by keyboard alone: the next row, the one before the last, and the list where none is left', {
  tag: ['@page.md#remove-dialog/4', '@page.md#accessibility/2'],
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA, GAMMA], [FRA]);
  await page.goto('/');
  await loaded(page);
  await bin(page, 'beta').focus();
  const remove = async () => {
    await page.keyboard.press('Enter');
    await expect(answer(page, 'Cancel')).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(asks(page)).toHaveCount(0);
  };
  await remove();
  await expect(toggle(page, 'gamma')).toBeFocused();
  for (const name of ['Remove gamma', 'Remove alpha']) {
    for (let i = 0; i < 4 && !(await list(page).getByRole('button', { name }).evaluate((node) => node.matches(':focus'))); i++) {
      await page.keyboard.press('Tab');
    }
    await remove();
    if (name === 'Remove gamma') await expect(toggle(page, 'alpha')).toBeFocused();
  }
  await expect(page.getByText('No agents yet')).toBeVisible();
  await expect(list(page)).toBeFocused();
  expect(await deletes(mock)).toHaveLength(3);
});

test('the neighbor is the one that the filters leave, and none where they leave none', {
  tag: '@page.md#remove-dialog/4',
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, { ...BETA, name: 'other' }, { ...GAMMA, name: 'alpha-2' }], [FRA]);
  await page.goto('/?q=alpha');
  await loaded(page);
  await bin(page, 'alpha').click();
  await answer(page, 'Remove').click();
  await expect(toggle(page, 'alpha-2')).toBeFocused();
  await bin(page, 'alpha-2').click();
  await answer(page, 'Remove').click();
  await expect(page.getByText('No agents match')).toBeVisible();
  await expect(list(page)).toBeFocused();
  await expect(page).toHaveURL('/?q=alpha');
});

test('far down a long list the neighbor is in view', { tag: '@page.md#remove-dialog/4' }, async ({ page, mock }) => {
  await mock.fleet(Array.from({ length: 80 }, (_, i) => ({ ...BETA, id: `n${i}`, name: `node-${100 + i}` })), [FRA]);
  await page.goto('/');
  await loaded(page);
  await list(page).evaluate((node) => node.scrollTo(0, node.scrollHeight));
  await bin(page, 'node-179').click();
  await answer(page, 'Remove').click();
  await expect(toggle(page, 'node-178')).toBeFocused();
  await expect(toggle(page, 'node-178')).toBeInViewport({ ratio: 1 });
});

test('an agent that goes on sending appears again; an older read does not bring it back', {
  tag: ['@page.md#remove-dialog/5', '@agent-api.md#remove-an-agent/2', '@agent-api.md#conventions/7'],
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BETA], [FRA]);
  await page.goto('/?agent=a%2F1');
  await loaded(page);
  await expect(details(page, 'alpha')).toBeVisible();
  // This read has the agent in it, and is overtaken by the removal.
  await mock.fault({ route: 'GET /kproxy/v202611/agents', hold: 'old', times: 1 });
  await mock.patch('a/1', { version: '9' });
  await refreshQuietly(page);
  await expect.poll(async () => (await mock.reads()).at(-1)!.state).toBe('held');
  await bin(page, 'alpha').click();
  await answer(page, 'Remove').click();
  await expectNames(page, ['beta']);
  await mock.release('old');
  await expect(page.getByRole('button', { name: 'Refresh' })).not.toHaveAttribute('aria-busy', 'true');
  await expectNames(page, ['beta']);
  // It is no more among the expanded ones.
  await expect(page).toHaveURL('/');

  await mock.add({ ...ALPHA, ageSecs: 1 });
  await refreshNow(page, mock);
  await expectNames(page, ['alpha', 'beta']);
  await expect(details(page, 'alpha')).toHaveCount(0);
});

/** The rows of the table of errors, and what the dialog says. */
const ERRORS: [what: string, fault: Record<string, unknown>, says: RegExp][] = [
  ['400', { status: 400, body: '{"code":3,"message":"this one stays"}' }, /this one stays/i],
  ['401', { status: 401 }, /session has expired.*sign in/i],
  ['403', { status: 403 }, /not change them/],
  ['409, the etag is not current', { status: 409 }, /changed/i],
  ['500', { status: 500 }, /HTTP 500/],
  ['502 with HTML', { status: 502, body: '<html><h1>Bad Gateway</h1></html>' }, /HTTP 502/],
  ['503 with nothing', { status: 503, body: '' }, /HTTP 503/],
  ['504', { status: 504 }, /HTTP 504/],
];

for (const [what, fault, says] of ERRORS) {
  test(`after ${what} it says why, and a second Remove works`, {
    tag: ['@page.md#remove-dialog/6', '@agent-api.md#errors'],
  }, async ({ page, mock }) => {
    await open(page, mock);
    await mock.fault({ route: AGENT, ...fault, times: 1 });
    await answer(page, 'Remove').click();
    await expect(asks(page).getByRole('alert')).toHaveText(says);
    await expect(asks(page).getByRole('alert').locator('h1')).toHaveCount(0);
    await expect(answer(page, 'Remove')).toBeFocused();
    await expect(answer(page, 'Remove')).not.toHaveAttribute('aria-disabled', 'true');
    await expect(asks(page)).toContainText('Remove alpha?');
    await expect(row(page, 'alpha')).toBeAttached();
    await answer(page, 'Remove').click();
    await expect(asks(page)).toHaveCount(0);
    await expectNames(page, ['beta', 'gamma']);
  });
}

test('after 429 it says why, and Remove is off until the wait is over', { tag: '@page.md#remove-dialog/6' }, async ({ page, mock }) => {
  await page.clock.install();
  await open(page, mock);
  await mock.fault({ route: AGENT, status: 429, headers: { 'retry-after': '7' }, times: 1 });
  await answer(page, 'Remove').click();
  await expect(asks(page).getByRole('alert')).toHaveText(/too many requests.*7 seconds/i);
  await expect(answer(page, 'Remove')).toBeFocused();
  await expect(answer(page, 'Remove')).toHaveAttribute('aria-disabled', 'true');
  await answer(page, 'Remove').press('Enter');
  await expect(asks(page)).toContainText('Remove alpha?');
  await expect(row(page, 'alpha')).toBeAttached();
  await page.clock.runFor(8_000);
  await expect(answer(page, 'Remove')).not.toHaveAttribute('aria-disabled', 'true');
  await expect(asks(page).getByRole('alert')).toHaveCount(0);
  await answer(page, 'Remove').click();
  await expect(asks(page)).toHaveCount(0);
  await expectNames(page, ['beta', 'gamma']);
});

test('a wait that is asked for at Remove is kept by every other call, too', { tag: '@agent-api.md#errors/8' }, async ({ page, mock }) => {
  await page.clock.install();
  await open(page, mock);
  await mock.fault({ route: AGENT, status: 429, headers: { 'retry-after': '200' }, times: 1 });
  await answer(page, 'Remove').click();
  await expect(asks(page).getByRole('alert')).toHaveText(/too many requests/i);
  await answer(page, 'Cancel').click();
  await mock.forget();
  await refresh(page).click();
  await list(page).getByRole('button', { name: 'Edit beta' }).click();
  const dialog = page.getByRole('dialog', { name: 'kproxy Agent' });
  await dialog.getByLabel('Name').fill('beta-2');
  await expect(dialog.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByLabel('Name').press('Enter');
  // Auto-refresh, three times.
  await page.clock.runFor(190_000);
  expect(await mock.requests()).toEqual([]);
  await page.clock.runFor(11_000);
  await expect.poll(async () => (await mock.reads()).length).toBe(1);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(row(page, 'beta-2')).toBeVisible();
});

test('after a broken connection it says why, and a second Remove works', {
  tag: ['@page.md#remove-dialog/6', '@agent-api.md#errors/10'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await mock.patch('a/1', { name: 'alpha-2' });
  // It is not carried out; the browser itself may try such a call again.
  await mock.fault({ route: AGENT, body: '{}', cutOff: 0 });
  await answer(page, 'Remove').click();
  await expect(asks(page).getByRole('alert')).toHaveText(/reach/i);
  // It has been read again.
  await expect(row(page, 'alpha-2')).toBeAttached();
  await mock.heal();
  await answer(page, 'Remove').click();
  await expect(asks(page)).toHaveCount(0);
  await expectNames(page, ['beta', 'gamma']);
});

test('an agent that is gone though the connection broke leaves the list', {
  tag: ['@page.md#remove-dialog/9', '@agent-api.md#errors/10'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: AGENT, cutOff: 0 });
  await answer(page, 'Remove').click();
  await expect(asks(page)).toHaveCount(0);
  await expectNames(page, ['beta', 'gamma']);
});

for (const [what, isGone] of [['is still there', false], ['is gone', true]] as const) {
  test(`without an answer the agent is looked at again, and ${what}`, {
    tag: ['@page.md#remove-dialog/9', '@agent-api.md#errors/15'],
  }, async ({ page, mock }) => {
    await page.clock.install();
    mock.expectsFailures = true;
    await open(page, mock);
    if (isGone) await mock.fault({ route: AGENT, hold: 'remove', times: 1 });
    else await page.route('**/agents/a%2F1', () => {}, { times: 1 });
    await answer(page, 'Remove').click();
    await expect(answer(page, 'Remove')).toHaveAttribute('aria-busy', 'true');
    if (isGone) await expect.poll(async () => (await deletes(mock)).length).toBe(1);
    await page.clock.runFor(31_000);
    if (!isGone) {
      await expect(asks(page).getByRole('alert')).toContainText('No answer; it may have been removed');
      await answer(page, 'Remove').click();
    }
    await expect(asks(page)).toHaveCount(0);
    await expectNames(page, ['beta', 'gamma']);
  });
}

test('404: somebody else was quicker, and it is gone all the same', { tag: '@agent-api.md#errors/4' }, async ({ page, mock }) => {
  await open(page, mock);
  mock.expectsFailures = true;
  await mock.remove('a/1');
  await answer(page, 'Remove').click();
  await expect(asks(page)).toHaveCount(0);
  await expectNames(page, ['beta', 'gamma']);
  await expect(toggle(page, 'beta')).toBeFocused();
  expect(await deletes(mock)).toMatchObject([{ status: 404 }]);
});

test('any success is success, whatever is in its object', { tag: '@agent-api.md#conventions/6' }, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: AGENT, status: 200, body: '{"gone": ["a"]}', times: 1 });
  await answer(page, 'Remove').click();
  await expect(asks(page)).toHaveCount(0);
  await expectNames(page, ['beta', 'gamma']);
});

test('a refresh behind the dialog disturbs nothing in it, even if the agent goes', { tag: '@page.md#list/11' }, async ({ page, mock }) => {
  await open(page, mock);
  await answer(page, 'Remove').focus();
  await mock.patch('a/1', { name: 'alpha-renamed' });
  await refreshQuietly(page);
  await expect(asks(page)).toContainText('Remove alpha-renamed?');
  await expect(answer(page, 'Remove')).toBeFocused();
  await mock.remove('a/1');
  await refreshQuietly(page);
  await expect(row(page, 'alpha')).toHaveCount(0);
  await expect(asks(page)).toContainText('Remove alpha-renamed?');
  await expect(answer(page, 'Remove')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(asks(page)).toHaveCount(0);
  // What had the focus is gone; the list takes it.
  await expect(list(page)).toBeFocused();
});

test('closed while the answer is still to come, the agent goes when it comes', async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: AGENT, hold: 'slow' });
  await answer(page, 'Remove').click();
  await expect.poll(async () => (await deletes(mock)).length).toBe(1);
  await page.keyboard.press('Escape');
  await expect(asks(page)).toHaveCount(0);
  await filter(page).focus();
  await mock.release('slow');
  await expectNames(page, ['beta', 'gamma']);
  await expect(filter(page)).toBeFocused();
});

test('closed while the answer is still to come, a failure is told on the page', { tag: '@page.md#remove-dialog/8' }, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault([{ route: AGENT, hold: 'slow', status: 503, times: 1 }]);
  await answer(page, 'Remove').click();
  await expect.poll(async () => (await deletes(mock)).length).toBe(1);
  await page.keyboard.press('Escape');
  await mock.release('slow');
  const notice = page.getByRole('alert').filter({ hasText: 'Could not remove alpha' });
  await expect(notice).toContainText('HTTP 503');
  await expect(row(page, 'alpha')).toBeVisible();
  await page.getByRole('button', { name: 'Close this notice' }).click();
  await expect(notice).toHaveCount(0);
  await expect(list(page)).toBeFocused();
});

test('in a memory-only element it works the same', async ({ page, mock }) => {
  await embed(page, 'url-state="memory"');
  await open(page, mock, 'alpha', [ALPHA, BETA, GAMMA], '/app/');
  await answer(page, 'Remove').click();
  await expectNames(page, ['beta', 'gamma']);
  await expect(toggle(page, 'beta')).toBeFocused();
  await expect(page).toHaveURL('/app/');
});
