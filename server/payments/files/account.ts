import { quoted, swiftProblem } from './characters.ts';

/** Whom money goes to or comes from: an IBAN, or the number of a bank that has none. */
export type BankAccount =
  | { readonly kind: 'iban'; readonly iban: string }
  | { readonly kind: 'other'; readonly id: string };

export const OTHER_ACCOUNT_LENGTH_MAX = 34;

/** The number itself, whichever kind. */
export function accountNumber(account: BankAccount): string {
  return account.kind === 'iban' ? account.iban : account.id;
}

/** Why an IBAN is none, or null: capitals and digits without blanks, and ISO 7064's mod 97 is 1. */
export function ibanProblem(iban: string): string | null {
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/.test(iban))
    return `${quoted(iban)} does not look like an IBAN`;
  // Check digits run from 02 to 98: 00, 01 and 99 leave the same remainders and are never given out.
  const given = !/^..(?:00|01|99)/.test(iban);
  return given && remainder(iban) === 1
    ? null
    : `${quoted(iban)} fails the check digits of an IBAN`;
}

/** Country and check digits moved to the end, letters counted from 10, the whole modulo 97. */
function remainder(iban: string): number {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

export function accountProblem(account: BankAccount): string | null {
  if (account.kind === 'iban') return ibanProblem(account.iban);
  const problem = swiftProblem(account.id, OTHER_ACCOUNT_LENGTH_MAX);
  return problem === null ? null : `${quoted(account.id)} ${problem}`;
}

const BIC = /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/;

export function bicProblem(bic: string): string | null {
  return BIC.test(bic) ? null : `${quoted(bic)} does not look like a BIC`;
}
