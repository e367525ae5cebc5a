import { createFileOutbox, type FileOutboxOptions } from '#server/payments/file-outbox.ts';
import { paymentCsv } from '#server/payments/files/csv.ts';
import type { BatchPayments } from '#server/payments/payment-provider.ts';

/** Lists for a person who pays outside this system. */
export function createCsvExport(options: FileOutboxOptions): BatchPayments {
  return createFileOutbox({ id: 'csv-export', extension: 'csv', write: paymentCsv }, options);
}
