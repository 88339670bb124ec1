/** The page to begin with. */
import { Link } from 'react-router';

export function Overview() {
  return (
    <article className="portal-text">
      <h1>Overview</h1>
      <p>
        A React app with a router of its own. It shows <code>&lt;kproxy-agents&gt;</code> as one of its pages:{' '}
        <Link to="/settings/kproxy-agents">kproxy Agents</Link>.
      </p>
    </article>
  );
}
