import { beforeEach, describe, expect, it } from 'vitest';
import { forgetFilters, noFilters, setFilters, undoFilters, useFilters } from './grid-filters.ts';

const now = () => useFilters.getState().filters;

describe('filters of the accounts', () => {
  beforeEach(forgetFilters);

  it('are taken back step by step, the last first', () => {
    setFilters({ ...noFilters, status: 'active' });
    setFilters({ ...noFilters, status: 'active', phase: 'Funded' });
    undoFilters();
    expect(now()).toEqual({ ...noFilters, status: 'active' });
    undoFilters();
    expect(now()).toEqual(noFilters);
    undoFilters();
    expect(now()).toEqual(noFilters);
  });

  it('take a search as one step, however many letters it has', () => {
    for (const text of ['l', 'le', 'len', 'lena']) setFilters({ ...noFilters, text });
    undoFilters();
    expect(now()).toEqual(noFilters);
  });

  it('are nobody else’s: the next person begins with none, and with nothing to take back', () => {
    setFilters({ ...noFilters, text: 'lena' });
    forgetFilters();
    undoFilters();
    expect(now()).toEqual(noFilters);
  });
});
