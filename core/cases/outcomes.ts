import { z } from 'zod';

/** What a case is, seen from outside: `snoozed` until an instant, `merged` into another for good. */
export const CASE_STATES = ['open', 'snoozed', 'decided', 'merged'] as const;
export type CaseState = (typeof CASE_STATES)[number];

/** What one person alone may decide. */
export const SOLE_OUTCOMES = ['dismiss', 'warn'] as const;
/** What reaches into an account or a payout: proposed by one person, approved by others. */
export const CONSEQUENCES = [
  'restrict',
  'payoutHold',
  'profitDeduction',
  'close',
  'releaseHold',
] as const;
export const OUTCOMES = [...SOLE_OUTCOMES, ...CONSEQUENCES] as const;
export type Consequence = (typeof CONSEQUENCES)[number];
export type CaseOutcome = (typeof OUTCOMES)[number];
export const consequenceSchema = z.enum(CONSEQUENCES);
export const outcomeSchema = z.enum(OUTCOMES);

/** Why a matter is none, each in words for lists. */
export const DISMISS_CODES = {
  coincidence: 'Others traded the same without knowing each other',
  household: 'People who live or work together, each trading for themselves',
  publicSource: 'All follow the same public ideas',
  allowedStrategy: 'The program allows what was done',
  ownFault: 'Our prices, platform or records were at fault',
  tooLittle: 'Too little was seen to say anything',
  duplicate: 'Another case is about the same',
  other: 'Something else, see the reason',
} as const;
export type DismissCode = keyof typeof DISMISS_CODES;
export const DISMISS_CODE_NAMES = Object.keys(DISMISS_CODES) as [DismissCode, ...DismissCode[]];

/** What was found, for a warning or a consequence, each in words for lists. */
export const FOUND_CODES = {
  copiedTrades: 'Several accounts traded as one',
  hedgedAcross: 'Opposite trades across accounts cancelled each other’s risk',
  oneIdentity: 'Accounts of several names are used by one person',
  stalePrices: 'Trades used prices that were late or wrong',
  gambling: 'Size and risk were those of a bet, not of a strategy',
  newsTrading: 'Trades were placed around releases that the program excludes',
  handedOver: 'Somebody else traded the account',
  platformAbuse: 'The platform was loaded or used against its terms',
  other: 'Something else, see the reason',
} as const;
export type FoundCode = keyof typeof FOUND_CODES;
export const FOUND_CODE_NAMES = Object.keys(FOUND_CODES) as [FoundCode, ...FoundCode[]];

/** In words, for timelines and lists. */
export const OUTCOME_WORDS: Readonly<Record<CaseOutcome, string>> = {
  dismiss: 'dismissed',
  warn: 'warned the trader',
  restrict: 'restricted the account',
  payoutHold: 'held the payout',
  profitDeduction: 'deducted profit',
  close: 'closed the account',
  releaseHold: 'released the hold',
};
