import { parentPort, workerData } from 'node:worker_threads';
import { present } from '#core/kernel/assert.ts';
import { openStore } from '../store/store.ts';
import { programsInLog } from '../surveillance/programs-in-log.ts';
import { openKpiFollower } from './follower.ts';
import type { FromKpi, KpiWorkerOptions, ToKpi } from './messages.ts';
import { openKpiSnapshots } from './snapshots.ts';

/** Works for so long, then sleeps as long: enforcement has the cores first. */
const SLICE_MS = 15;
/** Without word from the server it looks for itself, at this pace. */
const LOOK_EVERY_MS = 1_000;
/** Facts come many times a second; so little waiting makes them one piece of work. */
const GATHER_MS = 200;
/** Saving may take so much of its time, and happens so often at the most. */
const SAVE_EVERY_MS = 120_000;
const SAVE_SHARE = 50;
const PARTITION = 0;

const port = present(parentPort, 'the port of this worker');
const options = workerData as KpiWorkerOptions;
const tell = (message: FromKpi): void => port.postMessage(message);

const store = openStore(options.log, 'read');
const snapshots = openKpiSnapshots(options.snapshot, store.logId);
const follower = openKpiFollower({
  store,
  partition: PARTITION,
  snapshots,
  programs: programsInLog(store, PARTITION),
  clock: () => performance.now(),
  now: Date.now,
});
let timer = setTimeout(work, 0);
let isAsleep = false;
let savedSeq = follower.run.seq;
let nextSaveAt = performance.now() + SAVE_EVERY_MS;

port.on('message', (message: ToKpi) => {
  switch (message.type) {
    case 'committed':
      if (isAsleep) sleep(GATHER_MS, false);
      return;
    case 'ask':
      return tell({ type: 'answer', id: message.id, answer: follower.answer(message.question) });
    case 'stop':
      return stop();
  }
});

function work(): void {
  const began = performance.now();
  const isMore = follower.work(SLICE_MS);
  const took = performance.now() - began;
  if (performance.now() > nextSaveAt && follower.run.seq > savedSeq) save();
  sleep(isMore ? took : LOOK_EVERY_MS, !isMore);
}

/** Whether a word of the server may wake it earlier. */
function sleep(forMs: number, wakes: boolean): void {
  clearTimeout(timer);
  isAsleep = wakes;
  timer = setTimeout(work, forMs);
}

function save(): void {
  const began = performance.now();
  try {
    follower.save();
    savedSeq = follower.run.seq;
  } catch (error) {
    // Only a restart takes longer without it; it is tried again when the next one is due.
    const message = error instanceof Error ? error.message : String(error);
    tell({ type: 'problem', message: `where the numbers stand could not be kept: ${message}` });
  }
  const took = performance.now() - began;
  nextSaveAt = began + Math.max(SAVE_EVERY_MS, took * SAVE_SHARE);
}

function stop(): void {
  clearTimeout(timer);
  save();
  snapshots.close();
  store.close();
  tell({ type: 'stopped' });
  port.close();
}
