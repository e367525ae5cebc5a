import { moneyText, type Money } from '#core/money/money.ts';
import type { Disputed, DisputeReason, Remedy } from './support.events.ts';

export interface DisputeLetterBasis {
  readonly disputeId: string;
  readonly accountId: string;
  readonly about: Disputed;
  readonly reason: string;
  readonly remedy: Remedy;
  readonly clause: string | null;
  /** Of a refund or of goodwill. */
  readonly amount: Money;
  readonly currency: string | null;
}

/** What a trader said is wrong, in the words of lists and letters. */
export const DISPUTE_REASON_TEXT: Readonly<Record<DisputeReason, string>> = {
  priceWrong: 'The price was wrong',
  priceGap: 'The price jumped over the limit',
  platformOutage: 'The platform could not be used',
  ruleMisread: 'The rule was applied wrongly',
  ruleUnclear: 'The rule is unclear',
  ruleChanged: 'The rule had been changed',
  wrongAccount: 'It was about another account',
  notMyTrades: 'The trades were not mine',
  amountWrong: 'The amount is wrong',
  other: 'Something else',
};

export const REMEDY_TEXT: Readonly<Record<Remedy, string>> = {
  upheld: 'The decision stands',
  reinstated: 'The account was put back',
  refunded: 'Money was given back',
  goodwill: 'Given as goodwill',
};

/**
 * The letter that answers a dispute, a line each. It says what was decided, on which clause, and
 * what it means; another person than the first has decided it, and it says so.
 */
export function disputeLetter(basis: DisputeLetterBasis): string {
  const { disputeId, accountId, about, reason, clause } = basis;
  return [
    'What you disputed',
    `${disputedText(about)}, on account ${accountId}.`,
    '',
    'What we have decided',
    meaningOf(basis),
    'It was decided by a person who had no part in the first decision.',
    ...(clause === null ? [] : ['', 'What it rests on', clause]),
    '',
    'Why',
    reason,
    ...(about.type === 'verdict'
      ? [
          '',
          `The verdict with its evidence is entry ${about.seq} of our log. Ask for it:`,
          'you can check it yourself, without us.',
        ]
      : []),
    '',
    `Our reference: ${disputeId}`,
  ].join('\n');
}

export function disputedText(about: Disputed): string {
  switch (about.type) {
    case 'verdict':
      return `The verdict of rule "${about.ruleId}" (entry ${about.seq})`;
    case 'payout':
      return `The answer to payout request ${about.payoutId}`;
    case 'case':
      return `The decision ${about.caseId}`;
  }
}

function meaningOf({ remedy, amount, currency }: DisputeLetterBasis): string {
  const much = `${moneyText(amount)} ${currency ?? ''}`.trim();
  switch (remedy) {
    case 'upheld':
      return 'The decision stands.';
    case 'reinstated':
      return 'The verdict does not stand: your account goes on as if the rule had not spoken.';
    case 'refunded':
      return `You were right in this: ${much} is credited to your account.`;
    case 'goodwill':
      return `The decision stands. As goodwill, ${much} is credited to your account.`;
  }
}
