import type { AccountTerms } from '#core/accounts/account.ts';
import { assert } from '#core/kernel/assert.ts';
import { moneyText, type Money } from '#core/money/money.ts';
import { gaugeAt, openJudgedAccount } from './judge.ts';
import type { Moment } from './rule-kind.ts';
import { compileRuleSet } from './rule-set.ts';

/** Where a floor would stand under the three common readings of "trailing", none of them locked. */
export interface Readings {
  readonly equityPeak: Money;
  readonly closedBalance: Money;
  readonly endOfDay: Money;
}

/**
 * Follows one account with three trailing floors at the same distance, which judge nothing. Pages
 * that say "trailing" mean one of the three, and disputes are often about which (catalogue R04 to
 * R06): drawn side by side, the account's own curve tells them apart.
 */
export function openReadings(
  terms: AccountTerms,
  distance: Money,
): { follow(moment: Moment): void; floors(): Readings } {
  const kinds = ['equityTrailing', 'balanceTrailing', 'endOfDayTrailing'];
  const amount = { fixed: moneyText(distance).replaceAll(',', '') };
  const compiled = compileRuleSet(
    {
      ruleSetId: 'readings',
      name: 'Three readings',
      dayClock: { zone: 'UTC', rollOver: '00:00' },
      rules: kinds.map((kind) => ({
        ruleId: kind,
        kind,
        params: { breachedWhen: 'below', distance: amount },
      })),
    },
    1,
  );
  assert(compiled.ok, 'the three readings compile');
  const account = openJudgedAccount(terms, compiled.value);
  let latest: Moment | null = null;
  const floorAt = (at: number): Money => {
    assert(latest !== null, 'readings are asked for after the first moment');
    const gauge = gaugeAt(account, latest, at);
    return gauge.type === 'floor' ? gauge.floor : 0;
  };
  return {
    follow: (moment) => {
      latest = moment;
      for (const [at, { kind, params }] of account.ruleSet.rules.entries()) {
        kind.track(params, account.states[at], moment, terms);
      }
    },
    floors: () => ({ equityPeak: floorAt(0), closedBalance: floorAt(1), endOfDay: floorAt(2) }),
  };
}
