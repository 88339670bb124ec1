/** The page "kproxy Agents": the element, and what the portal does about its events. */
import { useState } from 'react';
import { useNavigate } from 'react-router';

import { authHeaders, signIn } from './session';

export function Agents() {
  const navigate = useNavigate();
  // What goes on once the user is signed in again.
  const [retry, setRetry] = useState<(() => void) | null>(null);
  const [said, setSaid] = useState('');

  return (
    <>
      {retry && (
        <section className="portal-notice" aria-label="Session">
          Your session is over.
          <button
            className="portal-button"
            onClick={async () => {
              await signIn();
              setRetry(null);
              retry();
            }}
          >
            Sign in again
          </button>
        </section>
      )}
      <p className="portal-said" role="status">
        {said}
      </p>
      <kproxy-agents
        class="portal-agents"
        url-state="query"
        device-href="/hosts/react/devices/{id}"
        // React sets a property where the element has one of this name, as it does once it is defined.
        authHeaders={authHeaders}
        onkp-navigate={(event) => {
          // By the portal's own router, without loading the portal anew.
          event.preventDefault();
          navigate(`/devices/${encodeURIComponent(event.detail.id)}`);
        }}
        onkp-auth-required={(event) => setRetry(() => event.detail.retry)}
        onkp-agent-saved={() => setSaid('The agent was saved.')}
        onkp-agent-removed={() => setSaid('The agent was removed.')}
        onkp-site-created={() => setSaid('The site was created.')}
      />
    </>
  );
}
