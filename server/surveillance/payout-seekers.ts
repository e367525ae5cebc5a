import { STATUS, type AccountTerms } from '#core/accounts/account.ts';
import type { Book } from '#core/engine/book.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { mulDivFloor, PPM_UNIT } from '#core/money/money.ts';
import type { CastOptions } from '#core/sim/cast.ts';
import { payeesOf } from '#core/sim/things.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** An account is traded for a day before its trader asks, and a week passes between two requests. */
const FIRST_AFTER_MS = DAY_MS;
const AGAIN_AFTER_MS = 7 * DAY_MS;
/** Who made less than so much of the account's size waits. */
const PROFIT_FROM_PPM = 2_000;

type Accounts = Pick<Book, 'accounts' | 'status' | 'terms' | 'balance'>;

/** The traders of a scored world who ask for what they made. */
export interface PayoutSeekers {
  /** Who asks by now; looks around once an hour of market time. */
  ask(book: Accounts, at: number): FactDraft[];
  /** Everybody who asked. */
  readonly traders: ReadonlySet<string>;
}

/**
 * Whoever stands in profit on an account that pays out asks for the profit, whatever the calendar of
 * the program says: people do. Each is paid to the account that is theirs in this world.
 */
export function createPayoutSeekers(
  world: Omit<CastOptions, 'hasReference'>,
  isFunded: (terms: AccountTerms) => boolean,
): PayoutSeekers {
  const payeeOf = payeesOf(world);
  const traders = new Set<string>();
  const askedAt = new Map<string, number>();
  let looksAt = 0;
  const draft = (terms: AccountTerms, requested: number, at: number): FactDraft => {
    const { accountId, traderId, currency } = terms;
    const account = payeeOf(traderId);
    const payoutId = `${accountId}-${at}`;
    const payee = {
      digest: digestOfText(account),
      last4: account.slice(-4),
      method: 'testRail' as const,
      region: null,
    };
    const request = { payoutId, accountId, traderId, requested, currency, payee };
    return { kind: 'payoutRequested', data: { ...request, requestKey: `ask-${payoutId}`, at } };
  };
  const wants = (terms: AccountTerms, profit: number, at: number): boolean => {
    const { accountId, nominalSize, openedAt = 0 } = terms;
    if (profit < mulDivFloor(nominalSize, PROFIT_FROM_PPM, PPM_UNIT)) return false;
    if (at - openedAt < FIRST_AFTER_MS || !isFunded(terms)) return false;
    return at - (askedAt.get(accountId) ?? -Infinity) >= AGAIN_AFTER_MS;
  };
  return {
    traders,
    ask: (book, at) => {
      if (at < looksAt) return [];
      looksAt = at + HOUR_MS;
      const asked: FactDraft[] = [];
      for (let account = 0; account < book.accounts; account += 1) {
        if (book.status(account) !== STATUS.active) continue;
        const terms = book.terms(account);
        const profit = book.balance(account) - terms.startBalance;
        if (!wants(terms, profit, at)) continue;
        askedAt.set(terms.accountId, at);
        traders.add(terms.traderId);
        asked.push(draft(terms, profit, at));
      }
      return asked;
    },
  };
}
