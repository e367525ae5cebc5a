import { z } from 'zod';
import { mulDivCeil, PPM_UNIT } from '#core/money/money.ts';
import { decimalInput } from '#core/money/schemas.ts';
import { conductKind, suspicionShape } from '../conduct.ts';

const HOUR_MS = 3_600_000;

const params = z.strictObject({
  ...suspicionShape,
  /**
   * `afterLosses`: a new position much larger than the first loser of a losing streak;
   * `intoDrawdown`: a position added, larger, to one of the same symbol and side that is losing.
   */
  pattern: z.enum(['afterLosses', 'intoDrawdown']),
  losses: z.int().min(1).max(20).default(2),
  withinHours: z.int().min(1).max(720).default(6),
  /** Suspicious from so many times the reference: "2". Into drawdown: above it. */
  multiplier: decimalInput(6, 'a multiplier such as "2"'),
});

/** Martingale and layering (catalogue R36): always for a person to judge. */
export const martingale = conductKind<z.output<typeof params>>({
  kind: 'martingale',
  title: 'Martingale',
  params,
  columns: ['streak', 'firstLots', 'firstAt'],
  observe: (params, state, moment) => {
    const { deal } = moment;
    if (deal?.entry !== 'out') return;
    if (moment.realised >= 0) {
      state.streak = 0;
      return;
    }
    const stale = moment.at - (state.firstAt ?? 0) > params.withinHours * HOUR_MS;
    if ((state.streak ?? 0) === 0 || stale) {
      state.streak = 0;
      state.firstLots = deal.lots;
      state.firstAt = moment.at;
    }
    state.streak = (state.streak ?? 0) + 1;
  },
  violation: (params, state, moment) => {
    const { deal } = moment;
    if (!deal?.opensPosition) return null;
    const reference = params.pattern === 'afterLosses' ? afterLosses() : intoDrawdown();
    if (reference === null) return null;
    return [
      { name: 'lots', unit: 'lots', value: deal.lots },
      { name: 'reference', unit: 'lots', value: reference },
      { name: 'losses', unit: 'count', value: state.streak ?? 0 },
    ];

    function afterLosses(): number | null {
      const { streak = 0, firstLots = 0, firstAt = 0 } = state;
      if (streak < params.losses || moment.at - firstAt > params.withinHours * HOUR_MS) return null;
      const suspicious = mulDivCeil(firstLots, params.multiplier, PPM_UNIT);
      return (deal?.lots ?? 0) >= suspicious ? firstLots : null;
    }
    function intoDrawdown(): number | null {
      const losing = moment
        .positions()
        .filter(({ symbol, side, floating, positionId }) => {
          const same = symbol === deal?.symbol && side === deal.side;
          return same && floating < 0 && positionId !== deal.positionId;
        })
        .map(({ lots }) => lots);
      const reference = Math.max(0, ...losing);
      const suspicious = mulDivCeil(reference, params.multiplier, PPM_UNIT);
      return reference > 0 && (deal?.lots ?? 0) > suspicious ? reference : null;
    }
  },
  describe: (params) =>
    params.pattern === 'afterLosses'
      ? `After ${params.losses} losses within ${params.withinHours} hours, do not open ` +
        `${params.multiplier / PPM_UNIT} times the first losing size or more.`
      : `Do not add to a losing position more than ${params.multiplier / PPM_UNIT} times its size.`,
});
