import { createBook, type Book } from '#core/engine/book.ts';
import {
  benchAccounts,
  benchRuleSets,
  benchTerms,
  day,
  firstQuote,
  instruments,
  symbolName,
} from '../workload.ts';
import type { Contender, Runner } from './contender.ts';

/** Propdesk's live engine. */
export const columnar: Contender = {
  name: 'Propdesk, columnar',
  accountsMax: 1_000_000,
  build: (accounts) => createColumnar(accounts, benchRuleSets()),
};

export function createColumnar(
  accounts: number,
  ruleSets: ReturnType<typeof benchRuleSets>,
): Runner {
  const legs = new Int32Array(instruments.length);
  const book = filledBook(accounts, ruleSets, legs);
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
  legs: Int32Array = new Int32Array(instruments.length),
): Book {
  const book = createBook();
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
  return book;
}
