import { hash } from 'node:crypto';
import { ok, type Result } from '#core/kernel/result.ts';
import type { Connection } from '../store/open.ts';
import { passwordProblem, type Passwords } from './passwords.ts';
import type { PersonRow, Persons } from './persons.ts';
import { refuse, refuseUnknownPerson, type Refusal } from './refusal.ts';
import type { RandomBytes } from './secret-box.ts';
import { base32Of } from './totp.ts';

/** One code at a time for each person: a newer one takes the older one's place. */
export const INVITE_MS = 24 * 60 * 60_000;
/** 120 random bits, which are 24 letters without a rest. */
const CODE_BYTES = 15;

export type AcceptCode = 'codeRefused' | 'weakPassword' | 'busy';

export interface Invites {
  invite(personId: string): Result<string, Refusal<'unknownPerson'>>;
  accept(
    code: string,
    password: string,
  ): Promise<Result<{ readonly personId: string }, Refusal<AcceptCode>>>;
  removeExpired(): void;
}

export interface InvitePorts {
  readonly connection: Connection;
  readonly persons: Persons;
  readonly passwords: Passwords;
  readonly now: () => number;
  readonly random: RandomBytes;
  /** Inside the transaction that sets the password. Returns the sessions that it ended. */
  readonly onPasswordSet: (person: PersonRow) => readonly string[];
  readonly tellEnded: (ended: readonly string[]) => void;
}

export function createInvites(ports: InvitePorts): Invites {
  const { connection, persons, now, random } = ports;
  const insert = connection.prepare('INSERT OR REPLACE INTO invite VALUES (?, ?, ?)');
  const removeExpired = connection.prepare('DELETE FROM invite WHERE expires_at <= ?');
  return {
    invite: (personId) => {
      if (!persons.byId(personId)) return refuseUnknownPerson();
      const letters = base32Of(random(CODE_BYTES));
      insert.run(personId, hashOf(letters), now() + INVITE_MS);
      return ok(letters.replaceAll(/(.{4})(?=.)/g, '$1-'));
    },
    accept: accepter(ports),
    removeExpired: () => void removeExpired.run(now()),
  };
}

function accepter(ports: InvitePorts): Invites['accept'] {
  const { connection, persons, passwords, now, onPasswordSet, tellEnded } = ports;
  const byCode = connection
    .prepare('SELECT person_id FROM invite WHERE code_hash = ? AND expires_at > ?')
    .pluck();
  const invited = (codeHash: Uint8Array): PersonRow | null => {
    const personId = byCode.get(codeHash, now()) as string | undefined;
    return personId === undefined ? null : persons.byId(personId);
  };
  const spend = connection.prepare('DELETE FROM invite WHERE code_hash = ?');
  const keep = connection.transaction((codeHash: Uint8Array, stored: string) => {
    const person = invited(codeHash);
    if (!person) return refuse('codeRefused', CODE_REFUSED);
    spend.run(codeHash);
    persons.setPassword(person.person_id, stored);
    return ok({ personId: person.person_id, ended: onPasswordSet(person) });
  });
  return async (code, password) => {
    const codeHash = hashOf(code.toUpperCase().replaceAll(/[^A-Z2-7]/g, ''));
    const person = invited(codeHash);
    if (!person) return refuse('codeRefused', CODE_REFUSED);
    const problem = passwordProblem(password, person);
    if (problem !== null) return refuse('weakPassword', problem);
    const hashing = passwords.hash(password);
    if (!hashing) return refuse('busy', 'The server is busy: try again in a few seconds.');
    const stored = await hashing;
    if (!connection.open) return refuse('busy', 'The server is stopping: try again later.');
    // Looked up again: meanwhile the code may have been used, replaced or run out.
    const kept = keep.immediate(codeHash, stored);
    if (!kept.ok) return kept;
    const { personId, ended } = kept.value;
    tellEnded(ended);
    return ok({ personId });
  };
}

const CODE_REFUSED =
  'This set-up code does not work: each works once and for 24 hours. Ask an admin for a new one.';

function hashOf(letters: string): Uint8Array {
  return hash('sha256', letters, 'buffer');
}
