import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { percentText, shareCeil, type Money } from '#core/money/money.ts';
import { percentInput } from '#core/money/schemas.ts';
import { ALWAYS, conductKind, conductShape, keyOf } from '../conduct.ts';
import { createSlots } from '../objective.ts';
import { initialSize } from '../parameters.ts';
import { UNBOUNDED, type Moment, type RuleState } from '../rule-kind.ts';

const SECOND_MS = 1_000;
const POSITIONS = 8;

const params = z.strictObject({
  ...conductShape,
  /** Seconds from the fill; 0 asks for a stop with the order. */
  withinSeconds: z.int().min(0).max(86_400),
  /** Share of the initial size that one position's stop may risk. */
  riskAtMost: percentInput.optional(),
});
type Params = z.output<typeof params>;

/** What each position was caught at: 1 without a stop in time, 2 with a stop too wide. */
const slots = createSlots(POSITIONS, ['said', 'fresh']);
const LATE = 1;
const WIDE = 2;

/** The loss one position's stop may allow. */
export function riskLimitOf(params: Pick<Params, 'riskAtMost'>, terms: AccountTerms): Money {
  return params.riskAtMost === undefined
    ? Infinity
    : shareCeil(initialSize(terms), params.riskAtMost);
}

function faultOf(
  params: Params,
  position: ReturnType<Moment['positions']>[number],
  moment: Moment,
  terms: AccountTerms,
): number {
  const { risk, openedAt } = position;
  if (risk === null) return moment.at > openedAt + params.withinSeconds * SECOND_MS ? LATE : 0;
  // What a stop allows is measured when something is booked or set, not as rates move.
  return moment.cause !== 'mark' && risk > riskLimitOf(params, terms) ? WIDE : 0;
}

/**
 * Stop loss required within a time from the fill (catalogue R29), with a largest risk if wanted.
 * A stop that is taken away does not start the time again. Known at the first mark, deal or stop
 * after the time is up.
 */
export const stopLossRequired = conductKind<Params>({
  kind: 'stopLossRequired',
  title: 'Stop loss required',
  params,
  easier: { withinSeconds: 'more', riskAtMost: 'more' },
  columns: slots.columns,
  needs: () => ['protection'],
  observe: (params, state, moment, terms) => {
    for (const position of moment.openPositions > 0 ? moment.positions() : []) {
      const key = keyOf(position.positionId);
      const said = slots.find(state, key)?.said ?? 0;
      const fault = faultOf(params, position, moment, terms);
      const fresh = Number(fault !== 0 && said === 0);
      slots.put(state, key, position.openedAt, { fresh, said: said || fault });
    }
    const open = new Set(moment.openPositions > 0 ? moment.positions().map(keyOfPosition) : []);
    for (const { key, touched } of slots.all(state)) {
      if (!open.has(key)) slots.put(state, key, touched, { fresh: 0 });
    }
  },
  violation: (params, state, moment, terms) => {
    const fresh = slots.all(state).find((slot) => slot.fresh === 1);
    if (!fresh) return null;
    const position = moment.positions().find((one) => keyOfPosition(one) === fresh.key);
    if (!position) return null;
    if (position.risk === null) {
      const seconds = Math.floor((moment.at - position.openedAt) / SECOND_MS);
      return [
        { name: 'withoutStop', unit: 'seconds', value: seconds },
        { name: 'allowed', unit: 'seconds', value: params.withinSeconds },
      ];
    }
    return [
      { name: 'risk', unit: 'money', value: position.risk },
      { name: 'limit', unit: 'money', value: riskLimitOf(params, terms) },
    ];
  },
  band: (_params, state, moment) =>
    moment.openPositions > 0 && isWatching(state, moment) ? ALWAYS : UNBOUNDED,
  describe: (params, terms) =>
    (params.withinSeconds === 0
      ? 'Every order carries a stop loss'
      : `Set a stop loss within ${params.withinSeconds} seconds of the fill`) +
    (params.riskAtMost === undefined
      ? '.'
      : `, risking at most ${percentText(params.riskAtMost)} of the initial size ` +
        `(${riskLimitOf(params, terms) / 10_000} ${terms.currency}).`),
});

function keyOfPosition({ positionId }: { readonly positionId: string }): number {
  return keyOf(positionId);
}

/** Some position has no stop and has not been caught, or was caught at this very moment. */
function isWatching(state: RuleState, moment: Moment): boolean {
  const known = slots.all(state);
  if (known.some(({ fresh }) => fresh === 1)) return true;
  return moment.positions().some((position) => {
    if (position.risk !== null) return false;
    return (known.find(({ key }) => key === keyOfPosition(position))?.said ?? 0) === 0;
  });
}
