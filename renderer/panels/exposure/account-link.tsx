import type { ReactElement } from 'react';
import { goTo } from '#renderer/store/place.ts';
import { book, useSession } from '#renderer/store/session.ts';

/** An account by its trader's name; opens its page. */
export function AccountLink({ account }: { readonly account: number }): ReactElement {
  const terms = book.accounts[account]?.terms;
  return (
    <button
      type="button"
      className="quiet account-link"
      title={terms && `${terms.program.name}, ${terms.phase.name}: opens the account`}
      disabled={terms === undefined}
      onClick={() => {
        useSession.getState().select(terms?.accountId ?? null);
        goTo('risk');
      }}
    >
      {terms?.traderName ?? `Account ${account}`} <small>{terms?.accountId}</small>
    </button>
  );
}

/** A share of something as a bar with its number beside it. */
export function ShareBar({ share }: { readonly share: number }): ReactElement {
  return (
    <span className="share">
      <i className="bar-line" style={{ width: `${Math.min(100, share / 10)}%` }} />
      {(share / 10).toFixed(1)} %
    </span>
  );
}
