import type { CaseFile } from '#core/cases/cases.ts';
import { stakeOf, type StakeOf } from '#core/cases/priority.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import type { Governance } from './governance.ts';
import type { AccountMoney } from './world.ts';

/** Payouts of a case's traders that nobody has decided yet. */
export function pendingPayouts(file: CaseFile, governance: Governance): readonly Proposal[] {
  const found: Proposal[] = [];
  for (const traderId of file.traders) {
    for (const payoutId of governance.payoutsOfTrader(traderId)) {
      const proposal = governance.proposal(payoutId);
      if (proposal && !proposal.closed) found.push(proposal);
    }
  }
  return found;
}

/** What a case is about in money: the server and every desk reckon alike, each with what it knows. */
export function stakeOfCase(
  file: CaseFile,
  governance: Governance,
  moneyOf: (accountId: string) => AccountMoney | null,
): StakeOf {
  const accounts = [...file.accounts].flatMap((accountId) => moneyOf(accountId) ?? []);
  return stakeOf({
    payouts: pendingPayouts(file, governance).map(({ amount }) => amount),
    profits: accounts.map(({ profit }) => profit),
    nominalSizes: accounts.map(({ nominalSize }) => nominalSize),
  });
}

/** Whether a case waits for somebody to take it, at an instant: the person may be one who has it assigned. */
export function isFree(
  file: CaseFile,
  { governance, personId, at }: { governance: Governance; personId: string; at: number },
): boolean {
  return (
    file.decided === null &&
    file.mergedInto === null &&
    (file.snoozedUntil ?? 0) <= at &&
    (file.lock?.until ?? 0) <= at &&
    (file.assignee === null || file.assignee === personId) &&
    // What waits for others' approval waits for nobody else.
    governance.proposalsOn(file.caseId).length === 0
  );
}
