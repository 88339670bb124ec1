import { cell, expect, list, row, test, type Mock } from './fixtures';
import {
  answer, button, dialog, field, open, openOf, option, PATCH, problem, question, READ_ONE, save, saveAndClose, site, values,
} from './agent-dialog';
import type { Page } from '@playwright/test';

const patches = async (mock: Mock) => (await mock.sent('PATCH')).map(({ body }) => body.agent);

/** The choice about one field. */
const conflict = (page: Page, label: string) => dialog(page).getByRole('group', { name: label, exact: true });
const choice = (page: Page, label: string, word: 'Keep mine' | 'Take theirs') => conflict(page, label).getByRole('button', { name: word });
const conflicts = (page: Page) => dialog(page).getByRole('group');

/** Each field changed by the user. */
async function typeMine(page: Page) {
  await field(page, 'Name').fill('mine');
  await field(page, 'Description').fill('mine, too');
  await field(page, 'Private IP').fill('10.0.0.2');
  await site(page).fill('Oslo Branch');
  await site(page).press('Tab');
}

const THEIRS = { name: 'theirs', description: 'theirs, too', privateIp: 'fd00::3', siteId: '' };

test.beforeEach(({ mock }) => {
  // The browser notes each 409 in its log.
  mock.expectsFailures = true;
});

test('where somebody else changed other fields, Save goes through by itself, on top of theirs', {
  tag: ['@page.md#edit-conflict/2', '@agent-api.md#edit-an-agent/3'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('mine');
  const { agent: { etag } } = await mock.patch('a', { description: 'theirs', siteId: 's2' });
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ name: 'mine', etag: 'e1' }, { name: 'mine', etag }]);
  await openOf(page, 'mine');
  expect(await values(page)).toEqual({ name: 'mine', description: 'theirs', privateIp: '10.0.0.1', site: 'Oslo Branch' });
});

test('where somebody else made the same change, nothing more is sent', {
  tag: ['@page.md#edit-conflict/2', '@agent-api.md#edit-an-agent/3'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill(' same ');
  await mock.patch('a', { name: 'same', description: 'theirs' });
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ name: 'same', etag: 'e1' }]);
  await expect(row(page, 'same')).toBeVisible();
});

test('only fields that both changed, and that differ, are in conflict: mine and theirs', {
  tag: ['@page.md#edit-conflict/1', '@page.md#edit-conflict/2', '@agent-api.md#errors/5'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('mine');
  await field(page, 'Private IP').fill('10.0.0.2');
  await field(page, 'Description').fill('the same');
  // Theirs: another name, the same description, a site that I did not touch.
  await mock.patch('a', { name: 'theirs', description: 'the same', siteId: 's2' });
  await save(page).click();
  await expect(dialog(page).getByRole('heading', { name: 'Someone else has changed this agent in the meantime' })).toBeVisible();
  await expect(problem(page).filter({ hasText: 'Someone else has changed this agent in the meantime' })).toBeVisible();
  await expect(conflicts(page)).toHaveCount(1);
  await expect(conflict(page, 'Name').getByRole('definition')).toHaveText(['mine', 'Keep mine', 'theirs', 'Take theirs']);
  await expect(choice(page, 'Name', 'Keep mine')).toHaveAccessibleDescription('mine');
  await expect(choice(page, 'Name', 'Take theirs')).toHaveAccessibleDescription('theirs');
  // What was typed is still there, and what they alone changed is there, too.
  expect(await values(page)).toEqual({ name: 'mine', description: 'the same', privateIp: '10.0.0.2', site: 'Oslo Branch' });
});

test('Keep mine and Take theirs, field by field; Save sends what is mine with the new etag', {
  tag: ['@page.md#edit-conflict/3', '@agent-api.md#edit-an-agent/3'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await typeMine(page);
  const { agent: { etag } } = await mock.patch('a', THEIRS);
  await save(page).click();
  await expect(conflicts(page)).toHaveCount(4);
  await expect(conflict(page, 'Site').getByRole('definition')).toHaveText(['Oslo Branch', 'Keep mine', 'Undefined', 'Take theirs']);
  for (const [label, word, pressed] of [
    ['Name', 'Keep mine', 'Take theirs'],
    ['Description', 'Take theirs', 'Keep mine'],
    ['Private IP', 'Keep mine', 'Take theirs'],
    ['Site', 'Take theirs', 'Keep mine'],
  ] as const) {
    await expect(choice(page, label, word)).toHaveAttribute('aria-pressed', 'false');
    // One may think again.
    await choice(page, label, pressed).click();
    await choice(page, label, word).click();
    await expect(choice(page, label, word)).toHaveAttribute('aria-pressed', 'true');
    await expect(choice(page, label, pressed)).toHaveAttribute('aria-pressed', 'false');
  }
  // The fields show what will be saved.
  expect(await values(page)).toEqual({ name: 'mine', description: 'theirs, too', privateIp: '10.0.0.2', site: 'Undefined' });
  await saveAndClose(page);
  expect((await patches(mock)).slice(1)).toEqual([{ name: 'mine', privateIp: '10.0.0.2', etag }]);
  await openOf(page, 'mine');
  expect(await values(page)).toEqual({ name: 'mine', description: 'theirs, too', privateIp: '10.0.0.2', site: 'Undefined' });
});

test('by keyboard alone: focus goes to the first choice, and Save before choosing says what to do', {
  tag: ['@page.md#edit-conflict/3', '@page.md#accessibility/2'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('mine');
  await field(page, 'Description').fill('mine, too');
  await mock.patch('a', { name: 'theirs', description: '' });
  await field(page, 'Name').press('Enter');
  await expect(choice(page, 'Name', 'Keep mine')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(field(page, 'Name')).toHaveValue('theirs');

  await field(page, 'Private IP').focus();
  await page.keyboard.press('Enter');
  const told = problem(page).filter({ hasText: 'Choose Keep mine or Take theirs for each field first' });
  await expect(told).toBeVisible();
  await expect(told).toBeInViewport();
  // The first that is still open; nothing was sent meanwhile.
  await expect(choice(page, 'Description', 'Keep mine')).toBeFocused();
  expect(await patches(mock)).toHaveLength(1);
  await expect(conflict(page, 'Description').getByRole('definition').nth(2)).toHaveText('(empty)');
  await page.keyboard.press('Enter');
  await expect(choice(page, 'Description', 'Keep mine')).toHaveAttribute('aria-pressed', 'true');
  await expect(told).toBeHidden();
  await field(page, 'Private IP').press('Enter');
  await expect(dialog(page)).toBeHidden();
  expect((await patches(mock)).slice(1)).toEqual([{ description: 'mine, too', etag: expect.not.stringMatching('^e1$') }]);
  await expect(row(page, 'theirs')).toBeVisible();
});

test('theirs taken throughout sends nothing more', { tag: '@page.md#edit-conflict/3' }, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('mine');
  await mock.patch('a', { name: 'theirs' });
  await save(page).click();
  await choice(page, 'Name', 'Take theirs').click();
  await saveAndClose(page);
  expect(await patches(mock)).toHaveLength(1);
  await expect(row(page, 'theirs')).toBeVisible();
});

test('whoever types on in a field in conflict has decided for what is typed', {
  tag: '@page.md#edit-conflict/3',
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('mine');
  await mock.patch('a', { name: 'theirs' });
  await save(page).click();
  await choice(page, 'Name', 'Take theirs').click();
  await field(page, 'Name').fill('a third');
  await expect(choice(page, 'Name', 'Keep mine')).toHaveAttribute('aria-pressed', 'true');
  await expect(conflict(page, 'Name').getByRole('definition').first()).toHaveText('a third');
  await choice(page, 'Name', 'Take theirs').click();
  await choice(page, 'Name', 'Keep mine').click();
  await expect(field(page, 'Name')).toHaveValue('a third');
  await saveAndClose(page);
  expect((await patches(mock)).map(({ name }) => name)).toEqual(['mine', 'a third']);
});

test('a second change by somebody else is a conflict anew', { tag: '@page.md#edit-conflict/1' }, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('mine');
  await mock.patch('a', { name: 'theirs' });
  await save(page).click();
  await choice(page, 'Name', 'Keep mine').click();
  const { agent: { etag } } = await mock.patch('a', { name: 'theirs again' });
  await save(page).click();
  await expect(conflict(page, 'Name').getByRole('definition')).toHaveText(['mine', 'Keep mine', 'theirs again', 'Take theirs']);
  await expect(choice(page, 'Name', 'Keep mine')).toHaveAttribute('aria-pressed', 'false');
  await choice(page, 'Name', 'Keep mine').click();
  await saveAndClose(page);
  expect((await patches(mock)).at(-1)).toEqual({ name: 'mine', etag });
});

test('closing a conflict asks, and Discard leaves theirs', { tag: '@page.md#agent-dialog/3' }, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('mine');
  await mock.patch('a', { name: 'theirs' });
  await save(page).click();
  await expect(conflict(page, 'Name')).toBeVisible();
  await page.keyboard.press('Escape');
  await answer(page, 'Discard').click();
  await expect(dialog(page)).toBeHidden();
  // The agent was read again.
  await openOf(page, 'theirs');
  await expect(field(page, 'Name')).toHaveValue('theirs');
  await expect(conflicts(page)).toHaveCount(0);
});

test('an agent that is gone when it is read anew leaves the list; what was typed stays, Save is off', {
  tag: '@page.md#agent-dialog/9',
}, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('mine');
  await mock.patch('a', { name: 'theirs' });
  await mock.fault({ route: READ_ONE, status: 404 });
  await save(page).click();
  await expect(problem(page)).toContainText('This agent no longer exists');
  await expect(save(page)).toHaveAttribute('aria-disabled', 'true');
  await expect(field(page, 'Name')).toHaveValue('mine');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '2');
});

test('where it cannot be read anew nothing typed is lost, and Save tries again', {
  tag: '@page.md#agent-dialog/8',
}, async ({ page, mock }) => {
  await open(page, mock);
  await typeMine(page);
  await mock.patch('a', { name: 'theirs' });
  await mock.fault({ route: READ_ONE, status: 502, body: '<h1>Bad gateway</h1>' });
  await save(page).click();
  await expect(problem(page)).toHaveText(/The server is having trouble \(HTTP 502\)/);
  expect(await values(page)).toEqual({ name: 'mine', description: 'mine, too', privateIp: '10.0.0.2', site: 'Oslo Branch' });
  await mock.heal();
  await save(page).click();
  await choice(page, 'Name', 'Keep mine').click();
  await saveAndClose(page);
  await expect(row(page, 'mine')).toBeVisible();
});

test('somebody who saves again and again is given up on after a few tries', { tag: '@page.md#edit-conflict/2' }, async ({ page, mock }) => {
  await open(page, mock);
  await field(page, 'Name').fill('mine');
  await mock.fault({ route: PATCH, status: 409 });
  await save(page).click();
  await expect(problem(page)).toContainText('Someone else has changed this in the meantime');
  await expect(field(page, 'Name')).toHaveValue('mine');
  expect((await patches(mock)).length).toBeLessThan(10);
  await mock.heal();
  await saveAndClose(page);
  await expect(row(page, 'mine')).toBeVisible();
});

test('a save whose answer cannot be read finds its own change: it closes, and the host is told', {
  tag: '@page.md#edit-conflict/2',
}, async ({ page, mock }) => {
  await open(page, mock);
  await page.evaluate(() => addEventListener('kp-agent-saved', (event) => Object.assign(window, { told: (event as CustomEvent).detail })));
  await mock.fault({ route: PATCH, body: 'ok', handled: true, times: 1 });
  await typeMine(page);
  await saveAndClose(page);
  await expect(question(page)).toBeHidden();
  expect(await page.evaluate(() => (window as unknown as { told: unknown }).told)).toEqual({ id: 'a' });
  await expect(row(page, 'mine')).toBeVisible();
  expect(await patches(mock)).toHaveLength(1);
});

test('a site made for an agent that somebody else gave another site is offered as mine', {
  tag: ['@page.md#edit-conflict/1', '@page.md#new-site/4'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await button(page, 'Create a New Site').click();
  await field(page, 'Site Name').fill('Bergen');
  await field(page, 'Street Address').fill('1 Bryggen');
  await mock.patch('a', { siteId: 's2' });
  await save(page).click();
  await expect(conflict(page, 'Site').getByRole('definition')).toHaveText(['Bergen', 'Keep mine', 'Oslo Branch', 'Take theirs']);
  await choice(page, 'Site', 'Take theirs').click();
  await expect(site(page)).toHaveValue('Oslo Branch');
  await site(page).fill('berg');
  await option(page, 'Bergen').click();
  await expect(choice(page, 'Site', 'Keep mine')).toHaveAttribute('aria-pressed', 'true');
  await saveAndClose(page);
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Bergen');
  expect(await mock.sent('POST')).toHaveLength(1);
});

test('a site that somebody else has just made is shown with its title', { tag: '@page.md#edit-conflict/4' }, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await open(page, mock);
  await site(page).fill('Oslo Branch');
  await site(page).press('Enter');
  await mock.addSites({ id: 's9', title: 'Bergen', postalAddress: { address: '1 Bryggen' } });
  await mock.patch('a', { siteId: 's9' });
  await save(page).click();
  const theirs = conflict(page, 'Site');
  await expect(theirs.getByRole('definition').filter({ hasText: 'Bergen' })).toBeVisible();
  await expect(choice(page, 'Site', 'Take theirs')).toHaveAccessibleDescription('Bergen');
});

test('texts of somebody else are never markup', { tag: '@page.md#texts/3' }, async ({ page, mock }) => {
  await open(page, mock);
  const theirs = '<img src=x onerror="throw 1">';
  await field(page, 'Name').fill('<b>mine</b>');
  await mock.patch('a', { name: theirs });
  await save(page).click();
  await expect(conflict(page, 'Name').getByRole('definition')).toHaveText(['<b>mine</b>', 'Keep mine', theirs, 'Take theirs']);
  expect(await dialog(page).locator('img, b').count()).toBe(0);
});
