import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import type { Logger } from 'pino';
import { Server, type Socket } from 'socket.io';
import { z } from 'zod';
import type { Fact } from '#core/facts/registry.ts';
import type { AccountsView } from '#core/sync/accounts-view.ts';
import {
  checkpointRequestSchema,
  type CheckpointReply,
  ACCOUNTS_PER_PART_MAX,
  authSchema,
  commandSchema,
  detailRequestSchema,
  FACT_MESSAGES_IN_FLIGHT_MAX,
  FACTS_PER_MESSAGE_MAX,
  helloSchema,
  lookSchema,
  PROTOCOL_VERSION,
  ROW_FRAMES_IN_FLIGHT_MAX,
  type AccountDetail,
  type Command,
  type CommandResult,
  type ProgramList,
  type Pulse,
  type QuarantineEntry,
  type Welcome,
} from '#core/sync/protocol.ts';
import type { Previews } from '../impact/previews.ts';
import { encodeRowFrame, ROW_WIDTH } from '#core/sync/row-frame.ts';

/** A message from a desk larger than this closes its connection. */
const MESSAGE_BYTES_MAX = 256 * 1024;
const DESKS_MAX = 200;
const ROWS_EVERY_MS = 50;
const ROWS_PER_FRAME = 2_048;
/** A desk this many facts behind takes a fresh snapshot rather than the tail. */
const TAIL_FACTS_MAX = 50_000;
/** Beyond it the answer is `busy`, which decides nothing: the desk asks again later. */
const REQUESTS_PER_SECOND_MAX = 50;
const QUARANTINE_SHOWN_MAX = 500;

/** What the gateway shows, and whom it asks. */
export interface GatewayPorts {
  readonly http: HttpServer;
  readonly token: string;
  readonly log: Logger;
  readonly logId: string;
  readonly view: AccountsView;
  lastSeq(): number;
  deskFacts(fromSeq: number, toSeq: number, limit: number): Fact[];
  recentAlerts(limit: number): Fact[];
  detail(accountId: string): Promise<AccountDetail | null>;
  command(command: Command): Promise<CommandResult>;
  quarantined(limit: number): QuarantineEntry[];
  programs(): ProgramList;
  readonly previews: Pick<Previews, 'start' | 'state' | 'cancel'>;
  slice(): Promise<Uint8Array | null>;
  /** The log's checkpoint, and how it goes on from a size. */
  checkpoint(size: number): CheckpointReply;
  now(): number;
}

export interface Gateway {
  /** Facts that are durable; `toSeq` may lie beyond the last of them. */
  facts(toSeq: number): void;
  rows(rows: number, values: Float64Array, marketAt: number): void;
  pulse(pulse: Pulse): void;
  desks(): number;
  close(): Promise<void>;
}

/** The latest live numbers of every account, and when each last changed. */
interface RowTable {
  values: Float64Array;
  version: Int32Array;
  count: number;
  clock: number;
  marketAt: number;
}

interface Desk {
  readonly socket: Socket;
  /** The last fact sent, or -1 while a snapshot is on its way. */
  sentSeq: number;
  factsInFlight: number;
  framesInFlight: number;
  rowVersion: Int32Array;
  rowCursor: number;
  looked: readonly number[];
  requests: number;
}

export function createGateway(ports: GatewayPorts): Gateway {
  const io = new Server(ports.http, {
    transports: ['websocket'],
    perMessageDeflate: false,
    maxHttpBufferSize: MESSAGE_BYTES_MAX,
    serveClient: false,
    allowRequest: (request, decide) => decide(null, isOwnHost(request.headers, ports.http)),
  });
  const desks = new Map<string, Desk>();
  const table: RowTable = {
    values: new Float64Array(0),
    version: new Int32Array(0),
    count: 0,
    clock: 0,
    marketAt: 0,
  };
  io.use((socket, next) => {
    const auth = authSchema.safeParse(socket.handshake.auth);
    if (!auth.success || !sameSecret(auth.data.token, ports.token))
      return next(new Error('unauthorised'));
    if (desks.size >= DESKS_MAX) return next(new Error('too many desks'));
    socket.data = { operatorId: auth.data.operatorId, deskId: auth.data.deskId };
    next();
  });
  io.on('connection', (socket) => {
    const desk: Desk = {
      socket,
      sentSeq: -1,
      factsInFlight: 0,
      framesInFlight: 0,
      rowVersion: new Int32Array(0),
      rowCursor: 0,
      looked: [],
      requests: 0,
    };
    ports.log.info({ desk: socket.data }, 'a desk connected');
    answer(desk, ports, desks);
    socket.on('disconnect', (reason) => {
      desks.delete(socket.id);
      ports.log.info({ desk: socket.data, reason }, 'a desk left');
    });
  });
  const rowTimer = setInterval(() => {
    for (const desk of desks.values()) sendRows(desk, table, ports.now());
  }, ROWS_EVERY_MS);
  const rateTimer = setInterval(() => {
    for (const desk of desks.values()) desk.requests = 0;
  }, 1_000);
  return {
    facts: () => {
      for (const desk of desks.values()) sendFacts(desk, ports);
    },
    rows: (rows, values, marketAt) => keepRows(table, rows, values, marketAt),
    pulse: (pulse) => {
      for (const { socket } of desks.values()) socket.volatile.emit('pulse', pulse);
    },
    desks: () => desks.size,
    close: async () => {
      clearInterval(rowTimer);
      clearInterval(rateTimer);
      await io.close();
    },
  };
}

/** Answers what desks send: every message checked, every failure a reply, none a crash. */
function answer(desk: Desk, ports: GatewayPorts, desks: Map<string, Desk>): void {
  const { socket } = desk;
  const on = <Schema extends z.ZodType>(
    name: string,
    schema: Schema,
    handle: (input: z.output<Schema>) => unknown,
    refused: (message: string) => unknown,
  ): void => {
    socket.on(name, (input: unknown, reply?: unknown) => {
      const send = typeof reply === 'function' ? (reply as (output: unknown) => void) : () => {};
      desk.requests += 1;
      if (desk.requests > REQUESTS_PER_SECOND_MAX) return send({ type: 'busy' });
      const parsed = schema.safeParse(input);
      if (!parsed.success) return send(refused(z.prettifyError(parsed.error)));
      Promise.resolve()
        .then(() => handle(parsed.data))
        .then(send, (error: unknown) => {
          ports.log.error({ error, name }, 'a request failed');
          send({ type: 'busy' });
        });
    });
  };
  const rejected = (message: string): unknown => ({ type: 'rejected', reason: message });
  on(
    'hello',
    helloSchema,
    (hello) => welcome(desk, hello, ports, desks),
    (message) => ({
      type: 'refused',
      reason: 'invalid',
      message,
    }),
  );
  on('look', lookSchema, ({ accounts }) => void (desk.looked = accounts), rejected);
  on(
    'detail',
    detailRequestSchema,
    async ({ accountId }) => {
      const detail = await ports.detail(accountId);
      return detail ? { type: 'detail', detail } : rejected(`account ${accountId} is unknown`);
    },
    rejected,
  );
  on(
    'command',
    commandSchema,
    (command) =>
      ports.command({
        ...command,
        operatorId: String((socket.data as { operatorId: string }).operatorId),
      }),
    (message) => ({
      type: 'rejected',
      commandId: '?',
      code: 'invalid',
      message,
    }),
  );
  on(
    'quarantine',
    z.strictObject({ limit: z.int().min(1).max(QUARANTINE_SHOWN_MAX) }),
    ({ limit }) => ({
      entries: ports.quarantined(limit),
    }),
    rejected,
  );
  on('checkpoint', checkpointRequestSchema, ({ size }) => ports.checkpoint(size), rejected);
  on('programs', z.strictObject({}), () => ports.programs(), rejected);
  on(
    'slice',
    z.strictObject({}),
    async () => (await ports.slice()) ?? rejected('no book'),
    rejected,
  );
  on(
    'impactStart',
    z.strictObject({
      content: z.json(),
      follows: z.boolean(),
      accountId: z.string().max(80).nullable(),
    }),
    (job) => ({ runId: ports.previews.start(job) }),
    rejected,
  );
  const run = z.strictObject({ runId: z.string().max(80) });
  on('impactState', run, ({ runId }) => ports.previews.state(runId), rejected);
  on('impactCancel', run, ({ runId }) => (ports.previews.cancel(runId), {}), rejected);
}

function welcome(
  desk: Desk,
  hello: z.output<typeof helloSchema>,
  ports: GatewayPorts,
  desks: Map<string, Desk>,
): Welcome {
  if (hello.protocolVersion !== PROTOCOL_VERSION) {
    const reason = hello.protocolVersion < PROTOCOL_VERSION ? 'protocolTooOld' : 'protocolTooNew';
    return { type: 'refused', reason, message: `this server speaks protocol ${PROTOCOL_VERSION}` };
  }
  const lastSeq = ports.lastSeq();
  const sameLog = hello.logId === ports.logId;
  if (sameLog && hello.cursor > lastSeq) {
    return {
      type: 'refused',
      reason: 'cursorAhead',
      message: `this desk holds fact ${hello.cursor}, the server's log ends at ${lastSeq}: it was rolled back`,
    };
  }
  const mode =
    sameLog && hello.cursor > 0 && lastSeq - hello.cursor <= TAIL_FACTS_MAX ? 'tail' : 'snapshot';
  desks.set(desk.socket.id, desk);
  desk.rowVersion = new Int32Array(0);
  if (mode === 'tail') desk.sentSeq = hello.cursor;
  else setImmediate(() => sendSnapshot(desk, ports));
  setImmediate(() => sendFacts(desk, ports));
  return { type: 'welcome', mode, logId: ports.logId, lastSeq, serverAt: ports.now() };
}

function sendSnapshot(desk: Desk, ports: GatewayPorts): void {
  const seq = ports.lastSeq();
  const { accounts } = ports.view;
  const parts = Math.max(1, Math.ceil(accounts.length / ACCOUNTS_PER_PART_MAX));
  for (let part = 0; part < parts; part += 1) {
    const last = part === parts - 1;
    desk.socket.emit('accounts', {
      seq,
      part,
      parts,
      accounts: accounts.slice(part * ACCOUNTS_PER_PART_MAX, (part + 1) * ACCOUNTS_PER_PART_MAX),
      recentFacts: last ? ports.recentAlerts(FACTS_PER_MESSAGE_MAX) : [],
    });
  }
  desk.sentSeq = seq;
  sendFacts(desk, ports);
}

/** Sends the tail in order, a window at a time: a slow desk waits for itself alone. */
function sendFacts(desk: Desk, ports: GatewayPorts): void {
  while (desk.sentSeq >= 0 && desk.factsInFlight < FACT_MESSAGES_IN_FLIGHT_MAX) {
    const lastSeq = ports.lastSeq();
    if (desk.sentSeq >= lastSeq) return;
    const fromSeq = desk.sentSeq + 1;
    const facts = ports.deskFacts(fromSeq, lastSeq, FACTS_PER_MESSAGE_MAX);
    const full = facts.length === FACTS_PER_MESSAGE_MAX;
    const toSeq = full ? (facts.at(-1)?.envelope.seq ?? lastSeq) : lastSeq;
    desk.sentSeq = toSeq;
    desk.factsInFlight += 1;
    desk.socket.emit('facts', { fromSeq, toSeq, facts }, () => {
      desk.factsInFlight -= 1;
      sendFacts(desk, ports);
    });
  }
}

function keepRows(table: RowTable, rows: number, values: Float64Array, marketAt: number): void {
  table.marketAt = marketAt;
  table.clock += 1;
  for (let row = 0; row < rows; row += 1) {
    const account = values[row * ROW_WIDTH] as number;
    if (account >= table.version.length) growTable(table, account + 1);
    table.values.set(values.subarray(row * ROW_WIDTH, (row + 1) * ROW_WIDTH), account * ROW_WIDTH);
    table.version[account] = table.clock;
    table.count = Math.max(table.count, account + 1);
  }
}

function growTable(table: RowTable, needed: number): void {
  const length = Math.max(1_024, needed, table.version.length * 2);
  const values = new Float64Array(length * ROW_WIDTH);
  const version = new Int32Array(length);
  values.set(table.values);
  version.set(table.version);
  Object.assign(table, { values, version });
}

/** What the desk looks at first, then the rest round robin; the latest numbers only. */
function sendRows(desk: Desk, table: RowTable, serverAt: number): void {
  if (desk.sentSeq < 0 || desk.framesInFlight >= ROW_FRAMES_IN_FLIGHT_MAX) return;
  if (desk.rowVersion.length < table.version.length) {
    const larger = new Int32Array(table.version.length);
    larger.set(desk.rowVersion);
    desk.rowVersion = larger;
  }
  const values = new Float64Array(ROWS_PER_FRAME * ROW_WIDTH);
  let rows = 0;
  const take = (account: number): void => {
    if (account >= table.count || table.version[account] === desk.rowVersion[account]) return;
    values.set(
      table.values.subarray(account * ROW_WIDTH, (account + 1) * ROW_WIDTH),
      rows * ROW_WIDTH,
    );
    desk.rowVersion[account] = table.version[account] as number;
    rows += 1;
  };
  for (const account of desk.looked) take(account);
  for (let seen = 0; seen < table.count && rows < ROWS_PER_FRAME; seen += 1) {
    take(desk.rowCursor);
    desk.rowCursor = desk.rowCursor + 1 >= table.count ? 0 : desk.rowCursor + 1;
  }
  if (rows === 0) return;
  desk.framesInFlight += 1;
  const frame = encodeRowFrame({ marketAt: table.marketAt, serverAt, rows, values });
  desk.socket.emit('rows', new Uint8Array(frame), () => {
    desk.framesInFlight -= 1;
  });
}

/** Only programs on this address may speak to it: no page of another origin, no rebound name. */
function isOwnHost(
  headers: { host?: string | undefined; origin?: string | undefined },
  http: HttpServer,
): boolean {
  const address = http.address();
  if (address === null || typeof address === 'string') return false;
  const hosts = [`127.0.0.1:${address.port}`, `localhost:${address.port}`];
  if (!hosts.includes(headers.host ?? '')) return false;
  return headers.origin === undefined || hosts.some((host) => headers.origin === `http://${host}`);
}

function sameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
