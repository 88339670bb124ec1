/**
 * Prints the rules in docs/page.md and docs/agent-api.md that no test holds. With --check, prints
 * all broken references in the repository instead, and fails if there are any. Rules, their
 * addresses, tags and how tests are cited are explained in tests/e2e/README.md#rules-and-their-tests
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const SPECIFICATIONS = ['docs/page.md', 'docs/agent-api.md'];
const PLANNED = '_(planned)_';
const NOT_OURS = ['node_modules', 'target', 'dist', 'results', '.git'];
const READABLE = /(\.(rs|ts|tsx|js|mjs|css|html|md|sh|toml|json|ya?ml)|\/Makefile)$/;
/** A comment above a test that has only references. */
const NATIVE_TAG = /^\s*\/\/ [\w-]+\.md#/;
/** Such as page.md#map/3, or docs/agent-api.md#errors/1, #paging/2. */
const REFERENCE = /([\w./-]*[\w-]\.md)((?:(?:, )?#[\w-]+(?:\/\d+)?)*)/g;

const filesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : READABLE.test(`/${path}`) ? [path] : [];
    });

/** GitHub's anchor for a heading. */
const slug = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');

/** The rules under each heading of a document: its list items and table rows, in order. */
const outlines = new Map();
function outline(file) {
  if (outlines.has(file)) return outlines.get(file);
  const headings = new Map();
  outlines.set(file, headings);
  let rules = [];
  let isCode = false;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.startsWith('```')) isCode = !isCode;
    if (isCode) continue;
    const heading = /^#+ (.*)/.exec(line)?.[1];
    if (heading) headings.set(slug(heading), (rules = []));
    // The line above this one has the names of the columns.
    else if (/^\| ---/.test(line)) rules.pop();
    else if (/^(- |\d+\. |\| )/.test(line)) rules.push(line);
  }
  return headings;
}

/** The file that a reference means: beside the file with the reference, further up, or in docs/. */
function find(path, namedIn) {
  for (let folder = dirname(namedIn); ; folder = dirname(folder)) {
    if (existsSync(join(folder, path))) return join(folder, path);
    if (folder === '.') break;
  }
  return existsSync(join('docs', path)) ? join('docs', path) : undefined;
}

/** Such as `list.spec.ts: hostile texts show as text`, or `src/api/error.rs: no_text_panics`: a test by its title. */
const TEST = /`([\w./-]+\.(?:spec\.ts|rs)): ([^`]+)`/g;

/** Patterns for the titles of the tests in a file; what stands for a value in a title matches any. */
const titles = new Map();
function titlesIn(file) {
  if (!titles.has(file)) {
    const found = readFileSync(file, 'utf8').matchAll(
      file.endsWith('.rs') ? /fn (\w+)\(/g : /\btest(?:\.\w+)?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g,
    );
    titles.set(
      file,
      [...found].map((match) => {
        const title = match.slice(1).find((part) => part !== undefined).replace(/\\(.)/g, '$1');
        return new RegExp(`^${title.split(/\$\{[^}]*\}/).map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('.+')}$`, 'u');
      }),
    );
  }
  return titles.get(file);
}

const isTag = (file, line, at) =>
  file.endsWith('.spec.ts') ? line[at - 1] === '@' : file.startsWith('tests/conformance/src/checks/') || NATIVE_TAG.test(line);

const problems = [];
const held = new Set();
for (const file of filesIn('.')) {
  readFileSync(file, 'utf8').split('\n').forEach((line, index, lines) => {
    const complain = (what) => problems.push(`${file}:${index + 1}: ${what}`);
    const next = lines.slice(index + 1).find((below) => !/^\s*\/\//.test(below));
    if (NATIVE_TAG.test(line) && !/^\s*#\[/.test(next)) complain('no test follows this tag');
    if (/\bissue \d/i.test(line)) complain('an issue leads nowhere from here; name a heading in docs/');
    for (const [, path, title] of file.endsWith('.md') ? line.matchAll(TEST) : []) {
      const tests = path.includes('/') ? path : `tests/e2e/${path}`;
      if (!existsSync(tests)) complain(`there is no ${tests}`);
      else if (!titlesIn(tests).some((pattern) => pattern.test(title))) complain(`${tests} has no test “${title}”`);
    }
    const anchors = file.endsWith('.md') ? [...line.matchAll(/\]\((#[\w-]+)\)/g)].map(([, anchor]) => [file, anchor]) : [];
    const references = [...line.matchAll(REFERENCE)].filter(([found]) => !found.startsWith('//'));
    for (const [path, anchor, at] of [...anchors, ...references.map((found) => [found[1], found[2], found.index])]) {
      const target = path === file ? file : find(path, file);
      if (!target) complain(`there is no ${path}`);
      for (const [address, heading, number] of target ? anchor.matchAll(/#([\w-]+)(?:\/(\d+))?/g) : []) {
        const rules = outline(target).get(heading);
        const rule = rules?.[number - 1];
        if (!rules) complain(`${target} has no heading ${address}`);
        else if (number && !rule) complain(`${target} has no ${address}: that heading has ${rules.length} rules`);
        else if (number && isTag(file, line, at)) {
          held.add(`${target}#${heading}/${number}`);
          if (rule.includes(PLANNED)) complain(`${target}${address} is held by a test: take off its ${PLANNED}`);
        }
      }
    }
  });
}

if (process.argv.includes('--check')) {
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length ? 1 : 0;
} else {
  const counts = { rules: 0, planned: 0, open: 0 };
  for (const file of SPECIFICATIONS) {
    for (const [heading, rules] of outline(file)) {
      rules.forEach((rule, index) => {
        const address = `${file}#${heading}/${index + 1}`;
        counts.rules += 1;
        if (rule.includes(PLANNED)) counts.planned += 1;
        else if (!held.has(address)) {
          counts.open += 1;
          console.log(`${address}  ${rule.replace(/^(- |\d+\. |\| )/, '').slice(0, 90)}`);
        }
      });
    }
  }
  console.log(`${counts.rules} rules, ${counts.planned} of them planned; ${counts.open} of the others are held by no test`);
}
