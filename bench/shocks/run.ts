import { cpus } from 'node:os';
import { sliceBook } from '#core/engine/book-slice.ts';
import { decodeSlice, encodeSlice } from '#core/sync/slice-frame.ts';
import { mostFragile, shockBook } from '#core/what-if/book-shock.ts';
import { filledBook } from '../engine/contenders/propdesk.ts';
import { benchRuleSets, instruments } from '../engine/workload.ts';

/**
 * npm run bench:shocks
 *
 * A hundred scenarios over books of 50,000 and 200,000 accounts: what a desk computes when somebody
 * asks what a move would do to everybody. The slice, its way over the wire, and the scenarios are
 * timed apart.
 */
const SCENARIOS = 100;
const write = (line: string): void => void process.stdout.write(`${line}\n`);

write(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`);
for (const accounts of [50_000, 200_000]) measure(accounts);

function measure(accounts: number): void {
  const { book } = filledBook(accounts, benchRuleSets());
  const [slice, sliceMs] = timed(() => sliceBook(book));
  const [bytes, encodeMs] = timed(() => encodeSlice(slice));
  const [decoded, decodeMs] = timed(() => decodeSlice(bytes));
  if (!decoded.ok) throw new Error(decoded.error);
  const shocks = Array.from({ length: SCENARIOS }, (_unused, at) => ({
    name: `scenario ${at}`,
    moves: instruments.map(({ symbol }, place) => ({ symbol, ppm: (at - 50) * 100 + place })),
  }));
  const [results, shockMs] = timed(() => shocks.map((shock) => shockBook(decoded.value, shock)));
  const [, fragileMs] = timed(() => mostFragile(decoded.value, 200));
  const failed = results.reduce((sum, one) => sum + one.failed, 0);
  write(
    `${accounts.toLocaleString('en')} accounts: slice ${sliceMs.toFixed(0)} ms, ` +
      `${(bytes.length / 1e6).toFixed(1)} MB, encode ${encodeMs.toFixed(0)} ms, decode ` +
      `${decodeMs.toFixed(0)} ms; ${SCENARIOS} scenarios of 40 symbols ${shockMs.toFixed(0)} ms; ` +
      `most fragile ${fragileMs.toFixed(0)} ms (${failed} failures over all scenarios)`,
  );
}

function timed<Value>(work: () => Value): readonly [Value, number] {
  const start = performance.now();
  const value = work();
  return [value, performance.now() - start];
}
