import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { DeskCallInput, DeskCallOutput } from '#core/desk-api/contract.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useNames } from '#renderer/store/names.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';

type Setup = DeskCallOutput<'alerts.setup'>;
type Tested = DeskCallInput<'alerts.test'>;

/** By which ways alerts can leave, at which addresses people are told, and whether they arrive. */
export function Ways({ client }: { readonly client: RendererClient }): ReactElement {
  const [setup, setSetup] = useState<Setup | string | null>(null);
  const [mayChange, setMayChange] = useState(false);
  const [said, setSaid] = useState('');
  const read = useCallback(() => {
    void client
      .call('alerts.setup', {})
      .then((reply) => setSetup(reply.ok ? reply.value : reply.error.message));
    void client
      .call('alerts.rules', {})
      .then((reply) => setMayChange(reply.ok && reply.value.mayChange));
  }, [client]);
  useEffect(read, [read]);
  const test = (to: Tested): void => {
    setSaid('Sending…');
    void client
      .call('alerts.test', to)
      .then((reply) =>
        setSaid(
          reply.ok
            ? `${reply.value.sent ? '✔ It left' : '✖ It did not leave'}: ${reply.value.says}`
            : reply.error.message,
        ),
      );
  };
  if (setup === null) return <p className="empty">Reading…</p>;
  if (typeof setup === 'string') return <p className="failure">{setup}</p>;
  const testButton = (to: Tested): ReactElement | null =>
    mayChange ? (
      <button type="button" onClick={() => test(to)}>
        Send a test
      </button>
    ) : null;
  return (
    <div className="scroll ways">
      {setup.problems.map((problem) => (
        <p key={problem} className="failure">
          {problem}
        </p>
      ))}
      <p role="status">{said}</p>
      <h3>Mail</h3>
      <p>
        {setup.mail.by === ''
          ? 'No mail server is set up.'
          : setup.mail.by === 'folder'
            ? 'Mail is written into the folder “mail” of the server, and nothing leaves this machine.'
            : `Mail leaves by ${setup.mail.by}.`}{' '}
        {setup.mail.by !== '' &&
          `It comes from ${setup.mail.from}, and may go to: ${setup.mail.domains.join(', ') || 'no domain'}.`}
      </p>
      {setup.mailboxes.length > 0 && (
        <table>
          <TableHead columns={['Mailbox', 'Address', '']} />
          <tbody>
            {setup.mailboxes.map(({ mailboxId, address }) => (
              <tr key={mailboxId}>
                <td>{mailboxId}</td>
                <td>{address}</td>
                <td>{testButton({ type: 'mailbox', mailboxId })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h3>Webhooks</h3>
      {setup.hooks.length === 0 ? (
        <p className="quiet-text">None is set up: write “hooks” into alerts.json on the server.</p>
      ) : (
        <table>
          <TableHead columns={['Webhook', 'Where', '']} />
          <tbody>
            {setup.hooks.map(({ hookId, host }) => (
              <tr key={hookId}>
                <td>{hookId}</td>
                <td>{host}</td>
                <td>{testButton({ type: 'hook', hookId })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h3>Addresses of people</h3>
      <Contacts
        client={client}
        setup={setup}
        mayChange={mayChange}
        onChange={(text) => {
          setSaid(text);
          read();
        }}
        testButton={(personId) => testButton({ type: 'person', personId })}
      />
    </div>
  );
}

function Contacts({
  client,
  setup,
  mayChange,
  onChange,
  testButton,
}: {
  readonly client: RendererClient;
  readonly setup: Setup;
  readonly mayChange: boolean;
  readonly onChange: (said: string) => void;
  readonly testButton: (personId: string) => ReactElement | null;
}): ReactElement {
  const names = useNames();
  const [edited, setEdited] = useState<{
    readonly personId: string;
    readonly address: string;
  } | null>(null);
  const known = new Map(setup.contacts.map(({ personId, address }) => [personId, address]));
  const save = (personId: string, address: string | null): void =>
    void client.call('alerts.contact', { personId, address }).then((reply) => {
      if (reply.ok) setEdited(null);
      onChange(reply.ok ? (address === null ? 'Taken away.' : 'Saved.') : reply.error.message);
    });
  return (
    <table>
      <TableHead columns={['Person', 'Address', '']} />
      <tbody>
        {Object.entries(names).map(([personId, name]) => (
          <tr key={personId}>
            <td>{name}</td>
            <td>
              {edited?.personId === personId ? (
                <input
                  type="email"
                  aria-label={`Address of ${name}`}
                  value={edited.address}
                  maxLength={254}
                  onChange={(event) => setEdited({ personId, address: event.target.value })}
                />
              ) : (
                (known.get(personId) ?? <span className="quiet-text">none</span>)
              )}
            </td>
            <td>
              {mayChange && edited?.personId === personId && (
                <span className="row">
                  <button
                    type="button"
                    className="primary"
                    disabled={edited.address.trim().length < 3}
                    onClick={() => save(personId, edited.address.trim())}
                  >
                    Save
                  </button>
                  <button type="button" className="quiet" onClick={() => setEdited(null)}>
                    Leave it
                  </button>
                </span>
              )}
              {mayChange && edited?.personId !== personId && (
                <span className="row">
                  <button
                    type="button"
                    className="quiet"
                    onClick={() => setEdited({ personId, address: '' })}
                  >
                    {known.has(personId) ? 'Change' : 'Add'}
                  </button>
                  {known.has(personId) && (
                    <button type="button" className="quiet" onClick={() => save(personId, null)}>
                      Take away
                    </button>
                  )}
                  {known.has(personId) && testButton(personId)}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
