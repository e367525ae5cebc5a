import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import type { Logger } from 'pino';
import { Server, type Socket } from 'socket.io';
import { z } from 'zod';
import type { Fact } from '#core/facts/registry.ts';
import type { AccountsView } from '#core/sync/accounts-view.ts';
import {
  acceptSchema,
  checkpointRequestSchema,
  newPersonSchema,
  totpRequestSchema,
  type CheckpointReply,
  ACCOUNTS_PER_PART_MAX,
  authSchema,
  commandSchema,
  detailRequestSchema,
  FACT_MESSAGES_IN_FLIGHT_MAX,
  FACTS_PER_MESSAGE_MAX,
  GOVERNED_FACTS_PER_PART_MAX,
  helloSchema,
  lookSchema,
  PROTOCOL_VERSION,
  PRESENCE_CASES_MAX,
  ROW_FRAMES_IN_FLIGHT_MAX,
  signInSchema,
  viewingSchema,
  type AccountDetail,
  type CommandResult,
  type ProgramList,
  type Presence,
  type Pulse,
  type QuarantineEntry,
  type Welcome,
} from '#core/sync/protocol.ts';
import type { Audience } from '#core/approvals/decision.ts';
import {
  exposureHoldersRequestSchema,
  exposureSeriesRequestSchema,
  type ExposureView,
} from '#core/exposure/view.ts';
import { QUESTION_PERMITS } from '../commands/permit.ts';
import type { ExposureService } from '../exposure/exposure.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import type { Previews } from '../impact/previews.ts';
import type { PeopleGate } from '../people/gate.ts';
import { encodeRowFrame, ROW_WIDTH } from '#core/sync/row-frame.ts';

/** A message from a desk larger than this closes its connection: a file for a case, in base64, fits. */
const MESSAGE_BYTES_MAX = 512 * 1024;
const DESKS_MAX = 200;
const ROWS_EVERY_MS = 50;
const ROWS_PER_FRAME = 2_048;
/** A desk this many facts behind takes a fresh snapshot rather than the tail. */
const TAIL_FACTS_MAX = 50_000;
/** Beyond it the answer is `busy`, which decides nothing: the desk asks again later. */
const REQUESTS_PER_SECOND_MAX = 50;
const QUARANTINE_SHOWN_MAX = 500;
/** Who looks at which case is told this long after it changed, once for all that changed meanwhile. */
const PRESENCE_AFTER_MS = 200;
/** Somebody who looks at exposure says so again and again: a window that is gone is told no more. */
export const EXPOSURE_WATCH_MS = 15_000;

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
  command(command: ServerCommand): Promise<CommandResult>;
  readonly people: PeopleGate;
  /** Whose decisions count here: told to desks, and part of what they sign. */
  readonly audience: Omit<Audience, 'log'>;
  /** Facts of people, proposals and payouts up to `lastSeq`. */
  governedFacts(): Iterable<Fact>;
  readonly questions: Questions;
  quarantined(limit: number): QuarantineEntry[];
  programs(): ProgramList;
  readonly previews: Pick<Previews, 'start' | 'state' | 'cancel'>;
  slice(): Promise<Uint8Array | null>;
  readonly exposure: Pick<ExposureService, 'view' | 'series' | 'holders'>;
  /** The log's checkpoint, and how it goes on from a size. */
  checkpoint(size: number): CheckpointReply;
  now(): number;
}

/** Questions that only read, each with its schema; who may ask stands in QUESTION_PERMITS. */
export type Questions = Readonly<
  Record<string, { readonly schema: z.ZodType; answer(input: never, personId: string): unknown }>
>;

export interface Gateway {
  /** Facts that are durable; `toSeq` may lie beyond the last of them. */
  facts(toSeq: number): void;
  rows(rows: number, values: Float64Array, marketAt: number): void;
  pulse(pulse: Pulse): void;
  /** Goes to the desks where somebody looks at it, and to no other. */
  exposure(view: ExposureView): void;
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
  /** Whether its person was welcomed: nothing of the log is sent to it before, and nothing after. */
  following: boolean;
  /** The last fact sent, or -1 while a snapshot is on its way. */
  sentSeq: number;
  factsInFlight: number;
  framesInFlight: number;
  rowVersion: Int32Array;
  rowCursor: number;
  looked: readonly number[];
  /** Until when somebody there looks at exposure; 0 when nobody does. */
  watchesUntil: number;
  /** The case that is on its screen. */
  viewing: string | null;
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
  /** Everyone on the wire; those who follow the log are the ones whose person was welcomed. */
  const connected = new Set<Desk>();
  const following = (): Desk[] => [...connected].filter((desk) => desk.following);
  const table: RowTable = {
    values: new Float64Array(0),
    version: new Int32Array(0),
    count: 0,
    clock: 0,
    marketAt: 0,
  };
  let presenceTimer: NodeJS.Timeout | null = null;
  const tellPresence = (): void => {
    presenceTimer ??= setTimeout(() => {
      presenceTimer = null;
      const presence = presenceOf(following(), ports);
      for (const { socket } of following()) {
        const { person } = socket.data as SocketData;
        if (person && ports.people.may(person.personId, 'viewCases')) {
          socket.volatile.emit('presence', presence);
        }
      }
    }, PRESENCE_AFTER_MS);
  };
  io.use((socket, next) => {
    const auth = authSchema.safeParse(socket.handshake.auth);
    if (!auth.success || !sameSecret(auth.data.token, ports.token))
      return next(new Error('unauthorised'));
    if (connected.size >= DESKS_MAX) return next(new Error('too many desks'));
    const { deskId, session } = auth.data;
    const known = session === null ? null : ports.people.session(session, deskId);
    socket.data = { deskId, session, person: known } satisfies SocketData;
    next();
  });
  io.on('connection', (socket) => {
    const desk: Desk = {
      socket,
      following: false,
      sentSeq: -1,
      factsInFlight: 0,
      framesInFlight: 0,
      rowVersion: new Int32Array(0),
      rowCursor: 0,
      looked: [],
      watchesUntil: 0,
      viewing: null,
      requests: 0,
    };
    connected.add(desk);
    ports.log.info(whereOf(socket), 'a desk connected');
    answer(desk, ports, tellPresence);
    socket.on('disconnect', (reason) => {
      connected.delete(desk);
      stopFollowing(desk);
      tellPresence();
      ports.log.info({ ...whereOf(socket), reason }, 'a desk left');
    });
  });
  // Whoever is signed out is out at once, wherever it was done.
  const stopHearing = ports.people.onEnded((sessionId) => {
    for (const desk of connected) {
      const { person } = desk.socket.data as SocketData;
      if (person?.sessionId !== sessionId) continue;
      signOut(desk);
      tellPresence();
    }
  });
  const rowTimer = setInterval(() => {
    for (const desk of following()) sendRows(desk, table, ports.now());
  }, ROWS_EVERY_MS);
  const rateTimer = setInterval(() => {
    for (const desk of connected) desk.requests = 0;
  }, 1_000);
  return {
    facts: () => {
      for (const desk of following()) {
        // A fact may have taken a role away, or deactivated the person.
        if (seesTheLog(desk, ports)) sendFacts(desk, ports);
        else {
          signOut(desk);
          tellPresence();
        }
      }
    },
    rows: (rows, values, marketAt) => keepRows(table, rows, values, marketAt),
    pulse: (pulse) => {
      for (const { socket } of following()) socket.volatile.emit('pulse', pulse);
    },
    exposure: (view) => {
      const now = ports.now();
      for (const { socket, watchesUntil } of following()) {
        // A view that finds the wire full is dropped: the next one says all of it again.
        if (watchesUntil > now) socket.volatile.emit('exposure', view);
      }
    },
    desks: () => following().length,
    close: async () => {
      clearInterval(rowTimer);
      clearInterval(rateTimer);
      if (presenceTimer) clearTimeout(presenceTimer);
      stopHearing();
      await io.close();
    },
  };
}

/** Who is at a desk: null while nobody is signed in. */
interface SocketData {
  readonly deskId: string;
  /** What the person's session is known by; asked again so that being used keeps it alive. */
  session: string | null;
  person: { readonly personId: string; readonly sessionId: string } | null;
}

/** What desks ask without anybody touching them: it keeps no session alive. */
const ASKED_BY_ITSELF: ReadonlySet<string> = new Set([
  'checkpoint',
  'people',
  'content',
  'look',
  'exposureWatch',
  'exposureSeries',
]);

function keepAlive({ session, deskId }: SocketData, { people }: GatewayPorts): void {
  if (session !== null) people.session(session, deskId);
}

function stopFollowing(desk: Desk): void {
  desk.following = false;
  desk.sentSeq = -1;
  desk.looked = [];
  desk.watchesUntil = 0;
  desk.viewing = null;
}

function signOut(desk: Desk): void {
  (desk.socket.data as SocketData).person = null;
  stopFollowing(desk);
  desk.socket.emit('signedOut');
}

function seesTheLog({ socket }: Desk, { people }: GatewayPorts): boolean {
  const { person } = socket.data as SocketData;
  return person !== null && people.may(person.personId, 'view');
}

function whereOf(socket: Socket): { desk: string; person: string | null } {
  const { deskId, person } = socket.data as SocketData;
  return { desk: deskId, person: person?.personId ?? null };
}

/**
 * Answers what desks send: every message checked by its schema, every message of a person checked
 * against that person's roles, every failure a reply, none a crash.
 */
function answer(desk: Desk, ports: GatewayPorts, tellPresence: () => void): void {
  const { socket } = desk;
  const data = socket.data as SocketData;
  const on = <Schema extends z.ZodType>(
    name: string,
    schema: Schema,
    handle: (input: z.output<Schema>) => unknown,
    refused: (message: string) => unknown = rejected,
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
  /** A question of a person: its permission is looked up here and nowhere else. */
  const ask = <Schema extends z.ZodType>(
    name: string,
    schema: Schema,
    handle: (input: z.output<Schema>, personId: string) => unknown,
  ): void =>
    on(name, schema, (input) => {
      const action = QUESTION_PERMITS[name];
      const personId = data.person?.personId;
      if (personId === undefined) return rejected('Sign in first');
      if (!action || !ports.people.may(personId, action)) {
        return rejected('No role of yours allows this');
      }
      if (!ASKED_BY_ITSELF.has(name)) keepAlive(data, ports);
      return handle(input, personId);
    });
  on('doors', z.strictObject({}), () => ports.people.doors());
  on('signIn', signInSchema, async (given) => {
    const { signedIn, person } = await ports.people.signIn({
      ...given,
      deskId: data.deskId,
      address: socket.handshake.address,
    });
    if (person && signedIn.type === 'signedIn') {
      data.person = person;
      data.session = signedIn.session;
      stopFollowing(desk);
    }
    return signedIn;
  });
  on('accept', acceptSchema, ({ code, password }) => ports.people.accept(code, password));
  ask('sessions', z.strictObject({}), () =>
    data.person ? ports.people.sessions(data.person) : rejected('Sign in first'),
  );
  ask('totp', totpRequestSchema, (wish, personId) => ports.people.totp(personId, wish));
  ask('addPerson', newPersonSchema, (wish, personId) => ports.people.add(wish, personId));
  on('signOut', z.strictObject({ everywhere: z.boolean() }), ({ everywhere }) => {
    if (data.person) ports.people.signOut(data.person, data.deskId, everywhere);
    data.person = null;
    stopFollowing(desk);
    tellPresence();
    return {};
  });
  on(
    'hello',
    helloSchema,
    (hello) => {
      tellPresence();
      return welcome(desk, hello, ports);
    },
    (message) => ({ type: 'refused', reason: 'invalid', message }),
  );
  ask('viewing', viewingSchema, ({ caseId }) => {
    desk.viewing = caseId;
    tellPresence();
    return {};
  });
  ask('look', lookSchema, ({ accounts }) => void (desk.looked = accounts));
  ask('detail', detailRequestSchema, async ({ accountId }) => {
    const detail = await ports.detail(accountId);
    return detail ? { type: 'detail', detail } : rejected(`account ${accountId} is unknown`);
  });
  // What a command may do is decided where it takes its place in the log: see decide.
  on(
    'command',
    commandSchema,
    ({ commandId, intent }) => {
      const { person } = data;
      if (!person) return { type: 'busy' };
      keepAlive(data, ports);
      const actor = { type: 'operator' as const, id: person.personId };
      return ports.command({ commandId, actor, intent });
    },
    (message) => ({ type: 'rejected', commandId: '?', code: 'invalid', message }),
  );
  ask(
    'quarantine',
    z.strictObject({ limit: z.int().min(1).max(QUARANTINE_SHOWN_MAX) }),
    ({ limit }) => ({ entries: ports.quarantined(limit) }),
  );
  ask('checkpoint', checkpointRequestSchema, ({ size }) => ports.checkpoint(size));
  ask('programs', z.strictObject({}), () => ports.programs());
  ask('exposureWatch', z.strictObject({ watches: z.boolean() }), ({ watches }) => {
    desk.watchesUntil = watches ? ports.now() + EXPOSURE_WATCH_MS : 0;
    return { view: watches ? ports.exposure.view() : null };
  });
  ask('exposureSeries', exposureSeriesRequestSchema, ({ symbol }) => ({
    samples: ports.exposure.series(symbol),
  }));
  ask(
    'exposureHolders',
    exposureHoldersRequestSchema,
    async (request) =>
      (await ports.exposure.holders(request).then((holders) => holders && { holders })) ??
      rejected('The server has too much else to do: ask again'),
  );
  ask('slice', z.strictObject({}), async () => (await ports.slice()) ?? rejected('no book'));
  ask(
    'impactStart',
    z.strictObject({
      content: z.json(),
      follows: z.boolean(),
      accountId: z.string().max(80).nullable(),
    }),
    (job) => ({ runId: ports.previews.start(job) }),
  );
  const run = z.strictObject({ runId: z.string().max(80) });
  ask('impactState', run, ({ runId }) => ports.previews.state(runId));
  ask('impactCancel', run, ({ runId }) => (ports.previews.cancel(runId), {}));
  for (const [name, question] of Object.entries(ports.questions)) {
    ask(name, question.schema, (input, personId) => question.answer(input as never, personId));
  }
}

/** Who looks at which case: everybody once per case, from however many desks. */
function presenceOf(desks: readonly Desk[], { people }: GatewayPorts): Presence {
  const byCase = new Map<string, Map<string, string>>();
  for (const { socket, viewing } of desks) {
    const { person } = socket.data as SocketData;
    if (viewing === null || !person || !people.may(person.personId, 'viewCases')) continue;
    const viewers = byCase.get(viewing) ?? new Map<string, string>();
    byCase.set(viewing, viewers.set(person.personId, people.profile(person.personId).name));
  }
  const cases = [...byCase].slice(0, PRESENCE_CASES_MAX).map(([caseId, viewers]) => ({
    caseId,
    people: [...viewers].map(([personId, name]) => ({ personId, name })),
  }));
  return { cases };
}

function rejected(message: string): { type: 'rejected'; reason: string } {
  return { type: 'rejected', reason: message };
}

function welcome(desk: Desk, hello: z.output<typeof helloSchema>, ports: GatewayPorts): Welcome {
  if (hello.protocolVersion !== PROTOCOL_VERSION) {
    const reason = hello.protocolVersion < PROTOCOL_VERSION ? 'protocolTooOld' : 'protocolTooNew';
    return { type: 'refused', reason, message: `this server speaks protocol ${PROTOCOL_VERSION}` };
  }
  const { person } = desk.socket.data as SocketData;
  if (!person || !seesTheLog(desk, ports)) {
    return { type: 'refused', reason: 'signIn', message: 'sign in to see anything' };
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
  desk.following = true;
  desk.rowVersion = new Int32Array(0);
  if (mode === 'tail') desk.sentSeq = hello.cursor;
  else setImmediate(() => sendSnapshot(desk, ports));
  setImmediate(() => sendFacts(desk, ports));
  return {
    type: 'welcome',
    mode,
    logId: ports.logId,
    lastSeq,
    serverAt: ports.now(),
    ...ports.audience,
    profile: ports.people.profile(person.personId),
  };
}

function sendSnapshot(desk: Desk, ports: GatewayPorts): void {
  if (!desk.following) return;
  const seq = ports.lastSeq();
  sendGoverned(desk, ports, seq);
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

/** People, proposals and payouts go first: the accounts that follow complete the snapshot. */
function sendGoverned(desk: Desk, ports: GatewayPorts, seq: number): void {
  const facts = [...ports.governedFacts()].filter(({ envelope }) => envelope.seq <= seq);
  const parts = Math.max(1, Math.ceil(facts.length / GOVERNED_FACTS_PER_PART_MAX));
  for (let part = 0; part < parts; part += 1) {
    const from = part * GOVERNED_FACTS_PER_PART_MAX;
    const slice = facts.slice(from, from + GOVERNED_FACTS_PER_PART_MAX);
    desk.socket.emit('governed', { part, parts, facts: slice });
  }
}

/** Sends the tail in order, a window at a time: a slow desk waits for itself alone. */
function sendFacts(desk: Desk, ports: GatewayPorts): void {
  while (desk.following && desk.sentSeq >= 0 && desk.factsInFlight < FACT_MESSAGES_IN_FLIGHT_MAX) {
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
