import { useEffect, useState, type FormEvent, type ReactElement } from 'react';
import type { Doors } from '#core/sync/protocol.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useSession } from '#renderer/store/session.ts';
import { roleText } from '#renderer/ui/roles.ts';

/** The way in: nothing is shown to nobody. */
export function SignIn({ client }: { readonly client: RendererClient }): ReactElement {
  const connection = useSession((session) => session.connection);
  const [doors, setDoors] = useState<Doors | null>(null);
  const [given, setGiven] = useState({ login: '', password: '', totp: '' });
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const reachable = connection !== null && connection.state !== 'offline';
  useEffect(() => {
    void client.call('session.doors', {}).then((reply) => {
      if (reply.ok) setDoors(reply.value.doors);
    });
  }, [client, reachable]);
  const enter = (login: string, password: string, totp: string): void => {
    setBusy(true);
    setSaid('');
    void client
      .call('session.signIn', { login, password, totp: totp === '' ? null : totp })
      .then((reply) => {
        setBusy(false);
        if (!reply.ok) setSaid(reply.error.message);
      });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    enter(given.login, given.password, given.totp);
  };
  const field = (name: keyof typeof given, label: string, type: string): ReactElement => (
    <p className="field">
      <label htmlFor={`sign-in-${name}`}>{label}</label>
      <input
        id={`sign-in-${name}`}
        type={type}
        value={given[name]}
        autoComplete={
          name === 'login' ? 'username' : type === 'password' ? 'current-password' : 'one-time-code'
        }
        onChange={(event) => setGiven({ ...given, [name]: event.target.value })}
      />
    </p>
  );
  return (
    <section className="panel sign-in" aria-label="Sign in">
      <h2>Sign in to this desk</h2>
      {!reachable && (
        <p className="quiet-text">The server cannot be reached; it is tried again by itself.</p>
      )}
      <form onSubmit={submit}>
        {field('login', 'Login', 'text')}
        {field('password', 'Password', 'password')}
        {field('totp', 'Code, if you use an authenticator app', 'text')}
        <button type="submit" className="primary" disabled={busy || given.login === ''}>
          Sign in
        </button>
      </form>
      {said !== '' && (
        <p className="failure" role="alert">
          {said}
        </p>
      )}
      <Accept client={client} />
      {doors?.demo && <Demo demo={doors.demo} busy={busy} enter={enter} />}
    </section>
  );
}

/** A first password, or a new one, by a code from an administrator. */
function Accept({ client }: { readonly client: RendererClient }): ReactElement {
  const [given, setGiven] = useState({ code: '', password: '' });
  const [said, setSaid] = useState('');
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void client.call('session.accept', given).then((reply) => {
      setSaid(reply.ok ? 'Your password is set: sign in with it.' : reply.error.message);
      if (reply.ok) setGiven({ code: '', password: '' });
    });
  };
  return (
    <details>
      <summary>I have a code from an administrator</summary>
      <form onSubmit={send}>
        <p className="field">
          <label htmlFor="accept-code">Code</label>
          <input
            id="accept-code"
            value={given.code}
            onChange={(event) => setGiven({ ...given, code: event.target.value })}
          />
        </p>
        <p className="field">
          <label htmlFor="accept-password">New password, at least 12 characters</label>
          <input
            id="accept-password"
            type="password"
            autoComplete="new-password"
            value={given.password}
            onChange={(event) => setGiven({ ...given, password: event.target.value })}
          />
        </p>
        <button type="submit" disabled={given.code === '' || given.password.length < 12}>
          Set the password
        </button>
        <p role="status">{said}</p>
      </form>
    </details>
  );
}

function Demo({
  demo,
  busy,
  enter,
}: {
  readonly demo: NonNullable<Doors['demo']>;
  readonly busy: boolean;
  readonly enter: (login: string, password: string, totp: string) => void;
}): ReactElement {
  return (
    <div className="demo-doors">
      <h3>This is a demonstration firm. Be any of its people:</h3>
      <ul>
        {demo.people.map(({ login, name, roles }) => (
          <li key={login}>
            <button type="button" disabled={busy} onClick={() => enter(login, demo.password, '')}>
              {name} <small>{roles.map(roleText).join(', ')}</small>
            </button>
          </li>
        ))}
      </ul>
      <p className="quiet-text">Everybody has the password “{demo.password}”.</p>
    </div>
  );
}
