import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { DisputeRow, TicketRow } from '#core/desk-api/support-calls.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { DISPUTE_REASON_TEXT, dueText, QUEUE_TEXT, REMEDY_TEXT, TOPIC_TEXT } from './words.ts';

/** Lines that are drawn at first; the others follow on demand. */
const LINES_MAX = 200;

/** Tickets as lines, what is due first on top. */
export function TicketList({
  rows,
  open,
  now,
  onOpen,
}: {
  readonly rows: readonly TicketRow[];
  readonly open: string | undefined;
  readonly now: number;
  readonly onOpen: (ticketId: string) => void;
}): ReactElement {
  const [lines, setLines] = useState(LINES_MAX);
  const holder = useInView(open);
  return (
    <div className="support-list" ref={holder}>
      <ul aria-label="Tickets">
        {rows.slice(0, lines).map((row) => (
          <li key={row.ticketId} data-open={row.ticketId === open || undefined}>
            <button
              type="button"
              className="ticket-line"
              aria-current={row.ticketId === open ? 'true' : undefined}
              onClick={() => onOpen(row.ticketId)}
            >
              <TicketLine row={row} now={now} />
            </button>
          </li>
        ))}
      </ul>
      {rows.length > lines && (
        <button type="button" onClick={() => setLines(lines + LINES_MAX)}>
          Show more: {rows.length - lines} others
        </button>
      )}
    </div>
  );
}

function TicketLine({ row, now }: { readonly row: TicketRow; readonly now: number }): ReactElement {
  const late = row.queue === 'overdue';
  return (
    <>
      <span className="ticket-top">
        <b>
          {row.number} · {row.subject ?? '(its words are not on this desk yet)'}
        </b>
        <span className="spacer" />
        <span className={late ? 'age-critical' : 'quiet-text'}>
          {row.queue === 'solved' || row.queue === 'merged'
            ? QUEUE_TEXT[row.queue]
            : dueText(row.dueAt, now)}
        </span>
      </span>
      <span className="ticket-mid">
        {row.lastFrom === 'firm' && <span className="quiet-text">We: </span>}
        {row.preview === '' ? '–' : row.preview}
      </span>
      <span className="ticket-low">
        <span className={late ? 'age-critical' : ''}>{QUEUE_TEXT[row.queue]}</span>
        <span>{row.traderName === '' ? 'Nobody knows who' : row.traderName}</span>
        {row.accountId !== null && <span>{row.accountId}</span>}
        <span className="tag">{TOPIC_TEXT[row.topic]}</span>
        {row.disputes > 0 && <span className="tag serious">⚖ dispute</span>}
        {row.tags.map((tag) => (
          <span key={tag} className="tag">
            {tag}
          </span>
        ))}
        <span className="spacer" />
        {row.assignee && <span className="quiet-text">{row.assignee.name}</span>}
      </span>
    </>
  );
}

/** The line that is open stays in sight while keys walk the list. */
function useInView(open: string | undefined) {
  const holder = useRef<HTMLDivElement | null>(null);
  useEffect(() => {
    holder.current?.querySelector('[data-open]')?.scrollIntoView({ block: 'nearest' });
  }, [open]);
  return holder;
}

export function DisputeList({
  rows,
  open,
  now,
  onOpen,
}: {
  readonly rows: readonly DisputeRow[];
  readonly open: string | undefined;
  readonly now: number;
  readonly onOpen: (disputeId: string) => void;
}): ReactElement {
  const holder = useInView(open);
  return (
    <div className="support-list" ref={holder}>
      <table className="lines">
        <TableHead
          columns={['No.', 'What is disputed', 'Why', 'Trader', 'Program', 'Due', 'State']}
        />
        <tbody>
          {rows.slice(0, LINES_MAX * 2).map((row) => (
            <tr
              key={row.disputeId}
              data-open={row.disputeId === open || undefined}
              aria-selected={row.disputeId === open}
              onClick={() => onOpen(row.disputeId)}
            >
              <td>
                <button type="button" className="quiet" onClick={() => onOpen(row.disputeId)}>
                  {row.number}
                </button>
              </td>
              <td>{row.says}</td>
              <td>{DISPUTE_REASON_TEXT[row.reason]}</td>
              <td>{row.traderName}</td>
              <td>{row.programName}</td>
              <td className={row.overdue ? 'age-critical' : ''}>
                {row.state === 'waiting' ? dueText(row.dueAt, now) : ''}
              </td>
              <td>{stateText(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function stateText({ state, decision, overdue }: DisputeRow): string {
  if (decision) return `● ${REMEDY_TEXT[decision.remedy]}`;
  if (state === 'withdrawn') return '– Withdrawn';
  return overdue ? '▲ Overdue' : '○ Waits';
}
