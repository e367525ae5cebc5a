import type { FactDraft } from '#core/facts/registry.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { moneyText } from '#core/money/money.ts';
import type { BankEntry, PaymentData } from '#core/payouts/payouts.events.ts';
import type { Governance } from './governance.ts';

/**
 * Books the lines of a bank file and matches each with the payment it is of: end-to-end id, amount
 * and payee, all three. What differs, or is of nothing that was ordered, is a person's matter. A
 * file or a line that is known already changes nothing.
 */
export function reconcile(entries: readonly BankEntry[], governance: Governance): FactDraft[] {
  const drafts: FactDraft[] = [];
  const matched = new Set<string>();
  const byInstruction = new Map<string, PaymentData>();
  for (const { payment } of governance.payouts()) {
    if (payment) byInstruction.set(payment.instructionId, payment);
  }
  const seen = new Set<string>();
  for (const entry of entries) {
    if (governance.entry(entry.entryId) || seen.has(entry.entryId)) continue;
    seen.add(entry.entryId);
    drafts.push({ kind: 'bankEntryBooked', data: entry });
    if (entry.fee) continue;
    const payment = entry.endToEndId === null ? undefined : byInstruction.get(entry.endToEndId);
    const problem = payment
      ? (differenceOf(entry, payment) ?? contradictionOf(entry, payment, governance))
      : unknownEntry(entry);
    const payoutId = payment?.payoutId ?? null;
    const again = payment && (matched.has(payment.payoutId) || isMatched(payment, governance));
    if (problem === null && payment && !again) {
      matched.add(payment.payoutId);
      drafts.push({
        kind: 'entryMatched',
        data: { entryId: entry.entryId, payoutId: payment.payoutId, at: entry.at },
      });
      continue;
    }
    const [type, sentence] =
      problem ??
      ([
        'paidTwice',
        `A second entry of ${moneyText(entry.amount)} is of a payment that is matched already`,
      ] as const);
    const exceptionId = `x-${digestOfText(`entry/${entry.entryId}`).slice(0, 32)}`;
    drafts.push({
      kind: 'exceptionRaised',
      data: { exceptionId, type, payoutId, entryId: entry.entryId, sentence, at: entry.at },
    });
  }
  return drafts;
}

type Problem = readonly [Extract<FactDraft, { kind: 'exceptionRaised' }>['data']['type'], string];

function unknownEntry({ amount, currency, endToEndId, direction }: BankEntry): Problem {
  const what = `${direction === 'out' ? 'Out' : 'In'} ${moneyText(amount)} ${currency}`;
  return [
    'unknownEntry',
    `${what} with the reference ${endToEndId ?? 'none'} is of nothing that was ordered`,
  ];
}

function differenceOf(entry: BankEntry, payment: PaymentData): Problem | null {
  if (entry.direction !== 'out') {
    return [
      'amountDiffers',
      `${moneyText(entry.amount)} came back for payment ${payment.instructionId}`,
    ];
  }
  if (entry.amount !== payment.amount || entry.currency !== payment.currency) {
    return [
      'amountDiffers',
      `${moneyText(entry.amount)} ${entry.currency} left, ${moneyText(payment.amount)} ${payment.currency} was ordered`,
    ];
  }
  if (entry.payeeLast4 !== null && entry.payeeLast4 !== payment.payee.last4) {
    return ['payeeDiffers', `It went to …${entry.payeeLast4}, …${payment.payee.last4} was ordered`];
  }
  return null;
}

/** The rail declined it, so nobody expects it: that it left all the same must not go unseen. */
function contradictionOf(
  { amount }: BankEntry,
  { payoutId, instructionId }: PaymentData,
  governance: Governance,
): Problem | null {
  if (governance.paymentState(payoutId) !== 'declined') return null;
  return [
    'paidAfterStop',
    `${moneyText(amount)} left for payment ${instructionId}, which the rail says it declined`,
  ];
}

function isMatched({ payoutId }: PaymentData, governance: Governance): boolean {
  return (governance.payout(payoutId)?.entries.length ?? 0) > 0;
}
