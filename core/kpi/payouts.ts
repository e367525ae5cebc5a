import type { Takers } from './define.ts';
import { lastOf, type Step } from './matters.ts';

const FINAL = ['paid', 'declined', 'returned'] as const;

/** Payouts with all that became of them; a proposal of a payout has the payout's name. */
export const payoutTakes: Takers = {
  payoutRequested: ({ data }, { matters, at, seq, context }) => {
    const { payoutId, accountId, traderId, currency } = data;
    const terms = context.directory.account(accountId)?.terms;
    const program = terms?.program.programId ?? 'unknown';
    matters.open(
      payoutId,
      { at, seq },
      { tags: { payoutId, accountId, traderId, currency, program } },
    );
  },
  proposalRevised: ({ data }, { matters, at, seq }) => {
    if (data.maker !== null) matters.step(data.proposalId, { at, seq }, 'revised');
  },
  proposalClosed: ({ data }, { matters, at, seq }) => {
    matters.step(data.proposalId, { at, seq }, data.outcome);
  },
  decisionReceived: ({ data }, { matters, at, seq }) => {
    const counts = data.verdict.type === 'counted' && data.decision === 'hold';
    if (counts) matters.step(data.proposalId, { at, seq }, 'held');
  },
  informationAsked: ({ data }, { matters, at, seq }) => {
    matters.step(data.payoutId, { at, seq }, 'asked');
  },
  paymentInstructed: ({ data }, { matters, at, seq }) => {
    matters.step(data.payoutId, { at, seq }, 'instructed', { amount: data.amount });
  },
  paymentReported: ({ data }, { matters, at, seq }) => {
    const { payoutId, state, reportId } = data;
    matters.step(payoutId, { at, seq }, state, { about: `report/${reportId}`, once: true });
  },
  exceptionRaised: ({ data }, { matters, at, seq }) => {
    if (data.payoutId !== null) matters.step(data.payoutId, { at, seq }, 'exception');
  },
};

/** What the rail says became of a payment: the word that began the state it is in. */
export function lastWord(steps: readonly Step[]): Step | null {
  const last = lastOf(steps, ...FINAL);
  if (!last) return null;
  const words = steps.filter(({ name }) => FINAL.some((one) => one === name));
  const before = words.findLastIndex(({ name }) => name !== last.name);
  return words[before + 1] ?? last;
}

/** Every time that a payment became paid, or was paid no more. */
export function paidTurns(
  steps: readonly Step[],
): readonly { readonly step: Step; readonly sign: 1 | -1 }[] {
  const turns: { readonly step: Step; readonly sign: 1 | -1 }[] = [];
  let isPaid = false;
  for (const step of steps) {
    if (!FINAL.some((one) => one === step.name) || isPaid === (step.name === 'paid')) continue;
    isPaid = !isPaid;
    turns.push({ step, sign: isPaid ? 1 : -1 });
  }
  return turns;
}
