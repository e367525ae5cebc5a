import { z } from 'zod';
import { conductKind, conductShape } from '../conduct.ts';

const DAY_MS = 86_400_000;

const params = z.strictObject({
  ...conductShape,
  effect: conductShape.effect.unwrap().default('fail'),
  days: z.int().min(1).max(366),
  /** What counts as activity. */
  activity: z.enum(['opened', 'closed', 'anyDeal']).default('anyDeal'),
  /** An open position keeps the account alive. */
  openPositionCounts: z.boolean().default(true),
});

/** Inactivity (catalogue R15): judged at every roll-over, once for each stretch of silence. */
export const inactivity = conductKind<z.output<typeof params>>({
  kind: 'inactivity',
  title: 'Inactivity',
  params,
  easier: { days: 'more' },
  columns: ['lastAt', 'said'],
  observe: (params, state, moment, terms) => {
    if (moment.cause === 'mark') return;
    if ((state.lastAt ?? 0) === 0)
      state.lastAt = terms.openedAt ?? moment.day?.opensAt ?? moment.at;
    const { deal } = moment;
    const active =
      deal !== null &&
      (params.activity === 'anyDeal' || (params.activity === 'opened') === (deal.entry === 'in'));
    if (active || (params.openPositionCounts && moment.openPositions > 0)) {
      state.lastAt = moment.at;
      state.said = 0;
    } else if (
      moment.cause === 'dayClose' &&
      moment.at - (state.lastAt ?? 0) > params.days * DAY_MS
    ) {
      // The roll-over's close says it; the open that follows at the same instant stays silent.
      state.said = (state.said ?? 0) + 1;
    }
  },
  violation: (params, state, moment) =>
    moment.cause === 'dayClose' && state.said === 1
      ? [
          {
            name: 'days',
            unit: 'count',
            value: Math.floor((moment.at - (state.lastAt ?? 0)) / DAY_MS),
          },
          { name: 'allowed', unit: 'count', value: params.days },
        ]
      : null,
  describe: (params) =>
    `Do not stay inactive for more than ${params.days} days; ` +
    {
      opened: 'opening a position is activity.',
      closed: 'closing a position is activity.',
      anyDeal: 'any deal is activity.',
    }[params.activity],
});
