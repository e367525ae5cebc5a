import { describe, expect, it } from 'vitest';
import { beginningOf, complete, mentionedIn, offersFor } from './mentions.ts';

const people = [
  { personId: 'P1', name: 'Ada Vale' },
  { personId: 'P2', name: 'Ada Valentine' },
  { personId: 'P3', name: 'Ben Okafor' },
];

describe('naming people in a note', () => {
  it('a name is begun by an @ at the start of a word, and only there', () => {
    expect(beginningOf('look @be', 8)).toEqual({ from: 5, written: 'be' });
    expect(beginningOf('@', 1)).toEqual({ from: 0, written: '' });
    expect(beginningOf('mail ada@firm', 13)).toBeNull();
    expect(beginningOf('@ben then more words', 20)).toBeNull();
  });

  it('people are offered by any word of their name', () => {
    expect(offersFor('val', people).map(({ personId }) => personId)).toEqual(['P1', 'P2']);
    expect(offersFor('ok', people).map(({ personId }) => personId)).toEqual(['P3']);
    expect(offersFor('ada valen', people).map(({ personId }) => personId)).toEqual(['P2']);
  });

  it('the name is written out where it was begun, and writing goes on behind it', () => {
    expect(complete('look @be please', 8, { personId: 'P3', name: 'Ben Okafor' })).toEqual({
      text: 'look @Ben Okafor please',
      caret: 17,
    });
  });

  it('who is named is found in the text, and a name within a longer name is not', () => {
    expect(mentionedIn('@Ada Valentine: see @Ben Okafor, @Ben Okafor', people)).toEqual([
      'P2',
      'P3',
    ]);
    expect(mentionedIn('@Ada Vale and @Ada Valentine', people)).toEqual(['P1', 'P2']);
    expect(mentionedIn('nobody', people)).toEqual([]);
  });
});
