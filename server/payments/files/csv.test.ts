import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CSV_LIMITS, csvOf, paymentCsv, readCsv } from './csv.ts';
import { batch, IBANS, withPayment } from './testing/messages.ts';

/** What a spreadsheet or another program takes from one line of CSV with one cell. */
function cellOf(cell: string): string {
  return csvOf([[cell]])
    .slice(1, -3)
    .replaceAll('""', '"');
}

describe('csvOf', () => {
  it('quotes every cell, doubles quotes, and ends lines with CR LF', () => {
    expect(
      csvOf([
        ['a', 'b "c"'],
        ['1,2', ''],
      ]),
    ).toBe('"a","b ""c"""\r\n"1,2",""\r\n');
    expect(csvOf([])).toBe('');
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\0=1',
    ' =1',
    '\u00A0=1',
    '\u3000=1',
    '\u200B=1',
    '\uFEFF=1',
    '\u202E=1',
    '\u0001=1',
    '\v=1',
    '＝1+1',
    '＋1',
    '－1',
    '＠SUM(A1)',
    '﹦1',
    'first\n=2',
    'first\r\n  +2',
    'first\r-2',
    'first\n\n\u00A0@x',
    'first\u2028=2',
    '"\n=cmd|x',
  ])('guards %j with an apostrophe', (cell) => {
    expect(cellOf(cell)).toBe(`'${cell}`);
  });

  it.each(['a=1', '1-1', 'a@b.example', "it's", "'quoted'", '\n', 'a\n\nb', '12.50', '', ' '])(
    'leaves %j as it is',
    (cell) => {
      expect(cellOf(cell)).toBe(cell);
    },
  );

  const nasty = fc.string({
    unit: fc.constantFrom(...'=+-@\t\r\n\0 \u00A0\u3000\uFEFF\u200B\u202E＝＋－＠"\',;a1'),
    maxLength: 12,
  });

  it('lets no line of any cell begin with a formula, unless an apostrophe begins the cell', () => {
    fc.assert(
      fc.property(nasty, (cell) => {
        const shown = cellOf(cell);
        const starts = shown
          .split(/[\r\n\u2028\u2029]/)
          .map((line) => line.replace(/^[\s\p{Cf}]+/u, '')[0] ?? '');
        const formula = starts.some((start) => '=+-@＝＋－＠\0'.includes(start) && start !== '');
        expect(formula && !shown.startsWith("'")).toBe(false);
      }),
      { seed: 20_261_122, numRuns: 5_000 },
    );
  });

  it('is read back exactly, guards and all', () => {
    const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
      fc.array(fc.array(fc.oneof(nasty, fc.string()), { minLength: width, maxLength: width }), {
        maxLength: 6,
      }),
    );
    fc.assert(
      fc.property(table, (rows) => {
        expect(readCsv(csvOf(rows))).toEqual({ ok: true, value: rows });
      }),
      { seed: 20_261_123, numRuns: 2_000 },
    );
  });

  it('writes tables only: rows of different lengths are a mistake of ours', () => {
    expect(() => csvOf([['a'], ['b', 'c']])).toThrow('rows of a table are equally long');
    expect(() => csvOf([[]])).toThrow('rows of a table are equally long');
  });
});

describe('readCsv', () => {
  it.each<[string, string, string[][]]>([
    [
      'plain cells',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'no line end at the end',
      'a,b\r\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'empty cells',
      ',\r\n"",',
      [
        ['', ''],
        ['', ''],
      ],
    ],
    ['a comma at the end', 'a,', [['a', '']]],
    ['line ends and quotes inside quotes', '"a\r\nb","c""d"', [['a\r\nb', 'c"d']]],
    ['a byte order mark', '\uFEFFa\n', [['a']]],
    ['nothing', '', []],
    ['a guard', `"'=1","'tis"`, [['=1', "'tis"]]],
  ])('reads %s', (_what, text, rows) => {
    expect(readCsv(text)).toEqual({ ok: true, value: rows });
  });

  it('reads what is as large as the limits say', () => {
    const cell = 'x'.repeat(CSV_LIMITS.cellMax);
    const quotes = '"'.repeat(CSV_LIMITS.cellMax);
    const wide = Array.from({ length: CSV_LIMITS.columnsMax }, () => 'x');
    for (const rows of [[[cell]], [[quotes]], [wide]])
      expect(readCsv(csvOf(rows))).toEqual({ ok: true, value: rows });
    expect(readCsv('a\n'.repeat(CSV_LIMITS.rowsMax)).ok).toBe(true);
  });

  it.each([
    ['an open quote', 'a\n"b', 'line 2: a quoted cell is never closed'],
    ['text behind a quote', '"a"b', 'line 1: text follows a closing quote'],
    ['a quote inside', 'a"b', 'line 1: a quote or line end stands inside a cell'],
    ['a lone carriage return', 'a\rb', 'line 1: a quote or line end stands inside a cell'],
    ['a short row', 'a,b\n"c\n"\n', 'line 2: the row has 1 cells, the first has 2'],
    ['a long row', 'a\n"\n\n"\nb,c\n', 'line 5: the row has 2 cells, the first has 1'],
    [
      'a long cell',
      `"${'x'.repeat(CSV_LIMITS.cellMax + 1)}"`,
      'line 1: a cell is longer than 32767',
    ],
    ['many columns', ','.repeat(CSV_LIMITS.columnsMax), 'line 1: there are more than 200 columns'],
    ['many rows', 'a\n'.repeat(CSV_LIMITS.rowsMax + 1), 'line 100001: there are more than 100000'],
    ['a huge file', 'x'.repeat(CSV_LIMITS.charactersMax + 1), 'the file has more than'],
  ])('refuses %s', (_what, text, sentence) => {
    expect(readCsv(text)).toEqual({ ok: false, error: expect.stringContaining(sentence) });
  });
});

describe('paymentCsv', () => {
  it('has one row per payment under a header', () => {
    const file = paymentCsv(batch);
    expect(file.ok ? readCsv(file.value) : file).toEqual({
      ok: true,
      value: [
        [
          'Message id',
          'Execution date',
          'Instruction id',
          'End-to-end id',
          'Amount',
          'Currency',
          'Payee',
          'Account',
          'BIC',
          'Remittance',
        ],
        [
          'PD-20261120-1',
          '2026-11-23',
          'PAYOUT-41',
          'PO-2026-000041',
          '1234.56',
          'EUR',
          'Ada Tester',
          IBANS.british,
          'NWBKGB2L',
          'Profit share, account 7001',
        ],
        [
          'PD-20261120-1',
          '2026-11-23',
          'PAYOUT-42',
          'PO-2026-000042',
          '0.01',
          'EUR',
          'B. Trader (Ltd)',
          '000123456',
          '',
          '',
        ],
      ],
    });
  });

  it('guards what banks allow and spreadsheets run', () => {
    const file = paymentCsv(withPayment({ remittance: '+41 79 000 00 00' }));
    expect(file.ok && file.value).toContain(`"'+41 79 000 00 00"`);
  });

  it('is held to the same checks as the file for banks', () => {
    expect(paymentCsv(withPayment({ amount: 1 })).ok).toBe(false);
  });
});
