/** The element against its published interface, `dist/custom-elements.json`: nothing is missing on either side. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { docsText, manifestText, withTables } from '../../scripts/interface.mjs';
import { expect, expectNames, loaded, test } from './fixtures';

const DIST = process.env.DIST ?? '../../dist';

interface Entry {
  kind?: string;
  name: string;
  default?: string;
}

const manifest = JSON.parse(readFileSync(join(DIST, 'custom-elements.json'), 'utf8'));
const published = manifest.modules[0].declarations[0] as Record<
  'attributes' | 'members' | 'events' | 'cssProperties' | 'cssParts',
  Entry[]
>;
const names = (entries: Entry[]) => entries.map(({ name }) => name).sort();

test('the build publishes the manifest as it is in the sources, of the file that it is about', () => {
  expect(manifest).toEqual(JSON.parse(manifestText()));
  const [module] = manifest.modules;
  expect(() => readFileSync(join(DIST, module.path))).not.toThrow();
  expect(manifest.modules[0].declarations[0].tagName).toBe('kproxy-agents');
});

test('attributes, properties and methods are those of the element', { tag: '@embedding.md#attributes' }, async ({ page, mock }) => {
  await mock.fleet([]);
  await page.goto('/');
  const real = await page.evaluate(() => {
    const element = customElements.get('kproxy-agents')! as unknown as { observedAttributes: string[]; prototype: object };
    const members = Object.entries(Object.getOwnPropertyDescriptors(element.prototype))
      // What the browser calls, or the element's own classmates.
      .filter(([name]) => !/Callback$|^constructor$|^programDied$|^startIfFailed$/.test(name))
      .map(([name, { value }]) => ({ kind: typeof value === 'function' ? 'method' : 'field', name }));
    return { attributes: [...element.observedAttributes].sort(), members };
  });
  expect(real.attributes).toEqual(names(published.attributes));
  const byName = (a: Entry, b: Entry) => a.name.localeCompare(b.name);
  expect(real.members.sort(byName)).toEqual(published.members.map(({ kind, name }) => ({ kind, name })).sort(byName));
});

test('the custom properties are those that the style sheets read, with their defaults', {
  tag: '@embedding.md#look',
}, async ({ page, mock }) => {
  await mock.fleet([{ id: 'a', name: 'alpha' }]);
  await page.goto('/');
  await loaded(page);
  const css = await page.locator('kproxy-agents').evaluate((node) =>
    node.shadowRoot!.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join('\n'),
  );
  // `--surface: var(--kp-color-surface, …);`
  const tokens = [...css.matchAll(/(--[\w-]+): var\((--kp-[\w-]+), (.*?)\);/g)].map(([, used, name, value]) => ({ used, name, default: value }));
  const read = new Set([...css.matchAll(/--kp-[\w-]+/g)].map(([name]) => name));
  expect([...read].sort()).toEqual(names(published.cssProperties));
  expect(tokens.map(({ name, default: value }) => [name, value!.replace(/^0\./, '.')]).sort()).toEqual(
    // A release build writes 0.5 as .5.
    published.cssProperties.map(({ name, default: value }) => [name, value?.replace(/^0\./, '.')]).sort(),
  );
  // Each is used for something.
  for (const { used } of tokens) expect(css, used).toContain(`var(${used})`);
});

test('a token set by the host reaches the page, at once', { tag: '@embedding.md#look' }, async ({ page, mock }) => {
  await mock.fleet([{ id: 'a', name: 'alpha', ageSecs: 60 }]);
  await page.goto('/');
  await expectNames(page, ['alpha']);
  const element = page.locator('kproxy-agents');
  const healthy = page.getByText('Healthy', { exact: true });
  await element.evaluate((node) => {
    node.style.setProperty('--kp-color-healthy', 'rgb(1, 2, 3)');
    document.documentElement.style.setProperty('--kp-font-size', '20px');
  });
  await expect(healthy).toHaveCSS('color', 'rgb(1, 2, 3)');
  await expect(healthy).toHaveCSS('font-size', '20px');
  await element.evaluate((node) => node.removeAttribute('style'));
  await expect(healthy).not.toHaveCSS('color', 'rgb(1, 2, 3)');
});

test('the parts are those in the shadow root, and can be styled from outside', { tag: '@embedding.md#look' }, async ({ page, mock }) => {
  await mock.fleet([{ id: 'a', name: 'alpha' }]);
  const parts = () =>
    page.locator('kproxy-agents').evaluate((node) =>
      [...node.shadowRoot!.querySelectorAll('[part]')].flatMap((part) => [...part.part]),
    );
  await page.goto('/');
  await loaded(page);
  const seen = new Set(await parts());
  for (const path of ['/add', '/agents/a/edit', '/agents/a/remove']) {
    await page.goto(path);
    await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toBeVisible();
    for (const part of await parts()) seen.add(part);
  }
  expect([...seen].sort()).toEqual(names(published.cssParts));

  await page.goto('/');
  await page.evaluate((names) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(names.map((name) => `kproxy-agents::part(${name}) { outline: 3px solid rgb(1, 2, 3); }`).join(''));
    document.adoptedStyleSheets = [sheet];
  }, names(published.cssParts));
  for (const name of ['toolbar', 'map', 'list']) {
    await expect(page.locator(`[part~=${name}]`)).toHaveCSS('outline-color', 'rgb(1, 2, 3)');
  }
});

test('the TypeScript declarations are right, and say what a host may write', { tag: '@embedding.md#typescript' }, () => {
  const tsc = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler'];
  const check = () => execFileSync('node_modules/.bin/tsc', [...tsc, 'declarations.ts'], { encoding: 'utf8' });
  expect(check).not.toThrow();
  const text = readFileSync(join(DIST, 'kproxy-agents.d.ts'), 'utf8');
  for (const { name } of [...published.attributes, ...published.events]) expect(text).toContain(`"${name}"`);
  for (const { name } of published.members) expect(text).toContain(`  ${name}`);
});

test('the tables in docs/embedding.md are up to date', () => {
  expect(withTables(docsText()), 'run: node scripts/interface.mjs').toBe(docsText());
});
