/** The widgets by themselves, in the gallery of a development build: each state, and the keyboard. */
import { readFile, readdir } from 'node:fs/promises';

import { expect, expectNoViolations, test } from './fixtures';
import type { Locator, Page } from '@playwright/test';

const PAGES = {
  '': 'Gallery',
  buttons: 'Buttons',
  combobox: 'Combobox',
  'copy-button': 'Copy button',
  dialog: 'Dialog',
  disclosure: 'Disclosure',
  field: 'Field',
  status: 'Status and icons',
};

async function open(page: Page, slug: keyof typeof PAGES, query = '') {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`/gallery/${slug}${query}`);
  await expect(page.getByRole('heading', { level: 1, name: PAGES[slug] })).toBeVisible({ timeout: 20_000 });
}

/** The widget in this state. */
const specimen = (page: Page, state: string) => page.getByRole('region', { name: state, exact: true });

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 640 };
const LOOKS = {
  light: [{ colorScheme: 'light' }, WIDE],
  dark: [{ colorScheme: 'dark' }, WIDE],
  'forced colours': [{ forcedColors: 'active' }, WIDE],
  '320 px wide': [{ colorScheme: 'light' }, NARROW],
  'dark, 320 px wide': [{ colorScheme: 'dark' }, NARROW],
} as const;
const FOR_PAGES = ['light', 'dark', 'forced colours', '320 px wide'] as const;
/** What opens in a page; the page itself has been seen in all looks. */
const FOR_PARTS = ['light', 'dark, 320 px wide'] as const;

/** Axe finds nothing in these looks, and nothing sticks out at the side. */
async function expectSound(page: Page, looks: readonly (keyof typeof LOOKS)[]) {
  for (const look of looks) {
    await test.step(look, async () => {
      const [media, size] = LOOKS[look];
      await page.setViewportSize(size);
      await page.emulateMedia({ forcedColors: 'none', ...media });
      // Axe reads the colors of the style sheets, not those that the user forced.
      await expectNoViolations(page, { exceptRules: look === 'forced colours' ? ['color-contrast'] : [] });
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(await overflow()).toBe(0);
    });
  }
}

/* ---- The gallery itself ---- */

test('the gallery leads to each widget, and keeps the theme', async ({ page }) => {
  await open(page, '');
  const widgets = page.getByRole('navigation', { name: 'Widgets' });
  await expect(widgets.getByRole('link')).toHaveText(Object.values(PAGES));
  await page.getByRole('navigation', { name: 'Theme' }).getByRole('link', { name: 'Dark' }).click();
  await widgets.getByRole('link', { name: 'Combobox' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Combobox' })).toBeVisible();
  await expect(page.locator('kproxy-agents .kp-frame')).toHaveCSS('color-scheme', 'dark');
});

test('a release build has nothing of the gallery', async () => {
  test.skip(process.env.DIST !== undefined, 'DIST may be any build');
  const dist = '../../dist';
  const files = ['kproxy-agents.js', ...(await readdir(`${dist}/assets`)).map((name) => `assets/${name}`)];
  expect(files.some((name) => name.endsWith('.wasm'))).toBe(true);
  for (const name of files) {
    const bytes = await readFile(`${dist}/${name}`);
    for (const word of ['gallery', 'kp-specimen']) expect(bytes.includes(word), `${word} in ${name}`).toBe(false);
  }
});

for (const [slug, title] of Object.entries(PAGES)) {
  test(`axe finds nothing in the gallery: ${title}`, {
    tag: ['@page.md#accessibility/5', '@page.md#accessibility/8'],
  }, async ({ page }) => {
    await open(page, slug as keyof typeof PAGES);
    await expectSound(page, FOR_PAGES);
  });
}

test('no text in the gallery becomes markup', { tag: '@page.md#texts/3' }, async ({ page }) => {
  for (const slug of ['combobox', 'disclosure', 'field'] as const) {
    await open(page, slug);
    await expect(page.locator('kproxy-agents').locator('img')).toHaveCount(0);
  }
  await open(page, 'combobox');
  await specimen(page, 'Hostile text').getByRole('combobox').click();
  await expect(page.getByRole('option').nth(3)).toContainText('<img src=x');
  await expect(page.locator('kproxy-agents').locator('img')).toHaveCount(0);
});

/* ---- Buttons, statuses, fields ---- */

test('buttons and statuses by their roles', async ({ page }) => {
  await open(page, 'buttons');
  await expect(specimen(page, 'Dangerous')).toMatchAriaSnapshot(`
    - region "Dangerous":
      - heading "Dangerous" [level=2]
      - button "Save"
      - button "Add"
      - button "Off" [disabled]
      - button "Busy" [disabled]
      - button "The data centre in the basement of the old exchange behind the harbour, second door on the left, third rack from the wall"
      - button "مركز بيانات القاهرة، الطابق 3"
  `);
  await expect(specimen(page, 'Icons')).toMatchAriaSnapshot(`
    - region "Icons":
      - heading "Icons" [level=2]
      - button "Edit"
      - button "Remove"
      - button "Close"
      - button "Details, closed"
      - button "Details, open" [expanded]
  `);
  await expect(specimen(page, 'Choice')).toMatchAriaSnapshot(`
    - region "Choice":
      - heading "Choice" [level=2]
      - button "Keep mine" [pressed]
      - button "Take theirs"
  `);
  await open(page, 'status');
  await expect(specimen(page, 'Statuses')).toMatchAriaSnapshot(`
    - region "Statuses":
      - heading "Statuses" [level=2]
      - list:
        - listitem: Critical
        - listitem: Warning
        - listitem: Pending
        - listitem: Healthy
  `);
});

test('every button of the gallery is at least 24 px high and wide', { tag: '@page.md#accessibility/1' }, async ({ page }) => {
  await open(page, 'buttons');
  const sizes = await page.getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect()));
  expect(sizes.length).toBeGreaterThan(30);
  expect(sizes.filter(({ width, height }) => width < 24 || height < 24)).toEqual([]);
});

test('fields by their roles, and what is wrong with them', async ({ page }) => {
  await open(page, 'field');
  await expect(specimen(page, 'Empty')).toMatchAriaSnapshot(`
    - region "Empty":
      - heading "Empty" [level=2]
      - text: Name
      - textbox "Name":
        - /placeholder: Auto Generated
  `);
  await expect(specimen(page, 'Filled')).toMatchAriaSnapshot(`
    - region "Filled":
      - heading "Filled" [level=2]
      - text: Name
      - textbox "Name":
        - /placeholder: Auto Generated
        - text: fra1-kproxy
  `);
  await expect(specimen(page, 'Invalid')).toMatchAriaSnapshot(`
    - region "Invalid":
      - heading "Invalid" [level=2]
      - text: Name
      - textbox "Name" [invalid]:
        - /placeholder: Auto Generated
        - text: 999.1.1.1
      - paragraph: This is no IPv4 or IPv6 address
  `);
  await expect(specimen(page, 'Hostile text')).toMatchAriaSnapshot(`
    - region "Hostile text":
      - heading "Hostile text" [level=2]
      - text: Name
      - textbox "Name" [invalid]:
        - /placeholder: Auto Generated
        - text: </li><img src=x onerror="alert('hostile')"> & \u202egnirts
      - paragraph: </li><img src=x onerror="alert('hostile')"> & \u202egnirts
  `);
  await expect(specimen(page, 'Several lines, filled')).toMatchAriaSnapshot(`
    - region "Several lines, filled":
      - heading "Several lines, filled" [level=2]
      - text: Description optional
      - textbox "Description": In the basement. Ask Ada for the key.
  `);
  await expect(specimen(page, 'Several lines, invalid')).toMatchAriaSnapshot(`
    - region "Several lines, invalid":
      - heading "Several lines, invalid" [level=2]
      - text: Description optional
      - textbox "Description" [invalid]: WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW
      - paragraph: At most 1,024 characters
  `);

  const invalid = specimen(page, 'Invalid').getByRole('textbox');
  await expect(invalid).toHaveAttribute('aria-invalid', 'true');
  await expect(invalid).toHaveAccessibleDescription('This is no IPv4 or IPv6 address');
  await expect(specimen(page, 'Filled').getByRole('textbox')).not.toHaveAttribute('aria-invalid');
  await expect(specimen(page, 'Filled').getByRole('textbox')).toHaveAccessibleDescription('');
});

test('a required field says so, and that it was left empty', async ({ page, mock }) => {
  mock.mayLoseFocus = 'the test takes it away';
  await open(page, 'field');
  const field = specimen(page, 'Required').getByRole('textbox', { name: 'Site Name' });
  await expect(field).toHaveAttribute('required');
  await field.fill('x');
  await page.keyboard.press('Backspace');
  await expect(field).not.toHaveAttribute('aria-invalid');
  await field.fill('x');
  await field.blur();
  await field.fill('');
  await field.blur();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription('Give the site a name');
});

/* ---- Copy button ---- */

test('the copy button copies, and says whether it worked', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, 'copy-button');
  const short = specimen(page, 'Short text');
  await expect(short).toMatchAriaSnapshot(`
    - region "Short text":
      - heading "Short text" [level=2]
      - status
      - button "Copy"
  `);
  await short.getByRole('button', { name: 'Copy' }).click();
  await expect(short.getByRole('status')).toHaveText('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('sudo apt-get install kproxy');
  await expectNoViolations(page);

  await page.getByRole('checkbox', { name: 'The clipboard refuses' }).check();
  await page.evaluate(() => (document.execCommand = () => false));
  const hostile = specimen(page, 'Hostile text');
  await hostile.getByRole('button', { name: 'Copy' }).press('Enter');
  await expect(hostile.getByRole('status')).toHaveText(/^Could not copy/);
  await expectSound(page, FOR_PARTS);
});

/* ---- Dialog: https://www.w3.org/WAI/ARIA/apg/patterns/dialog-modal/ ---- */

const DIALOGS = {
  'Open the short dialog': 'Short',
  'Open the dialog with a field': 'With a field',
  'Open the long dialog': 'Long',
  'Open the dialog of odd texts': 'Odd texts',
  'Open the alert': 'Alert',
};

test('axe finds nothing in any dialog', { tag: '@page.md#accessibility/5' }, async ({ page }) => {
  await open(page, 'dialog');
  for (const [opener, title] of Object.entries(DIALOGS)) {
    await page.getByRole('button', { name: opener }).click();
    await expect(page.getByRole(title === 'Alert' ? 'alertdialog' : 'dialog', { name: title })).toBeVisible();
    await expectSound(page, FOR_PARTS);
    await page.keyboard.press('Escape');
  }
});

test('a dialog by its roles', async ({ page }) => {
  await open(page, 'dialog');
  await page.getByRole('button', { name: 'Open the dialog with a field' }).click();
  await expect(page.getByRole('dialog')).toMatchAriaSnapshot(`
    - dialog "With a field":
      - heading "With a field" [level=2]
      - button "Close"
      - text: Name
      - textbox "Name":
        - /placeholder: Auto Generated
      - button "Cancel"
      - button "Save"
  `);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Open the alert' }).click();
  const alert = page.getByRole('alertdialog', { name: 'Alert' });
  await expect(alert).toMatchAriaSnapshot(`
    - alertdialog "Alert":
      - heading "Alert" [level=2]
      - paragraph: Something is about to be lost.
      - button "Keep"
      - button "Lose"
  `);
  await expect(alert).toHaveAccessibleDescription('Something is about to be lost.');
});

test('focus moves into a dialog, stays there, and returns', { tag: '@page.md#accessibility/4' }, async ({ page }) => {
  await open(page, 'dialog');
  for (const [opener, first] of [
    ['Open the short dialog', 'Close'],
    ['Open the dialog with a field', 'Name'],
    ['Open the alert', 'Keep'],
  ]) {
    const button = page.getByRole('button', { name: opener });
    await button.press('Enter');
    const dialog = page.locator('dialog[open]');
    const begin = dialog.getByLabel(first!).or(dialog.getByRole('button', { name: first }));
    await expect(begin).toBeFocused();
    // Round by Tab and back by Shift+Tab: to each stop, and never to what is below.
    const stops = new Set<string>();
    for (const key of [...Array(8).fill('Tab'), ...Array(8).fill('Shift+Tab')]) {
      await page.keyboard.press(key);
      const stop = await page.evaluate(() => {
        const node = document.querySelector('kproxy-agents')!.shadowRoot!.activeElement;
        if (node === null) return 'the browser itself';
        return node.closest('dialog') ? (node.getAttribute('aria-label') ?? node.textContent) : 'outside';
      });
      stops.add(stop!);
    }
    expect(stops).not.toContain('outside');
    expect(stops.size).toBeGreaterThan(1);
    // A press outside changes nothing either.
    await page.mouse.click(5, 5);
    await expect(dialog).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(button).toBeFocused();
  }
});

test('a dialog is closed by Close and by its actions; an alert has no Close', async ({ page }) => {
  await open(page, 'dialog');
  const button = page.getByRole('button', { name: 'Open the short dialog' });
  for (const way of ['Close', 'Cancel', 'Save']) {
    await button.click();
    await page.getByRole('dialog').getByRole('button', { name: way }).click();
    await expect(page.locator('dialog')).toHaveCount(0);
    await expect(button).toBeFocused();
  }
  await page.getByRole('button', { name: 'Open the alert' }).click();
  await expect(page.getByRole('alertdialog').getByRole('button')).toHaveText(['Keep', 'Lose']);
});

test('a dialog that asks first: Esc goes back to it, and focus to where it was', { tag: '@page.md#accessibility/4' }, async ({ page }) => {
  await open(page, 'dialog');
  const button = page.getByRole('button', { name: 'Open the dialog that asks' });
  await button.click();
  const outer = page.getByRole('dialog', { name: 'Asks before it closes' });
  const inner = page.getByRole('alertdialog', { name: 'Really?' });
  await outer.getByRole('button', { name: 'Save' }).focus();
  await page.keyboard.press('Escape');
  await expect(inner.getByRole('button', { name: 'Stay' })).toBeFocused();
  await expectNoViolations(page);
  await page.keyboard.press('Escape');
  await expect(inner).toHaveCount(0);
  await expect(outer.getByRole('button', { name: 'Save' })).toBeFocused();
  // Esc many times in a row: the browser closes a dialog on its own on the second.
  for (let i = 0; i < 4; i++) await page.keyboard.press('Escape');
  await expect(outer).toBeVisible();
  if ((await inner.count()) === 0) await page.keyboard.press('Escape');
  await inner.getByRole('button', { name: 'Leave' }).click();
  await expect(page.locator('dialog')).toHaveCount(0);
  await expect(button).toBeFocused();
});

test('where the button that opened a dialog is gone, its owner says where focus goes', {
  tag: '@page.md#accessibility/3',
}, async ({ page }) => {
  await open(page, 'dialog');
  await page.getByRole('button', { name: 'Open, and go away' }).click();
  await expect(page.getByRole('dialog', { name: 'Its button went away' })).toBeVisible();
  await expect(page.locator('kproxy-agents').getByText('Open, and go away')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Bring it back' })).toBeFocused();
});

test('a long dialog scrolls inside; with little room all of it does', { tag: '@page.md#accessibility/7' }, async ({ page }) => {
  await open(page, 'dialog');
  await page.getByRole('button', { name: 'Open the long dialog' }).click();
  const dialog = page.getByRole('dialog', { name: 'Long' });
  const last = dialog.getByText(/^40\. /);
  for (const size of [WIDE, { width: 320, height: 640 }, { width: 320, height: 256 }]) {
    await page.setViewportSize(size);
    const box = (await dialog.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(size.width);
    expect(box.y + box.height).toBeLessThanOrEqual(size.height);
    await last.scrollIntoViewIfNeeded();
    await expect(last).toBeInViewport();
    await dialog.getByRole('button', { name: 'Save' }).scrollIntoViewIfNeeded();
    await expect(dialog.getByRole('button', { name: 'Save' })).toBeInViewport({ ratio: 1 });
  }
});

/* ---- Combobox: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ ---- */

const field = (page: Page, state: string) => specimen(page, state).getByRole('combobox', { name: 'Site' });

/** The list is open, and this choice is the active one; `null`: none. */
async function expectActive(combobox: Locator, label: string | null) {
  await expect(combobox).toHaveAttribute('aria-expanded', 'true');
  if (label === null) {
    await expect(combobox).not.toHaveAttribute('aria-activedescendant');
    return;
  }
  await expect
    .poll(() =>
      combobox.evaluate((input) => {
        const id = input.getAttribute('aria-activedescendant');
        const option = id && (input.getRootNode() as ShadowRoot).getElementById(id);
        return option ? option.firstElementChild!.textContent : undefined;
      }),
    )
    .toBe(label);
  // Focus itself stays in the field.
  await expect(combobox).toBeFocused();
}

async function expectClosed(combobox: Locator, value: string) {
  await expect(combobox).toHaveAttribute('aria-expanded', 'false');
  await expect(combobox).not.toHaveAttribute('aria-activedescendant');
  await expect(combobox).toHaveValue(value);
}

test('a combobox by its roles: closed, open, invalid, with odd texts', async ({ page }) => {
  await open(page, 'combobox');
  await expect(specimen(page, 'Invalid')).toMatchAriaSnapshot(`
    - region "Invalid":
      - heading "Invalid" [level=2]
      - text: Site
      - combobox "Site" [invalid]: Atlantis
      - paragraph: Choose a site from the list, or create a new one
  `);
  const chosen = specimen(page, 'Chosen');
  await expect(chosen).toMatchAriaSnapshot(`
    - region "Chosen":
      - heading "Chosen" [level=2]
      - text: Site
      - combobox "Site": Lagos
  `);
  await field(page, 'Chosen').press('ArrowDown');
  await expect(chosen).toMatchAriaSnapshot(`
    - region "Chosen":
      - heading "Chosen" [level=2]
      - text: Site
      - combobox "Site" [expanded]: Lagos
      - listbox "Site":
        - option "Undefined"
        - option "Amsterdam"
        - option "Frankfurt"
        - option "Lagos" [selected]
        - option "Singapore"
        - option "São Paulo"
  `);
  await field(page, 'Chosen').blur();
  await field(page, 'Same words, different details').click();
  await expect(specimen(page, 'Same words, different details')).toMatchAriaSnapshot(`
    - region "Same words, different details":
      - heading "Same words, different details" [level=2]
      - text: Site
      - combobox "Site" [expanded]: Undefined
      - listbox "Site":
        - option "Undefined" [selected]
        - option "Springfield Illinois, United States"
        - option "Springfield Oregon, United States"
  `);
  await field(page, 'Nothing to choose').click();
  await expect(specimen(page, 'Nothing to choose')).toMatchAriaSnapshot(`
    - region "Nothing to choose":
      - heading "Nothing to choose" [level=2]
      - text: Site
      - combobox "Site" [expanded]
      - listbox "Site"
      - status: Nothing to choose from
  `);
});

test('axe finds nothing in an open combobox', { tag: '@page.md#accessibility/5' }, async ({ page }) => {
  await open(page, 'combobox');
  for (const state of ['Five thousand choices', 'Right-to-left text', 'Nothing to choose']) {
    await field(page, state).press('ArrowDown');
    await expect(field(page, state)).toHaveAttribute('aria-expanded', 'true');
    await expectSound(page, FOR_PARTS);
  }
});

test('the keys of a combobox', { tag: '@page.md#accessibility/2' }, async ({ page, mock }) => {
  mock.mayLoseFocus = 'the test takes it away';
  await open(page, 'combobox');
  const site = field(page, 'Chosen');
  const press = (keys: string) => page.keyboard.press(keys);

  await test.step('Tab comes to it, selects its text, and opens nothing', async () => {
    await field(page, 'Nothing chosen').focus();
    await press('Tab');
    await expect(site).toBeFocused();
    expect(await site.evaluate((input: HTMLInputElement) => [input.selectionStart, input.selectionEnd])).toEqual([0, 5]);
    await expectClosed(site, 'Lagos');
    await expect(page.getByRole('listbox')).toHaveCount(0);
  });
  await test.step('Down opens it at the chosen one, then goes on; Up goes back; both go round', async () => {
    await press('ArrowDown');
    await expectActive(site, 'Lagos');
    await press('ArrowDown');
    await expectActive(site, 'Singapore');
    await press('ArrowUp');
    await press('ArrowUp');
    await expectActive(site, 'Frankfurt');
    for (let i = 0; i < 3; i++) await press('ArrowUp');
    await expectActive(site, 'São Paulo');
    await press('ArrowDown');
    await expectActive(site, 'Undefined');
  });
  await test.step('Esc closes it and changes nothing', async () => {
    await press('Escape');
    await expectClosed(site, 'Lagos');
  });
  await test.step('Alt+Down opens, Alt+Up closes; Up opens, too', async () => {
    await press('Alt+ArrowDown');
    await expectActive(site, 'Lagos');
    await press('Alt+ArrowUp');
    await expectClosed(site, 'Lagos');
    await press('ArrowUp');
    await expectActive(site, 'Lagos');
  });
  await test.step('Enter takes the active one; only the chosen one is selected', async () => {
    await press('ArrowUp');
    await press('Enter');
    await expectClosed(site, 'Frankfurt');
    await press('ArrowDown');
    await expect(specimen(page, 'Chosen').getByRole('option', { selected: true })).toHaveText('Frankfurt');
    await press('Escape');
  });
  await test.step('typing filters, and makes the first that matches active; Enter takes it', async () => {
    await site.selectText();
    await page.keyboard.type('sing');
    await expectActive(site, 'Singapore');
    await expect(specimen(page, 'Chosen').getByRole('option')).toHaveText(['Undefined', 'Singapore']);
    await press('Enter');
    await expectClosed(site, 'Singapore');
  });
  await test.step('the cursor keys leave the list to what is typed', async () => {
    await site.fill('lag');
    await expectActive(site, 'Lagos');
    for (const key of ['ArrowLeft', 'Home', 'End', 'ArrowRight']) {
      await press(key);
      await expectActive(site, null);
      await press('ArrowDown');
      await expectActive(site, 'Undefined');
    }
    await press('Escape');
  });
  await test.step('what names no choice stays, to be mended', async () => {
    await site.fill('Atlantis');
    await expect(specimen(page, 'Chosen').getByRole('status')).toHaveText('No matches');
    await press('Enter');
    await expectClosed(site, 'Atlantis');
  });
  await test.step('Tab takes what names one, whatever its case, and goes on', async () => {
    await site.fill('LAGOS');
    await press('Tab');
    await expectClosed(site, 'Lagos');
    await expect(field(page, 'Invalid')).toBeFocused();
  });
  await test.step('left empty, it is Undefined', async () => {
    await site.fill('');
    await site.blur();
    await expectClosed(site, 'Undefined');
  });
});

test('a combobox by mouse, and when it loses focus', async ({ page }) => {
  await open(page, 'combobox');
  const site = field(page, 'Chosen');
  const option = (name: string) => specimen(page, 'Chosen').getByRole('option', { name });
  await site.click();
  await expectActive(site, 'Lagos');
  await option('Amsterdam').click();
  await expectClosed(site, 'Amsterdam');
  await expect(site).toBeFocused();
  // A second click closes what a first opened.
  await site.click();
  await expect(site).toHaveAttribute('aria-expanded', 'true');
  await site.click();
  await expectClosed(site, 'Amsterdam');
  await site.click();
  await page.getByRole('heading', { level: 1 }).click();
  await expectClosed(site, 'Amsterdam');
  // The arrow beside it opens it, too.
  const box = (await site.boundingBox())!;
  await page.mouse.click(box.x + box.width - 18, box.y + box.height / 2);
  await expect(site).toHaveAttribute('aria-expanded', 'true');
});

test('a combobox of thousands lists some, says how many more, and keeps the active one in view', async ({ page }) => {
  await open(page, 'combobox');
  const site = field(page, 'Five thousand choices');
  const state = specimen(page, 'Five thousand choices');
  await site.press('ArrowDown');
  await expectActive(site, 'Site 42');
  await expect(state.getByRole('option', { name: 'Site 42', exact: true })).toBeInViewport({ ratio: 1 });
  await expect(state.getByRole('status')).toHaveText('4,900 more; type to narrow them down');
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowDown');
  await expectActive(site, 'Site 54');
  await expect(state.getByRole('option', { name: 'Site 54', exact: true })).toBeInViewport({ ratio: 1 });
  await site.fill('4321');
  await expect(state.getByRole('option')).toHaveText(['Undefined', 'Site 4321']);
  await expect(state.getByRole('status')).toHaveCount(0);
});

test('of two choices with the same words a name typed takes neither, the list the right one', async ({ page }) => {
  await open(page, 'combobox');
  const site = field(page, 'Same words, different details');
  await site.fill('Springfield');
  await site.blur();
  await expectClosed(site, 'Springfield');
  await site.click();
  await expect(specimen(page, 'Same words, different details').getByRole('option', { selected: true })).toHaveText('Undefined');
  await page.getByRole('option', { name: 'Oregon' }).click();
  await site.press('ArrowDown');
  await expect(page.getByRole('option', { selected: true })).toContainText('Oregon');
});

/* ---- Disclosure: https://www.w3.org/WAI/ARIA/apg/patterns/accordion/ ---- */

test('disclosures by their roles', async ({ page }) => {
  await open(page, 'disclosure');
  await expect(specimen(page, 'One open')).toMatchAriaSnapshot(`
    - region "One open":
      - heading "One open" [level=2]
      - heading "Debian/Ubuntu" [level=3]:
        - button "Debian/Ubuntu" [expanded]
      - text: Ubuntu 20.04, 22.04, 24.04; Debian 11, 12
      - paragraph:
        - text: The first pane.
        - link "A link in it":
          - /url: "#first"
      - heading "RPM" [level=3]:
        - button "RPM"
      - text: RHEL 8, 9
      - heading "Docker" [level=3]:
        - button "Docker"
  `);
  await expect(specimen(page, 'None open')).toMatchAriaSnapshot(`
    - region "None open":
      - heading "None open" [level=2]
      - heading "Closed" [level=3]:
        - button "Closed"
      - heading "Closed, too" [level=3]:
        - button "Closed, too"
  `);
});

test('Enter, Space and a click open and close a disclosure, one at a time', { tag: '@page.md#accessibility/2' }, async ({ page }) => {
  await open(page, 'disclosure');
  const panes = specimen(page, 'One open');
  const button = (name: string) => panes.getByRole('button', { name });
  const expectOpen = async (open: string | null) => {
    for (const name of ['Debian/Ubuntu', 'RPM', 'Docker']) {
      await expect(button(name)).toHaveAttribute('aria-expanded', String(name === open));
    }
  };
  await expectOpen('Debian/Ubuntu');
  await button('RPM').press('Enter');
  await expectOpen('RPM');
  await expect(panes.getByText('The second pane.')).toBeVisible();
  await expect(panes.getByText('The first pane.')).toHaveCount(0);
  await button('Docker').press('Space');
  await expectOpen('Docker');
  await button('Docker').press('Space');
  await expectOpen(null);
  await button('Debian/Ubuntu').click();
  await expectOpen('Debian/Ubuntu');
  // All of the line is the button.
  const detail = (await panes.getByText('RHEL 8, 9').boundingBox())!;
  await page.mouse.click(detail.x + 5, detail.y + detail.height / 2);
  await expectOpen('RPM');
});

test('Tab goes into the open pane and past the closed ones; the button names its pane', {
  tag: '@page.md#accessibility/2',
}, async ({ page }) => {
  await open(page, 'disclosure');
  const panes = specimen(page, 'One open');
  await panes.getByRole('button', { name: 'Debian/Ubuntu' }).focus();
  await page.keyboard.press('Tab');
  await expect(panes.getByRole('link', { name: 'A link in it' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(panes.getByRole('button', { name: 'RPM' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(panes.getByRole('button', { name: 'Docker' })).toBeFocused();
  const names = await panes.getByRole('button').evaluateAll((buttons) =>
    buttons.map((button) => (button.getRootNode() as ShadowRoot).getElementById(button.getAttribute('aria-controls')!) !== null),
  );
  expect(names).toEqual([true, true, true]);
});
