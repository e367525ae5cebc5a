import fc from 'fast-check';
import { exponentOf } from '#core/payouts/amount-words.ts';
import type { Payment, PaymentBatch } from '../payment-batch.ts';
import { batch, IBANS } from './messages.ts';

const SWIFT = [..."ABCXYZabcxyz0189-?:().,'+"];
const word = fc.string({ unit: fc.constantFrom(...SWIFT), minLength: 1, maxLength: 12 });
const words = fc.array(word, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(' '));
const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'CLF', 'XOF');
const account = fc.oneof(
  fc.constantFrom(...Object.values(IBANS)).map((iban) => ({ kind: 'iban', iban }) as const),
  fc.stringMatching(/^[A-Z0-9]{1,34}$/).map((id) => ({ kind: 'other', id }) as const),
);
const minorUnits = fc.oneof(
  fc.integer({ min: 1, max: 1_000 }),
  fc.integer({ min: 1, max: 10_000_000_000 }),
);

/** Batches that a bank takes, in currencies of every number of decimals. */
export const randomBatch: fc.Arbitrary<PaymentBatch> = fc
  .record({
    currency,
    payments: fc.array(
      fc.record({
        name: words,
        account,
        units: minorUnits,
        remittance: words,
        withBic: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map((given) => {
    const unit = 10 ** (4 - exponentOf(given.currency));
    const payments = given.payments.map((one, at): Payment => ({
      instructionId: `I-${at}`,
      endToEndId: `E-${at}`,
      amount: one.units * unit,
      payee: {
        name: one.name,
        account: one.account,
        ...(one.withBic ? { bic: 'NWBKGB2L' } : {}),
      },
      remittance: one.remittance,
    }));
    return { ...batch, currency: given.currency, payments };
  });
