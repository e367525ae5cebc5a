import { describe, expect, it } from 'vitest';
import { readPain002, type StatusReport } from './pain002.ts';
import {
  originalBatchOf as batchOf,
  originalPaymentOf as paymentOf,
  ORIGINAL_GROUP as GROUP,
  statusReportOf as reportOf,
  type StatusReportGiven as Given,
} from './testing/messages.ts';

function read(given: Given): StatusReport {
  const result = readPain002(reportOf(given));
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function refusalOf(given: Given): string {
  const result = readPain002(reportOf(given));
  return result.ok ? 'it was read' : result.error;
}

describe('readPain002', () => {
  it('gives the status of the file, of its batches and of each payment, with reasons', () => {
    const reason =
      '<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>no such</AddtlInf><AddtlInf>account</AddtlInf></StsRsnInf>';
    const amount = '<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">12.34</InstdAmt></Amt></OrgnlTxRef>';
    const batches = batchOf(
      '<PmtInfSts>PART</PmtInfSts>' +
        paymentOf('PO-1', 'RJCT', reason + amount) +
        paymentOf('PO-2', 'ACSC', '<AcctSvcrRef>B-9</AcctSvcrRef>'),
    );
    const group = `${GROUP}<GrpSts>PART</GrpSts><StsRsnInf><Rsn><Prtry>X1</Prtry></Rsn></StsRsnInf>`;
    expect(read({ group, batches })).toMatchObject({
      version: 'pain.002.001.10',
      messageId: 'BANK-1',
      createdAt: '2026-11-20T20:00:00',
      originalMessageId: 'PD-1',
      originalMessageName: 'pain.001.001.09',
      status: { code: 'PART', outcome: 'partly' },
      reasons: [{ code: 'X1', text: null }],
      problems: [],
      batches: [
        {
          originalPaymentInformationId: 'PD-1',
          status: { code: 'PART', outcome: 'partly' },
          reasons: [],
          payments: [
            {
              originalEndToEndId: 'PO-1',
              status: { code: 'RJCT', outcome: 'rejected' },
              reasons: [{ code: 'AC01', text: 'no such account' }],
              amount: { amount: 123_400, currency: 'EUR' },
            },
            {
              originalEndToEndId: 'PO-2',
              status: { code: 'ACSC', outcome: 'settled' },
              reasons: [],
              amount: null,
              bankReference: 'B-9',
            },
          ],
        },
      ],
    });
  });

  it('reads a report that speaks of the whole file only', () => {
    expect(read({})).toMatchObject({ status: null, reasons: [], batches: [] });
    expect(read({ group: `${GROUP}<GrpSts>ACTC</GrpSts>` }).status?.outcome).toBe('accepted');
  });

  it.each([
    ['RCVD', 'received'],
    ['ACCP', 'accepted'],
    ['ACSP', 'accepted'],
    ['PDNG', 'pending'],
    ['ACSC', 'settled'],
    ['ACCC', 'settled'],
    ['PART', 'partly'],
    ['RJCT', 'rejected'],
    ['CANC', 'rejected'],
    ['ZZZZ', 'unknown'],
  ])('takes %s for %s', (code, outcome) => {
    const { batches } = read({ batches: batchOf(paymentOf('PO-1', code)) });
    expect(batches[0]?.payments[0]?.status).toEqual({ code, outcome });
  });

  it.each(['03', '09', '10', '11', '12'])('knows version %s', (version) => {
    expect(read({ version: `pain.002.001.${version}` }).version).toBe(`pain.002.001.${version}`);
  });

  it('knows the Swiss variant by its own namespace', () => {
    const namespace = 'http://www.six-interbank-clearing.com/de/pain.002.001.03.ch.02.xsd';
    const result = readPain002(reportOf({}).replace(/urn:[^"]*/, namespace));
    expect(result).toMatchObject({ ok: true, value: { version: 'pain.002.001.03.ch.02' } });
  });

  it('lists payments that stand with two statuses', () => {
    const same = paymentOf('PO-1', 'ACCP');
    const report = read({ batches: batchOf(same + same + paymentOf('PO-1', 'RJCT')) });
    expect(report.problems).toEqual([
      { line: 2, column: expect.any(Number), sentence: '"PO-1" is RJCT here and ACCP on line 2' },
    ]);
  });

  it('gives no reference where the bank says that there was none', () => {
    const { batches, problems } = read({
      batches: batchOf(paymentOf('NOTPROVIDED', 'ACCP') + paymentOf('NOTPROVIDED', 'RJCT')),
    });
    expect(batches[0]?.payments[0]?.originalEndToEndId).toBe(null);
    expect(problems).toEqual([]);
  });
});

describe('a report that could mean two things is refused', () => {
  const paid = (inner: string) => ({ batches: batchOf(paymentOf('PO-1', 'ACSC', inner)) });

  it.each<[string, Given, string]>([
    [
      'another kind',
      { version: 'camt.053.001.08' },
      'this is camt.053.001.08; wanted is a payment status report',
    ],
    ['an unknown version', { version: 'pain.002.001.02' }, 'this is pain.002.001.02;'],
    [
      'no original message',
      { group: '<OrgnlMsgNmId>x</OrgnlMsgNmId>' },
      'OrgnlGrpInfAndSts has no OrgnlMsgId',
    ],
    ['two of them', { group: GROUP + GROUP }, 'OrgnlGrpInfAndSts has a second OrgnlMsgId'],
    [
      'two statuses of the file',
      { group: `${GROUP}<GrpSts>ACCP</GrpSts><GrpSts>RJCT</GrpSts>` },
      'has a second GrpSts',
    ],
    ['two statuses of a payment', paid('<TxSts>RJCT</TxSts>'), 'TxInfAndSts has a second TxSts'],
    [
      'two end-to-end ids',
      paid('<OrgnlEndToEndId>B</OrgnlEndToEndId>'),
      'a second OrgnlEndToEndId',
    ],
    [
      'a status that is none',
      { batches: batchOf(paymentOf('A', 'accepted')) },
      'TxSts: "accepted" is no status',
    ],
    [
      'a batch without an id',
      { batches: '<OrgnlPmtInfAndSts/>' },
      'OrgnlPmtInfAndSts has no OrgnlPmtInfId',
    ],
    [
      'two codes of a reason',
      paid('<StsRsnInf><Rsn><Cd>A</Cd><Prtry>B</Prtry></Rsn></StsRsnInf>'),
      'Cd and Prtry exclude each other',
    ],
    [
      'an exponent in the amount',
      paid('<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">1e5</InstdAmt></Amt></OrgnlTxRef>'),
      '"1e5" is not a plain decimal',
    ],
    [
      'an unknown amount',
      paid('<OrgnlTxRef><Amt><Other/></Amt></OrgnlTxRef>'),
      'Amt holds the unknown element Other',
    ],
    [
      'an element of another namespace',
      paid('<TxSts xmlns="urn:x">RJCT</TxSts>'),
      'TxSts is in the namespace "urn:x"',
    ],
  ])('%s', (_what, given, sentence) => {
    const refusal = refusalOf(given);
    expect(refusal).toMatch(/^line 2, column \d+: /);
    expect(refusal).toContain(sentence);
  });
});
