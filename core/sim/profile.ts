import { mix } from './dice.ts';
import type { Style } from './styles.ts';

export type Client = 'desktop' | 'web' | 'mobile' | 'api';

/** How a person trades whatever the role: where, when, what, how much, from what. */
export interface Profile {
  readonly region: string;
  /** Hours by which the local clock is ahead of UTC. */
  readonly offsetHours: number;
  /** Trades from this local hour on, for so many hours; 24 for a machine that never sleeps. */
  readonly fromHour: number;
  readonly hours: number;
  /** Favourite symbols, the first one most. */
  readonly symbols: readonly number[];
  readonly sizePercent: number;
  readonly holdPercent: number;
  readonly pacePercent: number;
  readonly client: Client;
  /** Of a hundred positions so many are protected at once. */
  readonly protectsPercent: number;
}

/** Where the demo's traders live, and how far their clocks are ahead of UTC. */
const REGIONS: readonly (readonly [region: string, offsetHours: number])[] = [
  ['GB', 0],
  ['DE', 1],
  ['CZ', 1],
  ['FR', 1],
  ['ES', 1],
  ['IT', 1],
  ['PL', 1],
  ['NG', 1],
  ['ZA', 2],
  ['KE', 3],
  ['AE', 4],
  ['PK', 5],
  ['IN', 5],
  ['VN', 7],
  ['ID', 7],
  ['MY', 8],
  ['PH', 8],
  ['JP', 9],
  ['AU', 10],
  ['BR', -3],
  ['CO', -5],
  ['US', -5],
  ['CA', -5],
  ['MX', -6],
];
const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

/** The profile of a hand: always the same one, whatever has happened in the world. */
export function profileOf(seed: number, hand: number, symbols: number, style: Style): Profile {
  const roll = (salt: number, limit: number): number => mix(seed, hand, salt, 101) % limit;
  const [region, offsetHours] = homeOf(seed, hand);
  const machine = style.machine === true;
  // One in three has a job and trades in the evening.
  const evening = roll(2, 3) === 0;
  return {
    region,
    offsetHours,
    fromHour: evening ? 15 + roll(3, 4) : 6 + roll(3, 5),
    hours: machine ? DAY_HOURS : (evening ? 6 : 8) + roll(4, 6),
    symbols: favourites(symbols, (salt, limit) => roll(20 + salt, limit)),
    sizePercent: 50 + roll(5, 100),
    holdPercent: 60 + roll(6, 90),
    pacePercent: 60 + roll(7, 100),
    client: clientOf(machine, roll(8, 100)),
    protectsPercent: roll(9, 12) === 0 ? 20 : 97,
  };
}

/** Where a hand lives: the country, and how far its clock is ahead of UTC. */
export function homeOf(seed: number, hand: number): readonly [region: string, hours: number] {
  return REGIONS[mix(seed, hand, 1, 101) % REGIONS.length] ?? ['GB', 0];
}

function favourites(symbols: number, roll: (salt: number, limit: number) => number): number[] {
  const first = roll(0, symbols);
  if (symbols === 1 || roll(1, 3) === 0) return [first];
  return [first, (first + 1 + roll(2, symbols - 1)) % symbols];
}

function clientOf(machine: boolean, chance: number): Client {
  if (machine) return chance < 45 ? 'api' : 'desktop';
  return chance < 55 ? 'desktop' : chance < 80 ? 'web' : 'mobile';
}

/** The person's own day, counted; it begins at midnight of the local clock. */
export function localDay({ offsetHours }: Profile, at: number): number {
  return Math.floor((at + offsetHours * HOUR_MS) / (DAY_HOURS * HOUR_MS));
}

/** Milliseconds until the person is at the desk; 0 when there. */
export function absentFor({ offsetHours, fromHour, hours }: Profile, at: number): number {
  if (hours >= DAY_HOURS) return 0;
  const dayMs = DAY_HOURS * HOUR_MS;
  const sinceStart = at + (offsetHours - fromHour) * HOUR_MS;
  const within = sinceStart - Math.floor(sinceStart / dayMs) * dayMs;
  return within < hours * HOUR_MS ? 0 : dayMs - within;
}
