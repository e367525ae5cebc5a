import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '#core/kernel/random.ts';
import { openStore } from '#server/store/store.ts';
import { ACCOUNTS, toldRecord } from './testing/told.ts';

const RECORDS = Number(process.env.PROPDESK_BRIDGE_RECORDS ?? 100_000);
const KILLS = Number(process.env.PROPDESK_BRIDGE_KILLS ?? 12);
const SEED = Number(process.env.PROPDESK_SEED_BRIDGE ?? 20_261_122);
const server = join(import.meta.dirname, '..', '..', 'cli', 'bridge-server.ts');
const teller = join(import.meta.dirname, 'testing', 'teller.ts');
const folder = mkdtempSync(join(tmpdir(), 'propdesk-bridge-'));
const key = randomBytes(32).toString('hex');
const started: ChildProcess[] = [];
let stoppedByItself = 0;
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function startServer(port: number): Promise<{ child: ChildProcess; port: number }> {
  const args = [server, '--data', folder, '--key', key, '--port', String(port)];
  const child = spawn(process.execPath, [...args, '--snapshot', '9000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  child.once('exit', (_code, signal) => {
    if (signal !== 'SIGKILL') stoppedByItself += 1;
  });
  const text = await new Promise<string>((done) =>
    child.stdout?.once('data', (data) => done(String(data))),
  );
  return { child, port: Number(/port (\d+)/.exec(text)?.[1]) };
}

function startTeller(port: number): ChildProcess {
  const args = [teller, join(folder, 'teller'), `ws://127.0.0.1:${port}`, key, String(RECORDS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  started.push(child);
  return child;
}

function killed(child: ChildProcess): Promise<unknown> {
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  return gone;
}

function recordsIn(file: string): number {
  const rows = new Database(file, { readonly: true });
  const row = rows.prepare('SELECT records FROM progress').get() as { records: number } | undefined;
  rows.close();
  return row?.records ?? 0;
}

describe('a bridge', () => {
  const law =
    `killed on either side ${KILLS} times over ${RECORDS} records: ` +
    'the log holds each once, in order';
  it(`${law} (seed ${SEED})`, async () => {
    const random = createRandom(SEED);
    const first = await startServer(0);
    const { port } = first;
    let { child } = first;
    let client = startTeller(port);
    let isDone = false;
    const watch = (one: ChildProcess): void => {
      one.once('exit', (code) => (isDone ||= code === 0));
    };
    watch(client);
    let kills = 0;
    let killedAt = 0;
    while (!isDone) {
      // A server that cannot start on what it kept would otherwise be waited for.
      expect(stoppedByItself).toBe(0);
      await new Promise((done) => setTimeout(done, 300 + random.below(900)));
      // Every kill falls into running work: something became durable since the last one.
      const reached = recordsIn(join(folder, 'log.sqlite'));
      if (isDone || kills >= KILLS || reached === killedAt) continue;
      killedAt = reached;
      kills += 1;
      if (random.below(2) === 0) {
        await killed(child);
        ({ child } = await startServer(port));
      } else {
        await killed(client);
        client = startTeller(port);
        watch(client);
      }
    }
    await killed(child);
    // Killed, not stopped: what is here was durable before anybody was told so.
    const rows = new Database(join(folder, 'log.sqlite'), { readonly: true });
    const deals = rows
      .prepare("SELECT data FROM fact WHERE kind = 'dealBooked' ORDER BY seq")
      .all()
      .map((row) => JSON.parse((row as { data: string }).data) as unknown);
    const opened = rows
      .prepare("SELECT count(*) AS n FROM fact WHERE kind = 'accountOpened'")
      .get();
    const refused = rows.prepare('SELECT count(*) AS n FROM quarantine').get();
    rows.close();
    const store = openStore(join(folder, 'log.sqlite'), 'read');
    const marks = [...store.marks(0, 0)].flat().map(({ bid, at }) => `${at} ${bid}`);
    store.close();
    const told = Array.from({ length: RECORDS }, (_, at) => toldRecord(at + 1));
    expect(deals).toEqual(told.flatMap((one) => (one.type === 'deal' ? [one.deal] : [])));
    expect(marks).toEqual(
      told.flatMap((one) => (one.type === 'mark' ? [`${one.at} ${one.bid}`] : [])),
    );
    const nothing = existsSync(join(folder, 'teller', 'refused'))
      ? readFileSync(join(folder, 'teller', 'refused'), 'utf8')
      : '';
    expect({ opened, refused, nothing }).toEqual({
      opened: { n: ACCOUNTS },
      refused: { n: 0 },
      nothing: '',
    });
    expect([kills > 0, stoppedByItself]).toEqual([true, 0]);
  }, 240_000);
});
