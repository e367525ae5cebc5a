import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Connection } from '../store/open.ts';
import { WRONG_UNTIL_LOCKED, type AddressLimits, type LoginLimits } from './limits.ts';
import { PASSWORD_LENGTH_MAX, type PasswordCheck, type Passwords } from './passwords.ts';
import type { PersonRow, Persons } from './persons.ts';
import { refuse, refuseUnknownPerson, type Refusal } from './refusal.ts';
import type { SecretBox } from './secret-box.ts';
import type { NewSession, Sessions } from './sessions.ts';
import { stepOf } from './totp.ts';

/** No longer text is looked at, and none is stored. */
const TEXT_LENGTH_MAX = 256;

export interface SignInAttempt {
  readonly login: string;
  readonly password: string;
  readonly totp?: string | undefined;
  /** The session works at this desk only. */
  readonly deskId: string;
  readonly address: string;
}

export type ProofCode = 'wrong' | 'locked' | 'busy';
export type SignInCode = ProofCode | 'totpNeeded' | 'tooMany';

export interface SignIn {
  signIn(attempt: SignInAttempt): Promise<Result<NewSession, Refusal<SignInCode>>>;
  /** The password of somebody who is signed in, once more, before something that matters. */
  authenticateAgain(
    personId: string,
    password: string,
  ): Promise<Result<null, Refusal<ProofCode | 'unknownPerson'>>>;
}

export interface SignInPorts {
  readonly connection: Connection;
  readonly persons: Persons;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly box: SecretBox;
  readonly logins: LoginLimits;
  readonly addresses: AddressLimits;
  readonly now: () => number;
  readonly tellEnded: (ended: readonly string[]) => void;
}

export function createSignIn(ports: SignInPorts): SignIn {
  const { persons, addresses, logins } = ports;
  return {
    signIn: async (attempt) => {
      if (!addresses.admit(attempt.address)) return refuse('tooMany', TOO_MANY);
      if (isOversized(attempt)) return refuse('wrong', WRONG);
      const proof = await provePassword(ports, persons.keyOf(attempt.login), attempt.password);
      return proof.ok ? enter(ports, proof.value, attempt) : proof;
    },
    authenticateAgain: async (personId, password) => {
      const person = persons.byId(personId);
      if (!person) return refuseUnknownPerson();
      const proof = await provePassword(ports, person.login_key, password);
      if (!proof.ok) return proof;
      if (proof.value.totp === null) logins.clear(person.login_key);
      return ok(null);
    },
  };
}

/** Whoever has this login, if the password is theirs. Unknown logins take the same way. */
async function provePassword(
  { connection, persons, passwords, logins, now }: SignInPorts,
  loginKey: Uint8Array,
  password: string,
): Promise<Result<PersonRow, Refusal<ProofCode>>> {
  const lockedUntil = logins.lockedUntil(loginKey);
  if (lockedUntil !== null) return refuse('locked', lockedText(lockedUntil - now()));
  if (password.length > PASSWORD_LENGTH_MAX) return refuse('wrong', WRONG);
  const stored = persons.byLogin(loginKey)?.password ?? null;
  const attempt = logins.begin(loginKey);
  const checking = attempt && passwords.check(password, stored);
  if (!checking) {
    attempt?.done();
    return refuse('busy', BUSY);
  }
  let check: PasswordCheck;
  try {
    check = await checking;
  } finally {
    attempt.done();
  }
  if (!connection.open) return refuse('busy', BUSY);
  if (!check.isRight) logins.wrong(loginKey);
  return check.isRight ? confirmProof(persons, loginKey, stored, check) : refuse('wrong', WRONG);
}

/** Looks again at what may have changed while the password was being checked. */
function confirmProof(
  persons: Persons,
  loginKey: Uint8Array,
  stored: string | null,
  { renewed }: PasswordCheck,
): Result<PersonRow, Refusal<ProofCode>> {
  const person = persons.byLogin(loginKey);
  if (!person || person.password !== stored) return refuse('busy', BUSY);
  if (renewed !== null) persons.setPassword(person.person_id, renewed);
  return ok(person);
}

/** The second factor, and then the session: all in one transaction. */
function enter(
  { connection, persons, sessions, box, logins, now, tellEnded }: SignInPorts,
  person: PersonRow,
  { totp, deskId, address }: SignInAttempt,
): Result<NewSession, Refusal<SignInCode>> {
  const { person_id: personId, login_key: loginKey } = person;
  // Asking for the code clears no count: else who knows the password could try codes for ever.
  if (person.totp && !totp) return refuse('totpNeeded', TOTP_NEEDED);
  const open = connection.transaction(() => {
    if (person.totp && !isCodeSpent(persons, box, person, totp ?? '', now())) {
      logins.wrong(loginKey);
      return refuse('wrong', WRONG);
    }
    logins.clear(loginKey);
    return ok(sessions.begin(personId, deskId, address));
  });
  const opened = open.immediate();
  if (!opened.ok) return err(opened.error);
  tellEnded(opened.value.ended);
  return ok(opened.value.session);
}

/** Whether the code was right and had not been used; now it has. */
function isCodeSpent(
  persons: Persons,
  box: SecretBox,
  person: PersonRow,
  code: string,
  now: number,
): boolean {
  if (!person.totp) return false;
  const secret = box.open(person.totp, person.person_id);
  const step = stepOf(secret, code, now);
  return step !== null && persons.spendStep(person.person_id, step);
}

function isOversized({ login, deskId, address, totp = '' }: SignInAttempt): boolean {
  return [login, deskId, address, totp].some((text) => text.length > TEXT_LENGTH_MAX);
}

const WRONG =
  'The login, the password or the code is not right: check all three and try again. ' +
  `After ${WRONG_UNTIL_LOCKED} wrong attempts a login is locked for a while.`;
const BUSY = 'The server is checking other passwords: try again in a few seconds.';
const TOO_MANY = 'There were too many attempts from this address: wait a minute and try again.';
const TOTP_NEEDED = 'Enter the six digits that your authenticator app shows now.';

function lockedText(leftMs: number): string {
  const minutes = Math.ceil(leftMs / 60_000);
  return (
    `After too many wrong attempts this login is locked: try again in ${minutes} ` +
    `${minutes === 1 ? 'minute' : 'minutes'}, or ask an admin for a set-up code.`
  );
}
