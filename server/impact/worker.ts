import { parentPort, workerData } from 'node:worker_threads';
import type { ImpactResult } from '#core/impact/impact.ts';
import { present } from '#core/kernel/assert.ts';
import { compileProgram } from '#core/programs/compile.ts';
import { openStore } from '../store/store.ts';
import { openImpactReplay } from './run.ts';

/** Runs one draft beside the threads that must not wait for it; ended from outside. */
export interface ImpactJob {
  readonly file: string;
  readonly content: unknown;
  /** Goes on with the log as it grows: a shadow run. */
  readonly follows: boolean;
  /** One account alone, or all of the program's. */
  readonly accountId: string | null;
}
export type ImpactMessage =
  | { readonly type: 'progress'; readonly facts: number; readonly ofFacts: number }
  | { readonly type: 'done'; readonly result: ImpactResult; readonly seconds: number }
  | { readonly type: 'failed'; readonly message: string };

const FOLLOW_EVERY_MS = 2_000;

const port = present(parentPort, 'the port of this worker');
const { file, content, follows, accountId } = workerData as ImpactJob;
const tell = (message: ImpactMessage): void => port.postMessage(message);

const compiled = compileProgram(content, 1);
if (compiled.ok) {
  const store = openStore(file, 'read');
  const start = performance.now();
  const replay = openImpactReplay(store, 0, compiled.value, accountId);
  const tellResult = (): void =>
    tell({ type: 'done', result: replay.result(), seconds: (performance.now() - start) / 1_000 });
  replay.catchUp((at) => {
    tell({ type: 'progress', ...at });
    return true;
  });
  tellResult();
  if (follows) {
    setInterval(() => {
      replay.catchUp();
      tellResult();
    }, FOLLOW_EVERY_MS);
  } else {
    store.close();
  }
} else {
  const [first] = compiled.error;
  tell({ type: 'failed', message: `${first?.path}: ${first?.message}` });
}
