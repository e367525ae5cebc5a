import { readFileSync, readdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import { adapters } from '../index.ts';
import { openLonePartition, type LonePartition } from '../lone-partition.ts';
import { describeLiveAdapter } from '../live-adapter.contract.ts';
import { createBridgeClient, type ActionResult, type BridgeClient } from './client/client.ts';
import { openJournal } from './client/journal.ts';
import { tryClient, tryServer } from './conformance.ts';
import { bridgeJsonSchema } from './messages.ts';
import { toldAccount, toldRecord, TOLD_INSTRUMENT } from './testing/told.ts';

const key = new Uint8Array(32).fill(7);
const folder = mkdtempSync(join(tmpdir(), 'propdesk-bridge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function startServer(name: string, port = 0): Promise<LonePartition & { port: number }> {
  let listening: (port: number) => void = () => {};
  const ready = new Promise<number>((done) => (listening = done));
  const lone = openLonePartition({
    file: name === ':memory:' ? name : join(folder, name),
    adapter: ({ logId }, offers) =>
      adapters.bridge({
        bridge: 'bridge',
        key,
        host: '127.0.0.1',
        port,
        tls: null,
        delivers: [],
        log: logId,
        offers: () => offers,
        now: Date.now,
        note: () => {},
        listening,
        failed: (error) => {
          throw error;
        },
      }),
  });
  return { ...lone, port: await ready };
}

interface Plugin extends BridgeClient {
  readonly acted: string[];
  readonly refusals: string[];
}

interface PluginOptions {
  readonly wrongKey?: boolean;
  readonly act?: () => Promise<ActionResult>;
}

function startPlugin(name: string, port: number, options: PluginOptions = {}): Plugin {
  const refuse = async (): Promise<ActionResult> => ({
    result: 'refused',
    reason: 'markets are closed',
  });
  const acted: string[] = [];
  const refusals: string[] = [];
  const client = createBridgeClient({
    url: `ws://127.0.0.1:${port}`,
    bridge: 'bridge',
    key: options.wrongKey ? new Uint8Array(32) : key,
    stream: 'main',
    journal: openJournal(join(folder, name), 'main'),
    software: { name: 'test', version: '1' },
    snapshot: (offers) => [TOLD_INSTRUMENT, toldAccount(0, offers[0] as ProgramOffer)],
    act: (action) => {
      acted.push(action.type);
      return (options.act ?? refuse)();
    },
    refused: (_seq, reason) => refusals.push(reason),
  });
  return {
    acted,
    refusals,
    tell: client.tell,
    close: client.close,
    get waiting() {
      return client.waiting;
    },
    get isConnected() {
      return client.isConnected;
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 15_000, interval: 20 }).toBe(true);
}

/** So much lost in one deal that the account fails: its platform is asked to stop it. */
function ruin(): unknown[] {
  const deal = { ...(toldRecord(4) as { deal: object }).deal, accountId: 'acc-0' };
  return [
    { type: 'deal', deal },
    {
      type: 'deal',
      deal: { ...deal, dealId: 'ruin', side: 'sell', entry: 'out', profit: -90_000_0000 },
    },
  ];
}

describeLiveAdapter('bridge', async () => {
  const server = await startServer(':memory:');
  const plugin = startPlugin('contract', server.port);
  return {
    partition: server.partition,
    source: server.partition.source,
    tell: () => plugin.tell({ type: 'time', at: Date.UTC(2026, 0, 5) }),
    // It tells its snapshot first: an instrument and an account.
    acknowledged: () => plugin.isConnected && plugin.waiting === 0 && server.partition.records >= 2,
    stop: () => {
      plugin.close();
      server.stop();
    },
  };
});

describe('the bridge', () => {
  it('as a server keeps every point of the protocol', async () => {
    const server = await startServer(':memory:');
    const url = `ws://127.0.0.1:${server.port}`;
    const points = await tryServer({ url, bridge: 'bridge', key });
    server.stop();
    expect(points.filter(({ problem }) => problem !== null)).toEqual([]);
    expect(points.length).toBeGreaterThan(14);
  }, 60_000);

  it('as the reference client keeps every point of the protocol', async () => {
    let plugin: Plugin | null = null;
    const points = await tryClient({
      port: 0,
      bridge: 'bridge',
      key,
      listening: (port) => {
        const client = createBridgeClient({
          url: `ws://127.0.0.1:${port}`,
          bridge: 'bridge',
          key,
          stream: 'main',
          journal: openJournal(join(folder, 'client'), 'main'),
          software: { name: 'test', version: '1' },
          act: async () => ({ result: 'done', reason: '' }),
        });
        for (let at = 1; at <= 3; at += 1) client.tell(toldRecord(at));
        plugin = { ...client, acted: [], refusals: [] };
      },
    });
    (plugin as Plugin | null)?.close();
    expect(points.filter(({ problem }) => problem !== null)).toEqual([]);
  }, 90_000);

  it('asks for what a verdict demands, and shows people what the platform refused', async () => {
    const first = await startServer('actions.sqlite');
    const { port } = first;
    const plugin = startPlugin('actions', port);
    await until(() => first.partition.ingest.book.accounts === 1);
    for (const record of ruin()) plugin.tell(record);
    await until(() => plugin.waiting === 0 && plugin.acted.length === 2);
    expect(plugin.acted).toEqual(['closePositions', 'disableTrading']);
    await until(() => first.store.live.pending(0).length === 0);
    // What the platform refused is for people to see.
    expect(first.store.quarantined(9).map(({ reason }) => reason)).toEqual([
      'disableTrading: the platform refused it: markets are closed',
      'closePositions: the platform refused it: markets are closed',
    ]);
    plugin.close();
    first.stop();
  });

  it('asks again what nobody answered, after both sides were stopped', async () => {
    const first = await startServer('wishes.sqlite');
    const silent = startPlugin('wishes', first.port, { act: () => new Promise(() => {}) });
    await until(() => first.partition.ingest.book.accounts === 1);
    for (const record of ruin()) silent.tell(record);
    await until(() => silent.acted.length === 2);
    silent.close();
    first.stop();
    const second = await startServer('wishes.sqlite', first.port);
    expect(second.store.live.pending(0).map(({ action }) => action.type)).toEqual(silent.acted);
    const plugin = startPlugin('wishes', second.port);
    await until(() => plugin.acted.length === 2 && second.store.live.pending(0).length === 0);
    expect(plugin.acted).toEqual(silent.acted);
    plugin.close();
    second.stop();
  });

  it('tells an account again after each connection, and the log holds it once', async () => {
    const server = await startServer(':memory:');
    for (let time = 0; time < 3; time += 1) {
      const plugin = startPlugin('again', server.port);
      await until(() => plugin.isConnected && plugin.waiting === 0);
      expect(plugin.refusals).toEqual([]);
      plugin.close();
    }
    expect(server.partition.ingest.book.accounts).toBe(1);
    expect(server.store.quarantinedCount()).toBe(0);
    server.stop();
  });

  it('without the key is told nothing and tells nothing', async () => {
    const server = await startServer(':memory:');
    const plugin = startPlugin('stranger', server.port, { wrongKey: true });
    plugin.tell(toldRecord(1));
    await new Promise((done) => setTimeout(done, 600));
    expect([plugin.isConnected, plugin.waiting, server.partition.records]).toEqual([false, 1, 0]);
    plugin.close();
    server.stop();
  });

  it('keeps its numbering over files that were removed once acknowledged, and over stops', () => {
    let told = 0;
    for (let start = 0; start < 9; start += 1) {
      const journal = openJournal(join(folder, 'files'), 'main');
      expect(journal.next).toBe(told + 1);
      for (let at = 0; at < 7_000; at += 1) told = journal.append({ type: 'record' });
      journal.flush();
      journal.acknowledge(told - 3);
      expect(JSON.parse(journal.line(told))).toEqual({ type: 'record', stream: 'main', seq: told });
      journal.close();
    }
    expect(
      readdirSync(join(folder, 'files')).filter((name) => name.endsWith('.ndjson')),
    ).toHaveLength(2);
  });

  it('has a schema for writers of plugins, as the code has it', () => {
    const file = join(import.meta.dirname, '../../../resources/bridge/messages.schema.json');
    if (process.env.PROPDESK_WRITE_SCHEMA) {
      writeFileSync(file, `${JSON.stringify(bridgeJsonSchema(), null, 2)}\n`);
    }
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(bridgeJsonSchema())),
    );
  });
});
