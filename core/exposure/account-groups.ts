import type { AccountTerms } from '#core/accounts/account.ts';
import type { Book } from '#core/engine/book.ts';
import type { Money } from '#core/money/money.ts';
import { startOf, type PayoutPolicy } from '#core/payouts/policy.ts';
import { civilOf } from '#core/time/civil.ts';
import { NOTHING_PAID, type PaidBefore } from './owed.ts';

/** Bits of an account's word that name its product, its trader's region and its trader's cohort. */
export const PRODUCT_BITS = 11;
export const REGION_BITS = 9;
export const COHORT_BITS = 12;
/** Groups of one kind; what comes beyond them shares the first, "other" or "unknown". */
export const PRODUCTS_MAX = 2 ** PRODUCT_BITS;
export const REGIONS_MAX = 2 ** REGION_BITS;
export const COHORTS_MAX = 2 ** COHORT_BITS;

export const OTHER = 'other';
export const UNKNOWN = 'unknown';
const DAY_MS = 86_400_000;

/** A phase of a program: what its accounts have in common. */
export interface Product {
  readonly programId: string;
  readonly programName: string;
  readonly phaseId: string;
  /** Whether the phase pays profit out. */
  readonly pays: boolean;
}

/** When the first account of a trader opened: a month, and the Monday of a week that reaches into it. */
export interface Cohort {
  /** "2026-05"; "unknown" where nobody knows. */
  readonly month: string;
  /** "2026-05-04" */
  readonly week: string;
}

/** An account whose phase pays profit out, with what paying it hangs on. */
export interface PayingAccount {
  readonly account: number;
  readonly policy: PayoutPolicy;
  /** The balance from which profit is counted. */
  readonly start: Money;
  readonly currency: string;
  before: PaidBefore;
}

export interface GroupPorts {
  /** What the account's phase says about paying out; undefined where it pays nothing. */
  policyOf(terms: AccountTerms): PayoutPolicy | undefined;
  /** When an account opened, where its terms do not say it; null where nobody knows. */
  openedAt(accountId: string): number | null;
}

/**
 * Which groups every account belongs to, as one word by account number: its product, its trader's
 * region, and the cohort of its trader.
 */
export interface AccountGroups {
  readonly products: readonly Product[];
  readonly regions: readonly string[];
  readonly cohorts: readonly Cohort[];
  /** Read with `productIn`, `regionIn` and `cohortIn`. */
  readonly words: Int32Array;
  /** Those that are paid of their profit, whether or not they have ended. */
  readonly paying: Iterable<PayingAccount>;
  payingAt(account: number): PayingAccount | undefined;
  /** Takes accounts in that opened since; called before each pass. */
  follow(): void;
  /** Where a trader lives: all accounts of that trader are there. */
  locate(traderId: string, region: string): void;
  /** An account came under another version of its program. */
  rulesChanged(accountId: string): void;
  /** So much of an account's profit was paid to its trader. */
  paid(accountId: string, toTrader: Money): void;
}

export function productIn(word: number): number {
  return word & (PRODUCTS_MAX - 1);
}

export function regionIn(word: number): number {
  return (word >>> PRODUCT_BITS) & (REGIONS_MAX - 1);
}

export function cohortIn(word: number): number {
  return word >>> (PRODUCT_BITS + REGION_BITS);
}

function wordOf(product: number, region: number, cohort: number): number {
  return product | (region << PRODUCT_BITS) | (cohort << (PRODUCT_BITS + REGION_BITS));
}

export function createAccountGroups(book: Book, ports: GroupPorts): AccountGroups {
  const products: Product[] = [];
  const regions: string[] = [];
  const cohorts: Cohort[] = [];
  const product = interning(products, PRODUCTS_MAX, ({ programId, phaseId, pays }) =>
    JSON.stringify([programId, phaseId, pays]),
  );
  const region = interning(regions, REGIONS_MAX, (name) => name);
  const cohort = interning(cohorts, COHORTS_MAX, ({ month, week }) => `${month} ${week}`);
  product({ programId: OTHER, programName: OTHER, phaseId: OTHER, pays: false });
  region(UNKNOWN);
  cohort({ month: UNKNOWN, week: UNKNOWN });
  let words = new Int32Array(FIRST_LENGTH);
  /** The account of the same trader that was taken in before, plus one; 0 is none. */
  let earlier = new Int32Array(FIRST_LENGTH);
  const traders = new Map<string, Trader>();
  const paying = new Map<number, PayingAccount>();
  const paid = new Map<number, PaidBefore>();
  let followed = 0;

  /** Accounts are numbered in the order in which they opened: the first seen is the first. */
  const traderOf = ({ traderId, accountId, openedAt }: AccountTerms): Trader => {
    const known = traders.get(traderId);
    if (known) return known;
    const at = openedAt ?? ports.openedAt(accountId);
    const trader = { cohort: at === null ? 0 : cohort(cohortOf(at)), region: 0, latest: 0 };
    traders.set(traderId, trader);
    return trader;
  };
  const productOf = (account: number, terms: AccountTerms): number => {
    const policy = ports.policyOf(terms);
    const before = paid.get(account) ?? NOTHING_PAID;
    const { currency, program, phase } = terms;
    if (policy) paying.set(account, { account, policy, start: startOf(terms), currency, before });
    else paying.delete(account);
    const { programId, name: programName } = program;
    return product({ programId, programName, phaseId: phase.phaseId, pays: policy !== undefined });
  };
  const take = (account: number): void => {
    const terms = book.terms(account);
    const trader = traderOf(terms);
    words[account] = wordOf(productOf(account, terms), trader.region, trader.cohort);
    earlier[account] = trader.latest;
    trader.latest = account + 1;
  };
  return {
    products,
    regions,
    cohorts,
    get words() {
      return words;
    },
    get paying() {
      return paying.values();
    },
    payingAt: (account) => paying.get(account),
    follow: () => {
      for (; followed < book.accounts; followed += 1) {
        if (followed === words.length) {
          words = doubled(words);
          earlier = doubled(earlier);
        }
        take(followed);
      }
    },
    locate: (traderId, name) => {
      const trader = traders.get(traderId);
      if (!trader) return;
      trader.region = region(name);
      for (let link = trader.latest; link !== 0; link = earlier[link - 1] as number) {
        const word = words[link - 1] as number;
        words[link - 1] = wordOf(productIn(word), trader.region, cohortIn(word));
      }
    },
    rulesChanged: (accountId) => {
      const account = book.numberOf(accountId);
      if (account === undefined || account >= followed) return;
      const word = words[account] as number;
      const now = productOf(account, book.terms(account));
      words[account] = wordOf(now, regionIn(word), cohortIn(word));
    },
    paid: (accountId, toTrader) => {
      const account = book.numberOf(accountId);
      if (account === undefined) return;
      const { payouts, paidToTrader } = paid.get(account) ?? NOTHING_PAID;
      const before = { payouts: payouts + 1, paidToTrader: paidToTrader + toTrader };
      paid.set(account, before);
      const known = paying.get(account);
      if (known) known.before = before;
    },
  };
}

const FIRST_LENGTH = 64;

interface Trader {
  readonly cohort: number;
  region: number;
  /** The account taken in last, plus one. */
  latest: number;
}

/** The UTC month of an instant, and the Monday that begins its week. */
export function cohortOf(at: number): Cohort {
  const day = Math.floor(at / DAY_MS);
  // 1 January 1970 was a Thursday, three days after its Monday.
  const monday = day - ((((day + 3) % 7) + 7) % 7);
  return { month: dateText(day).slice(0, 7), week: dateText(monday) };
}

function dateText(days: number): string {
  const { year, month, day } = civilOf(days);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Gives every name a small number; a name too many gets the number of the first. */
function interning<Member>(
  members: Member[],
  most: number,
  keyOf: (member: Member) => string,
): (member: Member) => number {
  const numbers = new Map<string, number>();
  return (member) => {
    const key = keyOf(member);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (members.length === most) return 0;
    const number = members.push(member) - 1;
    numbers.set(key, number);
    return number;
  };
}

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
