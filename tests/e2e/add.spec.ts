import {
  AGENTS, ago, AT, autoRefresh, count, expect, expectNames, list, loaded, test, type Mock,
} from './fixtures';
import { dialog, refreshQuietly, selection, setHidden, toggle } from './view';
import type { Locator, Page } from '@playwright/test';

const CREDENTIALS = 'GET /kproxy/v202611/credentials';
const FRA = { id: 'fra', title: 'Frankfurt DC', lat: 50.1, lon: 8.7 };
const OLD = { id: 'old', name: 'old', siteId: 'fra', ipAddress: '203.0.113.4', privateIp: '10.1.2.3', ageSecs: 60, lastSeen: ago(60) };
const NEW = { id: 'new', ipAddress: '203.0.113.77', ageSecs: 5 };

/** The mock server's. */
const EMAIL = 'kproxy-agent+1234@kentik.com';
const TOKEN = '3f1c0a9b7e5d48c2a6f40e8b92d7513c';
const MASK = '••••••••••••';

const adding = (page: Page) => dialog(page, 'Adding a kproxy Agent');
const opener = (page: Page) => page.getByRole('button', { name: 'Add kproxy Agent' }).first();
const button = (page: Page, name: string) => adding(page).getByRole('button', { name, exact: true });
const pane = (page: Page, name: string) => adding(page).getByRole('button', { name, exact: true });
const steps = (page: Page) => adding(page).getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Copy' }) });
const commands = (page: Page) => steps(page).getByRole('group').allTextContents();
const found = (page: Page) => adding(page).getByRole('status', { name: 'New agents' }).getByRole('listitem');
const asked = async (mock: Mock) => (await mock.requests()).filter(({ path }) => path.endsWith('/credentials')).length;

/** Opens the dialog over a fleet of one agent; the values are there. */
async function open(page: Page, mock: Mock, url = '/') {
  await mock.fleet([OLD], [FRA]);
  await page.goto(url);
  await loaded(page);
  await opener(page).click();
  await expect(button(page, 'Show')).toBeVisible();
}

/** The commands as `docs/kproxy-facts.md#install` has them. */
const packaged = (kind: string, tool: string, token: string, region: string) => [
  `curl -s https://packagecloud.io/install/repositories/kentik/kproxy/script.${kind}.sh | sudo bash`,
  `sudo ${tool} install kproxy`,
  `export KENTIK_API_TOKEN=${token}`,
  `kproxy -api_email ${EMAIL} -host 0.0.0.0${region && ' -region eu'}`,
  `sudo install -m 600 /dev/null /etc/default/kentik.env
sudo tee /etc/default/kentik.env >/dev/null <<'EOF'
KENTIK_API_TOKEN=${token}
KENTIK_API_EMAIL=${EMAIL}
EOF`,
  `sudo mkdir -p /etc/systemd/system/kproxy.service.d
sudo tee /etc/systemd/system/kproxy.service.d/override.conf >/dev/null <<'EOF'
[Service]
ExecStart=
ExecStart=/usr/bin/kproxy -api_email=\${KENTIK_API_EMAIL} -host=0.0.0.0${region && ' -region=eu'}
EOF`,
  `sudo systemctl daemon-reload
sudo systemctl enable --now kproxy`,
  'systemctl status kproxy -l',
];
const docker = (token: string, region: string) => [
  'docker pull kentik/kproxy:latest',
  `export KENTIK_API_TOKEN=${token}`,
  `docker run --name kproxy -d --net=host -e KENTIK_API_TOKEN kentik/kproxy -api_email ${EMAIL} -host 0.0.0.0${region && ' -region eu'}`,
];

for (const region of ['US', 'EU']) {
  test(`the commands of all three panes are right in the ${region}, masked and shown`, {
    tag: ['@page.md#add-dialog/2', '@page.md#add-dialog/3', '@page.md#add-dialog/4', '@kproxy-facts.md#install'],
  }, async ({ page, mock }) => {
    await mock.reset({ agents: 1, sites: 1, region });
    await page.goto('/add');
    await expect(button(page, 'Show')).toBeVisible();
    await expect(adding(page)).toContainText(EMAIL);
    const eu = region === 'EU' ? 'eu' : '';
    for (const [name, expected] of [
      ['Debian/Ubuntu', (token: string) => packaged('deb', 'apt-get', token, eu)],
      ['RPM', (token: string) => packaged('rpm', 'yum', token, eu)],
      ['Docker', (token: string) => docker(token, eu)],
    ] as const) {
      if (name !== 'Debian/Ubuntu') await pane(page, name).click();
      await expect.poll(() => commands(page)).toEqual(expected(MASK));
      await button(page, 'Show').click();
      await expect.poll(() => commands(page)).toEqual(expected(TOKEN));
      await button(page, 'Hide').click();
      await expect.poll(() => commands(page)).toEqual(expected(MASK));
    }
  });
}

test('the steps are numbered; systemd stands beside the manual way, not for Docker', {
  tag: ['@page.md#add-dialog/2', '@page.md#add-dialog/5', '@kproxy-facts.md#systemd'],
}, async ({ page, mock }) => {
  await open(page, mock);
  const numbers = () =>
    adding(page)
      .getByRole('list')
      .evaluateAll((lists) =>
        lists
          .filter((list) => list.localName === 'ol')
          .map((list) => [(list as HTMLOListElement).start, list.children.length, getComputedStyle(list.children[0]!).listStyleType]),
      );
  expect(await numbers()).toEqual([[1, 2, 'decimal'], [3, 2, 'decimal'], [3, 4, 'decimal']]);
  await expect(adding(page).getByRole('heading', { name: 'Then run it by hand' })).toBeVisible();
  await expect(adding(page).getByRole('heading', { name: 'Or have systemd run it' })).toBeVisible();
  await pane(page, 'Docker').click();
  await expect.poll(numbers).toEqual([[1, 3, 'decimal']]);
  await expect(adding(page).getByText(/systemd/)).toHaveCount(0);
});

test('odd values stand in the commands as the shell and systemd need them', { tag: '@page.md#add-dialog/7' }, async ({ page, mock }) => {
  await mock.fleet([OLD]);
  await mock.fault({ route: CREDENTIALS, status: 200, body: JSON.stringify({ apiEmail: "o'brien@x", apiToken: 'a b$c"\\', region: 'MARS' }) });
  await page.goto('/add');
  await button(page, 'Show').click();
  const all = await commands(page);
  expect(all[2]).toBe(`export KENTIK_API_TOKEN='a b$c"\\'`);
  expect(all[3]).toBe(`kproxy -api_email 'o'\\''brien@x' -host 0.0.0.0`);
  expect(all[4]).toContain('KENTIK_API_TOKEN="a b\\$c\\"\\\\"\n');
});

test('one pane is open at a time, the first one at first; by mouse and by keyboard', {
  tag: ['@page.md#add-dialog/1', '@page.md#accessibility/2'],
}, async ({ page, mock }) => {
  await open(page, mock);
  const panes = ['Debian/Ubuntu', 'RPM', 'Docker'];
  const expectOpen = async (open: string | undefined) => {
    for (const name of panes) {
      await expect(pane(page, name)).toHaveAttribute('aria-expanded', String(name === open));
    }
  };
  // Focus begins there.
  await expect(pane(page, 'Debian/Ubuntu')).toBeFocused();
  await expectOpen('Debian/Ubuntu');
  await expect(steps(page)).toHaveCount(8);
  await pane(page, 'Docker').click();
  await expectOpen('Docker');
  await expect(steps(page)).toHaveCount(3);
  await pane(page, 'Docker').click();
  await expectOpen(undefined);
  await expect(steps(page)).toHaveCount(0);
  for (const [name, key] of [['RPM', 'Enter'], ['Debian/Ubuntu', 'Space']] as const) {
    await pane(page, name).press(key);
    await expectOpen(name);
    await expect(pane(page, name)).toBeFocused();
  }
});

test('it opens by keyboard, says what is recommended, and closes by Close and Esc with focus back', {
  tag: ['@page.md#add-dialog/11', '@page.md#accessibility/2', '@page.md#accessibility/4'],
}, async ({ page, mock }) => {
  await mock.fleet([OLD], [FRA]);
  await page.goto('/');
  await loaded(page);
  for (const close of ['Close', 'Escape']) {
    await opener(page).focus();
    await page.keyboard.press('Enter');
    await expect(adding(page)).toContainText(/organization's own values.*recommended over a user's own/s);
    await expect(adding(page)).toContainText('a device that sends to two is counted twice');
    if (close === 'Close') await button(page, 'Close').click();
    else await page.keyboard.press('Escape');
    await expect(adding(page)).toHaveCount(0);
    await expect(opener(page)).toBeFocused();
  }
});

test.describe('with a clipboard', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('Copy copies the whole command, token and all though masked, and says "Copied"', {
    tag: ['@page.md#add-dialog/8', '@page.md#add-dialog/9'],
  }, async ({ page, mock }) => {
    await page.clock.install({ time: AT });
    await open(page, mock);
    const expected = packaged('deb', 'apt-get', TOKEN, '');
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    for (const [i, command] of expected.entries()) {
      const step = steps(page).nth(i);
      await step.getByRole('button', { name: 'Copy' }).click();
      await expect(step.getByRole('status')).toHaveText('Copied');
      expect(await clipboard()).toBe(command);
    }
    expect(await commands(page)).toEqual(packaged('deb', 'apt-get', MASK, ''));
    // It is said for a while, beside the button that was pressed.
    await page.clock.runFor(5_000);
    await expect(adding(page).getByText('Copied', { exact: true })).toHaveCount(0);
    const first = steps(page).first();
    await first.getByRole('button', { name: 'Copy' }).press('Enter');
    await expect(first.getByRole('status')).toHaveText('Copied');
    await expect(adding(page).getByText('Copied', { exact: true })).toHaveCount(1);
  });
});

/** What the answer of a Copy button is where there is no clipboard. */
async function expectNoCopy(page: Page) {
  const step = (n: number) => steps(page).nth(n);
  const selected = () => page.evaluate(() => String(getSelection()));
  await step(0).getByRole('button', { name: 'Copy' }).click();
  await expect(step(0).getByRole('status')).toHaveText('Could not copy; the text is selected, so copy it by hand');
  expect(await selected()).toBe(packaged('deb', 'apt-get', MASK, '')[0]);
  // What is masked is no good to copy.
  await step(2).getByRole('button', { name: 'Copy' }).click();
  await expect(step(2).getByRole('status')).toHaveText('Could not copy; press Show, then select and copy the text');
  await button(page, 'Show').click();
  await expect(step(2).getByRole('status')).toHaveText('Could not copy; select and copy the text');
  await step(2).getByRole('button', { name: 'Copy' }).click();
  await expect(step(2).getByRole('status')).toHaveText('Could not copy; the text is selected, so copy it by hand');
  expect(await selected()).toBe(packaged('deb', 'apt-get', TOKEN, '')[2]);
}

/** Refuses, as a frame without `clipboard-write` does. */
const refuseClipboard = (page: Page) =>
  page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
  });

/** What is copied goes to `window.copied`; the browser of the tests lets nobody read its clipboard. */
const watchCopies = (page: Page) =>
  page.addInitScript(() =>
    document.addEventListener('copy', () => Object.assign(window, { copied: String(getSelection()) })),
  );
const copied = (page: Page) => page.evaluate(() => (window as unknown as { copied?: string }).copied);

test('where the clipboard is denied, Copy has another way', { tag: ['@page.md#add-dialog/8', '@page.md#add-dialog/16'] }, async ({ page, mock }) => {
  await refuseClipboard(page);
  await watchCopies(page);
  await open(page, mock);
  for (const [i, command] of packaged('deb', 'apt-get', TOKEN, '').entries()) {
    await steps(page).nth(i).getByRole('button', { name: 'Copy' }).click();
    await expect(steps(page).nth(i).getByRole('status')).toHaveText('Copied');
    expect(await copied(page)).toBe(command);
    await expect(steps(page).nth(i).getByRole('button', { name: 'Copy' })).toBeFocused();
  }
  await expect(adding(page).getByRole('textbox')).toHaveCount(0);
});

test('where nothing can be copied, Copy selects the text, or says what to do', { tag: '@page.md#add-dialog/16' }, async ({ page, mock }) => {
  await refuseClipboard(page);
  await page.addInitScript(() => (document.execCommand = () => false));
  await open(page, mock);
  await expectNoCopy(page);
});

test('on a page without HTTPS, which has no clipboard, Copy has another way, too', {
  tag: '@page.md#add-dialog/8',
}, async ({ page, mock, context, baseURL }) => {
  const insecure = 'http://portal.example';
  const [{ value }] = (await context.cookies(baseURL)) as [{ value: string }];
  await page.route(`${insecure}/**`, async (route) => {
    const url = route.request().url().replace(insecure, baseURL!);
    await route.fulfill({ response: await route.fetch({ url, headers: { 'x-mock-world': value } }) });
  });
  await watchCopies(page);
  await open(page, mock, `${insecure}/`);
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  await steps(page).nth(2).getByRole('button', { name: 'Copy' }).click();
  await expect(steps(page).nth(2).getByRole('status')).toHaveText('Copied');
  expect(await copied(page)).toBe(packaged('deb', 'apt-get', TOKEN, '')[2]);
});

/** Everything on the page and about it that could hold a text, as one string. */
const everything = (page: Page) =>
  page.evaluate(async () => {
    const texts: unknown[] = [location.href, document.title, document.cookie, name, history.state];
    const walk = (root: Document | ShadowRoot) => {
      texts.push((root as ShadowRoot).innerHTML ?? root.firstElementChild!.outerHTML);
      for (const node of root.querySelectorAll('*')) {
        if ('value' in node) texts.push(node.value);
        if (node.shadowRoot) walk(node.shadowRoot);
      }
    };
    walk(document);
    for (const storage of [localStorage, sessionStorage]) texts.push({ ...storage });
    texts.push(performance.getEntries().map((entry) => entry.toJSON()));
    for (const key of await caches.keys()) {
      for (const { url } of await (await caches.open(key)).keys()) texts.push(url);
    }
    texts.push(await indexedDB.databases());
    for (const key of Object.getOwnPropertyNames(window)) {
      const value = (window as unknown as Record<string, unknown>)[key];
      if (typeof value === 'string') texts.push(value);
    }
    return JSON.stringify(texts);
  });

test('the token is in the DOM only while it is shown', { tag: '@page.md#add-dialog/9' }, async ({ page, mock }) => {
  await open(page, mock);
  expect(await everything(page)).not.toContain(TOKEN);
  await button(page, 'Show').click();
  await expect.poll(() => everything(page)).toContain(TOKEN);
  await button(page, 'Hide').press('Enter');
  await expect.poll(() => everything(page)).not.toContain(TOKEN);
  await expect(button(page, 'Show')).toBeFocused();
});

test('after it has closed, in whatever way, the token is found nowhere', { tag: '@page.md#add-dialog/10' }, async ({ page, mock }) => {
  const logged: string[] = [];
  page.on('console', (message) => logged.push(message.text()));
  await page.addInitScript(() => {
    // Whatever a script of the host's could listen to.
    for (const type of ['kp-error', 'kp-ready', 'kp-navigate', 'kp-auth-required', 'message', 'error', 'unhandledrejection']) {
      addEventListener(type, (event) => console.log(type, JSON.stringify((event as CustomEvent).detail ?? null)));
    }
  });
  await open(page, mock);
  for (const [i, close] of [
    () => button(page, 'Close').click(),
    () => page.keyboard.press('Escape'),
    () => page.goBack(),
    () => page.locator('kproxy-agents').evaluate((node) => node.remove()),
  ].entries()) {
    if (i > 0) {
      await opener(page).click();
      // It begins masked each time.
      await expect(button(page, 'Show')).toBeVisible();
      await expect.poll(async () => (await commands(page))[2]).toBe(`export KENTIK_API_TOKEN=${MASK}`);
    }
    await button(page, 'Show').click();
    await expect(adding(page)).toContainText(TOKEN);
    await close();
    await expect(adding(page)).toHaveCount(0);
    expect(await everything(page)).not.toContain(TOKEN);
    // Asked for again at each opening.
    expect(await asked(mock)).toBe(i + 1);
  }
  expect(logged.join('\n')).not.toContain(TOKEN);
});

test('a read of the values that the dialog did not wait for leaves nothing behind', {
  tag: '@page.md#add-dialog/10',
}, async ({ page, mock }) => {
  await mock.fleet([OLD], [FRA]);
  await page.goto('/');
  await loaded(page);
  await mock.fault({ route: CREDENTIALS, hold: 'slow', times: 1 });
  await opener(page).click();
  await expect(adding(page).getByText("Loading your organization's values…")).toBeVisible();
  expect(await commands(page)).toEqual(packaged('deb', 'apt-get', 'API_TOKEN', '').map((command) => command.replace(EMAIL, 'API_EMAIL')));
  await page.keyboard.press('Escape');
  await expect(adding(page)).toHaveCount(0);
  await mock.release('slow');
  await opener(page).click();
  await expect(button(page, 'Show')).toBeVisible();
  expect(await asked(mock)).toBe(2);
  expect(await everything(page)).not.toContain(TOKEN);
});

const ERRORS: [what: string, fault: Record<string, unknown>, says: RegExp][] = [
  ['400', { status: 400, body: '{"code":3,"message":"no values here"}' }, /no values here/],
  ['401', { status: 401 }, /session has expired.*sign in/i],
  ['403', { status: 403 }, /may not see them/],
  ['404', { status: 404 }, /no longer exists/],
  ['500', { status: 500 }, /HTTP 500/],
  ['502 with HTML', { status: 502, body: '<html><h1>Bad Gateway</h1></html>' }, /HTTP 502/],
  ['503 with nothing', { status: 503, body: '' }, /HTTP 503/],
  ['504', { status: 504 }, /HTTP 504/],
  ['a broken connection', { cutOff: 0 }, /reach/],
  ['an answer cut short', { cutOff: 40 }, /reach|read/],
  ['a web page', { status: 200, body: `<html>${TOKEN}` }, /may be signed out/],
  ['a body that is no JSON', { status: 200, body: `no ${TOKEN}` }, /not as expected|could not be read/],
  ['a wrong type inside', { status: 200, body: `{"apiEmail":"${EMAIL}","apiToken":${TOKEN.replace(/\D/g, '')}}` }, /not as expected/],
  ['a missing token', { status: 200, body: `{"apiEmail":"${EMAIL}"}` }, /apiToken|not as expected/],
  ['a token with a line break', { status: 200, body: `{"apiEmail":"${EMAIL}","apiToken":"${TOKEN}\\nrm -rf"}` }, /not as expected/],
];

for (const [what, fault, says] of ERRORS) {
  test(`after ${what} it says why, with placeholders; "Try again" tries again`, {
    tag: ['@page.md#add-dialog/12', '@agent-api.md#errors'],
  }, async ({ page, mock }) => {
    await mock.fleet([OLD]);
    await mock.fault({ route: CREDENTIALS, ...fault });
    await page.goto('/add');
    const alert = adding(page).getByRole('alert');
    await expect(alert).toContainText("Could not load your organization's values");
    await expect(alert).toHaveText(says);
    await expect(alert.locator('h1')).toHaveCount(0);
    for (const part of TOKEN.match(/\d{3,}/g)!) await expect(adding(page)).not.toContainText(part);
    expect((await commands(page)).slice(2, 5)).toEqual([
      'export KENTIK_API_TOKEN=API_TOKEN',
      'kproxy -api_email API_EMAIL -host 0.0.0.0',
      expect.stringContaining('KENTIK_API_TOKEN=API_TOKEN\nKENTIK_API_EMAIL=API_EMAIL\n'),
    ]);
    await button(page, 'Try again').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => asked(mock)).toBeGreaterThan(1);
    await expect(button(page, 'Try again')).not.toHaveAttribute('aria-busy', 'true');
    await expect(alert).toHaveText(says);
    await mock.heal();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await commands(page))[2]).toBe(`export KENTIK_API_TOKEN=${MASK}`);
    await expect(alert).toHaveCount(0);
    // The same button, with another word: focus is not lost.
    await expect(button(page, 'Show')).toBeFocused();
  });
}

test('after 429 it says why, and "Try again" is off until the wait is over', {
  tag: ['@page.md#add-dialog/12', '@agent-api.md#errors'],
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet([OLD]);
  await mock.fault({ route: CREDENTIALS, status: 429, headers: { 'retry-after': '7' }, times: 1 });
  await page.goto('/add');
  await expect(adding(page).getByRole('alert')).toHaveText(/too many requests.*7 seconds/i);
  await expect(button(page, 'Try again')).toHaveAttribute('aria-disabled', 'true');
  await button(page, 'Try again').focus();
  await page.keyboard.press('Enter');
  await page.clock.runFor(6_000);
  expect(await asked(mock)).toBe(1);
  await page.clock.runFor(2_000);
  await expect(button(page, 'Try again')).not.toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await commands(page))[2]).toBe(`export KENTIK_API_TOKEN=${MASK}`);
  await expect(button(page, 'Show')).toBeFocused();
});

test('a new agent shows with "Update", which leads on to its dialog', { tag: '@page.md#add-dialog/14' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await open(page, mock);
  await expect(adding(page).getByText('Waiting for a new agent…')).toBeVisible();
  await expect(found(page)).toHaveCount(0);
  await mock.add(NEW);
  await page.clock.runFor(11_000);
  await expect(found(page)).toHaveCount(1);
  await expect(found(page)).toContainText('Healthy');
  await expect(found(page)).toContainText('Auto Generated');
  await expect(found(page)).toContainText('203.0.113.77');
  await expect(adding(page).getByText('Waiting for a new agent…')).toBeVisible();
  await found(page).getByRole('button', { name: 'Update Auto Generated 203.0.113.77' }).focus();
  await page.keyboard.press('Enter');
  await expect(adding(page)).toHaveCount(0);
  await expect(dialog(page, 'kproxy Agent')).toContainText('203.0.113.77');
  await expect(page).toHaveURL('/agents/new/edit');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page).toHaveURL('/');
  // What had the focus is gone with the first dialog.
  await expect(toggle(page, 'Auto Generated 203.0.113.77')).toBeFocused();
});

test('several new agents stand in the order in which they came; one that goes, goes', {
  tag: '@page.md#add-dialog/14',
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await open(page, mock);
  await mock.add({ ...NEW, id: 'z', name: 'zulu' });
  await page.clock.runFor(11_000);
  await expect(found(page)).toHaveCount(1);
  const update = found(page).getByRole('button', { name: 'Update zulu' });
  await update.focus();
  await mock.add([1, 2, 3].map((i) => ({ ...NEW, id: `a${i}`, name: `first-${i}` })));
  await page.clock.runFor(11_000);
  await expect(found(page).getByText(/^(zulu|first-\d)$/)).toHaveText(['zulu', 'first-1', 'first-2', 'first-3']);
  await expect(update).toBeFocused();
  await mock.remove('a2');
  await mock.patch('z', { name: 'zulu-renamed' });
  await page.clock.runFor(11_000);
  await expect(found(page).getByText(/^(zulu|first)-/)).toHaveText(['zulu-renamed', 'first-1', 'first-3']);
});

test('it looks every 10 seconds, with auto-refresh off too, but not while hidden or once closed', {
  tag: '@page.md#add-dialog/13',
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.fleet([OLD], [FRA]);
  await page.goto('/');
  await loaded(page);
  await autoRefresh(page).uncheck();
  const reads = async () => (await mock.reads()).length;
  const before = await reads();
  // From here on no time passes but what is asked for: a slow machine would drift past a check.
  await page.clock.pauseAt(new Date(AT.getTime() + 60_000));
  await opener(page).click();
  await expect(button(page, 'Show')).toBeVisible();
  for (let i = 1; i <= 3; i++) {
    await page.clock.runFor(i === 1 ? 9_000 : 8_000);
    expect(await reads()).toBe(before + i - 1);
    await page.clock.runFor(2_000);
    await expect.poll(reads).toBe(before + i);
    await expect(page.getByRole('button', { name: 'Refresh', includeHidden: true })).not.toHaveAttribute('aria-busy', 'true');
  }
  await setHidden(page, true);
  await page.clock.runFor(60_000);
  expect(await reads()).toBe(before + 3);
  await setHidden(page, false);
  await page.clock.runFor(11_000);
  await expect.poll(reads).toBeGreaterThan(before + 3);
  await page.keyboard.press('Escape');
  await expect(adding(page)).toHaveCount(0);
  const closed = await reads();
  await page.clock.runFor(60_000);
  expect(await reads()).toBe(closed);
});

test('a look that fails is said, and made again', { tag: '@page.md#add-dialog/13' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await open(page, mock);
  await mock.fault({ route: AGENTS, status: 503 });
  await page.clock.runFor(11_000);
  await expect(adding(page).getByText(/The last check failed.*HTTP 503/)).toBeVisible();
  await mock.heal();
  await mock.add(NEW);
  await page.clock.runFor(11_000);
  await expect(found(page)).toHaveCount(1);
  await expect(adding(page).getByText(/failed/)).toHaveCount(0);
});

test('while the backend is in trouble, it looks no sooner than the growing pauses allow', {
  tag: ['@page.md#add-dialog/13', '@agent-api.md#errors/14'],
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await open(page, mock);
  await page.clock.pauseAt(new Date(AT.getTime() + 60_000));
  await mock.fault({ route: AGENTS, status: 500 });
  /** When reads were sent, in seconds of the page's clock. */
  const sent: number[] = [];
  let now = 0;
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/agents')) sent.push(now);
  });
  // As many steps as bring the trouble to its longest pauses.
  for (; now < 240; now += 2) {
    const before = sent.length;
    await page.clock.runFor(2_000);
    if (sent.length > before) await expect(adding(page).getByText(/The last check failed.*HTTP 500/)).toBeVisible();
  }
  const pauses = sent.slice(1).map((at, i) => at - sent[i]!);
  expect(sent.length).toBeGreaterThan(5);
  // Every 10 s there would be 24 reads, and no pause above 10 s.
  expect(sent.length).toBeLessThan(20);
  expect(Math.min(...pauses.slice(-3))).toBeGreaterThan(10);
  await mock.heal();
  await mock.add(NEW);
  await expect(async () => {
    await page.clock.runFor(10_000);
    await expect(found(page)).toHaveCount(1, { timeout: 500 });
  }).toPass();
});

test('opened by a link before the fleet is there, none of that fleet is new', { tag: '@page.md#add-dialog/13' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await mock.reset({ agents: 30, at: AT.toISOString() });
  await mock.fault({ route: AGENTS, hold: 'slow', times: 1 });
  await page.goto('/add');
  await expect(button(page, 'Show')).toBeVisible();
  await expect(found(page)).toHaveCount(0);
  await mock.release('slow');
  await expect(page.getByText('30 agents', { exact: true })).toBeAttached();
  await expect(found(page)).toHaveCount(0);
  await mock.add(NEW);
  await page.clock.runFor(11_000);
  await expect(found(page)).toHaveCount(1);
  await expect(found(page)).toContainText('203.0.113.77');
});

test('an agent that was known is not new when it comes back', { tag: '@page.md#add-dialog/13' }, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  // For one read it cannot be read.
  await open(page, mock);
  await mock.add({ ...OLD, id: 'b', name: 'beta' });
  await refreshQuietly(page);
  await expect(found(page)).toHaveCount(1);
  await page.keyboard.press('Escape');
  await opener(page).click();
  await expect(found(page)).toHaveCount(0);
  await mock.remove('b');
  await refreshQuietly(page);
  await expect(page.getByText('1 agent', { exact: true })).toBeAttached();
  await mock.add([{ ...OLD, id: 'b', name: 'beta' }, NEW]);
  await page.clock.runFor(11_000);
  await expect(found(page)).toHaveCount(1);
  await expect(found(page)).toContainText('203.0.113.77');
});

test('a refresh leaves a selection in the dialog, the panes and what is shown alone', {
  tag: '@page.md#add-dialog/16',
}, async ({ page, mock }) => {
  await page.clock.install({ time: AT });
  await open(page, mock);
  await pane(page, 'RPM').click();
  await button(page, 'Show').click();
  const command = steps(page).nth(2).getByRole('group');
  await expect(command).toContainText(TOKEN);
  await select(command);
  const text = `export KENTIK_API_TOKEN=${TOKEN}`;
  expect(await selection(page)).toBe(text);
  await mock.add(NEW);
  await mock.patch('old', { version: '9.9.9' });
  await page.clock.runFor(11_000);
  await expect(found(page)).toHaveCount(1);
  expect(await selection(page)).toBe(text);
  await expect(pane(page, 'RPM')).toHaveAttribute('aria-expanded', 'true');
  await expect(button(page, 'Hide')).toBeVisible();
});

/** Selects a text as dragging the mouse over it does. */
async function select(what: Locator) {
  await what.evaluate((node) => {
    const text = document.createTreeWalker(node, NodeFilter.SHOW_TEXT).nextNode()!;
    getSelection()!.setBaseAndExtent(text, 0, text, text.textContent!.length);
  });
}

test('the list behind it stays as it is, and the empty fleet has the way in, too', {
  tag: '@page.md#empty-states/2',
}, async ({ page, mock }) => {
  await mock.fleet([]);
  await page.goto('/');
  await loaded(page);
  await page.getByRole('button', { name: 'Add kproxy Agent' }).last().click();
  await expect(button(page, 'Show')).toBeVisible();
  await mock.add(NEW);
  await refreshQuietly(page);
  await expect(found(page)).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expectNames(page, ['Auto Generated']);
  await expect(count(page)).toHaveText('1 agent');
  // The button that opened it went with the emptiness.
  await expect(list(page)).toBeFocused();
});
