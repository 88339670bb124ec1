/** The dialog "kproxy Agent", as its tests speak of it. */
import { ago, expect, list, loaded, type Mock } from './fixtures';
import type { Page } from '@playwright/test';

export const PATCH = 'PATCH /kproxy/v202611/agents/{id}';
export const READ_ONE = 'GET /kproxy/v202611/agents/{id}';
export const POST_SITE = 'POST /site/v202509/sites';

export const FRANKFURT = { id: 's1', title: 'Frankfurt DC', lat: 50.1, lon: 8.7, postalAddress: { city: 'Frankfurt', country: 'DE' } };
export const OSLO = { id: 's2', title: 'Oslo Branch', lat: 59.9, lon: 10.7, postalAddress: { city: 'Oslo', country: 'NO' } };
export const ALPHA = {
  id: 'a',
  name: 'alpha',
  description: 'Rack 7\nsecond row',
  siteId: 's1',
  privateIp: '10.0.0.1',
  ipAddress: '203.0.113.4',
  version: '7.48.0',
  lastSeen: ago(100),
  etag: 'e1',
  ageSecs: 60,
};
/** Undefined in all that can be edited. */
export const BARE = { id: 'b', ipAddress: '203.0.113.5', version: '7.27', etag: 'b1', ageSecs: 60 };

export const dialog = (page: Page) => page.getByRole('dialog', { name: 'kproxy Agent', exact: true });
export const field = (page: Page, label: string) => dialog(page).getByRole('textbox', { name: label, exact: true });
export const site = (page: Page) => dialog(page).getByRole('combobox', { name: 'Site', exact: true });
/** The open list of sites. */
export const sites = (page: Page) => dialog(page).getByRole('listbox', { name: 'Site' });
export const options = (page: Page) => sites(page).getByRole('option');
export const option = (page: Page, title: string) => options(page).filter({ hasText: title });
export const button = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true });
export const save = (page: Page) => button(page, 'Save');
/** What is wrong with the whole. */
export const problem = (page: Page) => dialog(page).getByRole('alert');
/** Asked where closing would lose what was typed. */
export const question = (page: Page) => page.getByRole('alertdialog', { name: 'Discard what you typed?' });
export const answer = (page: Page, name: string) => question(page).getByRole('button', { name, exact: true });

/** The button that opens the dialog of an agent. */
export function opener(page: Page, name = 'alpha') {
  const literally = name.replace(/[^\w ]/g, '\\$&');
  return list(page).getByRole('button', { name: new RegExp(`^(Edit|Update) ${literally}( 203[.\\d]+)?$`) });
}

/** Opens the dialog of an agent of a fleet of `ALPHA` and `BARE`, or of what else the mock holds. */
export async function open(page: Page, mock: Mock, name = 'alpha') {
  await mock.fleet([ALPHA, BARE], [FRANKFURT, OSLO]);
  await page.goto('/');
  await loaded(page);
  await openOf(page, name);
}

/** Opens the dialog of an agent in the list. */
export async function openOf(page: Page, name: string) {
  await opener(page, name).click();
  await expect(dialog(page)).toBeVisible();
}

/** Presses Save, and waits until the dialog has closed. */
export async function saveAndClose(page: Page) {
  await save(page).click();
  await expect(dialog(page)).toBeHidden();
}

/** The values of the fields, as they stand. */
export async function values(page: Page) {
  const [name, description, privateIp, siteTitle] = await Promise.all([
    field(page, 'Name').inputValue(),
    field(page, 'Description').inputValue(),
    field(page, 'Private IP').inputValue(),
    site(page).inputValue(),
  ]);
  return { name, description, privateIp, site: siteTitle };
}

/** What had the focus, by its name. */
export const focused = (page: Page) =>
  page.evaluate(() => {
    const node = document.querySelector('kproxy-agents')!.shadowRoot!.activeElement;
    if (!node) return null;
    return node.getAttribute('aria-label') ?? ((node as HTMLInputElement).labels?.[0] ?? node).textContent!.trim();
  });
