import { z } from 'zod';
import { conductKind, suspicionShape } from '../conduct.ts';

const params = z.strictObject({
  ...suspicionShape,
  /** Symbols that count as one: an index with its micro contract, correlated futures. */
  groups: z
    .array(z.array(z.string().min(1).max(32)).min(2).max(40))
    .max(40)
    .default([]),
  /** Opposite positions opened within so many seconds of one another may be an accident. */
  toleranceSeconds: z.int().min(0).max(86_400).default(0),
});
type Params = z.output<typeof params>;

function sameGroup({ groups }: Params, one: string, other: string): boolean {
  return one === other || groups.some((group) => group.includes(one) && group.includes(other));
}

/**
 * Opposite positions within one account (catalogue R34). Across accounts is the work of detectors,
 * which see more than one. Judged on the deal that opens the second side, or, with a tolerance,
 * when either side closes after standing against the other for longer.
 */
export const hedging = conductKind<Params>({
  kind: 'hedging',
  title: 'Opposite positions',
  params,
  violation: (params, _state, moment) => {
    const { deal } = moment;
    if (!deal) return null;
    if (params.toleranceSeconds === 0 ? !deal.opensPosition : deal.lotsAfter > 0) return null;
    const tolerance = params.toleranceSeconds * 1_000;
    const opposite = moment
      .positions()
      .filter(({ symbol, side }) => side !== deal.side && sameGroup(params, symbol, deal.symbol))
      .filter(({ openedAt }) => moment.at - Math.max(openedAt, deal.openedAt) >= tolerance);
    if (opposite.length === 0) return null;
    return [
      { name: 'lots', unit: 'lots', value: deal.lots },
      { name: 'against', unit: 'lots', value: opposite.reduce((sum, { lots }) => sum + lots, 0) },
    ];
  },
  describe: () => 'Hold no opposite positions in the same or a grouped symbol.',
});
