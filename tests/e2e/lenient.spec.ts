/** What backends really send: proto3 JSON as it is written in the wild. */
import { AGENTS, ago, AT, cell, expect, expectNames, list, loaded, refreshNow, row, SITES, test } from './fixtures';

const page1 = (agents: string, more = '') =>
  `{"agents": [${agents}], "serverTime": "${AT.toISOString()}"${more}}`;

test('numbers in quotes, ids and enums as numbers are read', {
  tag: ['@agent-api.md#lenient-reading/2', '@agent-api.md#lenient-reading/3', '@agent-api.md#lenient-reading/5'],
}, async ({ page, mock }) => {
  await mock.fleet([]);
  const agent = `{"id": 104501, "name": "edge", "siteId": 21, "privateIp": "10.0.0.1", "ipAddress": "203.0.113.4",
    "flowPort": "2055", "lastContact": "${ago(60)}", "devices": [{"id": 801, "name": "rtr"}]}`;
  await mock.fault([
    { route: AGENTS, status: 200, body: page1(agent) },
    { route: SITES, status: 200, body: '{"sites": [{"id": 21, "title": "Oslo DC", "type": 1, "lat": "59.9", "lon": "10.7"}], "invalidCount": "0"}' },
  ]);
  await page.goto('/');
  await loaded(page);
  await expect(cell(row(page, 'edge'), 'Site')).toHaveText('Oslo DC');
  await expect(page.getByText('could not be read')).toBeHidden();
  await expect(page.getByText('no location')).toBeHidden();
  await expect(row(page, 'edge').getByRole('button', { name: 'Edit edge' })).toBeVisible();
  await row(page, 'edge').getByRole('button', { name: 'Details for edge' }).click();
  await expect(page.getByText('2055')).toBeVisible();
  await expect(page.getByText('rtr')).toBeVisible();
});

test('a time that was never set is never', { tag: '@agent-api.md#lenient-reading/4' }, async ({ page, mock }) => {
  await mock.fleet([]);
  const times = ['0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '1970-01-01T01:00:00+01:00'];
  const agents = times.map((time, i) => `{"id": "a${i}", "name": "a${i}", "lastContact": "${time}", "lastSeen": "${time}"}`);
  await mock.fault({ route: AGENTS, status: 200, body: page1(agents.join()) });
  await page.goto('/');
  await loaded(page);
  for (const i of times.keys()) {
    await expect(cell(row(page, `a${i}`), 'Status')).toHaveText('Pending');
    await expect(cell(row(page, `a${i}`), 'Last seen')).toHaveText('Never');
  }
});

test('sites without a sane location are sites all the same', { tag: '@agent-api.md#lenient-reading/8' }, async ({ page, mock }) => {
  await mock.fleet([]);
  const places = ['"NaN"', 'NaN', '"Infinity"', '-Infinity', '181', 'null', '"91"'];
  const sites = places.map((lat, i) => `{"id": "s${i}", "title": "Site ${i}", "lat": ${lat}, "lon": 10}`);
  const agents = places.map((_, i) => `{"id": "a${i}", "name": "a${i}", "siteId": "s${i}", "privateIp": "10.0.0.1"}`);
  await mock.fault([
    { route: AGENTS, status: 200, body: page1(agents.join()) },
    { route: SITES, status: 200, body: `{"sites": [${sites.join()}], "invalidCount": -1}` },
  ]);
  await page.goto('/');
  await loaded(page);
  for (const i of places.keys()) await expect(cell(row(page, `a${i}`), 'Site')).toHaveText(`Site ${i}`);
  await expect(page.getByRole('button', { name: `${places.length} agents have no location` })).toBeVisible();
  await expect(page.getByText('could not be read')).toBeHidden();
});

test('a site that is unknown only because it could not be read is not asked for', { tag: '@page.md#reading/14' }, async ({ page, mock }) => {
  const privateIp = '10.0.0.1';
  await mock.fleet([
    { id: 'a', name: 'alpha', siteId: 's1', privateIp },
    { id: 'b', name: 'beta', siteId: '', privateIp },
  ], [{ id: 's1', title: 'Oslo DC' }]);
  await mock.fault({ route: SITES, malformed: { siteIndex: 0, json: '["s1", "Oslo DC"]' } });
  await page.goto('/');
  await loaded(page);
  await expectNames(page, ['alpha', 'beta']);
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('…');
  await expect(list(page).getByRole('button', { name: 'Edit alpha' })).toBeVisible();
  await expect(cell(row(page, 'beta'), 'Site')).toHaveText('Undefined');
  await expect(list(page).getByRole('button', { name: 'Update beta' })).toBeVisible();
  await mock.heal();
  await refreshNow(page, mock);
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Oslo DC');
  // What is known stays when it cannot be read later.
  await mock.fault({ route: SITES, malformed: { siteIndex: 0, json: 'null' } });
  await refreshNow(page, mock);
  await expect(page.getByText('1 site could not be read')).toBeVisible();
  await expect(cell(row(page, 'alpha'), 'Site')).toHaveText('Oslo DC');
});

test('Remove succeeds only with an answer that is empty or an object', { tag: '@agent-api.md#remove-an-agent/3' }, async ({ page, mock }) => {
  await mock.fleet([{ id: 'a', name: 'alpha' }]);
  await page.goto('/');
  await loaded(page);
  await mock.fault({ route: 'DELETE /kproxy/v202611/agents/{id}', status: 200, body: '<!doctype html><title>Sign in</title>' });
  await row(page, 'alpha').getByRole('button', { name: 'Remove alpha' }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await expectNames(page, ['alpha']);
  await mock.heal();
  await mock.fault({ route: 'DELETE /kproxy/v202611/agents/{id}', status: 204, body: '', handled: true });
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(dialog).toBeHidden();
  await expectNames(page, []);
});

test('credentials of a wrong type name the field, never a value', { tag: '@agent-api.md#errors/18' }, async ({ page, mock }) => {
  await mock.fleet([]);
  await mock.fault({
    route: 'GET /kproxy/v202611/credentials', status: 200,
    body: '{"apiEmail": "a@b.c", "apiToken": "s3cret", "region": {"s3cret": 1}}',
  });
  await page.goto('/add');
  const dialog = page.getByRole('dialog', { name: 'Adding a kproxy Agent' });
  await expect(dialog.getByText(/ at region/)).toBeVisible();
  await expect(dialog).not.toContainText('s3cret');
});
