import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { currencySchema } from '#core/market/instrument.ts';
import { epochMs } from '#core/time/time.ts';

export const KPIS_MAX = 200;
export const TARGETS_PER_SCHEDULE_MAX = 20;
export const SCHEDULES_MAX = 50;
export const SAYS_MAX = 300;

/** What numbers are to reach, and what they are compared with. */
export const goalsSchema = z.strictObject({
  /** What money is summed in. */
  currency: currencySchema,
  /** By KPI, in its unit; those that are left out have none. */
  targets: z
    .record(idSchema, z.int())
    .refine((all) => Object.keys(all).length <= KPIS_MAX, `at most ${KPIS_MAX} targets`),
  /** A declared period that later ones are compared with; null for the one just before. */
  baseline: z
    .strictObject({ from: epochMs, until: epochMs })
    .refine(({ from, until }) => from < until, 'a period ends after it began')
    .nullable(),
});
export type Goals = z.infer<typeof goalsSchema>;
export const FIRST_GOALS: Goals = { currency: 'USD', targets: {}, baseline: null };

/** A mailbox of `alerts.json`: "mailbox:risk-desk". */
export const targetSchema = z.string().regex(/^mailbox:[a-z0-9][a-z0-9-]{0,39}$/);

export const REPORT_PERIODS = ['day', 'week', 'month'] as const;
export const REPORT_FORMATS = ['pdf', 'csv'] as const;

export const scheduleSchema = z.strictObject({
  title: z.string().min(1).max(80),
  kpiIds: z.array(idSchema).min(1).max(KPIS_MAX),
  /** What each report is about, and so how often there is one: it ends at a turn of the zone's clock. */
  every: z.enum(REPORT_PERIODS),
  /** IANA. */
  zone: z.string().min(1).max(60),
  /** When the day turns there: "06:00". */
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  formats: z.array(z.enum(REPORT_FORMATS)).min(1).max(REPORT_FORMATS.length),
  tell: z.array(targetSchema).min(1).max(TARGETS_PER_SCHEDULE_MAX),
});
export type Schedule = z.infer<typeof scheduleSchema>;
