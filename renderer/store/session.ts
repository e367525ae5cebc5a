import { create } from 'zustand';
import type { Connection } from '#core/desk-api/contract.ts';
import { ROWS_FRAME } from '#core/desk-api/contract.ts';
import type { Profile, Pulse } from '#core/sync/protocol.ts';
import type { RendererClient } from '../desk/client.ts';
import { createBook } from './book.ts';

/** What React shows and what changes rarely: never a mark. */
export interface Session {
  readonly linked: boolean;
  /** When this page lost its desk, by this machine's clock; null while it has one. */
  readonly lostAt: number | null;
  /** Who is signed in at this desk; undefined until the desk has said it. */
  readonly person: Profile | null | undefined;
  readonly connection: Connection | null;
  readonly pulse: Pulse | null;
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
  accountCount: 0,
  selected: null,
  selectedVersion: 0,
  select: (selected) => set({ selected, selectedVersion: 0 }),
}));

/** Fills the stores and keeps them true; called once. */
export function startSession(client: RendererClient): void {
  const { setState, getState } = useSession;
  const read = async (): Promise<void> => {
    const [session, accounts] = await Promise.all([
      client.call('session.get', {}),
      client.call('accounts.list', {}),
    ]);
    if (session.ok) {
      const { person, connection, pulse } = session.value;
      setState({ person, connection, pulse });
    }
    if (accounts.ok) {
      book.setAccounts(accounts.value.accounts);
      setState({ accountCount: book.accounts.length });
    }
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
}
