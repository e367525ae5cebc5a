import { err, ok, type Result } from '#core/kernel/result.ts';
import { quoted } from './characters.ts';
import { NOT_PROVIDED } from './references.ts';
import type { CurrencyAmount } from './currency.ts';
import { openMessage } from './message.ts';
import type { MessageReader } from './reader.ts';
import type { XmlElement } from './xml.ts';

/** What a bank says about a payment file that we sent it. */
export interface StatusReport {
  /** "pain.002.001.10". */
  readonly version: string;
  readonly messageId: string;
  /** As the bank wrote it: often without a zone. */
  readonly createdAt: string;
  /** The message id of our file. */
  readonly originalMessageId: string;
  /** "pain.001.001.09". */
  readonly originalMessageName: string;
  /** Of the whole file; `null` where the bank only speaks of its parts. */
  readonly status: PaymentStatus | null;
  readonly reasons: readonly StatusReason[];
  readonly batches: readonly BatchStatus[];
  /** Payments on which the bank contradicts itself, by their place. */
  readonly problems: readonly StatusProblem[];
}

export interface BatchStatus {
  readonly originalPaymentInformationId: string;
  readonly status: PaymentStatus | null;
  readonly reasons: readonly StatusReason[];
  readonly payments: readonly PaymentStatusLine[];
  readonly line: number;
  readonly column: number;
}

export interface PaymentStatusLine {
  readonly originalInstructionId: string | null;
  readonly originalEndToEndId: string | null;
  /** `null` where only the batch or the file has one. */
  readonly status: PaymentStatus | null;
  readonly reasons: readonly StatusReason[];
  /** What we instructed, where the bank repeats it. */
  readonly amount: CurrencyAmount | null;
  readonly bankReference: string | null;
  readonly line: number;
  readonly column: number;
}

export interface PaymentStatus {
  /** ISO's code: `ACCP`, `ACSC`, `RJCT`, `PDNG` … */
  readonly code: string;
  /** What the code means for a payout; `unknown` asks a person. */
  readonly outcome: StatusOutcome;
}

export type StatusOutcome =
  'received' | 'accepted' | 'pending' | 'settled' | 'partly' | 'rejected' | 'unknown';

export interface StatusReason {
  /** ISO's code (`AC01`) or the bank's own. */
  readonly code: string | null;
  readonly text: string | null;
}

export interface StatusProblem {
  readonly line: number;
  readonly column: number;
  readonly sentence: string;
}

/** Accepted is not settled: until the debtor's account was booked a bank can still refuse. */
const OUTCOMES: Readonly<Record<Exclude<StatusOutcome, 'unknown'>, readonly string[]>> = {
  received: ['RCVD'],
  accepted: ['ACCP', 'ACTC', 'ACSP', 'ACWC', 'ACFC', 'ACWP', 'PRES'],
  pending: ['PDNG', 'PATC'],
  settled: ['ACSC', 'ACCC'],
  partly: ['PART'],
  rejected: ['RJCT', 'CANC', 'BLCK'],
};
const outcomes: ReadonlyMap<string, StatusOutcome> = new Map(
  (Object.entries(OUTCOMES) as [StatusOutcome, readonly string[]][]).flatMap(([outcome, codes]) =>
    codes.map((code) => [code, outcome] as const),
  ),
);

/** Reads a payment status report (pain.002); what is missing, double or malformed is refused. */
export function readPain002(text: string): Result<StatusReport, string> {
  const message = openMessage(text, ['pain.002']);
  if (!message.ok) return message;
  const { body, reader, version } = message.value;
  const header = reader.required(body, 'GrpHdr');
  const group = reader.required(body, 'OrgnlGrpInfAndSts');
  const batches = reader.all(body, 'OrgnlPmtInfAndSts').map((batch) => readBatch(batch, reader));
  const report: StatusReport = {
    version,
    messageId: reader.requiredText(header, 'MsgId'),
    createdAt: reader.requiredText(header, 'CreDtTm'),
    originalMessageId: reader.requiredText(group, 'OrgnlMsgId'),
    originalMessageName: reader.requiredText(group, 'OrgnlMsgNmId'),
    status: readStatus(group, 'GrpSts', reader),
    reasons: readReasons(group, reader),
    batches,
    problems: contradictions(batches),
  };
  const refusal = reader.refusal();
  return refusal === null ? ok(report) : err(refusal);
}

function readBatch(batch: XmlElement, reader: MessageReader): BatchStatus {
  return {
    originalPaymentInformationId: reader.requiredText(batch, 'OrgnlPmtInfId'),
    status: readStatus(batch, 'PmtInfSts', reader),
    reasons: readReasons(batch, reader),
    payments: reader.all(batch, 'TxInfAndSts').map((payment) => readPayment(payment, reader)),
    line: batch.line,
    column: batch.column,
  };
}

function readPayment(payment: XmlElement, reader: MessageReader): PaymentStatusLine {
  const endToEndId = reader.text(payment, 'OrgnlEndToEndId');
  const original = reader.optional(payment, 'OrgnlTxRef');
  const instructed = reader.optional(original, 'Amt');
  reader.onlyKnown(instructed, ['InstdAmt', 'EqvtAmt']);
  return {
    originalInstructionId: reader.text(payment, 'OrgnlInstrId'),
    originalEndToEndId: endToEndId === NOT_PROVIDED ? null : endToEndId,
    status: readStatus(payment, 'TxSts', reader),
    reasons: readReasons(payment, reader),
    amount: reader.optionalAmount(instructed, 'InstdAmt'),
    bankReference: reader.text(payment, 'AcctSvcrRef'),
    line: payment.line,
    column: payment.column,
  };
}

function readStatus(parent: XmlElement, name: string, reader: MessageReader): PaymentStatus | null {
  const code = reader.text(parent, name);
  if (code === null) return null;
  if (!/^[A-Z0-9]{1,4}$/.test(code)) reader.refuse(parent, `${name}: ${quoted(code)} is no status`);
  return { code, outcome: outcomes.get(code) ?? 'unknown' };
}

function readReasons(parent: XmlElement, reader: MessageReader): StatusReason[] {
  return reader.all(parent, 'StsRsnInf').map((reason) => {
    const lines = reader.all(reason, 'AddtlInf').map((line) => reader.leaf(line));
    return {
      code: reader.code(reader.optional(reason, 'Rsn')),
      text: lines.join(' ').trim() || null,
    };
  });
}

/** The same payment twice with two statuses: neither is acted upon unseen. */
function contradictions(batches: readonly BatchStatus[]): StatusProblem[] {
  const seen = new Map<string, PaymentStatusLine>();
  return batches
    .flatMap(({ payments }) => payments)
    .flatMap((payment) => {
      const { originalEndToEndId: id, line, column } = payment;
      if (id === null) return [];
      const earlier = seen.get(id);
      seen.set(id, payment);
      if (!earlier || earlier.status?.code === payment.status?.code) return [];
      const sentence =
        `${quoted(id)} is ${payment.status?.code ?? 'without a status'} here and ` +
        `${earlier.status?.code ?? 'without a status'} on line ${earlier.line}`;
      return [{ line, column, sentence }];
    });
}
