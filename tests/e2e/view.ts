/** What rows and dialogs are found by, and the page as another portal would embed it. */
import { expect, list, serveHost } from './fixtures';
import type { Locator, Page } from '@playwright/test';

/** The button that opens and closes an agent's details. */
export const toggle = (page: Page, name: string) =>
  list(page).getByRole('button', { name: `Details for ${name}`, exact: true });

/** An agent's details; there while its row is expanded. */
export const details = (page: Page, name: string) =>
  page.getByRole('group', { name: `Details of ${name}`, exact: true });

/** What the details say under this heading. */
export const fact = (details: Locator, term: string | RegExp) =>
  details
    .locator('div', { has: details.page().getByRole('term').filter({ hasText: term }) })
    .getByRole('definition');

export const dialog = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true });

/** The page in a portal at `/app`, with these attributes on its element. */
export const embed = (page: Page, attributes: string) =>
  serveHost(page, '/app', `<main><kproxy-agents base-path="/app" ${attributes}></kproxy-agents></main>`);

/** Among these URLs are those of the program's parts, each once, and the first. */
export function expectLoadedOnce(urls: string[]) {
  const parts = urls.filter((url) => url.endsWith('.wasm'));
  expect(parts.filter((url) => /\/page-[^/]*$/.test(url))).toHaveLength(1);
  expect(parts).toHaveLength(new Set(parts).size);
}

/** Hides the page, as another tab in front of it does, or shows it again. */
export const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

/** Reads the agents again, as the host may ask for, with no hand on the page. */
export const refreshQuietly = (page: Page) =>
  page.locator('kproxy-agents').evaluate((node) => (node as unknown as { refresh(): void }).refresh());

/** The selected text, in the page or the element. */
export const selection = (page: Page) =>
  page.evaluate(() => {
    const root = document.querySelector('kproxy-agents')!.shadowRoot as unknown as { getSelection?: () => Selection };
    return String(root.getSelection?.() ?? getSelection());
  });

/** From the next visit on, `breakProgram` can reach the program's memory. */
export const exposeMemory = (page: Page) =>
  page.addInitScript(() => {
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...args: Parameters<typeof instantiate>) => {
      const instance = (await instantiate(...args)) as unknown as WebAssembly.Instance;
      // The program's parts use the memory of the first.
      if (instance.exports.memory) Object.assign(window, { memory: instance.exports.memory });
      return instance as never;
    };
  });

/** Overwrites the program's memory: it panics at the next occasion. */
export const breakProgram = (page: Page) =>
  page.evaluate(() => {
    const { memory } = window as unknown as { memory: WebAssembly.Memory };
    new Uint8Array(memory.buffer).fill(0xff);
  });
