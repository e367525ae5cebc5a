import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { summaryOf } from '#core/impact/impact.ts';
import { compileProgram } from '#core/programs/compile.ts';
import { utcText } from '#core/time/time.ts';
import { runImpact } from '../impact/run.ts';
import { openStore } from '../store/store.ts';

/**
 * npm run impact -- --draft FILE [--data DIR] [--out FILE.json]
 *
 * Replays a data folder's history for the accounts of a program under a draft beside the versions
 * they had, and tells who would have fared differently. Exit code 0 when it ran, 2 when the draft
 * or the folder cannot be used.
 */
const { values: options } = parseArgs({
  options: {
    draft: { type: 'string' },
    data: { type: 'string', default: join('.propdesk', 'replay') },
    out: { type: 'string' },
  },
});
if (!options.draft) unusable('say which draft: --draft FILE.json');
const compiled = compileProgram(readJson(options.draft), 2);
if (!compiled.ok) {
  unusable(compiled.error.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}
const store = openStore(join(options.data, 'log.sqlite'));
const start = performance.now();
const result = runImpact(store, 0, compiled.value, ({ facts, ofFacts }) => {
  if (process.stderr.isTTY)
    process.stderr.write(`\r${Math.floor((100 * facts) / ofFacts)} %  ${facts} facts`);
  return true;
});
store.close();
if (!result) unusable('stopped');
const seconds = (performance.now() - start) / 1_000;
const write = (line: string): void => void process.stdout.write(`${line}\n`);
process.stderr.write('\n');
for (const { path, message } of compiled.value.remarks) write(`remark  ${path}: ${message}`);
for (const row of result.rows.slice(0, 20)) {
  const { accountId, published, draft, first } = row;
  write(
    `${accountId}  ${published.status} → ${draft.status}  ${utcText(first.at)} (${first.says})`,
  );
  write(`    ${first.sentence}`);
}
const { totals } = result;
write(
  `${result.accounts} accounts, ${result.differing} fare differently; failed ` +
    `${totals.failedPublished} → ${totals.failedDraft} (${totals.failedOnlyDraft} only under the ` +
    `draft, ${totals.failedOnlyPublished} only as published), passed ` +
    `${totals.passedPublished} → ${totals.passedDraft}`,
);
write(`${result.marks} marks in ${seconds.toFixed(1)} s; result ${summaryOf(result).hash}`);
if (options.out) writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return unusable(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unusable(message: string): never {
  process.stderr.write(`impact: ${message}\n`);
  process.exit(2);
}
