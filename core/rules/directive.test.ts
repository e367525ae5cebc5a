import { describe, expect, it } from 'vitest';
import { STATUS } from '#core/accounts/account.ts';
import { present } from '#core/kernel/assert.ts';
import { direct, underRuleSet, type Directive } from './directive.ts';
import { LATCH, openJudgedAccount, type JudgedAccount } from './judge.ts';
import { sampleTerms } from './rule-kind.contract.ts';
import { compileRuleSet, type RuleSet } from './rule-set.ts';

const DISTANCE = { breachedWhen: 'below', distance: { percentOfInitial: '10' } };
const DAILY = {
  breachedWhen: 'below',
  anchor: 'dayStartBalance',
  amount: { percent: '2', of: 'initial' },
};

function ruleSet(rules: readonly Record<string, unknown>[], version = 1): RuleSet {
  const dayClock = { zone: 'UTC', rollOver: '00:00' };
  const compiled = compileRuleSet({ ruleSetId: 'set', name: 'Set', dayClock, rules }, version);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}
const both = ruleSet([
  { ruleId: 'overall', kind: 'staticLoss', params: DISTANCE },
  { ruleId: 'daily', kind: 'dailyPause', params: DAILY },
  {
    ruleId: 'days',
    kind: 'minimumTradingDays',
    params: { days: 4, countedWhen: 'positionOpened' },
  },
]);
const account = (status: number): JudgedAccount => ({
  ...openJudgedAccount(sampleTerms, both),
  status,
});
const to = (judged: JudgedAccount, type: 'restrict' | 'lift' | 'close'): number | string => {
  const moved = direct(judged, { type });
  return moved.ok ? judged.status : 'refused';
};

describe('what people decide about an account', () => {
  it.each([
    ['active', 'restrict', 'restricted'],
    ['paused', 'restrict', 'restricted'],
    ['restricted', 'restrict', 'refused'],
    ['failed', 'restrict', 'refused'],
    ['passed', 'restrict', 'refused'],
    ['closed', 'restrict', 'refused'],
    ['active', 'lift', 'refused'],
    ['paused', 'lift', 'refused'],
    ['restricted', 'lift', 'active'],
    ['failed', 'lift', 'refused'],
    ['passed', 'lift', 'refused'],
    ['closed', 'lift', 'refused'],
    ['active', 'close', 'closed'],
    ['paused', 'close', 'closed'],
    ['restricted', 'close', 'closed'],
    ['failed', 'close', 'refused'],
    ['passed', 'close', 'closed'],
    ['closed', 'close', 'refused'],
  ] as const)('of an account that is %s: %s gives %s', (from, decision, expected) => {
    const judged = account(STATUS[from]);
    const end = to(judged, decision);
    expect(end).toBe(expected === 'refused' ? 'refused' : STATUS[expected]);
    expect(judged.status).toBe(STATUS[expected === 'refused' ? from : expected]);
  });

  it('lifts a restriction into the pause that the day still holds', () => {
    const judged = account(STATUS.restricted);
    judged.latches[1] = LATCH.breached;
    expect(to(judged, 'lift')).toBe(STATUS.paused);
  });

  it('excepts limits and conduct until an instant, but no objective and no unknown rule', () => {
    const judged = account(STATUS.active);
    const except = (ruleId: string): Directive => ({ type: 'except', ruleId, until: 7_000 });
    expect(direct(judged, except('daily')).ok).toBe(true);
    expect(judged.exceptions).toEqual([0, 7_000, 0]);
    expect(direct(judged, except('days')).ok).toBe(false);
    expect(direct(judged, except('nothing')).ok).toBe(false);
  });
});

describe('an account under another rule set', () => {
  const next = ruleSet(
    [
      { ruleId: 'daily', kind: 'dailyPause', params: { ...DAILY, anchor: 'dayStartEquity' } },
      { ruleId: 'overall', kind: 'equityTrailing', params: DISTANCE },
    ],
    2,
  );

  it('keeps what a rule of the same id and kind remembers and has said; others start afresh', () => {
    const judged = account(STATUS.paused);
    const remembered = { ...(judged.states[1] as Record<string, number>) };
    const [first] = Object.keys(remembered);
    remembered[present(first, 'a column')] = 123;
    judged.states[1] = remembered;
    judged.latches.splice(0, 3, 1, LATCH.breached, LATCH.met);
    judged.exceptions.splice(0, 3, 5, 6, 0);
    const moved = underRuleSet(judged, next);
    expect(moved.terms.ruleSet).toEqual(next.ref);
    expect(moved.status).toBe(STATUS.paused);
    expect(moved.states[0]).toEqual(remembered);
    expect(moved.latches).toEqual([LATCH.breached, LATCH.none]);
    expect(moved.exceptions).toEqual([6, 0]);
    // The same id with another kind is another rule.
    expect(moved.states[1]).toEqual(openJudgedAccount(sampleTerms, next).states[1]);
  });
});
