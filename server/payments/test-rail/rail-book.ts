import { createHash } from 'node:crypto';
import type { Migration } from '#server/store/open.ts';
import { openPrivateDatabase } from '../private-database.ts';
import { railPaymentSchema, type RailOrder, type RailPayment } from '../rail-messages.ts';

const migrations: readonly Migration[] = [
  {
    number: 10,
    sql: `
      CREATE TABLE payment (
        key TEXT PRIMARY KEY,
        -- What was ordered under the key: another order under it is refused, for ever.
        order_digest TEXT NOT NULL,
        payment TEXT NOT NULL,
        changed_at INTEGER NOT NULL
      ) STRICT;
    `,
  },
];

export interface BookedPayment {
  readonly payment: RailPayment;
  readonly changedAt: number;
}

/** What the test rail has been told and has done: kept in a file, it outlives the rail. */
export interface RailBook {
  /** Null when the key is free; `differs` when another order stands under it. */
  known(key: string, order: RailOrder): RailPayment | 'differs' | null;
  find(key: string): RailPayment | null;
  put(payment: RailPayment, order: RailOrder, at: number): void;
  change(key: string, state: RailPayment['state'], at: number): void;
  all(): BookedPayment[];
  close(): void;
}

export function openRailBook(file: string): RailBook {
  const connection = openPrivateDatabase(file, migrations);
  const select = connection.prepare('SELECT * FROM payment WHERE key = ?');
  const find = (key: string): RailPayment | null => {
    const row = select.get(key) as Row | undefined;
    return row ? paymentIn(row) : null;
  };
  return {
    known: (key, order) => {
      const row = select.get(key) as Row | undefined;
      if (!row) return null;
      return row.order_digest === digestOf(order) ? paymentIn(row) : 'differs';
    },
    find,
    put: (payment, order, at) => {
      connection
        .prepare('INSERT INTO payment VALUES (?, ?, ?, ?)')
        .run(payment.key, digestOf(order), JSON.stringify(payment), at);
    },
    change: (key, state, at) => {
      const payment = find(key);
      if (!payment) return;
      connection
        .prepare('UPDATE payment SET payment = ?, changed_at = ? WHERE key = ?')
        .run(JSON.stringify({ ...payment, state }), at, key);
    },
    all: () =>
      (connection.prepare('SELECT * FROM payment ORDER BY rowid').all() as Row[]).map((row) => ({
        payment: paymentIn(row),
        changedAt: row.changed_at,
      })),
    close: () => void connection.close(),
  };
}

interface Row {
  readonly order_digest: string;
  readonly payment: string;
  readonly changed_at: number;
}

function paymentIn({ payment }: Row): RailPayment {
  return railPaymentSchema.parse(JSON.parse(payment));
}

function digestOf(order: RailOrder): string {
  return createHash('sha256').update(JSON.stringify(order)).digest('hex');
}
