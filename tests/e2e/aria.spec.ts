/** The page and its dialogs as assistive technology is told of them. */
import { AT, expect, list, loaded, map, row, test, type Mock } from './fixtures';
import type { Page } from '@playwright/test';

/** Two agents at two places, one of which lacks something, and a fixed clock. */
async function open(page: Page, mock: Mock, address: string) {
  await page.clock.setFixedTime(AT);
  await mock.fleet(
    [
      {
        id: 'a',
        name: 'alpha',
        description: 'In the basement',
        siteId: 's',
        ageSecs: 180,
        lastSeen: new Date(AT.getTime() - 240_000).toISOString(),
        ipAddress: '203.0.113.1',
        privateIp: '10.0.0.1',
        version: '7.48.0',
        apiUser: 'kproxy-agent+1234@kentik.com',
        userAgent: 'kproxy/7.48.0',
        created: '2026-01-02T03:04:05Z',
        devices: [
          { id: 'd1', name: 'fra-edge-1' },
          { id: 'd2', name: 'fra-core-1' },
        ],
      },
      { id: 'b', siteId: 't', ageSecs: 7200, ipAddress: '203.0.113.2', version: '2026.2.0', created: '2026-01-02T03:04:05Z' },
    ],
    [
      { id: 's', title: 'Frankfurt', lat: 50, lon: 8 },
      { id: 't', title: 'Tokyo', lat: 35, lon: 139 },
    ],
  );
  await page.goto(address);
  await loaded(page);
}

test('the page: heading, map, controls, and a table with an expanded row', {
  tag: ['@page.md#layout/1', '@page.md#map/1', '@page.md#list/1', '@page.md#list/2', '@page.md#accessibility/1'],
}, async ({ page, mock }) => {
  await open(page, mock, '/?agent=a');
  await expect(map(page).getByRole('button', { name: 'alpha, Healthy' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 }).locator('..')).toMatchAriaSnapshot(`
    - heading "kproxy Agents" [level=1]
    - button "Add kproxy Agent"
  `);
  await expect(map(page)).toMatchAriaSnapshot(`
    - region "kproxy Agents map":
      - 'group "Map: arrow keys move, plus and minus zoom"':
        - button "alpha, Healthy"
        - button "Auto Generated 203.0.113.2, Critical"
      - button "Zoom in"
      - button "Zoom out"
      - button "Fit"
  `);
  await expect(page.locator('kproxy-agents .kp-toolbar')).toMatchAriaSnapshot(`
    - searchbox "Filter"
    - combobox "Status":
      - option "All (2)" [selected]
      - option "Healthy (1)"
      - option "Warning (0)"
      - option "Critical (1)"
      - option "Pending (0)"
    - status: 2 agents
    - text: Updated 12:00:00 PM
    - checkbox "Auto-refresh" [checked]
    - text: Auto-refresh
    - button "Refresh"
  `);
  await expect(row(page, 'alpha').getByRole('group')).toBeVisible();
  await expect(list(page)).toMatchAriaSnapshot(`
    - table "kproxy Agents":
      - rowgroup:
        - row "Status Last seen Agent name Site IP Address Private IP Version Edit Remove":
          - columnheader "Status":
            - button "Status"
          - columnheader "Last seen":
            - button "Last seen"
          - columnheader "Agent name":
            - button "Agent name"
          - columnheader "Site":
            - button "Site"
          - columnheader "IP Address":
            - button "IP Address"
          - columnheader "Private IP":
            - button "Private IP"
          - columnheader "Version":
            - button "Version"
          - columnheader "Edit"
          - columnheader "Remove"
      - rowgroup:
        - row "Critical Never Details for Auto Generated 203.0.113.2 Auto Generated Tokyo 203.0.113.2 Undefined 2026.2.0 Update Auto Generated 203.0.113.2 Remove Auto Generated 203.0.113.2":
          - cell "Critical"
          - cell "Never"
          - cell "Details for Auto Generated 203.0.113.2 Auto Generated":
            - button "Details for Auto Generated 203.0.113.2"
          - cell "Tokyo"
          - cell "203.0.113.2"
          - cell "Undefined"
          - cell "2026.2.0"
          - cell "Update Auto Generated 203.0.113.2":
            - button "Update Auto Generated 203.0.113.2"
          - cell "Remove Auto Generated 203.0.113.2":
            - button "Remove Auto Generated 203.0.113.2"
        - row "Healthy 4 minutes ago Details for alpha alpha Details of alpha Frankfurt 203.0.113.1 10.0.0.1 7.48.0 Edit alpha Remove alpha":
          - cell "Healthy"
          - cell "4 minutes ago":
            - time: 4 minutes ago
          - cell "Details for alpha alpha Details of alpha":
            - button "Details for alpha" [expanded]
            - group "Details of alpha":
              - term: Description
              - definition: In the basement
              - term: Devices (2)
              - definition:
                - list:
                  - listitem: fra-edge-1
                  - listitem: fra-core-1
              - term: Agent API User
              - definition: kproxy-agent+1234@kentik.com
              - term: Last User Agent
              - definition: kproxy/7.48.0
              - term: Last contact
              - definition: "3 minutes ago (November 2, 2026 at 11:57:00 AM UTC)"
              - term: Created
              - definition: "January 2, 2026 at 3:04:05 AM UTC"
              - term: Flow port
              - definition: udp/9995
          - cell "Frankfurt"
          - cell "203.0.113.1"
          - cell "10.0.0.1"
          - cell "7.48.0"
          - cell "Edit alpha":
            - button "Edit alpha"
          - cell "Remove alpha":
            - button "Remove alpha"
  `);
  await expect(list(page)).toHaveAttribute('aria-rowcount', '3');
  await expect(row(page, 'alpha')).toHaveAttribute('aria-rowindex', '3');
});

test('the dialog "kproxy Agent": as opened, with a new site, with errors', {
  tag: ['@page.md#agent-dialog/5', '@page.md#accessibility/1'],
}, async ({ page, mock }) => {
  await open(page, mock, '/agents/a/edit');
  const dialog = page.getByRole('dialog', { name: 'kproxy Agent' });
  await expect(dialog).toMatchAriaSnapshot(`
    - dialog "kproxy Agent":
      - heading "kproxy Agent" [level=2]
      - button "Close"
      - paragraph: Healthy 203.0.113.1 7.48.0
      - text: Name
      - textbox "Name":
        - /placeholder: Auto Generated
        - text: alpha
      - text: Description optional
      - textbox "Description": In the basement
      - text: Private IP
      - textbox "Private IP":
        - /placeholder: Undefined
        - text: 10.0.0.1
      - text: Site
      - combobox "Site": Frankfurt
      - button "Create a New Site"
      - button "Cancel"
      - button "Save"
  `);
  await dialog.getByRole('button', { name: 'Create a New Site' }).click();
  await dialog.getByLabel('Private IP').fill('999');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toMatchAriaSnapshot(`
    - dialog "kproxy Agent":
      - heading "kproxy Agent" [level=2]
      - button "Close"
      - paragraph: Healthy 203.0.113.1 7.48.0
      - text: Name
      - textbox "Name":
        - /placeholder: Auto Generated
        - text: alpha
      - text: Description optional
      - textbox "Description": In the basement
      - text: Private IP
      - textbox "Private IP" [invalid]:
        - /placeholder: Undefined
        - text: "999"
      - paragraph: "Enter an IPv4 or IPv6 address, such as 10.0.0.1 or 2001:db8::1"
      - text: Site Name
      - textbox "Site Name" [invalid]:
        - /placeholder: ""
      - paragraph: Fill this in
      - text: Street Address
      - textbox "Street Address" [invalid]:
        - /placeholder: Street, city, country
      - paragraph: Fill this in
      - button "Use an Existing Site"
      - button "Cancel"
      - button "Save"
  `);
  for (const name of ['Private IP', 'Site Name', 'Street Address']) {
    await expect(dialog.getByLabel(name)).not.toHaveAccessibleDescription('');
  }
});

test('the dialog "kproxy Agent": what somebody else changed, and the question before it closes', {
  tag: ['@page.md#agent-dialog/3', '@page.md#edit-conflict/1', '@page.md#accessibility/1'],
}, async ({ page, mock }) => {
  mock.expectsFailures = true;
  await open(page, mock, '/agents/a/edit');
  const dialog = page.getByRole('dialog', { name: 'kproxy Agent' });
  await dialog.getByLabel('Name').fill('mine');
  await mock.patch('a', { name: 'theirs' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Take theirs' }).click();
  await expect(dialog.getByRole('alert').filter({ hasText: 'Someone else' })).toMatchAriaSnapshot(`
    - alert:
      - heading "Someone else has changed this agent in the meantime" [level=3]
      - paragraph: Choose for each of these fields, then save. Their other changes are kept.
  `);
  // Beside the alert, so that a choice does not have it all read out again.
  await expect(dialog.getByRole('group', { name: 'Name' })).toMatchAriaSnapshot(`
    - group "Name":
      - paragraph: Name
      - term: Mine
      - definition: mine
      - definition:
        - button "Keep mine"
      - term: Theirs
      - definition: theirs
      - definition:
        - button "Take theirs" [pressed]
  `);
  await dialog.getByRole('button', { name: 'Keep mine' }).click();
  await page.keyboard.press('Escape');
  const question = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  await expect(question).toMatchAriaSnapshot(`
    - alertdialog "Discard what you typed?":
      - heading "Discard what you typed?" [level=2]
      - paragraph: Your changes to this agent have not been saved.
      - button "Keep editing"
      - button "Discard"
  `);
  await expect(question).toHaveAccessibleDescription('Your changes to this agent have not been saved.');
});

test('the dialog "Remove kproxy Agent"', { tag: ['@page.md#remove-dialog/2', '@page.md#accessibility/1'] }, async ({ page, mock }) => {
  await open(page, mock, '/agents/a/remove');
  const dialog = page.getByRole('alertdialog', { name: 'Remove kproxy Agent' });
  await expect(dialog).toMatchAriaSnapshot(`
    - alertdialog "Remove kproxy Agent":
      - heading "Remove kproxy Agent" [level=2]
      - paragraph:
        - text: Remove
        - strong: alpha
        - text: "?"
      - term: IP Address
      - definition: 203.0.113.1
      - term: Site
      - definition: Frankfurt
      - term: Last seen
      - definition: 4 minutes ago
      - list:
        - listitem: It leaves this list.
        - listitem: "The running kproxy is not stopped: it appears again if it keeps sending."
        - listitem:
          - text: "2 devices send through it:"
          - list:
            - listitem: fra-edge-1
            - listitem: fra-core-1
      - button "Cancel"
      - button "Remove"
  `);
  await expect(dialog).toHaveAccessibleDescription(/Remove alpha\?.*2 devices send through it/);
});

test('the dialog "Adding a kproxy Agent": each pane', {
  tag: ['@page.md#add-dialog/1', '@page.md#add-dialog/2', '@page.md#accessibility/1'],
}, async ({ page, mock }) => {
  await open(page, mock, '/add');
  const dialog = page.getByRole('dialog', { name: 'Adding a kproxy Agent' });
  await expect(dialog.getByText('Account', { exact: true })).toBeVisible();
  await expect(dialog).toMatchAriaSnapshot(`
    - dialog "Adding a kproxy Agent":
      - heading "Adding a kproxy Agent" [level=2]
      - button "Close"
      - paragraph: "Install kproxy on a host that your devices can reach. These are your organization's own values: they are recommended over a user's own, which stop working when that user leaves."
      - term: Account
      - definition: kproxy-agent+1234@kentik.com
      - term: Token
      - definition: Hidden; Copy includes it
      - button "Show"
      - heading "Debian/Ubuntu" [level=3]:
        - button "Debian/Ubuntu" [expanded]
      - text: Ubuntu 20.04, 22.04, 24.04; Debian 11, 12
      - list:
        - listitem:
          - text: Add the package repository
          - status
          - button "Copy"
          - group "Add the package repository":
            - code
        - listitem:
          - text: Install the package
          - status
          - button "Copy"
          - group "Install the package":
            - code
      - heading "Then run it by hand" [level=4]
      - list:
        - listitem:
          - text: Put the token into the environment
          - status
          - button "Copy"
          - group "Put the token into the environment":
            - code
        - listitem:
          - text: Start kproxy
          - status
          - button "Copy"
          - group "Start kproxy":
            - code
      - heading "Or have systemd run it" [level=4]
      - list:
        - listitem:
          - text: Write account and token to a file that only root can read
          - status
          - button "Copy"
          - group "Write account and token to a file that only root can read":
            - code
        - listitem:
          - text: Let it listen on all interfaces
          - status
          - button "Copy"
          - group "Let it listen on all interfaces":
            - code
        - listitem:
          - text: Start it, now and at every boot
          - status
          - button "Copy"
          - group "Start it, now and at every boot":
            - code
        - listitem:
          - text: Check that it runs
          - status
          - button "Copy"
          - group "Check that it runs":
            - code
      - heading "RPM" [level=3]:
        - button "RPM"
      - text: Red Hat Enterprise Linux 8, 9
      - heading "Docker" [level=3]:
        - button "Docker"
      - text: any Linux with Docker
      - heading "Good to know" [level=3]
      - list
      - status "New agents":
        - list
      - paragraph: Waiting for a new agent…
  `);
  await dialog.getByRole('button', { name: 'RPM' }).click();
  await expect(dialog.locator('section').filter({ hasText: 'RPM' })).toMatchAriaSnapshot(`
    - heading "RPM" [level=3]:
      - button "RPM" [expanded]
    - text: Red Hat Enterprise Linux 8, 9
    - list:
      - listitem:
        - text: Add the package repository
        - status
        - button "Copy"
        - group "Add the package repository":
          - code
      - listitem:
        - text: Install the package
        - status
        - button "Copy"
        - group "Install the package":
          - code
    - heading "Then run it by hand" [level=4]
    - list:
      - listitem:
        - text: Put the token into the environment
        - status
        - button "Copy"
        - group "Put the token into the environment":
          - code
      - listitem:
        - text: Start kproxy
        - status
        - button "Copy"
        - group "Start kproxy":
          - code
    - heading "Or have systemd run it" [level=4]
    - list:
      - listitem:
        - text: Write account and token to a file that only root can read
        - status
        - button "Copy"
        - group "Write account and token to a file that only root can read":
          - code
      - listitem:
        - text: Let it listen on all interfaces
        - status
        - button "Copy"
        - group "Let it listen on all interfaces":
          - code
      - listitem:
        - text: Start it, now and at every boot
        - status
        - button "Copy"
        - group "Start it, now and at every boot":
          - code
      - listitem:
        - text: Check that it runs
        - status
        - button "Copy"
        - group "Check that it runs":
          - code
  `);
  await dialog.getByRole('button', { name: 'Docker' }).click();
  await expect(dialog.locator('section').filter({ hasText: 'Docker' })).toMatchAriaSnapshot(`
    - heading "Docker" [level=3]:
      - button "Docker" [expanded]
    - text: any Linux with Docker
    - list:
      - listitem:
        - text: Get the image
        - status
        - button "Copy"
        - group "Get the image":
          - code
      - listitem:
        - text: Put the token into the environment
        - status
        - button "Copy"
        - group "Put the token into the environment":
          - code
      - listitem:
        - text: Start kproxy
        - status
        - button "Copy"
        - group "Start kproxy":
          - code
  `);
});

test('an agent that is not there: the dialogs say so', { tag: '@page.md#url/9' }, async ({ page, mock }) => {
  await open(page, mock, '/agents/nobody/edit');
  await expect(page.getByRole('dialog', { name: 'kproxy Agent' })).toMatchAriaSnapshot(`
    - dialog "kproxy Agent":
      - heading "kproxy Agent" [level=2]
      - button "Close"
      - status: This agent no longer exists. It was removed, or the link is wrong.
      - button "Cancel"
  `);
  await page.goto('/agents/nobody/remove');
  await expect(page.getByRole('alertdialog', { name: 'Remove kproxy Agent' })).toMatchAriaSnapshot(`
    - alertdialog "Remove kproxy Agent":
      - heading "Remove kproxy Agent" [level=2]
      - status: This agent no longer exists. It was removed, or the link is wrong.
      - button "Cancel"
  `);
});
