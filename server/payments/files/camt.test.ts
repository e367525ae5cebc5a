import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalText } from '#core/money/money.ts';
import type { BankReport } from './bank-report.ts';
import { readCamt } from './camt.ts';
import {
  balanceOf,
  documentOf,
  entryOf,
  IBANS,
  notificationOf,
  PAID_OUT,
  statementOf,
} from './testing/messages.ts';

function read(text: string): BankReport {
  const result = readCamt(text);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function refusalOf(text: string): string {
  const result = readCamt(text);
  return result.ok ? 'it was read' : result.error;
}

/** What does not add up, without places. */
function problemsIn(parts: string): string[] {
  return read(statementOf({ parts })).problems.map(({ kind, sentence }) => `${kind}: ${sentence}`);
}

/** The only entry of a statement. */
function entryIn(given: Parameters<typeof entryOf>[0], version?: string) {
  const parts = entryOf(given);
  const report = read(statementOf(version === undefined ? { parts } : { parts, version }));
  return report.accounts[0]?.entries[0];
}

const OUT_100 = entryOf();
const IN_40 = entryOf({ amount: '<Amt Ccy="EUR">40.5</Amt>', direction: 'CRDT' });

describe('readCamt', () => {
  it('gives everything that a payout is matched by', () => {
    const parts =
      balanceOf('OPBD', '250.00') + entryOf({ details: PAID_OUT }) + balanceOf('CLBD', '150');
    const { accounts, ...report } = read(statementOf({ parts }));
    expect(report).toEqual({
      kind: 'statement',
      version: 'camt.053.001.08',
      messageId: 'BANK-1',
      createdAt: '2026-11-20T20:00:00',
      problems: [],
    });
    const [account] = accounts;
    expect(accounts).toHaveLength(1);
    expect(account).toMatchObject({
      id: 'S-1',
      account: { kind: 'iban', iban: IBANS.ours },
      currency: 'EUR',
      complete: true,
      reconciliations: [
        {
          currency: 'EUR',
          opening: 2_500_000,
          booked: -1_000_000,
          closing: 1_500_000,
          agrees: true,
        },
      ],
    });
    expect(account?.entries[0]).toMatchObject({
      amount: 1_000_000,
      currency: 'EUR',
      direction: 'debit',
      reversal: false,
      status: 'BOOK',
      bookingDate: '2026-11-20',
      valueDate: '2026-11-21',
      transactionCode: 'PMNT/ICDT/ESCT',
      batches: [],
    });
    const ada = {
      name: 'Ada Tester',
      account: { kind: 'iban', iban: IBANS.british },
      bic: 'NWBKGB2L',
    };
    expect(account?.entries[0]?.transactions).toMatchObject([
      {
        references: { endToEndId: 'PO-2026-000041', instructionId: 'PAYOUT-41', messageId: null },
        amount: { amount: 1_000_000, currency: 'EUR' },
        instructed: { amount: 1_100_000, currency: 'USD' },
        direction: 'debit',
        debtor: { name: 'Example Props', account: null, bic: null },
        creditor: ada,
        counterparty: ada,
        remittance: { lines: ['Profit share, account 7001'], references: [] },
        returned: null,
      },
    ]);
  });

  it('reads a notification, whose account may be no IBAN', () => {
    const report = read(notificationOf({ parts: IN_40 }));
    expect(report).toMatchObject({
      kind: 'notification',
      version: 'camt.054.001.08',
      problems: [],
    });
    expect(report.accounts[0]).toMatchObject({
      account: { kind: 'other', id: '000777' },
      balances: [],
      reconciliations: [],
      entries: [{ amount: 405_000, direction: 'credit' }],
    });
  });

  it('reads the shapes of old versions: a bare status, parties and amounts without wrapping', () => {
    const details =
      '<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>' +
      '<AmtDtls><TxAmt><Amt Ccy="EUR">100.00</Amt></TxAmt></AmtDtls>' +
      '<RltdPties><Cdtr><Nm>Ada</Nm></Cdtr></RltdPties>' +
      '<RltdAgts><CdtrAgt><FinInstnId><BIC>NWBKGB2L</BIC></FinInstnId></CdtrAgt></RltdAgts>' +
      '</TxDtls></NtryDtls>';
    expect(entryIn({ status: 'BOOK', details }, 'camt.053.001.02')).toMatchObject({
      status: 'BOOK',
      transactions: [
        {
          references: { endToEndId: null },
          amount: { amount: 1_000_000, currency: 'EUR' },
          counterparty: { name: 'Ada', account: null, bic: 'NWBKGB2L' },
        },
      ],
    });
  });

  it.each(['camt.053.001.02', 'camt.053.001.13'])('knows %s', (version) => {
    expect(read(statementOf({ version, parts: OUT_100 })).version).toBe(version);
  });

  it('knows the Swiss variant by its own namespace', () => {
    const namespace = 'http://www.six-interbank-clearing.com/de/camt.053.001.04.ch.02.xsd';
    const text = statementOf({ parts: OUT_100 }).replace(/urn:[^"]*/, namespace);
    expect(read(text).version).toBe('camt.053.001.04.ch.02');
  });

  it('says of a payment that came back why, and whom it had gone to', () => {
    const details =
      '<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Example Props</Nm></Pty></Dbtr>' +
      '<Cdtr><Pty><Nm>Ada Tester</Nm></Pty></Cdtr></RltdPties>' +
      '<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf></RtrInf></TxDtls></NtryDtls>';
    const entry = entryIn({ direction: 'CRDT', reversal: '<RvslInd>true</RvslInd>', details });
    expect(entry).toMatchObject({
      direction: 'credit',
      reversal: true,
      transactions: [
        {
          amount: { amount: 1_000_000, currency: 'EUR' },
          counterparty: { name: 'Ada Tester' },
          returned: { code: 'AC04', information: 'closed' },
        },
      ],
    });
  });

  it('gives the payer of a credit as the other side', () => {
    const details =
      '<NtryDtls><TxDtls><RltdPties><Dbtr><Agt><FinInstnId><Nm>Some Bank</Nm></FinInstnId></Agt></Dbtr>' +
      '<DbtrAcct><Id><Othr><Id>77</Id></Othr></Id></DbtrAcct></RltdPties></TxDtls></NtryDtls>';
    expect(entryIn({ direction: 'CRDT', details })?.transactions[0]?.counterparty).toEqual({
      name: 'Some Bank',
      account: { kind: 'other', id: '77' },
      bic: null,
    });
  });

  it('leaves the amount of a transaction open where a batch does not say it', () => {
    const lone = '<NtryDtls><TxDtls><Refs/></TxDtls></NtryDtls>';
    const batched =
      '<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch><TxDtls><Refs/></TxDtls></NtryDtls>';
    expect(entryIn({ details: lone })?.transactions[0]?.amount?.amount).toBe(1_000_000);
    expect(entryIn({ details: batched })?.transactions[0]?.amount).toBe(null);
  });

  it('reads every batch of an entry', () => {
    const details =
      '<NtryDtls><Btch><PmtInfId>P-1</PmtInfId><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="EUR">60.00</TtlAmt>' +
      '<CdtDbtInd>DBIT</CdtDbtInd></Btch></NtryDtls>' +
      '<NtryDtls><Btch><MsgId>M-2</MsgId><TtlAmt Ccy="EUR">40.00</TtlAmt></Btch></NtryDtls>';
    expect(entryIn({ details })?.batches).toMatchObject([
      { paymentInformationId: 'P-1', count: 2, total: { amount: 600_000 }, direction: 'debit' },
      { messageId: 'M-2', count: null, total: { amount: 400_000 }, direction: null },
    ]);
    expect(problemsIn(entryOf({ details }))).toEqual([]);
  });

  it('passes over elements that it does not know where no money is, and over the bank’s own data', () => {
    const foreign =
      '<SplmtryData><Envlp><x:Amt xmlns:x="urn:bank" kind="odd">1e5</x:Amt></Envlp></SplmtryData>';
    const details = `<NtryDtls><TxDtls><NewThing><Deep>1</Deep></NewThing>${foreign}</TxDtls></NtryDtls>`;
    expect(entryIn({ details })?.transactions).toHaveLength(1);
  });
});

describe('an amount is one plain decimal in the message’s namespace, or the file is refused', () => {
  const amount = (text: string, currency = 'EUR') => `<Amt Ccy="${currency}">${text}</Amt>`;

  it.each([
    [amount('0.01'), 100],
    [amount('100'), 1_000_000],
    [amount('1.50000'), 15_000],
    [amount('00012.30'), 123_000],
    [amount('\n  7.00\n'), 70_000],
    [amount('79255.00', 'JPY'), 792_550_000],
    [amount('1.234', 'KWD'), 12_340],
    [amount('900719925474.09'), 9_007_199_254_740_900],
  ])('%s is read', (text, value) => {
    expect(entryIn({ amount: text })?.amount).toBe(value);
  });

  it.each([
    ['an exponent', amount('1e5'), 'Amt: "1e5" is not a plain decimal'],
    ['a hexadecimal', amount('0x1F'), '"0x1F" is not a plain decimal'],
    ['thousands', amount('1,000.00'), '"1,000.00" is not a plain decimal'],
    ['a comma', amount('1000,00'), 'not a plain decimal'],
    ['blanks inside', amount('1 000.00'), 'not a plain decimal'],
    ['a no-break space', amount('1\u00A0000'), 'not a plain decimal'],
    ['a plus', amount('+1.00'), '"+1.00" is not a plain decimal'],
    ['a minus', amount('-1.00'), 'not a plain decimal'],
    ['full-width digits', amount('１００'), 'not a plain decimal'],
    ['Arabic digits', amount('١٠٠'), 'not a plain decimal'],
    ['no digits before the point', amount('.50'), 'not a plain decimal'],
    ['no digits after it', amount('5.'), 'not a plain decimal'],
    ['two points', amount('1.2.3'), 'not a plain decimal'],
    ['nothing', amount(''), 'Amt: "" is not a plain decimal'],
    ['a word', amount('NaN'), 'not a plain decimal'],
    ['an underscore', amount('1_000'), 'not a plain decimal'],
    ['thousandths of a euro', amount('1.234'), '"1.234" has more decimals than EUR, which has 2'],
    ['tenths of a yen', amount('100.5', 'JPY'), 'more decimals than JPY, which has 0'],
    ['six decimals', amount('1.000000'), 'has more than 5 decimals'],
    ['too much', amount('90071992547409.93'), 'too large to be kept exactly'],
    ['far too much', amount('9'.repeat(30)), 'too large to be kept exactly'],
    ['a comment inside', amount('1<!-- 0 -->0'), 'a comment stands inside the text of Amt'],
    ['CDATA', amount('<![CDATA[10]]>'), 'a CDATA section'],
    ['an element inside', amount('<b>10</b>'), 'Amt'],
    ['no currency', '<Amt>10.00</Amt>', 'Amt has no currency of three capitals'],
    ['a small currency', amount('10.00', 'eur'), 'Amt has no currency of three capitals'],
    ['a currency with a blank', amount('10.00', 'EUR '), 'Amt has no currency of three capitals'],
    [
      'another attribute',
      '<Amt Ccy="EUR" xmlns:x="urn:x" x:Ccy="USD">1</Amt>',
      'unknown attribute "x:Ccy"',
    ],
    [
      'a type',
      '<Amt Ccy="EUR" xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="true">1</Amt>',
      'unknown attribute "x:nil"',
    ],
    ['two amounts', amount('1.00') + amount('2.00'), 'Ntry has a second Amt'],
    ['no amount', '', 'Ntry has no Amt'],
    [
      'another namespace',
      '<Amt xmlns="urn:other" Ccy="EUR">1.00</Amt>',
      'Amt is in the namespace "urn:other"',
    ],
    ['no namespace', '<Amt xmlns="" Ccy="EUR">1.00</Amt>', 'Amt is in the namespace ""'],
    [
      'another version',
      '<Amt xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02" Ccy="EUR">1.00</Amt>',
      'Amt is in the namespace',
    ],
    ['one in small letters', '<amt Ccy="EUR">1.00</amt>', 'Ntry has no Amt'],
  ])('%s', (_what, text, sentence) => {
    const refusal = refusalOf(statementOf({ parts: entryOf({ amount: text }) }));
    expect(refusal).toMatch(/^line 2, column \d+: /);
    expect(refusal).toContain(sentence);
  });

  it('says the same amount as the digits do, for every amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 90_071_992_547_409 }), fc.nat(2), (cents, zeros) => {
        const text = `${decimalText(cents, 2)}${'0'.repeat(zeros)}`;
        expect(entryIn({ amount: amount(text) })?.amount).toBe(Number(`${cents}00`));
      }),
      { seed: 20_261_121, numRuns: 300 },
    );
  });
});

describe('what decides about money stands once, and next to nothing unknown', () => {
  const transaction = (inner: string) =>
    entryOf({ details: `<NtryDtls><TxDtls>${inner}</TxDtls></NtryDtls>` });
  const amount = '<Amt Ccy="EUR">1.00</Amt>';
  const bare = '<CdtDbtInd>DBIT</CdtDbtInd>';

  it.each([
    [
      'two directions of an entry',
      OUT_100.replace(bare, bare + bare),
      'Ntry has a second CdtDbtInd',
    ],
    ['no direction', OUT_100.replace(bare, ''), 'Ntry has no CdtDbtInd'],
    [
      'a direction that is none',
      OUT_100.replace('DBIT', 'dbit'),
      'CdtDbtInd: "dbit" is neither CRDT nor DBIT',
    ],
    [
      'two directions of a transaction',
      transaction(`${amount}${bare}${bare}`),
      'TxDtls has a second CdtDbtInd',
    ],
    ['two amounts of a transaction', transaction(amount + amount), 'TxDtls has a second Amt'],
    [
      'two end-to-end ids',
      transaction('<Refs><EndToEndId>A</EndToEndId><EndToEndId>B</EndToEndId></Refs>'),
      'Refs has a second EndToEndId',
    ],
    ['two blocks of references', transaction('<Refs/><Refs/>'), 'TxDtls has a second Refs'],
    [
      'an end-to-end id that holds elements',
      transaction('<Refs><EndToEndId><Id>A</Id></EndToEndId></Refs>'),
      'EndToEndId holds elements, not text',
    ],
    ['two statuses', OUT_100.replace('<Sts>', '<Sts>INFO</Sts><Sts>'), 'Ntry has a second Sts'],
    [
      'a status of two kinds',
      entryOf({ status: '<Cd>BOOK</Cd><Prtry>X</Prtry>' }),
      'Cd and Prtry exclude each other',
    ],
    ['an empty status', entryOf({ status: '' }), 'the status of the entry is empty'],
    [
      'two parties in one',
      transaction('<RltdPties><Cdtr><Pty><Nm>A</Nm></Pty><Agt/></Cdtr></RltdPties>'),
      'Pty and Agt exclude each other',
    ],
    [
      'two numbers of an account',
      transaction(
        '<RltdPties><CdtrAcct><Id><IBAN>A</IBAN><Othr><Id>B</Id></Othr></Id></CdtrAcct></RltdPties>',
      ),
      'IBAN and Othr exclude each other',
    ],
    [
      'an unknown element in the details of an amount',
      transaction('<AmtDtls><RealAmt/></AmtDtls>'),
      'AmtDtls holds the unknown element RealAmt',
    ],
    [
      'two transaction amounts',
      transaction(`<AmtDtls><TxAmt>${amount}</TxAmt><TxAmt>${amount}</TxAmt></AmtDtls>`),
      'AmtDtls has a second TxAmt',
    ],
    [
      'an exponent where nobody reads it',
      transaction('<AmtDtls><CntrValAmt><Amt Ccy="EUR">1e5</Amt></CntrValAmt></AmtDtls>'),
      '"1e5" is not a plain decimal',
    ],
    [
      'an exponent among charges',
      transaction('<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">1e5</TtlChrgsAndTaxAmt></Chrgs>'),
      '"1e5" is not a plain decimal',
    ],
    [
      'an unknown element in a balance',
      balanceOf('OPBD', '1').replace('<Tp>', '<Amount/><Tp>'),
      'Bal holds the unknown element Amount',
    ],
    [
      'two amounts of a balance',
      balanceOf('OPBD', '1').replace('<Dt>', `${amount}<Dt>`),
      'Bal has a second Amt',
    ],
    ['a balance without a type', balanceOf('', '1'), 'the balance has no type'],
    [
      'an unknown element in a batch',
      entryOf({ details: '<NtryDtls><Btch><Total/></Btch></NtryDtls>' }),
      'Btch holds the unknown element Total',
    ],
    [
      'a sum with a comma',
      `<TxsSummry><TtlNtries><Sum>1,00</Sum></TtlNtries></TxsSummry>`,
      'Sum: "1,00" is not a plain decimal',
    ],
    [
      'a count with a sign',
      `<TxsSummry><TtlNtries><NbOfNtries>-1</NbOfNtries></TtlNtries></TxsSummry>`,
      'NbOfNtries: "-1" is no number of items',
    ],
    [
      'a reversal that is a word',
      entryOf({ reversal: '<RvslInd>no</RvslInd>' }),
      'RvslInd: "no" is neither true nor false',
    ],
    [
      '30 February',
      OUT_100.replaceAll('2026-11-20', '2026-02-30'),
      'BookgDt: "2026-02-30" is no date',
    ],
    [
      'a date in another order',
      OUT_100.replaceAll('2026-11-20', '20.11.2026'),
      'BookgDt: "20.11.2026" is no date',
    ],
  ])('%s', (_what, parts, sentence) => {
    const refusal = refusalOf(statementOf({ parts }));
    expect(refusal).toMatch(/^line 2, column \d+: /);
    expect(refusal).toContain(sentence);
  });
});

describe('a file that is something else is refused by its name', () => {
  const wanted = 'a statement (camt.053) or a notification (camt.054)';

  it.each([
    [
      'camt.052.001.08',
      `this is camt.052.001.08, an intraday report, whose entries may still change; wanted is ${wanted}`,
    ],
    ['pain.008.001.02', 'this is pain.008.001.02, a direct debit order'],
    ['pain.001.001.09', 'this is pain.001.001.09, a payment order'],
    ['pain.002.001.10', 'this is pain.002.001.10;'],
    ['camt.053.001.14', 'this is camt.053.001.14;'],
    ['camt.053.001.01', 'this is camt.053.001.01;'],
  ])('%s', (version, sentence) => {
    expect(refusalOf(documentOf(version, '<Any/>'))).toContain(`line 2, column 1: ${sentence}`);
  });

  it.each([
    ['no namespace', '<Document><BkToCstmrStmt/></Document>', 'Document has no namespace'],
    ['an unknown namespace', '<Document xmlns="urn:x"/>', 'this is of the namespace "urn:x"'],
    ['another root', '<html/>', 'the root is html, not Document'],
    [
      'another body',
      documentOf('camt.053.001.08', '<BkToCstmrDbtCdtNtfctn/>'),
      'Document has no BkToCstmrStmt',
    ],
    [
      'two bodies',
      documentOf('camt.053.001.08', '<BkToCstmrStmt/><BkToCstmrStmt/>'),
      'a second BkToCstmrStmt',
    ],
    [
      'a body beside it',
      statementOf({ parts: '' }).replace('</Document>', '<x/></Document>'),
      'Document holds the unknown element x',
    ],
    [
      'no statement',
      documentOf('camt.053.001.08', '<BkToCstmrStmt><GrpHdr/></BkToCstmrStmt>'),
      'BkToCstmrStmt has no Stmt',
    ],
    [
      'no message id',
      statementOf({ parts: '' }).replace(/<MsgId>.*<\/MsgId>/, ''),
      'GrpHdr has no MsgId',
    ],
    [
      'an empty message id',
      statementOf({ parts: '' }).replace(/<MsgId>.*<\/MsgId>/, '<MsgId> </MsgId>'),
      'MsgId is empty',
    ],
    ['no account', statementOf({ parts: '' }).replace(/<Acct>.*<\/Acct>/, ''), 'Stmt has no Acct'],
    [
      'an account without a number',
      statementOf({ parts: '' }).replace(/<IBAN>.*<\/IBAN>/, ''),
      'the account has neither IBAN nor another number',
    ],
  ])('%s', (_what, text, sentence) => {
    expect(refusalOf(text)).toContain(sentence);
  });
});

describe('what can be read but does not add up is listed with its place', () => {
  it('opening and booked entries against closing', () => {
    const wrong = balanceOf('OPBD', '250.00') + balanceOf('CLBD', '150.01') + OUT_100;
    const report = read(statementOf({ parts: wrong }));
    const column = statementOf({ parts: wrong }).split('\n')[1]?.lastIndexOf('<Bal>') ?? 0;
    expect(report.problems).toEqual([
      {
        kind: 'balance',
        line: 2,
        column: column + 1,
        sentence: '250.00 at the opening and -100.00 booked do not make 150.01 EUR at the closing',
      },
    ]);
    expect(report.accounts[0]?.reconciliations[0]?.agrees).toBe(false);
  });

  it.each([
    [
      'an overdrawn account',
      balanceOf('OPBD', '50', 'DBIT') + balanceOf('CLBD', '150', 'DBIT') + OUT_100,
    ],
    [
      'a previous closing for an opening',
      balanceOf('PRCD', '250') + balanceOf('CLBD', '150') + OUT_100,
    ],
    [
      'what is not booked yet',
      balanceOf('OPBD', '50') + balanceOf('CLBD', '50') + entryOf({ status: '<Cd>PDNG</Cd>' }),
    ],
    [
      'a debit that was taken back',
      balanceOf('OPBD', '50') +
        balanceOf('CLBD', '150') +
        entryOf({ direction: 'CRDT', reversal: '<RvslInd>true</RvslInd>' }),
    ],
    [
      'several days',
      balanceOf('OPBD', '250', 'CRDT', '2026-11-19') +
        balanceOf('CLBD', '250', 'CRDT', '2026-11-19') +
        balanceOf('OPBD', '250') +
        balanceOf('CLBD', '150') +
        OUT_100,
    ],
    ['available balances', balanceOf('OPAV', '1') + balanceOf('CLAV', '2') + OUT_100],
    ['one balance alone', balanceOf('CLBD', '2') + OUT_100],
    ['no balances', OUT_100],
  ])('%s is no problem', (_what, parts) => {
    expect(problemsIn(parts)).toEqual([]);
  });

  it('an entry in a currency of which there is no balance', () => {
    const dollars = entryOf({ amount: '<Amt Ccy="USD">1.00</Amt>' });
    expect(problemsIn(balanceOf('OPBD', '1') + balanceOf('CLBD', '1') + dollars)).toEqual([
      'balance: the entry is in USD, of which there is no balance',
    ]);
  });

  it('two balances of one type and day', () => {
    expect(problemsIn(balanceOf('CLBD', '1') + balanceOf('CLBD', '2'))).toEqual([
      'balance: 1.00 stood on line 2 as "CLBD" of that day',
    ]);
  });

  const summary = (inner: string) => `<TxsSummry>${inner}</TxsSummry>${OUT_100}${IN_40}`;
  const net = (amount: string, direction: string) =>
    `<TtlNetNtry><Amt>${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd></TtlNetNtry>`;

  it('counts and sums that the bank announces', () => {
    const right =
      `<TtlNtries><NbOfNtries>2</NbOfNtries><Sum>140.50</Sum>${net('59.5', 'DBIT')}</TtlNtries>` +
      '<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>40.5</Sum></TtlCdtNtries>' +
      '<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>100</Sum></TtlDbtNtries>';
    expect(problemsIn(summary(right))).toEqual([]);
    const wrong =
      `<TtlNtries><NbOfNtries>3</NbOfNtries><Sum>140</Sum>${net('59.5', 'CRDT')}</TtlNtries>` +
      '<TtlCdtNtries><NbOfNtries>2</NbOfNtries><Sum>41</Sum></TtlCdtNtries>' +
      '<TtlDbtNtries><NbOfNtries>0</NbOfNtries><Sum>0</Sum></TtlDbtNtries>';
    expect(problemsIn(summary(wrong))).toEqual([
      'summary: 3 entries are announced, 2 stand',
      'summary: the entries should add up to 140.00, not 140.50',
      'summary: the net of the entries should be 59.50, not -59.50',
      'summary: 2 credits are announced, 1 stand',
      'summary: the credits should add up to 41.00, not 40.50',
      'summary: 0 debits are announced, 1 stand',
      'summary: the debits should add up to 0.00, not 100.00',
    ]);
  });

  it('the net of the oldest version, which stands without an element of its own', () => {
    const old =
      '<TtlNtries><TtlNetNtryAmt>59.5</TtlNetNtryAmt><CdtDbtInd>DBIT</CdtDbtInd></TtlNtries>';
    expect(problemsIn(summary(old))).toEqual([]);
    expect(problemsIn(summary(old.replace('59.5', '59.4')))).toHaveLength(1);
  });

  const detail = (amount: string, direction = 'DBIT') =>
    `<TxDtls><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd></TxDtls>`;
  const details = (inner: string) => entryOf({ details: `<NtryDtls>${inner}</NtryDtls>` });

  it('transactions against their entry, where all of them are there', () => {
    const batch = (count: number) => `<Btch><NbOfTxs>${count}</NbOfTxs></Btch>`;
    expect(problemsIn(details(detail('60') + detail('40')))).toEqual([]);
    expect(problemsIn(details(detail('160') + detail('60', 'CRDT')))).toEqual([]);
    expect(problemsIn(details(batch(9) + detail('1')))).toEqual([]);
    expect(problemsIn(details(batch(2) + detail('60') + detail('39')))).toEqual([
      'details: the transactions make -99.00, the entry -100.00 EUR',
    ]);
    expect(problemsIn(details(detail('60') + detail('41')))).toEqual([
      'details: the transactions make -101.00, the entry -100.00 EUR',
    ]);
    expect(problemsIn(details(batch(1) + detail('60') + detail('40')))).toEqual([
      'details: 1 payments are announced, 2 stand',
    ]);
  });

  it('batches against their entry', () => {
    const batch = (amount: string) => `<Btch><TtlAmt Ccy="EUR">${amount}</TtlAmt></Btch>`;
    expect(problemsIn(details(batch('100')))).toEqual([]);
    expect(problemsIn(details(batch('99')))).toEqual([
      'details: the batches make -99.00, the entry -100.00 EUR',
    ]);
  });

  it('a credit that is the only detail of a debit', () => {
    expect(problemsIn(details(detail('100', 'CRDT')))).toContain(
      'direction: a credit is the only detail of a debit',
    );
  });

  it('an IBAN that is none', () => {
    expect(
      problemsIn(entryOf({ details: PAID_OUT.replace(IBANS.british, 'GB00NWBK60161331926819') })),
    ).toEqual(['account: "GB00NWBK60161331926819" fails the check digits of an IBAN']);
  });

  it('a payment that left twice; one that came back is no second payment', () => {
    const paid = entryOf({ details: PAID_OUT });
    const back = entryOf({
      details: PAID_OUT,
      direction: 'CRDT',
      reversal: '<RvslInd>true</RvslInd>',
    });
    expect(problemsIn(paid + paid)).toEqual([
      `duplicate: "PO-2026-000041" leaves "${IBANS.ours}" a second time; the first is on line 2`,
    ]);
    const returned = paid.replace('<RmtInf>', '<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf><RmtInf>');
    const received = paid.replaceAll('DBIT', 'CRDT');
    const pending = paid.replace('BOOK', 'PDNG');
    for (const other of [back, returned, received, pending])
      expect(problemsIn(paid + other).filter((one) => one.startsWith('duplicate'))).toEqual([]);
  });

  it('nothing of a page that is one of several, except that it is one', () => {
    const header =
      '<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-11-20T20:00:00</CreDtTm><MsgPgntn><PgNb>1</PgNb>' +
      '<LastPgInd>false</LastPgInd></MsgPgntn></GrpHdr>';
    const parts = balanceOf('OPBD', '1') + balanceOf('CLBD', '2') + OUT_100;
    const paged = read(statementOf({ header, parts }));
    expect(paged.problems.map(({ kind }) => kind)).toEqual(['partial']);
    expect(paged.accounts[0]?.complete).toBe(false);
    const last = read(statementOf({ header: header.replace('false', 'true'), parts }));
    expect(last.problems.map(({ kind }) => kind)).toEqual(['balance']);
  });

  it('nothing of a report that is itself one page of several', () => {
    const pages = '<PgNb>2</PgNb><LastPgInd>true</LastPgInd>';
    const kinds = (report: BankReport) => report.problems.map(({ kind }) => kind);
    const summary = '<TxsSummry><TtlNtries><NbOfNtries>9</NbOfNtries></TtlNtries></TxsSummry>';
    const page = (name: string) => `<${name}>${pages}</${name}>${summary}${OUT_100}`;
    expect([
      kinds(read(statementOf({ parts: page('StmtPgntn') }))),
      kinds(read(notificationOf({ parts: page('NtfctnPgntn') }))),
    ]).toEqual([['partial'], ['partial']]);
  });
});
