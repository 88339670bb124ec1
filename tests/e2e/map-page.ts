/** What the tests of the map share. */
import type { Locator, Page } from '@playwright/test';

import { ago, map } from './fixtures';

export const FRA = { id: 'fra', title: 'Frankfurt', lat: 50.1, lon: 8.7 };
export const NYC = { id: 'nyc', title: 'New York', lat: 40.7, lon: -74 };
export const SYD = { id: 'syd', title: 'Sydney', lat: -33.9, lon: 151.2 };
export const SITES = [FRA, NYC, SYD];

export const ALPHA = {
  id: 'a', name: 'alpha', siteId: 'fra', ageSecs: 60, lastSeen: ago(200),
  ipAddress: '203.0.113.4', privateIp: '10.1.2.3', version: '7.48.0',
};
export const BETA = { id: 'b', name: 'beta', siteId: 'nyc', ageSecs: 3600, ipAddress: '203.0.113.5' };
export const GAMMA = { id: 'c', name: 'gamma', siteId: 'syd', ageSecs: 60, ipAddress: '203.0.113.6' };
export const LOST = { id: 'd', name: 'lost', ageSecs: 60, ipAddress: '203.0.113.7' };

export const marker = (page: Page, name: string | RegExp) => map(page).getByRole('button', { name });
export const markers = (page: Page) =>
  map(page).getByRole('button', { name: /, (worst status )?(Critical|Warning|Pending|Healthy)$/ });
export const popup = (page: Page, name: string | RegExp) => page.getByRole('group', { name });
export const button = (page: Page, name: string) => map(page).getByRole('button', { name, exact: true });

/** Whether something lies wholly in the map's frame. */
export async function isInMap(page: Page, what: Locator) {
  const [frame, box] = await Promise.all([map(page).boundingBox(), what.boundingBox()]);
  return Boolean(
    frame && box && box.x >= frame.x && box.y >= frame.y &&
      box.x + box.width <= frame.x + frame.width && box.y + box.height <= frame.y + frame.height,
  );
}

/** What has the focus: its accessible name, or its text; "body" if nothing has. */
export const focusedName = (page: Page) =>
  page.evaluate(() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    if (!node || node === document.body) return 'body';
    return node.getAttribute('aria-label') ?? node.textContent?.trim() ?? node.tagName;
  });
