import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FactDraft } from '#core/facts/registry.ts';
import { present } from '#core/kernel/assert.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { createLog, HISTORY_START, randomHistory } from '#core/kpi/testing/history.ts';
import { openStore, type Store } from '../store/store.ts';
import { programsInLog } from '../surveillance/programs-in-log.ts';
import { openKpiFollower, type KpiFollower } from './follower.ts';
import { replayList } from './replay.ts';
import { openKpiSnapshots, type KpiSnapshots } from './snapshots.ts';

const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'propdesk-kpis-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The store takes no payment that nobody approved. */
const log = createLog();
for (const { kind, data, envelope } of randomHistory(11, 2_600)) {
  if (kind !== 'paymentInstructed') log.add({ kind, data } as FactDraft, envelope.recordedAt);
}
const facts = log.facts.slice(0, 2_400);
const wish = { period: 'month' as const, until: HISTORY_START + 70 * DAY_MS };

function append(store: Store, from: number, to: number): void {
  const nothing = { marks: [], quarantined: [], commandResults: [], contents: [] };
  const progress = { records: to, seq: to, marks: 0 };
  store.append(0, { facts: facts.slice(from, to), ...nothing, progress });
}

function follow(store: Store, snapshots: KpiSnapshots | null): KpiFollower {
  const follower = openKpiFollower({
    store,
    partition: 0,
    snapshots,
    programs: programsInLog(store, 0),
    clock: () => performance.now(),
    now: () => wish.until,
  });
  while (follower.work(50));
  return follower;
}
const shown = (follower: KpiFollower): string => {
  const answer = follower.answer({ type: 'list', ...wish, kpiIds: null });
  return canonicalText(answer.type === 'list' ? answer.list.kpis : answer);
};
const again = (store: Store): string => {
  const list = replayList(wish, { store, partition: 0, programs: programsInLog(store, 0) });
  return canonicalText(list.kpis);
};

describe('numbers of a log that grows', () => {
  it('are on screen what they are when the log is read again from its first entry', () => {
    const store = openStore(join(folder, 'grows.sqlite'));
    append(store, 0, 1_500);
    const follower = follow(store, null);
    append(store, 1_500, 2_400);
    while (follower.work(50));
    expect(follower.behind()).toBe(0);
    expect(shown(follower)).toBe(again(store));
    expect(shown(follower)).toContain('"sample":');
    store.close();
  });

  it('go on after a restart from where they stood, and come to the same', () => {
    const store = openStore(join(folder, 'restart.sqlite'));
    const file = join(folder, 'restart-kpis.sqlite');
    append(store, 0, 1_500);
    const first = openKpiSnapshots(file, store.logId);
    follow(store, first).save();
    first.close();
    append(store, 1_500, 2_400);
    const second = openKpiSnapshots(file, store.logId);
    expect(second.load()?.state.seq).toBe(1_500);
    expect(shown(follow(store, second))).toBe(again(store));
    second.close();
    store.close();
  });

  it('begin again where what was kept is of another log', () => {
    const store = openStore(join(folder, 'other.sqlite'));
    append(store, 0, 1_000);
    const file = join(folder, 'other-kpis.sqlite');
    const snapshots = openKpiSnapshots(file, store.logId);
    follow(store, snapshots).save();
    const kept = present(snapshots.load(), 'what was kept');
    snapshots.save({ root: 'f'.repeat(64), state: { ...kept.state, seq: 900 } });
    const follower = follow(store, snapshots);
    expect(shown(follower)).toBe(again(store));
    expect(openKpiSnapshots(file, 'another').load()).toBe(null);
    snapshots.close();
    store.close();
  });

  it('say so where nobody knows the number that is asked for', () => {
    const store = openStore(join(folder, 'unknown.sqlite'));
    const follower = follow(store, null);
    const answer = follower.answer({ type: 'rows', ...wish, kpiId: 'happiness', limit: 5 });
    expect(answer).toEqual({ type: 'rejected', reason: 'There is no KPI "happiness"' });
    store.close();
  });
});
