/**
 * A ledger of all that a page does outside of shadow roots: `keepLedger` is put into the page before
 * any script of it runs, and books what is begun and what has ended.
 */
import type { Page } from '@playwright/test';

export interface Effects {
  /** Listeners on anything that is neither in a shadow root nor garbage: `document keydown`. */
  listeners: string[];
  /** Timers and frames that are still to come. */
  timers: string[];
  /** Requests that are neither answered in full nor aborted. */
  requests: string[];
  /** Observers that observe something. */
  observers: string[];
  /** Calls of history, and of what else moves the page. */
  history: string[];
  /** What changed in the document outside of shadow roots: `body class`. */
  mutations: string[];
  /** Names on window, document, their elements and the language's prototypes that were not there. */
  globals: string[];
  /** Keys written to storage, cookies, databases, caches. */
  storage: string[];
  /** Custom elements defined. */
  registrations: string[];
  /** Connections and workers of other kinds than fetch. */
  connections: string[];
  /** Style sheets of the document. */
  sheets: number;
  title: string;
  scroll: [number, number];
  focus: string;
}

interface Ledger {
  read(): Promise<Effects>;
  forget(): void;
}

declare global {
  interface Window {
    ledger: Ledger;
  }
}

/** Runs in the page, and so stands alone. */
export function keepLedger() {
  Error.stackTraceLimit = 50;
  const stack = () => new Error().stack?.split('\n').slice(3) ?? [];
  /** Begun by a script of the page, not by the test. */
  const isOfPage = () => stack().some((line) => line.includes(location.origin));
  const nameOf = (target: unknown): string => {
    if (target === window) return 'window';
    if (target === document) return 'document';
    if (target instanceof Element) return target.localName;
    return (target as object).constructor.name;
  };

  /* ---- Listeners ---- */

  interface Listener {
    target: EventTarget;
    type: string;
    callback: unknown;
    capture: boolean;
  }
  const listeners = new Set<Listener>();
  const captureOf = (options: unknown) =>
    typeof options === 'object' && options !== null ? Boolean((options as AddEventListenerOptions).capture) : Boolean(options);
  const find = (target: EventTarget, type: string, callback: unknown, options: unknown) =>
    [...listeners].find(
      (one) =>
        one.target === target && one.type === type && one.callback === callback && one.capture === captureOf(options),
    );
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, callback, options) {
    const target = this ?? window;
    if (callback && isOfPage() && !find(target, type, callback, options)) {
      const one = { target, type, callback, capture: captureOf(options) };
      listeners.add(one);
      if (typeof options === 'object' && options?.once) {
        addEventListener.call(target, type, () => listeners.delete(one), { ...options, once: true });
      }
      if (typeof options === 'object' && options?.signal) {
        addEventListener.call(options.signal, 'abort', () => listeners.delete(one));
      }
    }
    return addEventListener.call(target, type, callback, options);
  };
  EventTarget.prototype.removeEventListener = function (type, callback, options) {
    const target = this ?? window;
    const one = find(target, type, callback, options);
    if (one) listeners.delete(one);
    return removeEventListener.call(target, type, callback, options);
  };
  /** Not of a shadow root, and not a node that only a removed tree still holds. */
  const isOutside = (target: EventTarget) =>
    !(target instanceof Node) ||
    target === document ||
    (target.isConnected ? target.getRootNode() === document : target instanceof Element && target.localName.includes('-'));

  /* ---- Timers ---- */

  const timers = new Map<string, string>();
  const patchTimer = (begin: string, end: string, repeats = false) => {
    const scope = window as unknown as Record<string, (...args: unknown[]) => unknown>;
    const [begins, ends] = [scope[begin], scope[end]];
    scope[begin] = (callback: unknown, ...rest: unknown[]) => {
      const run = (...args: unknown[]) => {
        if (!repeats) timers.delete(`${end} ${id}`);
        return (callback as (...args: unknown[]) => unknown)(...args);
      };
      const id = begins.call(window, run, ...rest);
      if (isOfPage()) timers.set(`${end} ${id}`, `${begin} ${rest[0] ?? ''} ${stack().slice(0, 6).join(' <')}`);
      return id;
    };
    scope[end] = (id: unknown) => {
      // The two kinds share their ids, and either ends the other.
      for (const kind of end.startsWith('clear') ? ['clearTimeout', 'clearInterval'] : [end]) timers.delete(`${kind} ${id}`);
      return ends.call(window, id);
    };
  };
  patchTimer('setTimeout', 'clearTimeout');
  patchTimer('setInterval', 'clearInterval', true);
  patchTimer('requestAnimationFrame', 'cancelAnimationFrame');
  patchTimer('requestIdleCallback', 'cancelIdleCallback');

  /* ---- Requests and connections ---- */

  const requests = new Set<{ url: string; signal?: AbortSignal | null }>();
  const { fetch } = window;
  window.fetch = async (input, init) => {
    const request = {
      url: new URL(input instanceof Request ? input.url : input, location.href).pathname,
      signal: init?.signal ?? (input instanceof Request ? input.signal : undefined),
    };
    requests.add(request);
    try {
      const response = await fetch.call(window, input, init);
      if (!response.body || response.status === 304) requests.delete(request);
      for (const read of ['text', 'json', 'arrayBuffer', 'blob'] as const) {
        const original = response[read];
        Object.defineProperty(response, read, {
          value: () => original.call(response).finally(() => requests.delete(request)),
        });
      }
      return response;
    } catch (error) {
      requests.delete(request);
      throw error;
    }
  };
  const { compileStreaming } = WebAssembly;
  WebAssembly.compileStreaming = async (response) => {
    const { url } = await response;
    for (const request of requests) if (new URL(url).pathname === request.url) requests.delete(request);
    return compileStreaming.call(WebAssembly, response);
  };
  const connections: string[] = [];
  for (const name of ['XMLHttpRequest', 'WebSocket', 'EventSource', 'Worker', 'SharedWorker', 'BroadcastChannel']) {
    const scope = window as unknown as Record<string, new (...args: unknown[]) => object>;
    const original = scope[name];
    if (!original) continue;
    scope[name] = new Proxy(original, {
      construct(target, args) {
        connections.push(name);
        return new target(...args);
      },
    });
  }

  /* ---- Observers ---- */

  const observers = new Set<object>();
  const { MutationObserver } = window;
  for (const name of ['ResizeObserver', 'IntersectionObserver', 'MutationObserver', 'PerformanceObserver']) {
    const scope = window as unknown as Record<string, new (...args: unknown[]) => { observe(...args: unknown[]): void; disconnect(): void }>;
    const Original = scope[name];
    scope[name] = class extends Original {
      observe(...args: unknown[]) {
        if (isOfPage()) observers.add(this);
        super.observe(...args);
      }
      disconnect() {
        observers.delete(this);
        super.disconnect();
      }
    };
    Object.defineProperty(scope[name], 'name', { value: name });
  }

  /* ---- What belongs to the host ---- */

  const history: string[] = [];
  for (const name of ['pushState', 'replaceState', 'back', 'forward', 'go'] as const) {
    const original = History.prototype[name] as (...args: unknown[]) => void;
    History.prototype[name] = function (this: History, ...args: unknown[]) {
      history.push([name, args[2]].filter(Boolean).join(' '));
      return original.apply(this, args);
    };
  }
  for (const name of ['scroll', 'scrollTo', 'scrollBy', 'open', 'print', 'alert', 'confirm', 'prompt'] as const) {
    const scope = window as unknown as Record<string, (...args: unknown[]) => unknown>;
    const original = scope[name];
    scope[name] = (...args) => {
      history.push(name);
      return original.apply(window, args);
    };
  }

  const storage: string[] = [];
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (key, value) {
    storage.push(`${this === localStorage ? 'localStorage' : 'sessionStorage'} ${key}`);
    return setItem.call(this, key, value);
  };
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie')!;
  Object.defineProperty(Document.prototype, 'cookie', {
    ...cookie,
    set(value) {
      storage.push(`cookie ${value}`);
      cookie.set!.call(this, value);
    },
  });
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...args) {
    storage.push(`indexedDB ${args[0]}`);
    return open.apply(this, args);
  };

  const registrations: string[] = [];
  const { define } = CustomElementRegistry.prototype;
  CustomElementRegistry.prototype.define = function (name, ...rest) {
    registrations.push(name);
    return define.call(this, name, ...rest);
  };

  // Changes of shadow trees do not show in the document's records.
  const mutations: string[] = [];
  const book = (records: MutationRecord[]) => {
    for (const { target, type, attributeName, addedNodes, removedNodes } of records) {
      if (type !== 'childList') mutations.push(`${nameOf(target)} ${attributeName ?? type}`);
      for (const node of addedNodes) mutations.push(`${nameOf(target)} + ${node.nodeName.toLowerCase()}`);
      for (const node of removedNodes) mutations.push(`${nameOf(target)} - ${node.nodeName.toLowerCase()}`);
    }
  };
  const watcher = new MutationObserver(book);
  watcher.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });

  const namesOf = () => {
    const objects: Record<string, object> = {
      window,
      document,
      documentElement: document.documentElement ?? {},
      head: document.head ?? {},
      body: document.body ?? {},
      location,
      navigator,
      history: window.history,
    };
    for (const name of ['Object', 'Function', 'Array', 'String', 'Promise', 'Map', 'Event', 'EventTarget', 'Node', 'Element', 'HTMLElement', 'Document']) {
      const constructor = (window as unknown as Record<string, { prototype: object }>)[name];
      objects[name] = constructor;
      objects[`${name}.prototype`] = constructor.prototype;
    }
    const names = Object.entries(objects).flatMap(([where, object]) =>
      Reflect.ownKeys(object).map((key) => `${where} ${String(key)}`),
    );
    const handlers = [window, document, document.body].flatMap((target) => {
      const found: string[] = [];
      for (const key in target) {
        if (key.startsWith('on') && (target as unknown as Record<string, unknown>)[key]) found.push(`${nameOf(target)} ${key}`);
      }
      return found;
    });
    // The test's own are none of the page's.
    return [...names, ...handlers].filter((name) => !name.includes('__playwright'));
  };
  let names = new Set<string>();

  window.ledger = {
    async read() {
      // What ends in microtasks has ended; no frame, timer or answer has come in between.
      for (let turns = 0; turns < 100; turns++) await null;
      book(watcher.takeRecords());
      return {
        listeners: [...listeners]
          .filter(({ target }) => isOutside(target))
          .map(({ target, type }) => `${nameOf(target)} ${type}`)
          .sort(),
        timers: [...timers.values()],
        requests: [...requests].filter(({ signal }) => !signal?.aborted).map(({ url }) => url),
        observers: [...observers].map(nameOf).sort(),
        history: [...history],
        mutations: [...mutations],
        globals: namesOf().filter((name) => !names.has(name)),
        storage: [...storage],
        registrations: [...registrations],
        connections: [...connections],
        sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
        title: document.title,
        scroll: [scrollX, scrollY],
        focus: nameOf(document.activeElement),
      };
    },
    forget() {
      book(watcher.takeRecords());
      mutations.length = history.length = storage.length = 0;
    },
  };
  names = new Set(namesOf());
  // By then the parser has made them; what they have of their own is nobody's yet.
  addEventListener.call(document, 'readystatechange', () => {
    for (const name of namesOf()) if (/^(documentElement|head|body) /.test(name)) names.add(name);
    mutations.length = 0;
  }, { once: true });
}

/** What the page has done outside of shadow roots, and what of it has not ended. */
export const effects = (page: Page): Promise<Effects> => page.evaluate(() => window.ledger.read());
