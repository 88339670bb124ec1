import { cell, expect, list, loaded, map, refreshNow, row, SITES, test, type Mock } from './fixtures';
import {
  ALPHA, answer, BARE, button, dialog, field, FRANKFURT, open, openOf, option, options, OSLO, PATCH, POST_SITE, problem, save, saveAndClose, site,
  sites,
} from './agent-dialog';
import type { Page } from '@playwright/test';

const MANY = Array.from({ length: 3_000 }, (_, i) => ({
  id: `m${i}`,
  title: `Branch ${i}`,
  postalAddress: { city: i % 3 === 0 ? 'Turin' : 'Lyon' },
}));

/** Opens the dialog of an agent of these sites. */
async function openWith(page: Page, mock: Mock, agent: Record<string, unknown>, all: Record<string, unknown>[]) {
  await mock.fleet([agent], all);
  await page.goto('/');
  await loaded(page);
  await openOf(page, (agent.name as string | undefined) ?? 'Auto Generated');
}

/** The option that the arrow keys are at. */
const active = (page: Page) =>
  site(page).evaluate((node) => {
    const id = node.getAttribute('aria-activedescendant');
    return id && (node.getRootNode() as ShadowRoot).getElementById(id)!.querySelector('.kp-option-label')!.textContent;
  });

/** What the page tells its host, as it comes. */
async function listen(page: Page) {
  await page.evaluate(() => {
    const told: unknown[] = [];
    Object.assign(window, { told });
    for (const name of ['kp-site-created', 'kp-agent-saved']) {
      addEventListener(name, (event) => told.push([name, (event as CustomEvent).detail.id]));
    }
  });
  return () => page.evaluate(() => (window as unknown as { told: unknown[] }).told);
}

const patches = async (mock: Mock) => (await mock.sent('PATCH')).map(({ body }) => body.agent);
const posts = async (mock: Mock) => (await mock.sent('POST')).map(({ body }) => body.site);

/** The backend's sites of this title. */
async function made(page: Page, title: string) {
  const all: { id: string; title: string }[] = await page.evaluate(async () => (await (await fetch('/site/v202509/sites')).json()).sites);
  return all.filter((one) => one.title === title);
}

/* ---- An existing site ---- */

test('Site is filtered as one types, over thousands of sites, by title and by address', {
  tag: '@page.md#agent-dialog/6',
}, async ({ page, mock }) => {
  await openWith(page, mock, BARE, MANY);
  await expect(site(page)).toHaveAttribute('aria-expanded', 'false');
  await expect(sites(page)).toBeHidden();
  await site(page).click();
  await expect(site(page)).toHaveAttribute('aria-expanded', 'true');
  await expect(options(page)).toHaveCount(101);
  await expect(options(page).first()).toHaveText('Undefined');
  await expect(dialog(page).getByRole('status').filter({ hasText: '2,900 more; type to narrow them down' })).toBeVisible();
  for (const [text, titles, note] of [
    ['BRANCH 299', ['Branch 299', 'Branch 2990', /Branch 299\d/], ''],
    [' branch 2999 ', ['Branch 2999'], ''],
    ['2998', ['Branch 2998'], ''],
    ['turin', ['Branch 0', 'Branch 3', 'Branch 6'], '900 more'],
    ['nowhere', [], 'No matches'],
  ] as const) {
    await site(page).fill(text);
    const shown = await options(page).locator('.kp-option-label').allTextContents();
    expect(shown.slice(0, titles.length + 1), text).toEqual(['Undefined', ...titles.map((title) => expect.stringMatching(title))]);
    await expect(dialog(page).locator('.kp-menu-note'), text).toHaveText(note === '' ? '' : new RegExp(note));
  }
  await site(page).fill('2998');
  await option(page, 'Branch 2998').click();
  await expect(sites(page)).toBeHidden();
  await expect(site(page)).toHaveValue('Branch 2998');
  await expect(site(page)).toBeFocused();
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ siteId: 'm2998', etag: 'b1' }]);
  await expect(cell(row(page, '203.0.113.5'), 'Site')).toHaveText('Branch 2998');
});

test('by keyboard alone: arrows walk the list, Enter chooses, Esc closes the list but not the dialog', {
  tag: ['@page.md#agent-dialog/6', '@page.md#accessibility/2'],
}, async ({ page, mock }) => {
  await openWith(page, mock, { ...ALPHA, siteId: 'm40' }, MANY.slice(0, 60));
  await field(page, 'Private IP').focus();
  await page.keyboard.press('Tab');
  await expect(site(page)).toBeFocused();
  await expect(sites(page)).toBeHidden();
  // It opens at the chosen one, which is in view.
  await page.keyboard.press('ArrowDown');
  expect(await active(page)).toBe('Branch 40');
  await expect(sites(page).getByRole('option', { selected: true })).toHaveText(/Branch 40/);
  await expect(option(page, 'Branch 40')).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('ArrowDown');
  expect(await active(page)).toBe('Branch 41');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  expect(await active(page)).toBe('Branch 39');
  // Round at the ends, each in view.
  for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowUp');
  expect(await active(page)).toBe('Undefined');
  await expect(option(page, 'Undefined')).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('ArrowUp');
  expect(await active(page)).toBe('Branch 59');
  await expect(option(page, 'Branch 59')).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('ArrowDown');
  expect(await active(page)).toBe('Undefined');

  await page.keyboard.press('Escape');
  await expect(sites(page)).toBeHidden();
  await expect(dialog(page)).toBeVisible();
  await expect(site(page)).toHaveValue('Branch 40');
  await expect(site(page)).toBeFocused();
  expect(await active(page)).toBe(null);

  await page.keyboard.press('Alt+ArrowDown');
  await expect(sites(page)).toBeVisible();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(sites(page)).toBeHidden();

  // Typing goes to the first that matches; Enter takes it, and saves nothing.
  await page.keyboard.press('Control+A');
  await page.keyboard.type('branch 5');
  expect(await active(page)).toBe('Branch 5');
  await page.keyboard.press('ArrowDown');
  expect(await active(page)).toBe('Branch 50');
  await page.keyboard.press('Enter');
  await expect(site(page)).toHaveValue('Branch 50');
  await expect(sites(page)).toBeHidden();
  await expect(dialog(page)).toBeVisible();
  expect(await patches(mock)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeHidden();
  expect(await patches(mock)).toEqual([{ siteId: 'm50', etag: 'e1' }]);
});

test('Esc after typing closes the list, then asks before it closes the dialog', async ({ page, mock }) => {
  await open(page, mock);
  await site(page).fill('osl');
  await page.keyboard.press('Escape');
  await expect(sites(page)).toBeHidden();
  await expect(site(page)).toHaveValue('osl');
  await expect(site(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await answer(page, 'Keep editing').click();
  await expect(site(page)).toHaveValue('osl');
});

test('a title typed in full is taken on Tab, whatever its case, and a press elsewhere takes it, too', {
  tag: '@page.md#agent-dialog/6',
}, async ({ page, mock }) => {
  // Of many that begin alike, too.
  await openWith(page, mock, BARE, [...MANY, OSLO]);
  await site(page).fill('  OSLO branch ');
  await site(page).press('Tab');
  await expect(site(page)).toHaveValue('Oslo Branch');
  await expect(button(page, 'Create a New Site')).toBeFocused();
  await site(page).fill('branch 1');
  await dialog(page).getByRole('heading').click();
  await expect(site(page)).toHaveValue('Branch 1');
  await expect(sites(page)).toBeHidden();
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ siteId: 'm1', etag: 'b1' }]);
});

test('text that names no site is an error beside the field, and stays', {
  tag: ['@page.md#agent-dialog/6', '@page.md#agent-dialog/8'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await site(page).fill('Osl');
  await site(page).press('Tab');
  await expect(site(page)).toHaveValue('Osl');
  await save(page).click();
  await expect(site(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(site(page)).toHaveAccessibleDescription('Choose a site from the list, or create a new one');
  await expect(site(page)).toBeFocused();
  await expect(site(page)).toHaveValue('Osl');
  expect(await patches(mock)).toEqual([]);
  // Once a site is chosen the error is gone.
  await site(page).press('ArrowDown');
  await option(page, 'Oslo Branch').click();
  await expect(site(page)).not.toHaveAttribute('aria-invalid');
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ siteId: 's2', etag: 'e1' }]);
});

test('the error of Site goes as soon as it is typed in again', async ({ page, mock }) => {
  await open(page, mock);
  await site(page).fill('Osl');
  await site(page).press('Tab');
  await save(page).click();
  await expect(site(page)).toHaveAttribute('aria-invalid', 'true');
  await site(page).press('End');
  await site(page).pressSequentially('o');
  await expect(site(page)).not.toHaveAttribute('aria-invalid');
});

test('of two sites with the same title the address tells them apart, and the title alone takes neither', {
  tag: '@page.md#agent-dialog/6',
}, async ({ page, mock }) => {
  const twins = ['Turin', 'Lyon'].map((city) => ({ id: city, title: 'Twin', postalAddress: { city } }));
  await openWith(page, mock, BARE, twins);
  await site(page).fill('twin');
  await expect(options(page)).toHaveText(['Undefined', 'TwinLyon', 'TwinTurin']);
  await page.keyboard.press('Tab');
  await save(page).click();
  await expect(site(page)).toHaveAttribute('aria-invalid', 'true');
  await site(page).fill('twin');
  await option(page, 'Turin').click();
  await expect(site(page)).toHaveValue('Twin');
  await page.keyboard.press('Tab');
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ siteId: 'Turin', etag: 'b1' }]);
});

test('Undefined stays in the list whatever is typed, and is taken by mouse, by keyboard and by emptying the field', {
  tag: '@page.md#agent-dialog/6',
}, async ({ page, mock }) => {
  await open(page, mock);
  const ways: [string, () => Promise<void>][] = [
    ['mouse', () => option(page, 'Undefined').click()],
    ['arrows', async () => {
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
    }],
    ['typed', async () => {
      await site(page).fill('undefined');
      await page.keyboard.press('Tab');
    }],
    ['emptied', async () => {
      await site(page).fill('');
      await page.keyboard.press('Tab');
    }],
  ];
  for (const [way, take] of ways) {
    await site(page).fill('oslo');
    await expect(options(page), way).toHaveText([/^Undefined$/, /^Oslo/]);
    await take();
    await expect(site(page), way).toHaveValue('Undefined');
    await expect(sites(page), way).toBeHidden();
    await site(page).fill('Oslo Branch');
    await site(page).press('Enter');
    await expect(site(page), way).toHaveValue('Oslo Branch');
  }
  await site(page).fill('');
  await page.keyboard.press('Tab');
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ siteId: '', etag: 'e1' }]);
});

test('a click into Site selects its text, so that typing replaces it; a second click closes the list', async ({ page, mock }) => {
  await open(page, mock);
  await site(page).click();
  await page.keyboard.type('o');
  await expect(site(page)).toHaveValue('o');
  await site(page).click();
  await expect(sites(page)).toBeHidden();
  await site(page).click();
  await expect(sites(page)).toBeVisible();
});

test('a site that is there no more reads Undefined, and stays what it is while nobody chooses', {
  tag: '@page.md#agent-dialog/6',
}, async ({ page, mock }) => {
  await openWith(page, mock, { ...ALPHA, siteId: 'gone' }, [OSLO]);
  await expect(site(page)).toHaveValue('Undefined');
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([]);
  await openOf(page, 'alpha');
  await site(page).press('ArrowDown');
  await option(page, 'Undefined').click();
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ siteId: '', etag: 'e1' }]);
});

test('where the sites could not be read the dialog says so, and leaves the site alone', {
  tag: '@page.md#agent-dialog/6',
}, async ({ page, mock }) => {
  await mock.fleet([ALPHA], [FRANKFURT]);
  await mock.fault({ route: SITES, status: 503 });
  await page.goto('/agents/a/edit');
  await expect(site(page)).toHaveValue('…');
  await expect(dialog(page).getByText('Could not read the sites: The server is having trouble (HTTP 503)')).toBeVisible();
  await field(page, 'Name').fill('beta');
  await saveAndClose(page);
  expect(await patches(mock)).toEqual([{ name: 'beta', etag: 'e1' }]);
  await mock.heal();
  await refreshNow(page, mock);
  await openOf(page, 'beta');
  await expect(site(page)).toHaveValue('Frankfurt DC');
  await expect(dialog(page).getByText('Could not read the sites')).toBeHidden();
});

test('the list of sites is whole on screen, above its field where there is no room below', {
  tag: '@page.md#agent-dialog/6',
}, async ({ page, mock }) => {
  for (const [width, height] of [[1280, 900], [320, 640], [640, 360]] as const) {
    await page.setViewportSize({ width, height });
    await openWith(page, mock, BARE, MANY.slice(0, 60));
    await site(page).click();
    await expect(sites(page)).toBeInViewport({ ratio: 1 });
    await expect(option(page, 'Undefined')).toBeInViewport({ ratio: 1 });
    const [field, menu] = await Promise.all([site(page).boundingBox(), sites(page).boundingBox()]);
    const overlap = Math.min(field!.y + field!.height, menu!.y + menu!.height) - Math.max(field!.y, menu!.y);
    expect(overlap, `${width}`).toBeLessThanOrEqual(0);
    await option(page, 'Branch 3').first().click();
    await expect(site(page)).toHaveValue('Branch 3');
  }
});

/* ---- A new site ---- */

const ADDRESS = 'Karl Johans gate 1, Oslo, Norway';

async function typeNewSite(page: Page, title: string, address: string) {
  await button(page, 'Create a New Site').click();
  await field(page, 'Site Name').fill(title);
  await field(page, 'Street Address').fill(address);
}

const expectNewSite = async (page: Page, title: string, address: string) => {
  await expect(field(page, 'Site Name')).toHaveValue(title);
  await expect(field(page, 'Street Address')).toHaveValue(address);
};

test('Create a New Site and Use an Existing Site turn into each other, and what was typed in either comes back', {
  tag: ['@page.md#new-site/1', '@page.md#new-site/2'],
}, async ({ page, mock }) => {
  await open(page, mock);
  await site(page).fill('osl');
  await site(page).press('Tab');
  await button(page, 'Create a New Site').click();
  await expect(site(page)).toBeHidden();
  await expect(button(page, 'Create a New Site')).toBeHidden();
  await expect(field(page, 'Site Name')).toBeFocused();
  await field(page, 'Site Name').fill('Bergen');
  await field(page, 'Street Address').fill('1 Bryggen');
  await button(page, 'Use an Existing Site').click();
  await expect(field(page, 'Site Name')).toBeHidden();
  await expect(field(page, 'Street Address')).toBeHidden();
  await expect(site(page)).toBeFocused();
  await expect(site(page)).toHaveValue('osl');
  await button(page, 'Create a New Site').click();
  await expectNewSite(page, 'Bergen', '1 Bryggen');
  await button(page, 'Use an Existing Site').click();
  await site(page).fill('oslo branch');
  await site(page).press('Tab');
  // What is out of sight is not saved.
  await saveAndClose(page);
  expect(await posts(mock)).toEqual([]);
  expect(await patches(mock)).toEqual([{ siteId: 's2', etag: 'e1' }]);
});

test('a new site is created, then assigned, with what else was changed; the host is told of both', {
  tag: '@page.md#new-site/3',
}, async ({ page, mock }) => {
  await open(page, mock);
  const told = await listen(page);
  await field(page, 'Name').fill('beta');
  await typeNewSite(page, '  Oslo Two ', ` ${ADDRESS} `);
  await saveAndClose(page);
  expect(await posts(mock)).toEqual([
    { title: 'Oslo Two', type: 'SITE_TYPE_DATA_CENTER', postalAddress: { address: ADDRESS, city: '', region: '', postalCode: '', country: '' } },
  ]);
  const [{ id }] = await made(page, 'Oslo Two');
  expect(await patches(mock)).toEqual([{ name: 'beta', siteId: id, etag: 'e1' }]);
  expect(await told()).toEqual([['kp-site-created', id], ['kp-agent-saved', 'a']]);
  await expect(cell(row(page, 'beta'), 'Site')).toHaveText('Oslo Two');
  // The backend could place it: it is on the map.
  await expect(map(page).getByRole('button', { name: 'beta, Healthy' })).toBeAttached();
  await openOf(page, 'beta');
  await expect(site(page)).toHaveValue('Oslo Two');
});

test('by keyboard alone: a new site is made and assigned', {
  tag: ['@page.md#new-site/3', '@page.md#accessibility/2'],
}, async ({ page, mock }) => {
  await openWith(page, mock, BARE, [OSLO]);
  for (let i = 0; i < 4; i++) await page.keyboard.press('Tab');
  await expect(button(page, 'Create a New Site')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(field(page, 'Site Name')).toBeFocused();
  await page.keyboard.type('Bergen');
  await page.keyboard.press('Tab');
  await page.keyboard.type('1 Bryggen');
  await page.keyboard.press('Tab');
  await expect(button(page, 'Use an Existing Site')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeHidden();
  const [{ id }] = await made(page, 'Bergen');
  expect(await patches(mock)).toEqual([{ siteId: id, etag: 'b1' }]);
});

test('Site Name has 3 to 40 code points, and Street Address has to be there', {
  tag: ['@page.md#new-site/3', '@agent-api.md#site/2'],
}, async ({ page, mock }) => {
  await open(page, mock);
  const longest = '🛰'.repeat(40);
  await button(page, 'Create a New Site').click();
  for (const [title, wrong] of [
    ['', 'Fill this in'],
    ['  ', 'Fill this in'],
    [' ab ', 'Use at least 3 characters'],
    [`${longest}é`, 'Use at most 40 characters; these are 41'],
  ] as const) {
    await field(page, 'Site Name').fill(title);
    await save(page).click();
    await expect(field(page, 'Site Name'), title).toHaveAccessibleDescription(wrong);
    await expect(field(page, 'Street Address')).toHaveAccessibleDescription('Fill this in');
    await expect(field(page, 'Site Name')).toBeFocused();
  }
  await field(page, 'Site Name').fill(` ${longest} `);
  await field(page, 'Street Address').fill(' \t');
  await save(page).click();
  await expect(field(page, 'Street Address')).toBeFocused();
  expect(await posts(mock)).toEqual([]);
  await field(page, 'Street Address').fill('1 Bryggen');
  await saveAndClose(page);
  expect((await posts(mock)).map(({ title }) => title)).toEqual([longest]);
});

test('a created site whose agent could not be saved is kept and chosen: a second Save makes no second site', {
  tag: '@page.md#new-site/4',
}, async ({ page, mock }) => {
  await open(page, mock);
  const told = await listen(page);
  await mock.fault({ route: PATCH, status: 503, times: 1 });
  await field(page, 'Name').fill('beta');
  await typeNewSite(page, 'Bergen', '1 Bryggen');
  await save(page).click();
  await expect(problem(page)).toContainText('HTTP 503');
  await expect(site(page)).toHaveValue('Bergen');
  await expect(field(page, 'Name')).toHaveValue('beta');
  const [{ id }] = await made(page, 'Bergen');
  expect(await told()).toEqual([['kp-site-created', id]]);
  await saveAndClose(page);
  expect(await posts(mock)).toHaveLength(1);
  expect(await patches(mock)).toEqual(Array(2).fill({ name: 'beta', siteId: id, etag: 'e1' }));
  expect(await told()).toEqual([['kp-site-created', id], ['kp-agent-saved', 'a']]);
  await expect(cell(row(page, 'beta'), 'Site')).toHaveText('Bergen');
});

test('a created site stays to be chosen though the agent was never saved', { tag: '@page.md#new-site/4' }, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: PATCH, status: 403 });
  await typeNewSite(page, 'Bergen', '1 Bryggen');
  await save(page).click();
  await expect(site(page)).toHaveValue('Bergen');
  // The site is not the agent's yet, so closing asks.
  await button(page, 'Close').click();
  await answer(page, 'Discard').click();
  await openOf(page, 'alpha');
  await expect(site(page)).toHaveValue('Frankfurt DC');
  await site(page).fill('berg');
  await expect(option(page, 'Bergen')).toContainText('1 Bryggen');
});

for (const [what, fault] of [
  ['the connection broke', { cutOff: 0 }],
  ['its body was cut off', { cutOff: 10 }],
  ['a proxy said 503', { status: 503, handled: true, body: '<h1>Service unavailable</h1>' }],
  ['it was no JSON', { body: 'ok', handled: true }],
] as const) {
  test(`a site that was made, but whose answer was lost as ${what}, is taken as the one just asked for`, {
    tag: '@agent-api.md#create-a-site/3',
  }, async ({ page, mock }) => {
    mock.expectsFailures = true;
    await open(page, mock);
    const told = await listen(page);
    // Not `times: 1`: a browser asks once more by itself where a connection that it had used breaks.
    await mock.fault({ route: POST_SITE, ...fault });
    // Nor can the sites be read, which would tell at once.
    await mock.fault({ route: SITES, status: 503 });
    await typeNewSite(page, ' Bergen', '1 Bryggen ');
    await save(page).click();
    await expect(problem(page)).toContainText(/server/i);
    await mock.heal();
    await expectNewSite(page, ' Bergen', '1 Bryggen ');
    expect(await patches(mock)).toEqual([]);
    await saveAndClose(page);
    const all = await made(page, 'Bergen');
    expect(all).toHaveLength(1);
    expect(await patches(mock)).toEqual([{ siteId: all[0]!.id, etag: 'e1' }]);
    expect(await told()).toEqual([['kp-site-created', all[0]!.id], ['kp-agent-saved', 'a']]);
    await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Bergen');
  });
}

test("a title that is somebody else's site's is an error beside Site Name", {
  tag: ['@agent-api.md#create-a-site/3', '@agent-api.md#errors/6'],
}, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await open(page, mock);
  // Made since the sites were read.
  await mock.addSites({ id: 's9', title: 'Bergen', postalAddress: { address: '2 Bryggen' } });
  await typeNewSite(page, 'Bergen', '1 Bryggen');
  await save(page).click();
  await expect(field(page, 'Site Name')).toHaveAccessibleDescription('There is already a site with the title "Bergen"');
  await expect(field(page, 'Site Name')).toBeFocused();
  await expectNewSite(page, 'Bergen', '1 Bryggen');
  expect(await patches(mock)).toEqual([]);
  // The sites were read again, so that one can be used instead.
  await button(page, 'Use an Existing Site').click();
  await site(page).fill('bergen');
  await expect(option(page, 'Bergen')).toContainText('2 Bryggen');
  await page.keyboard.press('Escape');
  await button(page, 'Create a New Site').click();
  await field(page, 'Site Name').fill('Bergen 2');
  await expect(field(page, 'Site Name')).not.toHaveAttribute('aria-invalid');
  await saveAndClose(page);
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Bergen 2');
  expect((await posts(mock)).map(({ title }) => title)).toEqual(['Bergen', 'Bergen 2']);
});

test('a title is taken where the sites cannot be read again to tell whose it is', {
  tag: '@agent-api.md#create-a-site/3',
}, async ({ page, mock }) => {
  await open(page, mock);
  await mock.fault({ route: POST_SITE, cutOff: 0 });
  await mock.fault({ route: SITES, status: 503 });
  await typeNewSite(page, 'Bergen', '1 Bryggen');
  await save(page).click();
  await expect(problem(page)).toContainText('could not be reached');
  await mock.heal();
  await mock.fault({ route: SITES, status: 503, times: 1 });
  await save(page).click();
  await expect(field(page, 'Site Name')).toHaveAttribute('aria-invalid', 'true');
  await expectNewSite(page, 'Bergen', '1 Bryggen');
  // Once they can, it is the one asked for.
  await saveAndClose(page);
  expect(await made(page, 'Bergen')).toHaveLength(1);
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Bergen');
});

test('violations of a new site stand beside their fields', {
  tag: ['@page.md#agent-dialog/8', '@agent-api.md#errors/1'],
}, async ({ page, mock }) => {
  await open(page, mock);
  const fieldViolations = [
    { field: 'site.title', description: 'Not a title <b>here</b>.' },
    { field: 'site.postal_address.address', description: '' },
  ];
  const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }];
  await mock.fault({ route: POST_SITE, status: 400, times: 1, body: JSON.stringify({ code: 3, message: 'invalid', details }) });
  await typeNewSite(page, 'Bergen', '1 Bryggen');
  await save(page).click();
  await expect(field(page, 'Site Name')).toHaveAccessibleDescription('Not a title <b>here</b>');
  await expect(field(page, 'Street Address')).toHaveAccessibleDescription('The server does not accept this');
  await expect(field(page, 'Site Name')).toBeFocused();
  await expect(problem(page)).toBeHidden();
  await expectNewSite(page, 'Bergen', '1 Bryggen');
  await saveAndClose(page);
  await expect(list(page)).toContainText('Bergen');
});
