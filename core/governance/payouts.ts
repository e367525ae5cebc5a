import type { CaseDeduction } from '#core/cases/cases.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { moneyText } from '#core/money/money.ts';
import type { PaymentReport, PayoutRequest } from '#core/payouts/payouts.events.ts';
import { readSnapshot, type Deduction } from '#core/payouts/snapshot.ts';
import { paymentStateOf, type Governance } from './governance.ts';
import { patternOf, writeCase, type PayoutCase, type WrittenCase } from './payout-case.ts';
import type { Decided } from './propose.ts';
import type { GovernedWorld, Refusal } from './world.ts';

export const PAYOUTS_OPEN_PER_ACCOUNT_MAX = 1;

/** A trader's request becomes a proposal with its first assessment. Asked twice, it is one. */
export function openPayout(
  request: PayoutRequest,
  source: Omit<PayoutCase, 'request' | 'version' | 'deductions'>,
  world: GovernedWorld,
): Result<Decided, Refusal> {
  const { governance, at } = world;
  if (governance.payout(request.payoutId)) {
    return err({ code: 'conflict', message: `payout ${request.payoutId} exists already` });
  }
  const open = governance
    .payoutsOf(request.accountId)
    .filter((id) => !governance.proposal(id)?.closed);
  if (open.length >= PAYOUTS_OPEN_PER_ACCOUNT_MAX) {
    return err({
      code: 'conflict',
      message: `payout ${open[0]} of this account is not decided yet`,
    });
  }
  const deductions = withCaseDeductions([], request.accountId, governance);
  const written = writeCase({ ...source, request, version: 1, deductions }, governance);
  if (!written.ok) return err({ code: 'invalid', message: written.error });
  const { terms } = source.state;
  const policy = governance.policy('payPayout');
  const opened: FactDraft = {
    kind: 'proposalOpened',
    data: {
      ...versionOf(written.value),
      action: 'payPayout',
      about: {
        accountId: request.accountId,
        traderId: request.traderId,
        programId: terms.program.programId,
        region: request.payee.region,
        personId: null,
      },
      makers: [],
      reason: 'asked for by the trader',
      at,
      expiresAt: at + policy.expiresAfterMs,
      decideBy: at + policy.decideWithinMs,
      coolingUntil: payeeChanged(request, world) ? at + policy.payeeCoolOffMs : null,
    },
  };
  return ok({
    drafts: [{ kind: 'payoutRequested', data: request }, opened],
    contents: [{ digest: written.value.digest, text: written.value.text }],
  });
}

function versionOf({ snapshot, digest, clean }: WrittenCase) {
  const { payoutId, version, amounts, window } = snapshot;
  const params = { payoutId, clean, pattern: patternOf(window) };
  return { proposalId: payoutId, version, params, snapshot: digest, amount: amounts.trader };
}

/** Whether the trader was paid before, and elsewhere. */
function payeeChanged(
  { traderId, payoutId, payee }: PayoutRequest,
  { governance }: GovernedWorld,
): boolean {
  let last: PayoutRequest | null = null;
  for (const { request, payment } of governance.payouts()) {
    if (request.traderId === traderId && request.payoutId !== payoutId && payment) last = request;
  }
  return last !== null && last.payee.digest !== payee.digest;
}

/**
 * Assesses a payout again: with trades deducted, at another amount, or because time has passed.
 * Every signature on what it was is void, and who did it cannot approve it.
 */
export function revisePayout(
  payoutId: string,
  by: {
    readonly personId: string | null;
    readonly reason: string;
    readonly deductions: readonly Deduction[] | null;
  },
  source: Omit<PayoutCase, 'request' | 'version' | 'deductions'>,
  world: GovernedWorld,
): Result<Decided, Refusal> {
  const { governance, at } = world;
  const payout = governance.payout(payoutId);
  const proposal = governance.proposal(payoutId);
  if (!payout || !proposal)
    return err({ code: 'notFound', message: `there is no payout ${payoutId}` });
  if (proposal.closed)
    return err({ code: 'invalid', message: `it was ${proposal.closed.outcome} already` });
  const about = { ...proposal.about, amount: proposal.amount };
  if (by.personId !== null && !governance.people.may(by.personId, 'reviewPayout', about)) {
    return err({ code: 'forbidden', message: 'no role of yours reaches this payout' });
  }
  const wanted = by.deductions ?? deductionsOf(proposal.snapshot, world);
  const deductions = withCaseDeductions(wanted, payout.request.accountId, governance);
  const known = new Set(
    source.accountFacts.flatMap((fact) => (fact.kind === 'dealBooked' ? [fact.data.dealId] : [])),
  );
  const unknown = deductions.flatMap(({ dealIds }) => dealIds).find((dealId) => !known.has(dealId));
  if (unknown !== undefined)
    return err({ code: 'invalid', message: `the account has no trade ${unknown}` });
  const version = proposal.version + 1;
  const written = writeCase(
    { ...source, request: payout.request, version, deductions },
    governance,
  );
  if (!written.ok) return err({ code: 'invalid', message: written.error });
  const { personId: maker, reason } = by;
  return ok({
    drafts: [
      {
        kind: 'proposalRevised',
        data: { ...versionOf(written.value), maker, reason, at, coolingUntil: null },
      },
    ],
    contents: [{ digest: written.value.digest, text: written.value.text }],
  });
}

/** With what cases took from the account's profit and no payout has left out yet: nobody can forget it. */
function withCaseDeductions(
  deductions: readonly Deduction[],
  accountId: string,
  { cases }: Governance,
): readonly Deduction[] {
  const missing = missingDeductions(deductions, cases.deductionsOn(accountId));
  return [
    ...deductions,
    ...missing.map(({ caseId, dealIds, amount, reason, personId }) => ({
      dealIds: [...dealIds],
      amount,
      ruleId: null,
      reason: `case ${cases.file(caseId)?.number ?? caseId}: ${reason}`.slice(0, 400),
      by: personId,
    })),
  ];
}

/** What cases deduct that a payout's deductions do not hold: each counts for one. */
export function missingDeductions(
  deductions: readonly Deduction[],
  wanted: readonly CaseDeduction[],
): readonly CaseDeduction[] {
  const left = [...deductions];
  return wanted.filter(({ dealIds, amount }) => {
    const at = left.findIndex(
      (one) => one.amount >= amount && dealIds.every((dealId) => one.dealIds.includes(dealId)),
    );
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function deductionsOf(digest: string, { content }: GovernedWorld): readonly Deduction[] {
  const text = content(digest);
  const snapshot = text === null ? null : readSnapshot(text, digest);
  return snapshot?.ok ? snapshot.value.deductions : [];
}

/**
 * What a rail told of a payment. A report told twice is one; one that contradicts what is known, or
 * tells of money nobody ordered, is kept and becomes a person's matter.
 */
export function reportPayment(
  report: PaymentReport,
  { governance, at }: GovernedWorld,
): Result<Decided, Refusal> {
  const payout = governance.payout(report.payoutId);
  if (!payout?.payment || payout.payment.instructionId !== report.instructionId) {
    return err({ code: 'notFound', message: `no payment ${report.instructionId} was instructed` });
  }
  if (payout.reports.some(({ reportId }) => reportId === report.reportId))
    return ok({ drafts: [], contents: [] });
  const drafts: FactDraft[] = [{ kind: 'paymentReported', data: report }];
  const before = paymentStateOf(payout);
  const raise = (
    type: 'paidTwice' | 'paymentUnknown' | 'paymentFailed',
    sentence: string,
  ): void => {
    const exceptionId = `x-${digestOfText(`${report.payoutId}/${report.reportId}`).slice(0, 32)}`;
    const about = { exceptionId, payoutId: report.payoutId, entryId: null };
    drafts.push({ kind: 'exceptionRaised', data: { ...about, type, sentence, at } });
  };
  const words = [before, report.state] as const;
  const contradicts = words.includes('declined') && words.includes('paid');
  if (contradicts) {
    raise(
      'paidTwice',
      `The rail said "${before}" and then "${report.state}": find out which before anything else is done`,
    );
  }
  if (report.state === 'unknown' && before !== 'unknown') {
    raise(
      'paymentUnknown',
      'Nobody knows whether this payment arrived. It is asked for, and never sent again',
    );
  }
  const failed = report.state === 'declined' || report.state === 'returned';
  // One report is one matter: where the rail contradicts itself, nothing is given back before it is clear.
  if (failed && before !== report.state && !contradicts) {
    const gross = moneyText(payout.payment.gross);
    raise(
      'paymentFailed',
      `The payment was ${report.state}: give ${gross} back to the account by an adjustment; the trader asks again`,
    );
  }
  return ok({ drafts, contents: [] });
}
