import { z } from 'zod';
import { mulDivFloor, percentText, PPM_UNIT, type Money } from '#core/money/money.ts';
import { percentInput } from '#core/money/schemas.ts';
import type { AccountTerms } from '#core/accounts/account.ts';
import { conductKind, keyOf, suspicionShape } from '../conduct.ts';
import { createSlots } from '../objective.ts';
import { describeSize, sizeOf, sizeSchema } from '../parameters.ts';

const GROUPS = 8;

const params = z.strictObject({
  ...suspicionShape,
  target: sizeSchema,
  /** The largest share of the target that one group may make. */
  share: percentInput,
});
type Params = z.output<typeof params>;
const slots = createSlots(GROUPS, ['profit', 'said', 'fresh']);

/** The largest profit that one group of positions may make. */
export function groupProfitLimit(
  params: Pick<Params, 'target' | 'share'>,
  terms: AccountTerms,
): Money {
  return mulDivFloor(sizeOf(params.target, terms), params.share, PPM_UNIT);
}

/**
 * A target made by one bet (catalogue R37): positions of one symbol and side that overlap are one
 * group, from the first opened until the symbol is flat. For a person to judge.
 */
export const oneTradePass = conductKind<Params>({
  kind: 'oneTradePass',
  title: 'Target in one trade',
  params,
  easier: { share: 'more' },
  columns: slots.columns,
  observe: (params, state, moment, terms) => {
    const { deal } = moment;
    if (!deal) return;
    for (const { key, touched } of slots.all(state)) slots.put(state, key, touched, { fresh: 0 });
    const key = keyOf(deal.symbol, deal.side);
    const alone = moment
      .positions()
      .filter(({ symbol, side }) => symbol === deal.symbol && side === deal.side).length;
    const known = slots.find(state, key);
    const begins = known === null || (deal.opensPosition && alone <= 1);
    const profit = (begins ? 0 : known.profit) + moment.realised;
    const over = profit > groupProfitLimit(params, terms);
    const said = begins ? 0 : known.said;
    slots.put(state, key, moment.at, {
      profit,
      fresh: Number(over && said === 0),
      said: Number(over || said === 1),
    });
  },
  violation: (params, state, moment, terms) => {
    if (moment.cause !== 'deal') return null;
    const group = slots.all(state).find(({ fresh }) => fresh === 1);
    if (!group) return null;
    return [
      { name: 'profit', unit: 'money', value: group.profit },
      { name: 'limit', unit: 'money', value: groupProfitLimit(params, terms) },
    ];
  },
  describe: (params, terms) =>
    `One trade, or several at once in one symbol and direction, should make at most ` +
    `${percentText(params.share)} of the target of ${describeSize(params.target, terms)}.`,
});
