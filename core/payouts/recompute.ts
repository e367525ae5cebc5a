import type { z } from 'zod';
import { createMarketView } from '#core/accounts/market-view.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import { openReferenceAccount } from '#core/rules/reference.ts';
import { compileRuleSet } from '#core/rules/rule-set.ts';
import { assessPayout, type PayoutAssessment, type PayoutHistory } from './assess.ts';
import { floorToMinor } from './amount-words.ts';
import { capOf, payoutPolicySchema, traderShareOf, type PayoutPolicy } from './policy.ts';
import type { amountsSchema, Deduction, PayoutSnapshot } from './snapshot.ts';

type Amounts = z.output<typeof amountsSchema>;

/** What a payout rests on: enough for anyone to assess it, here and now. */
export interface PayoutBasis {
  readonly state: AccountState;
  readonly policy: PayoutPolicy;
  readonly history: PayoutHistory;
  readonly deductions: readonly Deduction[];
  readonly requested: number | null;
}

/** The assessment on the reference evaluator, and what it comes to; null when the rules do not compile. */
export function assessBasis(
  basis: PayoutBasis,
): { assessment: PayoutAssessment; amounts: Amounts } | null {
  const { state, policy, history, requested } = basis;
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
  const moment = account.moment(state.at);
  const assessment = assessPayout(account.judged, moment, policy, history, requested ?? Infinity);
  return { assessment, amounts: amountsOf(assessment, basis) };
}

/**
 * Deductions come off before the split, so that trader and firm bear them alike. Nobody can be paid
 * a fraction of the smallest coin: it stays with the firm.
 */
function amountsOf({ gross }: PayoutAssessment, basis: PayoutBasis): Amounts {
  const { policy, history, deductions, state } = basis;
  const wanted = deductions.reduce((sum, { amount }) => sum + amount, 0);
  const deducted = Math.min(gross, wanted);
  const paid = gross - deducted;
  const split = traderShareOf(policy.split, paid, history);
  const cap = policy.capOn === 'trader' ? capOf(policy, history.payouts, state.terms) : Infinity;
  const trader = floorToMinor(Math.min(split, cap), state.terms.currency);
  return { gross: paid, deducted, trader, firm: paid - trader };
}

/**
 * Whether a snapshot's amounts follow from the state, the policy and the history that it holds.
 * What a desk asks before it lets anybody sign, and a verifier of every payment.
 */
export function recompute(snapshot: PayoutSnapshot): Result<null, string> {
  const policy = payoutPolicySchema.safeParse(snapshot.policy);
  if (!policy.success) return err('its payout policy cannot be read');
  const { state, history, deductions, requested } = snapshot;
  const again = assessBasis({ state, policy: policy.data, history, deductions, requested });
  if (!again) return err('its rules do not compile');
  const said = canonicalText({ assessment: snapshot.assessment, amounts: snapshot.amounts });
  if (canonicalText(again) === said) return ok(null);
  const { trader } = again.amounts;
  return err(
    `recomputed, the trader would get ${trader}, the snapshot says ${snapshot.amounts.trader} (in 1e-4)`,
  );
}
