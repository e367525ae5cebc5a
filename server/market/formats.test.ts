import { describe, expect, it } from 'vitest';
import { recogniseFormat, type ReadTick } from './formats.ts';

const MAY_2 = Date.UTC(2014, 4, 2);
const context = { digits: 5, midnight: MAY_2, utcOffsetMinutes: 0 };

function read(first: string, line: string, over: Partial<typeof context> = {}): ReadTick | string {
  const format = recogniseFormat(first, { ...context, ...over });
  return typeof format === 'string' ? format : format.read(line);
}

describe('a tick file is recognised by its first line', () => {
  const expected = { at: MAY_2 + 45_000_292, bid: 138_676, ask: 138_688 };

  it('reads Lean lines as milliseconds since the midnight in the file name', () => {
    const line = '45000292.4,1.38676,1.38688';
    expect(read(line, line)).toEqual(expected);
  });

  it('moves a clock that is behind UTC', () => {
    const line = '27000292,1.38676,1.38688';
    expect(read(line, line, { utcOffsetMinutes: -300 })).toEqual(expected);
  });

  it('reads a MetaTrader 5 export, where an empty price repeats the last', () => {
    const format = recogniseFormat(
      '<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>',
      context,
    );
    if (typeof format === 'string') throw new Error(format);
    expect(format.read('2014.05.02\t12:30:00.292\t1.38676\t1.38688\t\t\t6')).toEqual(expected);
    const repeated = format.read('2014.05.02\t12:30:00.292\t1.38677\t\t\t\t2');
    expect(repeated).toEqual({ ...expected, bid: 138_677 });
  });

  it('reads Dukascopy, which puts the ask first', () => {
    const line = '02.05.2014 12:30:00.292,1.38688,1.38676,1.5,2.25';
    expect(read('Gmt time,Ask,Bid,AskVolume,BidVolume', line)).toEqual(expected);
  });

  it('reads HistData at UTC-5 in summer too', () => {
    const line = '20140502 073000292,1.386760,1.386880,0';
    expect(read(line, line)).toEqual(expected);
  });

  it('reads a CSV by its header, in any order of columns', () => {
    expect(read('ask;time;bid', '1.38688;2014-05-02T12:30:00.292Z;1.38676')).toEqual(expected);
    expect(read('time,bid,ask', `${expected.at},1.38676,1.38688`)).toEqual(expected);
  });

  it('keeps a crossed quote: what it means is decided where it is used', () => {
    const line = '45000292,1.38688,1.38676';
    expect(read(line, line)).toEqual({ at: expected.at, bid: 138_688, ask: 138_676 });
  });
});

describe('what cannot be read is said in a sentence', () => {
  it('names the missing column of a header', () => {
    expect(recogniseFormat('time,bid,volume', context)).toBe('the header has no column "ask"');
  });

  it('refuses a first line of no known format', () => {
    expect(recogniseFormat('hello', context)).toMatch(/no known tick format/);
  });

  it.each([
    ['no,1.38676,1.38688', /time of day/],
    ['1000,,1.38688', /^bid: /],
    ['1000,1.38676', /^ask: /],
    ['1000,abc,1.38688', /^bid: /],
    ['1000,0,1.38688', /above zero/],
    ['1000,-1.2,1.38688', /above zero|^bid: /],
  ])('refuses the line "%s"', (line, reason) => {
    expect(read('1000,1.38676,1.38688', line)).toMatch(reason);
  });
});
