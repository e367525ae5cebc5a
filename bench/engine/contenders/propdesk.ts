import { createBook, type Book } from '#core/engine/book.ts';
import { createLinearWatch } from '#core/engine/linear-watch.ts';
import type { CreatePriceWatch } from '#core/engine/price-watch.ts';
import {
  benchAccounts,
  benchRuleSets,
  benchTerms,
  day,
  firstQuote,
  instruments,
  richestRuleSets,
  symbolName,
} from '../workload.ts';
import type { Contender, Runner } from './contender.ts';

/** Propdesk's live engine. */
export const bands: Contender = {
  name: 'Propdesk, safe bands',
  accountsMax: 1_000_000,
  build: (accounts) => runBook(filledBook(accounts, benchRuleSets())),
};

/** The same under the rules of the richest program that ships. */
export const richest: Contender = {
  name: 'Propdesk, richest program',
  accountsMax: 1_000_000,
  build: (accounts) => runBook(filledBook(accounts, richestRuleSets())),
};

/** The same rules, but every price moves every account that holds its symbol. */
export const linear: Contender = {
  name: 'Propdesk, linear pass',
  accountsMax: 1_000_000,
  build: (accounts) => runBook(filledBook(accounts, benchRuleSets(), createLinearWatch)),
};

interface FilledBook {
  readonly book: Book;
  /** By symbol. */
  readonly legs: Int32Array;
}

function runBook({ book, legs }: FilledBook): Runner {
  book.pack();
  let verdicts = 0;
  const count = (_account: number, drafts: readonly unknown[]): void => {
    verdicts += drafts.length;
  };
  const names = instruments.map((instrument) => instrument.symbol);
  return {
    play: (ticks, from, to) => {
      let checks = 0;
      for (let at = from; at < to; at += 1) {
        const symbol = ticks.symbol[at] as number;
        const mark = {
          index: at,
          symbol: names[symbol] as string,
          bid: ticks.bid[at] as number,
          ask: ticks.ask[at] as number,
          at,
          source: 'bench',
          quality: 0,
        };
        book.mark(mark, count);
        checks += legs[symbol] as number;
      }
      return checks;
    },
    verdicts: () => verdicts,
    bytes: () => book.bytes(),
  };
}

/** The workload's book; counts the legs of every symbol on the way. */
export function filledBook(
  accounts: number,
  ruleSets: ReturnType<typeof benchRuleSets>,
  watch?: CreatePriceWatch,
): FilledBook {
  const legs = new Int32Array(instruments.length);
  const book = createBook(watch);
  for (const instrument of instruments) {
    book.defineInstrument(instrument);
    const { symbol } = instrument;
    book.mark({ index: 0, symbol, ...firstQuote, at: 0, source: 'bench', quality: 0 }, () => {});
  }
  let number = 0;
  for (const account of benchAccounts(accounts)) {
    const ruleSet = account.trailing ? ruleSets.trailing : ruleSets.fixed;
    const terms = benchTerms(number, ruleSet);
    book.openAccount({ terms, ruleSet, day });
    for (const [at, { symbol, buy, volume }] of account.positions.entries()) {
      const costs = { profit: 0, commission: 0, swap: 0, fee: 0, at: 0 };
      book.deal({
        accountId: terms.accountId,
        dealId: '',
        positionId: at === 0 ? '0' : '1',
        symbol: symbolName(symbol),
        side: buy ? 'buy' : 'sell',
        entry: 'in',
        volume,
        price: buy ? firstQuote.ask : firstQuote.bid,
        ...costs,
      });
      legs[symbol] = (legs[symbol] as number) + 1;
    }
    number += 1;
  }
  return { book, legs };
}
