import { type Priority, type ServiceLevel, WORK_KINDS, type WorkPolicy } from './policy.ts';

const OFFICE_DAYS = [1, 2, 3, 4, 5];
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const NINE = 9 * 60;
const EIGHTEEN = 18 * 60;
const MIDNIGHT = 24 * 60;

/** Minutes until somebody has it in hand, and until it is settled. */
const OWED: Readonly<Record<Priority, readonly [number, number]>> = {
  urgent: [15, 120],
  high: [60, 480],
  normal: [240, 1_620],
  low: [540, 2_700],
};

/** Prices and accounts do not wait for the office to open. */
const AROUND_THE_CLOCK: ReadonlySet<string> = new Set(['dataQuality urgent', 'dataQuality high']);

function levelOf(kind: ServiceLevel['kind'], priority: Priority): ServiceLevel {
  const [firstTouchMinutes, settleMinutes] = OWED[priority];
  return {
    kind,
    priority,
    firstTouchMinutes,
    settleMinutes,
    calendarId: AROUND_THE_CLOCK.has(`${kind} ${priority}`) ? 'always' : 'office',
    ladder: [
      { atPerMille: 800, tell: 'owner' },
      { atPerMille: 1_000, tell: 'team' },
      { atPerMille: 1_500, tell: 'lead' },
      { atPerMille: 2_000, tell: 'manager' },
    ],
  };
}

/** What holds until a firm says what it promises itself. */
export const DEFAULT_WORK_POLICY: WorkPolicy = {
  version: 1,
  calendars: [
    {
      calendarId: 'office',
      zone: 'Europe/London',
      open: OFFICE_DAYS.map((weekday) => ({ weekday, from: NINE, until: EIGHTEEN })),
      daysOff: [],
    },
    {
      calendarId: 'always',
      zone: 'UTC',
      open: EVERY_DAY.map((weekday) => ({ weekday, from: 0, until: MIDNIGHT })),
      daysOff: [],
    },
  ],
  levels: WORK_KINDS.flatMap((kind) =>
    (['urgent', 'high', 'normal', 'low'] as const).map((priority) => levelOf(kind, priority)),
  ),
};
