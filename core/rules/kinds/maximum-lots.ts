import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { HeldPosition, MicroLots } from '#core/accounts/held-position.ts';
import { mulDivFloor, PPM_UNIT } from '#core/money/money.ts';
import { moneyInput, percentInput } from '#core/money/schemas.ts';
import { conductKind, conductShape } from '../conduct.ts';
import { initialSize, lotsInput, lotsText } from '../parameters.ts';
import type { Moment } from '../rule-kind.ts';

/** Micro contracts and the like: lots of a symbol count as this share of a lot. */
export const weightsSchema = z
  .array(z.strictObject({ symbol: z.string().min(1).max(32), share: percentInput }))
  .max(60)
  .default([]);
export type Weights = z.output<typeof weightsSchema>;

const params = z.strictObject({
  ...conductShape,
  /** One order; all positions of one symbol; or the whole account. */
  scope: z.enum(['order', 'symbol', 'account']),
  /** `gross` adds both sides; `net` takes them from each other within a symbol. */
  counted: z.enum(['gross', 'net']).default('gross'),
  /** A number of lots, or what the initial size buys at a leverage: size x leverage / value of a lot. */
  limit: z.union([
    z.strictObject({ lots: lotsInput }),
    z.strictObject({ leverage: z.int().min(1).max(2_000), lotValue: moneyInput }),
  ]),
  weights: weightsSchema,
});
type Params = z.output<typeof params>;

/** The largest number of lots allowed. */
export function lotLimitOf(limit: Params['limit'], terms: AccountTerms): MicroLots {
  if ('lots' in limit) return limit.lots;
  return mulDivFloor(initialSize(terms) * limit.leverage, PPM_UNIT, limit.lotValue);
}

/** Lots held, weighted: gross over everything, or net within each symbol. */
export function weightedLots(
  positions: readonly HeldPosition[],
  weights: Weights,
  counted: 'gross' | 'net',
): MicroLots {
  const bySymbol = new Map<string, number>();
  for (const { symbol, side, lots } of positions) {
    const share = weights.find((weight) => weight.symbol === symbol)?.share ?? PPM_UNIT;
    const weighted = mulDivFloor(lots, share, PPM_UNIT);
    const signed = counted === 'net' && side === 'sell' ? -weighted : weighted;
    bySymbol.set(symbol, (bySymbol.get(symbol) ?? 0) + signed);
  }
  return [...bySymbol.values()].reduce((sum, lots) => sum + Math.abs(lots), 0);
}

function lotsAt(params: Params, moment: Moment): MicroLots {
  const { deal } = moment;
  if (!deal) return 0;
  if (params.scope === 'order') return deal.lots;
  const held = moment.positions();
  const counted =
    params.scope === 'symbol' ? held.filter(({ symbol }) => symbol === deal.symbol) : held;
  return weightedLots(counted, params.weights, params.counted);
}

/** Maximum lots or contracts (catalogue R22), judged on every deal that opens or adds. */
export const maximumLots = conductKind<Params>({
  kind: 'maximumLots',
  title: 'Maximum size',
  params,
  easier: { limit: 'more' },
  violation: (params, _state, moment, terms) => {
    if (moment.deal?.entry !== 'in') return null;
    const lots = lotsAt(params, moment);
    const limit = lotLimitOf(params.limit, terms);
    if (lots <= limit) return null;
    return [
      { name: 'lots', unit: 'lots', value: lots },
      { name: 'limit', unit: 'lots', value: limit },
    ];
  },
  describe: (params, terms) =>
    `Hold at most ${lotsText(lotLimitOf(params.limit, terms))} lots ` +
    {
      order: 'in one order.',
      symbol: `in one symbol, ${params.counted}.`,
      account: `at a time, ${params.counted}.`,
    }[params.scope],
});
