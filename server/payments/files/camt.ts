import { err, ok, type Result } from '#core/kernel/result.ts';
import type { BankAccount } from './account.ts';
import type {
  AccountReport,
  Balance,
  BankEntry,
  BankReport,
  BankTransaction,
  Batch,
  EntrySummary,
  Party,
  Remittance,
  SummaryLine,
  TransactionReferences,
} from './bank-report.ts';
import type { CurrencyAmount } from './currency.ts';
import { openMessage } from './message.ts';
import type { Direction, MessageReader } from './reader.ts';
import { NOT_PROVIDED } from './references.ts';
import { problemsOf, reconcile } from './reconcile.ts';
import type { XmlElement } from './xml.ts';

/**
 * Reads a statement (camt.053) or a notification (camt.054). What could be read as another amount,
 * direction or reference than the bank meant is refused with its place; what is clear but does not
 * add up is read and listed as a problem.
 */
export function readCamt(text: string): Result<BankReport, string> {
  const message = openMessage(text, ['camt.053', 'camt.054']);
  if (!message.ok) return message;
  const { body, reader, kind, version } = message.value;
  const header = reader.required(body, 'GrpHdr');
  const reportName = kind === 'camt.053' ? 'Stmt' : 'Ntfctn';
  const reports = reader.all(body, reportName);
  if (reports.length === 0) reader.refuse(body, `${body.name} has no ${reportName}`);
  const wholeMessage = isWhole(header, 'MsgPgntn', reader);
  const accounts = reports.map((report) => readAccount(report, wholeMessage, reader));
  const report: BankReport = {
    kind: kind === 'camt.053' ? 'statement' : 'notification',
    version,
    messageId: reader.requiredText(header, 'MsgId'),
    createdAt: reader.requiredText(header, 'CreDtTm'),
    accounts,
    problems: accounts.flatMap(problemsOf),
  };
  const refusal = reader.refusal();
  return refusal === null ? ok(report) : err(refusal);
}

/** Page one that is also the last, or no pages at all. */
function isWhole(parent: XmlElement, name: string, reader: MessageReader): boolean {
  const pages = reader.optional(parent, name);
  if (!pages) return true;
  return reader.count(pages, 'PgNb') === 1 && reader.flag(pages, 'LastPgInd');
}

function readAccount(
  report: XmlElement,
  wholeMessage: boolean,
  reader: MessageReader,
): AccountReport {
  const holder = reader.required(report, 'Acct');
  const account = reader.account(holder);
  if (account === null) reader.refuse(holder, 'the account has neither IBAN nor another number');
  const balances = reader.all(report, 'Bal').map((balance) => readBalance(balance, reader));
  const entries = reader.all(report, 'Ntry').map((entry) => readEntry(entry, reader));
  const pages = report.name === 'Stmt' ? 'StmtPgntn' : 'NtfctnPgntn';
  return {
    ...placed(report),
    id: reader.requiredText(report, 'Id'),
    account: account ?? NO_ACCOUNT,
    currency: reader.text(holder, 'Ccy'),
    owner: reader.text(holder, 'Ownr', 'Nm'),
    copy: reader.text(report, 'CpyDplctInd'),
    complete: isWhole(report, pages, reader) && wholeMessage,
    balances,
    reconciliations: reconcile(balances, entries),
    summary: readSummary(report, reader),
    entries,
  };
}

const NO_ACCOUNT: BankAccount = { kind: 'other', id: '' };

function placed({ line, column }: XmlElement): { line: number; column: number } {
  return { line, column };
}

function readBalance(balance: XmlElement, reader: MessageReader): Balance {
  reader.onlyKnown(balance, ['Tp', 'CdtLine', 'Amt', 'CdtDbtInd', 'Dt', 'Avlbty']);
  const kind = reader.required(balance, 'Tp');
  const type = reader.code(reader.required(kind, 'CdOrPrtry'));
  if (type === null) reader.refuse(balance, 'the balance has no type');
  return {
    ...placed(balance),
    ...reader.amount(balance),
    type: type ?? '',
    direction: reader.direction(balance),
    date: reader.date(balance, 'Dt'),
  };
}

function readSummary(report: XmlElement, reader: MessageReader): EntrySummary {
  const summary = reader.optional(report, 'TxsSummry');
  reader.onlyKnown(summary, ['TtlNtries', 'TtlCdtNtries', 'TtlDbtNtries', 'TtlNtriesPerBkTxCd']);
  const total = reader.optional(summary, 'TtlNtries');
  const known = ['NbOfNtries', 'Sum', 'TtlNetNtryAmt', 'CdtDbtInd', 'TtlNetNtry'];
  reader.onlyKnown(total, known);
  const line = (name: string): SummaryLine => {
    const element = reader.optional(summary, name);
    if (name !== 'TtlNtries') reader.onlyKnown(element, ['NbOfNtries', 'Sum']);
    return {
      count: reader.count(element, 'NbOfNtries'),
      sum: reader.sum(element, 'Sum'),
      place: placed(element ?? summary ?? report),
    };
  };
  return {
    total: line('TtlNtries'),
    credits: line('TtlCdtNtries'),
    debits: line('TtlDbtNtries'),
    net: readNet(total, reader),
  };
}

/** The oldest version has amount and direction side by side, later ones in an element of their own. */
function readNet(total: XmlElement | null, reader: MessageReader): number | null {
  const block = reader.optional(total, 'TtlNetNtry');
  reader.onlyKnown(block, ['Amt', 'CdtDbtInd']);
  const amount = block ? reader.sum(block, 'Amt') : reader.sum(total, 'TtlNetNtryAmt');
  const direction = reader.optionalDirection(block ?? total);
  return amount !== null && direction === 'debit' ? 0 - amount : amount;
}

function readEntry(entry: XmlElement, reader: MessageReader): BankEntry {
  const money = reader.amount(entry);
  const direction = reader.direction(entry);
  const details = reader.all(entry, 'NtryDtls');
  checkAmountDetails(reader.optional(entry, 'AmtDtls'), reader);
  const batches = details.flatMap((detail) => {
    const batch = reader.optional(detail, 'Btch');
    return batch ? [readBatch(batch, reader)] : [];
  });
  const found = details.flatMap((detail) => reader.all(detail, 'TxDtls'));
  const reversal = reader.flag(entry, 'RvslInd');
  // A single transaction that is no batch is the entry: it need not say its amount again.
  const lone = found.length === 1 && batches.every(({ count }) => (count ?? 1) === 1);
  const context = { direction, reversal, amount: lone ? money : null };
  return {
    ...placed(entry),
    ...money,
    reference: reader.text(entry, 'NtryRef'),
    direction,
    reversal,
    status: readStatus(entry, reader),
    bookingDate: reader.date(entry, 'BookgDt'),
    valueDate: reader.date(entry, 'ValDt'),
    bankReference: reader.text(entry, 'AcctSvcrRef'),
    transactionCode: readTransactionCode(reader.optional(entry, 'BkTxCd'), reader),
    information: reader.text(entry, 'AddtlNtryInf'),
    batches,
    transactions: found.map((transaction) => readTransaction(transaction, context, reader)),
  };
}

/** A bare code up to version 7, a choice of codes since. */
function readStatus(entry: XmlElement, reader: MessageReader): string {
  const element = reader.required(entry, 'Sts');
  const status = element.children.length > 0 ? reader.code(element) : reader.leaf(element);
  if (!status) reader.refuse(element, 'the status of the entry is empty');
  return status || '';
}

function readTransactionCode(element: XmlElement | null, reader: MessageReader): string | null {
  const domain = reader.optional(element, 'Domn');
  const family = reader.optional(domain, 'Fmly');
  const codes = [
    reader.text(domain, 'Cd'),
    reader.text(family, 'Cd'),
    reader.text(family, 'SubFmlyCd'),
  ].filter((code) => code !== null);
  return codes.length > 0 ? codes.join('/') : reader.text(element, 'Prtry', 'Cd');
}

function readBatch(batch: XmlElement, reader: MessageReader): Batch {
  reader.onlyKnown(batch, ['MsgId', 'PmtInfId', 'NbOfTxs', 'TtlAmt', 'CdtDbtInd']);
  return {
    ...placed(batch),
    messageId: reader.text(batch, 'MsgId'),
    paymentInformationId: reader.text(batch, 'PmtInfId'),
    count: reader.count(batch, 'NbOfTxs'),
    total: reader.optionalAmount(batch, 'TtlAmt'),
    direction: reader.optionalDirection(batch),
  };
}

interface EntryContext {
  readonly direction: Direction;
  readonly reversal: boolean;
  /** The entry's amount where it is the transaction's too. */
  readonly amount: CurrencyAmount | null;
}

function readTransaction(
  transaction: XmlElement,
  entry: EntryContext,
  reader: MessageReader,
): BankTransaction {
  const details = reader.optional(transaction, 'AmtDtls');
  checkAmountDetails(details, reader);
  const own = reader.optionalAmount(transaction, 'Amt');
  const detailed = reader.optionalAmount(reader.optional(details, 'TxAmt'), 'Amt');
  const direction = reader.optionalDirection(transaction) ?? entry.direction;
  const parties = reader.optional(transaction, 'RltdPties');
  const agents = reader.optional(transaction, 'RltdAgts');
  const debtor = readParty('Dbtr', parties, agents, reader);
  const creditor = readParty('Cdtr', parties, agents, reader);
  // Money that comes back names the parties of the payment that it takes back.
  const paidOut = (direction === 'debit') !== entry.reversal;
  return {
    ...placed(transaction),
    references: readReferences(reader.optional(transaction, 'Refs'), reader),
    amount: own ?? detailed ?? entry.amount,
    instructed: reader.optionalAmount(reader.optional(details, 'InstdAmt'), 'Amt'),
    direction,
    debtor,
    creditor,
    counterparty: paidOut ? creditor : debtor,
    remittance: readRemittance(reader.optional(transaction, 'RmtInf'), reader),
    returned: readReturn(reader.optional(transaction, 'RtrInf'), reader),
    information: reader.text(transaction, 'AddtlTxInf'),
  };
}

/** Every amount beside the one that counts is held to the same strictness, and nothing else is there. */
function checkAmountDetails(details: XmlElement | null, reader: MessageReader): void {
  const single = ['InstdAmt', 'TxAmt', 'CntrValAmt', 'AnncdPstngAmt'];
  reader.onlyKnown(details, [...single, 'PrtryAmt']);
  for (const name of single) reader.optional(details, name);
  for (const block of details?.children ?? []) {
    reader.onlyKnown(block, ['Tp', 'Amt', 'CcyXchg']);
    reader.amount(block);
  }
}

function readReferences(refs: XmlElement | null, reader: MessageReader): TransactionReferences {
  const endToEndId = reader.text(refs, 'EndToEndId');
  return {
    messageId: reader.text(refs, 'MsgId'),
    paymentInformationId: reader.text(refs, 'PmtInfId'),
    instructionId: reader.text(refs, 'InstrId'),
    endToEndId: endToEndId === NOT_PROVIDED ? null : endToEndId,
    transactionId: reader.text(refs, 'TxId'),
    bankReference: reader.text(refs, 'AcctSvcrRef'),
  };
}

/** Later versions say first whether the party is a person or firm (`Pty`) or a bank (`Agt`). */
function readParty(
  role: 'Dbtr' | 'Cdtr',
  parties: XmlElement | null,
  agents: XmlElement | null,
  reader: MessageReader,
): Party {
  const party = reader.optional(parties, role);
  const inner = reader.choice(party, ['Pty', 'Agt']);
  const named = inner?.name === 'Agt' ? reader.optional(inner, 'FinInstnId') : (inner ?? party);
  const bank = reader.optional(reader.optional(agents, `${role}Agt`), 'FinInstnId');
  const bic = reader.choice(bank, ['BICFI', 'BIC']);
  return {
    name: reader.text(named, 'Nm'),
    account: reader.account(reader.optional(parties, `${role}Acct`)),
    bic: bic && reader.leaf(bic),
  };
}

function readRemittance(remittance: XmlElement | null, reader: MessageReader): Remittance {
  const texts = (elements: readonly XmlElement[]): string[] =>
    elements.map((element) => reader.leaf(element)).filter((text) => text !== '');
  const structured = reader.all(remittance, 'Strd');
  return {
    lines: texts(reader.all(remittance, 'Ustrd')),
    references: structured.flatMap((one) =>
      texts(reader.all(reader.optional(one, 'CdtrRefInf'), 'Ref')),
    ),
  };
}

function readReturn(
  element: XmlElement | null,
  reader: MessageReader,
): BankTransaction['returned'] {
  if (!element) return null;
  const lines = reader.all(element, 'AddtlInf').map((line) => reader.leaf(line));
  return {
    code: reader.code(reader.optional(element, 'Rsn')),
    information: lines.join(' ') || null,
  };
}
