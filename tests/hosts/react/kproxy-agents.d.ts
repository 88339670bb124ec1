/** `<kproxy-agents>` in JSX, by the declarations that stand beside the element's script. */
import type { KproxyAgentsAttributes, KproxyAgentsElement } from '/kproxy-agents/kproxy-agents.js';
import type { DetailedHTMLProps, HTMLAttributes } from 'react';

type Events = {
  [Name in Extract<keyof GlobalEventHandlersEventMap, `kp-${string}`> as `on${Name}`]?: (
    event: GlobalEventHandlersEventMap[Name],
  ) => void;
};

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'kproxy-agents': DetailedHTMLProps<HTMLAttributes<KproxyAgentsElement>, KproxyAgentsElement> &
        KproxyAgentsAttributes &
        Partial<Pick<KproxyAgentsElement, 'authHeaders'>> &
        Events & { class?: string };
    }
  }
}
