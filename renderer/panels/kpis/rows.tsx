import { useEffect, useState, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import { rowsCsv } from '#core/kpi/export.ts';
import type { KpiCard } from '#core/kpi/answers.ts';
import { figureText } from '#core/kpi/words.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo, type View } from '#renderer/store/place.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { saveText } from '#renderer/ui/save.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { openAccount } from '#renderer/workspace/open-account.ts';
import type { Looked } from './reading.ts';

const ROWS = 200;
type Row = DeskCallOutput<'kpi.rows'>['rows'][number];

/** The matters behind a number: each with the entry that decided how it counts. */
export function Rows({
  client,
  card,
  looked,
}: {
  readonly client: RendererClient;
  readonly card: KpiCard;
  readonly looked: Looked;
}): ReactElement {
  const [answer, setAnswer] = useState<DeskCallOutput<'kpi.rows'> | string | null>(null);
  const { kpiId, unit, facts, window } = card;
  const { period } = looked;
  // The rows are of the number that is shown, not of a later moment.
  const { until } = window;
  useEffect(() => {
    let current = true;
    void client.call('kpi.rows', { kpiId, period, until, limit: ROWS }).then((reply) => {
      if (current) setAnswer(reply.ok ? reply.value : reply.error.message);
    });
    return () => {
      current = false;
    };
    // A number that rests on the same entries has the same rows.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, kpiId, period, facts]);
  if (answer === null) return <p className="empty">Reading what is behind it…</p>;
  if (typeof answer === 'string') return <p className="failure">{answer}</p>;
  if (answer.rows.length === 0) return <p className="empty">{card.empty}</p>;
  const name = `${kpiId}-${dateTimeText(answer.asOf).slice(0, 10)}`;
  return (
    <section aria-label="Rows behind it">
      <div className="toolbar">
        <strong>
          {answer.rows.length}
          {answer.isCut ? ' latest' : ''} × {card.matter}
        </strong>
        <span className="spacer" />
        <button type="button" onClick={() => saveText(`${name}.csv`, rowsCsv(answer))}>
          Rows as CSV
        </button>
        <button
          type="button"
          onClick={() => saveText(`${name}.json`, JSON.stringify(answer, null, 2))}
        >
          Rows as JSON
        </button>
      </div>
      <table className="kpi-rows">
        <TableHead columns={['When (UTC)', 'What', 'How it counts', 'Value', 'Part of', 'Entry']} />
        <tbody>
          {answer.rows.map((row) => (
            <tr key={`${row.id} ${row.decidedSeq} ${row.says}`}>
              <td>{dateTimeText(row.at)}</td>
              <td>
                <Subject row={row} />
              </td>
              <td>{row.says}</td>
              <td className="number">{row.value === null ? '' : figureText(unit, row.value)}</td>
              <td>
                {row.tags.program ?? row.tags.pattern ?? row.tags.topic ?? row.tags.kind ?? ''}
              </td>
              <td className="number">
                <button
                  type="button"
                  className="quiet"
                  title="The entry of the log that decided it, with its proof"
                  onClick={() => goTo('audit', String(row.decidedSeq))}
                >
                  {row.decidedSeq}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What it is about, as a way to its page where there is one. */
function Subject({ row }: { readonly row: Row }): ReactElement {
  const { payoutId, caseId, ticketId, disputeId, orderId, accountId } = row.tags;
  const go = placeOf({ payoutId, caseId, ticketId, disputeId, orderId });
  const text = payoutId ?? caseId ?? ticketId ?? disputeId ?? orderId ?? accountId ?? row.id;
  if (go) return <Way text={text} go={go} />;
  if (accountId === undefined) return <>{text}</>;
  return <Way text={text} go={() => openAccount(accountId)} />;
}

function placeOf(tags: Readonly<Record<string, string | undefined>>): (() => void) | null {
  const { payoutId, caseId, ticketId, disputeId, orderId } = tags;
  if (payoutId !== undefined) return () => goTo('approvals', payoutId);
  if (caseId !== undefined) return () => goTo('cases', caseId);
  if (ticketId !== undefined) return () => goTo('support' as View, 'tickets', ticketId);
  if (disputeId !== undefined) return () => goTo('support' as View, 'disputes', disputeId);
  if (orderId !== undefined) return () => goTo('orders', orderId);
  return null;
}

function Way({ text, go }: { readonly text: string; readonly go: () => void }): ReactElement {
  return (
    <button type="button" className="quiet" onClick={go}>
      {text}
    </button>
  );
}
