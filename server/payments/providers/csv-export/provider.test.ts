import { describe, expect, it } from 'vitest';
import { readCsv } from '#server/payments/files/csv.ts';
import { describePaymentProvider } from '#server/payments/payment-provider.contract.ts';
import { openFileRig } from '#server/payments/testing/file-rig.ts';
import { orderOf } from '#server/payments/testing/orders.ts';
import { createCsvExport } from './provider.ts';

describePaymentProvider('csv-export', () => Promise.resolve(openFileRig(createCsvExport)));

describe('a list of payments', () => {
  it('is a table that a person can pay from', async () => {
    const rig = openFileRig(createCsvExport);
    const order = orderOf('one');
    await rig.provider.submitBatch([order]);
    const rows = readCsv(rig.files()[0]?.text ?? '');
    expect(rows.ok && rows.value[1]?.slice(2, 8)).toEqual([
      order.instruction.instructionId,
      order.instruction.instructionId,
      '4000.00',
      'USD',
      'Tess Trader',
      'CZ6508000000192000145399',
    ]);
    await rig.close();
  });
});
