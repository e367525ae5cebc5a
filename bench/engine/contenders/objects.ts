import { benchAccounts, firstQuote, instruments, POINT_VALUE, startBalance } from '../workload.ts';
import type { Contender } from './contender.ts';

interface Holding {
  readonly symbol: number;
  readonly buy: boolean;
  readonly volume: number;
  readonly openPrice: number;
}

interface Account {
  readonly trailing: boolean;
  readonly holdings: Holding[];
  peak: number;
  warned: number[];
  failed: boolean;
  met: boolean;
}

/** What a careful engineer writes first: objects, revalued on every tick, levels compared. */
export const objects: Contender = {
  name: 'hand-written objects',
  accountsMax: 1_000_000,
  build: (accounts) => {
    const quotes = instruments.map(() => ({ ...firstQuote }));
    const holders: Account[][] = instruments.map(() => []);
    for (const bench of benchAccounts(accounts)) {
      const account: Account = {
        trailing: bench.trailing,
        holdings: bench.positions.map((position) => ({
          ...position,
          openPrice: position.buy ? firstQuote.ask : firstQuote.bid,
        })),
        peak: startBalance,
        warned: [0, 0],
        failed: false,
        met: false,
      };
      for (const symbol of new Set(bench.positions.map((position) => position.symbol))) {
        holders[symbol]?.push(account);
      }
    }
    let verdicts = 0;
    const equityOf = (account: Account): number => {
      let equity = startBalance;
      for (const { symbol, buy, volume, openPrice } of account.holdings) {
        const quote = quotes[symbol] as { bid: number; ask: number };
        equity += (buy ? quote.bid - openPrice : openPrice - quote.ask) * volume * POINT_VALUE;
      }
      return equity;
    };
    const judge = (account: Account): void => {
      if (account.failed) return;
      const equity = equityOf(account);
      if (equity > account.peak) account.peak = equity;
      const allowances = [startBalance * 0.05, startBalance * (account.trailing ? 0.06 : 0.1)];
      const trailed = account.peak - (allowances[1] as number);
      const floors = [
        startBalance - (allowances[0] as number),
        account.trailing ? Math.min(trailed, startBalance) : trailed - account.peak + startBalance,
      ];
      for (const [at, floor] of floors.entries()) {
        const allowance = allowances[at] as number;
        if (equity < floor) {
          account.failed = true;
          verdicts += 1;
        }
        for (const [level, share] of [0.5, 0.75, 0.9].entries()) {
          if ((account.warned[at] as number) > level) continue;
          if (equity <= floor + allowance * (1 - share)) {
            account.warned[at] = level + 1;
            verdicts += 1;
          }
        }
      }
      if (!account.met && equity >= startBalance * 1.1) {
        account.met = true;
        verdicts += 1;
      }
    };
    return {
      play: (ticks, from, to) => {
        let checks = 0;
        for (let at = from; at < to; at += 1) {
          const symbol = ticks.symbol[at] as number;
          quotes[symbol] = { bid: ticks.bid[at] as number, ask: ticks.ask[at] as number };
          const touched = holders[symbol] ?? [];
          for (const account of touched) judge(account);
          checks += touched.length;
        }
        return checks;
      },
      verdicts: () => verdicts,
    };
  },
};
