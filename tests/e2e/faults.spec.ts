/** Each fault of each call, as faults.ts has them: what is said, what is kept, and how it ends. */
import { AGENTS, ago, AT, cell, count, expect, list, loaded, map, names, refresh, row, test, type Mock } from './fixtures';
import { CALLS, cellOf, FAULTS } from './faults';
import { refreshQuietly } from './view';
import type { Locator, Page } from '@playwright/test';

const SITE = { id: 's1', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const FLEET = ['alpha', 'beta', 'gamma'].map((name, i) => ({
  id: name, name, siteId: 's1', ageSecs: 60, lastSeen: ago(100), privateIp: `10.0.0.${i}`, ipAddress: `203.0.113.${i}`, etag: `e${i}`,
}));
/** So many agents fit on the first page. */
const PAGE = 1_000;

/** How a call is brought about, and what the page does around it. */
interface Way {
  /** Goes to where the call is made by the next step. */
  arrive(page: Page, mock: Mock): Promise<void>;
  call(page: Page): Promise<void>;
  /** Where the words stand. */
  place(page: Page): Locator;
  expectKept(page: Page): Promise<void>;
  /** Tries again by hand; absent where nobody has to. */
  again?(page: Page): Promise<void>;
  expectWell(page: Page, mock: Mock): Promise<void>;
  /** Only some of this route's requests. */
  queryContains?: string;
}

const dialog = (page: Page) => page.getByRole('dialog', { name: 'kproxy Agent', exact: true });
const question = (page: Page) => page.getByRole('alertdialog', { name: 'Remove kproxy Agent' });
const adding = (page: Page) => page.getByRole('dialog', { name: 'Adding a kproxy Agent' });
const notice = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });
const press = (place: Locator, name: string) => place.getByRole('button', { name, exact: true }).click();

async function fleet(page: Page, mock: Mock, address = '/') {
  await mock.fleet(FLEET, [SITE]);
  await page.goto(address);
  await loaded(page);
}

async function edit(page: Page, mock: Mock) {
  await fleet(page, mock, '/agents/alpha/edit');
  await dialog(page).getByLabel('Name', { exact: true }).fill('mine');
  await dialog(page).getByLabel('Description', { exact: true }).fill('of mine');
}
const expectTyped = async (page: Page) => {
  await expect(dialog(page).getByLabel('Name', { exact: true })).toHaveValue('mine');
  await expect(dialog(page).getByLabel('Description', { exact: true })).toHaveValue('of mine');
};
const saving = {
  call: (page: Page) => press(dialog(page), 'Save'),
  place: (page: Page) => dialog(page).getByRole('alert'),
  expectKept: expectTyped,
  again: (page: Page) => press(dialog(page), 'Save'),
  expectWell: async (page: Page) => {
    await expect(dialog(page)).toBeHidden();
    await expect(row(page, 'mine')).toBeVisible();
  },
};
const expectFleet = (page: Page) => expect.poll(() => names(page)).toEqual(['alpha', 'beta', 'gamma']);

const WAYS: Record<string, Way> = {
  first: {
    arrive: (_, mock) => mock.fleet(FLEET, [SITE]),
    call: async (page) => {
      await page.goto('/');
      // The call is sent before the program is there to wait for its answer.
      await expect(page.getByRole('table', { name: 'kproxy Agents' })).toBeAttached();
    },
    place: (page) => page.getByRole('alert').filter({ hasText: 'Could not load the agents' }),
    expectKept: async (page) => expect(await names(page)).toEqual([]),
    expectWell: expectFleet,
  },
  later: {
    arrive: (_, mock) => mock.reset({ agents: PAGE + 1, at: AT.toISOString() }),
    call: async (page) => void (await page.goto('/')),
    // What comes after the small first page: the next one, and reads that try again.
    queryContains: 'pageSize=10000',
    place: (page) => notice(page, 'Could not refresh the agents'),
    expectKept: (page) => expect(count(page)).toHaveText('1,000 agents so far'),
    expectWell: (page) => expect(count(page)).toHaveText('1,001 agents'),
  },
  changes: {
    arrive: async (page, mock) => {
      await fleet(page, mock);
      await mock.patch('beta', { name: 'beta-2' });
    },
    call: (page) => refresh(page).click(),
    queryContains: 'syncToken',
    place: (page) => notice(page, 'Could not refresh the agents'),
    expectKept: async (page) => {
      await expectFleet(page);
      await expect(page.getByText(/^Updated .*\(stale\)$/)).toBeVisible();
    },
    expectWell: (page) => expect.poll(() => names(page)).toEqual(['alpha', 'beta-2', 'gamma']),
  },
  sites: {
    arrive: (_, mock) => mock.fleet(FLEET, [SITE]),
    call: async (page) => void (await page.goto('/')),
    place: (page) => notice(page, 'Could not read the sites'),
    expectKept: async (page) => {
      await expectFleet(page);
      await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('…');
    },
    expectWell: (page) => expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Frankfurt DC'),
  },
  one: {
    ...saving,
    arrive: async (page, mock) => {
      await edit(page, mock);
      await mock.patch('alpha', { privateIp: '10.9.9.9' });
    },
  },
  patch: { ...saving, arrive: edit },
  remove: {
    arrive: (page, mock) => fleet(page, mock, '/agents/alpha/remove'),
    call: (page) => press(question(page), 'Remove'),
    place: (page) => question(page).getByRole('alert'),
    expectKept: async (page) => {
      await expect(question(page)).toContainText('alpha');
      await expect(row(page, 'alpha')).toBeAttached();
    },
    again: (page) => press(question(page), 'Remove'),
    expectWell: async (page) => {
      await expect(question(page)).toBeHidden();
      await expect.poll(() => names(page)).toEqual(['beta', 'gamma']);
    },
  },
  credentials: {
    arrive: (page, mock) => fleet(page, mock),
    call: (page) => press(page.locator('kproxy-agents'), 'Add kproxy Agent'),
    place: (page) => adding(page),
    expectKept: (page) => expect(adding(page)).toContainText('KENTIK_API_TOKEN=API_TOKEN'),
    again: (page) => press(adding(page), 'Try again'),
    expectWell: (page) => expect(adding(page).getByRole('button', { name: 'Show' })).toBeVisible(),
  },
  site: {
    ...saving,
    arrive: async (page, mock) => {
      await edit(page, mock);
      await press(dialog(page), 'Create a New Site');
      await dialog(page).getByLabel('Site Name').fill('Bergen');
      await dialog(page).getByLabel('Street Address').fill('1 Bryggen');
    },
    expectKept: async (page) => {
      await expectTyped(page);
      await expect(dialog(page).getByLabel('Site Name')).toHaveValue('Bergen');
      await expect(dialog(page).getByLabel('Street Address')).toHaveValue('1 Bryggen');
    },
    expectWell: async (page, mock) => {
      await saving.expectWell(page);
      await expect(row(page, 'mine')).toContainText('Bergen');
      expect(await mock.sent('PATCH')).toHaveLength(1);
    },
  },
};

/** Lets so much time pass, in steps, until this holds. */
const passUntil = (page: Page, holds: () => Promise<void>) =>
  expect(async () => {
    await page.clock.runFor(20_000);
    await holds();
  }).toPass();

/** What says that something went wrong, in the open dialog or else on the page: one at a time, not a stack. */
const complaints = (page: Page) =>
  page.locator('kproxy-agents').evaluate(
    (host) =>
      [...(host.shadowRoot!.querySelector('dialog[open]') ?? host.shadowRoot!).querySelectorAll('.kp-notice, [role=alert]')]
        .filter((node) => node.checkVisibility() && node.textContent!.trim() !== '')
        .filter((node, _, all) => !all.some((other) => other !== node && other.contains(node))).length,
  );

for (const [call, { name, route }] of Object.entries(CALLS)) {
  const way = WAYS[call]!;
  for (const [fault, kind] of Object.entries(FAULTS)) {
    const expected = cellOf(call, fault);
    if (expected === null) continue;
    test(`${name}: ${kind.name}`, { tag: '@agent-api.md#errors' }, async ({ page, context, mock }) => {
      // A thousand agents take a development build some seconds.
      test.slow(call === 'later');
      mock.expectsFailures = true;
      await page.clock.install({ time: AT });
      await way.arrive(page, mock);
      if (kind.answer) {
        // Where the connection breaks, the browser itself may send the call again.
        const times = expected.silently === undefined || kind.answer.cutOff !== undefined ? undefined : 1;
        await mock.fault({ route, times, queryContains: way.queryContains, ...kind.answer });
      } else {
        // Of the files of the page, and other calls, nothing is cut off.
        const [, path] = route.replace('{id}', 'alpha').split(' ');
        await context.route(
          (url) => url.pathname === path && url.search.includes(way.queryContains ?? ''),
          (to) => (to.request().method() === route.split(' ')[0] ? to.abort('internetdisconnected') : to.fallback()),
        );
      }
      await way.call(page);
      if (fault === 'silent') {
        await expect.poll(async () => (await mock.requests()).some(({ state }) => state === 'held')).toBe(true);
        // First the map: it is given up after 30 s, too.
        await page.clock.runFor(2_000);
        await expect(map(page).getByText('Loading…')).toHaveCount(0);
        await page.clock.runFor(31_000);
      }
      if (expected.silently !== undefined) {
        await way.expectWell(page, mock);
        expect(await complaints(page)).toBe(0);
        return;
      }
      const place = expected.beside
        ? dialog(page).getByText(expected.says)
        : expected.notice
          ? notice(page, expected.notice)
          : way.place(page);
      await expect(place).toContainText(expected.says, { timeout: call === 'later' ? 60_000 : 15_000 });
      await expect(place.locator('h1, today')).toHaveCount(0);
      expect(await complaints(page)).toBe(expected.beside ? 0 : 1);
      await way.expectKept(page);

      await mock.heal();
      await context.unrouteAll();
      if (expected.recovers === '"Save" stays off') {
        await expect(dialog(page).getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
        return;
      }
      if (expected.recovers === 'after sign-in') await refresh(page).or(page.getByRole('button', { name: 'Try again' })).first().click();
      if (expected.recovers.startsWith('after the wait')) await page.clock.runFor(41_000);
      if (way.again) await way.again(page);
      else await passUntil(page, () => expect(place).toBeHidden({ timeout: 500 }));
      await way.expectWell(page, mock);
      // That the session is over stands on the page, too, until it reads again.
      if (kind.ends === 'after sign-in') await refreshQuietly(page);
      await expect.poll(() => complaints(page)).toBe(0);
    });
  }

  test(`${name}: the page is removed before the answer`, { tag: '@embedding.md#what-happens-outside-the-element' }, async ({ page, mock }) => {
    mock.expectsFailures = true;
    await way.arrive(page, mock);
    await mock.fault({ route, queryContains: way.queryContains, hold: 'late' });
    await way.call(page);
    await expect.poll(async () => (await mock.requests()).some(({ state }) => state === 'held')).toBe(true);
    const before = (await mock.requests()).length;
    await page.locator('kproxy-agents').evaluate((node) => node.remove());
    await mock.release('late');
    await expect.poll(async () => (await mock.requests()).every(({ state }) => state !== 'held')).toBe(true);
    expect(await mock.requests()).toHaveLength(before);
    await expect(page.locator('kproxy-agents')).toHaveCount(0);
  });
}

test('Agents, changes since: an answer that comes after a newer one changes nothing', { tag: '@agent-api.md#conventions/7' }, async ({ page, mock }) => {
  await fleet(page, mock, '/agents/alpha/edit');
  await mock.fault({ route: AGENTS, hold: 'old', times: 1 });
  await refreshQuietly(page);
  await expect.poll(async () => (await mock.reads()).at(-1)!.state).toBe('held');
  await dialog(page).getByLabel('Name', { exact: true }).fill('newer');
  await press(dialog(page), 'Save');
  await expect(row(page, 'newer')).toBeVisible();
  await mock.release('old');
  await expect(refresh(page)).not.toHaveAttribute('aria-busy', 'true');
  await expect(row(page, 'newer')).toBeVisible();
  await expect(list(page)).toHaveAttribute('aria-rowcount', '4');
});
