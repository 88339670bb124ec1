/**
 * What the element does outside of its shadow root: nothing but what is listed here; and all that it
 * began has ended once it is removed, whatever it was doing.
 */
import type { Page } from '@playwright/test';

import {
  AGENTS,
  CSP,
  type Mock,
  autoRefresh,
  expect,
  filter,
  hold,
  list,
  loaded,
  map,
  refreshNow,
  row,
  settled,
  status,
  test,
} from './fixtures';
import { type Effects, effects, keepLedger } from './outside-ledger';

/** A host with nothing of its own but text to scroll. */
const HOST = `<!doctype html>
  <html lang="en">
    <head>
      <title>A host</title>
      <script type="module" src="/kproxy-agents.js"></script>
    </head>
    <body>
      <main></main>
      <h2 id="section">A section</h2>
      ${'<p>Text of the host</p>'.repeat(100)}
    </body>
  </html>`;

/** While it is mounted. The program's death is the only error that it looks for. */
const LISTENS_TO = [
  'document keydown',
  'document visibilitychange',
  'window error',
  'window online',
  'window unhandledrejection',
];

const nothing: Effects = {
  listeners: [],
  timers: [],
  requests: [],
  observers: [],
  history: [],
  mutations: [],
  globals: [],
  storage: [],
  registrations: ['kproxy-agents'],
  connections: [],
  sheets: 0,
  title: 'A host',
  scroll: [0, 0],
  focus: 'body',
};

/** Opens the host, with the ledger kept from the beginning, and shows the element in it. */
async function open(page: Page, attributes: Record<string, string> = {}, url = '/outside.html') {
  await page.addInitScript(keepLedger);
  await page.route(/\/outside\.html/, (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'content-security-policy': CSP },
      body: HOST,
    }),
  );
  await page.goto(url);
  await mount(page, attributes);
}

async function mount(page: Page, attributes: Record<string, string> = {}) {
  await page.evaluate((attributes) => {
    const element = document.createElement('kproxy-agents');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.querySelector('main')!.append(element);
    window.ledger.forget();
  }, attributes);
}

/** Removes the element, and tells what is left of it. */
async function removed(page: Page): Promise<Effects> {
  return page.evaluate(() => {
    document.querySelector('kproxy-agents')!.remove();
    // The removal itself.
    window.ledger.forget();
    return window.ledger.read();
  });
}

const PLACES = [
  { id: 'oslo', title: 'Oslo', lat: 59.9, lon: 10.7 },
  { id: 'lima', title: 'Lima', lat: -12, lon: -77 },
];
const FLEET = Array.from({ length: 60 }, (_, i) => ({
  id: `a${i}`,
  name: `agent ${i}`,
  siteId: ['oslo', 'lima', ''][i % 3],
  ageSecs: 60 + 40 * i,
  lastSeen: new Date(Date.now() - 100_000).toISOString(),
}));

const marker = (page: Page) => map(page).getByRole('button', { name: /worst status/ }).first();
const popup = (page: Page) => page.getByRole('group', { name: /worst status/ });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true });

/** A point of the map with nothing on it. */
async function water(page: Page): Promise<[number, number]> {
  await settled(marker(page));
  const at = (await map(page).boundingBox())!;
  return [at.x + at.width / 2, at.y + at.height - 30];
}

/** Presses the mouse on the map and moves on, without letting go. */
async function drag(page: Page) {
  const [x, y] = await water(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y - 20, { steps: 4 });
}

/** What an operator does, to all of it. */
async function useAll(page: Page, mock: Mock) {
  await loaded(page);
  // The list: sort, scroll, the exact time.
  await button(page, 'Agent name').click();
  await row(page, 'agent 0').locator('time').focus();
  await row(page, 'agent 1').first().locator('time').hover();
  await list(page).evaluate((node) => node.scrollTo(0, 600));
  // The controls.
  await status(page).selectOption('critical');
  await filter(page).pressSequentially('agent 5');
  await filter(page).fill('');
  await status(page).selectOption('all');
  await autoRefresh(page).uncheck();
  await autoRefresh(page).check();
  await refreshNow(page, mock);
  // Details and dialogs.
  await button(page, 'Details for agent 0').click();
  await button(page, 'Update agent 0').click();
  await dialog(page, 'kproxy Agent').getByRole('textbox', { name: 'Description' }).fill('In the cellar');
  await dialog(page, 'kproxy Agent').getByRole('combobox', { name: 'Site' }).fill('Li');
  await page.getByRole('option', { name: 'Lima' }).click();
  await dialog(page, 'kproxy Agent').getByRole('button', { name: 'Save' }).click();
  await expect(dialog(page, 'kproxy Agent')).toHaveCount(0);
  await button(page, 'Remove agent 0').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await button(page, 'Add kproxy Agent').click();
  await button(page, 'Docker').click();
  await button(page, 'Show').click();
  await page.keyboard.press('Escape');
  // The map: popups, buttons, drag, double-click, wheel, keyboard.
  await settled(marker(page));
  await marker(page).hover();
  await expect(popup(page)).toBeVisible();
  await marker(page).focus();
  await page.keyboard.press('Escape');
  for (const name of ['Zoom in', 'Zoom out', 'Fit']) await button(page, name).click();
  await drag(page);
  await page.mouse.up();
  await page.mouse.dblclick(...(await water(page)));
  await page.mouse.wheel(0, -200);
  await settled(marker(page));
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('+');
  await settled(marker(page));
}

test('in mode memory it touches nothing of the host, whatever is done with it', {
  tag: '@embedding.md#what-happens-outside-the-element',
}, async ({ page, mock }) => {
  await mock.fleet(FLEET, PLACES);
  await open(page);
  await useAll(page, mock);
  // The map may still be gliding.
  await expect.poll(async () => (await effects(page)).timers).toHaveLength(2);

  const mounted = await effects(page);
  expect([...new Set(mounted.listeners)]).toEqual(LISTENS_TO);
  expect([...new Set(mounted.observers)]).toEqual(['MutationObserver', 'ResizeObserver']);
  // The user's choice, and what was typed and not saved yet.
  expect([...new Set(mounted.storage)].sort()).toEqual(['localStorage kp-auto-refresh', 'sessionStorage kp-drafts:']);
  expect(mounted).toEqual({
    ...nothing,
    listeners: mounted.listeners,
    observers: mounted.observers,
    // The clock's, and the next read's.
    timers: [expect.stringContaining('setInterval 1000'), expect.stringContaining('setTimeout 60000')],
    storage: mounted.storage,
    // The user's doing; Playwright scrolls to what it presses.
    focus: 'kproxy-agents',
    scroll: mounted.scroll,
  });

  // A page that has become shorter is scrolled by the browser.
  expect({ ...(await removed(page)), scroll: nothing.scroll }).toEqual(nothing);
});

test('while a user drags the map, only the document is listened to', async ({ page, mock }) => {
  await mock.fleet(FLEET, PLACES);
  await open(page);
  await loaded(page);
  await drag(page);
  const dragging = await effects(page);
  expect([...new Set(dragging.listeners)]).toEqual([...LISTENS_TO, 'document mousemove', 'document mouseup'].sort());
  expect(dragging).toMatchObject({ mutations: [], globals: [], history: [] });
  await page.mouse.up();
});

test('a browser without touch events is not listened to for good', async ({ page, mock }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'TouchEvent', { value: undefined });
    delete (window as Partial<Window>).ontouchstart;
  });
  await mock.fleet(FLEET, PLACES);
  await open(page);
  await loaded(page);
  // What is still being loaded listens to its own signal.
  await expect.poll(async () => [...new Set((await effects(page)).listeners)]).toEqual(LISTENS_TO);
  expect(await removed(page)).toEqual(nothing);
});

test('a click into the map gives it focus and scrolls nothing', async ({ page, mock }) => {
  await mock.fleet(FLEET, PLACES);
  await open(page);
  await loaded(page);
  await settled(marker(page));
  await page.evaluate(() => window.scrollTo(0, 250));
  const before = await page.evaluate(() => scrollY);
  await page.evaluate(() => window.ledger.forget());
  const at = (await map(page).boundingBox())!;
  await page.mouse.click(at.x + at.width / 2, at.y + at.height - 30);
  await expect(page.getByRole('group', { name: /^Map: / })).toBeFocused();
  expect(await effects(page)).toMatchObject({ history: [], scroll: [0, before] });
});

/* ---- Removed in the midst of something ---- */

const AT_WORK: [string, (page: Page, mock: Mock) => Promise<unknown>][] = [
  ['a marker’s popup is open', async (page) => {
    await settled(marker(page));
    await marker(page).hover();
    await expect(popup(page)).toBeVisible();
  }],
  ['the exact time shows', (page) => row(page, 'agent 0').locator('time').focus()],
  ['the map is being dragged', drag],
  ['the map has focus', async (page) => page.mouse.click(...(await water(page)))],
  ['the map is zooming', async (page) => {
    await water(page);
    // The animation has begun, and is not over.
    await page.evaluate(async () => {
      const root = document.querySelector('kproxy-agents')!.shadowRoot!;
      root.querySelector<HTMLElement>('[aria-label="Zoom in"]')!.click();
      while (!root.querySelector('.leaflet-zoom-anim')) await new Promise(requestAnimationFrame);
      document.querySelector('kproxy-agents')!.remove();
    });
  }],
  ['the map is about to zoom', async (page) => {
    await water(page);
    await page.evaluate(() => {
      const host = document.querySelector('kproxy-agents')!;
      host.shadowRoot!.querySelector<HTMLElement>('[aria-label="Zoom in"]')!.click();
      host.remove();
    });
  }],
  ['the map is let go to glide on', async (page) => {
    await drag(page);
    await page.evaluate(() => {
      addEventListener('mouseup', () => document.querySelector('kproxy-agents')!.remove(), { once: true });
    });
    await page.mouse.up();
  }],
  ['the wheel turns', async (page) => {
    await page.mouse.click(...(await water(page)));
    await page.getByRole('group', { name: /^Map: / }).evaluate((node) => {
      node.addEventListener('wheel', () => document.querySelector('kproxy-agents')!.remove(), { once: true });
    });
    await page.mouse.wheel(0, -100);
    await expect(page.locator('kproxy-agents')).toHaveCount(0);
  }],
  ['a text has just been typed', async (page) => {
    await filter(page).fill('agent 1');
    await status(page).selectOption('critical');
  }],
  ['a row is open', (page) => button(page, 'Details for agent 0').click()],
  ['an agent is being edited', async (page) => {
    await button(page, 'Update agent 0').click();
    await dialog(page, 'kproxy Agent').getByRole('combobox', { name: 'Site' }).fill('Li');
    await expect(page.getByRole('listbox')).toBeVisible();
  }],
  ['a dialog asks what to do with what was typed', async (page) => {
    await button(page, 'Update agent 0').click();
    await dialog(page, 'kproxy Agent').getByRole('textbox', { name: 'Description' }).fill('In the cellar');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: 'Keep editing' })).toBeVisible();
  }],
  ['the page waits for a new agent', async (page) => {
    await button(page, 'Add kproxy Agent').click();
    await expect(page.getByText('Waiting for a new agent…')).toBeVisible();
  }],
  ['a dialog has just been closed', async (page) => {
    await button(page, 'Remove agent 0').click();
    await page.evaluate(() => {
      const host = document.querySelector('kproxy-agents')!;
      const [cancel] = host.shadowRoot!.querySelectorAll<HTMLElement>('dialog .kp-button');
      cancel.click();
      host.remove();
    });
  }],
  ['an agent’s row is about to be shown', async (page) => {
    await settled(marker(page));
    await marker(page).click();
    await popup(page).getByRole('button').first().waitFor();
    await page.evaluate(() => {
      const host = document.querySelector('kproxy-agents')!;
      host.shadowRoot!.querySelector<HTMLElement>('.kp-popup button')!.click();
      host.remove();
    });
  }],
  ['a failed read is to be tried again', async (page, mock) => {
    await mock.fault({ route: AGENTS, status: 503 });
    await button(page, 'Refresh').click();
    await expect(page.getByText(/stale/)).toBeVisible();
  }],
];

for (const [when, act] of AT_WORK) {
  test(`removal ends all that was begun, also when ${when}`, {
    tag: '@embedding.md#what-happens-outside-the-element',
  }, async ({ page, mock }) => {
    await mock.fleet(FLEET, PLACES);
    await open(page);
    await loaded(page);
    await act(page, mock);
    expect(
      await page.evaluate(() => {
        document.querySelector('kproxy-agents')?.remove();
        window.ledger.forget();
        return window.ledger.read();
      }),
    ).toEqual({
      ...nothing,
      // Playwright's doing.
      scroll: expect.anything(),
    });
  });
}

/* ---- Where it shares the URL ---- */

test('in mode query it changes its own keys of the URL, and nothing else', {
  tag: '@embedding.md#what-happens-outside-the-element',
}, async ({ page, mock }) => {
  await mock.fleet(FLEET, PLACES);
  await open(page, { 'url-state': 'query' }, '/outside.html?lang=en&kp=1#section');
  await loaded(page);
  await page.evaluate(() => {
    window.history.replaceState({ idx: 7 }, '');
    window.scrollTo(0, 10);
    window.ledger.forget();
  });
  await filter(page).fill('agent');
  await expect(page).toHaveURL('/outside.html?lang=en&kp=1&kp-q=agent#section');
  expect(await page.evaluate(() => window.history.state)).toEqual({ idx: 7 });
  await status(page).selectOption('critical');
  expect((await effects(page)).scroll).toEqual([0, 10]);
  // Back and Forward scroll as the browser sees fit.
  await page.goBack();
  await expect(status(page)).toHaveValue('all');
  await button(page, 'Add kproxy Agent').click();
  await expect(page).toHaveURL('/outside.html?lang=en&kp=1&kp-q=agent&kp-dialog=add#section');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/outside.html?lang=en&kp=1&kp-q=agent#section');

  const mounted = await effects(page);
  expect([...new Set(mounted.listeners)]).toEqual(['Navigation currententrychange', ...LISTENS_TO, 'window popstate'].sort());
  const url = '/outside.html?lang=en&kp=1&kp-q=agent';
  expect(mounted).toMatchObject({
    history: [
      `replaceState ${url}#section`,
      `pushState ${url}&kp-status=critical#section`,
      `pushState ${url}&kp-dialog=add#section`,
      'back',
    ],
    mutations: [],
    globals: [],
  });

  // What was typed last is not written into the URL of whoever comes next.
  await filter(page).fill('agent 5');
  expect(await removed(page)).toEqual({ ...nothing, scroll: expect.anything() });
});

test('in mode path it changes the URL below its base, and nothing else', {
  tag: '@embedding.md#what-happens-outside-the-element',
}, async ({ page, mock }) => {
  await mock.fleet(FLEET, PLACES);
  await open(page, { 'url-state': 'path', 'base-path': '/outside.html' }, '/outside.html/');
  await loaded(page);
  await filter(page).fill('agent');
  await expect(page).toHaveURL('/outside.html/?q=agent');
  await button(page, 'Add kproxy Agent').click();
  await expect(page).toHaveURL('/outside.html/add?q=agent');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/outside.html/?q=agent');
  const mounted = await effects(page);
  expect([...new Set(mounted.listeners)]).toEqual(['Navigation currententrychange', ...LISTENS_TO, 'window popstate'].sort());
  expect(mounted).toMatchObject({
    history: ['replaceState /outside.html/?q=agent', 'pushState /outside.html/add?q=agent', 'back'],
    mutations: [],
    globals: [],
    title: 'A host',
  });
  expect(await removed(page)).toEqual({ ...nothing, scroll: expect.anything() });
});

test('removal aborts the requests that are under way', {
  tag: '@embedding.md#what-happens-outside-the-element',
}, async ({ page, mock }) => {
  await mock.fleet(FLEET, PLACES);
  await mock.fault({ route: AGENTS, hold: 'agents' });
  await page.route(/land-/, () => {}); // Never answered.
  const later = page.waitForResponse(/\/assets\/later-\w+\.wasm/);
  await open(page);
  const state = async () => (await mock.reads()).map(({ state }) => state);
  await expect.poll(state).toEqual(['held']);
  await (await later).finished();
  await expect.poll(async () => (await effects(page)).requests).toEqual([expect.stringContaining('/agents'), expect.stringContaining('/assets/land-')]);
  expect(await removed(page)).toEqual(nothing);
  await expect.poll(state).toEqual(['aborted']);
});

test('an element that is removed while the program loads never begins', async ({ page, mock }) => {
  await mock.fleet(FLEET, PLACES);
  const release = await hold(page, /\.wasm$/);
  await mock.fault({ route: AGENTS, hold: 'agents' });
  await open(page);
  await expect(page.getByText('Loading…')).toBeVisible();
  // What it has asked for meanwhile is given up.
  const states = async () => (await mock.requests()).map(({ method, path, state }) => `${method} ${path} ${state}`);
  await expect.poll(states).toEqual([`${AGENTS} held`]);
  const element = await page.locator('kproxy-agents').elementHandle();
  await removed(page);
  await expect.poll(states).toEqual([`${AGENTS} aborted`]);
  release();
  // The program is for all elements, and comes; this element is not shown.
  await expect.poll(async () => (await effects(page)).requests).toEqual([]);
  expect(await effects(page)).toEqual(nothing);
  expect(await states()).toEqual([`${AGENTS} aborted`]);

  await mock.heal();
  await element!.evaluate((node) => document.querySelector('main')!.append(node));
  await expect(row(page, 'agent 0').first()).toBeVisible();
});

test('of two elements the other goes on', async ({ page, mock }) => {
  await mock.fleet(FLEET, PLACES);
  await open(page);
  await loaded(page);
  const one = (await effects(page)).listeners;
  await mount(page);
  await expect(page.getByText(/^Updated /)).toHaveCount(2);
  await removed(page);
  await page.evaluate(() => window.ledger.forget());
  await filter(page).fill('agent 7');
  await expect(row(page, 'agent 7')).toBeVisible();
  const left = await effects(page);
  expect(left.listeners).toEqual(one);
  expect(left).toMatchObject({ mutations: [], globals: [], history: [] });
});
