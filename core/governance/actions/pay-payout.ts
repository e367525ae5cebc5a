import { z } from 'zod';
import { present } from '#core/kernel/assert.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { err, ok } from '#core/kernel/result.ts';
import { moneyText } from '#core/money/money.ts';
import { displayPayout } from '#core/payouts/display.ts';
import { readSnapshot } from '#core/payouts/snapshot.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import { missingDeductions } from '../payouts.ts';
import type { GovernedWorld } from '../world.ts';
import type { ActionKind } from './action-kind.ts';

/** What a payout's proposal holds beside its bytes. */
export const payoutParamsSchema = z.strictObject({
  payoutId: idSchema,
  /** Nothing stands against it, and nobody has a matter open: see autoUpTo. */
  clean: z.boolean(),
  /** The rules that spoke since the last payout: what precedents are found by. */
  pattern: z.string().max(2_000),
});
export type PayoutParams = z.output<typeof payoutParamsSchema>;

/** Pays a trader. Asked for by the trader, assessed by the rules, approved by persons. */
export const payPayout: ActionKind = {
  type: 'payPayout',
  title: 'Pay a payout',
  prepare: () => err('a payout is asked for by its trader, never proposed'),
  display: (bytes) => {
    const snapshot = readSnapshot(bytes, digestOfText(bytes));
    return snapshot.ok ? ok(displayPayout(snapshot.value)) : snapshot;
  },
  blockedBy: (proposal, world) => {
    const { accountId } = proposal.about;
    const payout = world.governance.payout(proposal.proposalId);
    if (!payout || accountId === null) return 'it was never asked for';
    if (payout.payment) return 'it has been instructed already';
    const status = world.accountStatus(accountId);
    if (status === 'failed' || status === 'restricted') return `the account is ${status}`;
    const since = world.blockedSince(accountId, proposal.versionSeq);
    if (since !== null) return since;
    if (world.governance.identityOf(payout.request.traderId) === 'failed')
      return 'the trader’s identity check failed';
    const hold = world.governance.cases.holdOn(accountId);
    if (hold !== null) {
      const { number } = present(world.governance.cases.file(hold.caseId), 'the case that holds');
      return `it is held by case ${number}`;
    }
    return standsAgainst(proposal, world);
  },
  execute: (proposal, world) => {
    const bytes = world.content(proposal.snapshot);
    if (bytes === null) return err('the bytes that were approved are not kept here');
    const snapshot = readSnapshot(bytes, proposal.snapshot);
    if (!snapshot.ok) return snapshot;
    const { payoutId, version, amounts, currency, payee, state } = snapshot.value;
    if (payoutId !== proposal.proposalId || version !== proposal.version)
      return err('the bytes are of another version');
    if (amounts.trader !== proposal.amount || amounts.trader <= 0)
      return err('there is nothing to pay');
    return ok([
      {
        kind: 'paymentInstructed',
        data: {
          payoutId,
          version,
          instructionId: instructionIdOf(payoutId, version),
          accountId: state.terms.accountId,
          amount: amounts.trader,
          gross: amounts.gross,
          currency,
          payee,
          at: world.at,
        },
      },
    ]);
  },
};

/** One key for one version of one payout, for ever: asking a rail twice with it pays once. */
export function instructionIdOf(payoutId: string, version: number): string {
  return `PD${digestOfText(`${payoutId}/${version}`).slice(0, 30).toUpperCase()}`;
}

/** What the bytes themselves say against paying: an ineligible payout can be refused or revised, not paid. */
function standsAgainst({ snapshot: digest }: Proposal, world: GovernedWorld): string | null {
  const bytes = world.content(digest);
  if (bytes === null) return 'the bytes are not kept here';
  const snapshot = readSnapshot(bytes, digest);
  if (!snapshot.ok) return snapshot.error;
  const { against, deductions, state } = snapshot.value;
  const [first] = against;
  if (first !== undefined) return first;
  const { cases } = world.governance;
  const [missing] = missingDeductions(deductions, cases.deductionsOn(state.terms.accountId));
  if (!missing) return null;
  const { number } = present(cases.file(missing.caseId), 'the case that deducts');
  return `case ${number} deducts ${moneyText(missing.amount)} of it: assess it again`;
}
