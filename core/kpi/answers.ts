import { z } from 'zod';
import { goalsSchema } from '#core/insight/reports.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs, type EpochMs } from '#core/time/time.ts';
import { BETTER, SYSTEMS, UNITS, type Kpi } from './kpi.ts';
import { PARTS_MAX } from './measure.ts';
import { changeIn, JUDGEMENTS, periodOf, PERIODS, readingOf, trendOf } from './reading.ts';
import type { KpiRun } from './run.ts';

/** What is asked of the numbers, and answered: the same on screen, in a report and on a command line. */

export const CARDS_MAX = 200;
export const ROWS_MAX = 500;
const BREAKDOWNS_MAX = 10;
const TREND_POINTS_MAX = 120;
const count = z.int().min(0);
const text = z.string().max(1_000);
const number = z.int().nullable();

const periodIds = PERIODS.map(({ id }) => id) as [
  (typeof PERIODS)[number]['id'],
  ...(typeof PERIODS)[number]['id'][],
];
export const periodIdSchema = z.enum(periodIds);

const figureShape = { value: number, low: number, high: number, sample: count };
const windowSchema = z.strictObject({ from: epochMs, until: epochMs });

const partSchema = z.strictObject({
  by: text,
  key: text,
  ...figureShape,
  share: number,
  shareLow: number,
  shareHigh: number,
});

/** A KPI with its words, its number, what it is compared with, and how it went. */
export const kpiCardSchema = z.strictObject({
  kpiId: idSchema,
  system: z.enum(SYSTEMS),
  title: text,
  describes: text,
  method: text,
  empty: text,
  matter: text,
  unit: z.enum(UNITS),
  better: z.enum(BETTER),
  /** Kinds of facts that it follows from. */
  from: z.array(text).max(50),
  window: windowSchema,
  ...figureShape,
  facts: count,
  open: count,
  exposure: number,
  others: z.array(z.strictObject({ name: text, ...figureShape })).max(5),
  leftOut: z.array(z.strictObject({ says: text, count })).max(50),
  baseline: z
    .strictObject({ ...figureShape, window: windowSchema, isPartial: z.boolean() })
    .nullable(),
  delta: number,
  /** The delta in parts per million of the baseline; null from nothing. */
  change: number,
  judgement: z.enum(JUDGEMENTS),
  isClear: z.boolean(),
  target: z.strictObject({ value: z.int(), isMet: z.boolean().nullable() }).nullable(),
  trend: z
    .array(z.strictObject({ from: epochMs, until: epochMs, ...figureShape }))
    .max(TREND_POINTS_MAX),
  /** Empty in lists. */
  parts: z.array(partSchema).max(BREAKDOWNS_MAX * PARTS_MAX),
});
export type KpiCard = z.output<typeof kpiCardSchema>;

export const kpiListSchema = z.strictObject({
  period: periodIdSchema,
  /** The end of the period: everything told up to then, and nothing after. */
  asOf: epochMs,
  /** The last entry of the log that was taken in. */
  seq: count,
  /** Entries that were there and not yet taken in. */
  behind: count,
  beganAt: epochMs.nullable(),
  goals: goalsSchema,
  kpis: z.array(kpiCardSchema).max(CARDS_MAX),
});
export type KpiList = z.output<typeof kpiListSchema>;

export const kpiRowsSchema = z.strictObject({
  asOf: epochMs,
  rows: z
    .array(
      z.strictObject({
        id: z.string().max(200),
        seq: count,
        decidedSeq: count,
        at: epochMs,
        says: text,
        value: number,
        tags: z.record(z.string().max(80), z.string().max(200)),
      }),
    )
    .max(ROWS_MAX),
  /** More than these count: they are in the export of a shorter period. */
  isCut: z.boolean(),
});
export type KpiRows = z.output<typeof kpiRowsSchema>;

export interface KpiWish {
  readonly period: (typeof PERIODS)[number]['id'];
  readonly until: EpochMs;
}

export function listOf(
  run: KpiRun,
  { period, until, kpiIds }: KpiWish & { readonly kpiIds: readonly string[] | null },
): Omit<KpiList, 'behind'> {
  const wanted = run.kpis.filter(({ id }) => kpiIds === null || kpiIds.includes(id));
  return {
    period,
    asOf: until,
    seq: run.seq,
    beganAt: run.beganAt,
    goals: run.goalsAt(until),
    kpis: wanted.map((kpi) => ({ ...cardOf(run, kpi, { period, until }), parts: [] })),
  };
}

/** One KPI with all of its breakdowns. */
export function cardOf(run: KpiRun, kpi: Kpi, { period, until }: KpiWish): KpiCard {
  const { ms, pieceMs } = periodOf(period);
  const window = { from: until - ms, until };
  const { measurement, baseline, delta, ...judged } = readingOf(run, kpi, window);
  const { id, system, title, describes, method, empty, matter, unit, better, from } = kpi;
  const { judgement, isClear, target } = judged;
  return {
    kpiId: id,
    system,
    title,
    describes,
    method,
    empty,
    matter,
    unit,
    better,
    from: [...from],
    window,
    ...measurement,
    others: [...measurement.others],
    leftOut: [...measurement.leftOut],
    parts: [...measurement.parts],
    baseline,
    delta,
    change: changeIn({ delta, baseline }),
    judgement,
    isClear,
    target,
    trend: trendOf(run, id, window, pieceMs),
  };
}

export function rowsOf(
  run: KpiRun,
  kpiId: string,
  { period, until }: KpiWish,
  max: number,
): KpiRows {
  const window = { from: until - periodOf(period).ms, until };
  const rows = run.rows(kpiId, window, max + 1);
  return {
    asOf: until,
    rows: rows.slice(0, max).map((row) => ({ ...row, tags: { ...row.tags } })),
    isCut: rows.length > max,
  };
}
