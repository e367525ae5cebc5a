import { describe, expect, it } from 'vitest';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import { harderRules } from './easing.ts';

const daily = { breachedWhen: 'below', anchor: 'dayStartBalance' };
const amount = (percent: string): object => ({ amount: { percent, of: 'initial' } });

function ruleSet(...rules: readonly (readonly [string, string, object])[]): RuleSet {
  const compiled = compileRuleSet(
    {
      ruleSetId: 'set',
      name: 'Set',
      dayClock: { zone: 'UTC', rollOver: '00:00' },
      rules: rules.map(([ruleId, kind, params]) => ({ ruleId, kind, params })),
    },
    1,
  );
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}
const start = ruleSet(
  ['daily', 'dailyLoss', { ...daily, ...amount('5') }],
  ['target', 'profitTarget', { amount: { percentOfInitial: '8' } }],
);

describe('whether a change of rules is easier', () => {
  it.each([
    ['nothing changed', start, []],
    [
      'a larger allowance and a smaller target are',
      ruleSet(
        ['daily', 'dailyLoss', { ...daily, ...amount('6'), warnAt: ['50'] }],
        ['target', 'profitTarget', { amount: { percentOfInitial: '7' } }],
      ),
      [],
    ],
    [
      'a smaller allowance is not',
      ruleSet(
        ['daily', 'dailyLoss', { ...daily, ...amount('4') }],
        ['target', 'profitTarget', { amount: { percentOfInitial: '8' } }],
      ),
      ['Daily loss (daily) is not easier'],
    ],
    ['a rule less is', ruleSet(['daily', 'dailyLoss', { ...daily, ...amount('5') }]), []],
    [
      'a rule more is not, nor one of another kind under the same name',
      ruleSet(
        ['daily', 'dailyPause', { ...daily, ...amount('5') }],
        ['target', 'profitTarget', { amount: { percentOfInitial: '8' } }],
        ['inactive', 'inactivity', { days: 30 }],
      ),
      ['Daily pause (daily) is new', 'Inactivity (inactive) is new'],
    ],
    [
      'another anchor may be either, so it is not',
      ruleSet(
        ['daily', 'dailyLoss', { ...daily, anchor: 'dayStartHigher', ...amount('9') }],
        ['target', 'profitTarget', { amount: { percentOfInitial: '8' } }],
      ),
      ['Daily loss (daily) is not easier'],
    ],
    [
      'an amount told in another way may be either, so it is not',
      ruleSet(
        ['daily', 'dailyLoss', { ...daily, amount: { fixed: '90000' } }],
        ['target', 'profitTarget', { amount: { percentOfInitial: '8' } }],
      ),
      ['Daily loss (daily) is not easier'],
    ],
  ] as const)('%s', (_what, after, harder) => {
    expect(harderRules(start, after)).toEqual(harder);
  });
});
