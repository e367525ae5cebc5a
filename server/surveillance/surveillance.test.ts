import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { PlatformRecord } from '#core/accounts/record.ts';
import type { Signal } from '#core/fraud/signal.ts';
import {
  EURUSD,
  fundedAccount,
  openScriptedFirm,
  SCRIPT_START,
} from '../partition/testing/scripted-firm.ts';
import { verifyInTests } from '../commands/testing/signing-desk.ts';
import { openStore, type Store } from '../store/store.ts';
import type { SurveillanceStanding } from './messages.ts';
import { startSurveillance } from './surveillance.ts';

const folder = mkdtempSync(join(tmpdir(), 'surveillance-'));
afterAll(() => rmSync(folder, { recursive: true }));

const quiet = { warn: () => {}, error: () => {} };

const MINUTE_MS = 60_000;

/** Hours of ordinary accounts, and of one that floods its platform with requests. */
function writeFlood(store: Store): void {
  const { platform, run } = openScriptedFirm({
    store,
    now: () => SCRIPT_START,
    verify: verifyInTests,
  });
  const mark = (at: number): PlatformRecord => ({
    type: 'mark',
    symbol: 'EURUSD',
    bid: 110_000,
    ask: 110_010,
    at,
    source: 'one',
  });
  platform.tell(EURUSD, mark(SCRIPT_START));
  const accounts = Array.from({ length: 30 }, (_, number) => `A${number}`);
  for (const accountId of accounts)
    platform.tell(...fundedAccount(accountId, `T-${accountId}`, 100));
  for (let minute = 2; minute < 240; minute += 1) {
    const at = SCRIPT_START + minute * MINUTE_MS;
    platform.tell(mark(at));
    for (const accountId of accounts) {
      const requests = accountId === 'A7' ? 50_000 : 3;
      const activity = { accountId, fromAt: at - MINUTE_MS, at, requests };
      const rest = { modifications: 0, cancellations: 0, rejections: 0 };
      platform.tell({ type: 'orderActivity', activity: { ...activity, ...rest } });
    }
  }
  run();
}

it('brings what it finds into the log from a thread of its own, though the first try fails', async () => {
  const log = join(folder, 'log.sqlite');
  const store = openStore(log);
  writeFlood(store);
  const raised = new Map<string, Signal>();
  const commands: string[] = [];
  let tries = 0;
  const start = () => {
    let told: (standing: SurveillanceStanding) => void = () => {};
    const thread = startSurveillance({
      log,
      snapshot: join(folder, 'surveillance.sqlite'),
      raise: ({ commandId, signals }) => {
        tries += 1;
        if (tries === 1) return Promise.reject(new Error('the partition is busy'));
        commands.push(commandId);
        for (const signal of signals) raised.set(signal.signalId, signal);
        return Promise.resolve({ type: 'accepted', commandId, seq: 1 });
      },
      stood: (standing) => told(standing),
      logger: quiet,
    });
    const caughtUp = new Promise<SurveillanceStanding>((done) => {
      told = (standing) => {
        if (standing.factsBehind === 0 && standing.marksBehind === 0) done(standing);
      };
    });
    return { thread, caughtUp };
  };
  const first = start();
  const standing = await first.caughtUp;
  expect(standing.seq).toBe(store.progress(0).seq);
  expect([...raised.values()].flatMap(({ accounts }) => accounts)).toContain('A7');
  expect(tries).toBe(commands.length + 1);
  const rows = await first.thread.toxicity({ by: 'symbol', horizonMs: 60_000 });
  expect(rows).toMatchObject([{ id: 'EURUSD', fills: 30 }]);
  await first.thread.stop();
  expect(await first.thread.toxicity({ by: 'symbol', horizonMs: 60_000 })).toEqual([]);

  // It goes on from where it stood, and says nothing again.
  const before = commands.length;
  const again = start();
  expect((await again.caughtUp).seq).toBe(standing.seq);
  expect(commands).toHaveLength(before);
  expect(await again.thread.toxicity({ by: 'symbol', horizonMs: 60_000 })).toEqual(rows);
  await again.thread.stop();
  store.close();
}, 60_000);
