import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '#core/kernel/random.ts';

const RECORDS = 36_000;
const KILLS = 6;
const SEED = 20_261_120;
const script = join(import.meta.dirname, '..', 'cli', 'replay.ts');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function argumentsFor(name: string, over: readonly string[] = []): string[] {
  const fixed = [
    '--accounts',
    '80',
    '--activity',
    '400',
    '--records',
    String(RECORDS),
    '--snapshot',
    '9000',
  ];
  return [script, ...fixed, '--data', join(folder, name), ...over];
}

function digestOf(output: string): string {
  return /digest (\w+) over \d+ facts/.exec(output)?.[0] ?? output;
}

function replay(name: string, over: readonly string[] = []): string {
  return digestOf(
    spawnSync(process.execPath, argumentsFor(name, over), { encoding: 'utf8' }).stdout,
  );
}

/** Starts a replay and kills it without warning after a while; says whether it was still running. */
async function killedReplay(name: string, afterMs: number, resume: boolean): Promise<boolean> {
  const args = argumentsFor(name, ['--batch', '700', ...(resume ? ['--resume'] : [])]);
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const signal = await new Promise((done) => child.on('exit', (_code, by) => done(by)));
  clearTimeout(timer);
  return signal === 'SIGKILL';
}

describe('a run', () => {
  it('gives one digest, whatever the size of its batches', () => {
    const whole = replay('whole');
    expect(whole).toMatch(/^digest \w{64} over \d{4,} facts$/);
    expect(replay('again')).toBe(whole);
    expect(replay('small', ['--batch', '64'])).toBe(whole);
    expect(replay('odd', ['--batch', '4999'])).toBe(whole);
  });

  it(`killed at ${KILLS} random moments and resumed, loses no fact and repeats none (seed ${SEED})`, async () => {
    const random = createRandom(SEED);
    let killed = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      if (await killedReplay('killed', 350 + random.below(900), kill > 0)) killed += 1;
    }
    expect(killed).toBeGreaterThan(0);
    expect(replay('killed', ['--resume'])).toBe(replay('whole', ['--resume']));
  });
});
