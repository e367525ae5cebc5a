import { createMarketView } from '#core/accounts/market-view.ts';
import { openReferenceAccount, type ReferenceAccount } from '#core/rules/reference.ts';
import {
  benchAccounts,
  benchRuleSets,
  benchTerms,
  day,
  firstQuote,
  instruments,
  symbolName,
} from '../workload.ts';
import type { Contender } from './contender.ts';

/** Propdesk's reference evaluator on every account that holds the symbol. */
export const reference: Contender = {
  name: 'Propdesk, reference evaluator',
  accountsMax: 50_000,
  build: (accounts) => {
    const market = createMarketView(instruments);
    for (const { symbol } of instruments) market.apply({ symbol, ...firstQuote });
    const ruleSets = benchRuleSets();
    const holders: ReferenceAccount[][] = instruments.map(() => []);
    let number = 0;
    for (const bench of benchAccounts(accounts)) {
      const ruleSet = bench.trailing ? ruleSets.trailing : ruleSets.fixed;
      const terms = benchTerms(number, ruleSet);
      const account = openReferenceAccount({ terms, ruleSet, market, day });
      for (const [at, { symbol, buy, volume }] of bench.positions.entries()) {
        account.deal({
          accountId: terms.accountId,
          dealId: '',
          positionId: String(at),
          symbol: symbolName(symbol),
          side: buy ? 'buy' : 'sell',
          entry: 'in',
          volume,
          price: buy ? firstQuote.ask : firstQuote.bid,
          profit: 0,
          commission: 0,
          swap: 0,
          fee: 0,
          at: 0,
        });
        if (at === 0 || bench.positions[0].symbol !== symbol) holders[symbol]?.push(account);
      }
      number += 1;
    }
    let verdicts = 0;
    return {
      play: (ticks, from, to) => {
        let checks = 0;
        for (let at = from; at < to; at += 1) {
          const symbol = ticks.symbol[at] as number;
          const mark = {
            index: at,
            symbol: symbolName(symbol),
            bid: ticks.bid[at] as number,
            ask: ticks.ask[at] as number,
            at,
            source: 'bench',
            quality: 0,
          };
          market.apply(mark);
          for (const account of holders[symbol] ?? []) verdicts += account.mark(mark).length;
          checks += holders[symbol]?.length ?? 0;
        }
        return checks;
      },
      verdicts: () => verdicts,
    };
  },
};
