import { describe, expect, it } from 'vitest';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { isShown, neighbourOf, VERBS, verbOf, whyNotOf } from './verbs.ts';

const plain = { ctrlKey: false, metaKey: false, altKey: false };
const free = Object.fromEntries(
  [
    'claim',
    'release',
    'assign',
    'snooze',
    'note',
    'check',
    'merge',
    'split',
    'escalate',
    'dismiss',
    'warn',
    'propose',
    'releaseHold',
    'reopen',
    'review',
  ].map((name) => [name, '']),
) as CaseDetail['whyNot'];

const detail = (row: object, whyNot: Partial<CaseDetail['whyNot']> = {}): CaseDetail =>
  ({
    row: { state: 'open', blind: false, lock: null, hold: null, ...row },
    whyNot: { ...free, ...whyNot },
  }) as CaseDetail;

describe('keys of a case', () => {
  it('every verb has one key of its own, and none that the window or the queue uses', () => {
    const keys = VERBS.map(({ key }) => key);
    const taken = ['f', 't', 'j', 'k', '/', '?', '\\', ...'0123456789'];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => taken.includes(key))).toEqual([]);
    expect(keys.join('')).toMatch(/^[a-z]+$/);
  });

  it('a key held with another is no verb', () => {
    expect(verbOf({ key: 'd', ...plain })?.name).toBe('dismiss');
    expect(verbOf({ key: 'd', ...plain, ctrlKey: true })).toBeNull();
    expect(verbOf({ key: 'D', ...plain })).toBeNull();
  });

  it('C gives back what is held and takes what is not', () => {
    const against = { claim: 'Ben holds it', release: 'not yours' };
    expect(whyNotOf(detail({ lock: { mine: true } }, against), 'hold')).toBe('not yours');
    expect(whyNotOf(detail({}, against), 'hold')).toBe('Ben holds it');
  });

  it('a consequence can be proposed while either a new one or the release of a hold can', () => {
    const never = { propose: 'needs two persons', releaseHold: 'nothing is held' };
    expect(whyNotOf(detail({}, never), 'propose')).toBe('needs two persons');
    expect(whyNotOf(detail({}, { ...never, releaseHold: '' }), 'propose')).toBe('');
  });

  it('a decided case can be reopened, a blind one only be answered', () => {
    const shown = (row: object): string[] =>
      VERBS.filter(({ name }) => isShown(detail(row), name)).map(({ name }) => name);
    expect(shown({ state: 'decided' })).toEqual(['takeNext', 'note', 'reopen']);
    expect(shown({ state: 'decided', blind: true })).toEqual(['takeNext', 'review', 'note']);
    expect(shown({})).not.toContain('review');
    expect(shown({})).not.toContain('reopen');
  });

  it('J and K stop at the ends, and begin at the most urgent', () => {
    const ids = ['a', 'b', 'c'];
    expect(neighbourOf(ids, undefined, 'j')).toBe('a');
    expect(neighbourOf(ids, 'a', 'j')).toBe('b');
    expect(neighbourOf(ids, 'c', 'j')).toBeNull();
    expect(neighbourOf(ids, 'a', 'k')).toBeNull();
    expect(neighbourOf(ids, 'gone', 'k')).toBe('a');
    expect(neighbourOf([], 'a', 'j')).toBeNull();
  });
});
