import { describe, expect, it } from 'vitest';
import { ACCOUNT_STATUSES } from '#core/accounts/account.ts';
import { accountStateSchema } from './account-state.ts';
import { LATCH, linesOf, openJudgedAccount } from './judge.ts';
import { momentAt, sampleTerms } from './rule-kind.contract.ts';
import { compileRuleSet } from './rule-set.ts';

const START: number = sampleTerms.startBalance;
const compiled = compileRuleSet(
  {
    ruleSetId: 'set',
    name: 'Set',
    dayClock: { zone: 'UTC', rollOver: '00:00' },
    rules: [
      {
        ruleId: 'overall',
        kind: 'staticLoss',
        params: { breachedWhen: 'atOrBelow', distance: { percentOfInitial: '10' }, warnAt: ['50'] },
      },
      {
        ruleId: 'daily',
        kind: 'dailyPause',
        params: {
          breachedWhen: 'atOrBelow',
          anchor: 'dayStartBalance',
          amount: { percent: '4', of: 'initial' },
          warnAt: ['50'],
        },
      },
      { ruleId: 'target', kind: 'profitTarget', params: { amount: { percentOfInitial: '8' } } },
      { ruleId: 'stops', kind: 'stopLossRequired', params: { withinSeconds: 60 } },
    ],
  },
  1,
);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
const ruleSet = compiled.value;
const position = { positionId: 'p', symbol: 'EURUSD', side: 'buy', lots: 1_000_000 } as const;
const held = { ...position, openedAt: 0, floating: 0, stopLoss: null, takeProfit: null };

describe('the equities at which a fall brings something', () => {
  it('are those of limits alone: targets and conduct have no say', () => {
    const account = openJudgedAccount(sampleTerms, ruleSet);
    // A position without a stop has its rule look at every mark, which is no line.
    const moment = momentAt({ openPositions: 1, positions: () => [held as never] });
    expect(linesOf(account, moment)).toEqual({
      warn: START * 0.98,
      pause: START * 0.96,
      fail: START * 0.9,
    });
  });

  it('leave out a limit that has spoken today', () => {
    const account = openJudgedAccount(sampleTerms, ruleSet);
    account.latches[1] = LATCH.breached;
    expect(linesOf(account, momentAt())).toEqual({
      warn: START * 0.95,
      pause: -Infinity,
      fail: START * 0.9,
    });
  });
});

describe('the state of an account', () => {
  it('has a status that there is', () => {
    const status = accountStateSchema.shape.status;
    expect(status.safeParse(ACCOUNT_STATUSES.length - 1).success).toBe(true);
    expect(status.safeParse(ACCOUNT_STATUSES.length).success).toBe(false);
    expect(status.safeParse(-1).success).toBe(false);
  });
});
