import { z } from 'zod';
import { moneyUnits } from '#core/money/schemas.ts';
import { epochMs } from '#core/time/time.ts';
import { mulDivFloor, PPM_UNIT, moneyText, type Money } from '#core/money/money.ts';
import { gateOf, gaugeAt, stepAccount, type JudgedAccount } from '#core/rules/judge.ts';
import { openingMoment } from '#core/rules/moment.ts';
import type { Moment } from '#core/rules/rule-kind.ts';
import { gaugeText } from '#core/rules/sentence.ts';
import { sizeOf } from '#core/rules/parameters.ts';
import { STATUS } from '#core/accounts/account.ts';
import { bufferOf, capOf, startOf, traderShareOf, type PayoutPolicy } from './policy.ts';

const DAY_MS = 86_400_000;

/** What happened on the account before, as far as paying out is concerned. */
export interface PayoutHistory {
  readonly payouts: number;
  /** What the trader received so far, on this account or on all, as the split asks. */
  readonly paidToTrader: Money;
  readonly openedAt: number;
  readonly firstTradeAt: number | null;
  readonly lastPayoutAt: number | null;
}

export const payoutAssessmentSchema = z.strictObject({
  /** No reason stands against it. */
  eligible: z.boolean(),
  /** Sentences, each with its numbers. */
  reasons: z.array(z.string()).max(100),
  /** Closed profit above the start. */
  profit: moneyUnits,
  /** Of that, what rules leave out: profit on news, beyond a daily cap, of trades too short. */
  withheld: moneyUnits,
  /** The most that can leave the account now. */
  withdrawable: moneyUnits,
  /** What leaves the account with this payout, and who gets it. */
  gross: moneyUnits,
  trader: moneyUnits,
  firm: moneyUnits,
  /** Cut off by a cap and taken from the account. */
  deleted: moneyUnits,
  balanceAfter: moneyUnits,
  /** Each overall and daily floor before and after. */
  floors: z.array(z.strictObject({ ruleId: z.string(), before: moneyUnits, after: moneyUnits })),
  /** The payout itself would breach: catalogue R10, "full withdrawal = floor". */
  breaches: z.boolean(),
  eligibleFrom: epochMs.nullable(),
});
export type PayoutAssessment = z.output<typeof payoutAssessmentSchema>;

/** The first instant at which the calendar allows a payout; null before the first trade. */
export function eligibleFrom(policy: PayoutPolicy, history: PayoutHistory): number | null {
  if (history.lastPayoutAt !== null) return history.lastPayoutAt + policy.everyDays * DAY_MS;
  const from = policy.firstFrom === 'opening' ? history.openedAt : history.firstTradeAt;
  return from === null ? null : from + policy.firstAfterDays * DAY_MS;
}

/**
 * Decides whether and how much an account may be paid (catalogue R40 to R43). Pure: the account is
 * not changed; what the payout would do to it is tried on a copy. Asks for as much as there is
 * when `requested` is left out.
 */
export function assessPayout(
  account: JudgedAccount,
  moment: Moment,
  policy: PayoutPolicy,
  history: PayoutHistory,
  requested: Money = Infinity,
): PayoutAssessment {
  const { terms } = account;
  const profit = moment.balance - startOf(terms);
  const withheld = withheldFrom(account, moment);
  const withdrawable = withdrawableOf(account, moment, policy, history, profit - withheld);
  const cap = capOf(policy, history.payouts, terms);
  const capped = (amount: Money): Money =>
    policy.capOn === 'gross' ? Math.min(amount, cap) : amount;
  const gross = Math.max(0, capped(Math.min(requested, withdrawable)));
  const deleted =
    policy.excess === 'deleted' ? Math.max(0, Math.min(requested, withdrawable) - gross) : 0;
  const split = traderShareOf(policy.split, gross, history);
  const trader = policy.capOn === 'trader' ? Math.min(split, cap) : split;
  const leaves = policy.resetsToStart ? Math.max(0, profit) : gross + deleted;
  const tried = tryPayout(account, moment, leaves, trader);
  const reasons = [
    ...reasonsAgainst(account, moment, policy, history),
    ...amountReasons(account, policy, { gross, withdrawable, requested }),
    ...(tried.breaches ? [`paying ${moneyText(leaves)} would itself breach a floor`] : []),
  ];
  return {
    eligible: reasons.length === 0,
    reasons,
    profit,
    withheld,
    withdrawable,
    gross,
    trader,
    firm: gross - trader,
    deleted,
    balanceAfter: moment.balance - leaves,
    floors: tried.floors,
    breaches: tried.breaches,
    eligibleFrom: eligibleFrom(policy, history),
  };
}

function withheldFrom(account: JudgedAccount, moment: Moment): Money {
  return account.ruleSet.rules.reduce(
    (sum, { kind, params }, at) =>
      sum + (kind.withheld?.(params, account.states[at], moment, account.terms) ?? 0),
    0,
  );
}

/** How far the overall floor first lay below the start: what safety nets are reckoned from. */
export function firstDrawdown(account: JudgedAccount): Money {
  const { terms, ruleSet } = account;
  for (const { kind, params } of ruleSet.rules) {
    const fresh = kind.open(params, terms) as never;
    const gauge = kind.gauge(params, fresh, openingMoment(terms), terms);
    if (gauge.type === 'floor' && gauge.role === 'overall') return gauge.allowance;
  }
  return 0;
}

function withdrawableOf(
  account: JudgedAccount,
  _moment: Moment,
  policy: PayoutPolicy,
  history: PayoutHistory,
  profit: Money,
): Money {
  const buffer = bufferOf(
    policy,
    { payouts: history.payouts, drawdown: firstDrawdown(account) },
    account.terms,
  );
  if (policy.buffer?.how === 'pass' && profit < buffer) return 0;
  const beyond = policy.buffer?.how === 'pass' ? profit : profit - buffer;
  return Math.max(0, mulDivFloor(Math.max(0, beyond), policy.share, PPM_UNIT));
}

function reasonsAgainst(
  account: JudgedAccount,
  moment: Moment,
  policy: PayoutPolicy,
  history: PayoutHistory,
): string[] {
  const reasons: string[] = [];
  if (account.status === STATUS.failed) reasons.push('the account has failed');
  if (account.status === STATUS.restricted) reasons.push('the account is restricted');
  if (account.status === STATUS.closed) reasons.push('the account is closed');
  if (policy.flat && moment.openPositions > 0) {
    reasons.push(`${moment.openPositions} positions are open`);
  }
  const from = eligibleFrom(policy, history);
  if (from === null) reasons.push('nothing has been traded yet');
  else if (moment.at < from) {
    reasons.push(`${Math.ceil((from - moment.at) / DAY_MS)} days remain until a payout is due`);
  }
  for (const [at, rule] of account.ruleSet.rules.entries()) {
    if (rule.kind.role !== 'objective' || gateOf(rule) !== 'payout') continue;
    const { type } = rule.kind.judge(rule.params, account.states[at], moment, account.terms);
    if (type === 'met') continue;
    reasons.push(`${rule.kind.title.toLowerCase()}: ${gaugeText(gaugeAt(account, moment, at))}`);
  }
  return reasons;
}

function amountReasons(
  account: JudgedAccount,
  policy: PayoutPolicy,
  amounts: { readonly gross: Money; readonly withdrawable: Money; readonly requested: Money },
): string[] {
  const { gross, withdrawable, requested } = amounts;
  if (withdrawable === 0) return ['no profit can leave the account now'];
  const minimum = policy.minimum ? sizeOf(policy.minimum, account.terms) : 0;
  if (gross < minimum) {
    return [`${moneyText(gross)} is less than the smallest payout ${moneyText(minimum)}`];
  }
  if (requested !== Infinity && requested > withdrawable) {
    return [`${moneyText(requested)} was asked for, ${moneyText(withdrawable)} can leave`];
  }
  return [];
}

/** Takes a copy of the account through the payout: its floors afterwards, and whether it breaches. */
function tryPayout(
  account: JudgedAccount,
  moment: Moment,
  amount: Money,
  trader: Money,
): Pick<PayoutAssessment, 'floors' | 'breaches'> {
  const copy: JudgedAccount = {
    ...account,
    states: account.states.map((state) => ({ ...state })),
    latches: [...account.latches],
  };
  const after: Moment = {
    ...moment,
    cause: 'balanceOperation',
    balance: moment.balance - amount,
    equity: moment.equity - amount,
    deal: null,
    realised: 0,
    capitalFlow: -amount,
    payout: amount > 0 ? { amount, traderShare: trader } : null,
  };
  const outcomes = amount > 0 ? stepAccount(copy, after) : [];
  const floors = account.ruleSet.rules.flatMap(({ ruleId }, at) => {
    const [before, next] = [gaugeAt(account, moment, at), gaugeAt(copy, after, at)];
    if (before.type !== 'floor' || next.type !== 'floor') return [];
    return [{ ruleId, before: before.floor, after: next.floor }];
  });
  return { floors, breaches: outcomes.some(({ type }) => type === 'breached') };
}

/** What a failed account still pays of its profit; 0 when the policy forfeits it. */
export function payableAfterBreach(policy: PayoutPolicy, profit: Money): Money {
  return policy.afterBreach
    ? mulDivFloor(Math.max(0, profit), policy.afterBreach.percent, PPM_UNIT)
    : 0;
}

/** Whether a breach cancels a payout that stands at this step (catalogue R43). */
export function survivesBreach(
  policy: Pick<PayoutPolicy, 'deductedAt'>,
  step: 'requested' | 'approved' | 'paid',
): boolean {
  const order = { request: 'requested', approval: 'approved', payment: 'paid' } as const;
  const steps = ['requested', 'approved', 'paid'];
  return steps.indexOf(step) >= steps.indexOf(order[policy.deductedAt]);
}

/** What leaving the buffer by closing the account pays, after so many days. */
export function earlyExitPays(policy: PayoutPolicy, buffer: Money, days: number): Money {
  const exit = policy.earlyExit;
  if (!exit) return 0;
  return mulDivFloor(buffer, days < exit.days ? exit.before : exit.after, PPM_UNIT);
}
