import { cpus } from 'node:os';
import { createAccountGroups } from '#core/exposure/account-groups.ts';
import { collectCells } from '#core/exposure/cells.ts';
import { measureBook } from '#core/exposure/slices.ts';
import { payoutPolicySchema } from '#core/payouts/policy.ts';
import { filledBook } from '../engine/contenders/propdesk.ts';
import { benchRuleSets } from '../engine/workload.ts';

/**
 * npm run bench:exposure [-- accounts …]
 *
 * One look at everything that is open, as the partition's thread takes it while it enforces rules:
 * 40 symbols, two positions an account, two of ten accounts funded, 30 regions, and traders who
 * came over two years. Beside it, what the serving thread makes of the cells.
 */
const LOOKS = 15;
const REGIONS = 30;
const DAY_MS = 86_400_000;
const BOOKS = [50_000, 1_000_000];
const write = (line: string): void => void process.stdout.write(`${line}\n`);

write(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`);
const asked = process.argv.slice(2).map(Number);
for (const accounts of asked.length > 0 ? asked : BOOKS) measure(accounts);

function measure(accounts: number): void {
  const { book } = filledBook(accounts, benchRuleSets());
  book.pack();
  const policy = payoutPolicySchema.parse({ split: { byNumber: ['80'] } });
  const groups = createAccountGroups(book, {
    policyOf: ({ accountId }) =>
      Number(/\d+$/.exec(accountId)?.[0] ?? 0) % 5 === 0 ? policy : undefined,
    openedAt: (accountId) => (Number(/\d+$/.exec(accountId)?.[0] ?? 0) % 730) * DAY_MS,
  });
  const [, followMs] = timed(() => groups.follow());
  for (let number = 0; number < accounts; number += 1) {
    groups.locate(book.terms(number).traderId, `R${number % REGIONS}`);
  }
  const looks = Array.from({ length: LOOKS }, () => timed(() => collectCells(book, groups)));
  const [cells] = looks[0] as (typeof looks)[number];
  const reads = Array.from({ length: LOOKS }, () => timed(() => measureBook(cells)));
  const { firm } = reads[0]?.[0] ?? measureBook(cells);
  write(
    `${accounts.toLocaleString('en')} accounts, ${firm.positions.toLocaleString('en')} positions: ` +
      `one look ${middle(looks.map(([, ms]) => ms))} ms (first ${looks[0]?.[1].toFixed(1)} ms), ` +
      `taking all accounts in ${followMs.toFixed(0)} ms once; ` +
      `${(cells.cells.byteLength / 1e6).toFixed(1)} MB of cells read in ${middle(reads.map(([, ms]) => ms))} ms`,
  );
}

function middle(values: readonly number[]): string {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(1);
}

function timed<Value>(work: () => Value): readonly [Value, number] {
  const start = performance.now();
  const value = work();
  return [value, performance.now() - start];
}
