/**
 * The first agents, asked for while the program loads. The program's own first call takes the answer
 * (`Client` in Rust), if it would ask for the same in the same way.
 */

/** As the program asks: `AgentsQuery::WholeSmallPageFirst` in Rust. */
const FIRST_AGENTS = "/kproxy/v202611/agents?pageSize=1000";
/** An older answer is not used: it tells the time on the server, too. */
const FRESH_MS = 10000;

/**
 * Asks, as the attributes of `host` say. Returns what gives the answer, a promise of a response, to the
 * first who takes it, if they would ask for this URL with these of the browser's credentials; from then
 * on their signal aborts it. And what gives it up.
 */
export function askEarly(host) {
  const attribute = (name) => (host.getAttribute(name) ?? "").trim();
  const url = attribute("api-base").replace(/\/+$/, "") + FIRST_AGENTS;
  const credentials = /^(include|omit)$/.test(attribute("credentials")) ? attribute("credentials") : "same-origin";
  const calling = new AbortController();
  const asked = performance.now();
  let answer = fetch(url, {
    cache: "no-store",
    credentials,
    headers: { Accept: "application/json" },
    redirect: "manual",
    signal: calling.signal,
  });
  // The program asks again, and tells.
  answer.catch(() => {});
  const giveUp = () => {
    if (answer) calling.abort();
    answer = undefined;
  };
  return {
    take(wantedUrl, wantedCredentials, signal) {
      const isSame = wantedUrl === url && wantedCredentials === credentials;
      if (!isSame || performance.now() - asked > FRESH_MS) giveUp();
      const taken = answer;
      answer = undefined;
      if (taken) signal.onabort = () => calling.abort();
      return taken;
    },
    giveUp,
  };
}
