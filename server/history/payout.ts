import { createMarketView } from '#core/accounts/market-view.ts';
import type { Fact } from '#core/facts/registry.ts';
import { assessPayout, type PayoutAssessment, type PayoutHistory } from '#core/payouts/assess.ts';
import type { PayoutPolicy } from '#core/payouts/policy.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import { openReferenceAccount } from '#core/rules/reference.ts';
import { compileRuleSet } from '#core/rules/rule-set.ts';

/** What paying out needs to know of an account's past, from its own facts. */
export function payoutHistoryOf(facts: readonly Fact[]): PayoutHistory {
  let history: PayoutHistory = {
    payouts: 0,
    paidToTrader: 0,
    openedAt: facts[0]?.envelope.occurredAt ?? 0,
    firstTradeAt: null,
    lastPayoutAt: null,
  };
  for (const fact of facts) {
    if (fact.kind === 'dealBooked' && history.firstTradeAt === null) {
      history = { ...history, firstTradeAt: fact.data.at };
    }
    if (fact.kind !== 'balanceOperationBooked' || fact.data.type !== 'payout') continue;
    const { amount, traderShare = -amount, at } = fact.data;
    history = {
      ...history,
      payouts: history.payouts + 1,
      paidToTrader: history.paidToTrader + traderShare,
      lastPayoutAt: at,
    };
  }
  return history;
}

/** What a payout asked for now would be; null when the state cannot be judged. */
export function payoutNow(
  state: AccountState,
  policy: PayoutPolicy,
  facts: readonly Fact[],
): PayoutAssessment | null {
  const compiled = compileRuleSet(state.ruleSet, state.terms.ruleSet.version);
  if (!compiled.ok) return null;
  const market = createMarketView(state.market.map(({ instrument }) => instrument));
  for (const { instrument, bid, ask } of state.market) {
    if (bid !== null && ask !== null) market.apply({ symbol: instrument.symbol, bid, ask });
  }
  const account = openReferenceAccount({
    terms: state.terms,
    ruleSet: compiled.value,
    market,
    day: state.day,
    resume: state,
  });
  return assessPayout(account.judged, account.moment(state.at), policy, payoutHistoryOf(facts));
}
