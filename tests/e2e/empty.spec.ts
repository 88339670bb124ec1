import { AGENTS, count, expect, expectNames, filter, list, status, test } from './fixtures';

test('loading: the table is busy, and there is no row yet', { tag: '@page.md#empty-states/1' }, async ({ page, mock }) => {
  await mock.reset({ agents: 3 });
  await mock.fault({ route: AGENTS, hold: 'first' });
  await page.goto('/');
  await expect(list(page)).toHaveAttribute('aria-busy', 'true');
  await expect(page.getByText('No agents yet')).toBeHidden();
  await expect(page.getByText('No agents match')).toBeHidden();
  await mock.release('first');
  await expect(list(page)).not.toHaveAttribute('aria-busy', 'true');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '4');
});

test('no agents yet', { tag: '@page.md#empty-states/2' }, async ({ page, mock }) => {
  await mock.fleet([]);
  await page.goto('/');
  await expect(page.getByText('No agents yet')).toBeVisible();
  await expect(count(page)).toHaveText('0 agents');
  await expect(list(page)).toHaveAttribute('aria-rowcount', '1');
  await expect(page.getByRole('button', { name: 'Clear filters' })).toBeHidden();
});

test('none match: one press clears all filters', { tag: ['@page.md#empty-states/3', '@page.md#controls/9'] }, async ({ page, mock }) => {
  await mock.fleet([{ id: 'a', name: 'alpha', ageSecs: 60 }]);
  await page.goto('/?q=nothing-like-it&status=critical&located=no');
  await expect(page.getByText('No agents match')).toBeVisible();
  await expect(count(page)).toHaveText('0 of 1 agent');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expectNames(page, ['alpha']);
  await expect(page).toHaveURL('/');
  await expect(filter(page)).toHaveValue('');
  await expect(status(page)).toHaveValue('all');
  await expect(page.getByText('No agents match')).toBeHidden();
});
