import { useEffect, useState, type ReactElement } from 'react';
import type { CaseLearning } from '#core/desk-api/case-calls.ts';
import { decimalText } from '#core/money/money.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { PATTERN_TEXT, shareText, spanText } from '#renderer/panels/fraud-queue/words.ts';
import { useCases } from '#renderer/store/cases.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { Curves } from './curves.tsx';

const SPANS = [30, 90, 365, null] as const;
/** Shares of fewer cases are shown, and said to be of few. */
const FEW = 20;

type Rate = CaseLearning['detectors'][number];
type Share = Rate['hits'];

/** What decided cases teach: which detectors are right, which reasons return, whether people agree. */
export function Learning({ client }: { readonly client: RendererClient }): ReactElement {
  const version = useCases((cases) => cases.version);
  const [days, setDays] = useState<(typeof SPANS)[number]>(90);
  const [learnt, setLearnt] = useState<CaseLearning | string | null>(null);
  useEffect(() => {
    let late = false;
    void client.call('cases.learning', { days }).then((reply) => {
      if (!late) setLearnt(reply.ok ? reply.value : reply.error.message);
    });
    return () => {
      late = true;
    };
  }, [client, days, version]);
  return (
    <section className="panel learning" aria-label="Learning">
      <div className="toolbar" role="toolbar" aria-label="Time">
        <h2>Cases decided in</h2>
        {SPANS.map((one) => (
          <button
            key={String(one)}
            type="button"
            aria-pressed={days === one}
            onClick={() => setDays(one)}
          >
            {one === null ? 'all time' : `${one} days`}
          </button>
        ))}
        <span className="count">
          {typeof learnt === 'object' && learnt !== null ? `${learnt.decided} decided` : ''}
        </span>
      </div>
      {learnt === null && <p className="empty">Reading…</p>}
      {typeof learnt === 'string' && (
        <p className="failure" role="alert">
          {learnt}
        </p>
      )}
      {typeof learnt === 'object' && learnt !== null && <Learnt learnt={learnt} />}
    </section>
  );
}

function Learnt({ learnt }: { readonly learnt: CaseLearning }): ReactElement {
  if (learnt.decided === 0) {
    return (
      <p className="empty">
        No case was decided in this time: there is nothing to learn from yet. Every decision counts
        here from the moment it is made.
      </p>
    );
  }
  return (
    <div className="learning-body">
      <section>
        <h3>Detectors</h3>
        <Rates rates={learnt.detectors} what="Detector" />
        <h3>Their versions</h3>
        <Rates rates={learnt.versions} what="Version" />
        <h3>Reviewers</h3>
        <Rates rates={learnt.reviewers} what="Person" />
      </section>
      <section>
        <h3>What a threshold would have caught</h3>
        <Curves curves={learnt.curves} />
        <h3>Why cases were dismissed</h3>
        <Dismissed dismissed={learnt.dismissed} />
        <h3>Time to decide</h3>
        <Times times={learnt.timeToDecide} />
        <h3>Whether people agree</h3>
        <Agreement agreement={learnt.agreement} />
      </section>
    </div>
  );
}

function Rates({
  rates,
  what,
}: {
  readonly rates: readonly Rate[];
  readonly what: string;
}): ReactElement {
  if (rates.length === 0) return <p className="quiet-text">None yet.</p>;
  return (
    <table>
      <TableHead columns={[what, 'Something in it', 'False positives', 'Median time to decide']} />
      <tbody>
        {rates.map(({ id, name, version, hits, falsePositives, medianTimeToDecide }) => (
          <tr key={`${id} ${version}`}>
            <th scope="row">
              {name}
              {version === null ? '' : ` version ${version}`}
            </th>
            <td>
              <Interval share={hits} tone="hit" />
            </td>
            <td>
              <Interval share={falsePositives} tone="false" />
            </td>
            <td className="number">
              {medianTimeToDecide === null ? '–' : spanText(medianTimeToDecide)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A share with the interval that it lies in, 95 times of 100: a bar from low to high, a mark at it. */
export function Interval({
  share: { of, count, perMille, low, high },
  tone,
}: {
  readonly share: Share;
  readonly tone: 'hit' | 'false';
}): ReactElement {
  if (perMille === null || low === null || high === null)
    return <span className="quiet-text">none</span>;
  const text = `${shareText(perMille)} (${count} of ${of}), between ${shareText(low)} and ${shareText(high)}`;
  return (
    <span className="interval" title={text}>
      <svg width={120} height={14} role="img" aria-label={text}>
        <line className="axis" x1={0} x2={120} y1={7} y2={7} />
        <rect
          className={`interval-${tone}`}
          x={(low * 120) / 1000}
          y={4}
          width={Math.max(2, ((high - low) * 120) / 1000)}
          height={6}
        />
        <line
          className="interval-mark"
          x1={(perMille * 120) / 1000}
          x2={(perMille * 120) / 1000}
          y1={1}
          y2={13}
        />
      </svg>{' '}
      <b>{shareText(perMille)}</b>{' '}
      <small>
        {count} of {of}
        {of < FEW && ', few'}
      </small>
    </span>
  );
}

function Dismissed({ dismissed }: { readonly dismissed: CaseLearning['dismissed'] }): ReactElement {
  if (dismissed.length === 0) return <p className="quiet-text">None was dismissed.</p>;
  const most = Math.max(...dismissed.map(({ count }) => count));
  return (
    <ul className="reason-bars">
      {dismissed.map(({ code, words, count }) => (
        <li key={code}>
          <span>{words}</span>
          <i className="bar-line" style={{ width: `${(count / most) * 100}%` }} />
          <b>{count}</b>
        </li>
      ))}
    </ul>
  );
}

function Times({ times }: { readonly times: CaseLearning['timeToDecide'] }): ReactElement {
  return (
    <table>
      <TableHead columns={['Pattern', 'Cases', 'Median', 'Nine of ten', 'In time']} />
      <tbody>
        {times.map(({ pattern, count, median, ninetieth, inTime }) => (
          <tr key={pattern}>
            <th scope="row">{PATTERN_TEXT[pattern]}</th>
            <td className="number">{count}</td>
            <td className="number">{spanText(median)}</td>
            <td className="number">{spanText(ninetieth)}</td>
            <td>
              <Interval share={inTime} tone="hit" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Agreement({
  agreement: { n, agreed, kappa },
}: {
  readonly agreement: CaseLearning['agreement'];
}): ReactElement {
  if (n === 0) {
    return (
      <p className="quiet-text">
        No blind review has been answered yet: one decided case in ten is offered to another person
        under Blind reviews.
      </p>
    );
  }
  return (
    <p>
      {n} blind {n === 1 ? 'review' : 'reviews'}: the same outcome in{' '}
      <Interval share={agreed} tone="hit" />.{' '}
      {kappa === null
        ? 'Kappa cannot be told: all outcomes are the same.'
        : `Kappa ${decimalText(kappa, 3)}: 1 is full agreement, 0 what chance alone would give.`}
    </p>
  );
}
