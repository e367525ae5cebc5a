import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeBankFile } from './take-bank-file.ts';
import { cutOffsSchema } from './cut-offs.ts';
import { documentOf, IBANS } from './files/testing/messages.ts';
import { createBankFile } from './providers/bank-file/provider.ts';
import { openFileRig, type FileRig } from './testing/file-rig.ts';
import { openPayingFirm, type PayingFirm } from './testing/paying-firm.ts';
import { PAYOUT_DUE } from '#server/partition/testing/scripted-firm.ts';

const HOUR_MS = 3_600_000;
const payee = { method: 'bankTransfer', iban: IBANS.czech, account: undefined } as const;
/** The firm's day begins on Tuesday, 20 January 2026, at noon of UTC. */
const cutOffs = cutOffsSchema.parse([
  {
    method: 'bankTransfer',
    currency: null,
    calendar: { zone: 'UTC', cutOff: '15:00', holidays: ['2026-01-21'] },
  },
]);

let rig: FileRig;
let paying: PayingFirm;
beforeEach(async () => {
  rig = openFileRig(createBankFile);
  paying = await openPayingFirm({
    cutOffs,
    providers: new Map([['bankTransfer', rig.provider]]),
  });
});
afterEach(async () => {
  await paying.close();
  await rig.close();
});

const approved = (accountId: string): string => paying.approved(accountId, payee);

describe('payments that leave at a cut-off', () => {
  it('leave together in one file, and not before', async () => {
    expect(new Date(PAYOUT_DUE).toISOString()).toBe('2026-01-20T12:00:00.000Z');
    const payouts = [approved('A1'), approved('A2')];
    await paying.pass(HOUR_MS);
    expect(payouts.map(paying.state)).toEqual(['none', 'none']);
    await paying.pass(2 * HOUR_MS);
    expect(payouts.map(paying.state)).toEqual(['sent', 'sent']);
    const [file, ...more] = rig.files();
    expect(more).toEqual([]);
    expect(file?.text).toContain('<NbOfTxs>2</NbOfTxs>');
  });

  it('that miss it leave at the next, after holidays', async () => {
    await paying.pass(3 * HOUR_MS + 1);
    const late = approved('A3');
    await paying.pass(24 * HOUR_MS);
    expect(paying.state(late)).toBe('none');
    await paying.pass(24 * HOUR_MS);
    expect(paying.state(late)).toBe('sent');
  });

  it('leave once, though the server stops and comes back in between', async () => {
    const payoutId = approved('A1');
    await paying.pass(3 * HOUR_MS);
    paying.restart();
    for (let tick = 0; tick < 4; tick += 1) await paying.pass(HOUR_MS);
    expect(rig.files()).toHaveLength(1);
    expect(paying.governance.payout(payoutId)?.reports.map(({ state }) => state)).toEqual(['sent']);
  });

  it('are paid once the bank says so', async () => {
    const payoutId = approved('A1');
    await paying.pass(3 * HOUR_MS);
    const key = paying.governance.payout(payoutId)?.payment?.instructionId ?? '';
    const text = documentOf(
      'camt.054.001.08',
      '<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>B-1</MsgId><CreDtTm>2026-01-20T20:00:00</CreDtTm>' +
        '</GrpHdr><Ntfctn><Id>N-1</Id><CreDtTm>2026-01-20T20:00:00</CreDtTm>' +
        `<Acct><Id><IBAN>${IBANS.ours}</IBAN></Id></Acct><Ntry><Amt Ccy="USD">4000.00</Amt>` +
        '<CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-20</Dt></BookgDt>' +
        `<NtryDtls><TxDtls><Refs><EndToEndId>${key}</EndToEndId></Refs><RltdPties><CdtrAcct><Id>` +
        `<IBAN>${IBANS.czech}</IBAN></Id></CdtrAcct></RltdPties></TxDtls></NtryDtls></Ntry>` +
        '</Ntfctn></BkToCstmrDbtCdtNtfctn>',
    );
    const ports = {
      governance: () => paying.governance,
      command: paying.command,
      accounts: [IBANS.ours],
    };
    expect((await takeBankFile(ports, 'bank.xml', text)).ok).toBe(true);
    await paying.pass(HOUR_MS);
    expect(paying.state(payoutId)).toBe('paid');
  });
});
