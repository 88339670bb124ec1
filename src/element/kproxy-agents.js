/**
 * `<kproxy-agents>`: the entry script, the only script with a stable name (`dist/kproxy-agents.js`).
 *
 * A custom element has to be a JavaScript class. This one shows that the page is loading, loads the
 * program once for all elements of the document, mounts it into its shadow root, and shows a message
 * if the program cannot be loaded or dies. Everything else is in Rust (`mod.rs`).
 *
 * Attributes, properties, methods and events: docs/embedding.md.
 */
import bootStyle from "./boot.css";
import { askEarly } from "./early.js";
import { fillWithSkeleton } from "./skeleton.js";

/** Paths of the hashed files, relative to this one; inserted by scripts/finish-build.mjs. */
const FILES = KPROXY_AGENTS_FILES;

const urlOf = (file) => new URL(file, import.meta.url).href;
const WASM_URL = urlOf(FILES.wasm);
const PROGRAM_URL = urlOf(FILES.program);
/** The files of the parts of the program that come later; parts may share some. */
const PART_FILES = [...new Set([].concat(...Object.values(FILES.parts)))];

/** A server that imports this file, to render a portal's page there, has no elements to define. */
const isBrowser = typeof HTMLElement === "function" && typeof customElements === "object";
const hasWebAssembly = typeof WebAssembly === "object";
const hasSheets = isBrowser && "adoptedStyleSheets" in Document.prototype;

/** Whether the browser supports the newest features that the program and style sheets need. */
const isNewEnough =
  hasSheets && "popover" in HTMLElement.prototype && CSS.supports("color", "light-dark(red, red)");

/* ---- Loading: each file once for all elements, and again only if it failed ---- */

/** Remembers the result once `load` has succeeded; tries again after a failure. */
function once(load) {
  let result;
  return () =>
    (result ??= load().catch((error) => {
      result = undefined;
      throw error;
    }));
}

/** Imports a new copy with every call, because browsers remember a failed import by its URL. */
function importer(url) {
  let calls = 0;
  return () => import(calls++ === 0 ? url : `${url}?again=${calls}`);
}

/** Fetches a file. Retries bypass the browser's cache, which may hold a damaged copy. */
function fetcher(url) {
  let calls = 0;
  return async () => {
    const response = await fetch(url, { cache: calls++ === 0 ? "default" : "reload" });
    const isErrorPage = response.headers.get("content-type")?.includes("text/html");
    if (!response.ok || isErrorPage) throw new Error(`${url} could not be loaded (HTTP ${response.status})`);
    return response;
  };
}

const importProgram = importer(PROGRAM_URL);
const importLeaflet = importer(urlOf(FILES.leaflet));

/** Shared by all shadow roots; those of the page and of its later parts are empty until they are loaded. */
const sheets = hasSheets ? [new CSSStyleSheet(), new CSSStyleSheet(), new CSSStyleSheet()] : [];
const [bootSheet, pageSheet, laterSheet] = sheets;
bootSheet?.replaceSync(bootStyle);

function styleLoader(file, sheet) {
  const fetchStyle = fetcher(urlOf(file));
  return once(async () => sheet.replaceSync(await (await fetchStyle()).text()));
}

const loadStyle = styleLoader(FILES.style, pageSheet);

let leaflet;

/**
 * The map library: for all elements, and again where it could not be had. `afresh`: also where it is
 * still on its way. Without it there is a list but no map; the page says so.
 */
function loadLeaflet(afresh = false) {
  if (afresh) leaflet = undefined;
  if (!leaflet) {
    const loading = (leaflet = importLeaflet());
    loading.catch(() => {
      if (leaflet === loading) leaflet = undefined;
    });
  }
  return leaflet;
}

/** Compiles a file of the program. */
function compiler(url) {
  const fetchWasm = fetcher(url);
  return async () => {
    const response = await fetchWasm();
    // Some servers do not send the media type that browsers need to compile a stream.
    return response.headers.get("content-type")?.startsWith("application/wasm")
      ? WebAssembly.compileStreaming(response)
      : WebAssembly.compile(await response.arrayBuffer());
  };
}

const compileMain = once(compiler(WASM_URL));

/** A file of a part that has not arrived after this counts as lost. */
const PATIENCE_MS = 30000;

/** Rejects where this takes too long. */
function impatiently(load) {
  return new Promise((resolve, reject) => {
    const waiting = setTimeout(() => reject(new Error("A part of the program did not arrive")), PATIENCE_MS);
    load().then(resolve, reject).finally(() => clearTimeout(waiting));
  });
}

const fetchLaterStyle = styleLoader(FILES.laterStyle, laterSheet);
/** The style of all parts that come later. */
const loadLaterStyle = once(() => impatiently(fetchLaterStyle));

/** Compiles a file of a part, by its name. */
const compilePart = Object.fromEntries(
  PART_FILES.map((file) => {
    const compile = compiler(urlOf(file));
    return [file, once(() => impatiently(compile))];
  }),
);

/**
 * Whether another build has taken the place of this one on the server, and its files with it. An open
 * page then only helps itself by being loaded anew.
 */
async function hasBeenUpdated() {
  try {
    const response = await fetch(import.meta.url, { cache: "no-cache", signal: AbortSignal.timeout(5000) });
    const entry = response.ok ? await response.text() : "";
    // The names of the files are in it; a web page or another script has none of them.
    const areNamed = [FILES.wasm, ...PART_FILES].every((file) => entry.includes(file));
    return /assets\/page-\w+\.wasm/.test(entry) && !areNamed;
  } catch (error) {
    return false;
  }
}

/* ---- Trusted Types: the program writes HTML that was compiled into it ---- */

class TrustedTypesRefused extends Error {}

/** Makes trusted HTML of the program's own fragments. Each policy name can be used only once. */
const makeTrustHtml = once(async () => {
  try {
    const policy = trustedTypes.createPolicy("kproxy-agents", { createHTML: (html) => html });
    return (html) => policy.createHTML(html);
  } catch (error) {
    // No Trusted Types in this browser, or the host refuses the policy: plain strings may still work.
    return (html) => html;
  }
});

async function getTrustHtml() {
  const trustHtml = await makeTrustHtml();
  try {
    document.createElement("template").innerHTML = trustHtml("<p></p>");
  } catch (error) {
    throw new TrustedTypesRefused(error.message);
  }
  return trustHtml;
}

/* ---- The program ---- */

/** The program that is running or loading; none after it failed or died. */
let program;

/**
 * Gives a running program its parts as it asks for them: into its memory, beside its functions, each
 * once. `wasm`: the exports of its main part. What is called in the end: `glue` in scripts/program.mjs.
 */
function partLoader(running, wasm) {
  const enter = Object.fromEntries(
    PART_FILES.map((file) => [
      file,
      once(async () => WebAssembly.instantiate(await compilePart[file](), { __wasm_split: wasm })),
    ]),
  );
  return async (part, callback, data) => {
    let isHere = true;
    try {
      const files = FILES.parts[part];
      await Promise.all([loadLaterStyle(), ...files.map((file) => compilePart[file]())]);
      for (const file of files) if (!running.hasDied) await enter[file]();
    } catch (error) {
      console.warn(error);
      isHere = false;
    }
    // A dead program is not entered again: its memory may be broken.
    if (!running.hasDied) wasm.__indirect_function_table.get(callback)(data, isHere);
  };
}

async function startProgram() {
  if (!hasWebAssembly) throw new Error("WebAssembly is missing");
  if (!isNewEnough) throw new Error("popovers, light-dark() or adopted style sheets are missing");
  const trustHtml = await getTrustHtml();
  const [exports, module] = await Promise.all([importProgram(), compileMain(), loadStyle()]);
  exports.trustHtmlBy(trustHtml);
  const wasm = await exports.default({ module_or_path: module });
  const mapAssets = { land110: urlOf(FILES.land110), land50: urlOf(FILES.land50) };
  const running = {
    hasDied: false,
    stop: exports.stop,
    mount: (host, root, takeEarly) => {
      const onPanic = (message) => died(running, message);
      return exports.mount(host, root, loadLeaflet, hasBeenUpdated, mapAssets, takeEarly, onPanic);
    },
  };
  exports.loadPartsBy(partLoader(running, wasm));
  return running;
}

function getProgram() {
  if (!program) {
    program = startProgram();
    program.catch(() => (program = undefined));
  }
  return program;
}

const UPDATED = "This page has been updated. Reload it.";

/** Why it did not load, for the user. */
async function explain(error) {
  if (!hasWebAssembly) {
    return "This page needs WebAssembly, which this browser does not support or has switched off.";
  }
  if (!isNewEnough) return "This page needs a newer browser. Update it, then try again.";
  if (error instanceof TrustedTypesRefused) {
    return "This page could not be started: a security policy of this site forbids it.";
  }
  if (error instanceof WebAssembly.CompileError) {
    const emptyModule = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    return WebAssembly.compile(emptyModule).then(
      () => "This page could not be started: the browser is too old, or the download was damaged.",
      () => "This page needs WebAssembly, which a security policy of this site or browser blocks.",
    );
  }
  if (await hasBeenUpdated()) return UPDATED;
  return "This page could not be loaded. Check the connection, then try again.";
}

/* ---- When the program dies: it cannot continue, and ends in all elements ---- */

/** The elements in the document. */
const elements = new Set();

/** Ends a program that panicked or trapped, and says so in each of its elements. */
function died(dead, message) {
  if (dead.hasDied) return;
  dead.hasDied = true;
  dead.stop();
  program = undefined;
  for (const element of elements) element.programDied(dead, message);
}

/** A panic reports itself; other failures (out of memory or stack) are only uncaught errors. */
async function onUncaught(event) {
  const error = event.error ?? event.reason;
  if (!program || !(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) return;
  // Only where the error began: a host's listener may throw while the program waits for it.
  const [, ...frames] = `\n${error.stack}`.split(/\n {4}at |\n(?=[^\n]*@)/);
  const first = frames.find((frame) => !/wasm:\/\/|\[(wasm|native) code\]/.test(frame)) ?? "";
  const isOurs = [WASM_URL, PROGRAM_URL, ...PART_FILES, import.meta.url].some((url) => first.includes(url));
  if (isOurs) died(await program, error.message);
}

/** Starts all elements that failed: what brings back one brings back the others, too. */
function startFailed() {
  for (const element of elements) element.startIfFailed();
}

function addElement(element) {
  if (elements.size === 0) {
    addEventListener("error", onUncaught);
    addEventListener("unhandledrejection", onUncaught);
  }
  elements.add(element);
}

function removeElement(element) {
  elements.delete(element);
  if (elements.size === 0) {
    removeEventListener("error", onUncaught);
    removeEventListener("unhandledrejection", onUncaught);
  }
}

/* ---- The element ---- */

/** What holds a page. */
function newRoot() {
  const root = document.createElement("div");
  root.className = "kp-root";
  // Our words are English, whatever the host speaks.
  root.dir = "ltr";
  root.lang = "en";
  return root;
}

class KproxyAgents extends (isBrowser ? HTMLElement : Object) {
  static observedAttributes = [
    "api-base",
    "base-path",
    "credentials",
    "device-href",
    "heading-level",
    "read-only",
    "refresh-seconds",
    "theme",
    "tile-attribution",
    "tile-url",
    "url-state",
  ];

  #shadow = this.attachShadow({ mode: "open" });
  /** Holds everything on screen, and keeps the host's styles out (boot.css). */
  #frame = document.createElement("div");
  /** @type {"idle" | "loading" | "mounted" | "failed"} */
  #state = "idle";
  /** While mounted: the program that runs the page, and the handle on it (`PageHandle` in Rust). */
  #program;
  #page;
  #authHeaders;
  /** The first agents, while the program loads: see `askEarly`. */
  #early;

  constructor() {
    super();
    this.#frame.className = "kp-frame";
    // Whatever the language of the host's page.
    this.#frame.lang = "en";
    this.#shadow.append(this.#frame);
    if (hasSheets) this.#shadow.adoptedStyleSheets = sheets;
    // If set before this class was defined, it would hide the accessor.
    if (Object.prototype.hasOwnProperty.call(this, "authHeaders")) {
      const value = this.authHeaders;
      delete this.authHeaders;
      this.authHeaders = value;
    }
  }

  /** A function that returns (a promise of) an object of headers; called before each request. */
  get authHeaders() {
    return this.#authHeaders;
  }

  set authHeaders(value) {
    const isNew = this.#authHeaders === undefined && value !== undefined;
    this.#authHeaders = value;
    if (isNew) this.#page?.auth_headers_set();
  }

  /** Reads the agents now. */
  refresh() {
    this.#page?.refresh();
  }

  connectedCallback() {
    addElement(this);
    if (this.#state === "idle") this.#start();
  }

  disconnectedCallback() {
    // A move is a removal and an insertion in one task; it must keep the state.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  /** Because of this method, `moveBefore` neither disconnects nor connects. */
  connectedMoveCallback() {}

  attributeChangedCallback() {
    this.#page?.attributes_changed();
  }

  async #start() {
    this.#state = "loading";
    this.#showStatus("status", "Loading…");
    if (hasSheets) this.#showSkeleton();
    try {
      const running = await getProgram();
      if (this.isConnected) this.#mount(running);
    } catch (error) {
      this.#early?.giveUp();
      if (this.isConnected) {
        console.error(error);
        const text = await explain(error);
        const [label, action] = text === UPDATED ? ["Reload", () => location.reload()] : ["Try again", startFailed];
        this.#fail("load", text, `${text} (${error.message})`, label, action);
      }
    }
    // Removed while loading, but it may come back.
    if (this.#state === "loading") this.#state = "idle";
  }

  /** Shows the outlines of the page as soon as there is its style, and asks for what will fill them. */
  async #showSkeleton() {
    try {
      await loadStyle();
    } catch (error) {
      return; // The program needs it, too, and says so.
    }
    if (this.#state !== "loading" || !this.isConnected) return;
    const root = newRoot();
    fillWithSkeleton(root, this);
    this.#show(root);
    // A host's headers are for the program to ask for.
    if (!this.#authHeaders) this.#early = askEarly(this);
  }

  #mount(running) {
    const root = newRoot();
    this.#show(root);
    this.#state = "mounted";
    this.#program = running;
    try {
      // No answer without the host's headers, if it has given some by now.
      if (this.#authHeaders) this.#early?.giveUp();
      const early = this.#early;
      this.#page = running.mount(this, root, (...how) => early?.take(...how));
    } catch (error) {
      died(running, error.message);
    }
    // Mounting another element has just ended the program.
    if (running.hasDied && this.#state === "mounted") this.programDied(running, "");
  }

  #end() {
    removeElement(this);
    this.#early?.giveUp();
    if (this.#state === "loading") return; // #start notices.
    this.#page?.unmount();
    this.#page = this.#program = undefined;
    this.#frame.replaceChildren();
    this.#state = "idle";
  }

  /** @package */
  programDied(dead, message) {
    if (this.#program !== dead) return;
    this.#page = this.#program = undefined;
    const text = "Something went wrong, and this page has stopped. What you typed is kept.";
    this.#fail("panic", text, message, "Start again", startFailed);
  }

  /** @package */
  startIfFailed() {
    if (this.#state === "failed") this.#start();
  }

  #fail(kind, text, message, label, action) {
    this.#state = "failed";
    this.#showStatus("alert", text, label, action);
    const detail = { kind, message };
    this.dispatchEvent(new CustomEvent("kp-error", { bubbles: true, composed: true, detail }));
  }

  #showStatus(role, text, label, action) {
    const box = document.createElement("div");
    box.className = "kp-boot";
    box.setAttribute("role", role);
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", action);
      box.append(button);
    }
    this.#show(box);
  }

  /** Shows only this. Focus that was inside stays inside. */
  #show(content) {
    const hadFocus = this.#shadow.activeElement !== null;
    this.#frame.replaceChildren(content);
    if (hadFocus) {
      content.tabIndex = -1;
      content.focus({ preventScroll: true });
    }
  }
}

// A page may load this file twice, from two URLs.
if (isBrowser && !customElements.get("kproxy-agents")) customElements.define("kproxy-agents", KproxyAgents);
