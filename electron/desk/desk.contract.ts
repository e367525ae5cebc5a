import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROWS_FRAME } from '#core/desk-api/contract.ts';
import type { Port } from '#core/desk-api/port.ts';
import { connectDesk, type DeskClient } from '#core/desk-api/rpc.ts';
import { decodeRowFrame, encodeRowFrame, ROW_WIDTH } from '#core/sync/row-frame.ts';
import type { Profile, Welcome } from '#core/sync/protocol.ts';
import { createDesk, type Desk } from './desk.ts';
import { FRAMES_IN_FLIGHT_MAX, serveWindow } from './window.ts';
import { openPassphraseVault } from './signing/passphrase-vault.ts';
import type { DeskHost, Link, LinkListener } from './host.ts';

/** Both ends of a port, over whatever carries it. */
export interface PortPair {
  readonly renderer: Port;
  readonly host: Port;
  close(): Promise<void> | void;
}

export const OFFICER: Profile = {
  personId: 'officer',
  name: 'Olive Officer',
  roles: ['riskOfficer'],
};
export const SESSION = 'a-session-of-this-test';
/** What a desk asks by itself, whatever a test does. */
const ASKED_BY_ITSELF = ['checkpoint', 'people', 'content', 'signIn'];
const vaults = mkdtempSync(join(tmpdir(), 'propdesk-vaults-'));
afterAll(() => rmSync(vaults, { recursive: true, force: true }));

/** A server that a test plays by hand. */
export interface PlayedServer {
  readonly listener: LinkListener;
  readonly asked: { readonly name: string; readonly input: unknown }[];
  readonly hellos: { readonly logId: string | null; readonly cursor: number }[];
  answer: (name: string, input: unknown) => unknown;
  /** The session that the desk would show at its next handshake. */
  session(): string | null;
  /** What a hello is answered with instead of the welcome. */
  refusal: Extract<Welcome, { type: 'refused' }> | null;
  welcome: Extract<Welcome, { type: 'welcome' }>;
}

export function openPlayedDesk(
  databaseFile = ':memory:',
  over: Partial<DeskHost> = {},
): { desk: Desk; server: PlayedServer } {
  const hellos: PlayedServer['hellos'] = [];
  const asked: PlayedServer['asked'] = [];
  let listener: LinkListener | null = null;
  let session = (): string | null => null;
  const server: PlayedServer = {
    get listener() {
      if (!listener) throw new Error('the desk has not connected');
      return listener;
    },
    asked,
    hellos,
    answer: () => null,
    session: () => session(),
    refusal: null,
    welcome: {
      type: 'welcome',
      mode: 'snapshot',
      logId: 'log',
      lastSeq: 1,
      serverAt: 1,
      org: 'firm',
      env: 'test',
      profile: OFFICER,
    },
  };
  const host: DeskHost = {
    kind: 'loopback',
    deskId: 'desk',
    version: 'test',
    now: Date.now,
    databaseFile,
    twinFile: null,
    vault: openPassphraseVault(mkdtempSync(join(vaults, 'v-')), { cost: { N: 16 } }),
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
    confirm: () => Promise.resolve(true),
    connect: (heard, held): Link => {
      listener = heard;
      session = held;
      return {
        hello: (logId, cursor, answered) => {
          hellos.push({ logId, cursor });
          answered({ ...(server.refusal ?? server.welcome) });
        },
        ask: (name, input) => {
          if (!ASKED_BY_ITSELF.includes(name)) asked.push({ name, input });
          if (name === 'signIn') {
            const { profile } = server.welcome;
            return Promise.resolve({ type: 'signedIn', session: SESSION, profile });
          }
          return Promise.resolve(server.answer(name, input));
        },
        look: () => {},
        close: () => {},
      };
    },
    notify: () => {},
    log: () => {},
    ...over,
  };
  return { desk: createDesk(host), server };
}

/** Somebody comes in at a desk: whoever the played server says it is. */
export async function signIn(desk: Desk): Promise<void> {
  await desk.api['session.signIn']({ login: 'somebody', password: 'a password', totp: null });
}

/** What every host owes its renderer: the same over every port. */
export function describeDeskPort(name: string, open: () => Promise<PortPair>): void {
  describe(`a desk behind ${name}`, () => {
    const withDesk = async (
      work: (client: DeskClient, server: PlayedServer) => Promise<void>,
    ): Promise<void> => {
      const pair = await open();
      const { desk, server } = openPlayedDesk();
      await signIn(desk);
      const stop = serveWindow(desk, pair.host);
      const client = connectDesk(pair.renderer, (ms, done) => void setTimeout(done, ms).unref());
      try {
        await work(client, server);
      } finally {
        stop();
        desk.close();
        await pair.close();
      }
    };

    it('answers calls', () =>
      withDesk(async (client) => {
        const session = await client.call('session.get', {});
        expect(session).toMatchObject({ ok: true, value: { deskId: 'desk' } });
      }));

    it('refuses a malformed call with its place, and an unknown one by name', () =>
      withDesk(async (client) => {
        const malformed = await client.call('alerts.list', { limit: -1 });
        expect(malformed).toMatchObject({ ok: false, error: { code: 'invalid' } });
        const unknown = await client.call('no.such' as 'session.get', {});
        expect(unknown).toMatchObject({ ok: false, error: { code: 'unknownCall' } });
      }));

    it('says why when the server cannot be reached', () =>
      withDesk(async (client) => {
        const detail = await client.call('account.detail', { accountId: 'A1' });
        expect(detail).toMatchObject({ ok: false, error: { code: 'offline' } });
      }));

    it('pushes streams, and frames byte for byte', () =>
      withDesk(async (client, server) => {
        const values = Float64Array.from({ length: ROW_WIDTH }, (_unused, at) => at / 3);
        const frame = new Uint8Array(encodeRowFrame({ marketAt: 1, serverAt: 2, rows: 1, values }));
        const frames: Uint8Array[] = [];
        const states: string[] = [];
        client.onFrame(ROWS_FRAME, (bytes) => frames.push(new Uint8Array(bytes)));
        client.onStream('connection', ({ state }) => states.push(state));
        server.listener.disconnected('for a moment');
        server.listener.connected();
        server.listener.rows(frame);
        await expect.poll(() => frames.length).toBe(1);
        expect([...(frames[0] ?? [])]).toEqual([...frame]);
        await expect.poll(() => states).toContain('live');
      }));

    it('sends a window that fell behind the latest numbers of what it missed', () =>
      withDesk(async (client, server) => {
        const latest = new Map<number, number>();
        client.onFrame(ROWS_FRAME, (bytes) => {
          const { rows = 0, values = new Float64Array() } = decodeRowFrame(bytes) ?? {};
          for (let row = 0; row < rows; row += 1) {
            latest.set(values[row * ROW_WIDTH] ?? -1, values[row * ROW_WIDTH + 1] ?? -1);
          }
        });
        server.listener.connected();
        const sent = FRAMES_IN_FLIGHT_MAX * 3;
        for (let at = 0; at < sent; at += 1) {
          const values = new Float64Array(ROW_WIDTH).fill(at);
          values[0] = at % 2;
          const frame = encodeRowFrame({ marketAt: 1, serverAt: 2, rows: 1, values });
          server.listener.rows(new Uint8Array(frame));
        }
        await expect.poll(() => [latest.get(0), latest.get(1)]).toEqual([sent - 2, sent - 1]);
      }));
  });
}
