import { describe, expect, it } from 'vitest';
import type { CaseRow, Kpi } from '#core/desk-api/case-calls.ts';
import {
  ageShare,
  ageTone,
  chanceText,
  countdownText,
  deltaText,
  dueText,
  figureText,
  shortDueText,
  spanText,
} from './words.ts';

const HOUR = 3_600_000;
const row = (over: Partial<CaseRow>): CaseRow =>
  ({ state: 'open', openedAt: 0, dueAt: 4 * HOUR, snoozedUntil: null, ...over }) as CaseRow;
const kpi = (over: Partial<Kpi>): Kpi => ({
  id: 'openCases',
  unit: 'count',
  value: 12,
  baseline: 10,
  delta: 2,
  better: 'lower',
  ...over,
});

describe('words of a case', () => {
  it('a span of time is told in its two largest units', () => {
    const spans = [400, 40_000, 59 * 60_000, 3 * HOUR + 20 * 60_000, 52 * HOUR];
    expect(spans.map(spanText)).toEqual(['0.4 s', '40 s', '59 min', '3 h 20 min', '2 d 4 h']);
  });

  it('chance is told as one in so many, and its absence is told too', () => {
    expect(chanceText(40_000)).toContain('1 in 40,000');
    expect(chanceText(null)).toBe('no comparable cases to tell chance from');
  });

  it('a case is overdue from the instant it is due', () => {
    expect([1, 2 * HOUR, 3 * HOUR, 4 * HOUR].map((now) => ageTone(row({}), now))).toEqual([
      'calm',
      'watch',
      'serious',
      'critical',
    ]);
    expect(dueText(row({}), 3 * HOUR)).toBe('1 h 0 min left');
    expect(dueText(row({}), 5 * HOUR)).toBe('▲ 1 h 0 min over');
    expect(ageShare(row({}), 40 * HOUR)).toBe(1000);
    const short = (brief: boolean): string[] =>
      [3, 5].map((at) => shortDueText(row({}), at * HOUR, brief));
    expect(short(false)).toEqual(['1 h 0 min', '▲ 1 h 0 min']);
    expect(short(true)).toEqual(['1 h', '▲ 1 h']);
  });

  it('a snoozed case says when it comes back', () => {
    expect(dueText(row({ state: 'snoozed', snoozedUntil: 2 * HOUR }), HOUR)).toBe(
      'back in 1 h 0 min',
    );
  });

  it('a countdown never falls below nothing', () => {
    expect([845_000, 900, -5].map(countdownText)).toEqual(['14:05', '0:01', '0:00']);
  });

  it('a rise is bad where lower is better, good where higher is, and neither otherwise', () => {
    expect(deltaText(kpi({}))).toEqual({ text: '▲ +2', tone: 'loss' });
    expect(deltaText(kpi({ better: 'higher' }))).toEqual({ text: '▲ +2', tone: 'gain' });
    expect(deltaText(kpi({ better: 'neither', delta: -3 }))).toEqual({
      text: '▼ −3',
      tone: 'quiet',
    });
    expect(deltaText(kpi({ delta: null })).tone).toBe('quiet');
  });

  it('every unit of a figure has its text', () => {
    expect([
      figureText('count', 1_234),
      figureText('perMille', 432),
      figureText('milliseconds', 350),
      figureText('seconds', 90),
      figureText('money', 12_345_600),
      figureText('ppm', 25_000),
      figureText('lots', 250_000),
    ]).toEqual(['1,234', '43.2 %', '350 ms', '1 min', '1,234.56', '2.5 %', '0.25 lots']);
  });
});
