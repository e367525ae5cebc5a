import { useState, type ReactElement } from 'react';
import { MONEY_DECIMALS, parseDecimal } from '#core/money/money.ts';
import { parseFact, type Fact } from '#core/facts/registry.ts';
import type { AccountDetail } from '#core/sync/protocol.ts';
import type { RendererClient } from '#renderer/desk/client.ts';

/** What one person alone may not do to an account: it becomes a proposal that others approve. */
export function Proposing({
  client,
  detail,
  reason,
}: {
  readonly client: RendererClient;
  readonly detail: AccountDetail;
  readonly reason: string;
}): ReactElement {
  const { accountId, traderId, program } = detail.state.terms;
  const [given, setGiven] = useState('');
  const [said, setSaid] = useState('');
  const amount = parseDecimal(given, MONEY_DECIMALS);
  const reasoned = reason.trim() !== '';
  const propose = (action: 'adjustBalance' | 'overrideVerdict', params: object): void =>
    void client
      .call('proposals.propose', { action, params: params as never, reason })
      .then((reply) => {
        setSaid(reply.ok ? 'Proposed: others approve it under “Approvals”.' : reply.error.message);
        if (reply.ok) setGiven('');
      });
  const breach = detail.life.status === 'failed' ? breachOf(detail) : null;
  const { programId } = program;
  return (
    <fieldset>
      <legend>Needs other persons</legend>
      <p>
        <label htmlFor="adjustment">Adjust the balance by</label>{' '}
        <input
          id="adjustment"
          placeholder="-125.00"
          value={given}
          onChange={(event) => setGiven(event.target.value)}
        />{' '}
        <button
          type="button"
          disabled={!reasoned || !amount.ok || amount.value === 0}
          onClick={() =>
            amount.ok &&
            propose('adjustBalance', { accountId, traderId, programId, amount: amount.value })
          }
        >
          Propose the adjustment
        </button>
      </p>
      {breach && (
        <p>
          <button
            type="button"
            disabled={!reasoned}
            onClick={() =>
              propose('overrideVerdict', {
                accountId,
                programId,
                ruleId: breach.data.ruleId,
                verdictSeq: breach.envelope.seq,
              })
            }
          >
            Propose to override the breach of {breach.data.ruleId}
          </button>{' '}
          <span className="quiet-text">
            The verdict stays in the log; the account goes on as on a new day.
          </span>
        </p>
      )}
      <p role="status">{said}</p>
    </fieldset>
  );
}

/** The latest breach: what an override would be of. */
function breachOf(detail: AccountDetail): Extract<Fact, { kind: 'breachDetected' }> | null {
  for (const input of detail.verdicts) {
    const fact = parseFact(input);
    if (fact.ok && fact.value.kind === 'breachDetected') return fact.value;
  }
  return null;
}
