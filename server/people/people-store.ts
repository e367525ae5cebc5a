import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { ok, type Result } from '#core/kernel/result.ts';
import { openDatabase, type Connection } from '../store/open.ts';
import { createInvites, type AcceptCode, type Invites } from './invites.ts';
import { createAddressLimits, createLoginLimits, type LoginLimits } from './limits.ts';
import { migrations } from './migrations.ts';
import { createPasswords, PASSWORD_COST, type PasswordCost } from './passwords.ts';
import {
  createPersons,
  personOf,
  type AddCode,
  type NewPerson,
  type Person,
  type PersonRow,
  type Persons,
} from './persons.ts';
import { refuse, refuseUnknownPerson, type Refusal } from './refusal.ts';
import { openSecretBox, type RandomBytes, type SecretBox } from './secret-box.ts';
import {
  createSessions,
  type LiveSession,
  type NewSession,
  type SessionEntry,
  type Sessions,
} from './sessions.ts';
import {
  createSignIn,
  type ProofCode,
  type SignIn,
  type SignInAttempt,
  type SignInCode,
} from './sign-in.ts';
import { enrolmentOf, newTotpSecret, stepOf } from './totp.ts';

export interface PeopleStoreOptions {
  readonly now: () => number;
  readonly random?: RandomBytes;
  /** Lower in tests. Raised at any time: whoever signs in next gets a hash of the new cost. */
  readonly passwordCost?: PasswordCost;
}

/**
 * Who the operators are and how they prove it: beside the log and never in it. The log knows a
 * person by an id alone; name, login, password and code secret can be removed here and are gone.
 */
export interface PeopleStore {
  add(person: NewPerson): Result<null, Refusal<AddCode>>;
  /** Everybody, those who left included. */
  list(): Person[];
  /** Also of somebody who left: history goes on to show it. */
  nameOf(personId: string): string | null;
  /** A code that sets a password, the first or another one: to be handed over in person. */
  invite(personId: string): Result<string, Refusal<'unknownPerson'>>;
  /** Uses the code up, ends all sessions of the person and lifts a lock. */
  accept(
    code: string,
    password: string,
  ): Promise<Result<{ readonly personId: string }, Refusal<AcceptCode>>>;
  /** A secret for an authenticator app. The one in use goes on until the new one is confirmed. */
  beginTotp(
    personId: string,
  ): Result<{ readonly uri: string; readonly secret: string }, Refusal<'unknownPerson'>>;
  /** Ask for the password again before: whoever gets here replaces the second factor. */
  confirmTotp(
    personId: string,
    code: string,
  ): Result<null, Refusal<'unknownPerson' | 'notBegun' | 'wrong'>>;
  /** For a lost telephone. Ends all sessions of the person. */
  removeTotp(personId: string): Result<null, Refusal<'unknownPerson'>>;
  signIn(attempt: SignInAttempt): Promise<Result<NewSession, Refusal<SignInCode>>>;
  authenticateAgain(
    personId: string,
    password: string,
  ): Promise<Result<null, Refusal<ProofCode | 'unknownPerson'>>>;
  /** Whose session a token is, at the desk that it was made for. Counts as activity. */
  session(token: string, deskId: string): LiveSession | null;
  sessions(personId: string): SessionEntry[];
  /** False when there was no such session. */
  signOut(sessionId: string): boolean;
  /** The ids of the sessions that ended. */
  signOutEverywhere(personId: string): string[];
  /** For good: what remains is the name. Returns the ids of the sessions that ended. */
  deactivate(personId: string): Result<string[], Refusal<'unknownPerson'>>;
  /** To be called every minute or so: sessions that ran out end here, and listeners hear of it. */
  removeExpired(): void;
  /** Heard after it is on the disk, whatever ended the session. Returns how to stop listening. */
  onEnded(listener: (sessionId: string) => void): () => void;
  close(): void;
}

export function openPeopleStore(file: string, options: PeopleStoreOptions): PeopleStore {
  const parts = openParts(file, options);
  const { connection, persons, logins, invites, signIn, listeners } = parts;
  removeExpired(parts);
  return {
    add: (person) => persons.add(person),
    list: () => persons.all().map((row) => personOf(row, logins.lockedUntil(row.login_key))),
    nameOf: (personId) => persons.nameOf(personId),
    invite: (personId) => invites.invite(personId),
    accept: (code, password) => invites.accept(code, password),
    ...totpCalls(parts),
    signIn: (attempt) => signIn.signIn(attempt),
    authenticateAgain: (personId, password) => signIn.authenticateAgain(personId, password),
    ...sessionCalls(parts),
    deactivate: (personId) => deactivate(parts, personId),
    removeExpired: () => removeExpired(parts),
    onEnded: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => void connection.close(),
  };
}

/** What the store is made of, each part with its own tables. */
interface Parts {
  readonly connection: Connection;
  readonly box: SecretBox;
  readonly persons: Persons;
  readonly logins: LoginLimits;
  readonly sessions: Sessions;
  readonly invites: Invites;
  readonly signIn: SignIn;
  readonly now: () => number;
  readonly random: RandomBytes;
  readonly listeners: Set<(sessionId: string) => void>;
  readonly tellEnded: (ended: readonly string[]) => void;
}

function openParts(file: string, options: PeopleStoreOptions): Parts {
  const { now, random = randomBytes, passwordCost = PASSWORD_COST } = options;
  const { connection, box } = openFiles(file, random);
  const persons = createPersons(connection, box);
  const logins = createLoginLimits(connection, now);
  const sessions = createSessions(connection, now, random);
  const listeners: Parts['listeners'] = new Set();
  const common = {
    connection,
    box,
    persons,
    logins,
    sessions,
    now,
    random,
    listeners,
    passwords: createPasswords(passwordCost, random),
    tellEnded: (ended: readonly string[]) => {
      for (const sessionId of ended) for (const listener of listeners) listener(sessionId);
    },
  };
  const onPasswordSet = ({ person_id: personId, login_key: loginKey }: PersonRow) => {
    logins.clear(loginKey);
    return sessions.endAll(personId);
  };
  return {
    ...common,
    invites: createInvites({ ...common, onPasswordSet }),
    signIn: createSignIn({ ...common, addresses: createAddressLimits(now) }),
  };
}

function openFiles(file: string, random: RandomBytes): Pick<Parts, 'connection' | 'box'> {
  const connection = openPrivately(file);
  try {
    return { connection, box: openSecretBox(file, connection, random) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Readable by this user alone; SQLite makes the files beside it in the same way. */
function openPrivately(file: string): Connection {
  if (file !== ':memory:') {
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  }
  const connection = openDatabase(file, migrations, 'write');
  // What is deleted is overwritten: removed secrets do not live on in free pages.
  connection.pragma('secure_delete = ON');
  return connection;
}

function totpCalls(parts: Parts): Pick<PeopleStore, 'beginTotp' | 'confirmTotp' | 'removeTotp'> {
  const { connection, box, persons, sessions, now, random, tellEnded } = parts;
  return {
    beginTotp: (personId) => {
      const person = persons.byId(personId);
      if (!person) return refuseUnknownPerson();
      const secret = newTotpSecret(random);
      persons.setPending(personId, box.seal(secret, personId));
      return ok(enrolmentOf(secret, person.login));
    },
    confirmTotp: (personId, code) => {
      const person = persons.byId(personId);
      if (!person) return refuseUnknownPerson();
      if (!person.totp_pending) return refuse('notBegun', NOT_BEGUN);
      // A new secret has no used steps: the one that confirms it is its first.
      const step = stepOf(box.open(person.totp_pending, personId), code, now());
      if (step === null) return refuse('wrong', CODE_WRONG);
      persons.confirmTotp(personId, step);
      return ok(null);
    },
    removeTotp: (personId) => {
      if (!persons.byId(personId)) return refuseUnknownPerson();
      const remove = connection.transaction(() => {
        persons.removeTotp(personId);
        return sessions.endAll(personId);
      });
      tellEnded(remove.immediate());
      return ok(null);
    },
  };
}

type SessionCall = 'session' | 'sessions' | 'signOut' | 'signOutEverywhere';

function sessionCalls({ sessions, tellEnded }: Parts): Pick<PeopleStore, SessionCall> {
  return {
    session: (token, deskId) => sessions.find(token, deskId),
    sessions: (personId) => sessions.list(personId),
    signOut: (sessionId) => {
      const ended = sessions.end(sessionId);
      tellEnded(ended);
      return ended.length > 0;
    },
    signOutEverywhere: (personId) => {
      const ended = sessions.endAll(personId);
      tellEnded(ended);
      return ended;
    },
  };
}

function deactivate(
  { connection, persons, sessions, tellEnded }: Parts,
  personId: string,
): Result<string[], Refusal<'unknownPerson'>> {
  // Twice is once: the second time there is nothing left to end.
  if (!persons.isKnown(personId)) return refuseUnknownPerson();
  const leave = connection.transaction(() => {
    persons.deactivate(personId);
    return sessions.endAll(personId);
  });
  const ended = leave.immediate();
  tellEnded(ended);
  return ok(ended);
}

function removeExpired({ sessions, invites, logins, tellEnded }: Parts): void {
  invites.removeExpired();
  logins.removeOld();
  tellEnded(sessions.endExpired());
}

const NOT_BEGUN = 'There is no code secret to confirm: begin the set-up of the app again.';
const CODE_WRONG =
  'This is not the code that the app shows now: check the clock of the telephone and try the next code.';
