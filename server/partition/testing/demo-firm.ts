import type { CompiledProgram } from '#core/programs/compile.ts';
import type { PreviewSummary } from '#core/programs/programs.events.ts';
import { createReplayAdapter } from '#server/adapters/replay/adapter.ts';
import { verifyInTests } from '#server/commands/testing/signing-desk.ts';
import { offersOf } from '#server/programs.ts';
import { openStore, type Store } from '#server/store/store.ts';
import { createCatalogue } from '../catalogue.ts';
import { openPartition, type Partition } from '../partition.ts';

/** A Friday morning in May. */
export const FIRM_START: number = Date.UTC(2014, 4, 2, 9);

/** A small demo firm on a log of its own, for tests of what a server does. */
export interface DemoFirm {
  readonly store: Store;
  readonly partition: Partition;
  /** Previews that were run: publishing rests on one. */
  readonly previews: Map<string, PreviewSummary>;
  /** Takes so many records more. */
  run(records: number): void;
}

/** Opened again on the same store, it goes on where it stopped. */
export function openDemoFirm(
  programs: readonly CompiledProgram[],
  { store = openStore(':memory:'), seed = 11, accounts = 40, activityPercent = 900 } = {},
): DemoFirm {
  const previews = new Map<string, PreviewSummary>();
  const partition = openPartition({
    partition: 0,
    store,
    catalogue: createCatalogue(programs),
    preview: (hash) => previews.get(hash) ?? null,
    now: () => FIRM_START,
    audience: { org: 'test-firm', env: 'test' },
    verify: verifyInTests,
    adapter: createReplayAdapter({
      seed,
      accounts,
      activityPercent,
      programs: offersOf(programs),
      startAt: FIRM_START,
      recorded: null,
    }),
  });
  return {
    store,
    partition,
    previews,
    run: (records) => {
      const until = partition.records + records;
      while (partition.records < until) partition.run(Infinity, until - partition.records);
    },
  };
}
