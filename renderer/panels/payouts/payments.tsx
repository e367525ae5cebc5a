import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { Payments as Books } from '#core/desk-api/contract.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useProposals } from '#renderer/store/proposals.ts';
import { dateTimeText, money } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';

const FILE_BYTES_MAX = 200_000;

/** What the bank says, what fits nothing, and whether the books are even. */
export function Payments({ client }: { readonly client: RendererClient }): ReactElement {
  const version = useProposals((proposals) => proposals.version);
  const [books, setBooks] = useState<Books | null>(null);
  const [said, setSaid] = useState('');
  const [reason, setReason] = useState('');
  const read = useCallback(() => {
    void client.call('payments.get', {}).then((reply) => {
      if (reply.ok) setBooks(reply.value);
    });
  }, [client]);
  useEffect(read, [read, version]);
  const take = async (file: File): Promise<void> => {
    if (file.size > FILE_BYTES_MAX) {
      setSaid(
        `${file.name} is larger than ${FILE_BYTES_MAX / 1000} kB: send it by the server’s API.`,
      );
      return;
    }
    const reply = await client.call('payments.importFile', {
      name: file.name,
      text: await file.text(),
    });
    if (!reply.ok) setSaid(reply.error.message);
    else setSaid([`${reply.value.entries} entries read.`, ...reply.value.problems].join(' '));
    read();
  };
  const settle = async (exceptionId: string): Promise<void> => {
    const reply = await client.call('exception.settle', { exceptionId, reason });
    setSaid(reply.ok ? 'Settled.' : reply.error.message);
    setReason('');
  };
  const open = books?.exceptions.filter(({ settled }) => settled === null) ?? [];
  return (
    <div className="scroll payments">
      <h3>Bank files</h3>
      <p className="field">
        <label htmlFor="bank-file">camt.053, camt.054 or pain.002</label>
        <input
          id="bank-file"
          type="file"
          accept=".xml"
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            if (file) void take(file);
            event.target.value = '';
          }}
        />
      </p>
      <p role="status">{said}</p>
      <h3>What fits nothing: {open.length} open</h3>
      {books?.exceptions.length === 0 && <p className="quiet-text">Every entry fits a payment.</p>}
      <ul className="exceptions">
        {(books?.exceptions ?? []).map((one) => (
          <li key={one.exceptionId}>
            <b>{one.type}</b> {one.sentence} <small>{dateTimeText(one.at)}</small>
            {one.settled === null ? (
              <span>
                {' '}
                <input
                  aria-label={`Why ${one.exceptionId} is settled`}
                  placeholder="Why it is settled"
                  value={reason}
                  onChange={(event) => setReason(event.target.value)}
                />{' '}
                <button
                  type="button"
                  disabled={reason.trim() === ''}
                  onClick={() => void settle(one.exceptionId)}
                >
                  Settle
                </button>
              </span>
            ) : (
              <small> Settled by {one.settled}</small>
            )}
          </li>
        ))}
      </ul>
      <h3>Trial balance</h3>
      <Balance balances={books?.balances ?? []} />
    </div>
  );
}

function Balance({ balances }: { readonly balances: Books['balances'] }): ReactElement {
  if (balances.length === 0) return <p className="quiet-text">Nothing has been booked yet.</p>;
  const sum = (side: 'debit' | 'credit'): number =>
    balances.reduce((total, one) => total + one[side], 0);
  return (
    <table>
      <TableHead columns={['Account', 'Debit', 'Credit']} />
      <tbody>
        {balances.map(({ account, currency, debit, credit }) => (
          <tr key={account + currency}>
            <td>
              {account} {currency}
            </td>
            <td className="number">{money(debit)}</td>
            <td className="number">{money(credit)}</td>
          </tr>
        ))}
        <tr>
          <td>
            <b>{sum('debit') === sum('credit') ? '✔ even' : '✖ NOT EVEN'}</b>
          </td>
          <td className="number">{money(sum('debit'))}</td>
          <td className="number">{money(sum('credit'))}</td>
        </tr>
      </tbody>
    </table>
  );
}
