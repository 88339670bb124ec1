/**
 * `make soak`: whether the page stays as light and as quick as it was. In Chromium it lives through
 * a week of refreshes (10,080, a minute apart) on a clock that runs ahead, while agents change, come
 * and go and somebody looks around; then all of 100,000 rows are scrolled through. Once a day, on
 * the same fleet each time, it is measured. Fails where the last day needs more than the first.
 */
import { exposeProgram, grown, memory, print, start } from './memory.mjs';

const REFRESHES = Number(process.env.REFRESHES ?? 7 * 24 * 60);
const AGENTS = Number(process.env.AGENTS ?? 500);
const ROWS = Number(process.env.ROWS ?? 100_000);

const MINUTE = 60_000;
/** How many agents fall silent or come back per minute. */
const CHANGE_RATE = 20;
/** After so many refreshes somebody looks around. */
const LOOK_AFTER = 240;
const DAY = 24 * 60;
const BEGIN = Date.parse('2026-11-02T12:00:00Z');

const { origin, browser, stop } = await start('--control');
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(120_000);
  page.on('pageerror', (error) => {
    console.error(error);
    process.exitCode = 1;
  });
  await exposeProgram(page);
  await page.addInitScript(runAhead, BEGIN);
  await page.goto(`${origin}/openapi.json`);
  await fleetOf(page, AGENTS, 0);
  await page.goto(origin);
  await page.getByText(/^Updated /).waitFor();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const processes = await browser.newBrowserCDPSession();

  const week = await table('refreshes', async (add) => {
    // What is filled once and then stays: caches, compiled code, memory that has grown to its size. Of a
    // week it is a day, so that all is measured at the same time of day: the fleet goes by that.
    const warmUp = Math.min(DAY, Math.ceil(REFRESHES / 7));
    for (let done = 0; done < REFRESHES; ) {
      const due = done < warmUp ? warmUp : Math.min((Math.floor(done / DAY) + 1) * DAY, REFRESHES);
      await fleetOf(page, AGENTS, CHANGE_RATE);
      while (done < due) {
        const minutes = Math.min(LOOK_AFTER, due - done);
        await page.evaluate(([from, minutes]) => soak.live(from, minutes), [done, minutes]);
        await lookAround(page);
        done += minutes;
      }
      await fleetOf(page, AGENTS, 0);
      add(done, await measure(page, devtools, processes));
    }
  });
  const rows = await table('rows seen', async (add) => {
    await fleetOf(page, ROWS, 0);
    await scroll(page, 2_000);
    add(0, await measure(page, devtools, processes));
    await scroll(page, Infinity);
    add(ROWS, await measure(page, devtools, processes));
  });
  for (const [what, more] of [['the week', week], [`${ROWS} rows`, rows]]) {
    if (more.length === 0) continue;
    console.error(`Not flat over ${what}: ${more.join('; ')}`);
    process.exitCode = 1;
  }
} finally {
  await stop();
}

/** Prints a table as it comes, and tells what its last row has more of than its first. */
async function table(unit, fill) {
  const rows = [];
  await fill((number, row) => {
    if (rows.length === 0) print([unit, ...Object.keys(row)]);
    print([number, ...Object.values(row)]);
    rows.push(row);
  });
  const isTime = ([key]) => key.endsWith(', ms');
  const [early, late] = [rows[0], rows.at(-1)].map((row) => Object.entries(row));
  const counts = (row) => Object.fromEntries(row.filter((entry) => !isTime(entry)));
  const slower = late.filter(isTime).filter(([key, ms]) => ms > rows[0][key] * 1.5 + 0.5);
  // Memory of WebAssembly never shrinks: it shows the most that was ever needed at once.
  return [...grown(counts(early), counts(late), { 'wasm memory, kB': 1.05 }), ...slower.map(([key]) => key)];
}

/** A new world with a fleet of so many agents, read by the page. */
async function fleetOf(page, agents, changeRate) {
  await page.evaluate(
    async ([agents, changeRate]) => {
      await soak.control('POST', 'reset', { agents, changeRate, at: new Date().toISOString() });
      if (document.querySelector('kproxy-agents')) await soak.read();
    },
    [agents, changeRate],
  );
}

/** What the page holds on to, and what it costs to do what it does most. */
async function measure(page, devtools, processes) {
  // The least of three: now and then the browser collects garbage meanwhile, which is not what is measured.
  const perTime = async (times, act) => {
    const costs = [];
    for (let i = 0; i < 3; i++) {
      const before = await cpuTime(processes);
      await act(times);
      costs.push((await cpuTime(processes)) - before);
    }
    return Number((Math.min(...costs) / times).toFixed(2));
  };
  return {
    ...(await memory(page, devtools)),
    timers: await page.evaluate(() => soak.timers()),
    'tick, ms': await perTime(120, (times) => page.evaluate((times) => soak.advance(times * 1_000, false), times)),
    'refresh, ms': await perTime(20, (times) => page.evaluate((times) => soak.readTimes(times), times)),
    'scroll, ms': await perTime(60, (times) => scroll(page, times * 100, 100)),
  };
}

/** Milliseconds for which the page has kept a processor busy. */
async function cpuTime(processes) {
  const { processInfo } = await processes.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0);
}

/** Scrolls the list down so many pixels, in steps or screen by screen, then back to the top. */
function scroll(page, pixels, step) {
  return page.getByRole('table').evaluate(
    async (list, [pixels, step]) => {
      const frame = () => new Promise(requestAnimationFrame);
      const end = Math.min(pixels ?? Infinity, list.scrollHeight - list.clientHeight);
      for (let top = 0; top < end; top += step ?? list.clientHeight - 50) {
        list.scrollTo(0, top);
        await frame();
      }
      list.scrollTo(0, 0);
      await frame();
      await frame();
    },
    [pixels === Infinity ? null : pixels, step],
  );
}

/** What an operator does when an alarm has come: everything opens, and is closed again. */
async function lookAround(page) {
  const button = (name, place = page) => place.getByRole('button', { name });
  const list = page.getByRole('table');
  const marker = button(/worst status/).first();
  await marker.hover();
  await page.getByRole('group', { name: /worst status/ }).waitFor();
  await button('Zoom in').click();
  await button('Fit').click();
  const rows = button(/^Details for /, list);
  for (const index of [0, 1, 2, 2, 1, 0]) await rows.nth(index).click();
  for (const text of ['a', '']) await filter(page, text);
  await page.getByRole('combobox', { name: 'Status' }).selectOption({ index: 1 });
  await page.getByRole('combobox', { name: 'Status' }).selectOption({ index: 0 });
  for (const column of ['Agent name', 'Status']) await button(column, list).click();
  await scroll(page, 4_000);

  await button(/^(Edit|Update) /, list).first().click();
  const dialog = page.getByRole('dialog', { name: 'kproxy Agent' });
  await dialog.getByLabel('Description').fill(`Seen ${Date.now()}`);
  await button('Save', dialog).click();
  await dialog.waitFor({ state: 'hidden' });
  await button(/^Remove /, list).first().click();
  const question = page.getByRole('alertdialog', { name: 'Remove kproxy Agent' });
  await button('Cancel', question).click();
  await question.waitFor({ state: 'hidden' });
  await button('Add kproxy Agent').click();
  const adding = page.getByRole('dialog', { name: 'Adding a kproxy Agent' });
  await button('RPM', adding).click();
  await button('Close', adding).click();
  await adding.waitFor({ state: 'hidden' });
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.querySelector('kproxy-agents').shadowRoot.activeElement?.blur());
}

/** Filters without typing, of which the browser would keep each letter, to undo it. */
function filter(page, text) {
  return page.getByRole('searchbox', { name: 'Filter' }).evaluate((input, text) => {
    input.value = text;
    input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
  }, text);
}

/**
 * In the page, before all else: a clock of its own, which runs with the real one, and ahead of it
 * on demand. It keeps nothing of what is over, unlike the clocks of test frameworks, which log.
 */
function runAhead(begin) {
  const realNow = performance.now.bind(performance);
  const realInterval = setInterval;
  const RealDate = Date;
  let now = begin;
  let last = 0;
  const timers = new Map();
  const add = (call, ms, args, every) => {
    timers.set(++last, { due: now + Math.max(Number(ms) || 0, 0), every, call: () => call(...args) });
    return last;
  };
  window.setTimeout = (call, ms, ...args) => add(call, ms, args);
  window.setInterval = (call, ms, ...args) => add(call, ms, args, Math.max(Number(ms) || 0, 1));
  window.clearTimeout = window.clearInterval = (id) => void timers.delete(id);
  window.Date = class Date extends RealDate {
    constructor(...args) {
      if (args.length > 0) super(...args);
      else super(Math.floor(now));
    }
    static now = () => Math.floor(now);
  };
  performance.now = () => now - begin;

  let reads = 0;
  const realFetch = fetch;
  window.fetch = (input, ...rest) => {
    const url = String(input.url ?? input);
    if (url.includes('/kproxy/v202611/agents')) reads += 1;
    return realFetch(input, ...rest);
  };

  // What a timer starts in turns of its own comes before the next timer.
  const channel = new MessageChannel();
  const turns = [];
  channel.port1.onmessage = () => turns.shift()();
  const turn = () => new Promise((done) => turns.push(done) && channel.port2.postMessage(null));

  let isAhead = false;
  /** Lets so much time pass, and all timers in it. */
  async function pass(ms) {
    const end = now + ms;
    for (;;) {
      let next;
      for (const [id, timer] of timers) if (timer.due <= end && !(next?.timer.due <= timer.due)) next = { id, timer };
      if (!next) break;
      const { id, timer } = next;
      now = Math.max(now, timer.due);
      if (timer.every) timer.due = now + timer.every;
      else timers.delete(id);
      timer.call();
      await turn();
    }
    now = end;
  }
  let before = realNow();
  let isPassing = false;
  realInterval(async () => {
    const passed = realNow() - before;
    before += passed;
    if (isAhead || isPassing) return;
    isPassing = true;
    await pass(passed);
    isPassing = false;
  }, 10);
  /** Runs this while time stands still but for what it lets pass. */
  async function ahead(act) {
    isAhead = true;
    while (isPassing) await turn();
    await act();
    isAhead = false;
  }

  const refresh = () =>
    [...document.querySelector('kproxy-agents').shadowRoot.querySelectorAll('button')].find((button) => button.textContent.trim() === 'Refresh');
  const isBusy = () => refresh().getAttribute('aria-busy') === 'true';
  const pause = () => new Promise(requestAnimationFrame);
  const control = async (method, path, body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await realFetch(`/__mock/${path}`, { method, headers, body: body && JSON.stringify(body) });
    // Chromium counts a call as open until its answer has been read, and refuses the next after some thousands.
    await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  };
  const readOnce = async (start) => {
    const before = reads;
    await start();
    while (reads === before || isBusy()) await pause();
  };

  window.soak = {
    control,
    timers: () => timers.size,
    /** Lets time pass, with a read or without. */
    advance: (ms) => ahead(() => pass(ms)),
    read: () => readOnce(() => document.querySelector('kproxy-agents').refresh()),
    async readTimes(times) {
      for (let i = 0; i < times; i++) await soak.read();
    },
    /** So many minutes, each with an agent that comes, one that goes, one that is edited, and a refresh. */
    live: (from, minutes) =>
      ahead(async () => {
        for (let minute = from; minute < from + minutes; minute++) {
          await control('POST', 'clock', { at: new Date(now + 60_000).toISOString() });
          await control('POST', 'agents', { id: `soak-${minute}`, name: `soak ${minute}`, ipAddress: '203.0.113.9', live: true });
          if (minute > from) await control('DELETE', `agents/soak-${minute - 1}`);
          await readOnce(async () => {
            const before = reads;
            await pass(60_000);
            while (reads === before && !isBusy()) await pass(1_000);
          });
        }
        await control('DELETE', `agents/soak-${from + minutes - 1}`);
        await control('DELETE', 'requests');
      }),
  };
}
