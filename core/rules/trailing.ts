import type { AccountTerms } from '#core/accounts/account.ts';
import { moneyText, type Money } from '#core/money/money.ts';
import type { Rise } from './limit.ts';
import { initialSize, sizeOf, type Lock, type PayoutEffect } from './parameters.ts';
import type { Figures, Moment, PayoutMoment, RuleState } from './rule-kind.ts';

/** The state of every floor that can rise: the highest value seen, and the floor once locked. */
export interface TrailState extends RuleState {
  peak: number;
  /** 1 once the lock has closed; then `lockedFloor` holds for good. */
  locked: number;
  lockedFloor: number;
}

export const TRAIL_COLUMNS = ['peak', 'locked', 'lockedFloor'] as const;

export interface TrailParams {
  readonly lock?: Lock | undefined;
  readonly onPayout: PayoutEffect;
}

/** How far below its peak a trail's floor lies. */
export type TrailDistance<Params> = (params: Params, peak: Money, terms: AccountTerms) => Money;

export function openTrail(terms: AccountTerms): TrailState {
  return { peak: terms.startBalance, locked: 0, lockedFloor: 0 };
}

/**
 * Follows the account: first a profit lock, judged against the floor as it stood, then the peak.
 * So a jump that closes the lock stops at the lock, and a floor that had floated above it stays.
 * A floor that has risen to its lock rests there, and the peak no longer matters.
 */
export function followTrail<Params extends TrailParams>(
  params: Params,
  state: TrailState,
  moment: Moment,
  trail: {
    readonly distance: TrailDistance<Params>;
    readonly value: Money;
    /** The floor does not trail: only locks and payouts move it. */
    readonly rests: boolean;
    readonly terms: AccountTerms;
  },
): void {
  const { distance, value, terms } = trail;
  if (moment.payout) payOut(params, state, moment.payout, trail);
  if (state.locked === 1) {
    if (tracksWhenLocked(params)) state.peak = Math.max(state.peak, value);
    return;
  }
  const { lock } = params;
  if (lock && profitLockCloses(lock, moment, terms)) {
    const floor = state.peak - distance(params, state.peak, terms);
    close(state, Math.max(lockLevel(lock, terms), floor));
    // From here on as above: the next look at the same account must find nothing to do.
    if (tracksWhenLocked(params)) state.peak = Math.max(state.peak, value);
  } else if (value > state.peak) {
    state.peak = value;
    if (lock?.when !== 'floorReachesLock') return;
    const level = lockLevel(lock, terms);
    if (value - distance(params, value, terms) >= level) close(state, level);
  }
}

/** Only a payout that takes the peak back can ever need the peak of a locked floor. */
function tracksWhenLocked({ onPayout }: TrailParams): boolean {
  return onPayout === 'reducePeak';
}

function payOut<Params extends TrailParams>(
  params: Params,
  state: TrailState,
  payout: PayoutMoment,
  trail: {
    readonly distance: TrailDistance<Params>;
    readonly rests: boolean;
    readonly terms: AccountTerms;
  },
): void {
  const { onPayout, lock } = params;
  const { terms } = trail;
  const floor = (): Money =>
    state.locked === 1 ? state.lockedFloor : state.peak - trail.distance(params, state.peak, terms);
  if (typeof onPayout === 'object') {
    const level = profitLine(sizeOf(onPayout.lockAt, terms), terms);
    close(state, onPayout.even === 'lower' ? level : Math.max(level, floor()));
  } else if (onPayout === 'keepDistance') {
    shift(state, floor(), -payout.amount, trail.rests);
  } else if (onPayout === 'shrinkAllowance') {
    shift(state, floor(), payout.traderShare, trail.rests);
  } else if (onPayout === 'startAgain') {
    Object.assign(state, openTrail(terms));
  } else if (onPayout === 'reducePeak') {
    state.peak -= payout.amount;
    if (state.locked === 1 && lock?.when === 'floorReachesLock') {
      const free = state.peak - trail.distance(params, state.peak, terms);
      if (free < lockLevel(lock, terms)) state.locked = 0;
    }
  }
}

/** Moves a floor: one that rests or is locked by itself, one that trails through its peak. */
function shift(state: TrailState, floor: Money, by: Money, rests: boolean): void {
  if (rests || state.locked === 1) close(state, floor + by);
  else state.peak += by;
}

function close(state: TrailState, floor: Money): void {
  state.locked = 1;
  state.lockedFloor = floor;
}

/** How marks move a trail whose peak follows equity: at once, until its lock closes. */
export function riseWithEquity(
  params: TrailParams,
  state: TrailState,
  terms: AccountTerms,
  constantDistance: Money | null,
): Rise | null {
  if (state.locked === 1) {
    return tracksWhenLocked(params) ? { at: state.peak + 1, steadilyUntil: null } : null;
  }
  const at = Math.min(state.peak + 1, profitLockClosesAt(params, terms));
  if (constantDistance === null || at <= state.peak) return { at, steadilyUntil: null };
  return { at, steadilyUntil: lockClosesAt(params, terms, constantDistance) };
}

/** How marks move a trail that does not follow equity: only by closing a lock on equity. */
export function riseAtLock(
  params: TrailParams,
  state: TrailState,
  terms: AccountTerms,
): Rise | null {
  if (state.locked === 1) return null;
  const at = profitLockClosesAt(params, terms);
  return at === Infinity ? null : { at, steadilyUntil: null };
}

function profitLockClosesAt({ lock }: TrailParams, terms: AccountTerms): number {
  if (!lock || lock.when === 'floorReachesLock' || lock.when.of !== 'equity') return Infinity;
  return profitLine(sizeOf(lock.when.profit, terms), terms);
}

function lockClosesAt(params: TrailParams, terms: AccountTerms, distance: Money): number {
  if (params.lock?.when === 'floorReachesLock') return lockLevel(params.lock, terms) + distance;
  return profitLockClosesAt(params, terms);
}

/** The floor's level once locked: the start of profit plus the offset. */
export function lockLevel(lock: Lock, terms: AccountTerms): Money {
  return profitLine(sizeOf(lock.offset, terms), terms);
}

export function trailFigures(state: TrailState): Figures {
  return [
    { name: 'peak', unit: 'money', value: state.peak },
    { name: 'locked', unit: 'count', value: state.locked },
  ];
}

export function describeLock(lock: Lock | undefined, terms: AccountTerms): string {
  if (!lock) return 'It never stops rising.';
  const level = `${moneyText(lockLevel(lock, terms))} ${terms.currency}`;
  if (lock.when === 'floorReachesLock') return `It stops for good at ${level}.`;
  const kind = { balance: 'closed', equity: 'open or closed', dayCloseBalance: 'day-end' };
  const profit = moneyText(sizeOf(lock.when.profit, terms));
  return `Once ${kind[lock.when.of]} profit reaches ${profit} it stays at ${level}.`;
}

/** A lock under the floor that it should stop is a mistake. */
export function lockContradictions(
  lock: Lock | undefined,
  firstFloor: Money,
  terms: AccountTerms,
): readonly string[] {
  if (!lock) return [];
  const level = lockLevel(lock, terms);
  if (level >= firstFloor) return [];
  return [`the lock at ${moneyText(level)} lies below the first floor ${moneyText(firstFloor)}`];
}

function profitLockCloses(lock: Lock, moment: Moment, terms: AccountTerms): boolean {
  if (lock.when === 'floorReachesLock') return false;
  if (lock.when.of === 'dayCloseBalance' && moment.cause !== 'dayOpen') return false;
  const value = lock.when.of === 'equity' ? moment.equity : moment.balance;
  return value >= profitLine(sizeOf(lock.when.profit, terms), terms);
}

/** The balance at which profit amounts to `profit`: counted from 0 on a zero-based account. */
function profitLine(profit: Money, terms: AccountTerms): Money {
  return (terms.startBalance === 0 ? 0 : initialSize(terms)) + profit;
}
