import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import { createBridgeClient } from '../adapters/bridge/client/client.ts';
import { openJournal } from '../adapters/bridge/client/journal.ts';

/**
 * npm run bridge-load -- [--accounts 1000] [--rate 5000] [--seconds 10]
 *
 * A server in a process of its own and the reference client here, over loopback: prices at the
 * asked rate, one deal in a hundred records. Prints records per second that became durable, and how
 * long a record took from being told to its acknowledgement: through both disks.
 */
const { values: options } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '10' },
  },
});
const [accounts, rate, seconds] = [options.accounts, options.rate, options.seconds].map(Number) as [
  number,
  number,
  number,
];
const TURN_MS = 5;
const QUIET_MS_MAX = 30_000;
const folder = mkdtempSync(join(tmpdir(), 'propdesk-bridge-load-'));
const key = randomBytes(32);
const script = join(import.meta.dirname, 'bridge-server.ts');
const args = [script, '--data', folder, '--key', key.toString('hex')];
const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
const ready = await new Promise<string>((done) =>
  server.stdout.once('data', (data) => done(String(data))),
);
const startedAt = Date.now();
const toldAt = new Map<number, number>();
const tookMs: number[] = [];
let refused = 0;
let opened = false;
const client = createBridgeClient({
  url: `ws://127.0.0.1:${/port (\d+)/.exec(ready)?.[1]}`,
  bridge: 'bridge',
  key,
  stream: 'main',
  journal: openJournal(join(folder, 'journal'), 'main'),
  software: { name: 'bridge-load', version: '1' },
  snapshot: (offers) => {
    opened = true;
    return [instrument(), ...Array.from({ length: accounts }, (_, at) => account(at, offers))];
  },
  act: async () => ({ result: 'done', reason: '' }),
  refused: () => (refused += 1),
  acknowledged: (seq) => {
    const now = performance.now();
    for (const [told, at] of toldAt) {
      if (told > seq) break;
      tookMs.push(now - at);
      toldAt.delete(told);
    }
  },
});
while (!opened || client.waiting > 0) await new Promise((done) => setTimeout(done, TURN_MS));
const start = performance.now();
let told = 0;
let latest = 0;
while (performance.now() - start < seconds * 1000) {
  const due = Math.floor(((performance.now() - start) / 1000) * rate);
  for (; told < due; told += 1) {
    latest = client.tell(record(told));
    toldAt.set(latest, performance.now());
  }
  await new Promise((done) => setTimeout(done, TURN_MS));
}
const endBy = performance.now() + QUIET_MS_MAX;
while (client.waiting > 0 && performance.now() < endBy) {
  await new Promise((done) => setTimeout(done, TURN_MS));
}
const took = (performance.now() - start) / 1000;
const sorted = tookMs.toSorted((one, other) => one - other);
const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
process.stdout.write(
  `${accounts} accounts, ${rate} records/s asked for: ${sorted.length} of ${told} acknowledged in ` +
    `${took.toFixed(1)} s, ${Math.round(sorted.length / took)} records/s\n` +
    `from told to acknowledged: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ${refused} refused\n`,
);
client.close();
server.kill('SIGTERM');
await new Promise((done) => server.once('exit', done));
rmSync(folder, { recursive: true, force: true });

function instrument(): unknown {
  return {
    type: 'instrument',
    instrument: {
      symbol: 'EURUSD',
      assetClass: 'forex',
      digits: 5,
      volumeDecimals: 2,
      contractSize: '100000',
      quoteCurrency: 'USD',
      tickPoints: 1,
    },
  };
}

function account(number: number, offers: readonly unknown[]): unknown {
  const [offer] = offers as ProgramOffer[];
  const [phase] = offer?.phases ?? [];
  return {
    type: 'accountOpened',
    at: startedAt - 60_000,
    terms: {
      accountId: `acc-${number}`,
      traderId: `trader-${number}`,
      traderName: `Trader ${number}`,
      platform: 'bridge',
      currency: 'USD',
      nominalSize: offer?.nominalSize,
      startBalance: phase?.startBalance,
      program: { programId: offer?.programId, name: offer?.name },
      phase: { phaseId: phase?.phaseId, name: phase?.name },
      ruleSet: phase?.ruleSet,
      positionRounding: 'exact',
    },
  };
}

function record(number: number): unknown {
  const time = startedAt + Math.floor(number / Math.max(1, rate / 1000));
  if (number % 100 !== 0) {
    const bid = 110_000 + (number % 40);
    return { type: 'mark', symbol: 'EURUSD', bid, ask: bid + 2, at: time, source: 'bridge' };
  }
  const trade = number / 100;
  return {
    type: 'deal',
    deal: {
      accountId: `acc-${trade % accounts}`,
      dealId: `deal-${trade}`,
      positionId: `position-${trade}`,
      symbol: 'EURUSD',
      side: 'buy',
      entry: 'in',
      volume: 1,
      price: 110_000,
      profit: 0,
      commission: 0,
      swap: 0,
      fee: 0,
      at: time,
    },
  };
}
