import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seedFor } from '#core/kernel/random.ts';
import type { Found } from './checker.ts';
import { createDisk, type Image } from './disk.ts';
import { imagesAt } from './losses.ts';
import { isSharedMemory, readTrace, type DiskEvent } from './trace.ts';

const EXAMPLES_MAX = 3;

/** A recorded run of a worker: where its trace is, and which paths it was about. */
export interface Recording {
  readonly trace: string;
  readonly folder: string;
  readonly saidIn: string;
}

export interface ImagesRequest {
  readonly type: 'images';
  readonly operation: string;
  readonly recording: Recording;
  /** Points in time: after so many events of the recording. */
  readonly points: readonly number[];
  readonly drawn: number;
  readonly seed: number;
  readonly dropsFailed: boolean;
  /** Where an image is written to be opened. */
  readonly place: string;
}

export interface ImagesReply {
  readonly points: number;
  /** All that were built, and those among them that no other equals: these were opened. */
  readonly built: number;
  readonly opened: number;
  /** Acknowledged acts that an image lacks, over all images, and the points with such an image. */
  readonly lost: number;
  readonly losingPoints: number;
  readonly corrupt: number;
  readonly examples: readonly string[];
}

/** By content: one image can follow from many losses of power. */
const known = new Map<string, Found>();
const recordings = new Map<string, readonly DiskEvent[]>();

export function eventsOf({ trace, folder, saidIn }: Recording): readonly DiskEvent[] {
  const read = recordings.get(trace);
  if (read) return read;
  const all = readTrace(readFileSync(trace, 'utf8'), folder, saidIn);
  // What memory shared between connections holds is made up for every image.
  const events = all.filter(
    (event) => !((event.type === 'write' || event.type === 'resize') && isSharedMemory(event.name)),
  );
  recordings.set(trace, events);
  return events;
}

/** Builds the images of some points and opens every one that was not opened before. */
export function checkImages(
  request: ImagesRequest,
  inspect: (folder: string) => Found,
): ImagesReply {
  const tally = createTally();
  const disk = createDisk(request);
  const acknowledged: string[] = [];
  for (const [at, event] of [null, ...eventsOf(request.recording)].entries()) {
    if (event) disk.apply(event);
    if (event?.type === 'said') acknowledged.push(...acknowledgedIn([event.line]));
    if (!request.points.includes(at)) continue;
    // Before the first acknowledgement nothing can be missing, only broken.
    const drawn = Math.ceil(request.drawn / (acknowledged.length > 0 ? 1 : 8));
    tally.point(at);
    for (const image of imagesAt(disk, seedFor(request.seed, `point ${at}`), drawn)) {
      const { found, isNew } = lookAt(image, request.place, inspect);
      const missing = acknowledged.filter((id) => !found.present.includes(id));
      tally.image(isNew, missing, found.problems);
    }
  }
  return tally.reply();
}

interface Tally {
  point(at: number): void;
  image(isNew: boolean, missing: readonly string[], problems: readonly string[]): void;
  reply(): ImagesReply;
}

function createTally(): Tally {
  const losing = new Set<number>();
  const examples: string[] = [];
  let [points, built, opened, lost, corrupt, point] = [0, 0, 0, 0, 0, 0];
  return {
    point: (at) => {
      point = at;
      points += 1;
    },
    image: (isNew, missing, problems) => {
      built += 1;
      if (isNew) opened += 1;
      lost += missing.length;
      if (missing.length > 0) losing.add(point);
      if (problems.length > 0) corrupt += 1;
      const wrong = [...missing.map((id) => `${id} is missing`), ...problems];
      if (wrong.length > 0 && examples.length < EXAMPLES_MAX)
        examples.push(`power cut after event ${point}: ${wrong.join('; ')}`);
    },
    reply: () => ({ points, built, opened, lost, losingPoints: losing.size, corrupt, examples }),
  };
}

function lookAt(
  image: Image,
  place: string,
  inspect: (folder: string) => Found,
): { readonly found: Found; readonly isNew: boolean } {
  const key = keyOf(image);
  const before = known.get(key);
  if (before) return { found: before, isNew: false };
  const found = inspect(write(image, place));
  known.set(key, found);
  return { found, isNew: true };
}

export function acknowledgedIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) => (line.startsWith('ack ') ? [line.slice(4)] : []));
}

function keyOf(image: Image): string {
  const hash = createHash('sha1');
  for (const [name, bytes] of image) {
    // The index of the log is made anew at every start: images that differ in it alone are equal.
    if (isSharedMemory(name)) continue;
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function write(image: Image, folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) unlinkSync(join(folder, name));
  for (const [name, bytes] of image) writeFileSync(join(folder, name), bytes);
  return folder;
}
