import { parentPort, workerData } from 'node:worker_threads';
import { present } from '#core/kernel/assert.ts';
import { openStore } from '../store/store.ts';
import { openFollower } from './follower.ts';
import type { FromSurveillance, SurveillanceWorkerOptions, ToSurveillance } from './messages.ts';
import { programsInLog } from './programs-in-log.ts';
import { openSnapshotFile } from './snapshot-file.ts';

/** Works for so long, then sleeps at least as long: enforcement has the cores first. */
const SLICE_MS = 15;
const SLEEP_PER_WORK = 1;
/** Without word from the server it looks for itself, at this pace. */
const LOOK_EVERY_MS = 500;
/** Facts come many times a second; so little waiting makes them one piece of work. */
const GATHER_MS = 100;
const STANDING_EVERY_MS = 1_000;
/** Saving may take so much of its time, and happens so often at the most. */
const SAVE_EVERY_MS = 60_000;
const SAVE_SHARE = 50;
const PARTITION = 0;

const port = present(parentPort, 'the port of this worker');
const options = workerData as SurveillanceWorkerOptions;
const tell = (message: FromSurveillance): void => port.postMessage(message);

const store = openStore(options.log, 'read');
const programs = programsInLog(store, PARTITION);
const snapshots = openSnapshotFile(options.snapshot, store.logId);
const follower = openFollower({
  store,
  partition: PARTITION,
  snapshots,
  isFunded: programs.isFunded,
  heard: programs.heard,
  clock: () => performance.now(),
});
let timer = setTimeout(work, 0);
let isAsleep = false;
let isStopped = false;
/** The command that is being decided: until then nothing more is read. */
let asked: string | null = null;
let workedMs = 0;
let toldAt = performance.now();
let nextSaveAt = toldAt + SAVE_EVERY_MS;

port.on('message', (message: ToSurveillance) => {
  if (isStopped) return;
  switch (message.type) {
    case 'committed':
      if (isAsleep) sleep(GATHER_MS, false);
      return;
    case 'raised':
      follower.raised(message.commandId);
      asked = null;
      return sleep(0, false);
    case 'toxicity': {
      const { id, question } = message;
      return tell({ type: 'toxicity', id, rows: follower.surveillance.toxicity(question) });
    }
    case 'stop':
      return stop();
  }
});

function work(): void {
  const began = performance.now();
  const isMore = asked === null && follower.work(SLICE_MS);
  const took = performance.now() - began;
  workedMs += took;
  const raising = follower.raising();
  if (raising && asked === null) {
    asked = raising.commandId;
    tell({ type: 'raise', raising });
  }
  saveSometimes();
  tellStanding();
  sleep(isMore ? took * SLEEP_PER_WORK : LOOK_EVERY_MS, !isMore);
}

/** Whether a word of the server may wake it earlier. */
function sleep(forMs: number, wakes: boolean): void {
  clearTimeout(timer);
  isAsleep = wakes;
  timer = setTimeout(work, forMs);
}

function saveSometimes(): void {
  const began = performance.now();
  if (began < nextSaveAt || !save()) return;
  const took = performance.now() - began;
  workedMs += took;
  nextSaveAt = began + Math.max(SAVE_EVERY_MS, took * SAVE_SHARE);
}

function save(): boolean {
  try {
    return follower.save();
  } catch (error) {
    // Only a restart takes longer without it; it is tried again when the next one is due.
    const message = error instanceof Error ? error.message : String(error);
    tell({ type: 'problem', message: `where surveillance stands could not be kept: ${message}` });
    return true;
  }
}

function tellStanding(): void {
  const now = performance.now();
  if (now - toldAt < STANDING_EVERY_MS) return;
  const { surveillance, place } = follower;
  const { facts, marks } = follower.behind();
  tell({
    type: 'standing',
    standing: {
      seq: place.seq,
      marketAt: surveillance.at,
      factsBehind: facts,
      marksBehind: marks,
      policyVersion: surveillance.policy.version,
      busyPerMille: Math.min(1_000, Math.round((workedMs * 1_000) / (now - toldAt))),
      held: surveillance.held(),
      detectors: surveillance.standings(),
    },
  });
  workedMs = 0;
  toldAt = now;
}

function stop(): void {
  isStopped = true;
  clearTimeout(timer);
  save();
  snapshots.close();
  store.close();
  tell({ type: 'stopped' });
  port.close();
}
