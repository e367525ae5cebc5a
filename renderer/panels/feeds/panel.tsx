import { useEffect, useState, type ReactElement } from 'react';
import type { QuarantineEntry } from '#core/sync/protocol.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useSession } from '#renderer/store/session.ts';
import { dateTimeText, priceText } from '#renderer/ui/format.ts';
import { Sheet } from '#renderer/ui/sheet.tsx';
import { TableHead } from '#renderer/ui/table-head.tsx';

const STATE_GLYPH = { live: '●', stale: '▲', closed: '■', silent: '○' } as const;
const ENTRIES_SHOWN = 100;

/** Where the prices come from, how old they are, what was doubtful, and what was refused. */
export function Feeds({
  client,
  onClose,
}: {
  readonly client: RendererClient;
  readonly onClose: () => void;
}): ReactElement {
  const pulse = useSession((session) => session.pulse);
  const live = useSession((session) => session.linked && session.connection?.state === 'live');
  const [entries, setEntries] = useState<readonly QuarantineEntry[] | string>([]);
  const quarantined = pulse?.quarantined ?? 0;
  useEffect(() => {
    void client
      .call('quarantine.list', { limit: ENTRIES_SHOWN })
      .then((result) => setEntries(result.ok ? result.value.entries : result.error.message));
  }, [client, quarantined]);
  return (
    <Sheet label="Feeds and refused records">
      <header className="panel-head">
        <h2>Feeds</h2>
        <span className="spacer" />
        <button type="button" className="quiet" onClick={onClose}>
          Close (Esc)
        </button>
      </header>
      {!live && (
        <p className="failure">
          Not live: these are the feeds as of{' '}
          {pulse ? `${dateTimeText(pulse.serverAt)} UTC` : 'no time yet'}.
        </p>
      )}
      <table>
        <TableHead
          columns={[
            'Symbol',
            'Source',
            'State',
            'Bid',
            'Ask',
            'Age',
            'Marks',
            'Crossed',
            'Backward',
            'Off market',
            'After gap',
          ]}
        />
        <tbody>
          {(pulse?.feeds ?? []).map((feed) => (
            <tr key={feed.symbol}>
              <td>{feed.symbol}</td>
              <td>{feed.source}</td>
              <td className={live ? `feed-${feed.state}` : 'feed-silent'}>
                {live ? `${STATE_GLYPH[feed.state]} ${feed.state}` : `○ was ${feed.state}`}
              </td>
              <td>{feed.bid === null ? '' : priceText(feed.bid, feed.digits)}</td>
              <td>{feed.ask === null ? '' : priceText(feed.ask, feed.digits)}</td>
              <td>{feed.ageMs === null ? '' : `${Math.floor(feed.ageMs / 1000)} s`}</td>
              <td>{feed.marks}</td>
              <td>{feed.crossed}</td>
              <td>{feed.backward}</td>
              <td>{feed.offMarket}</td>
              <td>{feed.gaps}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>Refused records ({quarantined})</h2>
      {typeof entries === 'string' && <p className="failure">{entries}</p>}
      {typeof entries !== 'string' && entries.length === 0 && (
        <p className="empty">None. Records that cannot be used are kept here with the reason.</p>
      )}
      {typeof entries !== 'string' && entries.length > 0 && (
        <table>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id}>
                <td>{dateTimeText(entry.receivedAt)}</td>
                <td>{entry.source}</td>
                <td>{entry.reason}</td>
                <td>
                  <code>{entry.excerpt.slice(0, 200)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Sheet>
  );
}
