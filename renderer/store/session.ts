import { create } from 'zustand';
import type { Alert, Connection } from '#core/desk-api/contract.ts';
import { ROWS_FRAME } from '#core/desk-api/contract.ts';
import type { Profile, Pulse } from '#core/sync/protocol.ts';
import type { RendererClient } from '../desk/client.ts';
import { createBook } from './book.ts';

/** Alerts that the feed holds at first, and fetches at a time when older ones are asked for. */
export const ALERTS_PAGE = 500;

/** What React shows and what changes rarely: never a mark. */
export interface Session {
  readonly linked: boolean;
  /** When this page lost its desk, by this machine's clock; null while it has one. */
  readonly lostAt: number | null;
  /** Who is signed in at this desk; undefined until the desk has said it. */
  readonly person: Profile | null | undefined;
  readonly connection: Connection | null;
  readonly pulse: Pulse | null;
  readonly alerts: readonly Alert[];
  readonly unacknowledged: number;
  readonly accountCount: number;
  readonly selected: string | null;
  /** Rises with every verdict of the selected account: its page reads itself again. */
  readonly selectedVersion: number;
  select(accountId: string | null): void;
}

export const book = createBook();

export const useSession = create<Session>((set) => ({
  linked: false,
  lostAt: null,
  person: undefined,
  connection: null,
  pulse: null,
  alerts: [],
  unacknowledged: 0,
  accountCount: 0,
  selected: null,
  selectedVersion: 0,
  select: (selected) => set({ selected, selectedVersion: 0 }),
}));

const alertListeners = new Set<(alert: Alert) => void>();
/** Hears every alert as it arrives, not those read from the cache. */
export function onNewAlert(listener: (alert: Alert) => void): () => void {
  alertListeners.add(listener);
  return () => void alertListeners.delete(listener);
}

/** How many alerts the person has paged to. */
let alertsHeld = ALERTS_PAGE;

/** Fetches the page before the oldest alert held; says whether there may be more. */
export async function loadOlderAlerts(client: RendererClient): Promise<boolean> {
  const { alerts } = useSession.getState();
  const oldest = alerts.at(-1);
  if (!oldest) return false;
  const page = await client.call('alerts.list', { beforeSeq: oldest.seq, limit: ALERTS_PAGE });
  if (!page.ok) return true;
  const older = page.value.alerts;
  alertsHeld = alerts.length + older.length;
  useSession.setState((now) => {
    const known = new Map([...older, ...now.alerts].map((alert) => [alert.seq, alert]));
    return { alerts: [...known.values()].sort((one, other) => other.seq - one.seq) };
  });
  return older.length === ALERTS_PAGE;
}

/** Fills the stores and keeps them true; called once. */
export function startSession(client: RendererClient): void {
  const { setState, getState } = useSession;
  const read = async (): Promise<void> => {
    const [session, accounts, alerts] = await Promise.all([
      client.call('session.get', {}),
      client.call('accounts.list', {}),
      client.call('alerts.list', { limit: ALERTS_PAGE }),
    ]);
    if (session.ok) {
      const { person, connection, pulse } = session.value;
      setState({ person, connection, pulse });
    }
    if (accounts.ok) {
      book.setAccounts(accounts.value.accounts);
      setState({ accountCount: book.accounts.length });
    }
    if (alerts.ok) setState(alerts.value);
  };
  client.onLink((linked) => {
    setState({ linked, lostAt: linked ? null : (getState().lostAt ?? Date.now()) });
    if (linked) void read();
  });
  client.onFrame(ROWS_FRAME, book.applyFrame);
  client.onStream('person', ({ person }) => {
    setState({ person });
    if (person) void read();
  });
  client.onStream('connection', (connection) => setState({ connection }));
  client.onStream('pulse', (pulse) => {
    const { connection } = getState();
    const asOf = pulse.serverAt;
    setState({
      pulse,
      ...(connection ? { connection: { ...connection, asOf, lastSeq: pulse.lastSeq } } : {}),
    });
  });
  client.onStream('accounts', (accounts) => {
    book.setAccounts(accounts);
    const { selected, selectedVersion } = getState();
    const concerned = accounts.some(({ terms }) => terms.accountId === selected);
    setState({
      accountCount: book.accounts.length,
      ...(concerned ? { selectedVersion: selectedVersion + 1 } : {}),
    });
  });
  client.onStream('reset', () => {
    book.clear();
    void read();
  });
  client.onStream('alerts', ({ alerts: changed, unacknowledged }) => {
    const known = new Map(getState().alerts.map((alert) => [alert.seq, alert]));
    for (const alert of changed) {
      if (!known.has(alert.seq)) for (const listener of alertListeners) listener(alert);
      known.set(alert.seq, alert);
    }
    const alerts = [...known.values()]
      .sort((one, other) => other.seq - one.seq)
      .slice(0, Math.max(ALERTS_PAGE, alertsHeld));
    setState({ alerts, unacknowledged });
  });
}
