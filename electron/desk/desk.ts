import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type {
  Alert,
  Connection,
  DeskApi,
  DeskStreamItem,
  DeskStreamName,
} from '#core/desk-api/contract.ts';
import { DeskRefusal } from '#core/desk-api/rpc.ts';
import { parseFact, type Fact } from '#core/facts/registry.ts';
import { createAccountsView, type AccountsView } from '#core/sync/accounts-view.ts';
import {
  accountsPartSchema,
  commandResultSchema,
  detailReplySchema,
  factsMessageSchema,
  pulseSchema,
  quarantineEntrySchema,
  type AccountDetail,
  type Command,
  type Pulse,
} from '#core/sync/protocol.ts';
import {
  decodeRowFrame,
  encodeRowFrame,
  ROW_WIDTH,
  ROWS_PER_FRAME_MAX,
} from '#core/sync/row-frame.ts';
import { runScenario } from '#core/what-if/simulate.ts';
import { createAlertsView } from './alerts.ts';
import type { DeskHost, Link } from './host.ts';
import { openDeskStore } from './store/store.ts';

/** Without a pulse for so long, what is shown is stale. */
const STALE_AFTER_MS = 3_500;
const WATCH_EVERY_MS = 500;
/** The live numbers are saved so often, for a desk that starts without its server. */
const ROWS_SAVED_EVERY_MS = 3_000;

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
  close(): void;
}

export function createDesk(host: DeskHost): Desk {
  const store = openDeskStore(host.databaseFile);
  const listeners = new Set<DeskListener>();
  const alerts = createAlertsView();
  let view: AccountsView = createAccountsView();
  let rows = restoreRows(store.rows()?.bytes);
  let rowsSavedAt = 0;
  let rowsChanged = false;
  let cursor = store.cursor();
  let pulse: Pulse | null = null;
  let pulseAt = 0;
  let syncing = false;
  let connection: Connection = {
    state: 'connecting',
    asOf: store.rows()?.asOf ?? null,
    since: host.now(),
    lastSeq: cursor.seq,
    clockOffsetMs: null,
    message: 'Looking for the server.',
  };
  view = restoreView(store.accounts());
  alerts.restore(store.alerts());

  const tell = <Name extends DeskStreamName>(name: Name, item: DeskStreamItem<Name>): void => {
    for (const listener of listeners) listener.stream(name, item);
  };
  const setConnection = (over: Partial<Connection>): void => {
    const changed = over.state !== undefined && over.state !== connection.state;
    connection = {
      ...connection,
      ...(changed ? { since: host.now() } : {}),
      ...over,
      lastSeq: cursor.seq,
    };
    if (changed) tell('connection', connection);
  };

  /** Facts in order: cache, feed and cursor change in one transaction, then renderers hear of it. */
  const applyFacts = (facts: readonly Fact[], toSeq: number, logId: string | null): void => {
    const changedAccounts = new Set<number>();
    const changedAlerts: Alert[] = [];
    for (const fact of facts) {
      view.apply(fact);
      const alert = alerts.apply(fact, (accountId) => accountOf(accountId));
      if (alert) changedAlerts.push(alert);
      const accountId = 'accountId' in fact.data ? fact.data.accountId : null;
      const number = accountId === null ? undefined : view.numberOf(accountId);
      if (number !== undefined) changedAccounts.add(number);
    }
    const accounts = [...changedAccounts].flatMap((number) => view.accounts[number] ?? []);
    cursor = { logId, seq: toSeq };
    store.apply({ cursor, accounts, alerts: changedAlerts });
    if (accounts.length > 0) tell('accounts', accounts);
    if (changedAlerts.length > 0) tell('alerts', changedAlerts);
    for (const alert of changedAlerts) {
      if (alert.severity === 'hard' && alert.acknowledgement === null)
        host.notify(alert.traderName, alert.sentence);
    }
  };
  const accountOf = (accountId: string): AccountsView['accounts'][number] | undefined => {
    const number = view.numberOf(accountId);
    return number === undefined ? undefined : view.accounts[number];
  };
  /** All of them, or null: a cursor never passes a fact that this desk could not read. */
  const readFacts = (inputs: readonly unknown[]): Fact[] | null => {
    const facts: Fact[] = [];
    for (const input of inputs) {
      const parsed = parseFact(input);
      if (!parsed.ok) {
        host.log('error', `a fact from the server cannot be read: ${parsed.error}`);
        const message = 'The server sends facts that this desk cannot read: update the desk.';
        syncing = false;
        setConnection({ state: 'refused', message });
        return null;
      }
      facts.push(parsed.value);
    }
    return facts;
  };

  let incoming: AccountsView['accounts'][number][] = [];
  const link: Link = host.connect({
    connected: () => void sayHello(),
    disconnected: (reason) => {
      syncing = false;
      setConnection({
        state: 'offline',
        message: `No connection to the server (${reason}). Trying again.`,
      });
    },
    accounts: (input) => {
      const part = accountsPartSchema.safeParse(input);
      if (!part.success) return host.log('error', `accounts: ${z.prettifyError(part.error)}`);
      if (part.data.part === 0) incoming = [];
      incoming.push(...part.data.accounts);
      if (part.data.part + 1 < part.data.parts) return;
      const recent = readFacts(part.data.recentFacts);
      if (recent === null) return;
      store.forget();
      view = restoreView(incoming);
      alerts.restore([]);
      store.apply({
        cursor: { logId: welcomedLog, seq: part.data.seq },
        accounts: incoming,
        alerts: [],
      });
      cursor = { logId: welcomedLog, seq: part.data.seq };
      tell('accounts', incoming);
      applyFacts(recent, part.data.seq, welcomedLog);
      incoming = [];
    },
    facts: (input) => {
      const message = factsMessageSchema.safeParse(input);
      if (!message.success) return host.log('error', `facts: ${z.prettifyError(message.error)}`);
      const { fromSeq, toSeq, facts } = message.data;
      if (toSeq <= cursor.seq) return; // Delivered twice: kept once.
      if (fromSeq !== cursor.seq + 1) {
        host.log('warn', `facts ${fromSeq} to ${toSeq} do not follow ${cursor.seq}; asking again`);
        void sayHello();
        return;
      }
      const read = readFacts(facts);
      if (read !== null) applyFacts(read, toSeq, welcomedLog);
    },
    rows: (bytes) => {
      const frame = decodeRowFrame(bytes);
      if (!frame) return host.log('error', 'a row frame cannot be read');
      rows = mergeRows(rows, frame.values, frame.rows);
      rowsChanged = true;
      for (const listener of listeners) listener.rows(bytes);
    },
    pulse: (input) => {
      const parsed = pulseSchema.safeParse(input);
      if (!parsed.success) return host.log('error', `pulse: ${z.prettifyError(parsed.error)}`);
      pulse = parsed.data;
      pulseAt = host.now();
      tell('pulse', pulse);
      if (syncing)
        setConnection({
          state: 'live',
          asOf: pulse.serverAt,
          clockOffsetMs: pulse.serverAt - pulseAt,
          message: 'Live.',
        });
    },
  });

  let welcomedLog: string | null = cursor.logId;
  const sayHello = async (): Promise<void> => {
    const welcome = await link.hello(cursor.logId, cursor.seq);
    if (welcome === null) return;
    if (welcome.type === 'refused') {
      setConnection({
        state: 'refused',
        message: `The server refuses this desk: ${welcome.message}.`,
      });
      return;
    }
    welcomedLog = welcome.logId;
    syncing = true;
    pulseAt = host.now();
    setConnection({ state: 'live', asOf: welcome.serverAt, message: 'Live.' });
    await sendOutbox();
  };
  const sendOutbox = async (): Promise<void> => {
    for (const command of store.queued()) {
      const reply = commandResultSchema.safeParse(await link.ask('command', command));
      if (!reply.success) return;
      store.settled({ ...reply.data, commandId: command.commandId });
      if (reply.data.type === 'accepted') continue;
      const reopened =
        reply.data.code === 'alreadyAcknowledged' ? null : alerts.reopened(command.intent.alertSeq);
      if (reopened) tell('alerts', [reopened]);
      host.log('warn', `the server rejected ${command.commandId}: ${reply.data.message}`);
    }
  };

  const watch = setInterval(() => {
    const now = host.now();
    if (connection.state === 'live' && now - pulseAt > STALE_AFTER_MS) {
      setConnection({ state: 'stale', message: 'The server is silent: what you see may be old.' });
    }
    if (rowsChanged && now - rowsSavedAt > ROWS_SAVED_EVERY_MS) saveRows(now);
  }, WATCH_EVERY_MS);
  const saveRows = (now: number): void => {
    rowsSavedAt = now;
    rowsChanged = false;
    store.saveRows(
      pulse?.serverAt ?? now,
      new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength),
    );
  };

  const api: DeskApi = {
    'session.get': () =>
      Promise.resolve({
        host: host.kind,
        operatorId: host.operatorId,
        deskId: host.deskId,
        version: host.version,
        connection,
        pulse,
      }),
    'accounts.list': () => Promise.resolve({ accounts: [...view.accounts] }),
    'alerts.list': ({ beforeSeq = Infinity, limit }) => {
      const all = alerts.all();
      const older = all
        .filter(({ seq }) => seq < beforeSeq)
        .sort((one, other) => other.seq - one.seq);
      const unacknowledged = all.filter(
        ({ acknowledgement, severity }) => acknowledgement === null && severity !== 'info',
      ).length;
      return Promise.resolve({ alerts: older.slice(0, limit), unacknowledged });
    },
    'alerts.acknowledge': async ({ alertSeq, note }) => {
      const command: Command = {
        commandId: randomUUID(),
        operatorId: host.operatorId,
        issuedAt: host.now(),
        intent: { type: 'acknowledgeAlert', alertSeq, note },
      };
      if (!store.queue(command)) {
        throw new DeskRefusal({
          code: 'rejected',
          message: 'Too many commands wait for the server.',
        });
      }
      const alert = alerts.queued(alertSeq, host.operatorId, command.issuedAt, note);
      if (alert) {
        store.apply({ cursor, accounts: [], alerts: [alert] });
        tell('alerts', [alert]);
      }
      await sendOutbox();
      const state = store.queued().some(({ commandId }) => commandId === command.commandId)
        ? 'queued'
        : 'accepted';
      return { commandId: command.commandId, state };
    },
    'account.detail': async ({ accountId }) => {
      const { source, asOf, detail } = await detailOf(accountId);
      return { source, asOf, detail };
    },
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
  const detailOf = async (
    accountId: string,
  ): Promise<{ source: 'live' | 'cache'; asOf: number; detail: AccountDetail }> => {
    const reply = detailReplySchema.safeParse(await link.ask('detail', { accountId }));
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
  return {
    api,
    listen: (listener) => {
      listeners.add(listener);
      for (const frame of framesOf(rows, connection.asOf ?? 0)) listener.rows(frame);
      return () => void listeners.delete(listener);
    },
    close: () => {
      clearInterval(watch);
      if (rowsChanged) saveRows(host.now());
      link.close();
      store.close();
    },
  };
}

function restoreView(accounts: readonly AccountsView['accounts'][number][]): AccountsView {
  const view = createAccountsView();
  view.restore(accounts);
  return view;
}

/** The latest row of every account, by number: ROW_WIDTH values each, NaN where none came yet. */
function restoreRows(bytes: Uint8Array | undefined): Float64Array {
  if (!bytes || bytes.byteLength % (ROW_WIDTH * 8) !== 0) return new Float64Array(0);
  return new Float64Array(bytes.slice().buffer);
}

function mergeRows(rows: Float64Array, values: Float64Array, count: number): Float64Array {
  let merged = rows;
  for (let row = 0; row < count; row += 1) {
    const account = values[row * ROW_WIDTH] as number;
    const end = (account + 1) * ROW_WIDTH;
    if (end > merged.length) {
      const larger = new Float64Array(Math.max(end, merged.length * 2)).fill(Number.NaN);
      larger.set(merged);
      merged = larger;
    }
    merged.set(values.subarray(row * ROW_WIDTH, (row + 1) * ROW_WIDTH), account * ROW_WIDTH);
  }
  return merged;
}

function* framesOf(rows: Float64Array, asOf: number): Generator<Uint8Array> {
  const known: number[] = [];
  for (let at = 0; at < rows.length; at += ROW_WIDTH) {
    if (!Number.isNaN(rows[at])) known.push(at);
  }
  for (let from = 0; from < known.length; from += ROWS_PER_FRAME_MAX) {
    const part = known.slice(from, from + ROWS_PER_FRAME_MAX);
    const values = new Float64Array(part.length * ROW_WIDTH);
    for (const [row, at] of part.entries())
      values.set(rows.subarray(at, at + ROW_WIDTH), row * ROW_WIDTH);
    yield new Uint8Array(
      encodeRowFrame({ marketAt: asOf, serverAt: asOf, rows: part.length, values }),
    );
  }
}
