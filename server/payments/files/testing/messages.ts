import type { Payment, PaymentBatch } from '../payment-batch.ts';

/** IBANs that banks publish as examples. */
export const IBANS = {
  ours: 'DE89370400440532013000',
  british: 'GB29NWBK60161331926819',
  czech: 'CZ6508000000192000145399',
  swiss: 'CH9300762011623852957',
} as const;

export const payment: Payment = {
  instructionId: 'PAYOUT-41',
  endToEndId: 'PO-2026-000041',
  amount: 12_345_600,
  payee: {
    name: 'Ada Tester',
    account: { kind: 'iban', iban: IBANS.british },
    bic: 'NWBKGB2L',
  },
  remittance: 'Profit share, account 7001',
};

export const secondPayment: Payment = {
  instructionId: 'PAYOUT-42',
  endToEndId: 'PO-2026-000042',
  amount: 100,
  payee: { name: 'B. Trader (Ltd)', account: { kind: 'other', id: '000123456' } },
  remittance: '',
};

export const batch: PaymentBatch = {
  messageId: 'PD-20261120-1',
  createdAt: Date.UTC(2026, 10, 20, 9, 30, 1, 999),
  initiator: 'Example Props',
  debtor: { name: 'Example Props', iban: IBANS.ours, bic: 'COBADEFF370' },
  executionDate: '2026-11-23',
  currency: 'EUR',
  payments: [payment, secondPayment],
};

export function withPayment(change: Partial<Payment>): PaymentBatch {
  return { ...batch, payments: [{ ...payment, ...change }] };
}

const ISO = 'urn:iso:std:iso:20022:tech:xsd:';
const HEADER = '<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-11-20T20:00:00</CreDtTm></GrpHdr>';
const CODE =
  '<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>';

export function documentOf(version: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${ISO}${version}">${body}</Document>`;
}

interface StatementGiven {
  readonly version?: string;
  readonly header?: string;
  /** Balances, summary and entries, in this order. */
  readonly parts: string;
}

/** A camt.053 of our account. */
export function statementOf({
  version = 'camt.053.001.08',
  header,
  parts,
}: StatementGiven): string {
  const account = `<Acct><Id><IBAN>${IBANS.ours}</IBAN></Id><Ccy>EUR</Ccy></Acct>`;
  const created = '<CreDtTm>2026-11-20T20:00:00</CreDtTm>';
  return documentOf(
    version,
    `<BkToCstmrStmt>${header ?? HEADER}<Stmt><Id>S-1</Id>${created}${account}${parts}</Stmt></BkToCstmrStmt>`,
  );
}

/** A camt.054 of our account. */
export function notificationOf({
  version = 'camt.054.001.08',
  parts,
}: Omit<StatementGiven, 'header'>): string {
  const account = '<Acct><Id><Othr><Id>000777</Id></Othr></Id></Acct>';
  const created = '<CreDtTm>2026-11-20T20:00:00</CreDtTm>';
  const report = `<Ntfctn><Id>N-1</Id>${created}${account}${parts}</Ntfctn>`;
  return documentOf(version, `<BkToCstmrDbtCdtNtfctn>${HEADER}${report}</BkToCstmrDbtCdtNtfctn>`);
}

export function balanceOf(
  type: string,
  amount: string,
  direction = 'CRDT',
  day = '2026-11-20',
): string {
  return (
    `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt>` +
    `<CdtDbtInd>${direction}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`
  );
}

interface EntryGiven {
  /** The whole element, for entries whose amount is what is tested. */
  readonly amount?: string;
  readonly direction?: string;
  readonly reversal?: string;
  readonly status?: string;
  readonly details?: string;
}

export function entryOf(given: EntryGiven = {}): string {
  const amount = given.amount ?? '<Amt Ccy="EUR">100.00</Amt>';
  const direction = given.direction ?? 'DBIT';
  return (
    `<Ntry>${amount}<CdtDbtInd>${direction}</CdtDbtInd>${given.reversal ?? ''}` +
    `<Sts>${given.status ?? '<Cd>BOOK</Cd>'}</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>` +
    `<ValDt><DtTm>2026-11-21T01:00:00+02:00</DtTm></ValDt>${CODE}${given.details ?? ''}</Ntry>`
  );
}

/** One payment out to a trader, as version 8 details it. */
export const PAID_OUT =
  '<NtryDtls><TxDtls><Refs><InstrId>PAYOUT-41</InstrId><EndToEndId>PO-2026-000041</EndToEndId></Refs>' +
  '<Amt Ccy="EUR">100.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>' +
  '<AmtDtls><InstdAmt><Amt Ccy="USD">110.00</Amt></InstdAmt></AmtDtls>' +
  '<RltdPties><Dbtr><Pty><Nm>Example Props</Nm></Pty></Dbtr>' +
  `<Cdtr><Pty><Nm>Ada Tester</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>${IBANS.british}</IBAN></Id></CdtrAcct>` +
  '</RltdPties><RltdAgts><CdtrAgt><FinInstnId><BICFI>NWBKGB2L</BICFI></FinInstnId></CdtrAgt></RltdAgts>' +
  '<RmtInf><Ustrd>Profit  share,\n account 7001</Ustrd></RmtInf></TxDtls></NtryDtls>';

export const ORIGINAL_GROUP =
  '<OrgnlMsgId>PD-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>';

export interface StatusReportGiven {
  readonly version?: string;
  readonly group?: string;
  /** What stands behind the group. */
  readonly batches?: string;
}

/** A pain.002 on our file. */
export function statusReportOf({
  version = 'pain.002.001.10',
  group = ORIGINAL_GROUP,
  batches = '',
}: StatusReportGiven): string {
  const original = `<OrgnlGrpInfAndSts>${group}</OrgnlGrpInfAndSts>`;
  return documentOf(version, `<CstmrPmtStsRpt>${HEADER}${original}${batches}</CstmrPmtStsRpt>`);
}

export function originalBatchOf(inner: string): string {
  return `<OrgnlPmtInfAndSts><OrgnlPmtInfId>PD-1</OrgnlPmtInfId>${inner}</OrgnlPmtInfAndSts>`;
}

export function originalPaymentOf(endToEndId: string, status: string, more = ''): string {
  const id = `<OrgnlEndToEndId>${endToEndId}</OrgnlEndToEndId>`;
  return `<TxInfAndSts>${id}<TxSts>${status}</TxSts>${more}</TxInfAndSts>`;
}
