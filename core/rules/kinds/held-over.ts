import { z } from 'zod';
import { clockOf, cutOffSchema, dayClockId, weekdayOf } from '#core/time/time.ts';
import { conductKind, conductShape, keyOf } from '../conduct.ts';
import { createSlots } from '../objective.ts';
import type { Moment } from '../rule-kind.ts';

const params = z.strictObject({
  ...conductShape,
  /** Every roll-over, or only those that begin a weekend. */
  over: z.enum(['everyNight', 'weekend']),
  /** Closed by this time of day at the latest; by the roll-over when left out. */
  by: cutOffSchema.optional(),
  /** Every position, or only those of which a part was closed already. */
  which: z.enum(['all', 'partlyClosed']).default('all'),
});

/** Partly closed positions remembered at a time. */
const PARTLY_CLOSED = 8;
const slots = createSlots(PARTLY_CLOSED, ['open']);

const FRIDAY = 5;

type Params = z.output<typeof params>;

/** The date of a moment at which positions have to be closed; null at any other. */
function dueOn({ by }: Params, { cause, cutOff, day }: Moment): string | null {
  if (!by) return cause === 'dayClose' ? (day?.key ?? null) : null;
  return cutOff?.clockId === dayClockId(clockOf(by)) ? cutOff.date : null;
}

function isHeldOver(of: Params, moment: Moment): boolean {
  const date = dueOn(of, moment);
  if (date === null || moment.openPositions === 0) return false;
  return of.over === 'everyNight' || weekdayOf(date) === FRIDAY;
}

/**
 * Positions held over the end of the session, the roll-over or the weekend (catalogue R32). Judged
 * at the cut-off instant itself.
 */
export const heldOver = conductKind<Params>({
  kind: 'heldOver',
  title: 'Held over',
  params,
  columns: slots.columns,
  cutOff: ({ by }) => by ?? null,
  observe: (params, state, moment) => {
    if (params.which === 'all' || moment.deal?.entry !== 'out') return;
    const open = Number(moment.deal.lotsAfter > 0);
    slots.put(state, keyOf(moment.deal.positionId), moment.at, { open });
  },
  violation: (params, state, moment) => {
    if (!isHeldOver(params, moment)) return null;
    const partly = slots.all(state).filter(({ open }) => open === 1).length;
    const value = params.which === 'all' ? moment.openPositions : partly;
    return value === 0 ? null : [{ name: 'open', unit: 'count', value }];
  },
  describe: (params) =>
    `Hold no ${params.which === 'all' ? '' : 'partly closed '}position over ` +
    (params.over === 'everyNight' ? 'the end of the trading day' : 'the weekend') +
    (params.by ? `: be flat by ${params.by.time} (${params.by.zone}).` : '.'),
});
