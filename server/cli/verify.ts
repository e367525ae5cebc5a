import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { base64Of } from '#core/kernel/base64.ts';
import { openStore } from '../store/store.ts';
import { verifyLog } from '../verify/verify.ts';
import { verifyTree } from '../verify/verify-tree.ts';

/**
 * npm run verify [-- --data DIR] [--every N]
 *
 * Derives every verdict in the server's log again, from the log's inputs and the mark journal,
 * with the reference evaluator, and compares byte for byte. Then hashes every fact again and holds the
 * tree over them against the one stored and the last checkpoint signed. Exit code 0 when all agree, 1 when any
 * differs (each difference names its fact), 2 when there is no log to verify. `--every 100` derives one
 * account in a hundred, for logs too large to be derived whole.
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '.propdesk' },
    every: { type: 'string', default: '1' },
  },
});
const DIFFERENCES_SHOWN = 20;
const folder = resolve(options.data);
const file = [join(folder, 'server', 'log.sqlite'), join(folder, 'log.sqlite')].find(existsSync);
if (file === undefined) {
  process.stderr.write(`verify: ${folder} holds no log; give its folder with --data\n`);
  process.exit(2);
}
const store = openStore(file, 'read');
const started = performance.now();
let shown = started;
const report = (marks: number, facts: number): void => {
  if (performance.now() - shown < 2_000) return;
  shown = performance.now();
  process.stdout.write(`  ${marks} marks, ${facts} facts\n`);
};
const result = verifyLog(store, 0, report, Math.max(1, Number(options.every)));
for (const difference of result.differences.slice(0, DIFFERENCES_SHOWN)) {
  process.stderr.write(`${difference}\n`);
}
process.stdout.write(
  `${result.facts} facts, ${result.marks} marks, ${result.derived} verdicts and status changes derived again in ` +
    `${((performance.now() - started) / 1000).toFixed(1)} s: ` +
    `${result.differences.length === 0 ? 'all equal' : `${result.differences.length} differ`}\n`,
);
const noteFile = join(dirname(file), 'checkpoint.txt');
const note = existsSync(noteFile) ? readFileSync(noteFile, 'utf8') : null;
const tree = verifyTree(store, 0, note);
for (const difference of tree.differences.slice(0, DIFFERENCES_SHOWN)) {
  process.stderr.write(`${difference}\n`);
}
process.stdout.write(
  `tree over ${tree.size} facts, root ${base64Of(tree.root)}` +
    `${note === null ? '' : ', with its signed checkpoint'}: ` +
    `${tree.differences.length === 0 ? 'all as appended' : `${tree.differences.length} differ`}\n`,
);
store.close();
process.exit(result.differences.length + tree.differences.length === 0 ? 0 : 1);
