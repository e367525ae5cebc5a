import { z } from 'zod';
import { moneyText } from '#core/money/money.ts';
import { moneyInput } from '#core/money/schemas.ts';
import { conductKind, conductShape } from '../conduct.ts';
import { lotsInput, lotsText } from '../parameters.ts';
import type { RuleState } from '../rule-kind.ts';
import { weightedLots, weightsSchema } from './maximum-lots.ts';

const params = z.strictObject({
  ...conductShape,
  /** Ascending; the first holds from the start. */
  tiers: z
    .array(
      z.strictObject({
        /** Profit balance at the end of a day from which the tier holds. */
        profit: moneyInput,
        when: z.enum(['reaches', 'exceeds']).default('reaches'),
        lots: lotsInput,
      }),
    )
    .min(1)
    .max(20),
  /** Whether losses lead back down. */
  stepsDown: z.boolean().default(true),
  weights: weightsSchema,
});
type Params = z.output<typeof params>;

/** The tier that a profit balance leads to. */
export function tierFor(tiers: Params['tiers'], profit: number): number {
  let found = 0;
  for (const [at, tier] of tiers.entries()) {
    if (tier.when === 'reaches' ? profit >= tier.profit : profit > tier.profit) found = at;
  }
  return found;
}

const tierOf = (params: Params, state: RuleState): Params['tiers'][number] =>
  params.tiers[state.tier ?? 0] ?? { profit: 0, when: 'reaches', lots: 0 };

/** Scaling plan (catalogue R23): the tier follows day-end profit, effective the next session. */
export const contractTiers = conductKind<Params>({
  kind: 'contractTiers',
  title: 'Scaling plan',
  params,
  columns: ['tier'],
  observe: (params, state, moment, terms) => {
    if (moment.cause !== 'dayOpen') return;
    const next = tierFor(params.tiers, moment.balance - terms.startBalance);
    state.tier = params.stepsDown ? next : Math.max(state.tier ?? 0, next);
  },
  violation: (params, state, moment) => {
    if (moment.deal?.entry !== 'in') return null;
    const lots = weightedLots(moment.positions(), params.weights, 'gross');
    const { lots: limit } = tierOf(params, state);
    if (lots <= limit) return null;
    return [
      { name: 'lots', unit: 'lots', value: lots },
      { name: 'limit', unit: 'lots', value: limit },
    ];
  },
  describe: (params) =>
    'Your largest size follows your profit at the end of a day, from the next session on: ' +
    params.tiers
      .map(({ profit, when, lots }, at) =>
        at === 0
          ? `${lotsText(lots)} at first`
          : `${lotsText(lots)} ${when === 'reaches' ? 'from' : 'above'} ${moneyText(profit)}`,
      )
      .join(', ') +
    (params.stepsDown ? '; losses lead back down.' : '; once reached it stays.'),
  contradictions: ({ tiers }) =>
    tiers.some(({ profit }, at) => at > 0 && profit < (tiers[at - 1]?.profit ?? 0))
      ? ['the tiers must ascend']
      : [],
});
