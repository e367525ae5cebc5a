import type { z } from 'zod';
import type { Governance, Payout } from '#core/governance/governance.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import { present } from '#core/kernel/assert.ts';
import { decimalText, MONEY_DECIMALS, type Money } from '#core/money/money.ts';
import { utcText } from '#core/time/time.ts';
import { amountText } from '../payments/files/currency.ts';
import type { payoutSchema, PAYOUT_STATES } from './schemas.ts';

type PayoutView = z.output<typeof payoutSchema>;

/** A payout as its client may see it: without names, accounts, or who decided. */
export function payoutView(payout: Payout, governance: Governance): PayoutView {
  const { payoutId, request, payment, questions, reports } = payout;
  const proposal = present(governance.proposal(payoutId), `the proposal of ${payoutId}`);
  const { accountId, requested, currency, payee, at } = request;
  return {
    payoutId,
    accountId,
    state: stateOf(proposal, governance),
    requested: requested === null ? null : decimalOf(requested, currency),
    amount: decimalOf(proposal.amount, currency),
    currency,
    payee: { method: payee.method, last4: payee.last4 },
    requestedAt: timeOf(at),
    expiresAt: timeOf(proposal.expiresAt),
    closedAt: proposal.closed ? timeOf(proposal.closed.at) : null,
    questions: questions.map((one) => ({ question: one.question, askedAt: timeOf(one.at) })),
    payment: payment && {
      reference: payment.instructionId,
      instructedAt: timeOf(payment.at),
      message: reports.at(-1)?.message ?? '',
    },
    hasLetter: payout.letter !== null,
  };
}

function stateOf(proposal: Proposal, governance: Governance): (typeof PAYOUT_STATES)[number] {
  const { closed, approved, version, proposalId } = proposal;
  if (!closed) return approved?.version === version ? 'approved' : 'open';
  if (closed.outcome !== 'executed') return closed.outcome;
  const state = governance.paymentState(proposalId);
  return state === 'none' || state === 'instructed' || state === 'sent' ? 'paying' : state;
}

/** The currency's decimals; all there are for an amount that is finer than that. */
function decimalOf(amount: Money, currency: string): string {
  const text = amountText(amount, currency);
  return text.ok ? text.value : decimalText(amount, MONEY_DECIMALS);
}

function timeOf(at: number): string {
  return `${utcText(at).replace(' ', 'T')}Z`;
}
