/**
 * Writes docs/faults.md from tests/e2e/faults.ts. With --check, fails if the file is not as it would
 * be written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { transformSync } from 'esbuild';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const FILE = 'docs/faults.md';
const INTRODUCTION = `# What the page does when a call fails

Made from \`tests/e2e/faults.ts\` by \`node scripts/faults.mjs\`. Each row is a test of \`faults.spec.ts\`, which sends
the page into the fault and out of it again: one notice says what is wrong, and nothing that was there is lost. The
errors themselves are in [agent-api.md](agent-api.md#errors). All texts of a backend are shown as text.
`;

// Node 20 reads no TypeScript.
const { code } = transformSync(readFileSync('tests/e2e/faults.ts', 'utf8'), { loader: 'ts', format: 'esm' });
const { CALLS, FAULTS, cellOf } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

const lines = [INTRODUCTION];
for (const [call, { name, place, route }] of Object.entries(CALLS)) {
  lines.push(`## ${name}\n`, `\`${route}\`. What is said stands at ${place}.\n`);
  lines.push('| fault | says | kept | ends |', '| --- | --- | --- | --- |');
  for (const [fault, kind] of Object.entries(FAULTS)) {
    const cell = cellOf(call, fault);
    if (cell === null) continue;
    const { says, beside, notice, kept, recovers, silently } = cell;
    const elsewhere = beside ? `, beside "${beside}"` : notice ? `, in the notice "${notice}"` : '';
    const cells = silently === undefined ? [`"${says}"${elsewhere}`, kept, recovers] : [`nothing: ${silently}`, '', ''];
    lines.push(`| ${[kind.name, ...cells].join(' | ')} |`);
  }
  lines.push('');
}
const text = lines.join('\n');

if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error(`${FILE} is not what tests/e2e/faults.ts says: run node scripts/faults.mjs`);
  process.exitCode = 1;
}
