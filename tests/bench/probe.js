/** Without case and accents, as the filter compares. */
export function folded(text) {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toUpperCase().toLowerCase();
}

/**
 * Runs in the page, before the page itself: notes when what was asked for is painted. It looks at what
 * anybody sees, by role and name.
 */
export function probe(agents) {
  const root = () => document.querySelector('kproxy-agents')?.shadowRoot;
  const table = () => root()?.querySelector('[role=table]');
  const shown = () => Number(table()?.getAttribute('aria-rowcount')) - 1;
  const rows = () => [...(table()?.querySelectorAll('[role=row]:not(:has([role=columnheader]))') ?? [])];
  const buttons = () => [...(root()?.querySelectorAll('button') ?? [])];
  const refresh = () => buttons().find((button) => button.textContent.trim() === 'Refresh');
  const hasMarkers = () => root().querySelector('.leaflet-marker-icon') !== null;

  /** Calls once the next frame has been painted. */
  const afterPaint = (call) => requestAnimationFrame(() => scheduler.postTask(call, { priority: 'user-blocking' }));
  /** The time at which a frame has been painted in which this holds. */
  const painted = (holds) =>
    new Promise((done) => {
      const look = () => (holds() ? done(performance.now()) : afterPaint(look));
      afterPaint(look);
    });

  let started = 0;
  for (const type of ['keydown', 'click']) addEventListener(type, (event) => (started = event.timeStamp), true);

  const load = { cls: 0 };
  const interactions = new Map();
  const observe = (type, take, options) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...options });
  observe('largest-contentful-paint', ({ startTime }) => (load.lcp = startTime));
  observe('layout-shift', ({ hadRecentInput, value }) => (load.cls += hadRecentInput ? 0 : value));
  observe(
    'event',
    ({ interactionId, duration }) => {
      if (interactionId) interactions.set(interactionId, Math.max(duration, interactions.get(interactionId) ?? 0));
    },
    { durationThreshold: 16 },
  );
  let lastBusy = 0;
  observe('longtask', ({ startTime, duration }) => (lastBusy = startTime + duration));

  let waiting;
  window.bench = {
    /** When the first row was there, then all rows and markers. */
    async loaded() {
      load.firstRow = await painted(() => rows().length > 0);
      load.all = await painted(() => shown() === agents && hasMarkers());
    },
    load,
    /** Until nothing long has run for a second. */
    async quiet() {
      const from = performance.now();
      while (performance.now() - Math.max(from, lastBusy) < 1_000) await new Promise((done) => setTimeout(done, 50));
    },
    /** Before an input: what it is to bring about. */
    expect(what, ...details) {
      const before = { text: root().textContent, open: rows().filter(isOpen).length };
      const holds = {
        /** So many agents, each with this text. */
        agents: (count, text) => shown() === count && rows().every((row) => folded(row.textContent).includes(text)),
        open: () => rows().filter(isOpen).length > before.open && root().querySelector('[aria-label^="Details of"] dt') !== null,
        read: () => refresh().getAttribute('aria-busy') !== 'true' && root().textContent !== before.text,
      }[what];
      waiting = painted(() => holds(...details));
    },
    /** How long the input has taken, in milliseconds; none where what it was to bring about was so already. */
    took: async () => (await waiting) - started,
    /** The latency by Event Timing that all but one of fifty interactions keep below: INP. */
    inp() {
      const worst = [...interactions.values()].sort((a, b) => b - a);
      return worst[Math.floor(worst.length / 50)] ?? 16;
    },
    forgetInteractions: () => interactions.clear(),
  };

  const isOpen = (row) => row.querySelector('[aria-expanded=true]') !== null;
}
