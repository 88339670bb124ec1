/** Accessibility of the page (docs/accessibility.md): axe in every view and dialog, focus, zoom, forced colors, motion, sizes. */
import { AGENTS, AT, expect, expectNoViolations, filter, list, loaded, map, refresh, row, test, type Mock } from './fixtures';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';

const CREDENTIALS = 'GET /kproxy/v202611/credentials';

const SIZES = [
  ['wide', { width: 1280, height: 900 }],
  ['320 px wide', { width: 320, height: 640 }],
] as const;

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of SIZES) {
    test(`axe finds nothing: ${colorScheme}, ${size}`, {
      tag: ['@page.md#accessibility/5', '@page.md#accessibility/6', '@page.md#accessibility/8'],
    }, async ({ page, mock }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await mock.reset({ agents: 60, at: AT.toISOString() });
      await page.goto('/?status=critical&located=no&agent=nobody');
      await loaded(page);
      await expect(page.getByText('no longer exists')).toBeVisible();
      await expectNoViolations(page);
      await page.goto('/');
      await loaded(page);
      for (const button of await list(page).getByRole('button', { name: /^Details for/ }).all().then((all) => all.slice(0, 2))) {
        await button.click();
      }
      await expect(list(page).getByRole('group', { name: /^Details of/ })).toHaveCount(2);
      await expectNoViolations(page);
    });

    test(`axe finds nothing with a popup open: ${colorScheme}, ${size}`, {
      tag: ['@page.md#accessibility/5', '@page.md#accessibility/6', '@page.md#accessibility/8'],
    }, async ({ page, mock }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await mock.fleet([{ id: 'a', name: 'alpha', siteId: 's', ageSecs: 60 }], [{ id: 's', title: 'Frankfurt', lat: 50, lon: 8 }]);
      await page.goto('/');
      await loaded(page);
      await map(page).getByRole('button', { name: 'alpha, Healthy' }).focus();
      await expect(page.getByRole('group', { name: 'alpha, Healthy' })).toBeVisible();
      await expectNoViolations(page);
    });
  }
}

const FLEET: [Record<string, unknown>[], Record<string, unknown>[]] = [
  [
    { id: 'a', name: 'alpha', siteId: 's', ageSecs: 60, privateIp: '10.0.0.1', ipAddress: '203.0.113.1', version: '7.48.0', devices: DEVICES(14) },
    { id: 'b', name: 'bravo', siteId: 's', ageSecs: 3600, ipAddress: '203.0.113.2' },
    { id: 'c', ageSecs: 2000, ipAddress: '203.0.113.3' },
  ],
  [
    { id: 's', title: 'Frankfurt', lat: 50, lon: 8, postalAddress: { address: 'Hanauer Landstr. 1', city: 'Frankfurt', country: 'Germany' } },
    { id: 't', title: 'Tokyo', lat: 35, lon: 139 },
  ],
];

function DEVICES(number: number) {
  return Array.from({ length: number }, (_, i) => ({ id: `d${i}`, name: `router-${i}.example.net` }));
}

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true });
const alertDialog = (page: Page, name: string) => page.getByRole('alertdialog', { name, exact: true });

/** Opens each state of each dialog, one after the other, and has a look. */
const STATES: Record<string, (page: Page, mock: Mock) => Promise<void>> = {
  'edit': async (page) => {
    await page.goto('/agents/a/edit');
    await expect(dialog(page, 'kproxy Agent').getByLabel('Name')).toHaveValue('alpha');
  },
  'edit, with the sites open': async (page) => {
    await page.getByRole('combobox', { name: 'Site', exact: true }).press('ArrowDown');
    await expect(page.getByRole('option', { name: 'Frankfurt' })).toBeVisible();
  },
  'edit, with a new site and errors': async (page) => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Create a New Site' }).click();
    await page.getByLabel('Private IP').fill('999');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByLabel('Site Name')).toHaveAttribute('aria-invalid', 'true');
  },
  'edit, asked whether to discard': async (page) => {
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(alertDialog(page, 'Discard what you typed?')).toBeVisible();
  },
  'edit, with a conflict': async (page, mock) => {
    await page.getByRole('button', { name: 'Keep editing' }).click();
    await page.getByRole('button', { name: 'Use an Existing Site' }).click();
    await page.getByLabel('Private IP').fill('10.0.0.2');
    await page.getByLabel('Name').fill('mine');
    await mock.patch('a', { name: 'theirs' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await expect(page.getByRole('button', { name: 'Keep mine' })).toHaveAttribute('aria-pressed', 'true');
  },
  'edit, an agent that is gone meanwhile': async (page, mock) => {
    await mock.remove('a');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'no longer exists' })).toBeVisible();
  },
  'edit, an agent that is not there': async (page) => {
    await page.goto('/agents/nobody/edit');
    await expect(dialog(page, 'kproxy Agent').getByText('no longer exists')).toBeVisible();
  },
  'remove': async (page, mock) => {
    await mock.fleet(...FLEET);
    await page.goto('/agents/a/remove');
    await expect(alertDialog(page, 'Remove kproxy Agent').getByText('14 devices')).toBeVisible();
  },
  'remove, an agent that is not there': async (page) => {
    await page.goto('/agents/nobody/remove');
    await expect(alertDialog(page, 'Remove kproxy Agent').getByText('no longer exists')).toBeVisible();
  },
  'add': async (page) => {
    await page.goto('/add');
    await expect(dialog(page, 'Adding a kproxy Agent').getByText('Account', { exact: true })).toBeVisible();
  },
  'add, the second pane': async (page) => {
    await page.getByRole('button', { name: 'RPM' }).click();
    await expect(page.getByText('yum install')).toBeVisible();
  },
  'add, the third pane, with the token and a new agent': async (page, mock) => {
    await page.getByRole('button', { name: 'Docker' }).click();
    await page.getByRole('button', { name: 'Show' }).click();
    await mock.add({ id: 'n', ipAddress: '203.0.113.9', ageSecs: 5 });
    await page.clock.fastForward(10_000);
    await expect(dialog(page, 'Adding a kproxy Agent').getByRole('button', { name: 'Update Auto Generated 203.0.113.9' })).toBeVisible();
  },
  'add, without credentials': async (page, mock) => {
    await mock.fault({ route: CREDENTIALS, status: 403 });
    await page.goto('/add');
    await expect(dialog(page, 'Adding a kproxy Agent').getByRole('button', { name: 'Try again' })).toBeVisible();
  },
};

for (const [look, colorScheme, viewport] of [
  ['light, wide', 'light', { width: 1280, height: 900 }],
  ['dark, 320 px wide', 'dark', { width: 320, height: 640 }],
] as const) {
  test(`axe finds nothing in any dialog: ${look}`, {
    tag: ['@page.md#accessibility/5', '@page.md#accessibility/6', '@page.md#accessibility/8'],
  }, async ({ page, mock }) => {
    test.slow();
    mock.expectsFailures = true;
    await page.setViewportSize(viewport);
    await page.clock.install({ time: AT });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await mock.fleet(...FLEET);
    for (const [state, show] of Object.entries(STATES)) {
      await test.step(state, async () => {
        await show(page, mock);
        await expectNoViolations(page);
      });
    }
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in each empty state: ${colorScheme}`, {
    tag: ['@page.md#accessibility/5', '@page.md#accessibility/8'],
  }, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await mock.fleet([]);
    await mock.fault({ route: AGENTS, hold: 'first' });
    await page.goto('/');
    await expect(list(page)).toHaveAttribute('aria-busy', 'true');
    await expectNoViolations(page);
    await mock.release('first');
    await expect(page.getByText('No agents yet')).toBeVisible();
    await expectNoViolations(page);
    await mock.add({ id: 'a', name: 'alpha' });
    await page.goto('/?q=nothing');
    await expect(page.getByText('No agents match')).toBeVisible();
    await expectNoViolations(page);
  });

  test(`axe finds nothing in the error states: ${colorScheme}`, {
    tag: ['@page.md#accessibility/5', '@page.md#accessibility/8'],
  }, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await mock.fleet([{ id: 'a', name: 'alpha', ageSecs: 60 }]);
    await mock.fault({ route: AGENTS, status: 403 });
    await page.goto('/');
    await expect(page.getByText('Could not load the agents')).toBeVisible();
    await expectNoViolations(page);
    await mock.heal();
    await page.getByRole('button', { name: 'Try again' }).click();
    await loaded(page);
    await mock.fault({ route: AGENTS, status: 403 });
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    await expect(page.getByText('(stale)')).toBeVisible();
    await expectNoViolations(page);
  });
}

test('the page does not scroll sideways at 320 px', { tag: '@page.md#accessibility/6' }, async ({ page, mock }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await mock.fleet(
    [{ id: 'a', name: 'x'.repeat(128), siteId: 's', ageSecs: 3600, ipAddress: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', privateIp: 'fd00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', version: 'f'.repeat(40) }],
    [{ id: 's', title: 'W'.repeat(40), lat: 50, lon: 8 }],
  );
  await page.goto(`/?q=${'x'.repeat(60)}`);
  await loaded(page);
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBe(0);
  await map(page).getByRole('button', { name: /, Critical$/ }).focus();
  expect(await overflow()).toBe(0);
});

test('every control is reached by Tab, with visible focus', {
  tag: ['@page.md#accessibility/2', '@page.md#accessibility/3'],
}, async ({ page, mock }) => {
  await mock.fleet([{ id: 'a', name: 'alpha', siteId: 's', ageSecs: 60 }], [{ id: 's', title: 'Frankfurt', lat: 50, lon: 8 }]);
  await page.goto('/');
  await loaded(page);
  await expect(map(page).getByRole('button', { name: 'alpha, Healthy' })).toBeVisible();
  const reached = new Set<string>();
  const unseen: string[] = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const [name, isVisible] = await page.evaluate(() => {
      const node = document.querySelector('kproxy-agents')!.shadowRoot!.activeElement;
      if (!node) return ['', true] as const;
      const style = getComputedStyle(node);
      const name = node.getAttribute('aria-label') ?? ((node as HTMLInputElement).labels?.[0] ?? node).textContent!.trim();
      return [name, style.outlineStyle !== 'none' || style.boxShadow !== 'none'] as const;
    });
    if (name === '' && reached.size > 3) break;
    reached.add(name);
    if (!isVisible) unseen.push(name);
  }
  expect([...reached]).toEqual(
    expect.arrayContaining(['alpha, Healthy', 'Zoom in', 'Zoom out', 'Fit', 'Filter', 'Status', 'Auto-refresh', 'Refresh', 'Version']),
  );
  expect(unseen).toEqual([]);
});

/* ---- Dialogs by keyboard, and with little room ---- */

/** What has focus, and whether it can be seen: a ring, inside the viewport, with nothing on top of it. */
async function focusSeen(page: Page) {
  // A smooth or delayed scroll would not be seen by the next line.
  return page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    const root = document.querySelector('kproxy-agents')!.shadowRoot!;
    const node = root.activeElement as HTMLElement | null;
    if (!node) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(node);
    const box = node.getBoundingClientRect();
    const left = Math.max(box.left, 0);
    const right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0);
    const bottom = Math.min(box.bottom, innerHeight);
    const at = root.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return {
      index: [...root.querySelectorAll('*')].indexOf(node),
      name: node.getAttribute('aria-label') ?? (node as HTMLInputElement).labels?.[0]?.textContent ?? node.textContent!.trim(),
      place: node.closest('dialog') ? 'dialog' : 'page',
      hasRing: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
      isInView: right - left > 8 && bottom - top > 8,
      isOnTop: at !== null && (node.contains(at) || at.contains(node)),
    };
  });
}

/** Presses Tab until it comes round: every stop in the dialog, each of them seen. */
async function tabThrough(page: Page, dialog: Locator) {
  const stops: string[] = [];
  let first: number | undefined;
  const unseen: unknown[] = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const seen = await focusSeen(page);
    // Between the last and the first lies the browser itself.
    if (seen === null) continue;
    if (seen.index === first) break;
    first ??= seen.index;
    stops.push(seen.name);
    if (seen.place !== 'dialog' || !seen.hasRing || !seen.isInView || !seen.isOnTop) unseen.push(seen);
  }
  expect(unseen).toEqual([]);
  await expect(dialog).toBeVisible();
  return stops;
}

const DIALOGS = [
  ['/agents/a/edit', 'kproxy Agent', ['Close', 'Name', 'Description', 'Private IP', 'Site', 'Create a New Site', 'Cancel', 'Save']],
  ['/agents/a/remove', 'Remove kproxy Agent', ['Cancel', 'Remove']],
  ['/add', 'Adding a kproxy Agent', ['Close', 'Show', 'Debian/Ubuntu', 'Copy', 'RPM', 'Docker']],
] as const;

for (const [size, viewport] of [...SIZES, ['400 % zoom', { width: 320, height: 256 }]] as const) {
  test(`Tab goes through each dialog, with focus always seen: ${size}`, {
    tag: ['@page.md#accessibility/2', '@page.md#accessibility/3', '@page.md#accessibility/7'],
  }, async ({ page, mock }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await mock.fleet(...FLEET);
    for (const [address, name, expected] of DIALOGS) {
      await page.goto(address);
      const dialog = page.getByRole(name.startsWith('Remove') ? 'alertdialog' : 'dialog', { name });
      await expect(dialog).toBeVisible();
      await expect(dialog.getByRole('button', { name: expected[1] }).or(dialog.getByLabel(expected[1]))).toBeVisible();
      // Focus is inside from the start.
      expect((await focusSeen(page))?.place).toBe('dialog');
      const stops = await tabThrough(page, dialog);
      expect(stops).toEqual(expect.arrayContaining([...expected]));
    }
  });
}

test('with 400 % zoom each dialog fits, scrolls up and down alone, and has its actions in reach', {
  tag: '@page.md#accessibility/7',
}, async ({ page, mock }) => {
  const viewport = { width: 320, height: 256 };
  await page.setViewportSize(viewport);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await mock.fleet(...FLEET);
  for (const [address, name, expected] of DIALOGS) {
    await page.goto(address);
    const dialog = page.getByRole(name.startsWith('Remove') ? 'alertdialog' : 'dialog', { name });
    const last = dialog.getByRole('button', { name: expected.at(-1) });
    await expect(last).toBeAttached();
    const box = (await dialog.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(viewport.width);
    expect(box.y + box.height).toBeLessThanOrEqual(viewport.height);
    const sideways = await dialog.evaluate((dialog) =>
      [dialog, ...dialog.querySelectorAll('*')]
        .filter((node) => node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== 'visible')
        .map((node) => node.className),
    );
    expect(sideways).toEqual([]);
    await last.scrollIntoViewIfNeeded();
    await expect(last).toBeInViewport({ ratio: 1 });
    const heading = dialog.getByRole('heading', { name, exact: true });
    await heading.scrollIntoViewIfNeeded();
    await expect(heading).toBeInViewport({ ratio: 1 });
  }
});

test('a click lands on what was pressed, though the field that it leaves turns out wrong', {
  tag: '@page.md#accessibility/6',
}, async ({ page, mock }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await mock.fleet(...FLEET);
  await page.goto('/agents/a/edit');
  await page.getByLabel('Private IP').fill('999');
  const button = page.getByRole('button', { name: 'Create a New Site' });
  const { x, y, width, height } = (await button.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.up();
  await expect(page.getByLabel('Site Name')).toBeVisible();
  await expect(page.getByLabel('Private IP')).toHaveAttribute('aria-invalid', 'true');
});

/* ---- Forced colors, motion, sizes, spacing ---- */

/** The colors of the pixels just within the upper edge of something. */
async function colorsAlongTop(page: Page, what: Locator) {
  const { x, y, width } = (await what.boundingBox())!;
  const inset = 4;
  const clip = { x: Math.ceil(x) + inset, y: Math.floor(y) + 1, width: Math.floor(width) - 2 * inset, height: 1 };
  const picture = (await page.screenshot({ clip })).toString('base64');
  return page.evaluate(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    return [...new Set(Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 4).join()))];
  }, picture);
}

test('forced colours hide nothing', { tag: '@page.md#accessibility/8' }, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark', reducedMotion: 'reduce' });
  await mock.fleet(...FLEET);
  await page.goto('/?agent=a');
  await loaded(page);
  await row(page, 'bravo').hover();
  const canvas = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

  // Drawings are in the forced colors: as the text beside them, or against the page.
  const icons = await page.locator('kproxy-agents .kp-icon').evaluateAll((icons) =>
    icons.filter((icon) => getComputedStyle(icon).color !== getComputedStyle(icon.parentElement!).color).map((icon) => icon.outerHTML),
  );
  expect(icons).toEqual([]);
  for (const shape of await page.locator('kproxy-agents .kp-shape').all()) {
    const [fill, mark] = await shape.evaluate((shape) => [
      getComputedStyle(shape).fill,
      getComputedStyle(shape.parentElement!.querySelector('.kp-mark')!).stroke,
    ]);
    expect(fill).not.toBe(canvas);
    expect(mark).toBe(canvas);
  }
  expect(await page.locator('kproxy-agents .kp-land').first().evaluate((land) => getComputedStyle(land).fill)).not.toBe(canvas);

  // What only a background told is told by an outline.
  await expect(row(page, 'bravo')).toHaveCSS('outline-style', 'solid');
  await expect(row(page, 'alpha')).toHaveCSS('outline-style', 'none');
  // Unbroken, over cells with a background of their own, too.
  expect(await colorsAlongTop(page, row(page, 'bravo'))).toHaveLength(1);
  await expect(map(page).locator('.kp-marker.kp-highlighted')).toHaveCSS('outline-style', 'solid');

  await page.goto('/agents/a/edit');
  await page.getByLabel('Name').fill('mine');
  await mock.patch('a', { name: 'theirs' });
  await page.getByRole('button', { name: 'Save' }).click();
  const background = (name: string) =>
    page.getByRole('button', { name }).evaluate((button) => getComputedStyle(button).backgroundColor);
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await expect(page.getByRole('button', { name: 'Keep mine' })).toHaveAttribute('aria-pressed', 'true');
  expect(await background('Keep mine')).not.toBe(await background('Take theirs'));
});

/** The names of the animations and transitions that run anywhere in the page. */
const animations = (page: Page) =>
  page.evaluate(() =>
    document
      .querySelector('kproxy-agents')!
      .shadowRoot!.getAnimations()
      .map((animation) => (animation as CSSAnimation).animationName ?? (animation as CSSTransition).transitionProperty),
  );

test('with reduced motion nothing moves by itself', { tag: '@page.md#accessibility/9' }, async ({ page, mock }) => {
  await mock.fleet(...FLEET);
  await mock.fault({ route: AGENTS, hold: 'first', times: 1 });
  const look = async () => {
    const seen: string[] = [];
    await page.goto('/');
    await expect(list(page)).toHaveAttribute('aria-busy', 'true');
    seen.push(...(await animations(page)));
    await mock.release('first');
    await loaded(page);
    await mock.fault({ route: AGENTS, hold: 'second', times: 1 });
    await refresh(page).click();
    await expect(refresh(page)).toHaveAttribute('aria-busy', 'true');
    seen.push(...(await animations(page)));
    await mock.release('second');
    await page.getByRole('button', { name: 'Details for alpha' }).click();
    await page.getByRole('button', { name: 'Add kproxy Agent' }).click();
    await expect(dialog(page, 'Adding a kproxy Agent')).toBeVisible();
    seen.push(...(await animations(page)));
    return seen;
  };
  expect(await look(), 'what moves otherwise').toEqual(expect.arrayContaining(['kp-breathe', 'kp-turn', 'kp-pulse']));
  await mock.fault({ route: AGENTS, hold: 'first', times: 1 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await look()).toEqual([]);
});

test('everything that can be pressed is at least 24 px high and wide', { tag: '@page.md#accessibility/1' }, async ({ page, mock }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await mock.fleet(...FLEET);
  const small = () =>
    page.locator('kproxy-agents').evaluate((host) =>
      [...host.shadowRoot!.querySelectorAll<HTMLElement>('button, input, select, textarea, [role=option]')]
        .filter((node) => node.checkVisibility())
        // A checkbox is pressed by its label, too.
        .map((node) => node.closest('label') ?? node)
        .map((node) => ({ name: node.getAttribute('aria-label') ?? node.textContent, box: node.getBoundingClientRect() }))
        .filter(({ box }) => box.width < 24 || box.height < 24)
        .map(({ name, box }) => `${name}: ${box.width} x ${box.height}`),
    );
  for (const viewport of [SIZES[0][1], SIZES[1][1]]) {
    await page.setViewportSize(viewport);
    await page.goto('/?agent=a&located=no');
    await loaded(page);
    expect(await small()).toEqual([]);
    for (const [address, name] of DIALOGS) {
      await page.goto(address);
      await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
      if (name === 'kproxy Agent') await page.getByRole('combobox', { name: 'Site', exact: true }).press('ArrowDown');
      expect(await small()).toEqual([]);
    }
  }
});

/** Texts that do not fit into what holds them, and cannot be scrolled to. */
const cutOff = (page: Page) =>
  page.locator('kproxy-agents').evaluate((host) =>
    [...host.shadowRoot!.querySelectorAll<HTMLElement>('*')]
      .filter((node) => node.checkVisibility() && node.textContent!.trim() !== '' && node.clientWidth > 1)
      // A map goes on beyond its frame.
      .filter((node) => !node.classList.contains('kp-map'))
      .filter((node) => {
        const { overflowX, overflowY } = getComputedStyle(node);
        const hides = (overflow: string) => overflow === 'hidden' || overflow === 'clip';
        return (
          (hides(overflowX) && node.scrollWidth > node.clientWidth + 1) || (hides(overflowY) && node.scrollHeight > node.clientHeight + 1)
        );
      })
      .map((node) => `${node.className}: ${node.textContent}`),
  );

test('nothing is cut off with the text spacing of WCAG 1.4.12', { tag: '@page.md#accessibility/1' }, async ({ page, mock }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await mock.fleet(...FLEET);
  const space = () =>
    page.locator('kproxy-agents').evaluate((host) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }',
      );
      host.shadowRoot!.adoptedStyleSheets.push(sheet);
    });
  for (const viewport of [SIZES[0][1], SIZES[1][1]]) {
    await page.setViewportSize(viewport);
    for (const address of ['/?agent=a', ...DIALOGS.map(([address]) => address)]) {
      await page.goto(address);
      await loaded(page);
      if (address === '/add') await expect(page.getByText('Account', { exact: true })).toBeVisible();
      expect(await cutOff(page), address).toEqual([]);
      await space();
      expect(await cutOff(page), `${address}, with the spacing`).toEqual([]);
    }
  }
});

test('nothing is cut off, and nothing scrolls sideways, at 200 % zoom, and in dialogs with text twice as large', {
  tag: '@page.md#accessibility/1',
}, async ({ page, mock }) => {
  await page.setViewportSize({ width: 640, height: 450 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await mock.fleet(...FLEET);
  const expectWhole = async (where: string) => {
    expect(await cutOff(page), where).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), where).toBe(0);
  };
  for (const address of ['/?agent=a', ...DIALOGS.map(([address]) => address)]) {
    await page.goto(address);
    await loaded(page);
    if (address === '/add') await expect(page.getByText('Account', { exact: true })).toBeVisible();
    await expectWhole(address);
    if (address.startsWith('/?')) continue;
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('kproxy-agents { --kp-font-size: 1.75em }');
      document.adoptedStyleSheets.push(sheet);
    });
    await expectWhole(`${address}, large`);
  }
});

test('with text twice as large, in a window as wide as a desk, the list cuts nothing off', {
  tag: ['@page.md#accessibility/1', '@page.md#accessibility/7'],
}, async ({ page, mock }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await mock.fleet(...FLEET);
  await page.goto('/?agent=a');
  await loaded(page);
  const isInColumns = () =>
    row(page, 'alpha').getByRole('cell').evaluateAll((cells) => cells[0]!.getBoundingClientRect().y === cells[3]!.getBoundingClientRect().y);
  expect(await cutOff(page)).toEqual([]);
  for (const size of ['28px', '1.75em', '32px']) {
    await page.locator('kproxy-agents').evaluate((node, size) => (node as HTMLElement).style.setProperty('--kp-font-size', size), size);
    await expect.poll(isInColumns, size).toBe(false);
    await expect.poll(() => cutOff(page), size).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), size).toBe(0);
  }
});

/* ---- Criteria that need a look of their own ---- */

for (const [size, viewport] of SIZES) {
  test(`what has focus is never covered, forward and back, and focus alone changes nothing: ${size}`, {
    tag: ['@page.md#accessibility/1', '@page.md#accessibility/3'],
  }, async ({ page, mock }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const many = Array.from({ length: 30 }, (_, i) => ({ id: `n${i}`, name: `node-${i}`, siteId: 's', ageSecs: 60, ipAddress: `203.0.113.${i}` }));
    await mock.fleet(many, FLEET[1]);
    await page.goto('/');
    await loaded(page);
    await filter(page).focus();
    for (const [key, stops] of [['Tab', 45], ['Shift+Tab', 40]] as const) {
      const unseen: unknown[] = [];
      for (let i = 0; i < stops; i++) {
        await page.keyboard.press(key);
        const seen = await focusSeen(page);
        if (seen && (!seen.isInView || !seen.isOnTop || !seen.hasRing)) unseen.push(seen);
      }
      expect(unseen, key).toEqual([]);
    }
    await expect(page).toHaveURL('/');
    await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toHaveCount(0);
  });
}

test('a press that is led away before its end does nothing', { tag: '@page.md#accessibility/1' }, async ({ page, mock }) => {
  await mock.fleet(...FLEET);
  await page.goto('/');
  await loaded(page);
  for (const target of [
    page.getByRole('button', { name: 'Add kproxy Agent' }),
    list(page).getByRole('button', { name: 'Remove alpha' }),
    list(page).getByRole('button', { name: 'Details for alpha' }),
    page.getByRole('button', { name: 'Zoom in' }),
  ]) {
    await target.hover();
    await page.mouse.down();
    await page.mouse.move(4, 4);
    await page.mouse.up();
  }
  await expect(page).toHaveURL('/');
  await expect(list(page).getByRole('group', { name: /^Details of/ })).toHaveCount(0);
});

test('what is on a button is in its name, so that it can be said', { tag: '@page.md#accessibility/1' }, async ({ page, mock }) => {
  await mock.fleet(...FLEET);
  for (const address of ['/?agent=a&located=no', ...DIALOGS.map(([address]) => address)]) {
    await page.goto(address);
    await loaded(page);
    const otherwise = await page.locator('kproxy-agents').evaluate((host) =>
      [...host.shadowRoot!.querySelectorAll<HTMLElement>('[aria-label]:is(button, a)')]
        .filter((node) => node.checkVisibility())
        .map((node) => [node.getAttribute('aria-label')!, node.innerText.trim()])
        .filter(([name, text]) => /\p{L}{2}/u.test(text!) && !name!.toLowerCase().includes(text!.toLowerCase())),
    );
    expect(otherwise, address).toEqual([]);
  }
});

test('nothing moves for longer than 5 s but what says that the page is at work', { tag: '@page.md#accessibility/9' }, async ({ page, mock }) => {
  await mock.fleet(...FLEET);
  await page.goto('/add');
  await expect(page.getByText('Account', { exact: true })).toBeVisible();
  const longest = await page.evaluate(() =>
    Math.max(...document.querySelector('kproxy-agents')!.shadowRoot!.getAnimations().map((animation) => Number(animation.effect!.getComputedTiming().endTime))),
  );
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThanOrEqual(5_000);
});

test('the page is English to assistive technology, whatever the language of its host', { tag: '@page.md#texts/1' }, async ({ page, mock }) => {
  await mock.fleet(...FLEET);
  await page.goto('/');
  await loaded(page);
  await page.evaluate(() => (document.documentElement.lang = 'de'));
  expect(await list(page).evaluate((list) => list.closest('[lang]')!.getAttribute('lang'))).toBe('en');
});

test('the default colors have the contrast that WCAG asks for', { tag: ['@page.md#accessibility/1', '@page.md#accessibility/8'] }, () => {
  const manifest = JSON.parse(readFileSync(new URL('../../src/host/custom-elements.json', import.meta.url), 'utf8'));
  const tokens: { name: string; default: string }[] = manifest.modules[0].declarations[0].cssProperties;
  const color = (name: string, theme: 0 | 1) =>
    /light-dark\((\S+), (\S+)\)/.exec(tokens.find((token) => token.name === `--kp-color-${name}`)!.default)![theme + 1]!;
  const luminance = (hex: string) =>
    [1, 3, 5]
      .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i]!, 0);
  const contrast = (one: string, other: string) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
    return (light + 0.05) / (dark + 0.05);
  };
  const low: string[] = [];
  for (const theme of [0, 1] as const) {
    const need = (name: string, on: string, least: number) => {
      const is = contrast(color(name, theme), color(on, theme));
      if (is < least) low.push(`${name} on ${on}, ${theme ? 'dark' : 'light'}: ${is.toFixed(2)}, not ${least}`);
    };
    for (const on of ['surface', 'surface-raised', 'hover', 'highlight']) {
      for (const name of ['text', 'text-muted', 'accent', 'healthy', 'warning', 'critical', 'pending']) need(name, on, 4.5);
      need('border-strong', on, 3);
      need('focus', on, 3);
    }
    need('on-accent', 'accent', 4.5);
    for (const on of ['map-land', 'map-water']) for (const name of ['healthy', 'warning', 'critical', 'pending', 'focus']) need(name, on, 3);
  }
  expect(low).toEqual([]);
});
