import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';

/** From what has to be done now to what may wait. */
export const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Each kind follows from facts of its own. */
export const WORK_KINDS = [
  'breachReview',
  'fraudCase',
  'payoutException',
  'dispute',
  'ticket',
  'provisioningFailure',
  'dataQuality',
] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

export const DAYS_OFF_MAX = 400;
export const LADDER_MAX = 5;
/** Whom a step of a ladder tells. */
export const TELLS = ['owner', 'team', 'lead', 'manager'] as const;
export const CALENDARS_MAX = 20;

const minuteOfDay = z.int().min(0).max(1_440);

/** When the firm works: open stretches of the week in one zone, and days on which it does not. */
export const businessCalendarSchema = z.strictObject({
  calendarId: idSchema,
  /** IANA. */
  zone: z.string().min(1).max(60),
  /** Monday is 1, Sunday 7; `until` of 1,440 is the end of the day. */
  open: z
    .array(
      z.strictObject({ weekday: z.int().min(1).max(7), from: minuteOfDay, until: minuteOfDay }),
    )
    .max(50),
  daysOff: z.array(z.string().regex(/^\d{4}-\d{2}-\d{2}$/)).max(DAYS_OFF_MAX),
});
export type BusinessCalendar = z.infer<typeof businessCalendarSchema>;

const minutes = z.int().min(1).max(525_600);

/** What one kind of work at one priority is owed. */
export const serviceLevelSchema = z.strictObject({
  kind: z.enum(WORK_KINDS),
  priority: z.enum(PRIORITIES),
  /** Business minutes until somebody has it in hand, and until it is settled. */
  firstTouchMinutes: minutes,
  settleMinutes: minutes,
  calendarId: idSchema,
  /** Who is told when, in thousandths of the time to settle: rising. */
  ladder: z
    .array(
      z.strictObject({
        atPerMille: z.int().min(1).max(10_000),
        tell: z.enum(TELLS),
      }),
    )
    .max(LADDER_MAX),
});
export type ServiceLevel = z.infer<typeof serviceLevelSchema>;

export const workPolicySchema = z.strictObject({
  version: z.int().min(1),
  calendars: z.array(businessCalendarSchema).min(1).max(CALENDARS_MAX),
  levels: z.array(serviceLevelSchema).max(WORK_KINDS.length * PRIORITIES.length),
});
export type WorkPolicy = z.infer<typeof workPolicySchema>;
