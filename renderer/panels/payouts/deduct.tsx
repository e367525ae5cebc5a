import { useState, type ReactElement } from 'react';
import type { ProposalDetail } from '#core/desk-api/contract.ts';
import { MONEY_DECIMALS, parseDecimal } from '#core/money/money.ts';
import type { RendererClient } from '#renderer/desk/client.ts';

/** Takes the profit of named trades out and has the payout assessed again, or just assesses it again. */
export function Deduct({
  client,
  detail,
  onClose,
}: {
  readonly client: RendererClient;
  readonly detail: ProposalDetail;
  readonly onClose: () => void;
}): ReactElement {
  const [given, setGiven] = useState({ trades: '', amount: '', reason: '' });
  const [said, setSaid] = useState('');
  const amount = parseDecimal(given.amount === '' ? '0' : given.amount, MONEY_DECIMALS);
  const dealIds = given.trades.split(/[\s,;]+/).filter((trade) => trade !== '');
  const deducts = dealIds.length > 0 && amount.ok && amount.value > 0;
  const ready = given.reason.trim() !== '' && amount.ok && (deducts || dealIds.length === 0);
  const earlier = (detail.snapshot?.deductions ?? []).map(({ by: _by, ...rest }) => rest);
  const send = (): void => {
    if (!amount.ok) return;
    const { reason } = given;
    const added = deducts ? [{ dealIds, amount: amount.value, ruleId: null, reason }] : [];
    void client
      .call('payout.revise', {
        payoutId: detail.proposal.proposalId,
        deductions: [...earlier, ...added],
        reason,
      })
      .then((reply) => {
        if (reply.ok) onClose();
        else setSaid(reply.error.message);
      });
  };
  const field = (name: keyof typeof given, label: string, placeholder: string): ReactElement => (
    <p className="field">
      <label htmlFor={`deduct-${name}`}>{label}</label>
      <input
        id={`deduct-${name}`}
        autoFocus={name === 'trades'}
        placeholder={placeholder}
        value={given[name]}
        onChange={(event) => setGiven({ ...given, [name]: event.target.value })}
      />
    </p>
  );
  return (
    <fieldset className="decide">
      <legend>Deduct trades, or assess again</legend>
      <p className="quiet-text">
        It becomes version {detail.proposal.version + 1}: all signatures so far are void, and you
        cannot approve it.
      </p>
      {field('trades', 'Trades, by their numbers', 'empty to assess it again as it is')}
      {field('amount', 'Their profit', '0.00')}
      {field('reason', 'Why', 'Kept with it; the trader reads it in the letter')}
      <button type="button" className="primary" disabled={!ready} onClick={send}>
        {deducts ? 'Deduct and assess again' : 'Assess again'}
      </button>{' '}
      <button type="button" onClick={onClose}>
        Cancel
      </button>
      <p role="status" className="failure">
        {said}
      </p>
    </fieldset>
  );
}
