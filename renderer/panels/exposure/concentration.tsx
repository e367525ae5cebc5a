import type { ReactElement } from 'react';
import { perMilleOf, type Side } from '#core/exposure/cells.ts';
import { grossOf } from '#core/exposure/slices.ts';
import { rowOfWire, type ExposureView } from '#core/exposure/view.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { AccountLink, ShareBar } from './account-link.tsx';
import { equalsText, whole } from './words.ts';

const CROWDS_SHOWN = 12;
const ACCOUNTS_SHOWN = 20;

/** Where much of the book hangs on few: crowded trades, large accounts. */
export function Concentration({
  view,
  onCrowd,
}: {
  readonly view: ExposureView;
  readonly onCrowd: (symbol: string, side: Side) => void;
}): ReactElement {
  const [wire] = view.slices.firm;
  const firm = wire ? grossOf(rowOfWire(wire)) : 0;
  const { herfindahl } = view;
  return (
    <>
      <dl className="pairs">
        <div>
          <dt title="Sum of squared shares of gross, in thousandths: 1,000 where one holds all">
            Concentration over accounts
          </dt>
          <dd>
            {herfindahl.accounts} ‰, {equalsText(herfindahl.accounts)}
          </dd>
        </div>
        <div>
          <dt>Concentration over symbols</dt>
          <dd>
            {herfindahl.symbols} ‰, {equalsText(herfindahl.symbols)}
          </dd>
        </div>
      </dl>
      <h3>Crowded trades</h3>
      {view.crowds.length === 0 ? (
        <p className="empty">Nobody holds anything now.</p>
      ) : (
        <table aria-label="Crowded trades">
          <TableHead columns={['Trade', 'Accounts', 'Notional', 'Of the gross']} />
          <tbody>
            {view.crowds.slice(0, CROWDS_SHOWN).map(({ symbol, side, accounts, value }) => (
              <tr key={`${symbol} ${side}`}>
                <th scope="row">
                  <button type="button" className="quiet" onClick={() => onCrowd(symbol, side)}>
                    {side === 'long' ? '▲' : '▼'} {symbol} {side}
                  </button>
                </th>
                <td className="number">{accounts.toLocaleString('en')}</td>
                <td className="number">{whole(value)}</td>
                <td>
                  <ShareBar share={perMilleOf(value, firm)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h3>Largest accounts</h3>
      <table aria-label="Largest accounts">
        <TableHead columns={['Account', 'Long', 'Short', 'Of the gross']} />
        <tbody>
          {view.largest.slice(0, ACCOUNTS_SHOWN).map(({ account, long, short }) => (
            <tr key={account}>
              <th scope="row">
                <AccountLink account={account} />
              </th>
              <td className="number">{whole(long)}</td>
              <td className="number">{whole(short)}</td>
              <td>
                <ShareBar share={perMilleOf(long + short, firm)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
