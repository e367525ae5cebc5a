import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountNumber, bicProblem, ibanProblem } from './account.ts';
import { amountText, readAmount } from './currency.ts';
import { calendarDate, isoDateTime } from './dates.ts';
import { IBANS } from './testing/messages.ts';

describe('an IBAN', () => {
  it.each(Object.values(IBANS))('%s is one', (iban) => {
    expect(ibanProblem(iban)).toBe(null);
  });

  it('fails with any one character changed, and with any two neighbours exchanged', () => {
    const known = fc.constantFrom(...Object.values(IBANS));
    fc.assert(
      fc.property(known, fc.nat(), fc.constantFrom(...'0123456789AZ'), (iban, place, character) => {
        const at = place % iban.length;
        const changed = iban.slice(0, at) + character + iban.slice(at + 1);
        const next = iban[at + 1] ?? '';
        const exchanged = iban.slice(0, at) + next + (iban[at] ?? '') + iban.slice(at + 2);
        for (const other of [changed, exchanged])
          expect(ibanProblem(other) === null).toBe(other === iban);
      }),
      { seed: 20_261_127, numRuns: 2_000 },
    );
  });

  it.each(['', 'DE', 'de89370400440532013000', `${IBANS.ours} `, 'DE8937040044053201300０'])(
    'is not %j',
    (text) => {
      expect(ibanProblem(text)).toMatch(/does not look like an IBAN$/);
    },
  );

  it('never has check digits that are not given out, though their remainder fits', () => {
    // 97 fits this account; 00 differs from it by 97, and so fits by its remainder alone.
    const numbers = Array.from({ length: 200 }, (_, at) => `DE97${String(at).padStart(18, '0')}`);
    const fitting = numbers.find((iban) => ibanProblem(iban) === null) ?? '';
    expect(ibanProblem(fitting)).toBe(null);
    expect(ibanProblem(fitting.replace('DE97', 'DE00'))).toMatch(/fails the check digits/);
  });
});

describe('a BIC', () => {
  it.each(['COBADEFF', 'COBADEFF370', '1ABCGB2L'])('%s looks like one', (bic) => {
    expect(bicProblem(bic)).toBe(null);
  });

  it.each(['', 'COBADEF', 'COBADEFF37', 'cobadeff', 'COBA1EFF', 'COBADEFF3701'])(
    '%j does not',
    (bic) => {
      expect(bicProblem(bic)).toMatch(/does not look like a BIC$/);
    },
  );
});

it('gives the number of either kind of account', () => {
  const other = accountNumber({ kind: 'other', id: '77' });
  expect([accountNumber({ kind: 'iban', iban: IBANS.ours }), other]).toEqual([IBANS.ours, '77']);
});

it('an amount reads back as it was written, and is written only where the currency has it', () => {
  const currency = fc.constantFrom(
    ...([
      ['JPY', 10_000],
      ['EUR', 100],
      ['KWD', 10],
      ['CLF', 1],
    ] as const),
  );
  fc.assert(
    fc.property(currency, fc.maxSafeInteger(), ([code, unit], units) => {
      const amount = Math.abs(units);
      const text = amountText(amount, code);
      const back = text.ok ? readAmount(text.value, code) : null;
      expect(back).toEqual(amount % unit === 0 ? { ok: true, value: amount } : null);
    }),
    { seed: 20_261_128, numRuns: 1_000 },
  );
});

describe('dates', () => {
  it.each(['2026-02-28', '2028-02-29', '2000-02-29', '2026-12-31'])(
    '%s is in the calendar',
    (day) => {
      expect(calendarDate(day)).toBe(day);
    },
  );

  it.each([
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-00-01',
    '2026-13-01',
    '2026-01-00',
    '26-01-01',
    '',
  ])('%j is not', (day) => {
    expect(calendarDate(day)).toBe(null);
  });

  it('are written to the second, in UTC, with four digits of the year', () => {
    expect(isoDateTime(Date.UTC(2026, 10, 20, 9, 30, 1, 999))).toBe('2026-11-20T09:30:01Z');
    expect(isoDateTime(Date.UTC(9999, 11, 31, 23, 59, 59, 999))).toBe('9999-12-31T23:59:59Z');
    expect([-1, 0.5, Number.NaN, Date.UTC(10_000, 0, 1)].map(isoDateTime)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});
