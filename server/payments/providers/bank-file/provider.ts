import { createFileOutbox, type FileOutboxOptions } from '#server/payments/file-outbox.ts';
import { writePain001 } from '#server/payments/files/pain001.ts';
import type { BatchPayments } from '#server/payments/payment-provider.ts';

/**
 * Payment orders for a bank as ISO 20022 files (pain.001.001.09). That a file was taken says
 * nothing: a payment's end comes with the bank's own reports.
 */
export function createBankFile(options: FileOutboxOptions): BatchPayments {
  return createFileOutbox({ id: 'bank-file', extension: 'xml', write: writePain001 }, options);
}
