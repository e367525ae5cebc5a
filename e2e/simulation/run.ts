import { parseArgs } from 'node:util';
import { present } from '#core/kernel/assert.ts';
import { PLANTED, PLANTED_NAMES } from './planted.ts';
import { SITUATIONS } from './situations.ts';
import { shrink, without } from './shrink.ts';
import { simulate } from './simulate.ts';
import { closingLine, sweep, type Sweep } from './sweep.ts';

const FAILED_SHOWN_MAX = 5;
const TRACE_LINES_SHOWN = 25;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    plant: { type: 'string' },
    without: { type: 'string', default: '' },
    planted: { type: 'boolean', default: false },
    'planted-seeds': { type: 'string' },
    workers: { type: 'string', default: '2' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
process.exitCode = values.seed === undefined ? await runMany() : await runOne(Number(values.seed));

/** One seed with its whole trace: the same every time. */
async function runOne(seed: number): Promise<number> {
  const plant =
    values.plant === undefined
      ? {}
      : present(PLANTED[values.plant], `one of ${PLANTED_NAMES.join(', ')}`)();
  const { trace, violations, hash, steps, facts, situations } = await simulate(seed, {
    verbose: true,
    plant,
    over: without(seed, values.without.split(',')),
  });
  for (const line of trace) say(line);
  say(`seed ${seed}: ${steps} steps, ${facts} facts, trace ${hash}`);
  say(`met: ${situations.join(', ')}`);
  for (const violation of violations) say(`VIOLATION ${violation}`);
  return violations.length > 0 ? 1 : 0;
}

async function runMany(): Promise<number> {
  const start = performance.now();
  let shown = 0;
  const done = await sweep({
    from: Number(values.from),
    seeds: Number(values.seeds),
    plantedSeedsMax: values.planted ? Number(values['planted-seeds'] ?? values.seeds) : 0,
    workers: Number(values.workers),
    caught: ({ name, seeds, by }) =>
      say(`  ${name}: ${by === null ? 'not caught' : 'caught'} after ${seeds} seeds`),
    progress: (seeds) => {
      if (seeds < shown + 200) return;
      shown = seeds;
      say(`${seeds} seeds …`);
    },
  });
  const seconds = (performance.now() - start) / 1000;
  await tell(done);
  say(
    `${(done.seeds / seconds).toFixed(1)} seeds a second, ${Math.round(done.steps / done.seeds)} steps each; ` +
      `${done.facts} facts, ${done.paid} payments, ${done.twice} seeds twice`,
  );
  say(closingLine(done));
  return done.failed.length + done.unseen.length + done.missed.length > 0 ? 1 : 0;
}

async function tell({ failed, situations, planted }: Sweep): Promise<void> {
  for (const [name, seeds] of situations) say(`${String(seeds).padStart(6)}  ${SITUATIONS[name]}`);
  for (const { name, seeds, by } of planted) {
    say(
      by === null
        ? `NOT CAUGHT in ${seeds} seeds: ${name}`
        : `${name}: caught at seed ${seeds} by "${by}"`,
    );
  }
  for (const one of failed.slice(0, FAILED_SHOWN_MAX)) await tellFailure(one);
  if (failed.length > 0) say(`failed seeds: ${failed.map(({ seed }) => seed).join(' ')}`);
}

/** The seed, what it breaks, and the end of its trace without the faults that it does not need. */
async function tellFailure(failed: Sweep['failed'][number]): Promise<void> {
  const { seed, violations } = failed;
  say(`\nseed ${seed} FAILED`);
  for (const violation of violations) say(`  VIOLATION ${violation}`);
  const left = await shrink(failed);
  say(
    `  to see all of it: npm run sim -- --seed ${seed}${left.length > 0 ? ` --without ${left.join(',')}` : ''}`,
  );
  const { trace } = await simulate(seed, { over: without(seed, left) });
  for (const line of trace.slice(-TRACE_LINES_SHOWN)) say(`    ${line}`);
}
