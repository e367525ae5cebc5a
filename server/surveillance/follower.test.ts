import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import { createRandom } from '#core/kernel/random.ts';
import type { Signal } from '#core/fraud/signal.ts';
import { echo } from '#core/surveillance/testing/fake-detectors.ts';
import { openDemoFirm, type DemoFirm } from '../partition/testing/demo-firm.ts';
import { loadPrograms } from '../programs.ts';
import type { Store } from '../store/store.ts';
import { openFollower, type Follower } from './follower.ts';
import { openSnapshotFile } from './snapshot-file.ts';

const SEED = 20_260_106;
const programs = loadPrograms().filter(({ program }) => program.programId === 'two-step-100k');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function snapshotPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'surveillance-'));
  folders.push(folder);
  return join(folder, 'surveillance.sqlite');
}

/** A follower on a clock that moves at every look: it works in small pieces. */
function follow(store: Store, path: string): { readonly follower: Follower; close(): void } {
  const snapshots = openSnapshotFile(path, store.logId, [echo]);
  let now = 0;
  const follower = openFollower({
    store,
    partition: 0,
    snapshots,
    detectors: [echo],
    isFunded: () => false,
    clock: () => (now += 1),
  });
  return { follower, close: snapshots.close };
}

/** All that is found by now, brought into a log that knows every signal once. */
function raiseAll(follower: Follower, log: Map<string, Signal>): void {
  for (let raising = follower.raising(); raising; raising = follower.raising()) {
    for (const signal of raising.signals) log.set(signal.signalId, signal);
    follower.raised(raising.commandId);
  }
}

function readWhole(firm: DemoFirm): Map<string, Signal> {
  const log = new Map<string, Signal>();
  const { follower, close } = follow(firm.store, snapshotPath());
  while (follower.work(1_000)) raiseAll(follower, log);
  raiseAll(follower, log);
  close();
  return log;
}

describe('a log that is followed', () => {
  it('gives the signals that it gives when it is read afterwards, whenever it is killed', () => {
    let saved = 0;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = createRandom(seed);
        const firm = openDemoFirm(programs, { seed: 1 + random.below(1_000) });
        const path = snapshotPath();
        const found = new Map<string, Signal>();
        let { follower, close } = follow(firm.store, path);
        for (let piece = 0; piece < 25; piece += 1) {
          firm.run(random.below(400));
          follower.work(1 + random.below(6));
          const fate = random.below(4);
          // Killed before its signals were in the log, after, or after it had kept its place.
          if (fate > 0) raiseAll(follower, found);
          if (fate === 2 && follower.save()) saved += 1;
          if (random.below(3) > 0) continue;
          close();
          ({ follower, close } = follow(firm.store, path));
        }
        while (follower.work(1_000)) raiseAll(follower, found);
        raiseAll(follower, found);
        close();
        const whole = readWhole(firm);
        expect(found.size).toBeGreaterThan(100);
        expect([...found.keys()].sort()).toEqual([...whole.keys()].sort());
        for (const [signalId, signal] of whole) expect(found.get(signalId)).toEqual(signal);
      }),
      { seed: SEED, numRuns: 4 },
    );
    expect(saved).toBeGreaterThan(8);
  });

  it('is kept no place of while something found is not in the log', () => {
    const firm = openDemoFirm(programs, {});
    firm.run(3_000);
    const { follower, close } = follow(firm.store, snapshotPath());
    while (follower.work(1_000) && !follower.raising());
    expect(follower.raising()).not.toBeNull();
    expect(follower.save()).toBe(false);
    raiseAll(follower, new Map());
    expect(follower.save()).toBe(true);
    close();
  });

  it('is begun from its beginning when a snapshot is of another log', () => {
    const firm = openDemoFirm(programs, {});
    firm.run(3_000);
    const path = snapshotPath();
    const before = follow(firm.store, path);
    while (before.follower.work(1_000)) raiseAll(before.follower, new Map());
    raiseAll(before.follower, new Map());
    before.follower.save();
    before.close();
    const again = follow(firm.store, path);
    expect(again.follower.place.seq).toBeGreaterThan(0);
    again.close();
    const other = openDemoFirm(programs, { seed: 12 });
    other.run(3_000);
    // The same name, and other facts in it: a copy that was put back.
    const renamed = { ...other.store, logId: firm.store.logId };
    const fresh = follow(renamed, path);
    expect(fresh.follower.place.seq).toBe(0);
    fresh.close();
  });

  it('hands other sources’ prices on where they came, after a restart as before', () => {
    const firm = openDemoFirm(programs, {});
    firm.run(6_000);
    const prices = [...firm.store.references(0, 0)].flat();
    expect(prices.length).toBeGreaterThan(100);
    const first = present(prices[0], 'a price');
    expect(prices.map(({ index }) => index)).toEqual(prices.map((_, at) => first.index + at));
    const later = [...firm.store.references(0, 50)].flat();
    expect(later).toEqual(prices.slice(50));
  });
});
