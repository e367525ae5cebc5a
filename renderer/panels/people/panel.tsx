import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { DeskCallOutput, PeopleList } from '#core/desk-api/contract.ts';
import { ACTIONS, ACTION_NAMES, EVERYWHERE, MATRIX, ROLES, type Role } from '#core/people/roles.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useProposals } from '#renderer/store/proposals.ts';
import { useSession } from '#renderer/store/session.ts';
import { money } from '#renderer/ui/format.ts';
import { roleText } from '#renderer/ui/roles.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { OwnSessions } from './own-sessions.tsx';

const KEY_TEXT = {
  local: 'not enrolled yet',
  enrolled: 'waits for two administrators',
  granted: '✔ counts',
  revoked: '✖ revoked',
  frozen: '✖ frozen: its device was cloned',
} as const;

/** Who is who, what each role may do, whose keys count, and how much approval what needs. */
export function People({ client }: { readonly client: RendererClient }): ReactElement {
  const version = useProposals((proposals) => proposals.version);
  const [list, setList] = useState<PeopleList | string | null>(null);
  const read = useCallback(() => {
    void client
      .call('people.list', {})
      .then((reply) => setList(reply.ok ? reply.value : reply.error.message));
  }, [client]);
  useEffect(read, [read, version]);
  return (
    <div className="people">
      <section className="panel">
        <header className="panel-head">
          <h2>You on this desk</h2>
        </header>
        <OwnKey client={client} version={version} />
        <OwnSessions client={client} />
        <header className="panel-head">
          <h2>People</h2>
        </header>
        {list === null && <p className="empty">Reading…</p>}
        {typeof list === 'string' && <p className="failure">{list}</p>}
        {list !== null && typeof list === 'object' && (
          <PeopleTable list={list} client={client} onChange={read} />
        )}
      </section>
      <section className="panel scroll">
        <header className="panel-head">
          <h2>What each role may do</h2>
        </header>
        <Matrix />
        {list !== null && typeof list === 'object' && <Policies list={list} client={client} />}
      </section>
    </div>
  );
}

function OwnKey({
  client,
  version,
}: {
  readonly client: RendererClient;
  readonly version: number;
}): ReactElement {
  const person = useSession((session) => session.person);
  const [key, setKey] = useState<DeskCallOutput<'key.get'>['key']>(null);
  const [secret, setSecret] = useState('');
  const [said, setSaid] = useState('');
  const read = useCallback(() => {
    void client.call('key.get', {}).then((reply) => {
      if (reply.ok) setKey(reply.value.key);
    });
  }, [client]);
  useEffect(read, [read, version]);
  const enrol = (): void => {
    setSaid('Making and sealing a key…');
    void client.call('key.enrol', { secret }).then((reply) => {
      setSecret('');
      setSaid(reply.ok ? 'Enrolled.' : reply.error.message);
      read();
    });
  };
  return (
    <div className="own-key">
      <p>
        <b>{person?.name}</b>, {person?.roles.map(roleText).join(', ')}
      </p>
      {key !== null && (
        <p>
          Your signing key: <code>{key.fingerprint}</code> · <b>{KEY_TEXT[key.state]}</b>
        </p>
      )}
      {(key === null || key.state === 'local') && (
        <>
          <p className="quiet-text">
            To approve anything you need a signing key on this desk. It is sealed with a passphrase
            that only you know.
          </p>
          <p className="field">
            <label htmlFor="key-secret">Passphrase, at least 10 characters</label>
            <input
              id="key-secret"
              type="password"
              autoComplete="new-password"
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
            />{' '}
            <button type="button" className="primary" disabled={secret.length < 10} onClick={enrol}>
              {key === null ? 'Make and enrol a key' : 'Enrol it again'}
            </button>
          </p>
        </>
      )}
      <p role="status">{said}</p>
    </div>
  );
}

function PeopleTable({
  list,
  client,
  onChange,
}: {
  readonly list: PeopleList;
  readonly client: RendererClient;
  readonly onChange: () => void;
}): ReactElement {
  const [change, setChange] = useState<{
    personId: string;
    role: Role;
    change: 'grant' | 'revoke';
  }>({
    personId: list.people[0]?.personId ?? '',
    role: 'payoutApprover',
    change: 'grant',
  });
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState('');
  const propose = (action: 'changeRole' | 'revokeKey', params: object): void =>
    void client
      .call('proposals.propose', { action, params: params as never, reason })
      .then((reply) => {
        setSaid(reply.ok ? 'Proposed: it waits under “Other approvals”.' : reply.error.message);
        setReason('');
      });
  return (
    <>
      <table>
        <TableHead columns={['Person', 'Roles', 'Signing keys']} />
        <tbody>
          {list.people.map(({ personId, name, roles, keys, active }) => (
            <tr key={personId}>
              <td>
                {name} {!active && <small>left</small>}
              </td>
              <td>{roles.map(roleText).join(', ')}</td>
              <td>
                {keys.length === 0 && <span className="quiet-text">none</span>}
                {keys.map((key) => (
                  <div key={key.keyId}>
                    <code>{key.fingerprint}</code> {KEY_TEXT[key.state]}{' '}
                    {key.state === 'granted' && (
                      <button
                        type="button"
                        className="quiet"
                        disabled={reason.trim() === ''}
                        title="Give the reason below first"
                        onClick={() =>
                          propose('revokeKey', { keyId: key.keyId, compromisedSince: null })
                        }
                      >
                        Propose to revoke
                      </button>
                    )}
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <fieldset className="decide">
        <legend>Propose a change of roles</legend>
        <p className="field">
          <select
            aria-label="Person"
            value={change.personId}
            onChange={(event) => setChange({ ...change, personId: event.target.value })}
          >
            {list.people.map(({ personId, name }) => (
              <option key={personId} value={personId}>
                {name}
              </option>
            ))}
          </select>{' '}
          <select
            aria-label="Change"
            value={change.change}
            onChange={(event) =>
              setChange({ ...change, change: event.target.value as 'grant' | 'revoke' })
            }
          >
            <option value="grant">becomes</option>
            <option value="revoke">is no more</option>
          </select>{' '}
          <select
            aria-label="Role"
            value={change.role}
            onChange={(event) => setChange({ ...change, role: event.target.value as Role })}
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {roleText(role)}
              </option>
            ))}
          </select>
        </p>
        <p className="field">
          <label htmlFor="people-reason">Why</label>
          <input
            id="people-reason"
            value={reason}
            maxLength={400}
            onChange={(event) => setReason(event.target.value)}
          />
        </p>
        <button
          type="button"
          className="primary"
          disabled={reason.trim() === ''}
          onClick={() => propose('changeRole', { ...change, scope: EVERYWHERE })}
        >
          Propose
        </button>{' '}
        <span role="status">{said}</span>
      </fieldset>
      <AddPerson client={client} onAdded={onChange} />
    </>
  );
}

/** A new person gets a code in person; roles are proposed afterwards, and others approve them. */
function AddPerson({
  client,
  onAdded,
}: {
  readonly client: RendererClient;
  readonly onAdded: () => void;
}): ReactElement {
  const [given, setGiven] = useState({ name: '', login: '' });
  const [said, setSaid] = useState('');
  const add = (): void =>
    void client.call('people.add', given).then((reply) => {
      if (!reply.ok) return setSaid(reply.error.message);
      setSaid(`Hand over this code, once and in person: ${reply.value.code}`);
      setGiven({ name: '', login: '' });
      onAdded();
    });
  return (
    <fieldset className="decide">
      <legend>Add a person</legend>
      {(['name', 'login'] as const).map((name) => (
        <p className="field" key={name}>
          <label htmlFor={`add-${name}`}>{name === 'name' ? 'Name' : 'Login'}</label>
          <input
            id={`add-${name}`}
            value={given[name]}
            onChange={(event) => setGiven({ ...given, [name]: event.target.value })}
          />
        </p>
      ))}
      <button
        type="button"
        className="primary"
        disabled={given.name.trim() === '' || given.login.trim() === ''}
        onClick={add}
      >
        Add
      </button>{' '}
      <span role="status">{said}</span>
    </fieldset>
  );
}

function Matrix(): ReactElement {
  return (
    <table className="matrix">
      <TableHead columns={['', ...ROLES.map(roleText)]} />
      <tbody>
        {ACTION_NAMES.map((action) => (
          <tr key={action}>
            <th scope="row">{ACTIONS[action]}</th>
            {ROLES.map((role) => (
              <td key={role} aria-label={MATRIX[role].includes(action) ? 'yes' : 'no'}>
                {MATRIX[role].includes(action) ? '✔' : '·'}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How much approval what needs. Any change of it is a proposal of its own. */
function Policies({
  list,
  client,
}: {
  readonly list: PeopleList;
  readonly client: RendererClient;
}): ReactElement {
  const [reason, setReason] = useState('');
  const [said, setSaid] = useState('');
  const propose = (policy: PeopleList['policies'][number]): void =>
    void client
      .call('proposals.propose', { action: 'changePolicy', params: { policy } as never, reason })
      .then((reply) =>
        setSaid(reply.ok ? 'Proposed: it waits under “Other approvals”.' : reply.error.message),
      );
  return (
    <>
      <h3>How much approval what needs</h3>
      <p className="field">
        <label htmlFor="policy-reason">Why it should change</label>
        <input
          id="policy-reason"
          value={reason}
          maxLength={400}
          onChange={(event) => setReason(event.target.value)}
        />{' '}
        <span role="status">{said}</span>
      </p>
      <table>
        <TableHead
          columns={['Action', 'Persons', 'More above', 'By itself up to', 'One person a day']}
        />
        <tbody>
          {list.policies.map((policy) => {
            const { action, approvals, steps, autoUpTo, approverPerDay } = policy;
            return (
              <tr key={action}>
                <td>{action}</td>
                <td>
                  {approvals}{' '}
                  {[approvals - 1, approvals + 1]
                    .filter((next) => next >= 0)
                    .map((next) => (
                      <button
                        key={next}
                        type="button"
                        className="quiet"
                        disabled={reason.trim() === ''}
                        title="Give the reason above first"
                        onClick={() => propose({ ...policy, approvals: next })}
                      >
                        Propose {next}
                      </button>
                    ))}
                </td>
                <td>
                  {steps.map(({ above, approvals: more, oneOf }) => (
                    <div key={above}>
                      {money(above)}: {more}
                      {oneOf.length > 0 && `, one of them ${oneOf.map(roleText).join(' or ')}`}
                    </div>
                  ))}
                </td>
                <td>{autoUpTo === null ? 'never' : money(autoUpTo)}</td>
                <td>{approverPerDay === null ? 'any' : money(approverPerDay)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
