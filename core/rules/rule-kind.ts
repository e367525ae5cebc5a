import type { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { Money, Ppm } from '#core/money/money.ts';
import type { EpochMs, TradingDay } from '#core/time/time.ts';

/*
 * To add a rule kind: write one file in `kinds/` and add one line to `kinds/index.ts`.
 * `rule-kind.contract.ts` then runs its laws over the new kind.
 */

/**
 * Why the account is being looked at. `dayClose` and `dayOpen` happen at the same instant, in this
 * order: the close still belongs to the old day and its limits, the open to the new day's.
 */
export type MomentCause = 'mark' | 'deal' | 'balanceOperation' | 'dayClose' | 'dayOpen';

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
}

export interface DealMoment {
  readonly entry: 'in' | 'out';
  /** The deal opened a position that did not exist. */
  readonly opensPosition: boolean;
  /** An `out` deal on a position that was opened in the current trading day. */
  readonly openedSameDay: boolean;
  /** After this deal nothing is open in the deal's symbol. */
  readonly symbolFlatAfter: boolean;
  /** Realised by the deal with its costs. */
  readonly realised: Money;
}

/** The state of one rule on one account: named whole numbers, so that it fits in columns. */
export type RuleState = Record<string, number>;

export type Judgement =
  | { readonly type: 'clear' }
  /** `level` counts from 1 through the rule's warning thresholds. */
  | { readonly type: 'warned'; readonly level: number }
  | { readonly type: 'breached' }
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
  | { readonly type: 'count'; readonly value: number; readonly needed: number };

/** What happens when the rule is breached. Objectives have none. */
export type Consequence = 'fail' | 'pauseForDay' | 'none';

/** Named whole numbers that prove a verdict, each with its unit. */
export type Figures = readonly {
  readonly name: string;
  readonly unit: 'money' | 'ppm' | 'count';
  readonly value: number;
}[];

export interface RuleKind<Params = never, State extends RuleState = never> {
  readonly kind: string;
  readonly title: string;
  /** Reads parameters as people write them in program files. */
  readonly params: z.ZodType<Params, unknown>;
  /** Names of the state's numbers, in the order in which columns keep them. */
  readonly columns: readonly (keyof State & string)[];
  readonly role: 'limit' | 'objective';
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
