import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { createRandom } from '#core/kernel/random.ts';
import {
  ACCOUNTS_PER_PART_MAX,
  FACTS_PER_MESSAGE_MAX,
  type AccountSummary,
} from '#core/sync/protocol.ts';
import { encodeRowFrame, ROW_COLUMNS, ROW_WIDTH } from '#core/sync/row-frame.ts';

const FRAME_EVERY_MS = 50;
const PERSON = { personId: 'p-storm', name: 'Stella Storm', roles: ['riskOfficer'] };

/** A server that only speaks the protocol, and makes a storm of warnings when it is told to. */
export interface StormServer {
  readonly url: string;
  /** So many warnings of one minute, rule and symbol, over so long; resolves when all have left. */
  storm(warnings: number, overMs: number): Promise<void>;
  close(): void;
}

export async function startStormServer(
  accounts: number,
  rowsPerSecond: number,
): Promise<StormServer> {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  const random = createRandom(1);
  let following: Socket | null = null;
  let seq = FOUNDING.length;
  io.on('connection', (socket) => {
    socket.on('doors', (_input: unknown, reply: (doors: unknown) => void) =>
      reply({ demo: { password: 'x', people: [{ login: 'stella', ...PERSON }] } }),
    );
    socket.on('signIn', (_input: unknown, reply: (signedIn: unknown) => void) =>
      reply({ type: 'signedIn', session: 'a-session-of-this-bench', profile: PERSON }),
    );
    socket.on('people', (_input: unknown, reply: (people: unknown) => void) =>
      reply({ people: [{ ...PERSON, active: true }] }),
    );
    socket.on('command', ({ commandId }: { commandId: string }, reply: (r: unknown) => void) =>
      reply({ type: 'accepted', commandId, seq }),
    );
    socket.on('hello', (_hello: unknown, reply: (welcome: unknown) => void) => {
      reply({
        type: 'welcome',
        mode: 'snapshot',
        logId: 'bench',
        lastSeq: seq,
        serverAt: Date.now(),
        org: 'bench',
        env: 'test',
        profile: PERSON,
      });
      socket.emit('governed', { part: 0, parts: 1, facts: FOUNDING });
      const parts = Math.ceil(accounts / ACCOUNTS_PER_PART_MAX);
      for (let part = 0; part < parts; part += 1) {
        const from = part * ACCOUNTS_PER_PART_MAX;
        const count = Math.min(ACCOUNTS_PER_PART_MAX, accounts - from);
        const some = Array.from({ length: count }, (_unused, at) => summaryOf(from + at));
        socket.emit('accounts', { seq, part, parts, accounts: some, recentFacts: [] });
      }
      following = socket;
      const perFrame = Math.round((rowsPerSecond * FRAME_EVERY_MS) / 1_000);
      const timer = setInterval(() => socket.emit('rows', rowsOf(perFrame)), FRAME_EVERY_MS);
      const pulse = setInterval(() => socket.emit('pulse', pulseOf(seq)), 1_000);
      socket.on('disconnect', () => {
        clearInterval(timer);
        clearInterval(pulse);
      });
    });
  });
  const rowsOf = (count: number): Uint8Array => {
    const values = new Float64Array(count * ROW_WIDTH);
    for (let row = 0; row < count; row += 1) {
      const equity = 91_000_0000 + random.below(17_000_0000);
      writeRow(values, row * ROW_WIDTH, random.below(accounts), equity);
    }
    const now = Date.now();
    return new Uint8Array(encodeRowFrame({ marketAt: now, serverAt: now, rows: count, values }));
  };
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    storm: async (warnings, overMs) => {
      const minute = Math.floor(Date.now() / 60_000) * 60_000;
      const messages = Math.ceil(warnings / FACTS_PER_MESSAGE_MAX);
      const steps = Math.max(messages, Math.floor(overMs / 100));
      const perStep = Math.ceil(warnings / steps);
      for (let sent = 0; sent < warnings; sent += perStep) {
        const count = Math.min(perStep, warnings - sent);
        const facts = Array.from({ length: count }, (_unused, at) =>
          warningOf(seq + 1 + at, (sent + at) % accounts, minute + (sent + at)),
        );
        following?.emit('facts', { fromSeq: seq + 1, toSeq: seq + count, facts });
        seq += count;
        await new Promise((done) => setTimeout(done, overMs / steps));
      }
    },
    close: () => void io.close(),
  };
}

function factOf(seq: number, kind: string, stream: string, data: object): object {
  return {
    envelope: {
      partition: 0,
      seq,
      kind,
      version: 1,
      stream,
      streamVersion: seq,
      occurredAt: seq,
      recordedAt: seq,
      actor: { type: 'system', id: 'bench' },
      causation: { type: 'none' },
      marksBefore: 0,
    },
    data,
  };
}

const FOUNDING = [
  factOf(1, 'personAdded', 'firm', { personId: PERSON.personId, at: 1 }),
  factOf(2, 'roleGranted', 'firm', {
    personId: PERSON.personId,
    role: 'riskOfficer',
    scope: { programs: null, regions: null, upTo: null },
    at: 1,
  }),
];

function warningOf(seq: number, account: number, at: number): object {
  const money = (name: string, value: number): object => ({ name, unit: 'money', value });
  const used = 7_500_000 + ((account * 7_919) % 2_000_000);
  return factOf(seq, 'warningRaised', `account:A${account}`, {
    accountId: `A${account}`,
    ruleSet: { ruleSetId: 'bench', version: 1, hash: '0'.repeat(64) },
    ruleId: 'daily',
    ruleKind: 'dailyLoss',
    at,
    cause: {
      type: 'mark',
      mark: {
        index: seq,
        symbol: 'EURUSD',
        bid: 110_000,
        ask: 110_002,
        at,
        quality: 0,
        source: 'bench',
      },
      digits: 5,
    },
    dayKey: '2026-05-01',
    balance: 1_000_000_000,
    equity: 1_000_000_000 - used,
    figures: [
      money('measured', 1_000_000_000 - used),
      money('floor', 990_000_000),
      money('headroom', 10_000_000 - used),
      money('allowance', 10_000_000),
    ],
    positionCount: 1,
    positions: [
      {
        positionId: 'P1',
        symbol: 'EURUSD',
        side: 'buy',
        volume: 100,
        openValue: 11_000_000,
        bid: 110_000,
        ask: 110_002,
        floating: -used,
      },
    ],
    engineVersion: '3',
    review: [],
    level: 2,
    share: 750_000,
  });
}

function pulseOf(lastSeq: number): object {
  const now = Date.now();
  return {
    serverAt: now,
    marketAt: now,
    lastSeq,
    marksPerSecond: 0,
    platform: 'storm',
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
  values[at] = account;
  for (const [place, name] of ROW_COLUMNS.entries()) {
    const value = { equity, balance: 100_000_0000, dailyFloor: 90_000_0000 }[name as 'equity'];
    values[at + 1 + place] = value ?? 5_000_0000;
  }
}
