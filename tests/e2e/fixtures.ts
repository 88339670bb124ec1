/**
 * What every test stands on: a world of the mock server of its own, and a page whose every error
 * fails the test.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type APIRequestContext, type Locator, type Page } from '@playwright/test';

export { expect };

/** The server's clock in worlds made by `mock.fleet`. */
export const AT = new Date('2026-11-02T12:00:00Z');

export const AGENTS = 'GET /kproxy/v202611/agents';
export const SITES = 'GET /site/v202509/sites';

/** A time so many seconds before `AT`. */
export const ago = (secs: number) => new Date(AT.getTime() - secs * 1000).toISOString();

export interface Fault {
  route: string;
  times?: number;
  afterRequests?: number;
  queryContains?: string;
  latencyMs?: number;
  hold?: string;
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  cutOff?: number;
  handled?: boolean;
  malformed?: { agentIndex?: number; siteIndex?: number; json: string };
}

export interface Seen {
  number: number;
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: string;
  state: 'pending' | 'held' | 'answered' | 'aborted';
  status: number | null;
}

type Fields = Record<string, unknown>;

/** The mock server's control API, about one world. */
export class Mock {
  /** Whether failed requests are part of the test, and may show in the console. */
  expectsFailures = false;
  /** Errors that are part of the test. */
  readonly expectedErrors: RegExp[] = [];
  /** Why the focus may be lost in this test. */
  mayLoseFocus: string | undefined;

  constructor(
    private readonly request: APIRequestContext,
    private readonly world: string,
  ) {}

  private async call(method: string, path: string, data?: unknown) {
    const answer = await this.request.fetch(`/__mock/${path}`, {
      method,
      headers: { 'x-mock-world': this.world },
      ...(data === undefined ? {} : { data }),
    });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.json();
  }

  reset(how: Fields) {
    return this.call('POST', 'reset', how);
  }

  /** A world of these agents and sites alone, at the time `AT`. */
  async fleet(agents: Fields[], sites: Fields[] = []) {
    await this.reset({ agents: 0, sites: 0, at: AT.toISOString() });
    if (sites.length > 0) await this.addSites(sites);
    if (agents.length > 0) await this.add(agents);
  }

  add(agents: Fields | Fields[]) {
    return this.call('POST', 'agents', agents);
  }

  patch(id: string, fields: Fields) {
    return this.call('PATCH', `agents/${encodeURIComponent(id)}`, fields);
  }

  remove(id: string) {
    return this.call('DELETE', `agents/${encodeURIComponent(id)}`);
  }

  addSites(sites: Fields | Fields[]) {
    return this.call('POST', 'sites', sites);
  }

  removeSite(id: string) {
    return this.call('DELETE', `sites/${encodeURIComponent(id)}`);
  }

  /** Something goes wrong from now on. Its log entries in the console are allowed. */
  fault(fault: Fault | Fault[]) {
    const all = [fault].flat();
    this.expectsFailures ||= all.some(({ status, cutOff }) => status !== undefined || cutOff !== undefined);
    return this.call('POST', 'faults', all);
  }

  /** Nothing goes wrong any more. */
  heal() {
    return this.call('DELETE', 'faults');
  }

  release(name: string) {
    return this.call('POST', 'release', { name });
  }

  clock(setting: { at?: string; offsetSecs?: number }) {
    return this.call('POST', 'clock', setting);
  }

  async requests(): Promise<Seen[]> {
    return (await this.call('GET', 'requests')).requests;
  }

  /** The reads of the agents so far. */
  async reads(): Promise<Seen[]> {
    return (await this.requests()).filter(({ path }) => path === '/kproxy/v202611/agents');
  }

  /** What was sent by this method so far: path and JSON body. */
  async sent(method: string): Promise<{ path: string; body: any }[]> {
    const requests = (await this.requests()).filter((request) => request.method === method);
    return requests.map(({ path, body }) => ({ path, body: body === '' ? undefined : JSON.parse(body) }));
  }

  forget() {
    return this.call('DELETE', 'requests');
  }
}

/** Logged by the browser itself for each answer that is no success. */
const NETWORK_LOG = /^Failed to load resource: (the server responded with a status of|net::ERR_)/;

export const test = base.extend<{ mock: Mock }>({
  mock: [
    async ({ context, page, playwright, baseURL }, use, info) => {
      const world = `w-${info.testId}-${info.repeatEachIndex}-${info.retry}-${Date.now()}`;
      await context.addCookies([{ name: 'mock-world', value: world, url: baseURL! }]);
      const request = await playwright.request.newContext({ baseURL });
      const mock = new Mock(request, world);

      const errors: string[] = [];
      const add = (error: string) => {
        if (!mock.expectedErrors.some((expected) => expected.test(error))) errors.push(error);
      };
      context.on('weberror', (error) => add(`Uncaught: ${error.error()}`));
      context.on('console', (message) => {
        if (message.type() !== 'error') return;
        if (mock.expectsFailures && NETWORK_LOG.test(message.text())) return;
        add(`Console: ${message.text()}`);
      });
      await page.addInitScript(() => {
        addEventListener('securitypolicyviolation', (event) => {
          console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI}`);
        });
        addEventListener('kp-error', (event) => {
          const { kind, message } = (event as CustomEvent).detail;
          if (kind !== 'api') console.error(`kp-error ${kind}: ${message}`);
        });
      });

      await followFocus(page);

      await use(mock);

      if (info.status === info.expectedStatus) await expectFocusKept(page, mock);
      // Whoever still waits is let go before the page closes.
      await mock.heal();
      await request.fetch('/__mock/world', { method: 'DELETE', headers: { 'x-mock-world': world } });
      await request.dispose();
      expect(errors, 'no error on the page').toEqual([]);
    },
    { auto: true },
  ],
});

/* ---- Focus ---- */

/** Follows where the focus goes, so that `expectFocusKept` can tell what was lost from what was put elsewhere. */
async function followFocus(page: Page) {
  await page.addInitScript(() => {
    // The last thing inside the element that had the focus, until it is put elsewhere on purpose.
    let held: Element | null = null;
    let heldIn: Element | undefined;
    let isPressed = false;
    // Tab may lead out of the document, to the browser's own controls.
    let isTabbing = false;
    const innermost = () => {
      let node = document.activeElement;
      while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
      return node;
    };
    addEventListener('focusin', (event) => {
      const path = event.composedPath();
      heldIn = path.find((node) => (node as Element).localName === 'kproxy-agents') as Element | undefined;
      held = heldIn ? (path[0] as Element) : null;
    }, true);
    for (const type of ['pointerdown', 'mousedown']) addEventListener(type, () => (isPressed = true), true);
    for (const type of ['pointerup', 'pointercancel', 'dragend']) addEventListener(type, () => (isPressed = false), true);
    addEventListener('keydown', (event) => (isTabbing = event.key === 'Tab'), true);
    addEventListener('keyup', () => (isTabbing = false), true);
    addEventListener('focusout', (event) => {
      // A press beside everything, while what had the focus is still there.
      if (event.relatedTarget === null && (isPressed || isTabbing) && (event.composedPath()[0] as Element).isConnected) held = null;
    }, true);
    const { blur } = HTMLElement.prototype;
    HTMLElement.prototype.blur = function () {
      held = null;
      blur.call(this);
    };
    const lost = () => {
      const element = document.querySelector('kproxy-agents');
      // With the element the host has taken away the focus in it.
      if (!held || !heldIn?.isConnected || !element?.shadowRoot?.firstElementChild) return null;
      const name = (node: Element) => `<${node.localName} class="${node.className}"> ${node.getAttribute('aria-label') ?? node.textContent?.trim().slice(0, 60)}`;
      const active = innermost();
      if (!active || active === document.body || active === element) return `the focus was lost; it was last on ${name(held)}`;
      if (!element.shadowRoot.contains(active)) return null;
      active.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
      const { left, top, width, height } = active.getBoundingClientRect();
      if (width === 0 && height === 0) return `the focus is on something that is not shown: ${name(active)}`;
      const head = active.closest('.kp-body') && element.shadowRoot.querySelector('.kp-head')?.getBoundingClientRect();
      if (head && top + height / 2 < head.bottom) return `the focus is under the list's head: ${name(active)}`;
      const isInWindow = left + width > 0 && top + height > 0 && left < innerWidth && top < innerHeight;
      return isInWindow ? null : `the focus is out of sight: ${name(active)}`;
    };
    Object.assign(window, { focusLost: lost });
  });
}

/** The focus never falls to the page's body, nor on what cannot be seen, except where the test put it there. */
async function expectFocusKept(page: Page, mock: Mock) {
  if (page.isClosed() || mock.mayLoseFocus) return;
  const hasStoppedClock = await page.evaluate(() => '__pwClock' in window).catch(() => false);
  const lost = async () => {
    // Where the test has stopped the clock, no frame comes by itself, in which the focus is handed on.
    if (hasStoppedClock) await page.clock.runFor(100).catch(() => undefined);
    return page
      .evaluate(() => (window as unknown as { focusLost?: () => string | null }).focusLost?.() ?? null)
      // A page that is leaving, or that the test has closed, has no focus to keep.
      .catch(() => null);
  };
  await expect.poll(lost, { message: 'the focus is kept', timeout: 3_000 }).toBeNull();
}

/* ---- Hosts ---- */

/** As in `docs/embedding.md#content-security-policy`. */
export const CSP =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'";

/** Serves a portal's page at all paths that begin with this one, under the strict policy. */
export const serveHost = (page: Page, path: string, body: string, csp = CSP) =>
  page.route(
    (url) => url.pathname.startsWith(path),
    (route) =>
      route.fulfill({
        contentType: 'text/html; charset=utf-8',
        headers: { 'content-security-policy': csp },
        body: `<!doctype html>
          <html lang="en">
            <title>A portal</title>
            <script type="module" src="/kproxy-agents.js"></script>
            <body>${body}</body>
          </html>`,
      }),
  );

/** The built page. */
export const DIST = process.env.DIST ?? '../../dist';

/** Holds what matches until it is released. */
export async function hold(page: Page, pattern: RegExp) {
  let release = () => {};
  const released = new Promise<void>((done) => (release = done));
  await page.route(pattern, async (route) => {
    await released;
    await route.continue();
  });
  return () => release();
}

/** As after a deploy, until the page is loaded anew: these old files are gone, and the entry, read anew, names others. */
export async function deploy(page: Page, gone: RegExp) {
  let visits = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest()) visits++;
  });
  await page.route(gone, (route) => (visits > 1 ? route.continue() : route.fulfill({ status: 404, body: 'not here' })));
  await page.route(/\/kproxy-agents\.js$/, (route) => {
    const entry = readFileSync(join(DIST, 'kproxy-agents.js'), 'utf8');
    const isNew = visits <= 1 && route.request().resourceType() !== 'script';
    return route.fulfill({ contentType: 'text/javascript', body: isNew ? entry.replace(/-[0-9a-f]{10}\./g, '-0123456789.') : entry });
  });
}

/** Sets an attribute of the (first) element, or takes it off. */
export const setAttribute = (page: Page, name: string, value: string | null) =>
  page
    .locator('kproxy-agents')
    .first()
    .evaluate((node, [name, value]) => (value === null ? node.removeAttribute(name!) : node.setAttribute(name!, value)), [
      name,
      value,
    ]);

/** The element's events from here on, as they come: name and detail. */
export async function eventsOf(page: Page) {
  const names = ['ready', 'navigate', 'auth-required', 'agent-saved', 'agent-removed', 'site-created', 'error'];
  const listen = (names: string[]) => {
    const seen: [string, Record<string, unknown>][] = [];
    Object.assign(window, { seen });
    for (const name of names) {
      addEventListener(`kp-${name}`, (event) => seen.push([name, { ...(event as CustomEvent).detail }]));
    }
  };
  await page.addInitScript(listen, names);
  await page.evaluate(listen, names);
  return (name?: string) =>
    page.evaluate(
      (name) =>
        (window as unknown as { seen: [string, Record<string, unknown>][] }).seen
          .filter(([one]) => name === undefined || one === name)
          .map(([name, detail]) => [name, JSON.parse(JSON.stringify(detail))]),
      name,
    );
}

/* ---- What is on screen, by its accessible name ---- */

export const list = (page: Page) => page.getByRole('table', { name: 'kproxy Agents' });
export const map = (page: Page) => page.getByRole('region', { name: 'kproxy Agents map' });
export const filter = (page: Page) => page.getByRole('searchbox', { name: 'Filter' });
export const status = (page: Page) => page.getByRole('combobox', { name: 'Status' });
export const refresh = (page: Page) => page.getByRole('button', { name: 'Refresh', exact: true });
export const autoRefresh = (page: Page) => page.getByRole('checkbox', { name: 'Auto-refresh' });
/** The live region that says how many agents are shown. */
export const count = (page: Page) => page.getByRole('status').filter({ hasText: /^[\d,]+( of [\d,]+)? agents?( so far)?$/ });

/** The row that shows this text. */
export const row = (page: Page, text: string) => list(page).getByRole('row').filter({ hasText: text });

export const COLUMNS = ['Status', 'Last seen', 'Agent name', 'Site', 'IP Address', 'Private IP', 'Version'];

/** The cell of a row below a column's header. */
export const cell = (row: Locator, column: string) => row.getByRole('cell').nth(COLUMNS.indexOf(column));

export const header = (page: Page, column: string) => list(page).getByRole('columnheader', { name: column });

/** The agents' names, in the order of the rows that are in the DOM. */
export async function names(page: Page): Promise<string[]> {
  const rows = await list(page)
    .getByRole('row')
    .evaluateAll((rows) =>
      rows.map((row) => ({
        index: Number(row.getAttribute('aria-rowindex')),
        name: row.querySelectorAll('[role=cell]')[2]?.textContent?.trim(),
      })),
    );
  return rows
    .filter(({ name }) => name !== undefined)
    .sort((a, b) => a.index - b.index)
    .map(({ name }) => name!);
}

/** Waits until the rows stand in this order. */
export const expectNames = (page: Page, expected: string[]) =>
  expect.poll(() => names(page)).toEqual(expected);

/** Axe finds nothing against WCAG 2.2 AA, nor against its best practices. */
export async function expectNoViolations(page: Page, { exceptRules = [] as string[] } = {}) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .disableRules(exceptRules)
    .analyze();
  const told = violations.flatMap(({ id, nodes }) =>
    nodes
      .map(({ target, failureSummary }) => ({ where: target.flat().join(' '), failureSummary }))
      // Where pins stand on a map is essential: WCAG 2.5.8 leaves them out. Axe does not know.
      .filter(({ where }) => !(id === 'target-size' && where.includes('[data-marker')))
      .map(({ where, failureSummary }) => `${id}: ${where} (${failureSummary})`),
  );
  expect(told).toEqual([]);
}

/** What has focus: the innermost element, through shadow roots. */
export const focused = (page: Page) =>
  page.evaluateHandle(() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node;
  });

/** Waits until something has stopped moving, and tells where it is. */
export async function settled(locator: Locator) {
  let before: string | undefined;
  await expect
    .poll(
      async () => {
        const now = JSON.stringify(await locator.boundingBox());
        const still = now === before && now !== 'null';
        before = now;
        return still;
      },
      { intervals: [150] },
    )
    .toBe(true);
  return JSON.parse(before!) as { x: number; y: number; width: number; height: number };
}

/** Waits until the last read is over, and the whole fleet is there. */
export async function loaded(page: Page) {
  await expect(page.getByText(/^Updated /)).toBeVisible({ timeout: 20_000 });
  await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
}

/** Presses Refresh, and waits until its read is over. */
export async function refreshNow(page: Page, mock: Mock) {
  const before = (await mock.reads()).length;
  await refresh(page).click();
  await expect.poll(async () => (await mock.reads()).length).toBeGreaterThan(before);
  await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
}
