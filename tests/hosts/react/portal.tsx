/** What stands around every page. */
import { NavLink, Outlet, isRouteErrorResponse, useNavigation, useRouteError } from 'react-router';

import { user } from './session';

const PAGES = [
  { to: '/', name: 'Overview' },
  { to: '/settings/kproxy-agents', name: 'kproxy Agents' },
];

export function Portal() {
  const navigation = useNavigation();
  return (
    <div className="portal">
      <header className="portal-bar">
        <p className="portal-brand">Acme Portal</p>
        <p className="portal-user">{user.email}</p>
      </header>
      <nav className="portal-side" aria-label="Portal">
        <ul className="portal-links">
          {PAGES.map(({ to, name }) => (
            <li key={to}>
              <NavLink className="portal-link" to={to} end>
                {name}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <main className="portal-main" aria-busy={navigation.state === 'loading'}>
        <Outlet />
      </main>
    </div>
  );
}

export function PortalError() {
  const error = useRouteError();
  return (
    <main className="portal-text" role="alert">
      {isRouteErrorResponse(error) && error.status === 404 ? 'There is no such page.' : 'This page could not be loaded.'}
    </main>
  );
}
