import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOf } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { PayeeRef } from '#core/payouts/payouts.events.ts';
import { plainTextProblem } from '#core/signing/strict-json.ts';
import type { Connection, Migration } from '../store/open.ts';
import { bicProblem, ibanProblem, OTHER_ACCOUNT_LENGTH_MAX } from './files/account.ts';
import { swiftProblem } from './files/characters.ts';
import { NAME_LENGTH_MAX } from './files/payment-batch.ts';
import { openPrivateDatabase } from './private-database.ts';

const SALT_BYTES = 32;
const LAST_LENGTH = 4;

/** Whom to pay and how. Exactly one of IBAN and account. */
export const payeeDetailsSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(NAME_LENGTH_MAX)
    .describe('The holder of the account, written as the bank writes it.'),
  method: z.enum(['bankTransfer', 'testRail', 'csvExport']),
  iban: z.string().max(34).optional().describe('Capitals and digits without blanks.'),
  account: z
    .string()
    .min(4)
    .max(OTHER_ACCOUNT_LENGTH_MAX)
    .optional()
    .describe('The number of an account that has no IBAN.'),
  bic: z.string().max(11).optional(),
  region: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable()
    .describe('ISO 3166 code of the country of the payee; null when it is not known.'),
});
export type PayeeDetails = z.output<typeof payeeDetailsSchema>;

/** What is wrong with one field, as a sentence that says what to send instead. */
export interface PayeeProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * Names and account numbers of payees, apart from the log, which knows them by a digest alone. What
 * is erased here is gone everywhere; the log stays whole.
 */
export interface PayeeVault {
  /** The same details of the same trader give the same digest, for as long as they are kept. */
  keep(traderId: string, details: unknown): Result<PayeeRef, PayeeProblem>;
  /** Refuses details that were erased, or are not those that the digest was made of. */
  find(digest: string): Result<PayeeDetails, string>;
  /** Removes all that is known of a trader's payees; how many there were. */
  erase(traderId: string): number;
  close(): void;
}

const migrations: readonly Migration[] = [
  {
    number: 10,
    sql: `
      CREATE TABLE trader (trader_id TEXT PRIMARY KEY, salt BLOB NOT NULL) STRICT;
      CREATE TABLE payee (
        digest TEXT PRIMARY KEY,
        trader_id TEXT NOT NULL REFERENCES trader,
        details TEXT NOT NULL
      ) STRICT;
      CREATE INDEX payee_trader ON payee (trader_id);
    `,
  },
];

export function openPayeeVault(
  file: string,
  random: (bytes: number) => Uint8Array = randomBytes,
): PayeeVault {
  const connection = openPrivateDatabase(file, migrations);
  // What is erased is overwritten: it does not live on in free pages.
  connection.pragma('secure_delete = ON');
  const insert = connection.prepare('INSERT OR IGNORE INTO payee VALUES (?, ?, ?)');
  const saltOf = salts(connection, random);
  const keep = connection.transaction((traderId: string, details: PayeeDetails): string => {
    const digest = payeeDigest(saltOf(traderId), details);
    insert.run(digest, traderId, canonicalText(details));
    return digest;
  });
  return {
    keep: (traderId, input) => {
      const read = readPayee(input);
      if (!read.ok) return read;
      const details = read.value;
      const { method, region } = details;
      const digest = keep.immediate(traderId, details);
      return ok({ digest, last4: lastOf(accountOf(details)), method, region });
    },
    find: finder(connection),
    erase: (traderId) => erase(connection, traderId),
    close: () => void connection.close(),
  };
}

/** One salt for each trader: whoever has the log cannot try out account numbers against it. */
function salts(
  connection: Connection,
  random: (bytes: number) => Uint8Array,
): (traderId: string) => Uint8Array {
  const read = connection.prepare('SELECT salt FROM trader WHERE trader_id = ?').pluck();
  const insert = connection.prepare('INSERT OR IGNORE INTO trader VALUES (?, ?)');
  return (traderId) => {
    insert.run(traderId, random(SALT_BYTES));
    return read.get(traderId) as Uint8Array;
  };
}

function payeeDigest(salt: Uint8Array, details: PayeeDetails): string {
  return digestOf({ salt: Buffer.from(salt).toString('hex'), details });
}

interface PayeeRow {
  readonly details: string;
  readonly salt: Uint8Array;
}

/** The digest is made again: who changes a row changes a payee that nobody approved. */
function finder(connection: Connection): PayeeVault['find'] {
  const read = connection.prepare(
    'SELECT details, salt FROM payee JOIN trader USING (trader_id) WHERE digest = ?',
  );
  return (digest) => {
    const row = read.get(digest) as PayeeRow | undefined;
    if (!row) return err('the payee’s details are not kept here, or were erased');
    const details = detailsIn(row.details);
    const isSame = details !== null && payeeDigest(row.salt, details) === digest;
    return isSame ? ok(details) : err('the payee’s details were changed after they were approved');
  };
}

function detailsIn(text: string): PayeeDetails | null {
  try {
    return payeeDetailsSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function erase(connection: Connection, traderId: string): number {
  const remove = connection.transaction(() => {
    const { changes } = connection.prepare('DELETE FROM payee WHERE trader_id = ?').run(traderId);
    connection.prepare('DELETE FROM trader WHERE trader_id = ?').run(traderId);
    return changes;
  });
  const erased = remove.immediate();
  // Older pages also lie in the write-ahead log until it is taken over and cut off.
  connection.pragma('wal_checkpoint(TRUNCATE)');
  return erased;
}

/** The number of the account, whichever kind it is. */
export function accountOf({ iban, account }: Pick<PayeeDetails, 'iban' | 'account'>): string {
  return iban ?? account ?? '';
}

/** What people recognise an account by. */
export function lastOf(number: string): string {
  return number.slice(-LAST_LENGTH);
}

function readPayee(input: unknown): Result<PayeeDetails, PayeeProblem> {
  const parsed = payeeDetailsSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return err({ path: issue?.path.join('.') ?? '', message: issue?.message ?? 'is malformed' });
  }
  const problem = payeeProblem(parsed.data);
  return problem ? err(problem) : ok(parsed.data);
}

/** The first reason why nobody could be paid so, or could be taken for somebody else. */
function payeeProblem(details: PayeeDetails): PayeeProblem | null {
  const { name, iban, account, bic, method } = details;
  if ((iban === undefined) === (account === undefined)) {
    return { path: 'iban', message: 'send either an IBAN or an account number, and not both' };
  }
  const checks: readonly (readonly [path: string, problem: string | null])[] = [
    ['name', textProblem(name)],
    ['account', account === undefined ? null : textProblem(account)],
    ['iban', iban === undefined ? null : ibanProblem(iban)],
    ['bic', bic === undefined ? null : bicProblem(bic)],
    // Banks pass on no other characters, and a name that was changed on the way is another payee.
    ['name', method === 'testRail' ? null : swiftProblem(name, NAME_LENGTH_MAX)],
    ['account', account === undefined ? null : swiftProblem(account, OTHER_ACCOUNT_LENGTH_MAX)],
  ];
  const found = checks.find(([, problem]) => problem !== null);
  return found ? { path: found[0], message: `the ${found[0]} ${found[1]}` } : null;
}

function textProblem(text: string): string | null {
  const problem = plainTextProblem(text);
  if (problem !== null) return problem;
  if (text !== text.trim()) return 'begins or ends with a blank';
  return / {2}/.test(text) ? 'has two blanks in a row' : null;
}
