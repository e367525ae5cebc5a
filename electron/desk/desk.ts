import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type {
  Connection,
  DeskApi,
  DeskStreamItem,
  DeskStreamName,
} from '#core/desk-api/contract.ts';
import { DeskRefusal } from '#core/desk-api/rpc.ts';
import {
  acceptedSchema,
  detailReplySchema,
  doorsSchema,
  impactStateSchema,
  programListSchema,
  quarantineEntrySchema,
  sessionsReplySchema,
  signedInSchema,
  totpReplySchema,
  type AccountDetail,
  type Command,
  type CommandResult,
  type Pulse,
} from '#core/sync/protocol.ts';
import { runScenario } from '#core/what-if/simulate.ts';
import { createAlertApi } from './alert-api.ts';
import { createGovernedApi } from './governed-api.ts';
import { createSession } from './session.ts';
import { createBookShocks } from './book-shocks.ts';
import { createCasesApi } from './cases-api.ts';
import { createExposure } from './exposure.ts';
import { createOrdersApi } from './orders-api.ts';
import { createEvidenceCalls } from './evidence-api.ts';
import { createStandingCalls } from './standing-api.ts';
import { createKpiCalls } from './kpi-api.ts';
import { createSearch } from './search.ts';
import { createSupportApi } from './support-api.ts';
import { createSurveillanceCalls } from './surveillance.ts';
import { createWorkApi } from './work-api.ts';
import type { DeskHost, Link, Question } from './host.ts';
import { createLiveRows } from './live-rows.ts';
import { createLocalState, type LocalState, type StateChange } from './local-state.ts';
import { openDeskStore } from './store/store.ts';
import { createFollower } from './sync/follower.ts';
import { createOutbox } from './sync/outbox.ts';
import { createLogWitness, WITNESS_EVERY_MS } from './sync/witness.ts';

/** Without a pulse for so long, what is shown is stale. */
const STALE_AFTER_MS = 3_500;
const WATCH_EVERY_MS = 500;
/** The live numbers are saved so often, for a desk that starts without its server. */
const ROWS_SAVED_EVERY_MS = 3_000;
/** Commands that the server was too busy to decide are sent again so often. */
const OUTBOX_AGAIN_EVERY_MS = 2_000;
/** Rejections remembered for the call that waits for one. */
const REJECTIONS_MAX = 1_000;

/** What is answered before all that was kept is read: who is here, and the grid. */
const ANSWERED_AT_ONCE: ReadonlySet<string> = new Set(['accounts.list', 'view.look']);

/** After these, there are bytes that people may sign: they are fetched while the server is there. */
const BRINGS_BYTES: ReadonlySet<string> = new Set(['proposalOpened', 'proposalRevised']);

/** How a server says that it will not answer. */
const refusedSchema = z.strictObject({ type: z.literal('rejected'), reason: z.string() });

/** Receives what a desk pushes to its renderers. */
export interface DeskListener {
  stream<Name extends DeskStreamName>(name: Name, item: DeskStreamItem<Name>): void;
  rows(frame: Uint8Array): void;
}

/** One operator's local half: cache, outbox, what-if. Knows no host but through `DeskHost`. */
export interface Desk {
  readonly api: DeskApi;
  /** Starts telling a renderer; the latest live numbers come at once. */
  listen(listener: DeskListener): () => void;
  /** The latest live numbers of some accounts, as frames. */
  rowsOf(accounts: readonly number[]): Iterable<Uint8Array>;
  close(): void;
}

export function createDesk(host: DeskHost): Desk {
  const store = openDeskStore(host.databaseFile);
  const state = createLocalState(store);
  const rows = createLiveRows(store.rows()?.bytes);
  const listeners = new Set<DeskListener>();
  const rejections = new Map<string, string>();
  let rowsSavedAt = 0;
  let rowsChanged = false;
  let outboxSentAt = 0;
  let pulse: Pulse | null = null;
  let pulseAt = 0;
  let connection: Connection = {
    state: 'connecting',
    asOf: store.rows()?.asOf ?? null,
    since: host.now(),
    lastSeq: state.cursor.seq,
    clockOffsetMs: null,
    message: 'Looking for the server.',
    otherLog: false,
  };

  let closed = false;
  /** What nobody waits for; what it had begun when the desk was closed has no store any more. */
  const inBackground = (work: Promise<unknown>): void =>
    void work.catch((error: unknown) => {
      if (!closed) host.log('error', error instanceof Error ? error.message : String(error));
    });
  const tell = <Name extends DeskStreamName>(name: Name, item: DeskStreamItem<Name>): void => {
    for (const listener of listeners) listener.stream(name, item);
  };
  const setConnection = (over: Partial<Connection>): void => {
    const changed = over.state !== undefined && over.state !== connection.state;
    const since = changed ? host.now() : connection.since;
    connection = { ...connection, since, ...over, lastSeq: state.cursor.seq };
    if (changed) tell('connection', connection);
  };
  const tellChange = (change: StateChange): void => {
    const { accounts, governed: facts } = change;
    if (facts.length > 0) {
      tell('governed', { lastSeq: state.cursor.seq });
      if (facts.some(({ kind }) => BRINGS_BYTES.has(kind))) inBackground(governed.fetchBytes());
    }
    if (accounts.length > 0) tell('accounts', [...accounts]);
    search.took(accounts);
    if (facts.some(({ kind }) => kind === 'ticketMessaged')) inBackground(support.fetchWords());
    alerts.took(change);
  };

  const follower = createFollower(() => link, {
    cursor: () => state.cursor,
    isWhole: () => whole.isDone,
    apply: (facts, cursor) => tellChange(state.apply(facts, cursor)),
    replace: (snapshot, cursor) => {
      state.replace(snapshot, cursor);
      rows.clear();
      exposure.forget();
      tell('reset', {});
      search.forget();
      inBackground(support.fetchWords());
      inBackground(governed.fetchBytes());
      inBackground(alerts.replaced());
    },
    rows: (bytes) => {
      if (!rows.merge(bytes)) return false;
      rowsChanged = true;
      for (const listener of listeners) listener.rows(bytes);
      return true;
    },
    pulse: (latest) => {
      pulse = latest;
      pulseAt = host.now();
      tell('pulse', latest);
      const clockOffsetMs = latest.serverAt - pulseAt;
      setConnection({ state: 'live', asOf: latest.serverAt, clockOffsetMs, message: 'Live.' });
    },
    welcomed: ({ logId, lastSeq, serverAt, org, env, profile }) => {
      alerts.welcomed({ lastSeq, serverAt, heardAt: connection.asOf });
      pulseAt = host.now();
      session.welcomed({ org, env, log: `propdesk/${logId}` }, profile);
      setConnection({ state: 'live', asOf: serverAt, message: 'Live.', otherLog: false });
      inBackground(outbox.send(logId));
      inBackground(checkLog(logId).then(governed.fetchBytes));
      inBackground(welcomedCases());
      inBackground(support.fetchWords());
    },
    presence: (presence) => heardPresence(presence),
    exposure: (view) => {
      exposure.told(view);
      tell('exposure', view);
    },
    signedOut: () => session.ended(),
    connection: setConnection,
    log: host.log,
  });
  const session = createSession(store, () => {
    // What somebody was shown of the book is nobody's who comes after.
    exposure.forget();
    tell('person', { person: session.person() });
  });
  const whole = readWhole(state, () => closed);
  const link: Link = host.connect(follower, session.token);
  if (!whole.isDone) {
    setConnection({ message: 'Reading what this desk has kept.' });
    inBackground(whole.done.then(follower.greet));
  }
  const decided = ({ intent }: Command, result: CommandResult): void => {
    if (result.type === 'accepted') return;
    if (intent.type === 'decide') tell('governed', { lastSeq: state.cursor.seq });
    host.log('warn', `the server rejected ${result.commandId}: ${result.message}`);
    alerts.rejected(intent, result.code);
    if (intent.type === 'decide') return; // Nobody waits for it: its list says what became of it.
    if (rejections.size >= REJECTIONS_MAX) rejections.clear();
    rejections.set(result.commandId, result.message);
  };
  const logWitness = createLogWitness(store, (size) => link.ask('checkpoint', { size }));
  let witnessedAt = 0;
  /** A log that is not what this desk has seen is followed no further, and said so. */
  const checkLog = async (logId: string): Promise<void> => {
    witnessedAt = host.now();
    const wrong = await logWitness.check(logId);
    if (wrong === null || follower.following() !== logId) return;
    host.log('error', `the server's log: ${wrong}`);
    follower.refuse(
      `Stop and tell your administrator: the server's log is not what this desk has seen; ${wrong}.`,
    );
  };
  /** The server takes whoever is signed in for who wishes it; a signature says itself whose it is. */
  const isMine = ({ operatorId, intent }: Command): boolean =>
    intent.type === 'decide' || operatorId === session.person()?.personId;
  const sendable = { ...store, queued: (logId: string) => store.queued(logId).filter(isMine) };
  const outbox = createOutbox(sendable, link, decided, (text) => host.log('error', text));

  const watch = setInterval(() => {
    const now = host.now();
    if (connection.state === 'live' && now - pulseAt > STALE_AFTER_MS) {
      setConnection({ state: 'stale', message: 'The server is silent: what you see may be old.' });
    }
    if (rowsChanged && now - rowsSavedAt > ROWS_SAVED_EVERY_MS) saveRows(now);
    const followed = follower.following();
    if (followed !== null && now - witnessedAt > WITNESS_EVERY_MS) inBackground(checkLog(followed));
    if (followed !== null && now - outboxSentAt > OUTBOX_AGAIN_EVERY_MS) {
      outboxSentAt = now;
      inBackground(outbox.send(followed));
    }
  }, WATCH_EVERY_MS);
  const saveRows = (now: number): void => {
    rowsSavedAt = now;
    rowsChanged = false;
    store.saveRows(pulse?.serverAt ?? now, rows.bytes());
  };

  const detailOf = async (
    accountId: string,
  ): Promise<{ source: 'live' | 'cache'; asOf: number; detail: AccountDetail }> => {
    const followed = follower.following();
    const input = followed === null ? null : await link.ask('detail', { accountId });
    const reply = detailReplySchema.safeParse(input);
    if (reply.success && reply.data.type === 'detail') {
      const { detail } = reply.data;
      const asOf = pulse?.serverAt ?? host.now();
      store.saveDetail(accountId, asOf, detail);
      return { source: 'live', asOf, detail };
    }
    if (reply.success && reply.data.type === 'rejected') {
      throw new DeskRefusal({ code: 'rejected', message: reply.data.reason });
    }
    const cached = store.detail(accountId);
    if (cached) return { source: 'cache', ...cached };
    throw new DeskRefusal({
      code: 'offline',
      message: 'The server cannot be reached, and this desk has not seen this account before.',
    });
  };
  /** Keeps an intent until the server has decided it; a rejection is the caller's to hear. */
  const send = async (
    intent: Command['intent'],
    queued: (command: Command) => void = () => {},
  ): Promise<{ commandId: string; state: 'queued' | 'accepted' }> => {
    const { logId } = state.cursor;
    if (logId === null) {
      throw new DeskRefusal({ code: 'offline', message: 'This desk has not met a server yet.' });
    }
    const person = session.person();
    if (!person) throw new DeskRefusal({ code: 'rejected', message: 'Sign in first.' });
    const command: Command = {
      commandId: randomUUID(),
      operatorId: person.personId,
      issuedAt: host.now(),
      intent,
    };
    if (!store.queue(command, logId)) {
      const message = 'Too many commands wait for the server: try again when it is back.';
      throw new DeskRefusal({ code: 'rejected', message });
    }
    queued(command);
    if (follower.following() === logId) await outbox.send(logId);
    const rejection = rejections.get(command.commandId);
    if (rejection !== undefined) {
      rejections.delete(command.commandId);
      const message = `The server did not take it: ${rejection}.`;
      throw new DeskRefusal({ code: 'rejected', message });
    }
    const waits = store.queued(logId).some(({ commandId }) => commandId === command.commandId);
    return { commandId: command.commandId, state: waits ? 'queued' : 'accepted' };
  };

  const shocks = createBookShocks({ ask: () => link.ask('slice', {}), now: host.now });
  /** Asks what only the server knows; says so when it cannot be reached. */
  const askServer = async <Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>> => {
    const answer = await link.ask(name, input);
    const reply = schema.safeParse(answer);
    if (reply.success) return reply.data;
    const refused = refusedSchema.safeParse(answer);
    if (refused.success) {
      throw new DeskRefusal({ code: 'rejected', message: `${refused.data.reason}.` });
    }
    const message = 'Only the server knows this, and it cannot be reached or is busy.';
    throw new DeskRefusal({ code: 'offline', message });
  };

  /** As askServer, but null when the server cannot be asked. */
  const tryAsk = async <Schema extends z.ZodType>(
    name: Question,
    input: unknown,
    schema: Schema,
  ): Promise<z.output<Schema> | null> => {
    const reply = schema.safeParse(await link.ask(name, input));
    return reply.success ? reply.data : null;
  };
  const governed = createGovernedApi({
    host,
    store,
    state,
    person: session.person,
    audience: () => {
      const { logId } = state.cursor;
      const audience = session.audience();
      return logId !== null && audience ? { audience, logId } : null;
    },
    send,
    flush: () => {
      const followed = follower.following();
      if (followed !== null) inBackground(outbox.send(followed));
    },
    ask: askServer,
    tryAsk,
    changed: () => tell('governed', { lastSeq: state.cursor.seq }),
    witness: async () => {
      const followed = follower.following();
      if (followed !== null) await checkLog(followed);
    },
  });
  const { fetchBytes: _fetchBytes, nameOf, ...governedCalls } = governed;
  const {
    heardPresence,
    welcomed: welcomedCases,
    ...caseCalls
  } = createCasesApi({
    store,
    state,
    rows,
    personId: () => session.person()?.personId ?? null,
    nameOf,
    isFollowing: () => follower.following() !== null,
    send,
    tryAsk,
    now: () => host.now() + (connection.clockOffsetMs ?? 0),
    presence: (presence) => tell('presence', presence),
  });
  const exposure = createExposure({ ask: askServer, tryAsk });
  const work = createWorkApi({
    state,
    personId: () => session.person()?.personId ?? null,
    nameOf,
    isFollowing: () => follower.following() !== null,
    send,
    queued: () => {
      const { logId } = state.cursor;
      return logId === null ? [] : store.queued(logId);
    },
    now: () => host.now() + (connection.clockOffsetMs ?? 0),
  });

  const alerts = createAlertApi({
    host,
    state,
    store,
    person: session.person,
    send,
    ask: askServer,
    tryAsk,
    tell,
    nameOf,
  });

  const support = createSupportApi({
    store,
    state,
    rows,
    personId: () => session.person()?.personId ?? null,
    nameOf,
    isFollowing: () => follower.following() !== null,
    send,
    tryAsk,
    detailOf,
    now: () => host.now() + (connection.clockOffsetMs ?? 0),
    changed: () => tell('governed', { lastSeq: state.cursor.seq }),
  });
  const search = createSearch({
    state,
    store,
    alerts: state.alerts.all,
    personId: () => session.person()?.personId ?? null,
    tryAsk,
  });

  const api: DeskApi = {
    ...governedCalls,
    ...alerts.calls,
    ...caseCalls,
    ...exposure.calls,
    ...support.calls,
    'search.all': search.call,
    ...createSurveillanceCalls({ ask: askServer }),
    ...createKpiCalls({ ask: askServer, send }),
    ...createOrdersApi({
      state,
      personId: () => session.person()?.personId ?? null,
      nameOf,
      send,
      queued: () => {
        const { logId } = state.cursor;
        return logId === null ? [] : store.queued(logId);
      },
      now: () => host.now() + (connection.clockOffsetMs ?? 0),
    }),
    ...work,
    ...createEvidenceCalls({ ask: askServer }),
    ...createStandingCalls({ ask: askServer, send }),
    'session.doors': async () => ({ doors: await tryAsk('doors', {}, doorsSchema) }),
    'session.signIn': async (given) => {
      const reply = await askServer('signIn', given, signedInSchema);
      if (reply.type === 'refused') {
        throw new DeskRefusal({ code: 'rejected', message: reply.message });
      }
      session.began(reply.session, reply.profile);
      follower.greet();
      return { person: reply.profile };
    },
    'session.accept': async (given) => {
      const reply = await askServer('accept', given, acceptedSchema);
      if (reply.type === 'done') return {};
      throw new DeskRefusal({ code: 'rejected', message: reply.message });
    },
    'session.list': () => askServer('sessions', {}, sessionsReplySchema),
    'session.totp': async (wish) => {
      const reply = await askServer('totp', wish, totpReplySchema);
      if (reply.type !== 'refused') return reply;
      throw new DeskRefusal({ code: 'rejected', message: reply.message });
    },
    'session.signOut': async ({ everywhere }) => {
      await link.ask('signOut', { everywhere });
      session.ended();
      follower.greet();
      return {};
    },
    'session.get': () =>
      Promise.resolve({
        host: host.kind,
        person: session.person(),
        deskId: host.deskId,
        version: host.version,
        connection: { ...connection, lastSeq: state.cursor.seq },
        pulse,
      }),
    'session.startOver': async () => {
      if (!connection.otherLog) {
        const message = 'This desk follows its own log; there is nothing to start over.';
        throw new DeskRefusal({ code: 'rejected', message });
      }
      state.startOver();
      rows.clear();
      tell('reset', {});
      follower.greet();
      return { setAside: store.setAside().length };
    },
    'accounts.list': () => Promise.resolve({ accounts: [...state.accounts()] }),
    'programs.list': () => askServer('programs', {}, programListSchema),
    'impact.start': async (input) => {
      const reply = z.object({ runId: z.string().nullable() });
      const { runId } = await askServer('impactStart', input, reply);
      if (runId !== null) return { runId };
      const message = 'Other previews are running: wait for one to end.';
      throw new DeskRefusal({ code: 'rejected', message });
    },
    'impact.state': (input) => askServer('impactState', input, impactStateSchema),
    'impact.cancel': (input) => askServer('impactCancel', input, z.strictObject({})),
    'programs.publish': (input) => send({ type: 'publishProgram', ...input }),
    'account.direct': (input) => send({ type: 'directAccount', ...input }),
    'account.acceptChange': (input) => send({ type: 'acceptChange', ...input }),
    'account.successor': (input) => send({ type: 'requestSuccessor', ...input }),
    'book.shock': (input) => shocks.run(input.shocks),
    'account.detail': ({ accountId }) => detailOf(accountId),
    'whatIf.run': async ({ accountId, scenario }) => {
      const { detail } = await detailOf(accountId);
      const result = runScenario(detail.state, scenario);
      if (result.ok) return result.value;
      throw new DeskRefusal({ code: 'rejected', message: result.error });
    },
    'view.look': ({ accounts }) => {
      link.look(accounts);
      return Promise.resolve({});
    },
    'quarantine.list': async ({ limit }) => {
      const reply = z
        .object({ entries: z.array(quarantineEntrySchema) })
        .safeParse(await link.ask('quarantine', { limit }));
      if (reply.success) return { entries: reply.data.entries };
      throw new DeskRefusal({
        code: 'offline',
        message: 'Only the server knows its quarantine; it cannot be reached.',
      });
    },
  };
  return {
    api: forSomebody(api, () => session.person() !== null, whole),
    listen: (listener) => {
      listeners.add(listener);
      if (session.person() === null) return () => void listeners.delete(listener);
      for (const frame of rows.frames(connection.asOf ?? 0)) listener.rows(frame);
      return () => void listeners.delete(listener);
    },
    rowsOf: (accounts) =>
      session.person() === null ? [] : rows.frames(connection.asOf ?? 0, accounts),
    close: () => {
      closed = true;
      clearInterval(watch);
      alerts.close();
      search.close();
      if (rowsChanged) saveRows(host.now());
      link.close();
      store.close();
    },
  };
}

/** A desk that has kept much reads it in pieces, between which it answers. */
interface Whole {
  readonly isDone: boolean;
  readonly done: Promise<void>;
}

function readWhole(state: LocalState, isClosed: () => boolean): Whole {
  let isDone = state.readOn();
  const done = isDone
    ? Promise.resolve()
    : new Promise<void>((resolve) => {
        const readOn = (): void => {
          if (isClosed()) return;
          isDone = state.readOn();
          if (isDone) resolve();
          else setImmediate(readOn);
        };
        setImmediate(readOn);
      });
  return {
    get isDone() {
      return isDone;
    },
    done,
  };
}

/**
 * What a desk keeps is shown to nobody who has not signed in, and what rests on all that was kept
 * waits until all of it is read.
 */
function forSomebody(api: DeskApi, isSomebody: () => boolean, whole: Whole): DeskApi {
  const guarded = Object.entries(api).map(([name, call]) => {
    const ask = call as (input: never) => Promise<unknown>;
    if (name.startsWith('session.')) return [name, call];
    return [
      name,
      async (input: never) => {
        if (!isSomebody()) {
          throw new DeskRefusal({ code: 'rejected', message: 'Sign in first.' });
        }
        if (!whole.isDone && !ANSWERED_AT_ONCE.has(name)) await whole.done;
        return ask(input);
      },
    ];
  });
  return Object.fromEntries(guarded) as DeskApi;
}
