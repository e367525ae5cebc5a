import { describe, expect, it } from 'vitest';
import type { CaseRow } from '#core/desk-api/case-calls.ts';
import {
  BUILT_IN_VIEWS,
  isSameFilter,
  keeps,
  OWN_VIEWS_MAX,
  readViews,
  viewOf,
  withView,
  type CaseFilter,
  type CaseView,
} from './views.ts';

const row = (number: number, over: Partial<CaseRow> = {}): CaseRow =>
  ({
    number,
    state: 'open',
    title: 'Copied trades',
    patterns: ['together'],
    reasons: ['12 trades within a second'],
    score: 800,
    pendingPayouts: [],
    overdue: false,
    mentionsMe: false,
    lock: null,
    assignee: null,
    traders: [{ traderId: 'T1', name: 'Ada Vale' }],
    accounts: [{ accountId: 'A000012', number: 11, status: 'active' }],
    programs: [{ programId: 'two-step', name: 'Two-step 100k' }],
    ...over,
  }) as CaseRow;

const me = 'P1';
const lock = (mine: boolean): CaseRow['lock'] => ({ personId: 'P2', name: 'B', until: 9, mine });
const payout = { payoutId: 'PO1', accountId: 'A000012', amount: 1, currency: 'USD' };
const rows: readonly CaseRow[] = [
  row(1),
  row(2, { lock: lock(true) }),
  row(3, { lock: lock(false), pendingPayouts: [payout] }),
  row(4, { assignee: { personId: me, name: 'Me' }, state: 'snoozed' }),
  row(5, { state: 'decided', mentionsMe: true }),
  row(6, { overdue: true, state: 'open', patterns: ['opposite'] }),
  row(12, { state: 'merged' }),
];
const shown = (filter: CaseFilter): number[] =>
  rows.filter((one) => keeps(filter, one, me)).map(({ number }) => number);
const [{ filter: waiting }] = BUILT_IN_VIEWS;

describe('views of the queue', () => {
  it('each built-in view keeps exactly its cases', () => {
    const kept = Object.fromEntries(BUILT_IN_VIEWS.map(({ id, filter }) => [id, shown(filter)]));
    expect(kept).toEqual({
      waiting: [1, 2, 3, 6],
      mine: [2, 4],
      unassigned: [1, 6],
      payouts: [3],
      overdue: [6],
      mentions: [5],
      snoozed: [4],
      decided: [5, 12],
    });
  });

  it('every word of a search must be found, and a number finds that case alone', () => {
    expect(shown({ ...waiting, text: 'ada copied' })).toEqual([1, 2, 3, 6]);
    expect(shown({ ...waiting, text: 'ada hedged' })).toEqual([]);
    expect(shown({ ...waiting, text: '#1' })).toEqual([1]);
    expect(shown({ ...waiting, text: 'po1' })).toEqual([3]);
  });

  it('pattern, program, score and hands narrow further', () => {
    expect(shown({ ...waiting, pattern: 'opposite' })).toEqual([6]);
    expect(shown({ ...waiting, programId: 'one-step' })).toEqual([]);
    expect(shown({ ...waiting, scoreMin: 801 })).toEqual([]);
    expect(shown({ ...waiting, hands: 'others' })).toEqual([3]);
  });

  it('a view kept under a name comes back as it was, and the same name replaces it', () => {
    const filter: CaseFilter = { ...waiting, pattern: 'opposite', scoreMin: 900 };
    const once = withView([], ' Hedgers ', filter) ?? [];
    const twice = withView(once, 'hedgers', waiting) ?? [];
    expect(readViews(JSON.parse(JSON.stringify(once)))).toEqual([
      { id: 'own:hedgers', name: 'Hedgers', filter },
    ]);
    expect(twice).toHaveLength(1);
    expect(viewOf(twice, 'own:hedgers').filter).toEqual(waiting);
  });

  it('what this browser kept wrongly is left out or mended, never thrown', () => {
    expect(readViews('nonsense')).toEqual([]);
    expect(readViews([null, 7, { id: 'mine', name: 'x' }, { id: 'own:a' }])).toEqual([]);
    const [mended] = readViews([{ id: 'own:a', name: 'a', filter: { states: ['gone'], text: 4 } }]);
    expect(mended?.filter).toEqual(waiting);
  });

  it('no more views are kept than the limit', () => {
    const full: CaseView[] = Array.from({ length: OWN_VIEWS_MAX }, (_unused, at) => ({
      id: `own:${at}`,
      name: `${at}`,
      filter: waiting,
    }));
    expect(withView(full, 'one more', waiting)).toBeNull();
    expect(withView(full, '3', waiting)).toHaveLength(OWN_VIEWS_MAX);
  });

  it('an unknown view is the first one', () => {
    expect(viewOf([], 'own:gone').id).toBe('waiting');
  });

  it('filters are the same when they ask the same', () => {
    expect(isSameFilter(waiting, { ...waiting })).toBe(true);
    expect(isSameFilter(waiting, { ...waiting, overdue: true })).toBe(false);
  });
});
