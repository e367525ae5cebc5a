import { useEffect, useMemo, useState, type ReactElement } from 'react';
import {
  BACK_TEST_DAYS_MAX,
  type BackTestResult,
  type BackTestState,
} from '#core/fraud/back-test.ts';
import type { ScoringPolicy } from '#core/fraud/scoring.ts';
import { digestOf } from '#core/kernel/digest.ts';
import { decimalText } from '#core/money/money.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo } from '#renderer/store/place.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { queueSize } from './scoring.ts';

const POLL_MS = 400;
const DAYS = [7, 30, BACK_TEST_DAYS_MAX] as const;
const BAR_PX = 56;

interface BackTestProps {
  readonly client: RendererClient;
  readonly draft: ScoringPolicy;
  readonly changed: boolean;
  readonly titleOf: (detector: string) => string;
}

/** Tries the draft on the days that were, and proposes exactly what was tried. */
export function BackTest({ client, draft, changed, titleOf }: BackTestProps): ReactElement {
  const [days, setDays] = useState<number>(30);
  const { state, start, cancel } = useRun(client);
  const digest = useMemo(() => digestOf(draft), [draft]);
  const running = state?.type === 'running';
  const result = state?.type === 'done' ? state.result : null;
  const isOfDraft = result?.summary.policyDigest === digest;
  return (
    <section className="back-test" aria-label="Back-test">
      <h3>Tried on the days that were</h3>
      <p className="row">
        <label htmlFor="back-test-days">The last</label>
        <select
          id="back-test-days"
          value={days}
          onChange={(event) => setDays(Number(event.target.value))}
        >
          {DAYS.map((one) => (
            <option key={one} value={one}>
              {one} days
            </option>
          ))}
        </select>
        <button
          type="button"
          className="primary"
          disabled={!changed || running}
          onClick={() => start(draft, days)}
        >
          Run the back-test
        </button>
        {running && (
          <>
            <progress value={state.facts} max={Math.max(1, state.ofFacts)} aria-label="Back-test" />
            <span className="quiet-text">
              {state.facts.toLocaleString('en')} of {state.ofFacts.toLocaleString('en')} entries
            </span>
            <button type="button" onClick={cancel}>
              Cancel
            </button>
          </>
        )}
      </p>
      {state === null && (
        <p className="quiet-text">
          Replays what surveillance saw under the draft and under the policy in force: how many
          cases a day each opens, and which of the cases that people decided it would find again.
        </p>
      )}
      {state?.type === 'failed' && (
        <p className="failure" role="alert">
          {state.message}
        </p>
      )}
      {result && !isOfDraft && (
        <p className="severity-soft" role="status">
          ▲ The draft was changed since: run it again before it can be proposed.
        </p>
      )}
      {result && state?.type === 'done' && (
        <Result result={result} seconds={state.seconds} titleOf={titleOf} />
      )}
      {result && isOfDraft && <Propose client={client} draft={draft} result={result} />}
    </section>
  );
}

function useRun(client: RendererClient): {
  readonly state: BackTestState | null;
  start(policy: ScoringPolicy, days: number): void;
  cancel(): void;
} {
  const [state, setState] = useState<BackTestState | null>(null);
  const [runId, setRunId] = useState<string | null>(null);
  useEffect(() => {
    if (runId === null) return;
    const timer = setInterval(() => {
      void client.call('backTest.state', { runId }).then((reply) => {
        const next: BackTestState = reply.ok
          ? reply.value
          : { type: 'failed', message: reply.error.message };
        setState(next);
        if (next.type !== 'running') setRunId(null);
      });
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [client, runId]);
  return {
    state,
    start: (policy, days) => {
      setState({ type: 'running', facts: 0, ofFacts: 1 });
      void client.call('backTest.start', { policy, days }).then((reply) => {
        if (reply.ok) setRunId(reply.value.runId);
        else setState({ type: 'failed', message: reply.error.message });
      });
    },
    cancel: () => {
      if (runId !== null) void client.call('backTest.cancel', { runId });
      setRunId(null);
      setState(null);
    },
  };
}

function Result({
  result,
  seconds,
  titleOf,
}: {
  readonly result: BackTestResult;
  readonly seconds: number;
  readonly titleOf: (detector: string) => string;
}): ReactElement {
  const { summary, overlap, agreement } = result;
  const size = queueSize(result);
  return (
    <>
      <p>
        From {dateTimeText(summary.fromAt)} to {dateTimeText(summary.toAt)} UTC,{' '}
        {result.accounts.toLocaleString('en')} accounts, in {seconds.toFixed(1)} s.
      </p>
      <dl className="kpis">
        <Beside
          name="Cases a day"
          draft={decimalText(size.draft, 1)}
          now={decimalText(size.published, 1)}
        />
        <Beside name="Fullest day" draft={`${size.draftMost}`} now={`${size.publishedMost}`} />
        <Beside name="Cases in all" draft={`${summary.cases}`} now={`${summary.casesBefore}`} />
        <Beside
          name={`Found again, of ${agreement.confirmed.cases} with something`}
          draft={`${agreement.confirmed.draft}`}
          now={`${agreement.confirmed.published}`}
        />
        <Beside
          name={`Opened again, of ${agreement.dismissed.cases} dismissed`}
          draft={`${agreement.dismissed.draft}`}
          now={`${agreement.dismissed.published}`}
        />
      </dl>
      <p className="quiet-text">
        {overlap.both} traders are in cases of both, {overlap.onlyDraft} only under the draft,{' '}
        {overlap.onlyPublished} only under the policy in force.
      </p>
      <DayBars days={result.days} />
      <div className="scroll">
        <table>
          <TableHead columns={['Detector', 'Mode', 'Signals', 'Traders', 'Cases']} />
          <tbody>
            {result.detectors.map(({ detector, mode, draft, published, fault }) => (
              <tr key={detector}>
                <th scope="row">
                  {titleOf(detector)}
                  {fault !== null && <span className="loss"> ▲ {fault}</span>}
                </th>
                <td>{mode}</td>
                <Both draft={draft.signals} published={published.signals} />
                <Both draft={draft.traders} published={published.traders} />
                <Both draft={draft.cases} published={published.cases} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** A number under the draft, and what it is under the policy in force. */
function Both({
  draft,
  published,
}: {
  readonly draft: number;
  readonly published: number;
}): ReactElement {
  return (
    <td className="number">
      {draft} <small>now {published}</small>
    </td>
  );
}

function Beside({
  name,
  draft,
  now,
}: {
  readonly name: string;
  readonly draft: string;
  readonly now: string;
}): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b>{draft}</b>
        <small>now {now}</small>
      </dd>
    </div>
  );
}

/** Cases opened on each day, the draft beside the policy in force. */
function DayBars({ days }: { readonly days: BackTestResult['days'] }): ReactElement | null {
  if (days.length === 0) return null;
  const most = Math.max(1, ...days.flatMap(({ draft, published }) => [draft, published]));
  const tall = (count: number): string => `${Math.round((count / most) * BAR_PX)}px`;
  return (
    <figure className="by-day">
      <figcaption className="quiet-text">
        Cases opened each day: <i className="bar-line draft" /> draft <i className="bar-line" /> in
        force
      </figcaption>
      <div className="picture-scroll" tabIndex={0} role="group" aria-label="Cases opened each day">
        <ol>
          {days.map(({ day, draft, published }) => (
            <li key={day} title={`${day}: draft ${draft}, in force ${published}`}>
              <i className="bar-line draft" style={{ height: tall(draft) }} />
              <i className="bar-line" style={{ height: tall(published) }} />
              <small>{day.slice(5)}</small>
            </li>
          ))}
        </ol>
      </div>
    </figure>
  );
}

function Propose({
  client,
  draft,
  result,
}: {
  readonly client: RendererClient;
  readonly draft: ScoringPolicy;
  readonly result: BackTestResult;
}): ReactElement {
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState('');
  const [sent, setSent] = useState(false);
  const propose = (): void => {
    void client
      .call('proposals.propose', {
        action: 'changeScoring',
        params: { policy: draft, backTest: result.summary },
        reason,
      })
      .then((reply) => {
        setSent(reply.ok);
        setSaid(
          reply.ok
            ? reply.value.state === 'queued'
              ? 'It waits on this desk until the server is back.'
              : 'Proposed: it waits under Approvals for others to sign.'
            : reply.error.message,
        );
      });
  };
  return (
    <form
      className="propose-scoring"
      onSubmit={(event) => {
        event.preventDefault();
        propose();
      }}
    >
      <p className="field">
        <label htmlFor="scoring-reason">Why</label>
        <input
          id="scoring-reason"
          maxLength={400}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </p>
      <button type="submit" className="primary" disabled={reason.trim() === '' || sent}>
        Propose this version
      </button>{' '}
      {sent && (
        <button type="button" className="quiet" onClick={() => goTo('approvals', 'other')}>
          Approvals ↗
        </button>
      )}
      <p role="status">{said}</p>
    </form>
  );
}
