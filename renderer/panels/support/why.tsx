import type { ReactElement } from 'react';
import type { WhyRow } from '#core/desk-api/support-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo } from '#renderer/store/place.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { useReading } from './reading.ts';
import { DISPUTE_REASON_TEXT } from './words.ts';

const TYPE_TEXT: Readonly<Record<WhyRow['type'], string>> = {
  verdict: 'A rule',
  payout: 'A payout’s answer',
  case: 'A case',
};

/** Reasons by rule and program: what traders keep saying of a clause, and where to change it. */
export function Why({ client }: { readonly client: RendererClient }): ReactElement {
  const { value, failure } = useReading(client, 'support.why', {});
  const rows = value?.rows ?? [];
  return (
    <section className="panel support-why" aria-label="Why they dispute">
      {failure !== '' && (
        <p className="failure" role="alert">
          {failure}
        </p>
      )}
      {value !== null && rows.length === 0 && (
        <p className="empty">
          Nothing was disputed yet. What is said again and again about one clause stands here, with
          the way to the clause and to a preview of what changing it would do.
        </p>
      )}
      {rows.length > 0 && (
        <table className="lines">
          <TableHead
            columns={[
              'Program',
              'Clause',
              'What they say',
              'Times',
              'Waiting',
              'Upheld',
              'Given in to',
              'Last',
              'Change it',
            ]}
          />
          <tbody>
            {rows.map((row) => (
              <WhyLine key={keyOf(row)} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function keyOf({ programId, ruleId, type, reason }: WhyRow): string {
  return [programId, type, ruleId ?? '', reason].join(' ');
}

function WhyLine({ row }: { readonly row: WhyRow }): ReactElement {
  const { programId, ruleId, repeated } = row;
  return (
    <tr>
      <td>{row.programName}</td>
      <td>{ruleId ?? TYPE_TEXT[row.type]}</td>
      <td>{DISPUTE_REASON_TEXT[row.reason]}</td>
      <td className="number">
        {repeated && <span className="age-serious">▲ again and again </span>}
        <b>{row.total}</b>
      </td>
      <td className="number">{row.waiting}</td>
      <td className="number">{row.upheld}</td>
      <td className="number">{row.reinstated + row.refunded + row.goodwill}</td>
      <td className="quiet-text">{dateTimeText(row.lastAt)}</td>
      <td>
        <button
          type="button"
          className="link"
          disabled={programId === ''}
          onClick={() => goTo('programs', programId)}
        >
          The clause
        </button>{' '}
        <button
          type="button"
          className="link"
          disabled={programId === ''}
          onClick={() => goTo('programs', programId, 'draft')}
        >
          Draft and preview
        </button>
      </td>
    </tr>
  );
}
