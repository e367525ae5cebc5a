import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import { LINK_DAYS_MAX } from '#core/sharing/links.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { nameOf, useNames } from '#renderer/store/names.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';

type Link = DeskCallOutput<'standing.links'>['links'][number];
const DAYS = [1, 7, 30, LINK_DAYS_MAX] as const;
const REFRESH_MS = 10_000;

/** Links by which the trader sees where this account stands: given, counted, taken back. */
export function StandingLinks({
  client,
  accountId,
}: {
  readonly client: RendererClient;
  readonly accountId: string;
}): ReactElement {
  const [links, setLinks] = useState<readonly Link[] | null>(null);
  const [days, setDays] = useState<number>(7);
  const [said, setSaid] = useState('');
  const load = useCallback(async (): Promise<void> => {
    const reply = await client.call('standing.links', { accountId });
    setLinks(reply.ok ? reply.value.links : null);
    if (!reply.ok) setSaid(reply.error.message);
  }, [client, accountId]);
  useEffect(() => {
    void load();
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [load]);
  const share = async (): Promise<void> => {
    const reply = await client.call('standing.share', { accountId, days });
    if (!reply.ok) return setSaid(reply.error.message);
    setSaid(
      reply.value.state === 'accepted'
        ? 'The link is made: copy it and send it to the trader.'
        : 'It waits on this desk until the server is reached.',
    );
    await load();
  };
  const revoke = async (linkId: string): Promise<void> => {
    const reply = await client.call('standing.revoke', {
      linkId,
      reason: 'taken back at the desk',
    });
    setSaid(reply.ok ? 'The link opens nothing any more.' : reply.error.message);
    await load();
  };
  const copy = async (url: string): Promise<void> => {
    await navigator.clipboard.writeText(url);
    setSaid('Copied. Whoever has this link sees the account.');
  };
  return (
    <section className="standing-links" aria-label="Links for the trader">
      <h3>Links for the trader</h3>
      <p>
        A page that shows the trader, live and read only, what this desk shows: limits, target,
        days, next payout, and the evidence for the last verdict.
      </p>
      <p>
        <label htmlFor="link-days">Opens for</label>{' '}
        <select
          id="link-days"
          value={days}
          onChange={(event) => setDays(Number(event.target.value))}
        >
          {DAYS.map((count) => (
            <option key={count} value={count}>
              {count === 1 ? 'one day' : `${count} days`}
            </option>
          ))}
        </select>{' '}
        <button type="button" onClick={() => void share()}>
          Make a link
        </button>{' '}
        <span role="status">{said}</span>
      </p>
      {links?.length === 0 && <p className="empty">No link was given for this account.</p>}
      {links && links.length > 0 && (
        <LinkTable
          links={links}
          onCopy={(url) => void copy(url)}
          onRevoke={(id) => void revoke(id)}
        />
      )}
    </section>
  );
}

function LinkTable({
  links,
  onCopy,
  onRevoke,
}: {
  readonly links: readonly Link[];
  readonly onCopy: (url: string) => void;
  readonly onRevoke: (linkId: string) => void;
}): ReactElement {
  const names = useNames();
  return (
    <table>
      <TableHead columns={['Given', 'By', 'Opens until', 'Opened', 'Link']} />
      <tbody>
        {links.map(({ linkId, at, personId, expiresAt, revokedAt, url, opened, lastOpenedAt }) => (
          <tr key={linkId}>
            <td>{dateTimeText(at)}</td>
            <td>{nameOf(names, personId)}</td>
            <td>{revokedAt === null ? dateTimeText(expiresAt) : 'taken back'}</td>
            <td>
              {opened === 0 ? 'never' : `${opened} ×`}
              {lastOpenedAt !== null && `, last ${dateTimeText(lastOpenedAt)}`}
            </td>
            <td>
              {url === null ? (
                'opens nothing'
              ) : (
                <>
                  <button type="button" onClick={() => onCopy(url)}>
                    Copy
                  </button>{' '}
                  <button type="button" onClick={() => onRevoke(linkId)}>
                    Take back
                  </button>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
