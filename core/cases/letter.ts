import { moneyText, type Money } from '#core/money/money.ts';
import type { CaseOutcome, FoundCode } from './outcomes.ts';
import { FOUND_CODES } from './outcomes.ts';

/** Days in which a trader may ask for a review, and in which the firm answers. */
export const REVIEW_ASKED_WITHIN_DAYS = 14;
export const REVIEW_ANSWERED_WITHIN_DAYS = 7;

export interface LetterBasis {
  readonly caseId: string;
  readonly outcome: CaseOutcome;
  /** What was found; for a dismissal it is not looked at. */
  readonly code: string;
  /** Deducted; 0 for everything else. */
  readonly amount: Money;
}

/** What was seen, in words that name no other trader and no number that something is measured by. */
const SEEN: Readonly<Record<FoundCode, string>> = {
  copiedTrades:
    'Trades on your account were opened and closed together with trades of accounts that are not yours.',
  hedgedAcross:
    'Trades on your account were opposite to trades of other accounts at the same time, so that ' +
    'together they bore hardly any risk.',
  oneIdentity:
    'Your account appears to be used by the same person as accounts that are registered to others.',
  stalePrices: 'Trades on your account were opened at prices that were late or wrong for a moment.',
  gambling:
    'The size and the risk of trades on your account were not those of a strategy that could be repeated.',
  newsTrading:
    'Trades on your account were placed around releases of news that your program excludes.',
  handedOver: 'Your account appears to have been traded by somebody other than you.',
  platformAbuse:
    'Orders on your account loaded or used the platform in a way that its terms exclude.',
  other: 'Activity on your account was not in line with the terms of your program.',
};

const MEANS: Readonly<Record<CaseOutcome, (amount: Money) => string>> = {
  dismiss: () =>
    'We have looked into it and found nothing that stands against you. A payout that waited goes on.',
  warn: () =>
    'This is a warning. Your account goes on as before; should the same be seen again, it may be restricted.',
  restrict: () =>
    'Your account is restricted: no new trades can be opened on it until this is settled.',
  payoutHold: () =>
    'A payout from your account waits until we have looked into this. Nothing has been decided about it.',
  profitDeduction: (amount) =>
    `Profit of ${moneyText(amount)} that came from these trades is not part of your next payout. All other profit is.`,
  close: () => 'Your account is closed.',
  releaseHold: () =>
    'A payout from your account that waited while we looked into a matter goes on.',
};

/** Outcomes of which a trader is told nothing was found. */
const CLEARS: readonly CaseOutcome[] = ['dismiss', 'releaseHold'];

/**
 * The letter of a decision, a line each, for every trader whom it concerns: which of their accounts
 * it is about stands in the subject that it is sent under. Null where a trader never heard of it.
 */
export function caseLetter(
  { caseId, outcome, code, amount }: LetterBasis,
  isHeld = true,
): string | null {
  if (outcome === 'dismiss' && !isHeld) return null;
  const means = MEANS[outcome](amount);
  const lines = CLEARS.includes(outcome)
    ? [means]
    : [
        'What we have seen',
        SEEN[isFound(code) ? code : 'other'],
        '',
        'What it means',
        means,
        '',
        'If you disagree',
        `Answer to this letter within ${REVIEW_ASKED_WITHIN_DAYS} days of its date and ask for a review.`,
        'Say what we have not seen or have understood wrongly; you may add whatever shows it.',
        'A person who had no part in this decision looks at it again, and answers you in writing ' +
          `within ${REVIEW_ANSWERED_WITHIN_DAYS} days.`,
      ];
  return [...lines, '', `Our reference: ${caseId}`].join('\n');
}

function isFound(code: string): code is FoundCode {
  return Object.hasOwn(FOUND_CODES, code);
}
