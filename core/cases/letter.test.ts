import { describe, expect, it } from 'vitest';
import { caseLetter, REVIEW_ANSWERED_WITHIN_DAYS, REVIEW_ASKED_WITHIN_DAYS } from './letter.ts';
import { FOUND_CODE_NAMES, OUTCOMES } from './outcomes.ts';

const letters = OUTCOMES.flatMap((outcome) =>
  FOUND_CODE_NAMES.map((code) => ({
    outcome,
    code,
    text: caseLetter({ caseId: 'c-1', outcome, code, amount: 1_234_5000 }) ?? '',
  })),
);

describe('the letter to a trader', () => {
  it.each(letters)(
    'of $outcome for $code has its reference, and reads as sentences',
    ({ text }) => {
      expect(text.split('\n').at(-1)).toBe('Our reference: c-1');
      for (const line of text.split('\n').slice(0, -1)) expect(line).toMatch(/^$|^[A-Z].*/);
      expect(text).not.toMatch(/undefined|null|NaN|\{|\$/);
    },
  );

  it('says what was seen, what it means, and how another person looks at it, by when', () => {
    for (const { outcome, text } of letters) {
      if (outcome === 'dismiss' || outcome === 'releaseHold') continue;
      for (const part of ['What we have seen', 'What it means', 'If you disagree']) {
        expect([outcome, text.includes(part)]).toEqual([outcome, true]);
      }
      expect(text).toContain(`within ${REVIEW_ASKED_WITHIN_DAYS} days`);
      expect(text).toContain(`within ${REVIEW_ANSWERED_WITHIN_DAYS} days`);
      expect(text).toContain('A person who had no part in this decision');
    }
  });

  it('names no measure: no number but days, its reference and an amount that is deducted', () => {
    for (const { outcome, text } of letters) {
      const rest = text
        .replaceAll(/within \d+ days/g, '')
        .replace('Our reference: c-1', '')
        .replace(outcome === 'profitDeduction' ? '1,234.50' : '-', '');
      expect([outcome, rest.match(/\d/)]).toEqual([outcome, null]);
    }
  });

  it('is another one for every outcome, and for everything found that it tells of', () => {
    const telling = letters.filter(({ outcome }) => !['dismiss', 'releaseHold'].includes(outcome));
    expect(new Set(telling.map(({ text }) => text)).size).toBe(telling.length);
  });

  it('is none for a dismissal of which the trader never felt anything', () => {
    const basis = { caseId: 'c-1', outcome: 'dismiss', code: 'household', amount: 0 } as const;
    expect(caseLetter(basis, false)).toBeNull();
    expect(caseLetter(basis, true)).toContain('found nothing that stands against you');
  });
});
