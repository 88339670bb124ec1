/** A device's page, to which the agents' devices lead. */
import { Link, useParams } from 'react-router';

export function Device() {
  const { id } = useParams();
  return (
    <article className="portal-text">
      <h1>Device {id}</h1>
      <p>
        What the portal knows about it would stand here. Back to the{' '}
        <Link to="/settings/kproxy-agents">kproxy Agents</Link>.
      </p>
    </article>
  );
}
