import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tick } from '#core/sim/tick-source.ts';
import {
  BAD_LINES_PER_FILE_MAX,
  openRecording,
  playRecording,
  type Recording,
} from './recorded.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-ticks-'));
  mkdirSync(join(folder, 'in'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, lines: readonly string[]): void {
  writeFileSync(join(folder, 'in', name), lines.join('\r\n'));
}

function open(): Recording {
  const opened = openRecording(join(folder, 'in'), join(folder, 'cache'), () => {});
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

function play(recording: Recording, resume: unknown = null): string[] {
  const source = playRecording(recording, resume);
  const tick: Tick = { symbol: 0, bid: 0, ask: 0, at: 0, source: '' };
  const seen: string[] = [];
  while (source.next(tick)) seen.push(`${tick.at} ${tick.symbol} ${tick.bid}/${tick.ask}`);
  return seen;
}

describe('recorded ticks', () => {
  it('merge by time; equal times keep the order of symbols, then of lines', () => {
    put('EURUSD.csv', ['time,bid,ask', '100000000000,1.1,1.2', '100000000005,1.3,1.4']);
    put('XAUUSD.csv', ['time,bid,ask', '100000000000,9.1,9.2', '100000000000,9.3,9.4']);
    expect(play(open())).toEqual([
      '100000000000 0 110000/120000',
      '100000000000 1 9100/9200',
      '100000000000 1 9300/9400',
      '100000000005 0 130000/140000',
    ]);
  });

  it('come out of the index as they came out of the files, also from a place within', () => {
    put('EURUSD.csv', ['time,bid,ask', '100000000000,1.1,1.2', 'garbage', '100000000005,1.3,1.4']);
    const imported = open();
    const indexed = open();
    expect(readdirSync(join(folder, 'cache'))).toHaveLength(1);
    expect(play(indexed)).toEqual(play(imported));
    expect(play(indexed, 1)).toEqual(play(imported).slice(1));
    expect(indexed.problems).toEqual(imported.problems);
  });

  it('are read anew when a file has changed', () => {
    put('EURUSD.csv', ['time,bid,ask', '100000000000,1.1,1.2']);
    expect(open().count).toBe(1);
    put('EURUSD.csv', ['time,bid,ask', '100000000000,1.1,1.2', '100000000005,1.3,1.4']);
    expect(open().count).toBe(2);
  });

  it('lose only the lines that cannot be read, each named by file and line', () => {
    put('EURUSD.csv', ['time,bid,ask', '100000000000,1.1,1.2', 'garbage', '100000000005,1.3,1.4']);
    const recording = open();
    expect([recording.count, recording.badLines]).toEqual([2, 1]);
    expect(recording.problems[0]).toMatch(/^EURUSD\.csv line 3: /);
  });

  it('are on their vendor’s clock and under its name, also where one symbol’s folder is opened', () => {
    const vendor = join(folder, 'fxcm-2014-05');
    mkdirSync(join(vendor, 'eurusd'), { recursive: true });
    writeFileSync(join(vendor, 'eurusd', '20140506_quote.csv'), '339,1.38833,1.38835');
    for (const path of [vendor, join(vendor, 'eurusd')]) {
      const opened = openRecording(path, join(folder, 'cache'), () => {});
      const { source, at } = opened.ok ? opened.value : { source: opened.error, at: [] };
      // Its files are written five hours behind UTC.
      expect([source, ...at]).toEqual(['fxcm', Date.UTC(2014, 4, 6, 5) + 339]);
    }
  });

  it('are refused as a whole when a file holds too much garbage', () => {
    put('EURUSD.csv', [
      'time,bid,ask',
      ...Array<string>(BAD_LINES_PER_FILE_MAX + 1).fill('garbage'),
    ]);
    expect(open).toThrow(/more than 1000 lines cannot be read; the first: EURUSD\.csv line 2/);
  });

  it('are refused with the path when it is missing or holds no ticks', () => {
    expect(open).toThrow(/holds no \.zip, \.csv or \.txt file/);
    expect(openRecording('/nowhere/at/all', folder, () => {})).toMatchObject({ ok: false });
  });

  it('are refused with the name of a zip that cannot be opened', () => {
    put('20140502_quote.zip', ['not a zip']);
    expect(open).toThrow(/20140502_quote\.zip: it cannot be opened/);
  });
});
