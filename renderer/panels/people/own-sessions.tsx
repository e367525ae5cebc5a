import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { SessionsReply } from '#core/sync/protocol.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { dateTimeText } from '#renderer/ui/format.ts';

/** Where else you are signed in, and your second factor. */
export function OwnSessions({ client }: { readonly client: RendererClient }): ReactElement {
  const [own, setOwn] = useState<SessionsReply | null>(null);
  const read = useCallback(() => {
    void client.call('session.list', {}).then((reply) => {
      if (reply.ok) setOwn(reply.value);
    });
  }, [client]);
  useEffect(read, [read]);
  return (
    <details className="own-key">
      <summary>
        Signed in at {own?.sessions.length ?? '…'} desks ·{' '}
        {own?.hasTotp === true ? '✔ authenticator app in use' : 'no authenticator app'}
      </summary>
      <ul>
        {(own?.sessions ?? []).map(
          ({ sessionId, deskId, address, createdAt, lastSeenAt, thisOne }) => (
            <li key={sessionId}>
              {thisOne ? <b>This desk</b> : `Desk ${deskId}`} from {address}, since{' '}
              {dateTimeText(createdAt)}, last seen {dateTimeText(lastSeenAt)} UTC
            </li>
          ),
        )}
      </ul>
      <p className="quiet-text">“Sign out everywhere” stands under your name, top right.</p>
      <Totp client={client} onDone={read} />
    </details>
  );
}

function Totp({
  client,
  onDone,
}: {
  readonly client: RendererClient;
  readonly onDone: () => void;
}): ReactElement {
  const [password, setPassword] = useState('');
  const [begun, setBegun] = useState<{ uri: string; secret: string } | null>(null);
  const [code, setCode] = useState('');
  const [said, setSaid] = useState('');
  const begin = (): void =>
    void client.call('session.totp', { step: 'begin', password }).then((reply) => {
      setPassword('');
      if (!reply.ok) return setSaid(reply.error.message);
      if (reply.value.type === 'begun') setBegun(reply.value);
    });
  const confirm = (): void =>
    void client.call('session.totp', { step: 'confirm', code }).then((reply) => {
      setCode('');
      setSaid(reply.ok ? 'From now on a code is asked for.' : reply.error.message);
      if (!reply.ok) return;
      setBegun(null);
      onDone();
    });
  return (
    <>
      {begun === null ? (
        <p className="field">
          <label htmlFor="totp-password">Your password, to set up an authenticator app</label>
          <input
            id="totp-password"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />{' '}
          <button type="button" disabled={password === ''} onClick={begin}>
            Begin
          </button>
        </p>
      ) : (
        <>
          <p>
            Give your app this secret: <code>{begun.secret}</code>
          </p>
          <p className="field">
            <label htmlFor="totp-code">The code it shows</label>
            <input
              id="totp-code"
              inputMode="numeric"
              autoComplete="one-time-code"
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />{' '}
            <button type="button" disabled={code === ''} onClick={confirm}>
              Confirm
            </button>
          </p>
        </>
      )}
      <p role="status">{said}</p>
    </>
  );
}
