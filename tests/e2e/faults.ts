/**
 * What the page shows for each fault of each call: the data of `faults.spec.ts`, which makes a test
 * of each cell, and of `scripts/faults.mjs`, which writes docs/faults.md from it.
 */

/** A fault, as the mock server or the browser makes it. */
export interface FaultKind {
  name: string;
  /** For the mock server; absent where the browser makes it. */
  answer?: { status?: number; headers?: Record<string, string>; body?: string; handled?: boolean; cutOff?: number; hold?: string };
  /** The words of the page for it, wherever nothing else is said. */
  says: string;
  /** How it ends where calls are repeated by themselves. */
  ends: 'by itself' | 'after the wait, by itself' | 'after sign-in';
}

const status = (code: number, message: string) => JSON.stringify({ code, message, details: [] });
const TROUBLE = (httpStatus: number) => `The server is having trouble (HTTP ${httpStatus})`;
const UNREADABLE = "The server's answer could not be read";
const UNREACHED = 'The server could not be reached';

export const FAULTS: Record<string, FaultKind> = {
  400: { name: '400', answer: { status: 400, body: status(3, 'Frozen <today>') }, says: 'Frozen <today>', ends: 'by itself' },
  401: { name: '401', answer: { status: 401 }, says: 'Your session has expired', ends: 'after sign-in' },
  403: { name: '403', answer: { status: 403 }, says: 'You are not allowed to do this', ends: 'by itself' },
  404: { name: '404', answer: { status: 404 }, says: 'There is no agent API at', ends: 'by itself' },
  408: { name: '408', answer: { status: 408 }, says: TROUBLE(408), ends: 'by itself' },
  409: { name: '409 ABORTED', answer: { status: 409, body: status(10, 'changed') }, says: 'Someone else has changed this in the meantime', ends: 'by itself' },
  taken: { name: '409 ALREADY_EXISTS', answer: { status: 409, body: status(6, 'This title is taken') }, says: 'This title is taken', ends: 'by itself' },
  410: { name: '410', answer: { status: 410 }, says: 'The list is out of date', ends: 'by itself' },
  429: { name: '429, `Retry-After: 40`', answer: { status: 429, headers: { 'retry-after': '40' } }, says: 'Too many requests', ends: 'after the wait, by itself' },
  500: { name: '500', answer: { status: 500 }, says: TROUBLE(500), ends: 'by itself' },
  502: { name: '502, with a web page', answer: { status: 502, body: '<!doctype html><h1>Bad gateway</h1>' }, says: TROUBLE(502), ends: 'by itself' },
  503: { name: '503, `Retry-After: 40`', answer: { status: 503, headers: { 'retry-after': '40' } }, says: TROUBLE(503), ends: 'after the wait, by itself' },
  504: { name: '504, empty', answer: { status: 504, body: '' }, says: TROUBLE(504), ends: 'by itself' },
  offline: { name: 'no network', says: UNREACHED, ends: 'by itself' },
  reset: { name: 'the connection breaks', answer: { body: '{}', cutOff: 0 }, says: UNREACHED, ends: 'by itself' },
  silent: { name: 'no answer for 30 s', answer: { hold: 'silent', status: 500 }, says: 'The server did not answer in time', ends: 'by itself' },
  half: { name: 'half an answer', answer: { body: '{"agents": [], "sites": []}', cutOff: 12 }, says: UNREACHED, ends: 'by itself' },
  done: { name: 'done, but the connection breaks', answer: { cutOff: 0 }, says: UNREACHED, ends: 'by itself' },
  doneHalf: { name: 'done, but half an answer', answer: { cutOff: 12 }, says: UNREACHED, ends: 'by itself' },
  doneTypes: { name: 'done, but 200 with wrong types', answer: { body: '{"agent": 7, "site": 7}', handled: true }, says: UNREADABLE, ends: 'by itself' },
  doneTrouble: { name: 'done, but 504', answer: { status: 504, handled: true }, says: TROUBLE(504), ends: 'by itself' },
  page: { name: '200 with a web page', answer: { headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Sign in</title>' }, says: 'You may be signed out', ends: 'after sign-in' },
  empty: { name: '200, empty', answer: { body: '' }, says: UNREADABLE, ends: 'by itself' },
  types: { name: '200 with wrong types', answer: { body: '{"agents": 7, "sites": 7, "agent": 7, "site": 7, "apiEmail": 7}' }, says: UNREADABLE, ends: 'by itself' },
};

/** What is different for one fault of one call. */
export interface Cell {
  says?: string;
  /** The field beside which the words stand, if elsewhere. */
  beside?: string;
  /** The notice in which they stand, if in another. */
  notice?: string;
  kept?: string;
  recovers?: string;
  /** Nothing is said: what happens instead. */
  silently?: string;
}

/** A call, and what is true of most of its faults. */
export interface CallKind {
  name: string;
  route: string;
  /** Where the words stand. */
  place: string;
  kept: string;
  recovers: string;
  /** What differs; `null`: this fault does not come with this call. */
  cells: Record<string, Cell | null>;
}

const AGENTS = 'GET /kproxy/v202611/agents';
const ONE = '/kproxy/v202611/agents/{id}';
/** What no read can be answered with. */
const NOT_FOR_READS = { 409: null, taken: null, done: null, doneHalf: null, doneTypes: null, doneTrouble: null } as const;
/** What was done all the same. */
const DONE = (silently: string) => ({ done: { silently }, doneHalf: { silently }, doneTypes: { silently }, doneTrouble: { silently } });
const LOOK_ONLY = { says: 'You may look at the agents, but not change them' };
const WAIT = 'you can save again at 12:0';
const SAVE_AGAIN = '"Save" again';
const SAVE_WAITS = 'after the wait, "Save" again';
const OF_SAVE = {
  403: LOOK_ONLY,
  429: { says: `Too many requests; ${WAIT}`, recovers: SAVE_WAITS },
  503: { says: `The server asks for a pause; ${WAIT}`, recovers: SAVE_WAITS },
  410: { says: 'The list is out of date' },
};

export const CALLS: Record<string, CallKind> = {
  first: {
    name: 'Agents, the first page',
    route: AGENTS,
    place: '"Could not load the agents", in place of the list',
    kept: 'there was nothing yet',
    recovers: 'by itself, or by "Try again"',
    cells: { ...NOT_FOR_READS, 410: { says: 'The list is out of date' } },
  },
  later: {
    name: 'Agents, a later page',
    route: AGENTS,
    place: 'the notice "Could not refresh the agents"',
    kept: 'the pages that have come, "so far"',
    recovers: 'by itself, or by "Refresh"',
    cells: { ...NOT_FOR_READS, 410: { says: 'The list is out of date' } },
  },
  changes: {
    name: 'Agents, changes since',
    route: AGENTS,
    place: 'the notice "Could not refresh the agents"',
    kept: 'all agents, with the time of the last read, marked stale',
    recovers: 'by itself, or by "Refresh"',
    cells: { ...NOT_FOR_READS, 410: { silently: 'the whole list is read again' } },
  },
  sites: {
    name: 'Sites',
    route: 'GET /site/v202509/sites',
    place: 'the notice "Could not read the sites"',
    kept: 'all agents; a Site that is not known yet is "…"',
    recovers: 'by itself, or by "Refresh"',
    // Signed out, nothing is read any more, the agents either.
    cells: { ...NOT_FOR_READS, 401: { notice: 'Could not refresh the agents' }, 410: null },
  },
  one: {
    name: 'One agent, after somebody else changed it',
    route: `GET ${ONE}`,
    place: 'the top of the dialog',
    kept: 'all that was typed',
    recovers: SAVE_AGAIN,
    cells: {
      ...NOT_FOR_READS,
      ...OF_SAVE,
      404: { says: 'This agent no longer exists, so it cannot be saved', recovers: '"Save" stays off' },
    },
  },
  patch: {
    name: 'Save an agent',
    route: `PATCH ${ONE}`,
    place: 'the top of the dialog',
    kept: 'all that was typed',
    recovers: SAVE_AGAIN,
    cells: {
      ...OF_SAVE,
      404: { says: 'This agent no longer exists, so it cannot be saved', recovers: '"Save" stays off' },
      409: { silently: 'the agent is read again, and saved again where nobody changed the same' },
      taken: null,
      silent: { says: 'No answer; it may have been saved' },
      ...DONE('the agent is read again, and shows that it was saved'),
    },
  },
  remove: {
    name: 'Remove an agent',
    route: `DELETE ${ONE}`,
    place: 'the top of the dialog',
    kept: 'the agent, and the question',
    recovers: '"Remove" again',
    cells: {
      403: LOOK_ONLY,
      404: { silently: 'it is gone all the same: the row goes' },
      taken: null,
      410: { says: 'The list is out of date' },
      429: { says: 'Too many requests', recovers: 'after the wait, "Remove" again' },
      503: { recovers: 'after the wait, "Remove" again' },
      silent: { says: 'No answer; it may have been removed' },
      ...DONE('the agent is read again, and is gone: the row goes'),
      empty: { silently: 'it is removed: the row goes' },
      types: { silently: 'it is removed: the row goes' },
    },
  },
  credentials: {
    name: "The organization's values",
    route: 'GET /kproxy/v202611/credentials',
    place: 'under "Account" in the Add dialog',
    kept: 'the steps, with placeholders',
    recovers: '"Try again"',
    cells: {
      ...NOT_FOR_READS,
      403: { says: 'You may not see them' },
      404: { says: 'This no longer exists' },
      410: null,
      429: { recovers: 'after the wait, "Try again"' },
      503: { recovers: 'after the wait, "Try again"' },
      types: { says: 'could not be read at apiEmail' },
    },
  },
  site: {
    name: 'Create a site',
    route: 'POST /site/v202509/sites',
    place: 'the top of the dialog',
    kept: 'all that was typed',
    recovers: SAVE_AGAIN,
    cells: {
      ...OF_SAVE,
      404: { says: 'This no longer exists' },
      409: null,
      taken: { says: 'This title is taken', beside: 'Site Name' },
      silent: { says: 'No answer; it may have been saved' },
      ...DONE('the sites are read again, and it is among them'),
    },
  },
};

/** What is true of a cell; `null`: there is no such case. */
export function cellOf(call: string, fault: string) {
  const kind = CALLS[call]!;
  const cell = kind.cells[fault];
  if (cell === null) return null;
  const ends = FAULTS[fault]!.ends;
  const isRead = kind.recovers.startsWith('by itself');
  return {
    says: FAULTS[fault]!.says,
    kept: kind.kept,
    recovers: isRead && ends !== 'by itself' ? ends : kind.recovers,
    ...cell,
  };
}
