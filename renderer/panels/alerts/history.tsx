import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { NOTICE_KIND_TEXTS, NOTICE_KINDS, SEVERITIES } from '#core/alerts/notice.ts';
import type { HistoryLine, HistoryRequest } from '#core/sync/alert-questions.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { nameOf, useNames } from '#renderer/store/names.ts';
import { goTo } from '#renderer/store/place.ts';
import { useSession } from '#renderer/store/session.ts';
import { dateTimeText, instantOf } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { GLYPH, wordOf } from '../alert-feed/group.tsx';
import { SEVERITY_TEXT } from './words.ts';

const PAGE = 100;
/** Typing is one question, not one for every letter. */
const ASK_AFTER_MS = 250;

interface Filter {
  readonly text: string;
  readonly accountId: string;
  readonly trader: string;
  readonly kind: string;
  readonly severity: string;
  readonly from: string;
  readonly to: string;
  readonly state: HistoryRequest['state'];
}
const EVERYTHING: Filter = {
  text: '',
  accountId: '',
  trader: '',
  kind: '',
  severity: '',
  from: '',
  to: '',
  state: 'any',
};
const STATES: readonly (readonly [HistoryRequest['state'], string])[] = [
  ['any', 'Any state'],
  ['open', 'To acknowledge'],
  ['acknowledged', 'Acknowledged'],
  ['escalated', 'Escalated'],
  ['late', 'Acknowledged late, or overdue'],
];

interface Found {
  readonly lines: readonly HistoryLine[];
  readonly more: boolean;
  readonly held: number;
  /** When it was read: what was due before then is late. */
  readonly readAt: number;
}

/** Every alert that the server has ever held, found by words, account, trader, kind, time and state. */
export function History({ client }: { readonly client: RendererClient }): ReactElement {
  const [filter, setFilter] = useState(EVERYTHING);
  const [found, setFound] = useState<Found | string | null>(null);
  const read = useCallback(
    async (beforeSeq: number | null, earlier: readonly HistoryLine[]): Promise<void> => {
      const reply = await client.call('alerts.history', requestOf(filter, beforeSeq));
      if (!reply.ok) return setFound(reply.error.message);
      const { lines, more, held } = reply.value;
      setFound({ lines: [...earlier, ...lines], more, held, readAt: Date.now() });
    },
    [client, filter],
  );
  useEffect(() => {
    const timer = setTimeout(() => void read(null, []), ASK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [read]);
  return (
    <>
      <Filters filter={filter} onChange={setFilter} />
      {found === null && <p className="empty">Reading…</p>}
      {typeof found === 'string' && <p className="failure">{found}</p>}
      {found !== null && typeof found === 'object' && (
        <div className="scroll" role="region" aria-label="Alerts that were found" tabIndex={0}>
          <p className="quiet-text found" role="status">
            {found.lines.length.toLocaleString('en')}
            {found.more ? ' and more' : ''} of {found.held.toLocaleString('en')} alerts
          </p>
          {found.lines.length > 0 && <HistoryTable found={found} />}
          {found.lines.length === 0 && (
            <p className="empty">
              {found.held === 0
                ? 'The server holds no alert yet.'
                : 'Nothing fits. Take a filter away to see more.'}
            </p>
          )}
          {found.more && (
            <button
              type="button"
              onClick={() => void read(found.lines.at(-1)?.notice.seq ?? null, found.lines)}
            >
              Show older
            </button>
          )}
        </div>
      )}
    </>
  );
}

function requestOf(filter: Filter, beforeSeq: number | null): HistoryRequest {
  const kind = NOTICE_KINDS.find((one) => one === filter.kind);
  return {
    text: filter.text.slice(0, 200),
    accountId: filter.accountId.trim() || null,
    trader: filter.trader.trim() || null,
    kinds: kind ? [kind] : [],
    severity: SEVERITIES.find((one) => one === filter.severity) ?? null,
    fromAt: timeOf(filter.from),
    toAt: timeOf(filter.to),
    state: filter.state,
    beforeSeq,
    limit: PAGE,
  };
}

function timeOf(field: string): number | null {
  if (field === '') return null;
  const at = instantOf(field);
  return Number.isNaN(at) ? null : at;
}

function Filters({
  filter,
  onChange,
}: {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}): ReactElement {
  const field = (name: 'text' | 'accountId' | 'trader', label: string): ReactElement => (
    <input
      type="search"
      placeholder={label}
      aria-label={label}
      value={filter[name]}
      maxLength={120}
      onChange={(event) => onChange({ ...filter, [name]: event.target.value })}
    />
  );
  const time = (name: 'from' | 'to', label: string): ReactElement => (
    <label className="inline">
      {label}
      <input
        type="datetime-local"
        value={filter[name]}
        onChange={(event) => onChange({ ...filter, [name]: event.target.value })}
      />
    </label>
  );
  const select = (
    name: 'kind' | 'severity' | 'state',
    label: string,
    options: readonly (readonly [string, string])[],
  ): ReactElement => (
    <select
      aria-label={label}
      className={filter[name] === EVERYTHING[name] ? '' : 'chosen'}
      value={filter[name]}
      onChange={(event) => onChange({ ...filter, [name]: event.target.value })}
    >
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
  return (
    <div className="toolbar">
      {field('text', 'Words')}
      {field('accountId', 'Account')}
      {field('trader', 'Trader')}
      {select('kind', 'Kind', [
        ['', 'Any kind'],
        ...NOTICE_KINDS.map((kind) => [kind, capital(NOTICE_KIND_TEXTS[kind][1])] as const),
      ])}
      {select('severity', 'At least', [
        ['', 'Any severity'],
        ...SEVERITIES.map((one) => [one, `From ${SEVERITY_TEXT[one].toLowerCase()}`] as const),
      ])}
      {select('state', 'State', STATES)}
      <span className="inline">
        {time('from', 'From (UTC)')}
        {time('to', 'to')}
      </span>
      <button type="button" className="quiet" onClick={() => onChange(EVERYTHING)}>
        Clear
      </button>
    </div>
  );
}

function HistoryTable({ found }: { readonly found: Found }): ReactElement {
  const { lines, readAt } = found;
  return (
    <table className="history">
      <TableHead
        columns={[
          'Entry',
          'When (UTC)',
          'What',
          'Account',
          'Trader',
          'Sentence',
          'Who has seen it',
        ]}
      />
      <tbody>
        {lines.map((line) => (
          <HistoryRow key={line.notice.seq} line={line} readAt={readAt} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly line: HistoryLine;
  readonly readAt: number;
}

function HistoryRow({ line, readAt }: RowProps): ReactElement {
  const { notice } = line;
  const { accountId } = notice;
  return (
    <tr>
      <td className="number">
        <button
          type="button"
          className="quiet"
          title="Its proof in the audit log"
          onClick={() => goTo('audit', String(notice.seq))}
        >
          {notice.seq}
        </button>
      </td>
      <td className="when">{dateTimeText(notice.at)}</td>
      <td className={`what severity-${notice.severity}`}>
        <span aria-hidden="true">{GLYPH[notice.severity]}</span> {wordOf(notice)}
      </td>
      <td>
        {accountId !== null && (
          <button
            type="button"
            className="quiet"
            onClick={() => {
              useSession.getState().select(accountId);
              goTo('risk');
            }}
          >
            {accountId}
          </button>
        )}
      </td>
      <td>{notice.traderName}</td>
      <td>{notice.sentence}</td>
      <td>
        <Seen line={line} readAt={readAt} />
      </td>
    </tr>
  );
}

function Seen({ line, readAt }: RowProps): ReactElement {
  const names = useNames();
  const { seen, level, dueAt, notice } = line;
  const isLate = dueAt !== null && (seen?.at ?? readAt) > dueAt;
  return (
    <>
      {seen === null
        ? notice.severity === 'info'
          ? ''
          : 'Nobody yet'
        : seen.operatorId === 'server'
          ? `Settled: ${seen.note}`
          : `${nameOf(names, seen.operatorId)} at ${dateTimeText(seen.at)}${seen.note === '' ? '' : `: ${seen.note}`}`}
      {level > 0 && <small className="escalated"> escalated, step {level}</small>}
      {isLate && <small className="late"> was due {dateTimeText(dueAt)}</small>}
      {dueAt !== null && seen === null && !isLate && <small> due {dateTimeText(dueAt)}</small>}
    </>
  );
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
