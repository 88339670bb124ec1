import { AGENTS, cell, expect, expectNoViolations, list, loaded, names, refresh, row, test, type Mock } from './fixtures';
import {
  ALPHA, answer, BARE, button, dialog, field, focused, FRANKFURT, open, opener, openOf, option, options, OSLO, PATCH, problem, question, save,
  saveAndClose, site, values,
} from './agent-dialog';
import { refreshQuietly } from './view';
import type { Page } from '@playwright/test';

const SAVED = { name: 'alpha', description: 'Rack 7\nsecond row', privateIp: '10.0.0.1', site: 'Frankfurt DC' };

/** What changes something in each field, and the text that has to be there still. */
const TYPED = {
  Name: async (page: Page) => field(page, 'Name').fill('beta'),
  Description: async (page: Page) => field(page, 'Description').fill('Rack 8'),
  'Private IP': async (page: Page) => field(page, 'Private IP').fill('10.0.0.2'),
  Site: (page: Page) => fillSite(page, 'Os'),
  'Site Name': async (page: Page) => {
    await button(page, 'Create a New Site').click();
    await field(page, 'Site Name').fill('Bergen');
  },
  'Street Address': async (page: Page) => {
    await button(page, 'Create a New Site').click();
    await field(page, 'Street Address').fill('1 Bryggen, Bergen');
  },
};

/** Types into Site, and leaves it. */
async function fillSite(page: Page, text: string) {
  await site(page).fill(text);
  await site(page).press('Tab');
}

const WAYS_OUT = {
  Close: (page: Page) => button(page, 'Close').click(),
  Cancel: (page: Page) => button(page, 'Cancel').click(),
  Esc: (page: Page) => page.keyboard.press('Escape'),
};

const sentNothing = async (mock: Mock) => {
  expect(await mock.sent('PATCH')).toEqual([]);
  expect(await mock.sent('POST')).toEqual([]);
};

/** Reads the agents again behind the open dialog, until the list shows this text. */
async function refreshBehind(page: Page, shown: string) {
  await refreshQuietly(page);
  await expect(list(page)).toContainText(shown);
  await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
}

/* ---- Opening ---- */

test('Edit opens the dialog with every saved value, Update with what is not set', {
  tag: '@page.md#agent-dialog/2',
}, async ({ page, mock }) => {
  await open(page, mock);
  expect(await values(page)).toEqual(SAVED);
  await expect(dialog(page)).toContainText('203.0.113.4');
  await expect(dialog(page)).toContainText('Healthy');
  await button(page, 'Cancel').click();
  await list(page).getByRole('button', { name: 'Update Auto Generated 203.0.113.5' }).click();
  expect(await values(page)).toEqual({ name: '', description: '', privateIp: '', site: 'Undefined' });
  await expect(field(page, 'Name')).toHaveAttribute('placeholder', 'Auto Generated');
  // Of the four, Description alone has several lines.
  expect(await field(page, 'Description').evaluate((node) => node.tagName)).toBe('TEXTAREA');
  expect(await field(page, 'Name').evaluate((node) => node.tagName)).toBe('INPUT');
});

test('focus begins in Name, and Tab goes through the dialog alone, either way', {
  tag: '@page.md#accessibility/4',
}, async ({ page, mock }) => {
  await open(page, mock);
  await expect(field(page, 'Name')).toBeFocused();
  // Nothing else of the page takes focus; `null` is the browser's own window, between last and first.
  const order = ['Name', 'Description', 'Private IP', 'Site', 'Create a New Site', 'Cancel', 'Save'];
  const forth = [];
  for (let i = 0; i < 20; i++) {
    forth.push(await focused(page));
    await page.keyboard.press('Tab');
  }
  expect(forth.slice(0, 7)).toEqual(order);
  expect(new Set(forth.filter(Boolean))).toEqual(new Set(['Close', ...order]));
  await field(page, 'Name').focus();
  const back = [];
  for (let i = 0; i < 20; i++) {
    back.push(await focused(page));
    await page.keyboard.press('Shift+Tab');
  }
  expect(back.slice(0, 2)).toEqual(['Name', 'Close']);
  expect(new Set(back.filter(Boolean))).toEqual(new Set(['Close', ...order]));
});

test('a link opens the dialog; closing it goes to the list, and Back does not open it again', {
  tag: '@page.md#url/7',
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BARE], [FRANKFURT, OSLO]);
  await page.goto('/agents/a/edit?q=alpha');
  await expect(field(page, 'Name')).toBeFocused();
  expect(await values(page)).toEqual(SAVED);
  await button(page, 'Close').click();
  await expect(page).toHaveURL('/?q=alpha');
  await expect(list(page).getByRole('button', { name: 'Details for alpha' })).toBeFocused();
  await openOf(page, 'alpha');
  await expect(page).toHaveURL('/agents/a/edit?q=alpha');
  await page.reload();
  expect(await values(page)).toEqual(SAVED);
  await page.goBack();
  await expect(dialog(page)).toBeHidden();
  await page.goForward();
  await expect(dialog(page)).toBeVisible();
  await button(page, 'Cancel').click();
  await expect(page).toHaveURL('/?q=alpha');
  await expect(dialog(page)).toBeHidden();
  await page.goBack();
  await expect(page).toHaveURL('about:blank');
});

test('a link that opens the dialog waits for the agent, and says where there is none', {
  tag: '@page.md#url/9',
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA], [FRANKFURT]);
  await mock.fault({ route: AGENTS, hold: 'agents' });
  await page.goto('/agents/a/edit');
  await expect(dialog(page)).toContainText('Loading…');
  await mock.release('agents');
  await expect(field(page, 'Name')).toHaveValue('alpha');
  await expect(field(page, 'Name')).toBeFocused();

  await page.goto('/agents/gone/edit');
  await expect(dialog(page)).toContainText('This agent no longer exists');
  await expect(save(page)).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await expect(page).toHaveURL('/');
  await expect(list(page)).toBeFocused();
});

test('texts from the API are never markup, and an id may be any text', {
  tag: ['@page.md#texts/3', '@agent-api.md#agent/17'],
}, async ({ page, mock }) => {
  const id = '../?a=b&c#d/%2F<i>"';
  const title = '<b>bold</b> "DC" &amp;';
  const hostile = {
    id,
    name: '<img src=x onerror="throw 1">',
    description: '</textarea><script>throw 2</script>\u202E\u0000',
    ipAddress: '<u>1</u>',
    version: '<s>2</s>',
    siteId: 'h',
    etag: '"<e>"',
  };
  await mock.fleet([hostile], [{ id: 'h', title, postalAddress: { address: '<i>1 Main St</i>' } }]);
  await page.goto('/');
  await loaded(page);
  await openOf(page, hostile.name);
  expect(await values(page)).toEqual({ name: hostile.name, description: hostile.description, privateIp: '', site: title });
  await site(page).press('ArrowDown');
  await expect(option(page, title)).toContainText('<i>1 Main St</i>');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toContainText('<u>1</u>');
  expect(await dialog(page).locator('img, script, b, i, u, s').count()).toBe(0);
  await field(page, 'Private IP').fill('10.0.0.9');
  await saveAndClose(page);
  expect(await mock.sent('PATCH')).toEqual([
    { path: `/kproxy/v202611/agents/${encodeURIComponent(id)}`, body: { agent: { privateIp: '10.0.0.9', etag: '"<e>"' } } },
  ]);
});

/* ---- Closing ---- */

for (const [way, leave] of Object.entries(WAYS_OUT)) {
  test(`${way} closes, changes nothing and gives focus back`, {
    tag: ['@page.md#agent-dialog/1', '@page.md#accessibility/4'],
  }, async ({ page, mock }) => {
    await open(page, mock);
    await leave(page);
    await expect(dialog(page)).toBeHidden();
    await expect(question(page)).toBeHidden();
    await expect(opener(page)).toBeFocused();
    await expect(page).toHaveURL('/');
    await sentNothing(mock);
  });

  test(`${way} asks first where something was typed; Keep editing keeps it, Discard does not`, {
    tag: ['@page.md#agent-dialog/2', '@page.md#agent-dialog/3'],
  }, async ({ page, mock }) => {
    await open(page, mock);
    await field(page, 'Description').fill('typed');
    await leave(page);
    await expect(question(page)).toBeVisible();
    await expect(question(page)).toHaveAccessibleDescription('Your changes to this agent have not been saved.');
    await expect(answer(page, 'Keep editing')).toBeFocused();
    await answer(page, 'Keep editing').click();
    await expect(question(page)).toBeHidden();
    await expect(field(page, 'Description')).toHaveValue('typed');
    await expect(way === 'Esc' ? field(page, 'Description') : button(page, way)).toBeFocused();

    await leave(page);
    await answer(page, 'Discard').click();
    await expect(dialog(page)).toBeHidden();
    await expect(question(page)).toBeHidden();
    await expect(opener(page)).toBeFocused();
    await sentNothing(mock);
    await openOf(page, 'alpha');
    expect(await values(page)).toEqual(SAVED);
  });
}

test('by keyboard alone: Esc asks, Esc in the question keeps editing, Tab and Enter discard', {
  tag: ['@page.md#agent-dialog/3', '@page.md#accessibility/2'],
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BARE], [FRANKFURT, OSLO]);
  await page.goto('/');
  await loaded(page);
  await opener(page).focus();
  await page.keyboard.press('Enter');
  await expect(field(page, 'Name')).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.type(' 2');
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press('Escape');
    await expect(answer(page, 'Keep editing')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(question(page)).toBeHidden();
    await expect(dialog(page)).toBeVisible();
    await expect(field(page, 'Name')).toBeFocused();
    await expect(field(page, 'Name')).toHaveValue('alpha 2');
  }
  await page.keyboard.press('Escape');
  await expect(question(page)).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(answer(page, 'Discard')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeHidden();
  await expect(opener(page)).toBeFocused();
  await sentNothing(mock);
});

test('closing asks whatever field was typed in, and not where all is as it was', {
  tag: '@page.md#agent-dialog/3',
}, async ({ page, mock }) => {
  await open(page, mock);
  for (const [label, type] of Object.entries(TYPED)) {
    await type(page);
    await button(page, 'Cancel').click();
    await expect(question(page), label).toBeVisible();
    await answer(page, 'Discard').click();
    await expect(dialog(page)).toBeHidden();
    await openOf(page, 'alpha');
    expect(await values(page), label).toEqual(SAVED);
  }
  // Typed, and taken back.
  await field(page, 'Name').fill('beta');
  await field(page, 'Name').fill('alpha');
  await fillSite(page, 'frankfurt dc');
  await button(page, 'Create a New Site').click();
  await field(page, 'Site Name').fill('x');
  await field(page, 'Site Name').fill('');
  await button(page, 'Cancel').click();
  await expect(dialog(page)).toBeHidden();
  await sentNothing(mock);
});

test('Back with something typed asks, too, and stays in the dialog', { tag: '@page.md#agent-dialog/3' }, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  for (let i = 0; i < 2; i++) {
    await page.goBack();
    await expect(question(page)).toBeVisible();
    await expect(page).toHaveURL('/agents/a/edit');
    await answer(page, 'Keep editing').click();
    await expect(field(page, 'Name')).toHaveValue('beta');
    await expect(field(page, 'Name')).toBeFocused();
  }
  // A second Back while it asks is answered by the same question.
  await page.goBack();
  await page.goBack();
  await expect(question(page)).toBeVisible();
  await expect(page).toHaveURL('/agents/a/edit');
  await answer(page, 'Discard').click();
  await expect(dialog(page)).toBeHidden();
  await expect(page).toHaveURL('/');
  await sentNothing(mock);

  // With nothing typed Back just closes.
  await openOf(page, 'alpha');
  await page.goBack();
  await expect(dialog(page)).toBeHidden();
  await expect(question(page)).toBeHidden();
});

test('leaving the page asks only where something was typed', { tag: '@page.md#agent-dialog/3' }, async ({ page, mock }) => {
  await open(page, mock);
  let asked = 0;
  page.on('dialog', async (ask) => {
    asked += 1;
    expect(ask.type()).toBe('beforeunload');
    await ask.dismiss();
  });
  // Where nobody ever pressed anything browsers do not ask.
  await field(page, 'Name').press('End');
  await page.reload();
  await expect(field(page, 'Name')).toHaveValue('alpha');
  expect(asked).toBe(0);
  await field(page, 'Name').pressSequentially('!');
  await page.evaluate(() => location.reload());
  await expect.poll(() => asked).toBe(1);
  await expect(field(page, 'Name')).toHaveValue('alpha!');
  await saveAndClose(page);
  await page.reload();
  await expect(list(page)).toContainText('alpha!');
  expect(asked).toBe(1);
});

test("closed by the browser's own gesture it asks, too, and the question is on top", {
  tag: '@page.md#agent-dialog/3',
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await dialog(page).evaluate((node) => (node as HTMLDialogElement).close());
  // A click needs it to be on top.
  await answer(page, 'Keep editing').click();
  await expect(field(page, 'Name')).toHaveValue('beta');
  await dialog(page).evaluate((node) => (node as HTMLDialogElement).close());
  await answer(page, 'Discard').click();
  await expect(dialog(page)).toBeHidden();
  await sentNothing(mock);
});

/** A key that an input method takes, such as the Enter that accepts a word. */
async function pressInInputMethod(page: Page, key: 'Enter' | 'Escape') {
  const session = await page.context().newCDPSession(page);
  const text = key === 'Enter' ? { text: '\r' } : {};
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code: key, windowsVirtualKeyCode: 229, ...text });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key, windowsVirtualKeyCode: 229 });
  await session.detach();
  // As Safari and composing browsers report them.
  await page.evaluate(
    ([key, ways]) => {
      const node = document.querySelector('kproxy-agents')!.shadowRoot!.activeElement!;
      for (const way of ways) {
        node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...way }));
      }
    },
    [key, [{ keyCode: 229 }, { isComposing: true }]] as const,
  );
}

test('keys of an input method choose nothing, close nothing and save nothing', {
  tag: ['@page.md#accessibility/10', '@page.md#agent-dialog/1'],
}, async ({ page, mock }) => {
  await open(page, mock);
  for (const key of ['Enter', 'Escape'] as const) {
    await field(page, 'Name').fill('beta');
    await pressInInputMethod(page, key);
    await site(page).fill('oslo');
    await expect(option(page, 'Oslo Branch')).toBeVisible();
    await pressInInputMethod(page, key);
    await expect(option(page, 'Oslo Branch')).toBeVisible();
    await expect(site(page)).toHaveValue('oslo');
    await expect(question(page)).toBeHidden();
  }
  await page.keyboard.press('Escape');
  await site(page).fill('oslo branch');
  await page.keyboard.press('Enter');
  await expect(site(page)).toHaveValue('Oslo Branch');
  await page.keyboard.press('Escape');
  await expect(question(page)).toBeVisible();
  await pressInInputMethod(page, 'Escape');
  await expect(question(page)).toBeVisible();
  await sentNothing(mock);
});

/* ---- Saving ---- */

test('an unchanged Save sends nothing and closes', { tag: '@page.md#agent-dialog/4' }, async ({ page, mock }) => {
  await open(page, mock);
  await saveAndClose(page);
  await expect(opener(page)).toBeFocused();
  // What was typed and taken back, and blanks that are trimmed away, change nothing either.
  await openOf(page, 'alpha');
  await field(page, 'Description').fill('typed');
  await field(page, 'Description').fill(ALPHA.description);
  await field(page, 'Name').fill('  alpha ');
  await field(page, 'Private IP').fill(' 10.0.0.1\t');
  await field(page, 'Name').press('Enter');
  await expect(dialog(page)).toBeHidden();
  await expect(question(page)).toBeHidden();
  await sentNothing(mock);
});

for (const [label, change, sent, column, shown] of [
  ['Name', (page: Page) => field(page, 'Name').fill(' beta \u00a0'), { name: 'beta' }, 'Agent name', 'beta'],
  ['Name, emptied', (page: Page) => field(page, 'Name').fill('  '), { name: '' }, 'Agent name', 'Auto Generated'],
  ['Description', (page: Page) => field(page, 'Description').fill('one\n two '), { description: 'one\n two ' }],
  ['Description, emptied', (page: Page) => field(page, 'Description').fill(''), { description: '' }],
  ['Private IP', (page: Page) => field(page, 'Private IP').fill('\t192.168.1.1 '), { privateIp: '192.168.1.1' }, 'Private IP', '192.168.1.1'],
  ['Private IP, emptied', (page: Page) => field(page, 'Private IP').fill(' '), { privateIp: '' }, 'Private IP', 'Undefined'],
  ['Site', (page: Page) => fillSite(page, 'oslo branch'), { siteId: 's2' }, 'Site', 'Oslo Branch'],
  ['Site, Undefined', (page: Page) => fillSite(page, ''), { siteId: '' }, 'Site', 'Undefined'],
] as const) {
  test(`an edit of one field sends that field and the etag alone: ${label}`, {
    tag: ['@page.md#agent-dialog/7', '@agent-api.md#edit-an-agent/1', '@agent-api.md#field-violations/4'],
  }, async ({ page, mock }) => {
    await open(page, mock);
    await page.evaluate(() => addEventListener('kp-agent-saved', (event) => Object.assign(window, { told: (event as CustomEvent).detail })));
    await change(page);
    await saveAndClose(page);
    expect(await mock.sent('PATCH')).toEqual([{ path: '/kproxy/v202611/agents/a', body: { agent: { ...sent, etag: 'e1' } } }]);
    expect(await mock.sent('POST')).toEqual([]);
    if (column) await expect(cell(row(page, '203.0.113.4'), column)).toHaveText(shown);
    await expect(page.getByText('Saved alpha')).toBeAttached();
    expect(await page.evaluate(() => (window as unknown as { told: unknown }).told)).toEqual({ id: 'a' });
  });
}

test('by keyboard alone: all fields are edited, and Enter saves', {
  tag: ['@page.md#agent-dialog/4', '@page.md#accessibility/2'],
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BARE], [FRANKFURT, OSLO]);
  await page.goto('/');
  await loaded(page);
  const update = opener(page, 'Auto Generated');
  await update.focus();
  await page.keyboard.press('Space');
  await expect(field(page, 'Name')).toBeFocused();
  await page.keyboard.type('delta');
  await page.keyboard.press('Tab');
  await page.keyboard.type('one');
  // In several lines Enter makes a line.
  await page.keyboard.press('Enter');
  await page.keyboard.type('two');
  await page.keyboard.press('Tab');
  await page.keyboard.type('fd00::1');
  await page.keyboard.press('Tab');
  await page.keyboard.type('osl');
  await page.keyboard.press('Enter');
  await expect(site(page)).toHaveValue('Oslo Branch');
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeHidden();
  expect((await mock.sent('PATCH')).map(({ body }) => body)).toEqual([
    { agent: { name: 'delta', description: 'one\ntwo', siteId: 's2', privateIp: 'fd00::1', etag: 'b1' } },
  ]);
  // Nothing is Undefined any more: Update has become Edit, and has the focus all the same.
  await expect(list(page).getByRole('button', { name: 'Edit delta' })).toBeFocused();
});

test('while it saves, Save is busy and keeps focus, and a second press sends nothing more', {
  tag: '@page.md#agent-dialog/4',
}, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: PATCH, hold: 'save' });
  await field(page, 'Name').fill('beta');
  await save(page).click();
  await expect(save(page)).toHaveAttribute('aria-busy', 'true');
  await expect(save(page)).toHaveAttribute('aria-disabled', 'true');
  await expect(save(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await field(page, 'Name').press('Enter');
  await mock.release('save');
  await expect(dialog(page)).toBeHidden();
  expect(await mock.sent('PATCH')).toHaveLength(1);
  await expect(row(page, 'beta')).toBeVisible();
});

test('what is typed while it saves is not lost', { tag: '@page.md#agent-dialog/8' }, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: PATCH, hold: 'save', times: 1 });
  await field(page, 'Name').fill('beta');
  await field(page, 'Name').press('Enter');
  await expect(save(page)).toHaveAttribute('aria-busy', 'true');
  await field(page, 'Description').fill('typed meanwhile');
  await mock.release('save');
  await expect(row(page, 'beta')).toBeVisible();
  await expect(problem(page)).toContainText('Saved, except for what you typed in the meantime');
  await expect(field(page, 'Description')).toHaveValue('typed meanwhile');
  await saveAndClose(page);
  const [first, second] = (await mock.sent('PATCH')).map(({ body }) => body.agent);
  expect(first).toEqual({ name: 'beta', etag: 'e1' });
  expect(Object.keys(second).sort()).toEqual(['description', 'etag']);
  expect(second.etag).not.toBe('e1');
});

for (const [how, leave] of [
  ['Discard', (page: Page) => button(page, 'Cancel').click()],
  ['Back', (page: Page) => page.goBack()],
] as const) {
  test(`closed by ${how} while a Save is on its way, its answer still counts`, {
    tag: '@page.md#agent-dialog/13',
  }, async ({ page, mock }) => {
    await open(page, mock);
    await page.evaluate(() =>
      addEventListener('kp-agent-saved', (event) => Object.assign(window, { saved: (event as CustomEvent).detail.id })),
    );
    await mock.fault({ route: PATCH, hold: 'save', times: 1 });
    await field(page, 'Name').fill('beta');
    await save(page).click();
    await expect(save(page)).toHaveAttribute('aria-busy', 'true');
    await leave(page);
    await expect(question(page)).toContainText('A save is under way, and may go through all the same.');
    await answer(page, 'Discard').click();
    await expect(dialog(page)).toBeHidden();
    await expect(row(page, 'alpha')).toBeVisible();
    // The same agent's dialog, opened again, is another one.
    await openOf(page, 'alpha');
    await mock.release('save');
    await expect(row(page, 'beta')).toBeAttached();
    expect(await page.evaluate(() => (window as unknown as { saved?: string }).saved)).toBe('a');
    await expect(page.getByText('Saved alpha')).toBeAttached();
    await expect(dialog(page)).toBeVisible();
    await expect(field(page, 'Name')).toHaveValue('alpha');
  });
}

test('closed while a new site is being created, the site is kept, and nothing more is sent', {
  tag: '@page.md#agent-dialog/13',
}, async ({ page, mock }) => {
  await open(page, mock);
  await page.evaluate(() => addEventListener('kp-site-created', () => Object.assign(window, { created: true })));
  await mock.fault({ route: 'POST /site/v202509/sites', hold: 'site', times: 1 });
  await button(page, 'Create a New Site').click();
  await field(page, 'Site Name').fill('Bergen');
  await field(page, 'Street Address').fill('1 Bryggen');
  await save(page).click();
  await expect(save(page)).toHaveAttribute('aria-busy', 'true');
  await button(page, 'Cancel').click();
  await answer(page, 'Discard').click();
  await expect(dialog(page)).toBeHidden();
  await mock.release('site');
  await expect.poll(() => page.evaluate(() => (window as unknown as { created?: boolean }).created)).toBe(true);
  await openOf(page, 'alpha');
  await site(page).fill('bergen');
  await expect(option(page, 'Bergen')).toBeVisible();
  expect(await mock.sent('PATCH')).toEqual([]);
});

test('what is typed about a new site while it is being created stays, and so does the dialog', {
  tag: ['@page.md#agent-dialog/12', '@page.md#new-site/4'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: 'POST /site/v202509/sites', hold: 'site', times: 1 });
  await button(page, 'Create a New Site').click();
  await field(page, 'Site Name').fill('Bergen');
  await field(page, 'Street Address').fill('1 Brygen');
  await save(page).click();
  await expect(save(page)).toHaveAttribute('aria-busy', 'true');
  await field(page, 'Street Address').fill('1 Bryggen');
  await field(page, 'Private IP').fill('10.');
  await mock.release('site');
  await expect(problem(page)).toContainText('Saved, except for what you typed in the meantime');
  await expect(field(page, 'Street Address')).toHaveValue('1 Bryggen');
  await expect(field(page, 'Private IP')).toHaveValue('10.');
  await expect(row(page, 'alpha')).toContainText('Bergen');
  // What was typed later was not part of it.
  const [{ body }] = await mock.sent('PATCH');
  expect(Object.keys(body.agent).sort()).toEqual(['etag', 'siteId']);
  // The site is chosen behind the texts.
  await button(page, 'Use an Existing Site').click();
  await expect(site(page)).toHaveValue('Bergen');
});

test('a stored value that would be refused today bars nothing', { tag: '@page.md#agent-dialog/11' }, async ({ page, mock }) => {
  await mock.fleet([{ ...ALPHA, privateIp: '10.0.0.1/24' }, BARE], [FRANKFURT, OSLO]);
  await page.goto('/');
  await loaded(page);
  await openOf(page, 'alpha');
  await field(page, 'Private IP').focus();
  await field(page, 'Description').fill('Rack 8');
  await saveAndClose(page);
  expect((await mock.sent('PATCH')).map(({ body }) => body.agent)).toEqual([{ description: 'Rack 8', etag: 'e1' }]);
  await openOf(page, 'alpha');
  await field(page, 'Private IP').fill('10.0.0.1/25');
  await save(page).click();
  await expect(field(page, 'Private IP')).toHaveAttribute('aria-invalid', 'true');
});

test('a list that was asked for before a save does not undo it on screen', {
  tag: '@agent-api.md#conventions/7',
}, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: AGENTS, hold: 'list', times: 1 });
  await refreshQuietly(page);
  await expect(refresh(page)).toHaveAttribute('aria-busy', 'true');
  await field(page, 'Name').fill('beta');
  await saveAndClose(page);
  await mock.release('list');
  await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
  expect(await names(page)).toContain('beta');
  await openOf(page, 'beta');
  await expect(field(page, 'Name')).toHaveValue('beta');
});

/* ---- Checks ---- */

test('Private IP takes an IPv4 or IPv6 address in any legal spelling, and sends it as typed', {
  tag: '@page.md#agent-dialog/5',
}, async ({ page, mock }) => {
  await open(page, mock);
  const spellings = ['8.8.8.8', '0.0.0.0', '2001:DB8::A', '2001:db8:0:0:0:0:0:1', '::ffff:10.0.0.1', '64:ff9b::192.0.2.33', 'fe80::0001', '::'];
  for (const spelling of spellings) {
    await field(page, 'Private IP').fill(` ${spelling} `);
    await saveAndClose(page);
    await openOf(page, 'alpha');
    await expect(field(page, 'Private IP')).toHaveValue(spelling);
  }
  expect((await mock.sent('PATCH')).map(({ body }) => body.agent.privateIp)).toEqual(spellings);
});

test('what is no address is said beside Private IP on leaving it, and until it is typed in again', {
  tag: '@page.md#agent-dialog/5',
}, async ({ page, mock }) => {
  await open(page, mock);
  const ip = field(page, 'Private IP');
  for (const wrong of ['10.0.0', '10.0.0.256', '010.0.0.1', '10.0.0.1/24', '10.0.0.1:9995', '[::1]', '1::2::3', 'fe80::1%eth0', 'router', '10.0.0.1 10.0.0.2']) {
    await ip.fill(wrong);
    await expect(ip).not.toHaveAttribute('aria-invalid');
    await ip.press('Tab');
    await expect(ip, wrong).toHaveAttribute('aria-invalid', 'true');
    await expect(ip).toHaveAccessibleDescription('Enter an IPv4 or IPv6 address, such as 10.0.0.1 or 2001:db8::1');
    await expect(ip).toHaveValue(wrong);
  }
  await save(page).click();
  await expect(ip).toBeFocused();
  await sentNothing(mock);
  await ip.fill('::1');
  await expect(ip).not.toHaveAttribute('aria-invalid');
  await expect(ip).toHaveAccessibleDescription('');
  await saveAndClose(page);
});

test('lengths count code points: 128 in Name, 1,024 in Description', {
  tag: ['@page.md#agent-dialog/5', '@agent-api.md#field-violations/3'],
}, async ({ page, mock }) => {
  await open(page, mock);
  const [name, description] = [field(page, 'Name'), field(page, 'Description')];
  const [longName, longDescription] = ['🛰'.repeat(128), '🛰'.repeat(1_023) + '\n'];
  await name.fill(`${longName}é`);
  await description.fill(`${longDescription} `);
  await save(page).click();
  await expect(name).toHaveAccessibleDescription('Use at most 128 characters; these are 129');
  await expect(description).toHaveAccessibleDescription('Use at most 1,024 characters; these are 1,025');
  await expect(name).toBeFocused();
  await sentNothing(mock);
  // Blanks around a name do not count: they are not sent.
  await name.fill(`  ${longName}  `);
  await description.fill(longDescription);
  await saveAndClose(page);
  expect((await mock.sent('PATCH')).map(({ body }) => body)).toEqual([{ agent: { name: longName, description: longDescription, etag: 'e1' } }]);
});

test('Save focuses the first field that is wrong, and says each beside its field', {
  tag: '@page.md#agent-dialog/8',
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Description').fill('x'.repeat(1_025));
  await field(page, 'Private IP').fill('nonsense');
  await button(page, 'Create a New Site').click();
  await save(page).click();
  for (const label of ['Description', 'Private IP', 'Site Name', 'Street Address']) {
    await expect(field(page, label)).toHaveAttribute('aria-invalid', 'true');
    await expect(field(page, label)).not.toHaveAccessibleDescription('');
  }
  await expect(field(page, 'Name')).not.toHaveAttribute('aria-invalid');
  await expect(field(page, 'Description')).toBeFocused();
  await field(page, 'Description').fill('mended');
  await save(page).click();
  await expect(field(page, 'Private IP')).toBeFocused();
  await field(page, 'Private IP').fill('');
  await save(page).click();
  await expect(field(page, 'Site Name')).toBeFocused();
  await sentNothing(mock);
});

/* ---- A refresh behind it ---- */

test('a refresh behind the dialog disturbs nothing typed, nor focus, nor selection', {
  tag: '@page.md#agent-dialog/10',
}, async ({ page, mock }) => {
  await open(page, mock);
  const name = field(page, 'Name');
  await name.fill('typed by me');
  await field(page, 'Description').fill('typed, too');
  await name.evaluate((node) => (node as HTMLInputElement).setSelectionRange(2, 7));
  await name.focus();
  const node = await name.elementHandle();
  const expectUndisturbed = async () => {
    await expect(name).toBeFocused();
    expect(await name.evaluate((now, before) => now === before, node)).toBe(true);
    expect(await name.evaluate((node) => [(node as HTMLInputElement).selectionStart, (node as HTMLInputElement).selectionEnd])).toEqual([2, 7]);
    expect(await values(page)).toEqual({ ...SAVED, name: 'typed by me', description: 'typed, too' });
  };

  await mock.patch('b', { name: 'other' });
  await refreshBehind(page, 'other');
  await expectUndisturbed();
  await mock.patch('a', { name: 'theirs', description: 'theirs', privateIp: '10.9.9.9', siteId: 's2', ageSecs: 7200 });
  await refreshBehind(page, 'theirs');
  await expectUndisturbed();
  await expect(dialog(page)).toContainText('Critical');
  await mock.remove('a');
  await mock.patch('b', { name: 'alone' });
  await refreshBehind(page, 'alone');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '2');
  await expectUndisturbed();

  // The row that the dialog was opened from is gone: the list takes the focus.
  await page.keyboard.press('Escape');
  await answer(page, 'Discard').click();
  await expect(list(page)).toBeFocused();
});

test('a refresh leaves the open list of sites and the question alone', { tag: '@page.md#agent-dialog/10' }, async ({ page, mock }) => {
  await open(page, mock);
  await site(page).fill('r');
  await expect(options(page)).toHaveText([/^Undefined/, /^Frankfurt DC/, /^Oslo Branch/]);
  await page.keyboard.press('ArrowDown');
  const active = () => site(page).evaluate((node) => (node.getRootNode() as ShadowRoot).getElementById(node.getAttribute('aria-activedescendant')!)?.textContent);
  expect(await active()).toContain('Oslo Branch');
  // Another site comes before it.
  await mock.addSites({ id: 's0', title: 'Bergen' });
  await mock.patch('b', { name: 'other' });
  await refreshBehind(page, 'other');
  await expect(options(page)).toHaveText([/^Undefined/, /^Bergen/, /^Frankfurt DC/, /^Oslo Branch/]);
  await expect(site(page)).toHaveValue('r');
  await expect(site(page)).toBeFocused();
  expect(await active()).toContain('Oslo Branch');
  await page.keyboard.press('Enter');
  await expect(site(page)).toHaveValue('Oslo Branch');

  await field(page, 'Name').fill('typed');
  await page.keyboard.press('Escape');
  await expect(answer(page, 'Keep editing')).toBeFocused();
  await mock.patch('b', { name: 'again' });
  await refreshBehind(page, 'again');
  await expect(answer(page, 'Keep editing')).toBeFocused();
});

/* ---- Focus afterwards ---- */

test('after a save focus is on the button of the row, also where the row moved', {
  tag: '@page.md#accessibility/3',
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('zulu');
  await saveAndClose(page);
  await expect(opener(page, 'zulu')).toBeFocused();
});

test('after a save that takes the row out of the filtered list, focus is on the list', {
  tag: '@page.md#accessibility/3',
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA, { ...ALPHA, id: 'a2', name: 'alpha two', ipAddress: '203.0.113.9' }], [FRANKFURT]);
  await page.goto('/?q=alpha');
  await loaded(page);
  await openOf(page, 'alpha');
  await field(page, 'Name').fill('other');
  await saveAndClose(page);
  await expect(list(page)).toHaveAttribute('aria-rowcount', '2');
  await expect(list(page)).toBeFocused();
});

/* ---- Accessibility ---- */

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of [
    ['wide', { width: 1280, height: 900 }],
    ['320 px wide', { width: 320, height: 640 }],
  ] as const) {
    test(`axe finds nothing in any state of the dialog: ${colorScheme}, ${size}`, {
      tag: ['@page.md#accessibility/5', '@page.md#accessibility/6', '@page.md#accessibility/8'],
    }, async ({ page, mock }) => {
      mock.expectsFailures = true;
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await open(page, mock);
      const overflow = () => dialog(page).evaluate((node) => Math.max(...[node, ...node.querySelectorAll('*')].map((inner) => inner.getBoundingClientRect().right)) - innerWidth);
      const expectWell = async () => {
        await expectNoViolations(page);
        expect(await overflow()).toBeLessThanOrEqual(0);
      };
      await expectWell();

      // The list of sites, open.
      await site(page).fill('r');
      await site(page).press('ArrowDown');
      await expectWell();
      await site(page).press('Escape');

      // Something is wrong with each field.
      await field(page, 'Name').fill('n'.repeat(129));
      await field(page, 'Description').fill('d'.repeat(1_025));
      await field(page, 'Private IP').fill('nonsense');
      await save(page).click();
      await expect(site(page)).toHaveAttribute('aria-invalid', 'true');
      await expectWell();

      // The same of a new site.
      await button(page, 'Create a New Site').click();
      await save(page).click();
      await expect(field(page, 'Street Address')).toHaveAttribute('aria-invalid', 'true');
      await expectWell();

      // The question.
      await button(page, 'Cancel').click();
      await expect(question(page)).toBeVisible();
      await expectNoViolations(page);
      await answer(page, 'Keep editing').click();

      // A conflict, one field chosen, and what is wrong with the whole.
      await button(page, 'Use an Existing Site').click();
      await site(page).fill('oslo branch');
      await field(page, 'Name').fill('n'.repeat(128));
      await field(page, 'Description').fill('mine');
      await field(page, 'Private IP').fill('');
      await mock.patch('a', { name: 't'.repeat(128), description: 'theirs', privateIp: '::1', siteId: '' });
      await save(page).click();
      await dialog(page).getByRole('button', { name: 'Keep mine' }).first().click();
      await save(page).click();
      await expect(problem(page).filter({ hasText: 'Choose Keep mine or Take theirs' })).toBeVisible();
      await expectWell();
    });
  }
}
