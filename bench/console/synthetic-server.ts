import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { createRandom } from '#core/kernel/random.ts';
import { ACCOUNTS_PER_PART_MAX, type AccountSummary } from '#core/sync/protocol.ts';
import { encodeRowFrame, ROW_COLUMNS, ROW_WIDTH } from '#core/sync/row-frame.ts';

const FRAME_EVERY_MS = 50;

/** A server that only speaks the protocol: as many accounts and row changes as asked for. */
export async function startSyntheticServer(
  accounts: number,
  rowsPerSecond: number,
): Promise<{ url: string; close(): void }> {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  const random = createRandom(1);
  const equity = Float64Array.from(
    { length: accounts },
    () => 91_000_0000 + random.below(17_000_0000),
  );
  let looked: readonly number[] = [];
  const rows = (numbers: readonly number[]): Uint8Array => {
    const values = new Float64Array(numbers.length * ROW_WIDTH);
    for (const [at, account] of numbers.entries()) {
      equity[account] = (equity[account] as number) + random.below(20_0000) - 10_0000;
      writeRow(values, at * ROW_WIDTH, account, equity[account] as number);
    }
    const now = Date.now();
    return new Uint8Array(
      encodeRowFrame({ marketAt: now, serverAt: now, rows: numbers.length, values }),
    );
  };
  io.on('connection', (socket) => {
    socket.on('look', ({ accounts: seen }: { accounts: number[] }) => {
      looked = seen;
    });
    socket.on('hello', (_hello: unknown, reply: (welcome: unknown) => void) => {
      reply({
        type: 'welcome',
        mode: 'snapshot',
        logId: 'bench',
        lastSeq: 1,
        serverAt: Date.now(),
      });
      const parts = Math.ceil(accounts / ACCOUNTS_PER_PART_MAX);
      for (let part = 0; part < parts; part += 1) {
        const from = part * ACCOUNTS_PER_PART_MAX;
        const some = Array.from(
          { length: Math.min(ACCOUNTS_PER_PART_MAX, accounts - from) },
          (_u, at) => summaryOf(from + at),
        );
        socket.emit('accounts', { seq: 1, part, parts, accounts: some, recentFacts: [] });
      }
      for (let from = 0; from < accounts; from += 4_096) {
        const count = Math.min(4_096, accounts - from);
        socket.emit('rows', rows(Array.from({ length: count }, (_u, at) => from + at)));
      }
      const perFrame = Math.round((rowsPerSecond * FRAME_EVERY_MS) / 1_000);
      const timer = setInterval(() => {
        const chosen = new Set<number>(looked.slice(0, perFrame >> 1));
        while (chosen.size < perFrame) chosen.add(random.below(accounts));
        socket.emit('rows', rows([...chosen]));
      }, FRAME_EVERY_MS);
      const pulse = setInterval(() => socket.emit('pulse', pulseNow()), 1_000);
      socket.on('disconnect', () => {
        clearInterval(timer);
        clearInterval(pulse);
      });
    });
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void io.close() };
}

function pulseNow(): object {
  const now = Date.now();
  return {
    serverAt: now,
    marketAt: now,
    lastSeq: 1,
    marksPerSecond: 0,
    platform: 'synthetic',
    feeds: [],
    quarantined: 0,
  };
}

function summaryOf(number: number): AccountSummary {
  return {
    number,
    status: 'active',
    openedAt: 0,
    lastVerdict: null,
    terms: {
      accountId: `A${number}`,
      traderId: `T${number}`,
      traderName: `Trader ${number}`,
      platform: 'bench',
      currency: 'USD',
      nominalSize: 100_000_0000,
      startBalance: 100_000_0000,
      program: { programId: 'bench', name: 'Bench' },
      phase: { phaseId: 'one', name: 'One' },
      ruleSet: { ruleSetId: 'bench', version: 1, hash: '0'.repeat(64) },
      positionRounding: 'exact',
    },
  };
}

function writeRow(values: Float64Array, at: number, account: number, equity: number): void {
  const row: Record<(typeof ROW_COLUMNS)[number], number> = {
    status: 0,
    balance: 100_000_0000,
    equity,
    dayPnl: equity - 100_000_0000,
    dailyFloor: 90_000_0000,
    dailyAllowance: 5_000_0000,
    overallFloor: 90_000_0000,
    overallAllowance: 10_000_0000,
    targetValue: equity,
    target: 110_000_0000,
    targetStart: 100_000_0000,
    tradingDays: 1,
    tradingDaysNeeded: 4,
    openPositions: 2,
  };
  values[at] = account;
  for (const [place, name] of ROW_COLUMNS.entries()) values[at + 1 + place] = row[name];
}
