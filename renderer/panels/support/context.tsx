import type { ReactElement, ReactNode } from 'react';
import type { SupportContext } from '#core/desk-api/support-calls.ts';
import { goTo } from '#renderer/store/place.ts';
import { cents, dateTimeText } from '#renderer/ui/format.ts';
import { openAccount } from '#renderer/workspace/open-account.ts';
import { DISPUTE_REASON_TEXT, KIND_TEXT, QUEUE_TEXT } from './words.ts';
import { stateText } from './lists.tsx';

/** All that whoever answers should know, and nothing that the person may not see. */
export function Context({
  context,
  accountId,
  onDispute,
}: {
  readonly context: SupportContext;
  readonly accountId: string | null;
  /** Takes a dispute of a verdict down; null where the person may not. */
  readonly onDispute: ((seq: number) => void) | null;
}): ReactElement {
  const { trader, verdicts, verdictsFrom, payouts, orders, cases, tickets, disputes } = context;
  if (trader === null) {
    return (
      <aside className="ticket-context" aria-label="What is known">
        <p className="empty">
          Nobody has said who writes. W says whose it is: then accounts, verdicts, payouts and
          earlier tickets stand here.
        </p>
      </aside>
    );
  }
  return (
    <aside className="ticket-context" aria-label={`What is known of ${trader.name}`}>
      <h3>{trader.name}</h3>
      <Accounts context={context} accountId={accountId} />
      <Part
        title="Verdicts"
        count={verdicts.length}
        nothing={
          verdictsFrom === 'nowhere'
            ? 'Not on this desk yet: the server is asked for them, when it can be reached.'
            : 'No rule has spoken.'
        }
        hint={verdictsFrom === 'cache' ? 'as this desk saw them last' : ''}
      >
        {verdicts.map((one) => (
          <li key={one.seq}>
            <span className={one.kind === 'breachDetected' ? 'critical-text' : ''}>
              {KIND_TEXT[one.kind] ?? one.kind}
            </span>{' '}
            <span className="quiet-text">
              {dateTimeText(one.at)} · entry {one.seq}
            </span>
            <p>{one.sentence}</p>
            {one.disputed && <span className="tag">⚖ disputed</span>}
            {onDispute && !one.disputed && one.kind !== 'warningRaised' && one.ruleId !== '' && (
              <button type="button" className="quiet" onClick={() => onDispute(one.seq)}>
                Take a dispute down
              </button>
            )}
          </li>
        ))}
      </Part>
      <Part title="Disputes" count={disputes.length} nothing="Nothing was disputed.">
        {disputes.map((one) => (
          <li key={one.disputeId}>
            <Go to={() => goTo('support', 'disputes', one.disputeId)}>Dispute {one.number}</Go>{' '}
            {DISPUTE_REASON_TEXT[one.reason]} · {stateText(one)}
          </li>
        ))}
      </Part>
      <Part title="Payouts" count={payouts.length} nothing="None was asked for.">
        {payouts.map(({ payoutId, state, amount, currency, at }) => (
          <li key={payoutId}>
            <Go to={() => goTo('approvals', payoutId)}>
              {cents(amount)} {currency}
            </Go>{' '}
            {state} <span className="quiet-text">{dateTimeText(at)}</span>
          </li>
        ))}
      </Part>
      <Part title="Orders" count={orders.length} nothing="No order of this trader is known.">
        {orders.map(({ orderId, state, amount, currency, at }) => (
          <li key={orderId}>
            {cents(amount)} {currency} · {state}{' '}
            <span className="quiet-text">{dateTimeText(at)}</span>
          </li>
        ))}
      </Part>
      {cases !== null && (
        <Part title="Cases" count={cases.length} nothing="No case is about this trader.">
          {cases.map(({ caseId, number, state, at }) => (
            <li key={caseId}>
              <Go to={() => goTo('cases', 'queue', caseId)}>Case {number}</Go> {state}{' '}
              <span className="quiet-text">{dateTimeText(at)}</span>
            </li>
          ))}
        </Part>
      )}
      <Part title="Other tickets" count={tickets.length} nothing="This is the first one.">
        {tickets.map((one) => (
          <li key={one.ticketId}>
            <Go to={() => goTo('support', 'tickets', one.ticketId)}>
              {one.number} · {one.subject ?? 'Ticket'}
            </Go>{' '}
            {QUEUE_TEXT[one.queue]}
          </li>
        ))}
      </Part>
    </aside>
  );
}

function Accounts({
  context: { accounts },
  accountId,
}: {
  readonly context: SupportContext;
  readonly accountId: string | null;
}): ReactElement {
  return (
    <Part title="Accounts" count={accounts.length} nothing="No account of this trader is known.">
      {accounts.map((one) => (
        <li key={one.accountId} data-about={one.accountId === accountId || undefined}>
          <Go to={() => openAccount(one.accountId)}>{one.accountId}</Go>{' '}
          <b>
            {STATUS_SHAPE[one.status] ?? ''} {one.status}
          </b>
          {one.accountId === accountId && <span className="tag">this ticket</span>}
          <p className="quiet-text">
            {one.program}, {one.phase}
          </p>
          <p>
            {one.equity === null ? '–' : cents(one.equity)} of {cents(one.size)} {one.currency}
          </p>
          {one.says !== '' && <p className="quiet-text">{one.says}</p>}
        </li>
      ))}
    </Part>
  );
}

const STATUS_SHAPE: Readonly<Record<string, string>> = {
  active: '●',
  paused: '❚❚',
  failed: '■',
  passed: '✓',
  restricted: '▲',
  closed: '–',
};

function Go({
  to,
  children,
}: {
  readonly to: () => void;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <button type="button" className="link" onClick={to}>
      {children}
    </button>
  );
}

function Part({
  title,
  count,
  nothing,
  hint = '',
  children,
}: {
  readonly title: string;
  readonly count: number;
  readonly nothing: string;
  readonly hint?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <section>
      <h4>
        {title} <small>{count > 0 ? count : ''}</small>{' '}
        {hint !== '' && <small className="quiet-text">{hint}</small>}
      </h4>
      {count === 0 ? <p className="quiet-text">{nothing}</p> : <ul>{children}</ul>}
    </section>
  );
}
