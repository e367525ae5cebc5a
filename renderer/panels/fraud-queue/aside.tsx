import type { ReactElement } from 'react';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { goTo } from '#renderer/store/place.ts';
import { useSession } from '#renderer/store/session.ts';
import { cents, dateTimeText } from '#renderer/ui/format.ts';
import { ACCOUNTS_SHOWN, accountsInOrder, type CaseAccount } from './accounts.ts';
import type { Acting } from './acting.ts';
import { Precedents } from './told.tsx';
import { OUTCOME_TEXT, STAKE_TEXT, STATE_TEXT } from './words.ts';

/** What stands beside the evidence: money, accounts, what to look at, and how others were decided. */
export function Aside({
  detail,
  acting,
}: {
  readonly detail: CaseDetail;
  readonly acting: Acting;
}): ReactElement {
  return (
    <aside className="case-aside" aria-label="About this case">
      <Stake detail={detail} />
      <Accounts detail={detail} />
      <Checklist detail={detail} acting={acting} />
      <Precedents detail={detail} />
      <Earlier detail={detail} />
    </aside>
  );
}

function Stake({ detail: { row } }: { readonly detail: CaseDetail }): ReactElement {
  const { stake, pendingPayouts, hold } = row;
  return (
    <section>
      <h4>At stake</h4>
      {pendingPayouts.map(({ payoutId, accountId, amount, currency }) => (
        <p key={payoutId}>
          ● Payout of{' '}
          <b>
            {cents(amount)} {currency}
          </b>{' '}
          waits{' '}
          <button
            type="button"
            className="quiet"
            onClick={() => goTo('approvals', 'payouts', payoutId)}
          >
            {accountId} ↗
          </button>
        </p>
      ))}
      {stake.kind !== 'payout' && (
        <p>
          <b>{stake.kind === 'nothing' ? '–' : `${cents(stake.amount)} ${stake.currency}`}</b>{' '}
          {STAKE_TEXT[stake.kind]}
        </p>
      )}
      {hold !== null && (
        <p className="severity-soft">
          ❚❚ Held by {hold.by} since {dateTimeText(hold.since)} UTC: {hold.accountIds.join(', ')}
        </p>
      )}
    </section>
  );
}

function Accounts({ detail }: { readonly detail: CaseDetail }): ReactElement {
  const { row } = detail;
  const accounts = accountsInOrder(detail);
  const more = accounts.slice(ACCOUNTS_SHOWN);
  return (
    <section>
      <h4>Accounts, {accounts.length}</h4>
      <AccountList accounts={accounts.slice(0, ACCOUNTS_SHOWN)} />
      {more.length > 0 && (
        <details>
          <summary>{more.length} more of the case</summary>
          <AccountList accounts={more} />
        </details>
      )}
      {row.linkedAccounts.length > 0 && (
        <details>
          <summary>
            {row.linkedAccounts.length === 1
              ? '1 other account of the same traders'
              : `${row.linkedAccounts.length} other accounts of the same traders`}
          </summary>
          <AccountList
            accounts={row.linkedAccounts.map((accountId) => ({ accountId, number: 0, status: '' }))}
          />
        </details>
      )}
      <p className="quiet-text">
        {row.traders.map(({ name }) => name).join(', ')} ·{' '}
        {row.programs.map(({ name }) => name).join(', ')}
      </p>
    </section>
  );
}

function AccountList({ accounts }: { readonly accounts: readonly CaseAccount[] }): ReactElement {
  const select = useSession((session) => session.select);
  const open = (accountId: string): void => {
    select(accountId);
    goTo('risk');
  };
  return (
    <ul className="plain">
      {accounts.map(({ accountId, status, number }) => (
        <li key={accountId}>
          <button
            type="button"
            className="quiet"
            disabled={number === null}
            onClick={() => open(accountId)}
          >
            {accountId} ↗
          </button>{' '}
          <span className={`status-${status}`}>{status}</span>
        </li>
      ))}
    </ul>
  );
}

/** What the detectors ask a person to look at; each tick is a deed of its own. */
function Checklist({
  detail,
  acting,
}: {
  readonly detail: CaseDetail;
  readonly acting: Acting;
}): ReactElement | null {
  const { checklist, whyNot } = detail;
  if (checklist.length === 0) return null;
  const done = checklist.filter((one) => one.done !== null).length;
  return (
    <section>
      <h4>
        To look at, {done} of {checklist.length}
      </h4>
      <ul className="checklist">
        {checklist.map(({ item, done: ticked }) => (
          <li key={item}>
            <label title={whyNot.check}>
              <input
                type="checkbox"
                checked={ticked !== null}
                disabled={whyNot.check !== '' || acting.busy}
                onChange={(event) =>
                  void acting.act({ verb: 'check', item, done: event.target.checked })
                }
              />{' '}
              {item}
              {ticked !== null && <small> {ticked.by.name}</small>}
            </label>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Earlier({ detail: { earlier } }: { readonly detail: CaseDetail }): ReactElement {
  return (
    <section>
      <h4>Earlier about the same people</h4>
      {earlier.length === 0 && <p className="quiet-text">Nothing.</p>}
      <ul className="plain">
        {earlier.map(({ caseId, number, state, outcome, openedAt, linked }) => (
          <li key={caseId}>
            <button type="button" className="quiet" onClick={() => goTo('cases', 'queue', caseId)}>
              #{number}
            </button>{' '}
            {outcome === null ? STATE_TEXT[state] : OUTCOME_TEXT[outcome]}{' '}
            <small>
              {dateTimeText(openedAt).slice(0, 10)}
              {linked && ' · this case goes on from it'}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}
