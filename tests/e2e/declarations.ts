/** What a host in TypeScript writes; `interface.spec.ts` has it checked against the declarations. */
import type { AuthHeaders, KproxyAgentsAttributes, KproxyAgentsElement } from '../../dist/kproxy-agents.js';

const created: KproxyAgentsElement = document.createElement('kproxy-agents');
created.authHeaders = async () => ({ 'X-CH-Auth-Email': 'a@b.c', 'X-CH-Auth-API-Token': undefined });
created.authHeaders = () => new Headers();
created.authHeaders = undefined;
created.refresh();

document.querySelector('kproxy-agents')?.refresh();

created.addEventListener('kp-error', ({ detail: { kind, message } }) => {
  const known: 'load' | 'api' | 'panic' = kind;
  console.log(known, message.length);
});
document.addEventListener('kp-auth-required', (event) => event.detail.retry());
addEventListener('kp-navigate', ({ detail }) => detail.href.startsWith(detail.id));
addEventListener('kp-agent-saved', ({ detail }) => detail.id.length);

export const attributes: KproxyAgentsAttributes = {
  'url-state': 'path',
  'refresh-seconds': '30',
  'heading-level': 2,
  'read-only': true,
};

// @ts-expect-error there is no such mode
export const wrong: KproxyAgentsAttributes = { 'url-state': 'hash' };
// @ts-expect-error headers are strings
export const numbers: AuthHeaders = () => ({ 'X-Key': 1 });
// @ts-expect-error no such property
created.refreshSeconds = 5;
