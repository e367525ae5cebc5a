import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import { adapters } from '../index.ts';
import { openLonePartition, type LonePartition } from '../lone-partition.ts';
import { describeLiveAdapter } from '../live-adapter.contract.ts';
import { createBridgeClient, type BridgeClient } from './client/client.ts';
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

function startPlugin(name: string, port: number, wrongKey = false): Plugin {
  const acted: string[] = [];
  const refusals: string[] = [];
  const client = createBridgeClient({
    url: `ws://127.0.0.1:${port}`,
    bridge: 'bridge',
    key: wrongKey ? new Uint8Array(32) : key,
    stream: 'main',
    journal: openJournal(join(folder, name), 'main'),
    software: { name: 'test', version: '1' },
    snapshot: (offers) => [TOLD_INSTRUMENT, toldAccount(0, offers[0] as ProgramOffer)],
    act: async (action) => {
      acted.push(action.type);
      return { result: 'refused', reason: 'markets are closed' };
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

  it('asks for what a verdict demands once it is durable, again after a stop, until it is answered', async () => {
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

  it('keeps a wish that nobody answered over a stop of the server', async () => {
    const first = await startServer('wishes.sqlite');
    const told = startPlugin('wishes', first.port);
    await until(() => first.partition.ingest.book.accounts === 1);
    told.close();
    await until(() => first.partition.source.live?.standing().startsWith('disconnected') ?? false);
    first.partition.command({
      commandId: 'close-it',
      actor: { type: 'operator', id: 'nobody' },
      intent: { type: 'directAccount', accountId: 'acc-0' } as never,
    });
    first.store.append(0, {
      facts: [],
      marks: [],
      quarantined: [],
      commandResults: [],
      contents: [],
      progress: first.store.progress(0),
      live: {
        taken: [],
        cursor: first.partition.source.cursor(),
        actions: [
          {
            actionId: 'kept/0/1',
            action: { type: 'closePositions', accountId: 'acc-0', reason: 'test' },
          },
        ],
        outcomes: [],
      },
    });
    first.stop();
    const second = await startServer('wishes.sqlite', first.port);
    const plugin = startPlugin('wishes', second.port);
    await until(() => plugin.acted.length === 1 && second.store.live.pending(0).length === 0);
    expect(plugin.acted).toEqual(['closePositions']);
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
    const plugin = startPlugin('stranger', server.port, true);
    plugin.tell(toldRecord(1));
    await new Promise((done) => setTimeout(done, 600));
    expect([plugin.isConnected, plugin.waiting, server.partition.records]).toEqual([false, 1, 0]);
    plugin.close();
    server.stop();
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
