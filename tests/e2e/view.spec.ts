/** The view in the URL and in the history: dialogs and expanded agents. For filters see controls.spec.ts, for hosts url.spec.ts. */
import { AGENTS, ago, AT, cell, expect, list, loaded, refreshNow, row, status, test, type Mock } from './fixtures';
import { details, dialog, embed, toggle } from './view';
import type { Page } from '@playwright/test';

const FRA = { id: 'fra', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const ALPHA = { id: 'a', name: 'alpha', siteId: 'fra', ipAddress: '203.0.113.4', privateIp: '10.1.2.3', version: '7.48.0', ageSecs: 60, lastSeen: ago(60) };
const BETA = { ...ALPHA, id: 'b', name: 'beta' };
const FLEET = [ALPHA, BETA, { ...ALPHA, id: 'c', name: 'gamma' }];

/** The entry before the page's own. */
const BEFORE = 'about:blank';

/** Any of the three dialogs. */
const open = (page: Page) => page.getByRole('dialog').or(page.getByRole('alertdialog'));
const edit = (page: Page) => dialog(page, 'kproxy Agent');
const add = (page: Page) => dialog(page, 'Adding a kproxy Agent');
const remove = (page: Page) => page.getByRole('alertdialog', { name: 'Remove kproxy Agent' });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const entries = (page: Page) => page.evaluate(() => history.length);

/** Comes from another page to this view of the fleet. */
async function show(page: Page, mock: Mock, url = '/', agents: Record<string, unknown>[] = FLEET) {
  await mock.fleet(agents, [FRA]);
  await page.goto(BEFORE);
  await page.goto(url);
  await loaded(page);
}

/** Closes the dialog by Esc, and waits until the list has its address. */
async function close(page: Page, url: string) {
  await page.keyboard.press('Escape');
  await expect(open(page)).toHaveCount(0);
  await expect(page).toHaveURL(url);
}

for (const [id, encoded] of [
  ['plain-1', 'plain-1'],
  ['a/b', 'a%2Fb'],
  ['?q=1#x&', '%3Fq%3D1%23x%26'],
  ['100% %41+', '100%25%20%2541%2B'],
  ['\u{1F600} ü', '%F0%9F%98%80%20%C3%BC'],
  ['"><b>', '%22%3E%3Cb%3E'],
  ['...\\..', '...%5C..'],
] as const) {
  test(`an agent with the id ${id} has its addresses, and a reload and a link lead back to them`, {
    tag: ['@page.md#url/1', '@page.md#url/2', '@page.md#url/3', '@agent-api.md#agent/17'],
  }, async ({ page, mock, context }) => {
    await show(page, mock, '/', [{ ...ALPHA, id }, BETA]);
    for (const [name, word, shown] of [['Edit alpha', 'edit', edit(page)], ['Remove alpha', 'remove', remove(page)]] as const) {
      await press(page, name);
      await expect(shown).toBeVisible();
      await expect(page).toHaveURL(`/agents/${encoded}/${word}`);
      await page.reload();
      await expect(shown).toContainText(word === 'edit' ? '203.0.113.4' : 'alpha');
      await close(page, '/');
    }
    await toggle(page, 'alpha').click();
    await expect(details(page, 'alpha')).toBeVisible();
    await expect.poll(() => new URL(page.url()).searchParams.getAll('agent')).toEqual([id]);
    const link = page.url();
    await page.reload();
    await expect(details(page, 'alpha')).toBeVisible();
    const other = await context.newPage();
    await other.goto(link);
    await expect(details(other, 'alpha')).toBeVisible();
    await other.close();
  });
}

test('every dialog has an address; Back closes it, Forward opens it again', {
  tag: ['@page.md#url/2', '@page.md#url/6'],
}, async ({ page, mock }) => {
  await show(page, mock);
  const before = await entries(page);
  for (const [name, url, shown] of [
    ['Add kproxy Agent', '/add', add(page)],
    ['Edit alpha', '/agents/a/edit', edit(page)],
    ['Remove beta', '/agents/b/remove', remove(page)],
  ] as const) {
    await press(page, name);
    await expect(shown).toBeVisible();
    await expect(page).toHaveURL(url);
    expect(await entries(page)).toBe(before + 1);
    await page.goBack();
    await expect(open(page)).toHaveCount(0);
    await expect(page).toHaveURL('/');
    await page.goForward();
    await expect(shown).toBeVisible();
    await expect(page).toHaveURL(url);
    await close(page, '/');
  }
  // None of them stands between the list and what was before.
  await page.goBack();
  await expect(page).toHaveURL(BEFORE);
});

test('closing goes back to the list, again and again: no entries pile up, and Back opens nothing', {
  tag: '@page.md#url/7',
}, async ({ page, mock }) => {
  await show(page, mock);
  const before = await entries(page);
  for (let i = 0; i < 5; i++) {
    await press(page, i % 2 === 0 ? 'Edit alpha' : 'Add kproxy Agent');
    await expect(open(page)).toBeVisible();
    await close(page, '/');
    // One ahead, for Forward.
    expect(await entries(page)).toBe(before + 1);
  }
  await page.goBack();
  await expect(page).toHaveURL(BEFORE);
});

test('by each of its buttons a dialog closes to the list', { tag: '@page.md#url/7' }, async ({ page, mock }) => {
  await show(page, mock);
  const before = await entries(page);
  for (const [opener, closer] of [['Edit alpha', 'Close'], ['Edit alpha', 'Cancel'], ['Edit alpha', 'Save'], ['Remove alpha', 'Cancel'], ['Add kproxy Agent', 'Close']] as const) {
    await press(page, opener);
    await expect(open(page)).toBeVisible();
    await open(page).getByRole('button', { name: closer, exact: true }).click();
    await expect(open(page)).toHaveCount(0);
    await expect(page).toHaveURL('/');
    expect(await entries(page)).toBe(before + 1);
  }
  await press(page, 'Remove alpha');
  await remove(page).getByRole('button', { name: 'Remove' }).click();
  await expect(row(page, 'alpha')).toHaveCount(0);
  await expect(page).toHaveURL('/');
  await page.goBack();
  await expect(page).toHaveURL(BEFORE);
});

for (const [url, agent] of [['/add', undefined], ['/agents/a/edit', 'alpha'], ['/agents/a/remove', 'alpha']] as const) {
  test(`${url} as the first thing opened closes to the list, and Back leads to what was before`, {
    tag: '@page.md#url/7',
  }, async ({ page, mock }) => {
    await show(page, mock, `${url}?q=a`);
    await expect(open(page)).toBeVisible();
    const before = await entries(page);
    await page.keyboard.press('Escape');
    await expect(open(page)).toHaveCount(0);
    await expect(page).toHaveURL('/?q=a');
    expect(await entries(page)).toBe(before);
    // Nothing had the focus before; the agent's row has it now.
    if (agent) await expect(toggle(page, agent)).toBeFocused();
    await page.goBack();
    await expect(page).toHaveURL(BEFORE);
    await page.goForward();
    await expect(page).toHaveURL('/?q=a');
    await expect(open(page)).toHaveCount(0);
  });
}

test('a dialog that leads on to another takes its place in the history', { tag: '@page.md#url/6' }, async ({ page, mock }) => {
  await show(page, mock);
  const before = await entries(page);
  await press(page, 'Add kproxy Agent');
  await expect(add(page).getByRole('button', { name: 'Show' })).toBeVisible();
  await mock.add({ ...ALPHA, id: 'n', name: 'new', ipAddress: '203.0.113.99' });
  await page.locator('kproxy-agents').evaluate((node) => (node as unknown as { refresh(): void }).refresh());
  await add(page).getByRole('button', { name: 'Update new' }).click();
  await expect(edit(page)).toContainText('203.0.113.99');
  await expect(page).toHaveURL('/agents/n/edit');
  expect(await entries(page)).toBe(before + 1);
  await page.reload();
  await expect(edit(page)).toContainText('203.0.113.99');
  await close(page, '/');
  await page.goBack();
  await expect(page).toHaveURL(BEFORE);
});

test('a status, then a dialog: closing goes back to that status, Back from there to all', {
  tag: ['@page.md#url/6', '@page.md#url/7'],
}, async ({ page, mock }) => {
  await show(page, mock);
  await status(page).selectOption('healthy');
  await expect(page).toHaveURL('/?status=healthy');
  await press(page, 'Edit alpha');
  await expect(page).toHaveURL('/agents/a/edit?status=healthy');
  await close(page, '/?status=healthy');
  await page.goBack();
  await expect(page).toHaveURL('/');
  await expect(status(page)).toHaveValue('all');
  await page.goBack();
  await expect(page).toHaveURL(BEFORE);
});

test('closed, and another opened before the browser has gone back: that one stays', { tag: '@page.md#url/7' }, async ({ page, mock }) => {
  await show(page, mock);
  const before = await entries(page);
  await press(page, 'Edit alpha');
  await expect(edit(page)).toBeVisible();
  await page.locator('kproxy-agents').evaluate((node) => {
    const find = (label: string) => node.shadowRoot!.querySelector<HTMLElement>(`[aria-label="${label}"]`)!;
    find('Close').click();
    find('Remove beta').click();
  });
  await expect(remove(page)).toContainText('beta');
  await expect(page).toHaveURL('/agents/b/remove');
  await close(page, '/');
  expect(await entries(page)).toBe(before + 1);
  await page.goBack();
  await expect(page).toHaveURL(BEFORE);
});

test('expanding replaces the entry, with a key for each agent', { tag: ['@page.md#url/3', '@page.md#url/6'] }, async ({ page, mock }) => {
  await show(page, mock);
  const before = await entries(page);
  await toggle(page, 'beta').click();
  await expect(page).toHaveURL('/?agent=b');
  await cell(row(page, 'alpha'), 'Version').click();
  await expect(page).toHaveURL('/?agent=b&agent=a');
  await toggle(page, 'beta').press('Enter');
  await expect(page).toHaveURL('/?agent=a');
  expect(await entries(page)).toBe(before);

  // They stay beside a dialog's address, and through it.
  await press(page, 'Edit beta');
  await expect(page).toHaveURL('/agents/b/edit?agent=a');
  await page.reload();
  await expect(edit(page)).toBeVisible();
  await close(page, '/?agent=a');
  await expect(details(page, 'alpha')).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(BEFORE);
});

test('a link with several agents expands them all, and brings the first into view', {
  tag: ['@page.md#url/1', '@page.md#url/3'],
}, async ({ page, mock }) => {
  const nodes = Array.from({ length: 80 }, (_, i) => ({ ...ALPHA, id: `n${i}`, name: `node-${100 + i}` }));
  await show(page, mock, '/?agent=n70&agent=n72&agent=n70', nodes);
  await expect(page).toHaveURL('/?agent=n70&agent=n72');
  await expect(toggle(page, 'node-170')).toBeInViewport({ ratio: 1 });
  await expect(details(page, 'node-170')).toBeInViewport({ ratio: 0.9 });
  await expect(details(page, 'node-172')).toHaveCount(1);
  await expect(row(page, 'node-100')).toHaveCount(0);
  // The host's page keeps its place and its focus.
  expect(await page.evaluate(() => [scrollY, document.activeElement === document.body])).toEqual([0, true]);
  // A refresh brings nothing into view any more.
  await list(page).evaluate((node) => node.scrollTo(0, 0));
  await refreshNow(page, mock);
  expect(await list(page).evaluate((node) => node.scrollTop)).toBe(0);
});

const GONE = 'This agent no longer exists. It was removed, or the link is wrong.';

for (const [word, shown] of [['edit', edit], ['remove', remove]] as const) {
  test(`a link to ${word} an agent that is gone says so, once the whole fleet is known`, {
    tag: '@page.md#url/9',
  }, async ({ page, mock }) => {
    await mock.fleet(FLEET, [FRA]);
    await mock.fault({ route: AGENTS, hold: 'slow' });
    await page.goto(`/agents/nobody/${word}`);
    await expect(shown(page)).toContainText('Loading…');
    await mock.release('slow');
    await expect(shown(page)).toContainText(GONE);
    for (const name of ['Save', 'Remove']) await expect(shown(page).getByRole('button', { name })).toHaveCount(0);
    await shown(page).getByRole('button', { name: 'Cancel' }).click();
    await expect(shown(page)).toHaveCount(0);
    await expect(page).toHaveURL('/');
    await expect(list(page)).toBeFocused();
  });

  test(`where the fleet cannot be read, a link to ${word} an agent says why`, { tag: '@page.md#url/9' }, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await mock.fleet(FLEET, [FRA]);
    await mock.fault({ route: AGENTS, status: 503 });
    await page.goto(`/agents/a/${word}`);
    await expect(shown(page)).toContainText(/Could not load the agents: .*HTTP 503/);
    await mock.heal();
    await page.clock.runFor(60_000);
    await expect(shown(page)).toContainText(word === 'edit' ? '203.0.113.4' : 'alpha');
  });
}

test('a link that expands agents that are gone says so, and drops them; the others are expanded', {
  tag: '@page.md#url/9',
}, async ({ page, mock }) => {
  await show(page, mock, '/?agent=nobody&agent=b');
  await expect(page.getByText('The agent that this link leads to no longer exists')).toBeVisible();
  await expect(page).toHaveURL('/?agent=b');
  await expect(details(page, 'beta')).toBeVisible();
  await show(page, mock, '/?agent=x&agent=y');
  await expect(page.getByText('2 agents that this link leads to no longer exist')).toBeVisible();
  await expect(page).toHaveURL('/');
});

test('an expanded agent that the filter hides is there when the filter goes', {
  tag: ['@page.md#url/1', '@page.md#row-details/5'],
}, async ({ page, mock }) => {
  await show(page, mock, '/?q=beta&agent=a');
  await expect(page.getByText(/no longer exists/)).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Filter' }).fill('');
  await expect(details(page, 'alpha')).toBeVisible();
  await expect(page).toHaveURL('/?agent=a');
});

test('what is no dialog\'s address is the list\'s', { tag: '@page.md#url/8' }, async ({ page, mock }) => {
  for (const url of ['/agents/a/explode', '/agents/a', '/agents//edit', '/add/more']) {
    await show(page, mock, `${url}?agent=a`);
    await expect(details(page, 'alpha')).toBeVisible();
    await expect(open(page)).toHaveCount(0);
    await expect(page).toHaveURL('/?agent=a');
  }
});

test('what the host keeps in history.state survives opening, closing and expanding', {
  tag: '@embedding.md#the-url',
}, async ({ page, mock }) => {
  await embed(page, 'url-state="path"');
  await show(page, mock, '/app/');
  const host = { idx: 3, usr: { from: 'home' } };
  await page.evaluate((host) => history.replaceState(host, ''), host);
  const state = () => page.evaluate(() => history.state);
  await toggle(page, 'alpha').click();
  await expect(page).toHaveURL('/app/?agent=a');
  expect(await state()).toEqual(host);
  await press(page, 'Edit alpha');
  await expect(page).toHaveURL('/app/agents/a/edit?agent=a');
  expect(await state()).toMatchObject(host);
  await close(page, '/app/?agent=a');
  expect(await state()).toEqual(host);
  await page.goForward();
  await expect(edit(page)).toBeVisible();
  expect(await state()).toMatchObject(host);
});

test('query: dialogs and expanded agents in keys of their own, beside the host\'s', { tag: '@page.md#url/4' }, async ({ page, mock }) => {
  await embed(page, 'url-state="query"');
  await show(page, mock, '/app/?tab=net%20work&id=7#part');
  const own = '/app/?tab=net%20work&id=7';
  const before = await entries(page);
  await toggle(page, 'beta').click();
  await expect(page).toHaveURL(`${own}&kp-agent=b#part`);
  expect(await entries(page)).toBe(before);
  for (const [name, keys, shown] of [
    ['Edit alpha', 'kp-dialog=edit&kp-id=a', edit(page)],
    ['Remove beta', 'kp-dialog=remove&kp-id=b', remove(page)],
    ['Add kproxy Agent', 'kp-dialog=add', add(page)],
  ] as const) {
    await press(page, name);
    await expect(shown).toBeVisible();
    await expect(page).toHaveURL(`${own}&kp-agent=b&${keys}#part`);
    expect(await entries(page)).toBe(before + 1);
    await page.reload();
    await expect(shown).toBeVisible();
    await close(page, `${own}&kp-agent=b#part`);
    await page.goForward();
    await expect(shown).toBeVisible();
    await page.goBack();
    await expect(open(page)).toHaveCount(0);
  }
  await page.goBack();
  await expect(page).toHaveURL(BEFORE);
});

test('query: a link to a dialog, with an id that needs encoding, closes to the list', {
  tag: ['@page.md#url/4', '@page.md#url/7'],
}, async ({ page, mock }) => {
  await embed(page, 'url-state="query"');
  await show(page, mock, '/app/?tab=1&kp-id=a%2Fb+%26&kp-dialog=edit', [{ ...ALPHA, id: 'a/b &' }, BETA]);
  await expect(edit(page)).toContainText('203.0.113.4');
  await close(page, '/app/?tab=1');
  await page.goBack();
  await expect(page).toHaveURL(BEFORE);
});

test('memory: dialogs and expanded agents change neither URL nor history', { tag: '@page.md#url/5' }, async ({ page, mock }) => {
  await embed(page, '');
  const url = '/app/add?agent=a&kp-dialog=add#part';
  await show(page, mock, url);
  await expect(open(page)).toHaveCount(0);
  await page.evaluate(() => history.replaceState({ idx: 3 }, ''));
  const before = await entries(page);
  await toggle(page, 'alpha').click();
  await expect(details(page, 'alpha')).toBeVisible();
  for (const name of ['Edit alpha', 'Remove alpha', 'Add kproxy Agent', 'Edit beta']) {
    await press(page, name);
    await expect(open(page)).toBeVisible();
    await close(page, url);
  }
  expect(await entries(page)).toBe(before);
  expect(await page.evaluate(() => history.state)).toEqual({ idx: 3 });
  await page.goBack();
  await expect(page).toHaveURL(BEFORE);
});
