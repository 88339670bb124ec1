/** Takes docs/screenshots/light.png and dark.png, the same each time: clock and fleet stand still. */
import { AT, expect, list, loaded, map, test } from '../fixtures';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`screenshot: ${colorScheme}`, async ({ page, mock }) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.clock.setFixedTime(AT);
    await mock.reset({ agents: 60, seed: 1, at: AT.toISOString() });
    await page.goto('/');
    await loaded(page);
    await expect(list(page)).toHaveAttribute('aria-rowcount', '61');
    await expect(map(page).getByRole('button', { name: /worst status/ }).first()).toBeVisible();
    // The base map is drawn.
    await expect(map(page).locator('.kp-land').first()).toBeAttached();
    await page.screenshot({ path: `../../docs/screenshots/${colorScheme}.png`, animations: 'disabled' });
  });
}
