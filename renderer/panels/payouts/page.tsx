import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { ProposalDetail, ProposalView } from '#core/desk-api/contract.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo } from '#renderer/store/place.ts';
import { useProposals } from '#renderer/store/proposals.ts';
import { useSession } from '#renderer/store/session.ts';
import { cents, dateTimeText, money } from '#renderer/ui/format.ts';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';
import { PAYMENT_TEXT, STATE_TEXT } from './columns.ts';
import { Decide, type Verb } from './decide.tsx';
import { Deduct } from './deduct.tsx';
import { Letter } from './letter.tsx';

const KEYS: Readonly<Record<string, Verb>> = { a: 'approve', r: 'reject', h: 'hold', l: 'release' };
type Doing = Verb | 'ask' | 'deduct' | 'letter' | null;

/** One proposal with all that a decision on it rests on; every verb has a key. */
export function ProposalPage({
  client,
  proposalId,
}: {
  readonly client: RendererClient;
  readonly proposalId: string;
}): ReactElement {
  const version = useProposals((proposals) => proposals.version);
  const [detail, setDetail] = useState<ProposalDetail | string | null>(null);
  const [doing, setDoing] = useState<Doing>(null);
  const read = useCallback(() => {
    void client
      .call('proposals.get', { proposalId })
      .then((reply) => setDetail(reply.ok ? reply.value : reply.error.message));
  }, [client, proposalId]);
  useEffect(read, [read, version]);
  const proposal = typeof detail === 'object' ? detail?.proposal : undefined;
  useVerbKeys(proposal, doing, setDoing);
  if (detail === null) return <p className="empty">Reading…</p>;
  if (typeof detail === 'string') return <p className="failure">{detail}</p>;
  return (
    <section className="panel proposal" aria-label="Proposal">
      <Head detail={detail} doing={doing} setDoing={setDoing} />
      {doing !== null && doing !== 'ask' && doing !== 'deduct' && doing !== 'letter' && (
        <Decide client={client} detail={detail} verb={doing} onClose={() => setDoing(null)} />
      )}
      {doing === 'ask' && (
        <Ask client={client} payoutId={proposalId} onClose={() => setDoing(null)} />
      )}
      {doing === 'deduct' && (
        <Deduct client={client} detail={detail} onClose={() => setDoing(null)} />
      )}
      {doing === 'letter' && (
        <Letter client={client} payoutId={proposalId} onClose={() => setDoing(null)} />
      )}
      <div className="proposal-body">
        {detail.snapshot && <PayoutFacts detail={detail} snapshot={detail.snapshot} />}
        <Text detail={detail} />
        <Said detail={detail} />
      </div>
    </section>
  );
}

function Head({
  detail,
  doing,
  setDoing,
}: {
  readonly detail: ProposalDetail;
  readonly doing: Doing;
  readonly setDoing: (doing: Doing) => void;
}): ReactElement {
  const { proposal, snapshot } = detail;
  const isPayout = proposal.action === 'payPayout';
  const closed = ['executed', 'rejected', 'withdrawn', 'expired'].includes(proposal.state);
  const verb = (name: Exclude<Doing, null>, text: string, disabled: boolean): ReactElement => (
    <button
      type="button"
      aria-pressed={doing === name}
      disabled={disabled}
      onClick={() => setDoing(name)}
    >
      {text}
    </button>
  );
  return (
    <header className="proposal-head">
      <h2>
        {isPayout
          ? `${proposal.traderName}: ${cents(proposal.amount)} ${proposal.currency}`
          : proposal.title}
      </h2>
      <p>
        <b data-state={proposal.state}>{STATE_TEXT[proposal.state]}</b>
        {proposal.payment !== 'none' && <b> · {PAYMENT_TEXT[proposal.payment]}</b>}
        {proposal.reconciled && <b> · ✔ Reconciled</b>}
        <span className="quiet-text">
          {' '}
          · {proposal.approvals} of {proposal.required} signatures · version {proposal.version} ·{' '}
          {proposal.whyHere}
          {proposal.escalated > 0 && ` · escalated ${proposal.escalated} times`}
        </span>
      </p>
      <div className="verbs" role="toolbar" aria-label="What you may do">
        {verb(
          'approve',
          'Approve (A)',
          closed || !proposal.mayDecide || proposal.against.length > 0,
        )}
        {verb('reject', 'Reject (R)', closed || !proposal.mayDecide)}
        {isPayout && verb('hold', 'Hold (H)', closed)}
        {isPayout && verb('release', 'Release (L)', closed || !proposal.mayDecide)}
        {isPayout && verb('ask', 'Ask (Q)', closed)}
        {isPayout && verb('deduct', 'Deduct (D)', closed || snapshot === null)}
        {isPayout && verb('letter', 'Letter', !proposal.letter)}
        {isPayout && proposal.about.accountId !== null && (
          <OpenAccount accountId={proposal.about.accountId} />
        )}
      </div>
      {proposal.whyNot !== '' && <p className="quiet-text">{proposal.whyNot}</p>}
    </header>
  );
}

function OpenAccount({ accountId }: { readonly accountId: string }): ReactElement {
  const select = useSession((session) => session.select);
  const open = (): void => {
    select(accountId);
    goTo('risk');
  };
  return (
    <button type="button" className="quiet" onClick={open}>
      Account {accountId} ↗
    </button>
  );
}

function PayoutFacts({
  detail,
  snapshot,
}: {
  readonly detail: ProposalDetail;
  readonly snapshot: NonNullable<ProposalDetail['snapshot']>;
}): ReactElement {
  const { amounts, assessment, window, deductions, precedents } = snapshot;
  const { against } = detail.proposal;
  return (
    <div className="payout-facts">
      <section>
        <h3>What it comes to</h3>
        <dl className="pairs">
          <Figure name="Profit" value={money(assessment.profit)} />
          <Figure name="Withheld by rules" value={money(assessment.withheld)} />
          <Figure name="Leaves the account" value={money(amounts.gross)} />
          <Figure name="Deducted" value={money(amounts.deducted)} />
          <Figure name="To the trader" value={money(amounts.trader)} strong />
          <Figure name="To the firm" value={money(amounts.firm)} />
          <Figure
            name="Asked for"
            value={snapshot.requested === null ? 'all there is' : money(snapshot.requested)}
          />
        </dl>
        <p className={detail.recomputed === '' ? 'gain' : 'loss'}>
          {detail.recomputed === ''
            ? '✔ Recomputed here: same result.'
            : detail.recomputed === null
              ? 'Not recomputed here yet.'
              : `✖ Recomputed here, the result differs: ${detail.recomputed}`}
        </p>
      </section>
      <section>
        <h3>What stands against it</h3>
        {against.length === 0 ? <p className="gain">✔ Nothing.</p> : null}
        <ul>
          {against.map((reason) => (
            <li key={reason} className="loss">
              ✖ {reason}
            </li>
          ))}
        </ul>
        <h3>Since it was last paid</h3>
        <p>
          {window.trades} trades, {money(window.profit)} made, from {dateTimeText(window.fromAt)} to{' '}
          {dateTimeText(window.toAt)} UTC
        </p>
        <ul className="verdicts">
          {window.verdicts.map(({ seq, sentence, kind }) => (
            <li key={seq}>
              <button type="button" className="quiet" onClick={() => goTo('audit', String(seq))}>
                #{seq}
              </button>{' '}
              {kind === 'warningRaised' ? '▲' : '✖'} {sentence}
            </li>
          ))}
          {window.openReviews.map((sentence) => (
            <li key={sentence}>? {sentence}</li>
          ))}
        </ul>
        {deductions.map(({ dealIds, amount, reason }) => (
          <p key={dealIds.join()}>
            − {money(amount)} for {dealIds.join(', ')}: {reason}
          </p>
        ))}
      </section>
      <section>
        <h3>Earlier payouts of this person</h3>
        {detail.earlier.length === 0 && <p className="quiet-text">None.</p>}
        <ul>
          {detail.earlier.map(({ payoutId, amount, state, at }) => (
            <li key={payoutId}>
              {dateTimeText(at)}: {money(amount)} · {STATE_TEXT[state as ProposalView['state']]}
            </li>
          ))}
        </ul>
        <h3>Same payee</h3>
        <p className={detail.samePayee.length > 0 ? 'loss' : 'quiet-text'}>
          {detail.samePayee.length === 0
            ? 'No other trader is paid there.'
            : `▲ Also pays ${detail.samePayee.join(', ')}`}
        </p>
        <h3>Cases like this one</h3>
        {precedents.length === 0 && <p className="quiet-text">None has been decided yet.</p>}
        <ul>
          {precedents.map(({ payoutId, outcome, reason, at }) => (
            <li key={payoutId}>
              {dateTimeText(at)}: {outcome}
              {reason === '' ? '' : `, ${reason}`}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Figure({
  name,
  value,
  strong = false,
}: {
  readonly name: string;
  readonly value: string;
  readonly strong?: boolean;
}): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{strong ? <b>{value}</b> : value}</dd>
    </div>
  );
}

function Text({ detail }: { readonly detail: ProposalDetail }): ReactElement {
  return (
    <section>
      <h3>The text that is signed</h3>
      {detail.text === null ? (
        <p className="quiet-text">
          This desk does not hold its bytes: connect once, and they are kept.
        </p>
      ) : (
        <pre className="signed-text">{detail.text}</pre>
      )}
    </section>
  );
}

function Said({ detail }: { readonly detail: ProposalDetail }): ReactElement {
  return (
    <section>
      <h3>Who has said what</h3>
      {detail.decisions.length === 0 && (
        <p className="quiet-text">Nobody has signed anything yet.</p>
      )}
      <ul className="said">
        {detail.decisions.map(({ seq, personName, decision, at, version, reason, notCounted }) => (
          <li key={seq}>
            <b>{personName}</b> {DECIDED[decision]} version {version}, {dateTimeText(at)}, entry{' '}
            {seq}
            {reason !== '' && `: ${reason}`}
            {notCounted !== '' && <span className="loss"> · not counted: {notCounted}</span>}
          </li>
        ))}
        {detail.questions.map(({ by, question, at }) => (
          <li key={at}>
            <b>{by}</b> asked, {dateTimeText(at)}: {question}
          </li>
        ))}
      </ul>
    </section>
  );
}

const DECIDED = {
  approve: 'approved',
  reject: 'rejected',
  hold: 'held',
  release: 'released',
} as const;

function Ask({
  client,
  payoutId,
  onClose,
}: {
  readonly client: RendererClient;
  readonly payoutId: string;
  readonly onClose: () => void;
}): ReactElement {
  const [question, setQuestion] = useState('');
  const [said, setSaid] = useState('');
  const send = (): void =>
    void client.call('payout.ask', { payoutId, question }).then((reply) => {
      if (reply.ok) onClose();
      else setSaid(reply.error.message);
    });
  return (
    <fieldset className="decide">
      <legend>Ask the trader for information</legend>
      <p className="field">
        <label htmlFor="question">Question</label>
        <input
          id="question"
          autoFocus
          value={question}
          maxLength={400}
          onChange={(event) => setQuestion(event.target.value)}
        />
      </p>
      <button type="button" className="primary" disabled={question.trim() === ''} onClick={send}>
        Ask
      </button>{' '}
      <button type="button" onClick={onClose}>
        Cancel
      </button>
      <p role="status">{said}</p>
    </fieldset>
  );
}

function useVerbKeys(
  proposal: ProposalView | undefined,
  doing: Doing,
  setDoing: (doing: Doing) => void,
): void {
  const hearKeys = usePanelKeys();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing =
        event.target instanceof HTMLElement &&
        /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.key === 'Escape' && doing !== null) {
        event.stopImmediatePropagation();
        return setDoing(null);
      }
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !proposal) return;
      const verb = KEYS[event.key];
      const isPayout = proposal.action === 'payPayout';
      const may = verb === 'hold' ? isPayout : proposal.mayDecide;
      if (verb && may && !(verb === 'approve' && proposal.against.length > 0)) {
        event.preventDefault();
        setDoing(verb);
      } else if (isPayout && (event.key === 'q' || event.key === 'd')) {
        event.preventDefault();
        setDoing(event.key === 'q' ? 'ask' : 'deduct');
      }
    };
    return hearKeys(onKey, true);
  }, [proposal, doing, setDoing, hearKeys]);
}
