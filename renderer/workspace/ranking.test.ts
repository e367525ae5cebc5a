import { describe, expect, it } from 'vitest';
import { found } from './ranking.ts';

const named = (title: string, more = ''): { title: string; more: string } => ({ title, more });
const titles = (items: readonly { title: string }[]): string[] => items.map(({ title }) => title);

describe('what is found by words', () => {
  const items = [
    named('Dock here: Exposure', 'Beside the panel in front'),
    named('What if', 'A shock of the whole book'),
    named('Exposure', 'The live book by slices'),
    named('Overexposed'),
  ];

  it('puts a beginning before the beginning of a later word, and that before a middle', () => {
    expect(titles(found(items, 'expo'))).toEqual([
      'Exposure',
      'Dock here: Exposure',
      'Overexposed',
    ]);
  });

  it('needs every word, wherever it stands, in whichever order and case', () => {
    expect(titles(found(items, 'BOOK shock'))).toEqual(['What if']);
    expect(found(items, 'shock expo')).toEqual([]);
  });

  it('is everything, in its order, while nothing is written', () => {
    expect(found(items, '  ')).toEqual(items);
  });

  it('is never longer than can be looked through', () => {
    const many = Array.from({ length: 500 }, (_none, at) => named(`View ${at}`));
    expect(found(many, 'view').length).toBeLessThanOrEqual(40);
    expect(found(many, '').length).toBeLessThanOrEqual(40);
  });
});
