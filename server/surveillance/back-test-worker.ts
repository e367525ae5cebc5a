import { parentPort, workerData } from 'node:worker_threads';
import type { BackTestResult } from '#core/fraud/back-test.ts';
import { present } from '#core/kernel/assert.ts';
import { openStore } from '../store/store.ts';
import { runBackTest, type BackTestWish } from './back-test.ts';
import { programsInLog } from './programs-in-log.ts';

/** Runs one draft beside the threads that must not wait for it; ended from outside. */
export interface BackTestJob extends BackTestWish {
  readonly file: string;
}
export type BackTestMessage =
  | { readonly type: 'progress'; readonly facts: number; readonly ofFacts: number }
  | { readonly type: 'done'; readonly result: BackTestResult; readonly seconds: number };

const PARTITION = 0;

const port = present(parentPort, 'the port of this worker');
const { file, ...wish } = workerData as BackTestJob;
const tell = (message: BackTestMessage): void => port.postMessage(message);

const store = openStore(file, 'read');
const start = performance.now();
const result = runBackTest(wish, {
  store,
  partition: PARTITION,
  isFunded: programsInLog(store, PARTITION).isFunded,
  progress: (at) => {
    tell({ type: 'progress', ...at });
    return true;
  },
});
store.close();
if (result) tell({ type: 'done', result, seconds: (performance.now() - start) / 1_000 });
