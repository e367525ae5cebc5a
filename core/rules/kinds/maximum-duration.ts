import { z } from 'zod';
import { conductKind, conductShape } from '../conduct.ts';

const DAY_MS = 86_400_000;

const params = z.strictObject({
  ...conductShape,
  effect: conductShape.effect.unwrap().default('fail'),
  days: z.int().min(1).max(3_660),
  from: z.enum(['opening', 'firstTrade']).default('opening'),
});

/**
 * Time limit of a phase in calendar days (catalogue R14). Judged when something is booked and at
 * every roll-over, so at most a day late and never early. A firm that gives a free retry to an
 * account in profit lets the rule flag instead of fail.
 */
export const maximumDuration = conductKind<z.output<typeof params>>({
  kind: 'maximumDuration',
  title: 'Time limit',
  params,
  easier: { days: 'more' },
  columns: ['startedAt', 'said'],
  observe: (params, state, moment, terms) => {
    if (moment.cause === 'mark') return;
    if ((state.startedAt ?? 0) === 0 && (params.from === 'opening' || moment.deal)) {
      state.startedAt =
        params.from === 'opening'
          ? (terms.openedAt ?? moment.day?.opensAt ?? moment.at)
          : moment.at;
    }
    const start = state.startedAt ?? 0;
    if (moment.cause === 'dayOpen' && start > 0 && moment.at - start > params.days * DAY_MS) {
      state.said = (state.said ?? 0) + 1;
    }
  },
  violation: (params, state, moment) =>
    moment.cause === 'dayOpen' && state.said === 1
      ? [
          {
            name: 'days',
            unit: 'count',
            value: Math.floor((moment.at - (state.startedAt ?? 0)) / DAY_MS),
          },
          { name: 'allowed', unit: 'count', value: params.days },
        ]
      : null,
  describe: (params) =>
    `Finish within ${params.days} calendar days from ` +
    (params.from === 'opening' ? 'the opening of the account.' : 'your first trade.'),
});
