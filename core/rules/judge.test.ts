import { describe, expect, it } from 'vitest';
import { createMarketView } from '#core/accounts/market-view.ts';
import type { Deal } from '#core/accounts/account.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { TradingDay } from '#core/time/time.ts';
import { sampleTerms } from './rule-kind.contract.ts';
import { openReferenceAccount, type ReferenceAccount } from './reference.ts';
import { compileRuleSet } from './rule-set.ts';
import { verdictSentence } from './sentence.ts';
import type { VerdictDraft } from './verdict-facts.ts';

/** One point of one unit is worth 0.0001: any equity can be reached exactly. */
const unit: Instrument = {
  symbol: 'UNIT',
  assetClass: 'index',
  digits: 4,
  volumeDecimals: 0,
  contractSize: '1',
  quoteCurrency: 'USD',
  tickPoints: 1,
};
const START: number = sampleTerms.startBalance;
const friday: TradingDay = {
  key: '2014-05-02',
  opensAt: Date.UTC(2014, 4, 1, 22),
  closesAt: Date.UTC(2014, 4, 2, 22),
};
const saturday: TradingDay = {
  key: '2014-05-03',
  opensAt: friday.closesAt,
  closesAt: friday.closesAt + 86_400_000,
};

interface Desk {
  readonly account: ReferenceAccount;
  /** Moves floating P&L so that equity is exactly this. */
  equity(target: number): readonly VerdictDraft[];
  /** At the present price, or at what the platform booked in spite of it. */
  close(profit?: number): readonly VerdictDraft[];
  roll(day: TradingDay): readonly VerdictDraft[];
}

/** An account with one long unit position, under the rules given. */
function desk(rules: readonly Record<string, unknown>[]): Desk {
  const compiled = compileRuleSet(
    {
      ruleSetId: 'set',
      name: 'Set',
      dayClock: { zone: 'Europe/Prague', rollOver: '00:00' },
      rules: rules.map((rule, at) => ({ ruleId: `${String(rule.kind)}-${at}`, ...rule })),
    },
    1,
  );
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const market = createMarketView([unit]);
  const ruleSet = compiled.value;
  const account = openReferenceAccount({ terms: sampleTerms, ruleSet, market, day: friday });
  const at = friday.opensAt + 3_600_000;
  market.apply({ symbol: 'UNIT', bid: START, ask: START });
  const deal = (over: Partial<Deal>): readonly VerdictDraft[] =>
    account.deal({
      accountId: 'account',
      dealId: 'd',
      positionId: 'p',
      symbol: 'UNIT',
      side: 'buy',
      entry: 'in',
      volume: 1,
      price: START,
      profit: 0,
      commission: 0,
      swap: 0,
      fee: 0,
      at,
      ...over,
    });
  deal({});
  return {
    account,
    equity: (target) => {
      const price = START + target - account.balance;
      const mark = {
        symbol: 'UNIT',
        bid: price,
        ask: price,
        at,
        source: 'test',
        quality: 0,
        index: 0,
      };
      market.apply(mark);
      return account.mark(mark);
    },
    close: (profit = account.equity() - account.balance) => {
      const price = START + profit;
      return deal({ dealId: 'out', side: 'sell', entry: 'out', price, profit });
    },
    roll: (day) => account.rollOver('00:00 Europe/Prague', day),
  };
}

const kindsOf = (drafts: readonly VerdictDraft[]): string[] => drafts.map(({ kind }) => kind);
const breachOf = (
  drafts: readonly VerdictDraft[],
): Extract<VerdictDraft, { kind: 'breachDetected' }>['data'] | undefined =>
  drafts.find((draft) => draft.kind === 'breachDetected')?.data;

const daily5 = {
  kind: 'dailyLoss',
  params: {
    breachedWhen: 'below',
    anchor: 'dayStartBalance',
    amount: { percent: '5', of: 'initial' },
  },
};
const static10 = {
  kind: 'staticLoss',
  params: { breachedWhen: 'below', distance: { percentOfInitial: '10' } },
};

describe('the verdict of a moment', () => {
  it('of a target met by the very deal that breaches is the breach, and a person looks at it', () => {
    const trailing3 = {
      kind: 'equityTrailing',
      params: { breachedWhen: 'below', distance: { percentOfInitial: '3' } },
    };
    const target2 = {
      kind: 'profitTarget',
      params: { amount: { percentOfInitial: '2' }, measured: 'balance' },
    };
    const at = desk([trailing3, target2]);
    at.equity(110_000_0000);
    // The platform filled far below the price: the balance reaches the target, equity falls by 5 %.
    const said = at.close(5_000_0000);
    expect(kindsOf(said)).toEqual(['breachDetected', 'accountStatusChanged']);
    expect(breachOf(said)?.review).toEqual(['objectiveMetToo']);
    // A breach alone asks for nobody.
    const alone = desk([trailing3, target2]);
    expect(breachOf(alone.equity(96_000_0000))?.review).toEqual([]);
  });

  it('touching the floor is no breach under `below`; one unit lower is', () => {
    expect(kindsOf(desk([daily5]).equity(95_000_0000))).toEqual(['warningRaised']);
    expect(kindsOf(desk([daily5]).equity(95_000_0000 - 1))).toEqual([
      'breachDetected',
      'accountStatusChanged',
    ]);
  });

  it('touching the floor is a breach under `atOrBelow`; one unit higher is not', () => {
    const touching = { ...daily5, params: { ...daily5.params, breachedWhen: 'atOrBelow' } };
    expect(breachOf(desk([touching]).equity(95_000_0000))?.consequence).toBe('fail');
    expect(breachOf(desk([touching]).equity(95_000_0001))).toBeUndefined();
  });

  it('of two floors crossed by one mark the higher is the cause, whatever the order', () => {
    const near = {
      kind: 'staticLoss',
      params: { breachedWhen: 'below', distance: { fixed: '3000' } },
    };
    for (const rules of [
      [daily5, near],
      [near, daily5],
    ]) {
      const breach = breachOf(desk(rules).equity(94_000_0000));
      expect(breach?.ruleKind).toBe('staticLoss');
      expect(breach?.alsoCrossed.map(({ ruleKind }) => ruleKind)).toEqual(['dailyLoss']);
    }
  });

  it('a failed account is judged no more, and a later profit does not cure it', () => {
    const one = desk([daily5]);
    one.equity(90_000_0000);
    expect(one.equity(120_000_0000)).toEqual([]);
    expect(one.equity(80_000_0000)).toEqual([]);
    expect(one.account.judged.status).toBe(2);
  });

  it('warns once per level and day, its highest level first reached', () => {
    const one = desk([daily5]);
    expect(one.equity(97_500_0001)).toEqual([]);
    const shares = [97_500_0000, 97_000_0000, 96_000_0000, 97_000_0000, 95_400_0000].map((equity) =>
      one.equity(equity).map((draft) => (draft.kind === 'warningRaised' ? draft.data.share : 0)),
    );
    expect(shares).toEqual([[500_000], [], [750_000], [], [900_000]]);
    one.equity(99_000_0000);
    one.roll(saturday);
    expect(kindsOf(one.equity(97_400_0000))).toEqual(['warningRaised']);
  });

  it('the roll-over instant is judged by the new day: a carried loss breaches at midnight', () => {
    const one = desk([daily5]);
    one.equity(104_000_0000);
    one.close();
    const two = desk([daily5]);
    expect(kindsOf(two.equity(96_000_0000))).toEqual(['warningRaised']);
    two.account.balanceOperation({
      accountId: 'account',
      operationId: 'bonus',
      type: 'bonus',
      amount: 4_000_0000,
      comment: '',
      at: friday.opensAt,
    });
    two.equity(95_500_0000);
    const breach = breachOf(two.roll(saturday));
    expect(breach?.cause).toEqual({
      type: 'rollOver',
      clockId: '00:00 Europe/Prague',
      dayKey: '2014-05-03',
    });
    expect(breach?.figures.find(({ name }) => name === 'floor')?.value).toBe(99_000_0000);
  });

  it('a pause ends when the next trading day opens, and shields from no hard limit', () => {
    const pause = { ...daily5, kind: 'dailyPause' };
    const one = desk([pause, static10]);
    expect(breachOf(one.equity(94_000_0000))?.consequence).toBe('pauseForDay');
    expect(one.account.judged.status).toBe(1);
    one.close();
    expect(kindsOf(one.roll(saturday))).toContain('accountStatusChanged');
    expect(one.account.judged.status).toBe(0);
    const two = desk([pause, static10]);
    two.equity(94_000_0000);
    expect(breachOf(two.equity(89_000_0000))?.ruleKind).toBe('staticLoss');
  });

  it('a payout mid-day is no loss of the day', () => {
    const one = desk([daily5]);
    one.close();
    const paid = one.account.balanceOperation({
      accountId: 'account',
      operationId: 'payout',
      type: 'payout',
      amount: -6_000_0000,
      comment: '',
      at: friday.opensAt,
    });
    expect(paid).toEqual([]);
  });

  it('a new peak never breaches the floor that it moves', () => {
    const trail = {
      kind: 'equityTrailing',
      params: { breachedWhen: 'atOrBelow', distance: { fixed: '3000' } },
    };
    const one = desk([trail]);
    expect(breachOf(one.equity(140_000_0000))).toBeUndefined();
    expect(breachOf(one.equity(137_000_0000))?.ruleKind).toBe('equityTrailing');
  });

  it('passes when every objective is met and nothing is open', () => {
    const target = { kind: 'profitTarget', params: { amount: { percentOfInitial: '8' } } };
    const days = { kind: 'minimumTradingDays', params: { days: 1, countedWhen: 'positionOpened' } };
    const one = desk([target, days]);
    expect(one.equity(109_000_0000)).toEqual([]);
    expect(kindsOf(one.close())).toEqual(['objectiveMet', 'accountStatusChanged']);
    expect(one.account.judged.status).toBe(3);
  });

  it('says a verdict in one sentence with its numbers', () => {
    const drafts = desk([daily5]).equity(94_999_2000);
    const breach = drafts[0];
    if (breach?.kind !== 'breachDetected') throw new Error('a breach was expected');
    expect(verdictSentence(breach)).toBe(
      'Equity 94,999.20 fell below the daily loss floor 95,000.00 at 2014-05-01 23:00:00.000 UTC ' +
        'on UNIT 94,999.2000/94,999.2000',
    );
  });
});

describe('a rule set', () => {
  it('of two equal floors names the rule that stands first', () => {
    const equal = { breachedWhen: 'below', distance: { fixed: '5000' } };
    for (const kinds of [
      ['staticLoss', 'balanceTrailing'],
      ['balanceTrailing', 'staticLoss'],
    ]) {
      const { equity } = desk(kinds.map((kind) => ({ kind, params: equal })));
      const breach = equity(START - 50_000_001).find(({ kind }) => kind === 'breachDetected');
      expect(breach).toMatchObject({
        data: { ruleKind: kinds[0], alsoCrossed: [{ ruleKind: kinds[1] }] },
      });
    }
  });

  it('names the place of every fault, and one fault hides no other', () => {
    const compiled = compileRuleSet(
      {
        ruleSetId: 'set',
        name: 'Set',
        dayClock: { zone: 'UTC', rollOver: '00:00' },
        rules: [
          { ruleId: 'a', kind: 'noSuchKind', params: {} },
          {
            ruleId: 'b',
            kind: 'staticLoss',
            params: { breachedWhen: 'below', distance: { fixed: 10 } },
          },
          { ruleId: 'b', kind: 'minimumTradingDays', params: { days: 0, countedWhen: 'anyDeal' } },
        ],
      },
      1,
    );
    expect(compiled.ok ? [] : compiled.error.map(({ path }) => path)).toEqual([
      'rules.0.kind',
      'rules.1.params.distance.fixed',
      'rules.2.ruleId',
      'rules.2.params.days',
    ]);
  });

  it('with impossible parameters for the account is refused with the reason', () => {
    const compiled = compileRuleSet(
      {
        ruleSetId: 'set',
        name: 'Set',
        dayClock: { zone: 'UTC', rollOver: '00:00' },
        rules: [
          {
            ruleId: 'trail',
            kind: 'equityTrailing',
            params: {
              breachedWhen: 'below',
              distance: { fixed: '2000' },
              lock: { offset: { fixed: '-5000' }, when: 'floorReachesLock' },
            },
          },
          {
            ruleId: 'loss',
            kind: 'staticLoss',
            params: { breachedWhen: 'below', distance: { fixed: '0' } },
          },
        ],
      },
      1,
      sampleTerms,
    );
    expect(compiled.ok ? [] : compiled.error.map(({ message }) => message)).toEqual([
      'the lock at 95,000.00 lies below the first floor 98,000.00',
      'the allowance is 0.00: it must be positive',
      'the first floor 100,000.00 is not below the starting balance 100,000.00: every account would fail at once',
    ]);
  });
});
