import type { ReactElement } from 'react';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { cents, dateTimeText } from '#renderer/ui/format.ts';
import { goTo } from '#renderer/store/place.ts';
import { linesOf } from './meanwhile.ts';
import { OUTCOME_TEXT } from './words.ts';

/** All that happened, newest first; what waits on this desk stands on top and says so. */
export function Timeline({ detail }: { readonly detail: CaseDetail }): ReactElement {
  const lines = linesOf(detail.timeline).reverse();
  return (
    <div className="case-columns">
      <section>
        <h3>What happened</h3>
        <ol className="timeline">
          {lines.map(({ entry: { seq, at, state, kind, by, says }, count, fromAt }, place) => (
            <li key={`${seq} ${at} ${place}`} data-state={state} data-kind={kind}>
              <time>{dateTimeText(at)}</time>{' '}
              {state === 'queued' ? (
                <b className="waits">◌ waits on this desk</b>
              ) : (
                <button type="button" className="quiet" onClick={() => goTo('audit', String(seq))}>
                  #{seq}
                </button>
              )}{' '}
              <b>{by}</b> {says}
              {count > 1 && (
                <span className="quiet-text">
                  {' '}
                  and {count - 1} times before, from {dateTimeText(fromAt)}
                </span>
              )}
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h3>Decisions</h3>
        <Decisions detail={detail} />
        <h3>Consequences proposed</h3>
        <Proposals detail={detail} />
        {detail.reviews.length > 0 && <h3>Blind reviews</h3>}
        <ul className="plain">
          {detail.reviews.map(({ by, at, outcome, reason, agrees }) => (
            <li key={`${by.personId} ${at}`}>
              {agrees ? '✔' : '✖'} <b>{by.name}</b> would: {OUTCOME_TEXT[outcome]}, {reason}{' '}
              <small>{dateTimeText(at)}</small>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Decisions({ detail }: { readonly detail: CaseDetail }): ReactElement {
  if (detail.decisions.length === 0) return <p className="quiet-text">None yet.</p>;
  return (
    <ul className="plain">
      {detail.decisions.map((one) => (
        <li key={one.seq}>
          <p>
            <b>{OUTCOME_TEXT[one.outcome]}</b> by {one.by}, {dateTimeText(one.at)} UTC
            {one.amount > 0 && ` · ${cents(one.amount)}`}
            {one.accountIds.length > 0 && ` · ${one.accountIds.join(', ')}`}
          </p>
          <p>{one.reason}</p>
          {one.departure !== null && <p>▲ Departs from similar cases: {one.departure}</p>}
          {one.approvedBy.length > 0 && (
            <p className="quiet-text">Approved by {one.approvedBy.join(', ')}</p>
          )}
          {one.letter !== null && (
            <details>
              <summary>The letter as it was sent</summary>
              <pre className="signed-text">{one.letter}</pre>
            </details>
          )}
          {one.letterDigest !== null && (
            <p className="quiet-text">
              Digest of the letter <code>{one.letterDigest}</code>
              {one.letter === null && ': this desk does not hold its text'}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function Proposals({ detail }: { readonly detail: CaseDetail }): ReactElement {
  if (detail.proposals.length === 0) return <p className="quiet-text">None.</p>;
  return (
    <ul className="plain">
      {detail.proposals.map((one) => (
        <li key={one.proposalId}>
          <b>{OUTCOME_TEXT[one.consequence]}</b> {one.amount > 0 && cents(one.amount)} · {one.state}{' '}
          · {one.by}, {dateTimeText(one.at)}: {one.reason}{' '}
          <button
            type="button"
            className="quiet"
            onClick={() => goTo('approvals', 'other', one.proposalId)}
          >
            Approvals ↗
          </button>
        </li>
      ))}
    </ul>
  );
}
