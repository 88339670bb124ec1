/** The portal: its frame, and which page stands at which path. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';

import { Device } from './device';
import { Overview } from './overview';
import { Portal, PortalError } from './portal';

const router = createBrowserRouter(
  [
    {
      element: <Portal />,
      errorElement: <PortalError />,
      hydrateFallbackElement: <></>,
      children: [
        { path: '/', element: <Overview /> },
        { path: '/devices/:id', element: <Device /> },
        {
          path: '/settings/kproxy-agents',
          // Element and program load when somebody goes there, and not before.
          lazy: async () => {
            const [{ Agents }] = await Promise.all([import('./agents'), import('/kproxy-agents/kproxy-agents.js')]);
            return { Component: Agents };
          },
        },
      ],
    },
  ],
  { basename: '/hosts/react' },
);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);
