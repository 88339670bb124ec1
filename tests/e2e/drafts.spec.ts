/** What was typed in the dialog "kproxy Agent" and not saved outlives the dialog, for the tab. */
import { expect, expectNoViolations, list, loaded, row, serveHost, setAttribute, test, type Mock } from './fixtures';
import {
  ALPHA, answer, BARE, button, dialog, field, FRANKFURT, open, openOf, OSLO, PATCH, problem, save, saveAndClose, site, values,
} from './agent-dialog';
import { breakProgram, exposeMemory } from './view';
import type { Page } from '@playwright/test';

const KEY = 'kp-drafts:';

const offer = (page: Page) => dialog(page).getByRole('group', { name: 'Unsaved changes' });
const kept = (page: Page) => page.evaluate((key) => sessionStorage.getItem(key), KEY);
const patches = async (mock: Mock) => (await mock.sent('PATCH')).map(({ body }) => body.agent);

/** Leaves the page though something is typed, and comes back. */
async function reload(page: Page) {
  page.once('dialog', (ask) => ask.accept());
  await page.reload();
  await expect(dialog(page)).toBeVisible();
}

test('what was typed survives a reload: it is offered, not forced, and Restore brings it back', {
  tag: ['@page.md#agent-dialog/15', '@page.md#agent-dialog/16'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await field(page, 'Description').fill('Rack 8');
  await reload(page);
  await expect(offer(page)).toContainText(/You have unsaved changes from \d+:\d\d/);
  await expect(dialog(page)).toHaveAccessibleDescription(/You have unsaved changes/);
  await expectNoViolations(page);
  expect(await values(page)).toMatchObject({ name: 'alpha', description: ALPHA.description });
  await button(page, 'Restore').click();
  await expect(offer(page)).toHaveCount(0);
  await expect(field(page, 'Name')).toBeFocused();
  expect(await values(page)).toMatchObject({ name: 'beta', description: 'Rack 8', privateIp: '10.0.0.1' });
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ name: 'beta', description: 'Rack 8', etag: 'e1' }]);
  expect(await kept(page)).toBeNull();
  await openOf(page, 'beta');
  await expect(offer(page)).toHaveCount(0);
});

test('what is typed before Restore is pressed stays', { tag: '@page.md#agent-dialog/16' }, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await field(page, 'Private IP').fill('10.0.0.2');
  await reload(page);
  await field(page, 'Private IP').fill('10.0.0.9');
  await button(page, 'Restore').click();
  expect(await values(page)).toMatchObject({ name: 'beta', privateIp: '10.0.0.9' });
  await saveAndClose(page);
});

test('Discard forgets it; closing without a decision does not', { tag: '@page.md#agent-dialog/16' }, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await reload(page);
  await expect(offer(page)).toBeVisible();
  await button(page, 'Cancel').click();
  await expect(dialog(page)).toBeHidden();
  // Another agent's dialog has nothing to offer.
  await openOf(page, 'Auto Generated');
  await expect(offer(page)).toHaveCount(0);
  await button(page, 'Cancel').click();
  await openOf(page, 'alpha');
  await button(page, 'Discard').click();
  await expect(offer(page)).toHaveCount(0);
  await expect(field(page, 'Name')).toBeFocused();
  await expect(field(page, 'Name')).toHaveValue('alpha');
  expect(await kept(page)).toBeNull();
  await button(page, 'Cancel').click();
  await openOf(page, 'alpha');
  await expect(offer(page)).toHaveCount(0);
});

test('what was discarded in the dialog, or taken back by hand, is not offered', { tag: '@page.md#agent-dialog/15' }, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await expect.poll(() => kept(page)).toContain('beta');
  await field(page, 'Name').fill('alpha');
  await expect.poll(() => kept(page)).toBeNull();
  await field(page, 'Name').fill('gamma');
  await page.keyboard.press('Escape');
  await answer(page, 'Discard').click();
  await expect(dialog(page)).toBeHidden();
  expect(await kept(page)).toBeNull();
  await openOf(page, 'alpha');
  await expect(offer(page)).toHaveCount(0);
});

test('a new site that was being described comes back, too', { tag: '@page.md#agent-dialog/15' }, async ({ page, mock }) => {
  await open(page, mock);
  await button(page, 'Create a New Site').click();
  await field(page, 'Site Name').fill('Bergen');
  await field(page, 'Street Address').fill('1 Bryg');
  await mock.fault({ route: 'POST /site/v202509/sites', status: 503, times: 1 });
  await save(page).click();
  await expect(problem(page)).toContainText('HTTP 503');
  await reload(page);
  await button(page, 'Restore').click();
  await expect(field(page, 'Site Name')).toHaveValue('Bergen');
  await expect(field(page, 'Street Address')).toHaveValue('1 Bryg');
  await field(page, 'Street Address').fill('1 Bryggen');
  await saveAndClose(page);
  await expect(row(page, 'alpha')).toContainText('Bergen');
});

test('Back out of the page and Forward again offers it', { tag: '@page.md#agent-dialog/15' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BARE], [FRANKFURT, OSLO]);
  await serveHost(page, '/elsewhere', '<p>Elsewhere</p>');
  await page.goto('/elsewhere');
  await page.goto('/agents/a/edit');
  await field(page, 'Private IP').fill('10.9.9.9');
  await expect.poll(() => kept(page)).toContain('10.9.9.9');
  page.once('dialog', (ask) => ask.accept());
  await page.goto('/elsewhere');
  await page.goto('/agents/a/edit');
  await expect(offer(page)).toBeVisible();
  await button(page, 'Restore').click();
  await expect(field(page, 'Private IP')).toHaveValue('10.9.9.9');
});

test('restored, it stands on top of what others saved meanwhile; what both changed is a conflict', {
  tag: ['@page.md#agent-dialog/17', '@page.md#edit-conflict/1'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await field(page, 'Private IP').fill('10.0.0.2');
  await expect.poll(() => kept(page)).toContain('10.0.0.2');
  await mock.patch('a', { description: 'theirs', privateIp: '10.0.0.3' });
  await reload(page);
  await button(page, 'Restore').click();
  const conflict = dialog(page).getByRole('group', { name: 'Private IP' });
  await expect(conflict).toContainText('10.0.0.2');
  await expect(conflict).toContainText('10.0.0.3');
  await expect(field(page, 'Description')).toHaveValue('theirs');
  await save(page).click();
  await expect(problem(page).filter({ hasText: 'Choose Keep mine or Take theirs' })).toBeVisible();
  expect(await patches(mock)).toEqual([]);
  await conflict.getByRole('button', { name: 'Take theirs' }).click();
  await saveAndClose(page);
  const [{ etag, ...sent }] = await patches(mock);
  expect(sent).toEqual({ name: 'beta' });
  expect(etag).not.toBe('e1');
});

test('what has been saved all the same is not offered', { tag: '@page.md#agent-dialog/16' }, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await mock.fault({ route: PATCH, status: 504, handled: true });
  // The agent cannot be read either, which would tell that it is saved.
  await mock.fault({ route: 'GET /kproxy/v202611/agents/{id}', status: 503 });
  await save(page).click();
  await expect(problem(page)).toContainText('HTTP 504');
  await mock.heal();
  await reload(page);
  await expect(field(page, 'Name')).toHaveValue('beta');
  await expect(offer(page)).toHaveCount(0);
});

test('whatever is in the storage, the dialog works', { tag: '@page.md#agent-dialog/15' }, async ({ page, mock }) => {
  await mock.fleet([ALPHA, BARE], [FRANKFURT, OSLO]);
  await page.goto('/');
  await loaded(page);
  const draft = {
    id: 'a', typedAtMs: Date.now(), etag: 'e1', siteQuery: null, isNewSite: false, siteName: '', streetAddress: '',
    base: { name: 'alpha', description: '', siteId: '', privateIp: '' }, entered: { name: 'x', description: '', siteId: '', privateIp: '' },
  };
  for (const text of [
    '', 'null', '[', '{"a":1}', '[[[[', `[${'['.repeat(5_000)}`, 'x'.repeat(2_000_000),
    JSON.stringify([{ ...draft, typedAtMs: 'now' }, { ...draft, typedAtMs: 9e99 }, { ...draft, entered: null }, 7]),
    JSON.stringify([{ ...draft, typedAtMs: -8.64e15 }, { ...draft, typedAtMs: Date.now() - 90_000_000 }]),
  ]) {
    await page.evaluate(([key, text]) => sessionStorage.setItem(key, text), [KEY, text] as const);
    await openOf(page, 'alpha');
    await expect(field(page, 'Name')).toHaveValue('alpha');
    await expect(offer(page)).toHaveCount(0);
    await field(page, 'Name').fill('beta');
    await expect.poll(() => kept(page)).toContain('"beta"');
    await field(page, 'Name').fill('alpha');
    await expect.poll(() => kept(page)).toBeNull();
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toBeHidden();
  }
  // Markup is text.
  const entered = { ...draft.entered, name: '<img src=x onerror=alert(1)>' };
  await page.evaluate(([key, text]) => sessionStorage.setItem(key, text), [KEY, JSON.stringify([{ ...draft, entered }])] as const);
  await openOf(page, 'alpha');
  await button(page, 'Restore').click();
  await expect(field(page, 'Name')).toHaveValue(entered.name);
});

test('without a storage the dialog works', { tag: '@page.md#agent-dialog/15' }, async ({ page, mock }) => {
  await page.addInitScript(() =>
    Object.defineProperty(window, 'sessionStorage', { get: () => { throw new DOMException('no', 'SecurityError'); } }),
  );
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await saveAndClose(page);
  await expect(row(page, 'beta')).toBeVisible();
});

test('a storage that is full is no error', { tag: '@page.md#agent-dialog/15' }, async ({ page, mock }) => {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
  });
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await saveAndClose(page);
});

/* ---- read-only ---- */

test('read-only that comes while something is typed keeps the dialog, with Save off; once it goes, Save is on', {
  tag: ['@page.md#agent-dialog/18', '@page.md#list/13'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await setAttribute(page, 'read-only', '');
  await expect(list(page).getByRole('columnheader')).toHaveCount(7);
  await expect(dialog(page)).toContainText('Agents can only be looked at for now, so Save is off. What you typed is kept.');
  await expect(save(page)).toHaveAttribute('aria-disabled', 'true');
  await save(page).click({ force: true });
  await field(page, 'Name').press('Enter');
  await field(page, 'Description').fill('typed meanwhile');
  expect(await patches(mock)).toEqual([]);
  await setAttribute(page, 'read-only', null);
  await expect(save(page)).not.toHaveAttribute('aria-disabled');
  await expect(dialog(page)).not.toContainText('Save is off');
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ name: 'beta', description: 'typed meanwhile', etag: 'e1' }]);
});

test('under read-only, discarding closes the dialog, and one in which nothing is typed is closed', {
  tag: '@page.md#agent-dialog/18',
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await setAttribute(page, 'read-only', '');
  await button(page, 'Cancel').click();
  await answer(page, 'Discard').click();
  await expect(dialog(page)).toBeHidden();
  await setAttribute(page, 'read-only', null);
  await loaded(page);
  await openOf(page, 'alpha');
  await site(page).focus();
  await setAttribute(page, 'read-only', '');
  await expect(dialog(page)).toBeHidden();
});

/* ---- After the program has died ---- */

test('what was typed when the program died is offered after Start again, and the view is the same', {
  tag: ['@page.md#agent-dialog/15', '@embedding.md#events'],
}, async ({ page, mock }) => {
  mock.expectsFailures = true;
  mock.expectedErrors.push(/^Console: kp-error panic: /, /^Uncaught: RuntimeError: /);
  await exposeMemory(page);
  await open(page, mock);
  await field(page, 'Name').fill('beta');
  await expect.poll(() => kept(page)).toContain('beta');
  await breakProgram(page);
  await expect(page.getByRole('alert')).toContainText('Something went wrong', { timeout: 20_000 });
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(page).toHaveURL('/agents/a/edit');
  await button(page, 'Restore').click();
  await expect(field(page, 'Name')).toHaveValue('beta');
  await saveAndClose(page);
  await expect(row(page, 'beta')).toBeVisible();
});
