import { ok, type Result } from '#core/kernel/result.ts';
import type { BankAccount } from './account.ts';
import { checkBatch, type CheckedBatch, type PaymentBatch } from './payment-batch.ts';
import { escapeXml } from './xml.ts';

export const PAIN_001_NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';

/**
 * Writes a batch as ISO 20022 credit transfers (pain.001.001.09), the same bytes for the same batch.
 * A batch with anything in it that a bank would refuse or change is not written at all.
 */
export function writePain001(batch: PaymentBatch): Result<string, string> {
  const checked = checkBatch(batch);
  if (!checked.ok) return checked;
  const document = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    ...lines(initiation(checked.value), 0),
  ];
  return ok(`${document.join('\n')}\n`);
}

/** An element to write: its name, what it holds, and for amounts and the root one attribute. */
interface Written {
  readonly name: string;
  readonly holds: string | readonly Written[];
  readonly attribute?: string;
}

function element(name: string, ...holds: readonly Written[]): Written {
  return { name, holds };
}

function leaf(name: string, text: string): Written {
  return { name, holds: text };
}

function lines({ name, holds, attribute }: Written, depth: number): string[] {
  const indent = '  '.repeat(depth);
  const opening = `${indent}<${name}${attribute === undefined ? '' : ` ${attribute}`}>`;
  if (typeof holds === 'string') return [`${opening}${escapeXml(holds)}</${name}>`];
  return [opening, ...holds.flatMap((child) => lines(child, depth + 1)), `${indent}</${name}>`];
}

function initiation(checked: CheckedBatch): Written {
  const { batch, createdAt, payments, total } = checked;
  const header = element(
    'GrpHdr',
    leaf('MsgId', batch.messageId),
    leaf('CreDtTm', createdAt),
    leaf('NbOfTxs', String(payments.length)),
    leaf('CtrlSum', total),
    element('InitgPty', leaf('Nm', batch.initiator)),
  );
  return {
    ...element('Document', element('CstmrCdtTrfInitn', header, paymentInformation(checked))),
    attribute: `xmlns="${PAIN_001_NAMESPACE}"`,
  };
}

/** One message has one of these, so it shares the message's id. */
function paymentInformation({ batch, payments, total }: CheckedBatch): Written {
  const { debtor } = batch;
  return element(
    'PmtInf',
    leaf('PmtInfId', batch.messageId),
    leaf('PmtMtd', 'TRF'),
    leaf('NbOfTxs', String(payments.length)),
    leaf('CtrlSum', total),
    element('ReqdExctnDt', leaf('Dt', batch.executionDate)),
    element('Dbtr', leaf('Nm', debtor.name)),
    element('DbtrAcct', account({ kind: 'iban', iban: debtor.iban })),
    element('DbtrAgt', agent(debtor.bic)),
    ...payments.map((payment) => transfer(payment, batch.currency)),
  );
}

function transfer(
  { payment, amount }: CheckedBatch['payments'][number],
  currency: string,
): Written {
  const { payee, remittance } = payment;
  return element(
    'CdtTrfTxInf',
    element(
      'PmtId',
      leaf('InstrId', payment.instructionId),
      leaf('EndToEndId', payment.endToEndId),
    ),
    element('Amt', { ...leaf('InstdAmt', amount), attribute: `Ccy="${currency}"` }),
    ...(payee.bic === undefined ? [] : [element('CdtrAgt', agent(payee.bic))]),
    element('Cdtr', leaf('Nm', payee.name)),
    element('CdtrAcct', account(payee.account)),
    ...(remittance === '' ? [] : [element('RmtInf', leaf('Ustrd', remittance))]),
  );
}

function account(number: BankAccount): Written {
  const id =
    number.kind === 'iban' ? leaf('IBAN', number.iban) : element('Othr', leaf('Id', number.id));
  return element('Id', id);
}

function agent(bic: string): Written {
  return element('FinInstnId', leaf('BICFI', bic));
}
