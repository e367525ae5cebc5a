import { ok, type Result } from '#core/kernel/result.ts';
import type { Connection } from '../store/open.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { SecretBox } from './secret-box.ts';

/** Everybody ever added, since history goes on to name those who left. */
export const PEOPLE_MAX = 10_000;
const NAME_LENGTH_MAX = 120;
const EMAIL_LENGTH_MAX = 254;
/** As an actor's id in the log. */
const PERSON_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;
/** Plain letters only: no login looks like another. */
const LOGIN = /^[a-z0-9][a-z0-9._@+-]{1,79}$/;

export interface NewPerson {
  /** What the log knows this person by: says nothing about who it is. */
  readonly personId: string;
  readonly name: string;
  readonly login: string;
  readonly email?: string | undefined;
}

export interface Person {
  readonly personId: string;
  readonly name: string;
  readonly login: string;
  readonly email: string | null;
  /** False for somebody who left. */
  readonly active: boolean;
  readonly hasPassword: boolean;
  readonly hasTotp: boolean;
  readonly lockedUntil: number | null;
}

export interface PersonRow {
  readonly person_id: string;
  readonly name: string;
  readonly login: string;
  readonly login_key: Uint8Array;
  readonly email: string | null;
  readonly password: string | null;
  readonly totp: Uint8Array | null;
  readonly totp_pending: Uint8Array | null;
  readonly totp_step: number;
  readonly active: number;
}

export type AddCode = 'invalid' | 'taken' | 'full';

export interface Persons {
  add(person: NewPerson): Result<null, Refusal<AddCode>>;
  /** Everybody, those who left included. */
  all(): PersonRow[];
  nameOf(personId: string): string | null;
  isKnown(personId: string): boolean;
  /** Somebody who may sign in. */
  byId(personId: string): PersonRow | null;
  byLogin(loginKey: Uint8Array): PersonRow | null;
  /** Logins are compared by a keyed hash: people type passwords where the login belongs. */
  keyOf(login: string): Uint8Array;
  setPassword(personId: string, hash: string): void;
  setPending(personId: string, secret: Uint8Array): void;
  confirmTotp(personId: string, step: number): void;
  removeTotp(personId: string): void;
  /** Spends the codes of a step and of all before it; false when they were spent already. */
  spendStep(personId: string, step: number): boolean;
  deactivate(personId: string): void;
}

export function createPersons(connection: Connection, box: SecretBox): Persons {
  const select = (where: string) =>
    connection.prepare(`SELECT * FROM person WHERE ${where} ORDER BY person_id`);
  const set = (what: string) => connection.prepare(`UPDATE person SET ${what}`);
  const all = select('TRUE');
  const any = select('person_id = ?');
  const byId = select('person_id = ? AND active = 1');
  const byLogin = select('login_key = ? AND active = 1');
  const setPassword = set('password = ? WHERE person_id = ?');
  const setPending = set('totp_pending = ? WHERE person_id = ?');
  const confirm = set(
    'totp = totp_pending, totp_pending = NULL, totp_step = ? WHERE person_id = ?',
  );
  const removeTotp = set('totp = NULL, totp_pending = NULL WHERE person_id = ?');
  const spendStep = set('totp_step = ? WHERE person_id = ? AND totp_step < ?');
  const leave = set(
    'active = 0, password = NULL, totp = NULL, totp_pending = NULL WHERE person_id = ?',
  );
  const keyOf = (login: string) => box.fingerprint(normalLogin(login));
  return {
    add: adder(connection, keyOf),
    all: () => all.all() as PersonRow[],
    nameOf: (personId) => (any.get(personId) as PersonRow | undefined)?.name ?? null,
    isKnown: (personId) => any.get(personId) !== undefined,
    byId: (personId) => (byId.get(personId) as PersonRow | undefined) ?? null,
    byLogin: (loginKey) => (byLogin.get(loginKey) as PersonRow | undefined) ?? null,
    keyOf,
    setPassword: (personId, hash) => void setPassword.run(hash, personId),
    setPending: (personId, secret) => void setPending.run(secret, personId),
    confirmTotp: (personId, step) => void confirm.run(step, personId),
    removeTotp: (personId) => void removeTotp.run(personId),
    spendStep: (personId, step) => spendStep.run(step, personId, step).changes === 1,
    deactivate: (personId) => void leave.run(personId),
  };
}

export function personOf(row: PersonRow, lockedUntil: number | null): Person {
  return {
    personId: row.person_id,
    name: row.name,
    login: row.login,
    email: row.email,
    active: row.active === 1,
    hasPassword: row.password !== null,
    hasTotp: row.totp !== null,
    lockedUntil,
  };
}

function adder(connection: Connection, keyOf: (login: string) => Uint8Array): Persons['add'] {
  const count = connection.prepare('SELECT count(*) FROM person').pluck();
  const same = connection.prepare(
    'SELECT 1 FROM person WHERE person_id = ? OR (login_key = ? AND active = 1)',
  );
  const insert = connection.prepare(
    'INSERT INTO person (person_id, name, login, login_key, email) VALUES (?, ?, ?, ?, ?)',
  );
  const add = connection.transaction((person: NewPerson): Result<null, Refusal<AddCode>> => {
    const problem = problemOf(person);
    if (problem !== null) return refuse('invalid', problem);
    if ((count.get() as number) >= PEOPLE_MAX) return refuse('full', FULL);
    const { personId, name, login, email = null } = person;
    const loginKey = keyOf(login);
    if (same.get(personId, loginKey)) return refuse('taken', TAKEN);
    insert.run(personId, name.trim(), normalLogin(login), loginKey, email);
    return ok(null);
  });
  return (person) => add.immediate(person);
}

const FULL = `There are ${PEOPLE_MAX} people, which is all that this store holds: start another store.`;
const TAKEN = 'This id or this login belongs to somebody else: choose another.';

function problemOf({ personId, name, login, email }: NewPerson): string | null {
  if (!PERSON_ID.test(personId)) {
    return 'The id of a person is 1 to 80 letters, digits, - and _: choose another id.';
  }
  if (name.trim() === '' || name.length > NAME_LENGTH_MAX || /\p{C}/u.test(name)) {
    return `A name has 1 to ${NAME_LENGTH_MAX} characters, all of them visible: write it again.`;
  }
  if (!LOGIN.test(normalLogin(login))) {
    return 'A login is 2 to 80 of a-z, 0-9 and . _ @ + -, and begins with a letter or digit.';
  }
  const isEmailWrong =
    email !== undefined && (email.length > EMAIL_LENGTH_MAX || !/^[^\s@]+@[^\s@]+$/.test(email));
  return isEmailWrong ? 'The e-mail address is not one: correct it or leave it out.' : null;
}

function normalLogin(login: string): string {
  return login.trim().toLowerCase();
}
