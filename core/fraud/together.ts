import type { EpochMs } from '#core/time/time.ts';

/** Acts that wait or may still be matched; in a busier minute the rest is passed over. */
const ACTS_MAX = 30_000;
/** More than so many that lie in the same place are a crowd, and no ring. */
const CROWD = 24;
const SECONDS_APART = 1_048_576;
export const TOGETHER_HELD_MAX = ACTS_MAX;

/** Something a trader did in a market, to be matched with what others did. */
export interface Act {
  readonly trader: string;
  readonly accountId: string;
  readonly positionId: string;
  readonly at: EpochMs;
  /** The underlying and the way the bet goes: "EUR/USD +". */
  readonly market: string;
  /** The market of those that it is matched with: the same, or the other way. */
  readonly matching: string;
  /** The market of those who bet against it. */
  readonly opposing: string;
}

/** What is together. */
export interface Nearness<Kind extends Act> {
  /** Two whole numbers: acts that are together differ by one at most in each. */
  placeOf(act: Kind): readonly [number, number];
  areTogether(one: Kind, other: Kind): boolean;
  /** How long after an act another may come that is together with it. */
  readonly waitMs: number;
}

export interface Matched<Kind extends Act> {
  readonly act: Kind;
  /** All that match it, in order of time. */
  readonly matches: readonly Kind[];
  /** Traders who were there at the same time on either side, itself included. */
  readonly around: ReadonlySet<string>;
  /** Traders who acted the other way at the same time, whatever the rest of their place. */
  readonly against: ReadonlySet<string>;
}

/**
 * Finds acts that are together. None is compared with all others: those of the same market and
 * place lie in one small bucket, and a bucket with a crowd in it is left alone.
 */
export interface Together<Kind extends Act> {
  add(act: Kind): void;
  /**
   * Gives every act that has waited long enough and that others match, in order of time. Where
   * there is a crowd it gives none.
   */
  settle(at: EpochMs, matched: (found: Matched<Kind>) => void): void;
  size(): number;
  state(): TogetherState<Kind>;
}

export interface TogetherState<Kind> {
  /** Acts that nobody looked at yet. */
  readonly fresh: readonly Kind[];
  /** Acts in buckets. */
  readonly placed: readonly Kind[];
  /** How many of `placed` were given already: they only wait to be matched by others. */
  readonly given: number;
}

export function createTogether<Kind extends Act>(
  { placeOf, areTogether, waitMs }: Nearness<Kind>,
  resume?: TogetherState<Kind>,
): Together<Kind> {
  let fresh: Kind[] = [...(resume?.fresh ?? [])];
  // In order of time; those before `given` were given already.
  let placed: Kind[] = [...(resume?.placed ?? [])];
  let given = resume?.given ?? 0;
  /** By market: acts of one place, and acts of one first number. */
  const buckets = new Map<string, Map<number, Kind[]>>();
  const lanes = new Map<string, Map<number, Kind[]>>();
  const place = (act: Kind): void => {
    const [first, second] = placeOf(act);
    putInto(buckets, act.market, keyOf(first, second), act);
    putInto(lanes, act.market, first, act);
  };
  for (const act of placed) place(act);
  const againstOf = (act: Kind): ReadonlySet<string> => {
    const [middle] = placeOf(act);
    const market = lanes.get(act.opposing);
    const near = [middle - 1, middle, middle + 1]
      .flatMap((first) => market?.get(first) ?? [])
      .filter(({ at }) => Math.abs(at - act.at) <= waitMs);
    return new Set(near.length > CROWD ? [] : near.map(({ trader }) => trader));
  };

  /** Acts of a market that are together with one; null for a crowd. */
  const nearby = (act: Kind, market: string): Kind[] | null => {
    const places = buckets.get(market);
    if (!places) return [];
    const [middle, centre] = placeOf(act);
    const near: Kind[] = [];
    for (let first = middle - 1; first <= middle + 1; first += 1) {
      for (let second = centre - 1; second <= centre + 1; second += 1) {
        const bucket = places.get(keyOf(first, second));
        if (!bucket) continue;
        if (bucket.length > CROWD) return null;
        for (const other of bucket) {
          if (other.accountId !== act.accountId && areTogether(act, other)) near.push(other);
        }
      }
    }
    return near.length > CROWD ? null : near;
  };
  const matchesOf = (act: Kind): Matched<Kind> | null => {
    const matches = nearby(act, act.matching);
    if (matches === null || matches.length === 0) return null;
    const beside = act.matching === act.market ? [] : nearby(act, act.market);
    if (beside === null) return null;
    const around = new Set([act, ...matches, ...beside].map(({ trader }) => trader));
    return { act, matches: matches.sort(inOrder), around, against: againstOf(act) };
  };
  const forget = (before: EpochMs): void => {
    let gone = 0;
    while (gone < given && (placed[gone]?.at ?? Infinity) < before) gone += 1;
    if (gone === 0) return;
    for (const act of placed.slice(0, gone)) {
      const [first, second] = placeOf(act);
      takeFrom(buckets, act.market, keyOf(first, second), act);
      takeFrom(lanes, act.market, first, act);
    }
    placed = placed.slice(gone);
    given -= gone;
  };
  return {
    add: (act) => {
      if (fresh.length + placed.length < ACTS_MAX) fresh.push(act);
    },
    settle: (at, matched) => {
      fresh.sort(inOrder);
      for (const act of fresh) place(act);
      placed.push(...fresh);
      fresh = [];
      // Whoever follows has come by then, too.
      const until = at - 2 * waitMs;
      for (; given < placed.length; given += 1) {
        const act = placed[given];
        if (!act || act.at >= until) break;
        const matches = matchesOf(act);
        if (matches) matched(matches);
      }
      const next = placed[given]?.at ?? until;
      forget(Math.min(next, until) - 2 * waitMs);
    },
    size: () => fresh.length + placed.length,
    state: () => ({ fresh, placed, given }),
  };
}

/** One number for two: two places that share it lie months apart, and are told apart by their acts. */
function keyOf(first: number, second: number): number {
  return first * SECONDS_APART + (((second % SECONDS_APART) + SECONDS_APART) % SECONDS_APART);
}

type ByMarket<Kind> = Map<string, Map<number, Kind[]>>;

function putInto<Kind extends Act>(
  all: ByMarket<Kind>,
  market: string,
  key: number,
  act: Kind,
): void {
  let places = all.get(market);
  if (!places) all.set(market, (places = new Map()));
  const acts = places.get(key);
  if (acts) acts.push(act);
  else places.set(key, [act]);
}

function takeFrom<Kind extends Act>(
  all: ByMarket<Kind>,
  market: string,
  key: number,
  act: Kind,
): void {
  const places = all.get(market);
  const acts = places?.get(key);
  if (!places || !acts) return;
  acts.splice(acts.indexOf(act), 1);
  if (acts.length === 0) places.delete(key);
  if (places.size === 0) all.delete(market);
}

/** By time; among equal times by account, so that who is heard first does not matter. */
export function inOrder(one: Act, other: Act): number {
  return (
    one.at - other.at ||
    compared(one.accountId, other.accountId) ||
    compared(one.positionId, other.positionId)
  );
}

function compared(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
