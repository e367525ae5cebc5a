import { mulDivCeil } from '#core/money/money.ts';
import type { Flavour } from '#core/kernel/brand.ts';
import type { EpochMs } from '#core/time/time.ts';
import {
  createExpiringMap,
  createSlotCounts,
  type ExpiringMapState,
  type SlotCounts,
  type SlotCountsState,
} from './windows.ts';

/** A chance in parts per billion, rounded up. */
export type Ppb = Flavour<number, 'Ppb'>;
export const PPB = 1_000_000_000;

/** The hour around an instant is what it is compared with: same session, same weather. */
const STRETCH_MS = 3_600_000;
/** Positions held for longer are compared with nothing: the hour they were opened in is forgotten. */
const OPENINGS_KEPT_HOURS = 72;
/** Closings are asked for at once. */
const CLOSINGS_KEPT_HOURS = 3;
const COUNTS_MAX = 200_000;
/** Traders times underlyings whose pace is known. */
const PACES_MAX = 150_000;
const PACE_KEPT_MS = 2 * 86_400_000;
/** In an hour of few, so many more are thought of as having come at any time. */
const UNSEEN = 2;
/** Where nothing is known of the hour, chance is taken to be this large. */
const UNKNOWN: Ppb = PPB / 16;
export const CONTROLS_HELD_MAX = 2 * COUNTS_MAX + PACES_MAX;

/**
 * Matched controls: what others did at the same time in the same market. How likely it is that two
 * traders who know nothing of each other act together at an instant follows from how many others
 * acted just then, of all who acted within the hour. In a popular minute togetherness says little.
 */
export interface Controls {
  opened(trader: string, market: string, at: EpochMs): void;
  closed(market: string, at: EpochMs): void;
  /** That one of two happens to open within `closeMs` of the other. */
  opening(of: OpeningAsked, closeMs: number): Ppb;
  /** That two who opened together happen to close within `closeMs`. */
  closing(of: ClosingAsked, closeMs: number): Ppb;
  expire(at: EpochMs): void;
  size(): number;
  state(): ControlsState;
}

export interface OpeningAsked {
  /** The two sides of it: equal where both open the same way. */
  readonly sides: readonly [OpeningSide, OpeningSide];
  /** Companions of the two that are no control: counted out. */
  readonly without: number;
}
interface Moment {
  readonly market: string;
  readonly at: EpochMs;
}
interface OpeningSide extends Moment {
  readonly trader: string;
}

export interface ClosingAsked {
  readonly sides: readonly [Moment, Moment];
  /** How long the shorter of the two was held. */
  readonly heldMs: number;
  readonly without: number;
}

export interface ControlsState {
  readonly openings: SlotCountsState;
  readonly closings: SlotCountsState;
  readonly paces: ExpiringMapState<Pace>;
}

/** How often one trader opens in one market. */
interface Pace {
  /** The slot of the last opening: a trader's other accounts at the same time are no crowd. */
  readonly slot: number;
  readonly stretch: number;
  readonly count: number;
  /** The most in a stretch, one less for every stretch since. */
  readonly most: number;
}

/**
 * A crowd is counted by slots of `slotMs`, the closest that anybody asks for. A few seconds may be
 * empty by luck within a crowd of `crowdMs`: it is then thought of as spread evenly over that.
 */
export function createControls(slotMs: number, crowdMs: number, resume?: ControlsState): Controls {
  const limits = {
    slotMs,
    stretchSlots: Math.max(1, Math.round(STRETCH_MS / slotMs)),
    countsMax: COUNTS_MAX,
  };
  const stretchMs = slotMs * limits.stretchSlots;
  const openings = createSlotCounts(
    { ...limits, stretchesKept: OPENINGS_KEPT_HOURS },
    resume?.openings,
  );
  const closings = createSlotCounts(
    { ...limits, stretchesKept: CLOSINGS_KEPT_HOURS },
    resume?.closings,
  );
  const paces = createExpiringMap<Pace>(
    { entriesMax: PACES_MAX, keepMs: PACE_KEPT_MS },
    resume?.paces,
  );
  const paceOf = ({ trader, market }: OpeningSide): number => {
    const pace = paces.get(`${trader} ${market}`);
    return pace ? Math.max(pace.count, pace.most, 1) : 1;
  };
  /** That an act of the hour falls within the time asked, were it anywhere in it. */
  const anywhere = (closeMs: number): Ppb => Math.min(PPB, mulDivCeil(PPB, 2 * closeMs, stretchMs));
  const shareWithin = (
    counts: SlotCounts,
    { market, at }: Moment,
    own: number,
    ms: number,
  ): Ppb => {
    const near = counts.around(market, at, Math.ceil(ms / slotMs));
    const others = Math.max(0, near - own);
    const hour = Math.max(others, counts.inStretch(market, at) - own);
    return mulDivCeil(PPB, others, hour + UNSEEN);
  };
  const crowd = (counts: SlotCounts, moment: Moment, own: number, closeMs: number): Ppb => {
    if (!counts.knows(moment.at)) return UNKNOWN;
    const spread = mulDivCeil(shareWithin(counts, moment, own, crowdMs), closeMs, crowdMs);
    return Math.max(spread, shareWithin(counts, moment, own, closeMs));
  };
  return {
    opened: (trader, market, at) => {
      const key = `${trader} ${market}`;
      const before = paces.get(key);
      const slot = Math.floor(at / slotMs);
      if (before?.slot === slot) return;
      openings.add(market, at);
      const stretch = Math.floor(slot / limits.stretchSlots);
      paces.set(key, paced(before, slot, stretch), at);
    },
    closed: (market, at) => closings.add(market, at),
    opening: ({ sides: [one, other], without }, closeMs) => {
      const own = without + (one.market === other.market ? 2 : 1);
      const share = Math.max(
        anywhere(closeMs),
        crowd(openings, one, own, closeMs),
        crowd(openings, other, own, closeMs),
      );
      return Math.min(PPB, share * Math.max(paceOf(one), paceOf(other)));
    },
    closing: ({ sides: [one, other], heldMs, without }, closeMs) => {
      const own = without + (one.market === other.market ? 2 : 1);
      // Who holds for a minute closes within the next one anyhow.
      const soon = mulDivCeil(PPB, 2 * closeMs, Math.max(1, heldMs));
      const share = Math.max(
        anywhere(closeMs),
        soon,
        crowd(closings, one, own, closeMs),
        crowd(closings, other, own, closeMs),
      );
      return Math.min(PPB, share);
    },
    expire: (at) => {
      openings.expire(at);
      closings.expire(at);
      paces.expire(at);
    },
    size: () => openings.size() + closings.size() + paces.size(),
    state: () => ({
      openings: openings.state(),
      closings: closings.state(),
      paces: paces.state(),
    }),
  };
}

function paced(before: Pace | undefined, slot: number, stretch: number): Pace {
  if (!before) return { slot, stretch, count: 1, most: 1 };
  const { count, most } = before;
  if (before.stretch === stretch) return { slot, stretch, count: count + 1, most };
  return { slot, stretch, count: 1, most: Math.max(count, most - 1) };
}
