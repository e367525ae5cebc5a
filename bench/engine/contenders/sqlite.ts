import Database from 'better-sqlite3';
import { benchAccounts, firstQuote, instruments, POINT_VALUE, startBalance } from '../workload.ts';
import type { Contender } from './contender.ts';

/** The same in SQL, in memory: one update of the touched accounts, one query for the crossed. */
export const sqlite: Contender = {
  name: 'SQLite in memory',
  accountsMax: 50_000,
  build: (accounts) => {
    const database = new Database(':memory:');
    database.exec(`
      CREATE TABLE account (id INTEGER PRIMARY KEY, equity INTEGER NOT NULL, peak INTEGER NOT NULL,
        trailing INTEGER NOT NULL, failed INTEGER NOT NULL DEFAULT 0) STRICT;
      CREATE TABLE holding (symbol INTEGER NOT NULL, account INTEGER NOT NULL,
        long INTEGER NOT NULL, short INTEGER NOT NULL) STRICT;
    `);
    const addAccount = database.prepare('INSERT INTO account VALUES (?, ?, ?, ?, 0)');
    const addHolding = database.prepare('INSERT INTO holding VALUES (?, ?, ?, ?)');
    const legs = new Int32Array(instruments.length);
    database.transaction(() => {
      let id = 0;
      for (const bench of benchAccounts(accounts)) {
        addAccount.run(id, startBalance, startBalance, bench.trailing ? 1 : 0);
        for (const { symbol, buy, volume } of bench.positions) {
          const weight = volume * POINT_VALUE;
          addHolding.run(symbol, id, buy ? weight : 0, buy ? 0 : weight);
          legs[symbol] = (legs[symbol] as number) + 1;
        }
        id += 1;
      }
    })();
    database.exec('CREATE INDEX holding_symbol ON holding (symbol, account); ANALYZE;');
    const revalue = database.prepare(`
      UPDATE account SET equity = equity + moved.by, peak = max(peak, equity + moved.by)
      FROM (SELECT account, SUM(long * ? - short * ?) AS by FROM holding WHERE symbol = ?
            GROUP BY account) AS moved
      WHERE account.id = moved.account
    `);
    const crossed = database.prepare(`
      SELECT id FROM account WHERE failed = 0
        AND id IN (SELECT account FROM holding WHERE symbol = ?)
        AND (equity < ${startBalance * 0.95}
          OR (trailing = 1 AND equity < min(peak - ${startBalance * 0.06}, ${startBalance}))
          OR (trailing = 0 AND equity < ${startBalance * 0.9}))
    `);
    const fail = database.prepare('UPDATE account SET failed = 1 WHERE id = ?');
    const quotes = instruments.map(() => ({ ...firstQuote }));
    let verdicts = 0;
    return {
      play: (ticks, from, to) => {
        let checks = 0;
        for (let at = from; at < to; at += 1) {
          const symbol = ticks.symbol[at] as number;
          const before = quotes[symbol] as { bid: number; ask: number };
          const bid = ticks.bid[at] as number;
          const ask = ticks.ask[at] as number;
          revalue.run(bid - before.bid, ask - before.ask, symbol);
          quotes[symbol] = { bid, ask };
          for (const { id } of crossed.all(symbol) as { id: number }[]) {
            fail.run(id);
            verdicts += 1;
          }
          checks += legs[symbol] as number;
        }
        return checks;
      },
      verdicts: () => verdicts,
    };
  },
};
