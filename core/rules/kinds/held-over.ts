import { z } from 'zod';
import { conductKind, conductShape, keyOf } from '../conduct.ts';
import { createSlots } from '../objective.ts';
import type { Moment } from '../rule-kind.ts';

const params = z.strictObject({
  ...conductShape,
  /** Every roll-over, or only those that begin a weekend. */
  over: z.enum(['everyNight', 'weekend']),
  /** Every position, or only those of which a part was closed already. */
  which: z.enum(['all', 'partlyClosed']).default('all'),
});

/** Partly closed positions remembered at a time. */
const PARTLY_CLOSED = 8;
const slots = createSlots(PARTLY_CLOSED, ['open']);

const FRIDAY = 5;
const DAYS_IN_WEEK = 7;
/** 1970-01-01 was a Thursday. */
const THURSDAY = 4;

/** The weekday that a trading day's key names: 1 is Monday, 7 Sunday. */
export function weekdayOf(key: string): number {
  const [year = 0, month = 1, day = 1] = key.split('-').map(Number);
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  return ((((days + THURSDAY - 1) % DAYS_IN_WEEK) + DAYS_IN_WEEK) % DAYS_IN_WEEK) + 1;
}

function isHeldOver(over: 'everyNight' | 'weekend', moment: Moment): boolean {
  if (moment.cause !== 'dayClose' || moment.openPositions === 0) return false;
  return over === 'everyNight' || weekdayOf(moment.day?.key ?? '1970-01-01') === FRIDAY;
}

/**
 * Positions held over the roll-over or the weekend (catalogue R32). The cut-off is the rule set's
 * own roll-over: a session that ends earlier in the day is a clock of its own.
 */
export const heldOver = conductKind<z.output<typeof params>>({
  kind: 'heldOver',
  title: 'Held over',
  params,
  columns: slots.columns,
  observe: (params, state, moment) => {
    if (params.which === 'all' || moment.deal?.entry !== 'out') return;
    const open = Number(moment.deal.lotsAfter > 0);
    slots.put(state, keyOf(moment.deal.positionId), moment.at, { open });
  },
  violation: (params, state, moment) => {
    if (!isHeldOver(params.over, moment)) return null;
    const partly = slots.all(state).filter(({ open }) => open === 1).length;
    const value = params.which === 'all' ? moment.openPositions : partly;
    return value === 0 ? null : [{ name: 'open', unit: 'count', value }];
  },
  describe: (params) =>
    `Hold no ${params.which === 'all' ? '' : 'partly closed '}position over ` +
    (params.over === 'everyNight' ? 'the end of the trading day.' : 'the weekend.'),
});
