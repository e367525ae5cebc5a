import type { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { moneyText, mulDivFloor, PPM_UNIT, type Money, type Ppm } from '#core/money/money.ts';
import {
  type Easier,
  type Consequence,
  type Figures,
  type Judgement,
  type Moment,
  type RuleKind,
  type RuleState,
} from './rule-kind.ts';

/** What every limit's parameters have in common. */
export interface LimitParams {
  readonly breachedWhen: 'below' | 'atOrBelow';
  readonly measured: 'equity' | 'balance' | 'lowerOfBoth';
  readonly tested: 'everyTick' | 'dayClose';
  readonly warnAt: readonly Ppm[];
}

/** What a limit on a floor must say; the rest (verdicts, warnings, bands) is the same for all. */
export interface LimitDefinition<Params extends LimitParams, State extends RuleState> {
  readonly kind: string;
  readonly title: string;
  readonly role: 'daily' | 'overall';
  readonly params: z.ZodType<Params, unknown>;
  readonly columns: readonly (keyof State & string)[];
  readonly easier?: Easier;
  consequence(params: Params): Consequence;
  open(params: Params, terms: AccountTerms): State;
  track(params: Params, state: State, moment: Moment, terms: AccountTerms): void;
  /** Where the floor stands. It moves by tracking only, never with the moment. */
  floor(params: Params, state: State, terms: AccountTerms): Money;
  /** How far below its reference the floor lies: what "100 % used" means. */
  allowance(params: Params, state: State, terms: AccountTerms): Money;
  /** How marks move the floor; null when they do not. */
  rise?(params: Params, state: State, terms: AccountTerms): Rise | null;
  /** Further numbers for the evidence: peaks and anchors. */
  figures(params: Params, state: State): Figures;
  describe(params: Params, terms: AccountTerms): string;
  contradictions?(params: Params, terms: AccountTerms): readonly string[];
}

/** How a floor answers to rising equity. */
export interface Rise {
  /** The lowest equity at which a mark moves a tracker. */
  readonly at: number;
  /** From `at` up to here the floor rises exactly as equity does; null when it does otherwise. */
  readonly steadilyUntil: number | null;
}

const CLEAR: Judgement = { type: 'clear' };
const BREACHED: Judgement = { type: 'breached' };

/** Turns the definition of a floor into a full rule kind. */
export function limitKind<Params extends LimitParams, State extends RuleState>(
  limit: LimitDefinition<Params, State>,
): RuleKind<Params, State> {
  return {
    kind: limit.kind,
    title: limit.title,
    role: 'limit',
    params: limit.params,
    ...(limit.easier ? { easier: limit.easier } : {}),
    columns: limit.columns,
    warnAt: (params) => params.warnAt,
    consequence: limit.consequence,
    open: limit.open,
    track: limit.track,
    judge: (params, state, moment, terms) => {
      if (!isTested(params, moment)) return CLEAR;
      const measured = measuredOf(params, moment);
      const floor = limit.floor(params, state, terms);
      if (measured <= breachLine(params, floor)) return BREACHED;
      return warningFor(params, measured, floor, limit.allowance(params, state, terms));
    },
    band: (params, state, _moment, warned, terms) => {
      const atOrBelow = fallsAt(params, warned, {
        floor: limit.floor(params, state, terms),
        allowance: limit.allowance(params, state, terms),
      });
      const rise = limit.rise?.(params, state, terms) ?? null;
      if (rise === null) return { atOrBelow, atOrAbove: Infinity, follows: null };
      const { at, steadilyUntil } = rise;
      // A floor that rises under equity can catch a balance that stands still: then every rise counts.
      const steady = steadilyUntil !== null && params.measured === 'equity';
      const follows = steady ? { drop: at - 1 - atOrBelow, until: steadilyUntil } : null;
      return { atOrBelow, atOrAbove: at, follows };
    },
    gauge: (params, state, moment, terms) => ({
      type: 'floor',
      role: limit.role,
      floor: limit.floor(params, state, terms),
      allowance: limit.allowance(params, state, terms),
      measured: measuredOf(params, moment),
    }),
    figures: (params, state, moment, terms) => {
      const floor = limit.floor(params, state, terms);
      const allowance = limit.allowance(params, state, terms);
      const measured = measuredOf(params, moment);
      return [
        { name: 'measured', unit: 'money', value: measured },
        { name: 'floor', unit: 'money', value: floor },
        { name: 'headroom', unit: 'money', value: measured - floor },
        { name: 'allowance', unit: 'money', value: allowance },
        ...limit.figures(params, state),
      ];
    },
    describe: limit.describe,
    contradictions: (params, terms) => {
      const state = limit.open(params, terms);
      const floor = limit.floor(params, state, terms);
      const allowance = limit.allowance(params, state, terms);
      return [
        ...contradictionsOfFloor(floor, allowance, terms),
        ...(limit.contradictions?.(params, terms) ?? []),
      ];
    },
  };
}

export function measuredOf(params: LimitParams, moment: Moment): Money {
  if (params.measured === 'equity') return moment.equity;
  if (params.measured === 'balance') return moment.balance;
  return Math.min(moment.balance, moment.equity);
}

/** The highest warning whose line is reached; judgements are shared, the slow path runs often. */
function warningFor(
  params: LimitParams,
  measured: Money,
  floor: Money,
  allowance: Money,
): Judgement {
  for (let level = params.warnAt.length; level > 0; level -= 1) {
    if (measured <= warningLine(floor, allowance, params.warnAt[level - 1] ?? 0)) {
      return { type: 'warned', level };
    }
  }
  return CLEAR;
}

function isTested(params: LimitParams, moment: Moment): boolean {
  if (params.tested === 'dayClose') return moment.cause === 'dayClose';
  // The close is tested as part of the last tick before it; the open tests the new day's floor.
  return moment.cause !== 'dayClose';
}

/** The highest measured value that is a breach. Money is whole, so `below` is one unit lower. */
function breachLine(params: LimitParams, floor: Money): Money {
  return params.breachedWhen === 'atOrBelow' ? floor : floor - 1;
}

/** The highest measured value at which `share` of the allowance is used. */
function warningLine(floor: Money, allowance: Money, share: Ppm): Money {
  return floor + mulDivFloor(allowance, PPM_UNIT - share, PPM_UNIT);
}

/** The highest equity at which a mark would bring a warning not yet given, or the breach. */
function fallsAt(
  params: LimitParams,
  warned: number,
  { floor, allowance }: { readonly floor: Money; readonly allowance: Money },
): number {
  if (params.tested === 'dayClose' || params.measured === 'balance') return -Infinity;
  const next = params.warnAt[warned];
  const breach = breachLine(params, floor);
  // A balance under the line is judged when it is booked, so only equity can still bring news.
  return next === undefined ? breach : Math.max(breach, warningLine(floor, allowance, next));
}

function contradictionsOfFloor(
  floor: Money,
  allowance: Money,
  terms: AccountTerms,
): readonly string[] {
  const problems: string[] = [];
  if (allowance <= 0)
    problems.push(`the allowance is ${moneyText(allowance)}: it must be positive`);
  if (floor >= terms.startBalance) {
    problems.push(
      `the first floor ${moneyText(floor)} is not below the starting balance ` +
        `${moneyText(terms.startBalance)}: every account would fail at once`,
    );
  }
  return problems;
}
