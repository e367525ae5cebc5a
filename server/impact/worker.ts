import { parentPort, workerData } from 'node:worker_threads';
import type { ImpactResult } from '#core/impact/impact.ts';
import { present } from '#core/kernel/assert.ts';
import { compileProgram } from '#core/programs/compile.ts';
import { openStore } from '../store/store.ts';
import { runImpact } from './run.ts';

/** Runs one impact preview beside the threads that must not wait for it; ended from outside. */
export interface ImpactJob {
  readonly file: string;
  readonly content: unknown;
}
export type ImpactMessage =
  | { readonly type: 'progress'; readonly facts: number; readonly ofFacts: number }
  | { readonly type: 'done'; readonly result: ImpactResult; readonly seconds: number }
  | { readonly type: 'failed'; readonly message: string };

const port = present(parentPort, 'the port of this worker');
const { file, content } = workerData as ImpactJob;
const tell = (message: ImpactMessage): void => port.postMessage(message);

const compiled = compileProgram(content, 1);
if (compiled.ok) {
  const store = openStore(file, 'read');
  const start = performance.now();
  const result = runImpact(store, 0, compiled.value, (at) => {
    tell({ type: 'progress', ...at });
    return true;
  });
  store.close();
  if (result) tell({ type: 'done', result, seconds: (performance.now() - start) / 1_000 });
} else {
  const [first] = compiled.error;
  tell({ type: 'failed', message: `${first?.path}: ${first?.message}` });
}
