import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importBankFile } from './bank-files.ts';
import { takeBankFile, type TakenFile } from './take-bank-file.ts';
import { documentOf, IBANS, notificationOf, statementOf } from './files/testing/messages.ts';
import { openPayingFirm, type PayingFirm } from './testing/paying-firm.ts';

interface Entry {
  readonly amount?: string;
  readonly direction?: 'DBIT' | 'CRDT';
  readonly status?: string;
  readonly reference?: string;
  readonly endToEndId?: string;
  readonly code?: string;
  readonly inside?: string;
  readonly day?: string;
  readonly reversal?: boolean;
  readonly transactions?: string;
}

function entryOf(entry: Entry): string {
  const { amount = '4000.00', direction = 'DBIT', status = 'BOOK', reference = 'BR-1' } = entry;
  const { code = 'PMNT/ICDT/ESCT', day = '2026-11-20', endToEndId, inside = '' } = entry;
  const [domain, family, sub] = code.split('/');
  const id = endToEndId === undefined ? '' : `<EndToEndId>${endToEndId}</EndToEndId>`;
  const to = `<RltdPties><CdtrAcct><Id><IBAN>${IBANS.czech}</IBAN></Id></CdtrAcct></RltdPties>`;
  const detail = `<TxDtls><Refs>${id}</Refs>${to}${inside}</TxDtls>`;
  return [
    `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>`,
    entry.reversal ? '<RvslInd>true</RvslInd>' : '',
    `<Sts><Cd>${status}</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt>`,
    reference === '' ? '' : `<AcctSvcrRef>${reference}</AcctSvcrRef>`,
    `<BkTxCd><Domn><Cd>${domain}</Cd><Fmly><Cd>${family}</Cd>`,
    `<SubFmlyCd>${sub}</SubFmlyCd></Fmly></Domn></BkTxCd>`,
    `<NtryDtls>${entry.transactions ?? detail}</NtryDtls></Ntry>`,
  ].join('');
}

const statement = (...entries: Entry[]): string =>
  statementOf({ parts: entries.map(entryOf).join('') });
const read = (text: string, accounts: string[] = []) => {
  const file = importBankFile('file.xml', text, { accounts });
  if (!file.ok) throw new Error(file.error);
  return file.value;
};
const paid: Entry = { endToEndId: 'PD0000001' };

describe('a bank file', () => {
  it('becomes lines of the account', () => {
    const { entries, digest, problems } = read(statement(paid));
    expect(problems).toEqual([]);
    expect(entries).toEqual([
      {
        entryId: expect.stringMatching(/^[0-9a-f]{40}-1$/),
        file: digest,
        direction: 'out',
        amount: 4_000_0000,
        currency: 'EUR',
        endToEndId: 'PD0000001',
        payeeLast4: '5399',
        fee: false,
        bookedOn: '2026-11-20',
      },
    ]);
  });

  it('gives a line the same id in another file, also in a notification of it', () => {
    const [first] = read(statement(paid)).entries;
    const [again] = read(statement({ amount: '7.00', reference: 'BR-9' }, paid)).entries.slice(1);
    expect(again?.entryId).toBe(first?.entryId);
    const account = `<Acct><Id><IBAN>${IBANS.ours}</IBAN></Id></Acct>`;
    const told = notificationOf({ parts: entryOf(paid) }).replace(/<Acct>.*?<\/Acct>/, account);
    expect(read(told).entries[0]?.entryId).toBe(first?.entryId);
  });

  it.each([
    ['amount', { amount: '4000.01' }],
    ['direction', { direction: 'CRDT' }],
    ['day', { day: '2026-11-19' }],
    ['reference of the bank', { reference: 'BR-2' }],
    ['end-to-end id', { endToEndId: 'PD0000002' }],
  ] as const)('gives a line with another %s another id', (_what, change) => {
    const [one, other] = [paid, { ...paid, ...change }].map((entry) => read(statement(entry)));
    expect(one?.entries[0]?.entryId).not.toBe(other?.entries[0]?.entryId);
  });

  it('counts equal lines of one file', () => {
    const fee: Entry = { amount: '1.50', code: 'ACMT/MDOP/CHRG', reference: '' };
    const { entries } = read(statement(fee, fee));
    expect(new Set(entries.map(({ entryId }) => entryId)).size).toBe(2);
    expect(read(statement(fee, fee)).entries).toEqual(entries);
  });

  it('knows charges by their code, and only small ones', () => {
    const fees = [
      { code: 'ACMT/MDOP/CHRG', amount: '1.50' },
      { code: 'PMNT/ICDT/CHRG', amount: '100.00', ...paid },
      { code: 'ACMT/MDOP/CHRG', amount: '100.01' },
      { code: 'ACMT/MDOP/CHRG', amount: '1.50', direction: 'CRDT' as const },
      { code: 'PMNT/ICDT/ESCT', amount: '1.50' },
    ].map((entry) => read(statement(entry)).entries[0]?.fee);
    expect(fees).toEqual([true, true, false, false, false]);
  });

  it('passes over what is not booked yet, and says so', () => {
    const { entries, problems } = read(statement({ status: 'PDNG' }, paid));
    expect(entries).toHaveLength(1);
    expect(problems).toEqual(['1 entries are not booked yet and were passed over']);
  });

  const part = (amount: string, endToEndId: string): string =>
    `<TxDtls><Refs><EndToEndId>${endToEndId}</EndToEndId></Refs><Amt Ccy="EUR">${amount}</Amt>` +
    '<CdtDbtInd>DBIT</CdtDbtInd></TxDtls>';

  it('is split into the payments of a batch that add up to it', () => {
    const transactions = part('1500.00', 'PD0000001') + part('2500.00', 'PD0000002');
    const { entries } = read(statement({ transactions }));
    expect(entries.map(({ amount, endToEndId }) => [amount, endToEndId])).toEqual([
      [1_500_0000, 'PD0000001'],
      [2_500_0000, 'PD0000002'],
    ]);
  });

  it('is taken as one line that names no payment when they do not', () => {
    const transactions = part('1500.00', 'PD0000001') + part('2400.00', 'PD0000002');
    const { entries, problems } = read(statement({ transactions }));
    expect(entries).toMatchObject([{ amount: 4_000_0000, endToEndId: null }]);
    expect(problems.join()).toContain('the transactions make');
  });

  it('tells of money that came back', () => {
    const inside = '<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>';
    const { told, entries } = read(statement({ ...paid, direction: 'CRDT', inside }));
    expect(told).toMatchObject([
      { instructionId: 'PD0000001', state: 'returned', message: 'The bank had it back: AC04' },
    ]);
    expect(entries).toMatchObject([{ direction: 'in' }]);
    expect(read(statement({ ...paid, direction: 'CRDT', reversal: true })).told).toHaveLength(1);
    expect(read(statement({ ...paid, direction: 'CRDT' })).told).toEqual([]);
  });

  it('of an account that is not the firm’s is refused', () => {
    const other = importBankFile('file.xml', statement(paid), { accounts: [IBANS.swiss] });
    expect(other).toMatchObject({ ok: false, error: expect.stringContaining('one of the firm’s') });
    expect(read(statement(paid), [IBANS.ours, IBANS.swiss]).entries).toHaveLength(1);
  });

  it.each([
    ['nothing', ''],
    ['a table', 'Date,Amount\n2026-11-20,4000.00\n'],
    ['an order of ours', documentOf('pain.001.001.09', '<CstmrCdtTrfInitn/>')],
    ['a document type', `<!DOCTYPE x>${statement(paid)}`],
    ['half a file', statement(paid).slice(0, -20)],
  ])('that is %s is refused with its name', (_what, text) => {
    const file = importBankFile('odd.xml', text);
    expect(file).toMatchObject({ ok: false, error: expect.stringMatching(/^"odd.xml": /) });
  });
});

const status = (id: string, code: string, more = ''): string =>
  `<TxInfAndSts><OrgnlEndToEndId>${id}</OrgnlEndToEndId><TxSts>${code}</TxSts>${more}</TxInfAndSts>`;
const statusFile = (...lines: string[]): string =>
  documentOf(
    'pain.002.001.10',
    '<CstmrPmtStsRpt><GrpHdr><MsgId>B-1</MsgId><CreDtTm>2026-11-20T20:00:00</CreDtTm></GrpHdr>' +
      '<OrgnlGrpInfAndSts><OrgnlMsgId>PF1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>' +
      '</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>PF1</OrgnlPmtInfId>' +
      `${lines.join('')}</OrgnlPmtInfAndSts></CstmrPmtStsRpt>`,
  );

describe('a status report', () => {
  it('says what became of payments', () => {
    const reason = '<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>Tess T</AddtlInf></StsRsnInf>';
    const { told, entries, problems } = read(
      statusFile(
        status('PD0000001', 'ACSC'),
        status('PD0000002', 'RJCT', reason),
        status('PD0000003', 'ACCP'),
        status('PD0000004', 'PART'),
      ),
    );
    expect(entries).toEqual([]);
    expect(told.map(({ instructionId, state }) => [instructionId, state])).toEqual([
      ['PD0000001', 'paid'],
      ['PD0000002', 'declined'],
      ['PD0000003', 'sent'],
    ]);
    expect(told[1]?.message).toBe('The bank refused it: RJCT, AC01');
    expect(problems.join()).toContain('its status has to be looked up');
  });

  it('that contradicts itself about a payment says nothing of it', () => {
    const { told, problems } = read(
      statusFile(status('PD0000001', 'ACSC'), status('PD0000001', 'RJCT')),
    );
    expect(told).toEqual([]);
    expect(problems).toHaveLength(1);
  });
});

describe('a file that is taken', () => {
  let paying: PayingFirm;
  beforeEach(async () => {
    paying = await openPayingFirm();
    paying.rail.tellAt(null);
  });
  afterEach(() => paying.close());

  const take = async (text: string): Promise<TakenFile> => {
    const ports = { governance: () => paying.governance, command: paying.command };
    const taken = await takeBankFile(ports, 'rail.xml', text);
    if (!taken.ok) throw new Error(taken.error);
    return taken.value;
  };
  const keyOf = (payoutId: string): string =>
    paying.governance.payout(payoutId)?.payment?.instructionId ?? '';
  const exceptions = () => [...paying.governance.exceptions()].map(({ type }) => type);

  it('closes the loop: what the rail paid is matched with what was ordered', async () => {
    const payouts = ['A1', 'A2', 'A3'].map((accountId) => paying.approved(accountId));
    await paying.pass(0);
    const taken = await take(paying.rail.camt());
    expect(taken).toMatchObject({ entries: 3, known: 0, problems: [] });
    expect(exceptions()).toEqual([]);
    for (const payoutId of payouts) {
      expect(paying.governance.payout(payoutId)?.entries).toHaveLength(1);
    }
  });

  it('changes nothing when it is taken again, or comes again under another name', async () => {
    paying.approved('A1');
    await paying.pass(0);
    await take(paying.rail.camt());
    const before = paying.firm.partition.ingest.lastSeq;
    expect(await take(paying.rail.camt())).toMatchObject({ entries: 0, known: 1, payments: 0 });
    paying.firm.clock += 60_000;
    expect(await take(paying.rail.camt())).toMatchObject({ entries: 0, known: 1, payments: 0 });
    expect(paying.firm.partition.ingest.lastSeq).toBe(before);
  });

  it('marks as paid what the rail never said was', async () => {
    const payoutId = paying.approved('A1', { account: 'TEST-ACCOUNT-0002' });
    await paying.pass(0);
    expect(paying.state(payoutId)).toBe('instructed');
    await take(paying.rail.camt());
    await paying.pass(0);
    expect(paying.state(payoutId)).toBe('paid');
  });

  it.each([
    ['amount', '0006', 'amountDiffers'],
    ['payee', '0007', 'payeeDiffers'],
  ])('with another %s than was ordered becomes a person’s matter', async (_what, last4, type) => {
    const payoutId = paying.approved('A1', { account: `TEST-ACCOUNT-${last4}` });
    await paying.pass(0);
    await take(paying.rail.camt());
    await paying.pass(0);
    expect(exceptions()).toContain(type);
    expect(paying.governance.payout(payoutId)?.entries).toEqual([]);
    expect(paying.state(payoutId)).toBe('unknown');
  });

  it('that nobody ordered anything of becomes a person’s matter', async () => {
    await take(statement(paid));
    expect(exceptions()).toEqual(['unknownEntry']);
  });

  it('of a second line for one payment becomes a person’s matter', async () => {
    paying.approved('A1');
    await paying.pass(0);
    await take(paying.rail.camt());
    await take(paying.rail.camt().replaceAll(/rail-[0-9a-f-]{36}/g, 'rail-another'));
    expect(exceptions()).toEqual(['paidTwice']);
  });

  it('of a status marks payments, once, and never with another amount', async () => {
    const payoutId = paying.approved('A1', { account: 'TEST-ACCOUNT-0005' });
    await paying.pass(0);
    const key = keyOf(payoutId);
    const amount = (text: string): string =>
      `<OrgnlTxRef><Amt><InstdAmt Ccy="USD">${text}</InstdAmt></Amt></OrgnlTxRef>`;
    const forged = await take(statusFile(status(key, 'ACSC', amount('4000.01'))));
    expect(forged.problems.join()).toContain('nothing was made of it');
    expect(paying.state(payoutId)).toBe('sent');
    const file = statusFile(status(key, 'ACSC', amount('4000.00')), status('PDNOBODYS', 'ACSC'));
    const taken = await take(file);
    expect(taken).toMatchObject({ payments: 1 });
    expect(taken.problems).toEqual(['"PDNOBODYS" is no payment that was ordered here']);
    expect(paying.state(payoutId)).toBe('paid');
    expect(await take(file)).toMatchObject({ payments: 0 });
  });
});
