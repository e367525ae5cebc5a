import { describe, expect, it } from 'vitest';
import { deltaText, durationText } from './words.ts';

describe('durations of orders', () => {
  it.each([
    [0, '0.0 s'],
    [840, '0.8 s'],
    [9_999, '9.9 s'],
    [12_400, '12 s'],
    [185_000, '3 min 5 s'],
    [3_600_000, '1 h'],
    [7_800_000, '2 h 10 min'],
    [356_400_000, '4 d 3 h'],
  ])('%i ms are "%s"', (ms, text) => expect(durationText(ms)).toBe(text));

  it('are better when shorter, and nothing is said without a time before', () => {
    expect(deltaText({ value: 2_000, baseline: 5_000 })).toEqual({
      text: '▼ 3.0 s',
      tone: 'better',
    });
    expect(deltaText({ value: 5_000, baseline: 2_000 })).toEqual({
      text: '▲ 3.0 s',
      tone: 'worse',
    });
    expect(deltaText({ value: 5_000, baseline: null }).text).toBe('');
  });
});
