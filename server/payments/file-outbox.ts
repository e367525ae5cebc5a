import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestOf, digestOfText } from '#core/kernel/digest.ts';
import { err, type Result } from '#core/kernel/result.ts';
import type { PaymentData } from '#core/payouts/payouts.events.ts';
import type { Connection, Migration } from '../store/open.ts';
import {
  PAYMENTS_MAX,
  type Debtor,
  type Payment,
  type PaymentBatch,
} from './files/payment-batch.ts';
import { accountOf, type PayeeDetails } from './payee-vault.ts';
import { openPrivateDatabase } from './private-database.ts';
import {
  frozen,
  unknown,
  wordsOf,
  type BatchPayments,
  type PaymentOrder,
  type Queried,
  type Submitted,
} from './payment-provider.ts';

export interface FileOutboxOptions {
  /** Files are handed over in `outbox` within it, for a person or a bank's program to take away. */
  readonly folder: string;
  /** The name of the firm that pays. */
  readonly initiator: string;
  /** The account from which each currency is paid. */
  readonly debtors: Readonly<Record<string, Debtor>>;
  /** The day on which the bank is to pay, "2026-11-20". */
  executionDate(currency: string, at: number): string;
  readonly now: () => number;
}

export interface FileFormat {
  readonly id: string;
  readonly extension: string;
  write(batch: PaymentBatch): Result<string, string>;
}

const migrations: readonly Migration[] = [
  {
    number: 10,
    sql: `
      CREATE TABLE file (message_id TEXT PRIMARY KEY, made_at INTEGER NOT NULL) STRICT;
      -- What was handed over, for ever: neither names nor accounts, which are in the file alone.
      CREATE TABLE instruction (
        instruction_id TEXT PRIMARY KEY,
        message_id TEXT NOT NULL REFERENCES file,
        order_digest TEXT NOT NULL
      ) STRICT;
    `,
  },
];

/**
 * Payments that leave as files. A file is whole on the disk, then its instructions are noted for
 * ever, then it is handed over by renaming it: after a crash at any point, what was noted is handed
 * over exactly once, and what was not is not. Nothing here says that anybody was paid.
 */
export function createFileOutbox(format: FileFormat, options: FileOutboxOptions): BatchPayments {
  const shelves = openShelves(options.folder, format.extension);
  const submitBatch = (orders: readonly PaymentOrder[]): Promise<ReadonlyMap<string, Submitted>> =>
    Promise.resolve(submitAll(orders, shelves, format, options));
  return {
    id: format.id,
    batches: true,
    submitBatch,
    submit: async (order) =>
      (await submitBatch([order])).get(order.instruction.instructionId) ?? unknown('no answer'),
    query: (instruction) => Promise.resolve(query(instruction, shelves)),
    close: () => shelves.close(),
  };
}

/** Where files wait and what is known of them; opened when first needed, so that it can fail then. */
interface Shelves {
  readonly outbox: string;
  readonly staging: string;
  readonly extension: string;
  connection(): Connection;
  close(): void;
}

function openShelves(folder: string, extension: string): Shelves {
  const outbox = join(folder, 'outbox');
  const staging = join(folder, 'staging');
  let open: Connection | null = null;
  return {
    outbox,
    staging,
    extension,
    connection: () => {
      mkdirSync(outbox, { recursive: true, mode: 0o700 });
      mkdirSync(staging, { recursive: true, mode: 0o700 });
      open ??= openPrivateDatabase(join(folder, 'files.sqlite'), migrations);
      return open;
    },
    close: () => {
      open?.close();
      open = null;
    },
  };
}

function query(instruction: PaymentData, shelves: Shelves): Queried {
  try {
    const connection = shelves.connection();
    handOver(connection, shelves);
    return knownOf(instruction, connection) ?? { type: 'notKnown' };
  } catch (error) {
    return unknown(`The payment files cannot be read: ${wordsOf(error)}`);
  }
}

function submitAll(
  orders: readonly PaymentOrder[],
  shelves: Shelves,
  format: FileFormat,
  options: FileOutboxOptions,
): ReadonlyMap<string, Submitted> {
  const answers = new Map<string, Submitted>();
  const answer = ({ instruction }: PaymentOrder, said: Submitted): void =>
    void answers.set(instruction.instructionId, said);
  try {
    const connection = shelves.connection();
    handOver(connection, shelves);
    const byKey = new Map(orders.map((order) => [order.instruction.instructionId, order]));
    const fresh = [...byKey.values()].filter((order) => {
      const said = knownOf(order.instruction, connection) ?? refusalOf(order, format, options);
      if (said) answer(order, said);
      return said === null;
    });
    for (const batch of batchesOf(fresh)) {
      const said = send(batch, connection, shelves, format, options);
      for (const order of batch) answer(order, said);
    }
  } catch (error) {
    const said = unknown(`The payment file could not be written: ${wordsOf(error)}`);
    for (const order of orders)
      if (!answers.has(order.instruction.instructionId)) answer(order, said);
  }
  return answers;
}

/** Amount, currency and payee: what may never change under one key. */
function orderDigest({ amount, currency, payee }: PaymentData): string {
  return digestOf({ amount, currency, payee: payee.digest });
}

function knownOf(instruction: PaymentData, connection: Connection): Submitted | null {
  const row = connection
    .prepare('SELECT message_id, order_digest FROM instruction WHERE instruction_id = ?')
    .get(instruction.instructionId) as { message_id: string; order_digest: string } | undefined;
  if (!row) return null;
  return row.order_digest === orderDigest(instruction)
    ? { type: 'sent', reference: row.message_id }
    : frozen(`file ${row.message_id} has another amount or payee under this key`);
}

/** Each order is tried alone, so that one that no bank takes does not keep the others back. */
function refusalOf(
  order: PaymentOrder,
  format: FileFormat,
  options: FileOutboxOptions,
): Submitted | null {
  const { currency } = order.instruction;
  const batch = batchOf([order], options);
  if (!batch) {
    return unknown(`No account of the firm is set up from which ${currency} is paid`);
  }
  if (format.write(batch).ok) return null;
  // The reason names the payee, and messages are kept for ever.
  return {
    type: 'declined',
    message:
      'The file cannot hold this payment: its amount, name, account or BIC is none that banks take',
  };
}

function batchesOf(orders: readonly PaymentOrder[]): PaymentOrder[][] {
  const byCurrency = Map.groupBy(orders, ({ instruction }) => instruction.currency);
  return [...byCurrency.values()].flatMap((same) => {
    const parts: PaymentOrder[][] = [];
    for (let at = 0; at < same.length; at += PAYMENTS_MAX)
      parts.push(same.slice(at, at + PAYMENTS_MAX));
    return parts;
  });
}

function send(
  orders: readonly PaymentOrder[],
  connection: Connection,
  shelves: Shelves,
  format: FileFormat,
  options: FileOutboxOptions,
): Submitted {
  const batch = batchOf(orders, options);
  const written = batch ? format.write(batch) : err('no account to pay from');
  if (!batch || !written.ok)
    return unknown('The file could not be made of these payments together');
  stage(stagedFile(batch.messageId, shelves), written.value);
  note(batch, orders, connection);
  handOver(connection, shelves);
  return { type: 'sent', reference: batch.messageId };
}

function batchOf(orders: readonly PaymentOrder[], options: FileOutboxOptions): PaymentBatch | null {
  const currency = orders[0]?.instruction.currency ?? '';
  const debtor = Object.hasOwn(options.debtors, currency) ? options.debtors[currency] : undefined;
  if (!debtor) return null;
  const at = options.now();
  return {
    messageId: messageIdOf(orders),
    createdAt: at,
    initiator: options.initiator,
    debtor,
    executionDate: options.executionDate(currency, at),
    currency,
    payments: orders.map(paymentOf),
  };
}

/** Follows from what is in it: the same orders are never two files. */
function messageIdOf(orders: readonly PaymentOrder[]): string {
  const ids = orders.map(({ instruction }) => instruction.instructionId).sort();
  return `PF${digestOfText(ids.join('\n')).slice(0, 30).toUpperCase()}`;
}

function paymentOf({ instruction, payee }: PaymentOrder): Payment {
  const { instructionId, amount } = instruction;
  return {
    instructionId,
    endToEndId: instructionId,
    amount,
    payee: {
      name: payee.name,
      account: bankAccountOf(payee),
      ...(payee.bic === undefined ? {} : { bic: payee.bic }),
    },
    remittance: `Payout ${instructionId}`,
  };
}

function bankAccountOf(payee: PayeeDetails): Payment['payee']['account'] {
  return payee.iban === undefined
    ? { kind: 'other', id: accountOf(payee) }
    : { kind: 'iban', iban: payee.iban };
}

function stagedFile(messageId: string, { staging, extension }: Shelves): string {
  return join(staging, `${messageId}.${extension}`);
}

function stage(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600, flush: true });
  syncFolder(join(file, '..'));
}

function note(
  { messageId, createdAt }: PaymentBatch,
  orders: readonly PaymentOrder[],
  connection: Connection,
): void {
  const insert = connection.prepare('INSERT INTO instruction VALUES (?, ?, ?)');
  const noteAll = connection.transaction(() => {
    connection.prepare('INSERT INTO file VALUES (?, ?)').run(messageId, createdAt);
    for (const { instruction } of orders)
      insert.run(instruction.instructionId, messageId, orderDigest(instruction));
  });
  noteAll.immediate();
}

/** What is staged and noted leaves; what is staged and not noted was never ordered to the end. */
function handOver(connection: Connection, shelves: Shelves): void {
  const { staging, outbox, extension } = shelves;
  const isNoted = connection.prepare('SELECT 1 FROM file WHERE message_id = ?');
  for (const name of readdirSync(staging)) {
    const messageId = name.slice(0, -extension.length - 1);
    const noted = name === `${messageId}.${extension}` && isNoted.get(messageId) !== undefined;
    if (noted) renameSync(join(staging, name), join(outbox, name));
    else rmSync(join(staging, name), { recursive: true, force: true });
    if (noted) syncFolder(outbox);
  }
}

/** A new name is on the disk once its folder is; Windows writes folders through by itself. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32' || !existsSync(folder)) return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
