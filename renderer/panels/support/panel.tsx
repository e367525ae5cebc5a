import { useCallback, useMemo, useState, type ReactElement } from 'react';
import type { TicketRow } from '#core/desk-api/support-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo, usePlace } from '#renderer/store/place.ts';
import { useSession } from '#renderer/store/session.ts';
import { Disputes } from './disputes.tsx';
import { NewTicket } from './forms.tsx';
import { FIND, useListKeys } from './keys.ts';
import { TicketList } from './lists.tsx';
import { TicketPage } from './page.tsx';
import { useReading } from './reading.ts';
import { Why } from './why.tsx';

const TABS = ['tickets', 'disputes', 'why'] as const;
type Tab = (typeof TABS)[number];
const TAB_TEXT: Readonly<Record<Tab, string>> = {
  tickets: 'Tickets',
  disputes: 'Disputes',
  why: 'Why they dispute',
};
const LISTED_MAX = 5_000;

/** What traders write and what they are answered, and what they dispute. */
export function Support({ client }: { readonly client: RendererClient }): ReactElement {
  const [, chosen, id] = usePlace();
  const tab = TABS.find((one) => one === chosen) ?? 'tickets';
  const { value } = useReading(client, 'support.list', { ended: false, limit: 0 });
  const pills: Readonly<Record<Tab, number>> = {
    tickets: value?.counts.overdue ?? 0,
    disputes: value?.counts.disputes ?? 0,
    why: 0,
  };
  return (
    <div className="cases support">
      <header className="cases-head">
        <div className="tabs" role="tablist" aria-label="Support">
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={tab === one}
              onClick={() => goTo('support', one)}
            >
              {TAB_TEXT[one]}
              {pills[one] > 0 && (
                <span className="pill" title={one === 'tickets' ? 'Overdue' : 'Waiting'}>
                  {pills[one]}
                </span>
              )}
            </button>
          ))}
        </div>
      </header>
      {tab === 'tickets' && <Tickets client={client} ticketId={id} />}
      {tab === 'disputes' && <Disputes client={client} disputeId={id} />}
      {tab === 'why' && <Why client={client} />}
    </div>
  );
}

/** What is shown of all tickets: the queues of the law, and whose they are. */
const VIEWS = ['all', 'mine', 'unassigned', 'overdue', 'waiting', 'disputed', 'ended'] as const;
type View = (typeof VIEWS)[number];
const VIEW_TEXT: Readonly<Record<View, string>> = {
  all: 'To do',
  mine: 'Mine',
  unassigned: 'Unassigned',
  overdue: 'Overdue',
  waiting: 'With the trader',
  disputed: 'Disputes',
  ended: 'Solved',
};

function isIn(view: View, row: TicketRow, me: string): boolean {
  switch (view) {
    case 'all':
      return row.queue !== 'waiting';
    case 'mine':
      return row.assignee?.personId === me;
    case 'unassigned':
      return row.assignee === null && row.queue !== 'waiting';
    case 'overdue':
    case 'waiting':
      return row.queue === view;
    case 'disputed':
      return row.disputes > 0;
    case 'ended':
      return true;
  }
}

function countOf(view: View, rows: readonly TicketRow[], me: string): number | null {
  return view === 'ended' ? null : rows.filter((row) => isIn(view, row, me)).length;
}

const NOTHING: Readonly<Record<View, string>> = {
  all: 'Nothing waits for the firm. Traders write by mail or on their page; N writes down a call.',
  mine: 'Nothing is in your hands. A takes the open ticket.',
  unassigned: 'Everything is in somebody’s hands.',
  overdue: 'Nothing is overdue.',
  waiting: 'Nobody was asked anything.',
  disputed: 'No ticket disputes anything.',
  ended: 'No ticket was solved yet.',
};

function Tickets({
  client,
  ticketId,
}: {
  readonly client: RendererClient;
  readonly ticketId: string | undefined;
}): ReactElement {
  const me = useSession((session) => session.person?.personId ?? '');
  const [view, setView] = useState<View>('all');
  const [wanted, setWanted] = useState('');
  const [making, setMaking] = useState(false);
  const [said, setSaid] = useState('');
  const ended = view === 'ended';
  const { value, failure, reread } = useReading(client, 'support.list', {
    ended,
    limit: LISTED_MAX,
  });
  const rows = value?.tickets;
  const shown = useMemo(
    () => (rows ?? []).filter((row) => isIn(view, row, me) && fits(row, wanted)),
    [rows, view, wanted, me],
  );
  const open = useCallback((id: string) => goTo('support', 'tickets', id), []);
  const back = useCallback(() => goTo('support', 'tickets'), []);
  const make = useCallback(() => setMaking(true), []);
  useListKeys({ ids: shown.map((row) => row.ticketId), open: ticketId, onOpen: open, back, make });
  return (
    <div className={ticketId === undefined ? 'support-split' : 'support-split open'}>
      <section className="panel queue" aria-label="Tickets">
        <div className="toolbar case-views">
          {VIEWS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={view === one}
              onClick={() => setView(one)}
            >
              {VIEW_TEXT[one]} <ViewCount view={one} rows={ended ? [] : (rows ?? [])} me={me} />
            </button>
          ))}
          <span className="spacer" />
          <input
            id={FIND}
            type="search"
            placeholder="Find a ticket ( / )"
            aria-label="Find a ticket"
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
          <button type="button" onClick={make}>
            New ticket <kbd>N</kbd>
          </button>
          <span className="case-said" role="status">
            {said}
          </span>
        </div>
        {making && (
          <NewTicket
            client={client}
            onClose={() => setMaking(false)}
            onDone={(text) => {
              setMaking(false);
              setSaid(text);
              void reread();
            }}
          />
        )}
        {failure !== '' && (
          <p className="failure" role="alert">
            {failure}
          </p>
        )}
        {rows === undefined && failure === '' && <p className="empty">Reading tickets…</p>}
        {rows !== undefined && shown.length === 0 && (
          <p className="empty">
            {wanted === '' ? NOTHING[view] : 'No ticket here fits: clear the search.'}
          </p>
        )}
        {shown.length > 0 && value && (
          <TicketList rows={shown} open={ticketId} now={value.asOf} onOpen={open} />
        )}
      </section>
      {ticketId !== undefined && (
        <TicketPage key={ticketId} client={client} ticketId={ticketId} onBack={back} />
      )}
    </div>
  );
}

function ViewCount(props: {
  readonly view: View;
  readonly rows: readonly TicketRow[];
  readonly me: string;
}): ReactElement | null {
  const count = countOf(props.view, props.rows, props.me);
  return count === null ? null : <small>{count}</small>;
}

function fits(row: TicketRow, wanted: string): boolean {
  const words = wanted.trim().toLowerCase().split(/\s+/);
  const { subject, preview, traderName, accountId, programName, number, tags } = row;
  const named = [subject ?? '', preview, traderName, accountId ?? '', programName, ...tags];
  const text = `${number} ${named.join(' ')}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
