import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecimal } from '#core/money/money.ts';
import { ruleKinds } from '#core/rules/kinds/index.ts';
import { CATALOGUES, LANGUAGES, languageFor, ruleName, sentence } from './catalogue/index.ts';
import { localCount, localDate, localMoney, localTime } from './locale.ts';

describe('the catalogue', () => {
  const keys = Object.keys(CATALOGUES.en).sort();
  const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

  it.each(LANGUAGES)('has every sentence in %s, with the same placeholders', (language) => {
    const catalogue = CATALOGUES[language];
    expect(Object.keys(catalogue).sort()).toEqual(keys);
    for (const [key, text] of Object.entries(CATALOGUES.en)) {
      const said = catalogue[key as keyof typeof catalogue];
      expect(said.trim(), `${key}`).not.toBe('');
      expect(placeholders(said), `${key}`).toEqual(placeholders(text));
    }
  });

  it('has a name for every kind of rule, and leaves no sentence as it was', () => {
    const known = ruleKinds.all.map(({ kind }) => kind);
    const named = keys.filter((key) => key.startsWith('rule.')).map((key) => key.slice(5));
    expect(named).toEqual([...known].sort());
    for (const { kind, title } of ruleKinds.all) {
      expect(ruleName('en', kind).toLowerCase()).toContain(title.toLowerCase().split(' ').at(-1));
    }
    const copied = LANGUAGES.slice(1).flatMap((language) =>
      Object.entries(CATALOGUES[language]).filter(
        ([key, text]) => text === CATALOGUES.en[key as never] && text.includes(' '),
      ),
    );
    expect(copied).toEqual([]);
  });

  it('fills placeholders once, whatever is put in them', () => {
    expect(sentence('en', 'title', { account: '{account}' })).toBe(
      'Where account {account} stands',
    );
    expect(sentence('de', 'endsUnder', { floor: '$1', rule: '$&' })).toBe(
      'Das Konto liegt unter $1 ($&).',
    );
  });

  it('takes the first language of a browser that there is', () => {
    expect(languageFor('pt-BR, fr-CH;q=0.8, de')).toBe('fr');
    expect(languageFor('')).toBe('en');
    expect(languageFor('x'.repeat(10_000))).toBe('en');
  });
});

describe('numbers in a language', () => {
  // The browser's own formatter, given the number as a decimal text: it rounds nothing then.
  const other = { en: 'en-US', de: 'de-DE', es: 'es-ES', fr: 'fr-FR' } as const;

  it.each(LANGUAGES)('are written in %s as its speakers write them', (language) => {
    const decimals = new Intl.NumberFormat(other[language], {
      minimumFractionDigits: 2,
      maximumFractionDigits: 4,
    });
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), (amount) => {
        const [text = ''] = localMoney(amount, 'USD', language).split('\u00a0');
        const sign = amount < 0 ? '-' : '';
        const digits = String(Math.abs(amount)).padStart(5, '0');
        const exact = `${sign}${digits.slice(0, -4)}.${digits.slice(-4)}` as `${number}`;
        expect(text).toBe(decimals.format(exact));
      }),
    );
    expect(localCount(1_234_567, language)).toBe(
      new Intl.NumberFormat(other[language]).format(1_234_567),
    );
  });

  it('are the same money in every language', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), (amount) => {
        for (const language of LANGUAGES) {
          const [text = ''] = localMoney(amount, 'USD', language).split('\u00a0');
          const plain =
            language === 'en'
              ? text.replaceAll(',', '')
              : text.replaceAll(/[.\u202f]/g, '').replace(',', '.');
          expect(parseDecimal(plain, 4)).toEqual({ ok: true, value: amount });
        }
      }),
    );
  });

  it('are dates as the language orders them', () => {
    const at = Date.UTC(2026, 0, 5, 14, 3, 7);
    expect(LANGUAGES.map((language) => localDate(at, language))).toEqual([
      '2026-01-05',
      '05.01.2026',
      '05/01/2026',
      '05/01/2026',
    ]);
    expect(localTime(at, 'de')).toBe('05.01.2026, 14:03:07\u00a0UTC');
  });
});
