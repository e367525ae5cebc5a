import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAmount } from './currency.ts';
import { writePain001 } from './pain001.ts';
import { batchProblems, PAYMENTS_MAX, type PaymentBatch } from './payment-batch.ts';
import { createMessageReader } from './reader.ts';
import { batch, IBANS, payment, secondPayment, withPayment } from './testing/messages.ts';
import { randomBatch } from './testing/random-batch.ts';
import { readXml, type XmlElement } from './xml.ts';

function written(given: PaymentBatch): string {
  const result = writePain001(given);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function rootOf(text: string): XmlElement {
  const result = readXml(text);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** Every text with its path and attributes: what a bank's program sees. */
function leaves(element: XmlElement, path = ''): string[] {
  const attributes = [...element.attributes].map(([name, value]) => `[${name}=${value}]`).join('');
  const here = `${path}/${element.name}${attributes}`;
  if (element.children.length === 0) return [`${here} ${element.text}`];
  return element.children.flatMap((child) => leaves(child, here));
}

describe('writePain001', () => {
  it('writes one payment information with a transfer per payment, amounts by the currency', () => {
    const root = rootOf(written(batch));
    const transfer = '/CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf';
    expect([root.name, root.namespace]).toEqual([
      'Document',
      'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09',
    ]);
    expect(root.children.flatMap((child) => leaves(child))).toEqual([
      '/CstmrCdtTrfInitn/GrpHdr/MsgId PD-20261120-1',
      '/CstmrCdtTrfInitn/GrpHdr/CreDtTm 2026-11-20T09:30:01Z',
      '/CstmrCdtTrfInitn/GrpHdr/NbOfTxs 2',
      '/CstmrCdtTrfInitn/GrpHdr/CtrlSum 1234.57',
      '/CstmrCdtTrfInitn/GrpHdr/InitgPty/Nm Example Props',
      '/CstmrCdtTrfInitn/PmtInf/PmtInfId PD-20261120-1',
      '/CstmrCdtTrfInitn/PmtInf/PmtMtd TRF',
      '/CstmrCdtTrfInitn/PmtInf/NbOfTxs 2',
      '/CstmrCdtTrfInitn/PmtInf/CtrlSum 1234.57',
      '/CstmrCdtTrfInitn/PmtInf/ReqdExctnDt/Dt 2026-11-23',
      '/CstmrCdtTrfInitn/PmtInf/Dbtr/Nm Example Props',
      `/CstmrCdtTrfInitn/PmtInf/DbtrAcct/Id/IBAN ${IBANS.ours}`,
      '/CstmrCdtTrfInitn/PmtInf/DbtrAgt/FinInstnId/BICFI COBADEFF370',
      `${transfer}/PmtId/InstrId PAYOUT-41`,
      `${transfer}/PmtId/EndToEndId PO-2026-000041`,
      `${transfer}/Amt/InstdAmt[Ccy=EUR] 1234.56`,
      `${transfer}/CdtrAgt/FinInstnId/BICFI NWBKGB2L`,
      `${transfer}/Cdtr/Nm Ada Tester`,
      `${transfer}/CdtrAcct/Id/IBAN ${IBANS.british}`,
      `${transfer}/RmtInf/Ustrd Profit share, account 7001`,
      `${transfer}/PmtId/InstrId PAYOUT-42`,
      `${transfer}/PmtId/EndToEndId PO-2026-000042`,
      `${transfer}/Amt/InstdAmt[Ccy=EUR] 0.01`,
      `${transfer}/Cdtr/Nm B. Trader (Ltd)`,
      `${transfer}/CdtrAcct/Id/Othr/Id 000123456`,
    ]);
  });

  it.each([
    ['EUR', 12_345_600, '1234.56'],
    ['JPY', 50_000_000, '5000'],
    ['KRW', 10_000, '1'],
    ['KWD', 12_345_670, '1234.567'],
    ['BHD', 10, '0.001'],
    ['CLF', 1, '0.0001'],
    ['USD', 9_007_199_254_740_900, '900719925474.09'],
  ])('writes %s %d as %s', (currency, amount, text) => {
    const file = written({ ...withPayment({ amount }), currency });
    expect(file).toContain(`<InstdAmt Ccy="${currency}">${text}</InstdAmt>`);
    expect(file).toContain(`<CtrlSum>${text}</CtrlSum>`);
  });

  it('is read back with every amount as it was, whatever the batch', () => {
    const reader = createMessageReader();
    fc.assert(
      fc.property(randomBatch, (given) => {
        const body = reader.required(rootOf(written(given)), 'CstmrCdtTrfInitn');
        const transfers = reader.all(reader.required(body, 'PmtInf'), 'CdtTrfTxInf');
        const read = transfers.map((transfer) => [
          reader.text(transfer, 'PmtId', 'EndToEndId'),
          reader.optionalAmount(reader.required(transfer, 'Amt'), 'InstdAmt'),
          reader.account(reader.required(transfer, 'CdtrAcct')),
          reader.text(transfer, 'Cdtr', 'Nm'),
        ]);
        const { currency, payments } = given;
        expect(read).toEqual(
          payments.map(({ endToEndId, amount, payee }) => [
            endToEndId,
            { amount, currency },
            payee.account,
            payee.name,
          ]),
        );
        const total = readAmount(reader.text(body, 'GrpHdr', 'CtrlSum') ?? '', currency);
        const sum = payments.reduce((before, { amount }) => before + amount, 0);
        expect([total, reader.refusal()]).toEqual([{ ok: true, value: sum }, null]);
      }),
      { seed: 20_261_120, numRuns: 200 },
    );
  });
});

describe('a batch that a bank would refuse or change is not written', () => {
  const place = 'payment 1 ("PO-2026-000041")';
  it.each<[string, PaymentBatch, string]>([
    [
      'a fraction of a cent',
      withPayment({ amount: 12_345_650 }),
      `${place}: amount is 1234.5650, and EUR has 2 decimals`,
    ],
    [
      'a fraction of a yen',
      { ...withPayment({ amount: 15_000 }), currency: 'JPY' },
      `${place}: amount is 1.5000, and JPY has 0 decimals`,
    ],
    ['nothing', withPayment({ amount: 0 }), `${place}: amount is 0.00, not above zero`],
    [
      'less than nothing',
      withPayment({ amount: -100 }),
      `${place}: amount is -0.01, not above zero`,
    ],
    [
      'no number',
      withPayment({ amount: Number.NaN }),
      `${place}: amount is not a whole number of units`,
    ],
    [
      'more than can be counted',
      withPayment({ amount: 2 ** 60 }),
      `${place}: amount is not a whole number of units`,
    ],
    [
      'a long reference',
      withPayment({ endToEndId: 'X'.repeat(36) }),
      'end-to-end id has 36 characters, and 35 are allowed',
    ],
    ['an empty reference', withPayment({ instructionId: '' }), `${place}: instruction id is empty`],
    [
      'a reference with an underscore',
      withPayment({ endToEndId: 'PO_1' }),
      'payment 1 ("PO_1"): end-to-end id holds "_" (U+005F) at position 3, outside the SWIFT character set',
    ],
    ['a reference with slashes in a row', withPayment({ endToEndId: 'PO//1' }), 'or holds "//"'],
    [
      'a reference that begins with a slash',
      withPayment({ instructionId: '/PO' }),
      'begins or ends with "/"',
    ],
    [
      'the word for no reference',
      withPayment({ endToEndId: 'NOTPROVIDED' }),
      'end-to-end id means that there is none',
    ],
    [
      'a name with an accent',
      withPayment({ payee: { ...payment.payee, name: 'Renée' } }),
      `${place}: payee name holds "é" (U+00E9) at position 4, outside the SWIFT character set`,
    ],
    [
      'a name that turns around',
      withPayment({ payee: { ...payment.payee, name: 'Ada \u202Eretset' } }),
      'payee name holds U+202E, a character that does not show at position 5',
    ],
    [
      'a name with markup',
      withPayment({ payee: { ...payment.payee, name: 'Ada <b>' } }),
      'payee name holds "<"',
    ],
    [
      'a name with a line end',
      withPayment({ payee: { ...payment.payee, name: 'Ada\nTester' } }),
      'payee name holds',
    ],
    [
      'a long name',
      withPayment({ payee: { ...payment.payee, name: 'A'.repeat(141) } }),
      'payee name has 141 characters, and 140 are allowed',
    ],
    [
      'an IBAN with a typing error',
      withPayment({
        payee: { ...payment.payee, account: { kind: 'iban', iban: 'GB29NWBK60161331926818' } },
      }),
      `${place}: payee account "GB29NWBK60161331926818" fails the check digits of an IBAN`,
    ],
    [
      'an IBAN with blanks',
      withPayment({
        payee: { ...payment.payee, account: { kind: 'iban', iban: 'GB29 NWBK 6016 1331 9268 19' } },
      }),
      'does not look like an IBAN',
    ],
    [
      'a long account',
      withPayment({ payee: { ...payment.payee, account: { kind: 'other', id: '1'.repeat(35) } } }),
      'has 35 characters, and 34 are allowed',
    ],
    [
      'a wrong BIC',
      withPayment({ payee: { ...payment.payee, bic: 'NWBK' } }),
      `${place}: payee BIC "NWBK" does not look like a BIC`,
    ],
    [
      'a long remittance',
      withPayment({ remittance: 'x'.repeat(141) }),
      'remittance has 141 characters',
    ],
    [
      'the same end-to-end id twice',
      { ...batch, payments: [payment, { ...secondPayment, endToEndId: payment.endToEndId }] },
      'payment 2 ("PO-2026-000041"): end-to-end id is that of payment 1 too',
    ],
    [
      'the same instruction id twice',
      { ...batch, payments: [payment, { ...secondPayment, instructionId: payment.instructionId }] },
      'payment 2 ("PO-2026-000042"): instruction id is that of payment 1 too',
    ],
    ['no payments', { ...batch, payments: [] }, 'the batch holds no payments'],
    [
      'too many payments',
      { ...batch, payments: Array.from({ length: PAYMENTS_MAX + 1 }, () => payment) },
      'the batch holds more than 10000 payments',
    ],
    ['a long message id', { ...batch, messageId: 'M'.repeat(36) }, 'message id has 36 characters'],
    [
      'a day that does not exist',
      { ...batch, executionDate: '2026-02-29' },
      'execution date "2026-02-29" is no date',
    ],
    [
      'a currency in small letters',
      { ...batch, currency: 'eur' },
      'currency "eur" is not three capitals',
    ],
    ['a creation time that is none', { ...batch, createdAt: 1.5 }, 'createdAt 1.5 is no time'],
    [
      'a debtor IBAN that fails',
      { ...batch, debtor: { ...batch.debtor, iban: 'DE00370400440532013000' } },
      'debtor IBAN "DE00370400440532013000" fails the check digits',
    ],
    [
      'a debtor BIC that is none',
      { ...batch, debtor: { ...batch.debtor, bic: '' } },
      'debtor BIC "" does not look like a BIC',
    ],
    [
      'an initiator in other letters',
      { ...batch, initiator: 'Пример' },
      'initiator holds "П" (U+041F) at position 1',
    ],
  ])('%s', (_what, given, sentence) => {
    expect(writePain001(given)).toEqual({ ok: false, error: expect.stringContaining(sentence) });
  });

  it('names every problem when asked, in the order of the file', () => {
    const given = { ...withPayment({ amount: 1, remittance: '"' }), currency: 'EU' };
    expect(batchProblems(given)).toEqual([
      'currency "EU" is not three capitals',
      `${place}: amount is 0.0001, and EU has 2 decimals`,
      `${place}: remittance holds """ (U+0022) at position 1, outside the SWIFT character set`,
    ]);
  });

  it('refuses a total beyond what can be kept exactly', () => {
    const large = { ...payment, amount: 9_007_199_254_740_900 };
    const given = {
      ...batch,
      payments: [large, { ...large, instructionId: 'B', endToEndId: 'B' }],
    };
    expect(batchProblems(given)).toEqual(['the total is too large to be kept exactly']);
  });
});
