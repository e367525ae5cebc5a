import { z } from 'zod';
import { conductKind, conductShape } from '../conduct.ts';

const params = z.strictObject({
  ...conductShape,
  /** Open at a time. */
  openPositions: z.int().min(1).max(100_000).optional(),
  /** Opened in one trading day. */
  openedPerDay: z.int().min(1).max(1_000_000).optional(),
});

/** Numbers of positions (catalogue R25), at a time and per day. */
export const orderCounts = conductKind<z.output<typeof params>>({
  kind: 'orderCounts',
  title: 'Number of positions',
  params,
  easier: { openPositions: 'more', openedPerDay: 'more' },
  columns: ['today'],
  observe: (_params, state, moment) => {
    if (moment.cause === 'dayOpen') state.today = 0;
    if (moment.deal?.opensPosition) state.today = (state.today ?? 0) + 1;
  },
  violation: (params, state, moment) => {
    if (!moment.deal?.opensPosition) return null;
    const { openPositions = Infinity, openedPerDay = Infinity } = params;
    const today = state.today ?? 0;
    if (moment.openPositions > openPositions) {
      return [
        { name: 'open', unit: 'count', value: moment.openPositions },
        { name: 'limit', unit: 'count', value: openPositions },
      ];
    }
    if (today <= openedPerDay) return null;
    return [
      { name: 'openedToday', unit: 'count', value: today },
      { name: 'limit', unit: 'count', value: openedPerDay },
    ];
  },
  describe: ({ openPositions, openedPerDay }) =>
    [
      openPositions === undefined ? '' : `Hold at most ${openPositions} positions at a time.`,
      openedPerDay === undefined ? '' : `Open at most ${openedPerDay} positions in a day.`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  contradictions: ({ openPositions, openedPerDay }) =>
    openPositions === undefined && openedPerDay === undefined
      ? ['neither openPositions nor openedPerDay is given']
      : [],
});
