import { defineConfig, devices } from '@playwright/test';

const PORT = Number(process.env.E2E_PORT ?? 8190);
const SERVER = process.env.MOCK_SERVER ?? '../../target/server/mock-server';
const DIST = process.env.DIST ?? '../../dist';
const GALLERY = process.env.GALLERY ?? '../../target/gallery';

/** A mock server with a build behind it, and more folders. */
const server = (dist: string, port: number, mounts: string[] = []) => ({
  command: [`${SERVER} --control --port ${port} --dist ${dist} --change-rate 0`, ...mounts].join(' --mount '),
  url: `http://127.0.0.1:${port}/openapi.json`,
  reuseExistingServer: false,
  stdout: 'ignore' as const,
  stderr: 'pipe' as const,
});

/** The portals of tests/hosts, and where they load the element from. */
const MOUNTS = [
  `/kproxy-agents=${DIST}`,
  ...['plain', 'react', 'single-spa'].map((host) => `/hosts/${host}=../hosts/dist/${host}`),
];

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: 'results',
  workers: 2,
  fullyParallel: true,
  // A second try in CI, where one slow moment among five hundred tests must not cost a landing; the
  // report lists as flaky what needed it.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: `http://127.0.0.1:${PORT}`,
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'off',
    video: 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // A page that a test serves may read from a server that the test starts.
        '--disable-features=LocalNetworkAccessChecks',
      ],
    },
  },
  projects: [
    { name: 'page', testIgnore: 'gallery.spec.ts' },
    { name: 'gallery', testMatch: 'gallery.spec.ts', use: { baseURL: `http://127.0.0.1:${PORT + 1}` } },
  ],
  webServer: [server(DIST, PORT, MOUNTS), server(GALLERY, PORT + 1)],
});
