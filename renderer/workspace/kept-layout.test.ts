import { describe, expect, it } from 'vitest';
import { layoutFrom, PANELS_MAX } from './kept-layout.ts';

const isKnown = (panel: string): boolean => /^panel\d+$/.test(panel);
const layoutOf = (...names: string[]): object => ({
  grid: { root: {}, width: 1, height: 1, orientation: 'HORIZONTAL' },
  panels: Object.fromEntries(names.map((id) => [id, { id, contentComponent: id }])),
});

describe('a layout that was kept', () => {
  it('is taken up as it stands while every panel in it exists', () => {
    const kept = layoutOf('panel1', 'panel2');
    expect(layoutFrom(kept, isKnown)).toBe(kept);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'layout'],
    ['a list', []],
    ['no panel', layoutOf()],
    ['a panel that is gone', layoutOf('panel1', 'fax')],
    [
      'a panel that shows another',
      { grid: {}, panels: { panel1: { contentComponent: 'panel2' } } },
    ],
    ['a panel that is nothing', { grid: {}, panels: { panel1: null } }],
    ['no grid', { panels: layoutOf('panel1') }],
    [
      'more panels than can be read',
      layoutOf(...Array.from({ length: PANELS_MAX + 1 }, (_none, at) => `panel${at}`)),
    ],
  ])('is as delivered when it is %s', (_name, kept) => {
    expect(layoutFrom(kept, isKnown)).toBeNull();
  });
});
