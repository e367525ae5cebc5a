import type { AccountStatus } from '#core/accounts/account.ts';
import type { MicroLots } from '#core/accounts/held-position.ts';
import type { OrderActivity, TraderIdentity, TraderSession } from '#core/accounts/trader.ts';
import type { NewsRelease } from '#core/market/calendar.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { Money, Points } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';

/** A price of one source at one instant, in points. */
export interface Quoted {
  readonly bid: Points;
  readonly ask: Points;
  readonly at: EpochMs;
}

/** One fill with the prices around it. */
export interface Fill {
  readonly type: 'fill';
  readonly at: EpochMs;
  readonly accountId: string;
  readonly dealId: string;
  readonly positionId: string;
  readonly symbol: string;
  /** Of the position, not of the deal: closing a long is a fill of side `buy`. */
  readonly side: 'buy' | 'sell';
  readonly entry: 'in' | 'out';
  readonly lots: MicroLots;
  /** In the account's currency; 0 while a rate is unknown. */
  readonly notional: Money;
  readonly price: Points;
  /** What became final by it, with its costs; 0 for most that open. */
  readonly realised: Money;
  /** The balance before it. */
  readonly balance: Money;
  /** The platform's own latest price; null before the first. */
  readonly quote: Quoted | null;
  /** The latest price of another source for the same symbol; null where there is none. */
  readonly reference: Quoted | null;
}

/** A round trip: a position from its opening until nothing of it was left. */
export interface Trade {
  readonly type: 'trade';
  /** When it was closed. */
  readonly at: EpochMs;
  readonly accountId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  /** The largest volume that was held. */
  readonly lots: MicroLots;
  readonly notional: Money;
  readonly openedAt: EpochMs;
  /** Average prices, rounded to whole points. */
  readonly openPrice: Points;
  readonly closePrice: Points;
  readonly profit: Money;
  /** The balance as it was opened. */
  readonly balance: Money;
  /** A stop loss stood at some time. */
  readonly protected: boolean;
  /** How often it was added to. */
  readonly additions: number;
}

/** How far the market went a trader's way after a fill that opened. */
export interface MarkOut {
  readonly type: 'markOut';
  /** When its price came: at the fill's time plus the horizon, or minutes later at the most. */
  readonly at: EpochMs;
  readonly fill: Fill;
  readonly horizonMs: number;
  /** From the fill's price to the later mid, in millionths of the price; above zero is the trader's gain. */
  readonly ppm: number;
  /** The spread at the fill in the same unit: what a gain has to beat. */
  readonly spreadPpm: number;
}
export const MARK_OUT_HORIZONS_MS = [1_000, 10_000, 60_000, 300_000, 3_600_000] as const;

/** A payout was asked for. */
export interface PayoutAsked {
  readonly type: 'payout';
  readonly at: EpochMs;
  readonly payoutId: string;
  readonly accountId: string;
  /** Where it is paid: equal digests are the same place. */
  readonly payeeId: string;
  /** Null for all there is. */
  readonly amount: Money | null;
}

/**
 * All that a detector may know, in order of time. Nothing of it is a label, and nothing of it is
 * known before it happened.
 */
export type Observation =
  | { readonly type: 'account'; readonly at: EpochMs; readonly account: SurveyedAccount }
  | {
      readonly type: 'status';
      readonly at: EpochMs;
      readonly accountId: string;
      readonly status: AccountStatus;
    }
  | Fill
  | Trade
  | MarkOut
  | PayoutAsked
  | {
      readonly type: 'protection';
      readonly at: EpochMs;
      readonly accountId: string;
      readonly positionId: string;
    }
  | { readonly type: 'news'; readonly at: EpochMs; readonly release: NewsRelease }
  | ({ readonly type: 'session' } & TraderSession)
  | ({ readonly type: 'identity' } & TraderIdentity)
  | ({ readonly type: 'activity' } & OrderActivity)
  /** The platform's price moved: only detectors that ask for it are told. */
  | ({ readonly type: 'quote'; readonly symbol: string } & Quoted)
  /** Market time passed a whole minute: what has waited long enough is looked at. */
  | { readonly type: 'clock'; readonly at: EpochMs };
export type ObservationType = Observation['type'];
export type Observed<Type extends ObservationType> = Extract<Observation, { type: Type }>;

/** An account as surveillance knows it. */
export interface SurveyedAccount {
  readonly accountId: string;
  readonly traderId: string;
  readonly programId: string;
  readonly phaseId: string;
  /** The last phase of the program, or one that pays out. */
  readonly funded: boolean;
  readonly currency: string;
  readonly nominalSize: Money;
  readonly startBalance: Money;
  readonly openedAt: EpochMs;
  readonly previousAccountId: string | null;
}

/** What all detectors share and none keeps for itself. */
export interface Directory {
  account(accountId: string): SurveyedAccount | undefined;
  /** Accounts of one trader, in order of opening. */
  accountsOf(traderId: string): readonly string[];
  instrument(symbol: string): Instrument | undefined;
  quote(symbol: string): Quoted | undefined;
}
