import { useEffect, useState, type ReactElement } from 'react';
import type { ExposurePlace } from '#core/exposure/limits.ts';
import {
  HOLDERS_MAX,
  type ExposureHolder,
  type ExposureHoldersRequest,
} from '#core/exposure/view.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { AccountLink } from './account-link.tsx';
import { whole } from './words.ts';

const READ_EVERY_MS = 4_000;
const SIDES = ['both', 'long', 'short'] as const;
const SIDE_TEXT = { both: 'Both sides', long: 'Long', short: 'Short' } as const;

/** Who holds most of one part of the book: from here to the account. */
export function Holders({
  client,
  place,
  name,
  side,
  onSide,
}: {
  readonly client: RendererClient;
  readonly place: ExposurePlace;
  readonly name: string;
  readonly side: ExposureHoldersRequest['side'];
  readonly onSide: (side: ExposureHoldersRequest['side']) => void;
}): ReactElement {
  const { by, key } = place;
  const [holders, setHolders] = useState<readonly ExposureHolder[] | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    let current = true;
    setHolders(null);
    const read = async (): Promise<void> => {
      const reply = await client.call('exposure.holders', { place: { by, key }, side });
      if (!current) return;
      if (reply.ok) setHolders(reply.value.holders);
      setFailure(reply.ok ? '' : reply.error.message);
    };
    void read();
    const timer = setInterval(() => void read(), READ_EVERY_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [client, by, key, side]);
  return (
    <>
      <div className="toolbar">
        <b>{name}</b>
        <span className="spacer" />
        {SIDES.map((one) => (
          <button key={one} type="button" aria-pressed={side === one} onClick={() => onSide(one)}>
            {SIDE_TEXT[one]}
          </button>
        ))}
      </div>
      {failure !== '' && <p className="failure">{failure}</p>}
      {holders === null && failure === '' && <p className="empty">Looking who holds it…</p>}
      {holders?.length === 0 && <p className="empty">Nobody holds any of it now.</p>}
      {holders !== null && holders.length > 0 && (
        <table aria-label={`Who holds ${name}`}>
          <TableHead columns={['Account', 'Long', 'Short', 'Positions']} />
          <tbody>
            {holders.map(({ account, long, short, positions }) => (
              <tr key={account}>
                <th scope="row">
                  <AccountLink account={account} />
                </th>
                <td className="number">{long === 0 ? '' : whole(long)}</td>
                <td className="number">{short === 0 ? '' : whole(short)}</td>
                <td className="number">{positions}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {holders?.length === HOLDERS_MAX && (
        <p className="quiet-text">The {HOLDERS_MAX} largest are shown.</p>
      )}
    </>
  );
}
