/** Takes docs/screenshots/host-*.png, the portals of tests/hosts, and branded.png for docs/embedding.md. */
import { readFileSync } from 'node:fs';

import type { Page } from '@playwright/test';

import { AT, type Mock, expect, test } from '../fixtures';

test.use({ viewport: { width: 1280, height: 900 } });

/** Opens a page, the same each time, and waits until so many elements are there in full. */
async function open(page: Page, mock: Mock, path: string, elements = 1) {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.clock.setFixedTime(AT);
  await mock.reset({ agents: 60, seed: 1, at: AT.toISOString() });
  await page.goto(path);
  await expect(page.getByText(/^Updated /)).toHaveCount(elements);
  for (const element of await page.locator('kproxy-agents').all()) {
    await expect(element.locator('.kp-land').first()).toBeAttached();
    await expect(element.getByRole('button', { name: /worst status/ }).first()).toBeVisible();
  }
}

const shoot = (page: Page, name: string) =>
  page.screenshot({ path: `../../docs/screenshots/${name}.png`, animations: 'disabled' });

test('screenshot: plain HTML', async ({ page, mock }) => {
  await page.setViewportSize({ width: 1500, height: 900 });
  await open(page, mock, '/hosts/plain/', 2);
  await shoot(page, 'host-plain');
});

test('screenshot: React', async ({ page, mock }) => {
  await open(page, mock, '/hosts/react/settings/kproxy-agents');
  await shoot(page, 'host-react');
});

test('screenshot: single-spa', async ({ page, mock }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await open(page, mock, '/hosts/single-spa/agents');
  await shoot(page, 'host-single-spa');
});

test('screenshot: branded', async ({ page, mock }) => {
  await open(page, mock, '/');
  // The example in the documentation, word for word.
  const [, example] = /```css\n(kproxy-agents \{\n {2}--kp-color-accent[^]*?)```/.exec(readFileSync('../../docs/embedding.md', 'utf8'))!;
  await page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets.push(sheet);
  }, example);
  await shoot(page, 'branded');
});
