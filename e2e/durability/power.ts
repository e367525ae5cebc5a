import { join } from 'node:path';
import { eventsOf, type ImagesReply, type ImagesRequest, type Recording } from './images.ts';
import { onLanes, record, type Surveyed } from './scenario.ts';

/** Any number: the same one gives the same images. */
const SEED = 20_140_502;
const POINTS_PER_TASK = 4;
/** Where many recordings are cut, or only one loss has to be found, few images per point do. */
const DRAWN_AFTER_FAILURE = 2;
const POINT_EVERY_AFTER_FAILURE = 3;
const DRAWN_WHEN_WEAKER = 12;
const EXAMPLES_MAX = 5;

const NOTHING: ImagesReply = {
  points: 0,
  built: 0,
  opened: 0,
  lost: 0,
  losingPoints: 0,
  corrupt: 0,
  examples: [],
};

/** Cuts the power of the recorded run after every `every`-th thing that it did to its disk. */
export function cutPower(surveyed: Surveyed, every: number): Promise<ImagesReply> {
  const { drawn } = surveyed.scenario;
  return imagesOf(surveyed, surveyed.recording, { drawn, every });
}

/** The canary: what was acknowledged is not on the disk. */
export async function cutPowerWhenWeaker(surveyed: Surveyed, every: number): Promise<ImagesReply> {
  const { drawn, weaker } = surveyed.scenario;
  const { recording } = await record(surveyed, 'weaker', [], weaker.given);
  return imagesOf(surveyed, recording, { drawn: Math.min(drawn, DRAWN_WHEN_WEAKER), every });
}

/** What came of it, apart by what could not be synchronised: a file, or the folder. */
export interface AfterFailure {
  readonly ofFile: ImagesReply;
  readonly ofFolder: ImagesReply;
}

/**
 * One synchronisation fails, and what it was about is gone: the operating system counts those pages
 * as clean. The power is cut later: whatever was acknowledged in between must be there. When it is
 * the folder that cannot be synchronised, SQLite goes on: its files have no safe names until the
 * folder was synchronised after all.
 */
export async function cutPowerAfterFailure(
  surveyed: Surveyed,
  every: number,
): Promise<AfterFailure> {
  const tasks = ['fsync', 'fdatasync'].flatMap((call) =>
    Array.from({ length: surveyed.calls.get(call) ?? 0 }, (_, at) => ({ call, when: at + 1 })),
  );
  const thin = tasks.filter((_, at) => at % every === 0);
  const replies = await onLanes(surveyed.lanes, thin, async ({ call, when }, lane) => {
    const injection = ['-e', `inject=${call}:error=EIO:when=${when}`];
    const { recording } = await record(surveyed, `${call}-${when}`, injection, []);
    const { name, points } = failureIn(recording);
    const how = { drawn: DRAWN_AFTER_FAILURE, dropsFailed: true };
    const reply = await lane.checker.images(request(surveyed, lane, recording, points, how));
    return { isFolder: name === '', reply };
  });
  const sum = (isFolder: boolean): ImagesReply =>
    replies
      .filter((one) => one.isFolder === isFolder)
      .map(({ reply }) => reply)
      .reduce(add, NOTHING);
  return { ofFile: sum(false), ofFolder: sum(true) };
}

async function imagesOf(
  surveyed: Surveyed,
  recording: Recording,
  { drawn, every }: { readonly drawn: number; readonly every: number },
): Promise<ImagesReply> {
  const points = pointsFrom(recording, 0).filter((_, at) => at % every === 0);
  const tasks = Array.from({ length: Math.ceil(points.length / POINTS_PER_TASK) }, (_, at) =>
    points.slice(at * POINTS_PER_TASK, (at + 1) * POINTS_PER_TASK),
  );
  const replies = await onLanes(surveyed.lanes, tasks, (some, lane) =>
    lane.checker.images(request(surveyed, lane, recording, some, { drawn, dropsFailed: false })),
  );
  return replies.reduce(add, NOTHING);
}

function request(
  { scenario }: Surveyed,
  lane: { readonly folder: string },
  recording: Recording,
  points: readonly number[],
  how: Pick<ImagesRequest, 'drawn' | 'dropsFailed'>,
): ImagesRequest {
  const { operation } = scenario;
  const place = join(lane.folder, 'image');
  return { type: 'images', operation, recording, points, seed: SEED, place, ...how };
}

/** A point lies after so many events: 0 is before the first. */
function pointsFrom(recording: Recording, from: number): number[] {
  const { length } = eventsOf(recording);
  return Array.from({ length: length + 1 - from }, (_, at) => from + at);
}

/** What could not be synchronised, and the points from there on: all acknowledgements, and others. */
function failureIn(recording: Recording): { readonly name: string; readonly points: number[] } {
  const events = eventsOf(recording);
  const at = events.findIndex(({ type }) => type === 'failedSync');
  const failed = events[at];
  if (failed?.type !== 'failedSync') throw new Error('a synchronisation was to fail, and none did');
  const points = pointsFrom(recording, at + 1).filter(
    (point) => point % POINT_EVERY_AFTER_FAILURE === 0 || events[point - 1]?.type === 'said',
  );
  return { name: failed.name, points };
}

function add(one: ImagesReply, other: ImagesReply): ImagesReply {
  return {
    points: one.points + other.points,
    built: one.built + other.built,
    opened: one.opened + other.opened,
    lost: one.lost + other.lost,
    losingPoints: one.losingPoints + other.losingPoints,
    corrupt: one.corrupt + other.corrupt,
    examples: [...one.examples, ...other.examples].slice(0, EXAMPLES_MAX),
  };
}
