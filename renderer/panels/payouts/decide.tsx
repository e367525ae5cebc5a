import { useEffect, useState, type ReactElement } from 'react';
import type { DeskCallOutput, ProposalDetail } from '#core/desk-api/contract.ts';
import type { Grounds } from '#core/approvals/decision.ts';
import type { RendererClient } from '#renderer/desk/client.ts';

export type Verb = 'approve' | 'reject' | 'hold' | 'release';
const TITLES: Readonly<Record<Verb, string>> = {
  approve: 'Approve',
  reject: 'Reject',
  hold: 'Hold',
  release: 'Release',
};

/**
 * Deciding in two steps: why, then the text that the desk itself made of the bytes. Nothing is the
 * default, nothing is signed before it has been on screen for a moment.
 */
export function Decide({
  client,
  detail,
  verb,
  onClose,
}: {
  readonly client: RendererClient;
  readonly detail: ProposalDetail;
  readonly verb: Verb;
  readonly onClose: () => void;
}): ReactElement {
  const { proposal } = detail;
  const [reason, setReason] = useState('');
  const [grounds, setGrounds] = useState<Grounds | null>(null);
  const [prepared, setPrepared] = useState<DeskCallOutput<'decision.prepare'> | null>(null);
  const [said, setSaid] = useState('');
  const needsGrounds = verb === 'reject' && proposal.action === 'payPayout';
  const ready = (verb === 'approve' || reason.trim() !== '') && (!needsGrounds || grounds !== null);
  const prepare = (): void => {
    const { proposalId, version } = proposal;
    const wish = {
      proposalId,
      version,
      decision: verb,
      reason,
      grounds: needsGrounds ? grounds : null,
    };
    void client.call('decision.prepare', wish).then((reply) => {
      if (reply.ok) setPrepared(reply.value);
      else setSaid(reply.error.message);
    });
  };
  return (
    <fieldset className="decide">
      <legend>{TITLES[verb]}</legend>
      {prepared === null ? (
        <>
          <p className="field">
            <label htmlFor="decide-reason">
              {verb === 'approve' ? 'Note (may be empty)' : 'Why'}
            </label>
            <input
              id="decide-reason"
              autoFocus
              value={reason}
              maxLength={400}
              onChange={(event) => setReason(event.target.value)}
            />
          </p>
          {needsGrounds && (
            <GroundsField detail={detail} grounds={grounds} onGrounds={setGrounds} />
          )}
          <button type="button" className="primary" disabled={!ready} onClick={prepare}>
            Show what is signed
          </button>{' '}
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <p role="status" className="failure">
            {said}
          </p>
        </>
      ) : (
        <Confirm client={client} prepared={prepared} verb={verb} onClose={onClose} />
      )}
    </fieldset>
  );
}

function Confirm({
  client,
  prepared,
  verb,
  onClose,
}: {
  readonly client: RendererClient;
  readonly prepared: DeskCallOutput<'decision.prepare'>;
  readonly verb: Verb;
  readonly onClose: () => void;
}): ReactElement {
  const [secret, setSecret] = useState('');
  const [said, setSaid] = useState('');
  const [read, setRead] = useState(false);
  const [busy, setBusy] = useState(false);
  const [signed, setSigned] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setRead(true), prepared.dwellMs + 50);
    return () => clearTimeout(timer);
  }, [prepared]);
  const sign = (): void => {
    setBusy(true);
    setSaid('');
    void client.call('decision.sign', { preparedId: prepared.preparedId, secret }).then((reply) => {
      setBusy(false);
      setSecret('');
      if (reply.ok) setSigned(true);
      else setSaid(reply.error.message);
    });
  };
  if (signed) {
    return (
      <p role="status">
        <b className="gain">✔ Signed on this desk.</b> What becomes of it stands under “Signed on
        this desk”.{' '}
        <button type="button" autoFocus onClick={onClose}>
          Close
        </button>
      </p>
    );
  }
  return (
    <>
      <p>
        You {verb}, and sign exactly this. Fingerprint <code>{prepared.fingerprint}</code>: it is
        the same on every desk that shows the same text.
      </p>
      <pre className="signed-text">{prepared.text}</pre>
      <p className="field">
        <label htmlFor="passphrase">
          {prepared.presence === 'passphrase'
            ? 'Passphrase of your signing key'
            : 'Confirm with your device'}
        </label>
        <input
          id="passphrase"
          type="password"
          autoFocus
          autoComplete="off"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
      </p>
      <button type="button" disabled={!read || busy || secret === ''} onClick={sign}>
        Sign: {verb}
      </button>{' '}
      <button type="button" onClick={onClose}>
        Cancel
      </button>{' '}
      <span className="quiet-text">{read ? '' : 'Read it first…'}</span>
      <p role="status" className="failure">
        {said}
      </p>
    </>
  );
}

/** A denial rests on a clause with its facts, trades and quantity, or it calls itself discretion. */
function GroundsField({
  detail,
  grounds,
  onGrounds,
}: {
  readonly detail: ProposalDetail;
  readonly grounds: Grounds | null;
  readonly onGrounds: (grounds: Grounds | null) => void;
}): ReactElement {
  const verdicts = detail.snapshot?.window.verdicts ?? [];
  const against = detail.snapshot?.against ?? [];
  const rules = [...new Set(verdicts.map(({ ruleId }) => ruleId))];
  const [type, setType] = useState<'clause' | 'discretion'>('clause');
  const [clause, setClause] = useState({ ruleId: rules[0] ?? '', trades: '', quantity: '' });
  const [reviewOn, setReviewOn] = useState('');
  useEffect(() => {
    onGrounds(type === 'clause' ? clauseOf(clause, detail) : discretionOf(reviewOn));
  }, [type, clause, reviewOn, detail, onGrounds]);
  return (
    <div className="grounds">
      <p role="group" aria-label="What it rests on">
        {(['clause', 'discretion'] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="grounds"
              checked={type === one}
              onChange={() => setType(one)}
            />{' '}
            {one === 'clause'
              ? 'A clause of the rules'
              : 'Discretion: needs a second person, and a day of review'}
          </label>
        ))}
      </p>
      {type === 'clause' ? (
        <>
          <p className="field">
            <label htmlFor="clause">Clause</label>
            <select
              id="clause"
              value={clause.ruleId}
              onChange={(event) => setClause({ ...clause, ruleId: event.target.value })}
            >
              {rules.map((ruleId) => (
                <option key={ruleId}>{ruleId}</option>
              ))}
              {against.length > 0 && (
                <option value="payout-terms">payout terms: {against[0]}</option>
              )}
            </select>
          </p>
          <p className="field">
            <label htmlFor="trades">Trades, by their numbers</label>
            <input
              id="trades"
              value={clause.trades}
              onChange={(event) => setClause({ ...clause, trades: event.target.value })}
            />
          </p>
          <p className="field">
            <label htmlFor="quantity">What was computed</label>
            <input
              id="quantity"
              placeholder="4 trades under 120 s, 31 % of the profit"
              value={clause.quantity}
              onChange={(event) => setClause({ ...clause, quantity: event.target.value })}
            />
          </p>
        </>
      ) : (
        <p className="field">
          <label htmlFor="review-on">To be reviewed on</label>
          <input
            id="review-on"
            type="date"
            value={reviewOn}
            onChange={(event) => setReviewOn(event.target.value)}
          />
        </p>
      )}
      {grounds === null && (
        <p className="quiet-text">
          The button stays dead until the ground is complete: clause, facts and quantity.
        </p>
      )}
    </div>
  );
}

function clauseOf(
  { ruleId, trades, quantity }: { ruleId: string; trades: string; quantity: string },
  { snapshot }: ProposalDetail,
): Grounds | null {
  if (!snapshot || ruleId === '' || quantity.trim() === '') return null;
  const seqs = snapshot.window.verdicts
    .filter((one) => one.ruleId === ruleId)
    .map(({ seq }) => seq);
  const facts = ruleId === 'payout-terms' ? [snapshot.basis.seq] : seqs.slice(-100);
  if (facts.length === 0) return null;
  const named = trades.split(/[\s,;]+/).filter((trade) => trade !== '');
  return { type: 'clause', ruleId, facts, trades: named, quantity };
}

function discretionOf(reviewOn: string): Grounds | null {
  return /^\d{4}-\d{2}-\d{2}$/.test(reviewOn) ? { type: 'discretion', reviewOn } : null;
}
