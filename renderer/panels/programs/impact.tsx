import { useEffect, useState, type ReactElement } from 'react';
import type { ImpactState } from '#core/sync/protocol.ts';
import type { ImpactResult } from '#core/impact/impact.ts';
import type { ProgramInput } from '#core/programs/program.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { cents, dateTimeText } from '#renderer/ui/format.ts';
import { saveText } from '#renderer/ui/save.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';

const POLL_MS = 300;
/** Days of a chart of ends, the latest, and the height of its tallest bar. */
const DAYS_SHOWN = 31;
const BAR_PX = 60;
const ROWS_SHOWN = 200;

interface ImpactProps {
  readonly client: RendererClient;
  readonly content: ProgramInput;
  /** The draft as it stands cannot be run. */
  readonly blocked: string | null;
  /** Must stay the same function between renders: it restarts the watching otherwise. */
  readonly onDone: (state: Extract<ImpactState, { type: 'done' }>) => void;
}

/** Replays the firm's history under the draft: with progress, cancel, and the result as a table. */
export function Impact({ client, content, blocked, onDone }: ImpactProps): ReactElement {
  const [state, setState] = useState<ImpactState | null>(null);
  const [runId, setRunId] = useState<string | null>(null);
  useEffect(() => {
    if (runId === null) return;
    const timer = setInterval(() => {
      void client.call('impact.state', { runId }).then((reply) => {
        if (!reply.ok) return setState({ type: 'failed', message: reply.error.message });
        setState(reply.value);
        if (reply.value.type === 'running') return;
        // A shadow run goes on: its result is read again and again.
        if (reply.value.type === 'failed' || !reply.value.follows) setRunId(null);
        if (reply.value.type === 'done') onDone(reply.value);
      });
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [client, runId, onDone]);
  const start = (follows: boolean): void => {
    setState({ type: 'running', facts: 0, ofFacts: 1 });
    void client
      .call('impact.start', { content: content as never, follows, accountId: null })
      .then((reply) =>
        reply.ok
          ? setRunId(reply.value.runId)
          : setState({ type: 'failed', message: reply.error.message }),
      );
  };
  const running = state?.type === 'running';
  const shadowing = state?.type === 'done' && state.follows && runId !== null;
  return (
    <section className="impact">
      <p>
        <button
          type="button"
          className="primary"
          disabled={running || blocked !== null}
          onClick={() => start(false)}
        >
          Preview the impact
        </button>{' '}
        <button
          type="button"
          disabled={running || shadowing || blocked !== null}
          onClick={() => start(true)}
          title="Judges live accounts by the draft, too, and acts on none of it"
        >
          Run it as a shadow
        </button>{' '}
        {shadowing && (
          <>
            <span role="status">● shadowing live</span>{' '}
            <button
              type="button"
              onClick={() => {
                void client.call('impact.cancel', { runId });
                setRunId(null);
              }}
            >
              End it
            </button>
          </>
        )}
        {running && (
          <>
            <progress value={state.facts} max={state.ofFacts} aria-label="Preview" />{' '}
            <button
              type="button"
              onClick={() => runId !== null && void client.call('impact.cancel', { runId })}
            >
              Cancel
            </button>
          </>
        )}{' '}
        <span className="quiet-text">
          {blocked ?? 'Replays every recorded price and deal of this program under the draft.'}
        </span>
      </p>
      {state?.type === 'failed' && (
        <p className="failure" role="alert">
          {state.message}
        </p>
      )}
      {state?.type === 'done' && <Result result={state.result} seconds={state.seconds} />}
    </section>
  );
}

function Result({
  result,
  seconds,
}: {
  readonly result: ImpactResult;
  readonly seconds: number;
}): ReactElement {
  const { totals } = result;
  return (
    <>
      <p>
        <b>{result.accounts.toLocaleString('en')}</b> accounts,{' '}
        <b>{result.differing.toLocaleString('en')}</b> fare differently. Replayed{' '}
        {result.marks.toLocaleString('en')} prices in {seconds.toFixed(1)} s.
      </p>
      <table className="totals">
        <TableHead
          columns={[
            '',
            'as published',
            'under the draft',
            'only under the draft',
            'only as published',
          ]}
        />
        <tbody>
          <tr>
            <th scope="row">failed</th>
            <td className="number">{totals.failedPublished}</td>
            <td className="number">{totals.failedDraft}</td>
            <td className="number">{totals.failedOnlyDraft}</td>
            <td className="number">{totals.failedOnlyPublished}</td>
          </tr>
          <tr>
            <th scope="row">passed</th>
            <td className="number">{totals.passedPublished}</td>
            <td className="number">{totals.passedDraft}</td>
            <td className="number">{totals.passedOnlyDraft}</td>
            <td className="number">{totals.passedOnlyPublished}</td>
          </tr>
        </tbody>
      </table>
      <Bars result={result} />
      <EndsByDay result={result} />
      {result.rows.length > 0 && (
        <>
          <p>
            <button type="button" onClick={() => saveText('impact.csv', csvOf(result))}>
              CSV
            </button>{' '}
            <span className="quiet-text">
              An account that fails only under the draft traded on in truth; what it did afterwards
              is left out.
            </span>
          </p>
          <table className="impact-rows">
            <TableHead
              columns={['Account', 'Phase', 'As published', 'Under the draft', 'First difference']}
            />
            <tbody>
              {result.rows.slice(0, ROWS_SHOWN).map((row) => (
                <tr key={row.accountId}>
                  <th scope="row">
                    {row.traderName} <small>{row.accountId}</small>
                  </th>
                  <td>{row.phase}</td>
                  <td>
                    {row.published.status} <small>{cents(row.published.equity)}</small>
                  </td>
                  <td>
                    {row.draft.status} <small>{cents(row.draft.equity)}</small>
                  </td>
                  <td>
                    {dateTimeText(row.first.at)}, {row.first.says}: {row.first.sentence}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}

/** Which rules end accounts, before and after: two bars a rule. */
function Bars({ result }: { readonly result: ImpactResult }): ReactElement | null {
  const most = Math.max(1, ...result.byRule.flatMap(({ published, draft }) => [published, draft]));
  if (result.byRule.length === 0) return null;
  return (
    <dl className="bars" aria-label="Accounts ended by rule">
      {result.byRule.map(({ ruleId, published, draft }) => (
        <div key={ruleId}>
          <dt>{ruleId}</dt>
          <dd>
            <span className="bar-line" style={{ width: `${(100 * published) / most}%` }} />
            {published} as published
          </dd>
          <dd>
            <span className="bar-line draft" style={{ width: `${(100 * draft) / most}%` }} />
            {draft} under the draft
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** On which days differing accounts end, before and after: who ends earlier, and when. */
function EndsByDay({ result }: { readonly result: ImpactResult }): ReactElement | null {
  const days = new Map<string, { published: number; draft: number }>();
  const count = (at: number | null, version: 'published' | 'draft'): void => {
    if (at === null) return;
    const day = dateTimeText(at).slice(0, 10);
    const entry = days.get(day) ?? { published: 0, draft: 0 };
    entry[version] += 1;
    days.set(day, entry);
  };
  for (const { published, draft } of result.rows) {
    count(published.at, 'published');
    count(draft.at, 'draft');
  }
  if (days.size === 0) return null;
  const shown = [...days].sort(([one], [other]) => (one < other ? -1 : 1)).slice(-DAYS_SHOWN);
  const most = Math.max(...shown.flatMap(([, { published, draft }]) => [published, draft]));
  return (
    <figure className="by-day">
      <figcaption className="quiet-text">
        Ends of the accounts that fare differently, by day: <i className="bar-line" /> as published,{' '}
        <i className="bar-line draft" /> under the draft
      </figcaption>
      <ol>
        {shown.map(([day, { published, draft }]) => (
          <li key={day} title={`${day}: ${published} as published, ${draft} under the draft`}>
            <span className="bar-line" style={{ height: `${(BAR_PX * published) / most}px` }} />
            <span className="bar-line draft" style={{ height: `${(BAR_PX * draft) / most}px` }} />
            <small>{day.slice(5)}</small>
          </li>
        ))}
      </ol>
    </figure>
  );
}

function csvOf(result: ImpactResult): string {
  const head = 'account,trader,phase,published,published_equity,draft,draft_equity,first_at,first';
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = result.rows.map((row) =>
    [
      row.accountId,
      quoted(row.traderName),
      quoted(row.phase),
      row.published.status,
      row.published.equity / 10_000,
      row.draft.status,
      row.draft.equity / 10_000,
      dateTimeText(row.first.at),
      quoted(`${row.first.says}: ${row.first.sentence}`),
    ].join(','),
  );
  return [head, ...lines].join('\n');
}
