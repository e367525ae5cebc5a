import { createCatalogue } from '../partition/catalogue.ts';
import { openPartition, type Partition } from '../partition/partition.ts';
import { loadPrograms, offersOf } from '../programs.ts';
import { openStore, type Store } from '../store/store.ts';
import type { PlatformAdapter } from './platform-adapter.ts';
import type { ProgramOffer } from '#core/accounts/offer.ts';

const IDLE_MS = 50;
const STRETCH_MS = 40;

export interface LonePartition {
  readonly partition: Partition;
  readonly store: Store;
  stop(): void;
}

export interface LonePartitionOptions {
  readonly file: string;
  readonly adapter: (store: Store, offers: readonly ProgramOffer[]) => PlatformAdapter;
  readonly recordsPerSnapshot?: number;
}

/** A partition behind a live platform and nothing else: what tools and tests measure. */
export function openLonePartition(options: LonePartitionOptions): LonePartition {
  const programs = loadPrograms();
  const store = openStore(options.file);
  const partition = openPartition({
    partition: 0,
    store,
    catalogue: createCatalogue(programs),
    adapter: options.adapter(store, offersOf(programs)),
    now: Date.now,
    recordsPerSnapshot: options.recordsPerSnapshot,
  });
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const work = (): void => {
    if (isStopped) return;
    const start = performance.now();
    let took = 0;
    do took = partition.run(Infinity).records;
    while (took > 0 && performance.now() - start < STRETCH_MS);
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(work, took > 0 ? 0 : IDLE_MS);
  };
  let isWoken = false;
  partition.source.live?.onArrival(() => {
    if (isWoken) return;
    isWoken = true;
    // After what else has arrived in this turn: one commit for all of it.
    setImmediate(() => {
      isWoken = false;
      work();
    });
  });
  work();
  return {
    partition,
    store,
    stop: () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      partition.close();
      store.close();
    },
  };
}
