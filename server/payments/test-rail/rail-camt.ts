import { utcText } from '#core/time/time.ts';
import { escapeXml } from '../files/xml.ts';
import type { RailPayment } from '../rail-messages.ts';
import type { BookedPayment } from './rail-book.ts';

/** The firm's account at the test rail. */
export const RAIL_ACCOUNT = 'TESTRAIL-0001';
const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.054.001.08';

/** A notification (camt.054.001.08) of all that the rail has paid, as a bank would send it. */
export function railCamt(booked: readonly BookedPayment[], now: number): string {
  const paid = booked.filter(({ payment }) => payment.state === 'paid');
  const created = dateTime(now);
  const account = `<Acct><Id><Othr><Id>${RAIL_ACCOUNT}</Id></Othr></Id></Acct>`;
  const body = [
    `<GrpHdr><MsgId>RAIL-${now}</MsgId><CreDtTm>${created}</CreDtTm></GrpHdr>`,
    `<Ntfctn><Id>RAIL-${now}</Id><CreDtTm>${created}</CreDtTm>${account}`,
    ...paid.map(entryOf),
    '</Ntfctn>',
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Document xmlns="${NAMESPACE}"><BkToCstmrDbtCdtNtfctn>`,
    ...body,
    '</BkToCstmrDbtCdtNtfctn></Document>',
    '',
  ].join('\n');
}

function dateTime(at: number): string {
  return `${utcText(at).slice(0, 19).replace(' ', 'T')}Z`;
}

function entryOf({ payment, changedAt }: BookedPayment): string {
  const { key, reference, payee } = payment;
  const day = utcText(changedAt).slice(0, 10);
  return [
    `<Ntry>${amountOf(payment)}<CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>`,
    `<BookgDt><Dt>${day}</Dt></BookgDt><AcctSvcrRef>${escapeXml(reference)}</AcctSvcrRef>`,
    '<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>',
    `<NtryDtls><TxDtls><Refs><EndToEndId>${escapeXml(key)}</EndToEndId></Refs>`,
    `${amountOf(payment)}<CdtDbtInd>DBIT</CdtDbtInd><RltdPties>`,
    `<Cdtr><Pty><Nm>${escapeXml(payee.name)}</Nm></Pty></Cdtr><CdtrAcct><Id>${idOf(payee.account)}`,
    '</Id></CdtrAcct></RltdPties></TxDtls></NtryDtls></Ntry>',
  ].join('');
}

function amountOf({ amount, currency }: RailPayment): string {
  return `<Amt Ccy="${escapeXml(currency)}">${escapeXml(amount)}</Amt>`;
}

function idOf(account: string): string {
  const isIban = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(account);
  const text = escapeXml(account);
  return isIban ? `<IBAN>${text}</IBAN>` : `<Othr><Id>${text}</Id></Othr>`;
}
