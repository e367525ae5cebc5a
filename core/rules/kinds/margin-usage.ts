import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import {
  mulDivCeil,
  mulDivFloor,
  percentText,
  PPM_UNIT,
  type Money,
  type Ppm,
} from '#core/money/money.ts';
import { percentInput } from '#core/money/schemas.ts';
import { conductKind, conductShape } from '../conduct.ts';
import { initialSize } from '../parameters.ts';
import type { Moment } from '../rule-kind.ts';

const params = z.strictObject({
  ...conductShape,
  leverage: z.int().min(1).max(2_000),
  /** Largest share of what could be bought that may be held. */
  share: percentInput,
  /** All that is open, or what lies in one symbol and on one side. */
  scope: z.enum(['account', 'symbolAndSide']).default('account'),
  /** What the buying power is reckoned from. */
  of: z.enum(['equity', 'initial']).default('equity'),
});
type Params = z.output<typeof params>;

/** Buying power: what the leverage allows to hold, in money. */
export function buyingPower(
  params: Pick<Params, 'leverage' | 'of'>,
  equity: Money,
  terms: AccountTerms,
): Money {
  return Math.max(0, params.of === 'equity' ? equity : initialSize(terms)) * params.leverage;
}

/** The largest value that may be held. */
export function heldLimit(params: Params, equity: Money, terms: AccountTerms): Money {
  return mulDivFloor(buyingPower(params, equity, terms), params.share, PPM_UNIT);
}

function largestHeld(params: Params, moment: Moment): Money {
  const groups = new Map<string, Money>();
  for (const { symbol, side, notional } of moment.positions()) {
    const group = params.scope === 'account' ? '' : `${symbol}/${side}`;
    groups.set(group, (groups.get(group) ?? 0) + Math.abs(notional));
  }
  return Math.max(0, ...groups.values());
}

/** Held as a share of buying power, in ppm and rounded up; a cap keeps a void account readable. */
function usedShare(held: Money, power: Money): Ppm {
  const cap = 1_000 * PPM_UNIT;
  return held >= power * 1_000 ? cap : mulDivCeil(held, PPM_UNIT, power);
}

/** Margin usage (catalogue R30): value held against buying power, on every deal that opens or adds. */
export const marginUsage = conductKind<Params>({
  kind: 'marginUsage',
  title: 'Margin usage',
  params,
  easier: { leverage: 'more', share: 'more' },
  violation: (params, _state, moment, terms) => {
    if (moment.deal?.entry !== 'in') return null;
    const held = largestHeld(params, moment);
    const limit = heldLimit(params, moment.equity, terms);
    if (held <= limit) return null;
    return [
      { name: 'held', unit: 'money', value: held },
      { name: 'limit', unit: 'money', value: limit },
      {
        name: 'marginUsed',
        unit: 'ppm',
        value: usedShare(held, buyingPower(params, moment.equity, terms)),
      },
    ];
  },
  describe: (params) =>
    `Use at most ${percentText(params.share)} of your buying power at 1:${params.leverage}` +
    (params.scope === 'account' ? '.' : ' on one symbol and side.'),
});
