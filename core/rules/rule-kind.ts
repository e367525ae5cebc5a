import type { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { HeldPosition, MicroLots } from '#core/accounts/held-position.ts';
import type { NewsRelease } from '#core/market/calendar.ts';
import type { Money, Ppm } from '#core/money/money.ts';
import type { CutOff, EpochMs, TradingDay } from '#core/time/time.ts';

/*
 * To add a rule kind: write one file in `kinds/` and add one line to `kinds/index.ts`.
 * `rule-kind.contract.ts` then runs its laws over the new kind.
 */

/**
 * Why the account is being looked at. `dayClose` and `dayOpen` happen at the same instant, in this
 * order: the close still belongs to the old day and its limits, the open to the new day's. A
 * `cutOff` is a time of day that some rule named.
 */
export type MomentCause =
  'mark' | 'deal' | 'balanceOperation' | 'protection' | 'dayClose' | 'dayOpen' | 'cutOff';

/** The account at one instant: all that a rule may know. */
export interface Moment {
  cause: MomentCause;
  at: EpochMs;
  balance: Money;
  equity: Money;
  openPositions: number;
  day: TradingDay | null;
  /** Present when the cause is a deal. */
  deal: DealMoment | null;
  /** Money that moved in or out without being profit or loss; 0 unless a balance operation did so. */
  capitalFlow: Money;
  /**
   * Profit or loss that became final: a deal's with its costs, or a swap, fee or adjustment booked
   * on its own. Bonuses and capital are none.
   */
  realised: Money;
  /** Present when the cause is a payout. */
  payout: PayoutMoment | null;
  /** Present when the cause is a cut-off: which, and the date on which it fell. */
  cutOff: { readonly clockId: string; readonly date: string } | null;
  /** What is open, ordered by position id. Worth asking for only when a rule needs it. */
  positions(): readonly HeldPosition[];
  /** Releases on the calendar that touch a symbol around an instant. */
  news(symbol: string, from: EpochMs, to: EpochMs): readonly NewsRelease[];
}

/** Money that leaves an account as a payout: both sides' shares, and the trader's own. */
export interface PayoutMoment {
  /** Above zero. */
  readonly amount: Money;
  readonly traderShare: Money;
}

export interface DealMoment {
  readonly positionId: string;
  readonly entry: 'in' | 'out';
  readonly symbol: string;
  /** The side of the position that the deal opens or closes. */
  readonly side: 'buy' | 'sell';
  readonly lots: MicroLots;
  /** Lots that remain in the position. */
  readonly lotsAfter: MicroLots;
  /** When the position was opened; the deal's own time when it opens one. */
  readonly openedAt: EpochMs;
  /** The deal opened a position that did not exist. */
  readonly opensPosition: boolean;
  /** An `out` deal on a position that was opened in the current trading day. */
  readonly openedSameDay: boolean;
  /** After this deal nothing is open in the deal's symbol. */
  readonly symbolFlatAfter: boolean;
}

/** The state of one rule on one account: named whole numbers, so that it fits in columns. */
export type RuleState = Record<string, number>;

export type Judgement =
  | { readonly type: 'clear' }
  /** `level` counts from 1 through the rule's warning thresholds. */
  | { readonly type: 'warned'; readonly level: number }
  | { readonly type: 'breached' }
  /** Conduct that people look at, or that costs something short of the account. */
  | { readonly type: 'flagged' }
  | { readonly type: 'met' };

/**
 * Equity thresholds between which a mark changes nothing: neither state nor judgement, as long as
 * `atOrBelow < equity < atOrAbove`.
 */
export interface Band {
  readonly atOrBelow: number;
  readonly atOrAbove: number;
  /**
   * Set when all that marks do from `atOrAbove` up to `until` is to raise the lower threshold by
   * as much as they raise the highest equity: it stands at `highest equity - drop`. An engine that
   * remembers the highest equity need not wake the rule for every new peak.
   */
  readonly follows: { readonly drop: number; readonly until: number } | null;
}
export const UNBOUNDED: Band = { atOrBelow: -Infinity, atOrAbove: Infinity, follows: null };

/** What a rule shows of itself on a screen. */
export type Gauge =
  | {
      readonly type: 'floor';
      readonly role: 'daily' | 'overall';
      readonly floor: Money;
      /** Distance from the reference to the floor: what "100 % used" means. */
      readonly allowance: Money;
      readonly measured: Money;
    }
  | {
      readonly type: 'target';
      readonly value: Money;
      readonly target: Money;
      readonly start: Money;
    }
  | { readonly type: 'count'; readonly value: number; readonly needed: number }
  | {
      /** A share that must not grow too large; `total` is the profit that would make it fit. */
      readonly type: 'share';
      readonly share: Ppm;
      readonly limit: Ppm;
      readonly total: Money;
      readonly value: Money;
      /** The largest part that fits the present whole. */
      readonly most: Money;
    }
  | { readonly type: 'flags'; readonly value: number };

/** What happens when the rule is breached. Objectives have none. */
export type Consequence = 'fail' | 'pauseForDay' | 'none';

/** What a flag asks for. None of them fails an account; the engine itself only records them. */
export const FLAG_EFFECTS = [
  'review',
  'warn',
  'closePositions',
  'deductProfit',
  'denyPayout',
  'restartPhase',
  'resetBalance',
] as const;
export type FlagEffect = (typeof FLAG_EFFECTS)[number];

/** Data that a rule needs beyond deals and prices; a platform says what it delivers. */
export const NEEDS = ['protection', 'calendar'] as const;
export type Need = (typeof NEEDS)[number];

/** Named whole numbers that prove a verdict, each with its unit. */
export type Figures = readonly {
  readonly name: string;
  readonly unit: 'money' | 'ppm' | 'count' | 'lots' | 'seconds';
  readonly value: number;
}[];

export type Easier = Readonly<Record<string, 'more' | 'less'>>;

export interface RuleKind<Params = never, State extends RuleState = never> {
  readonly kind: string;
  readonly title: string;
  /** Reads parameters as people write them in program files. */
  readonly params: z.ZodType<Params, unknown>;
  /** Names of the state's numbers, in the order in which columns keep them. */
  readonly columns: readonly (keyof State & string)[];
  readonly role: 'limit' | 'objective' | 'conduct';
  /** What a platform must deliver for this rule to be judged; nothing more than deals by default. */
  needs?(params: Params): readonly Need[];
  /** The time of day at which the rule looks, beside the trading day's own turn. */
  cutOff?(params: Params): CutOff | null;
  /** What an objective stands in the way of; of passing the phase by default. */
  gate?(params: Params): 'pass' | 'payout';
  /** What a flag of this rule asks for, and which strike it is. */
  flag?(params: Params, state: State): { readonly effect: FlagEffect; readonly strike: number };
  /** Profit that a payout must leave out because of this rule. */
  withheld?(params: Params, state: State, moment: Moment, terms: AccountTerms): Money;
  /** Parameters whose size alone makes the rule easier, and which way: see programs/easing. */
  readonly easier?: Easier;
  /** Warning thresholds as shares of the allowance used, ascending. */
  warnAt(params: Params): readonly Ppm[];
  consequence(params: Params): Consequence;
  /** The state when the account opens. */
  open(params: Params, terms: AccountTerms): State;
  /** Follows the account: moves peaks, anchors and counts. Changes `state` in place. */
  track(params: Params, state: State, moment: Moment, terms: AccountTerms): void;
  /** The verdict at this moment, after tracking. Reads only. */
  judge(params: Params, state: State, moment: Moment, terms: AccountTerms): Judgement;
  /** See Band. `warned` is the warning level already given today. */
  band(params: Params, state: State, moment: Moment, warned: number, terms: AccountTerms): Band;
  gauge(params: Params, state: State, moment: Moment, terms: AccountTerms): Gauge;
  /** The numbers behind a verdict. */
  figures(params: Params, state: State, moment: Moment, terms: AccountTerms): Figures;
  /** One sentence that a trader understands, with numbers. */
  describe(params: Params, terms: AccountTerms): string;
  /** Parameters that can never work (a lock below the first floor, say); empty when all is well. */
  contradictions(params: Params, terms: AccountTerms): readonly string[];
}

/** Any kind, as shared code sees it: it may pass params and state on, never look inside. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tidy-allow: members differ in both
export type AnyRuleKind = RuleKind<any, any>;
