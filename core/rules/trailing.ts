import type { AccountTerms } from '#core/accounts/account.ts';
import { moneyText, type Money } from '#core/money/money.ts';
import type { Floor } from './limit.ts';
import { initialSize, sizeOf, type Lock } from './parameters.ts';
import type { Figures, Moment, RuleState } from './rule-kind.ts';

/** The state of every floor that can rise: the highest value seen, and the floor once locked. */
export interface TrailState extends RuleState {
  peak: number;
  /** 1 once a profit-triggered lock has closed; then `lockedFloor` holds for good. */
  locked: number;
  lockedFloor: number;
}

export const TRAIL_COLUMNS = ['peak', 'locked', 'lockedFloor'] as const;

/** A trail: how its floor follows from the peak, and where it stops. */
export interface Trail {
  readonly lock: Lock | undefined;
  /** The floor that the peak alone gives. */
  followed(peak: Money): Floor;
}

export function openTrail(terms: AccountTerms): TrailState {
  return { peak: terms.startBalance, locked: 0, lockedFloor: 0 };
}

/**
 * Follows the account: first the lock, judged against the floor as it stood, then the peak. So a
 * jump that closes the lock stops at the lock, and a floor that had floated above it stays.
 */
export function followTrail(
  trail: Trail,
  state: TrailState,
  moment: Moment,
  { value, terms }: { value: Money; terms: AccountTerms },
): void {
  if (state.locked === 1) return;
  if (lockCloses(trail.lock, moment, terms)) {
    const level = trail.lock ? lockLevel(trail.lock, terms) : 0;
    state.locked = 1;
    state.lockedFloor = Math.max(level, trail.followed(state.peak).floor);
  } else if (value > state.peak) {
    state.peak = value;
    reachLock(trail, state, terms);
  }
}

/** A floor that has risen to its lock rests there; the peak no longer matters. */
function reachLock(trail: Trail, state: TrailState, terms: AccountTerms): void {
  if (trail.lock?.when !== 'floorReachesLock') return;
  const level = lockLevel(trail.lock, terms);
  if (trail.followed(state.peak).floor < level) return;
  state.locked = 1;
  state.lockedFloor = level;
}

/** Where the floor stands now. */
export function trailFloor(trail: Trail, state: TrailState): Floor {
  const followed = trail.followed(state.peak);
  return state.locked === 1 ? { ...followed, floor: state.lockedFloor } : followed;
}

/** The lowest equity at which a mark moves a trail that follows equity (peak or lock). */
export function trailRisesAt(state: TrailState): number {
  // Equity that closes an equity lock lies above the peak as well: the lower of both is enough.
  return state.locked === 1 ? Infinity : state.peak + 1;
}

/** The lowest equity at which a mark closes the lock of a trail that does not follow equity. */
export function lockClosesAt(trail: Trail, state: TrailState, terms: AccountTerms): number {
  const when = trail.lock?.when;
  if (state.locked === 1 || when === undefined || when === 'floorReachesLock') return Infinity;
  return when.of === 'equity' ? profitLine(sizeOf(when.profit, terms), terms) : Infinity;
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

/** A lock under the floor it should stop is a mistake. */
export function lockContradictions(
  trail: Trail,
  terms: AccountTerms,
): readonly string[] {
  if (!trail.lock) return [];
  const first = trail.followed(terms.startBalance).floor;
  const level = lockLevel(trail.lock, terms);
  if (level >= first) return [];
  return [`the lock at ${moneyText(level)} lies below the first floor ${moneyText(first)}`];
}

function lockCloses(lock: Lock | undefined, moment: Moment, terms: AccountTerms): boolean {
  if (!lock || lock.when === 'floorReachesLock') return false;
  if (lock.when.of === 'dayCloseBalance' && moment.cause !== 'dayOpen') return false;
  const value = lock.when.of === 'equity' ? moment.equity : moment.balance;
  return value >= profitLine(sizeOf(lock.when.profit, terms), terms);
}

/** The balance at which profit amounts to `profit`: counted from 0 on a zero-based account. */
function profitLine(profit: Money, terms: AccountTerms): Money {
  return (terms.startBalance === 0 ? 0 : initialSize(terms)) + profit;
}
