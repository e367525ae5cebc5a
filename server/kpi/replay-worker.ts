import { parentPort, workerData } from 'node:worker_threads';
import { present } from '#core/kernel/assert.ts';
import type { KpiList, KpiWish } from '#core/kpi/answers.ts';
import { openStore } from '../store/store.ts';
import { programsInLog } from '../surveillance/programs-in-log.ts';
import { replayList } from './replay.ts';

/** Reads the whole log beside the threads that must not wait for it; ended from outside. */
export interface ReplayJob extends KpiWish {
  readonly file: string;
}
export type ReplayMessage =
  | { readonly type: 'progress'; readonly facts: number; readonly ofFacts: number }
  | { readonly type: 'done'; readonly list: KpiList; readonly seconds: number };

const PARTITION = 0;

const port = present(parentPort, 'the port of this worker');
const { file, ...wish } = workerData as ReplayJob;
const tell = (message: ReplayMessage): void => port.postMessage(message);

const store = openStore(file, 'read');
const start = performance.now();
const list = replayList(wish, {
  store,
  partition: PARTITION,
  programs: programsInLog(store, PARTITION),
  progress: (at) => tell({ type: 'progress', ...at }),
});
store.close();
tell({ type: 'done', list, seconds: (performance.now() - start) / 1_000 });
